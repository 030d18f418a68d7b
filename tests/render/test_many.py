"""Many answers on one screen: counted, worst first."""

from __future__ import annotations

from itertools import repeat

from mailhelp import last
from mailhelp.answer import (
    Answer,
    Span,
    Story,
)
from mailhelp.render import plain, screen
from mailhelp.render.many import gather
from tests.render.screens import CONNECT, DENIED, shown


def test_several_records_have_a_line_each_and_the_worst_is_told() -> None:
    lines = shown(CONNECT, DENIED, CONNECT._replace(title="The session ended"))
    assert lines[0].startswith("Relay access denied ")
    listed = lines.index("All 3; told above: 2") + 1
    assert lines[listed] == "  1  A client connected"
    assert lines[listed + 1].startswith("  2  Relay access denied  unknown[192.0.2.7]: ann@ex")
    assert lines[listed + 2] == "  3  The session ended"
    assert len(lines) <= screen.HEIGHT
    assert last.numbered((CONNECT, DENIED)) == (
        "log/postfix/smtpd/connect",
        "log/postfix/smtpd/relay-access-denied",
    )


def test_many_records_are_counted_worst_first_in_constant_memory() -> None:
    def many():  # type: ignore[no-untyped-def]
        yield from repeat(CONNECT, 50_000)
        yield DENIED
        yield from (CONNECT._replace(title=f"Kind {number}") for number in range(30))

    lines = list(plain.paint(screen.screen(many(), 80), 80))
    assert lines[0] == "50,031 records, worst first"
    assert "Relay access denied" in lines[1]
    assert any("50,000×  A client connected" in line for line in lines)
    assert any("25 more harmless ones, 25 records" in line for line in lines)
    assert len(lines) <= screen.HEIGHT


def test_records_without_an_entry_are_told_apart() -> None:
    unknown = Answer(
        kind="log",
        text="mx a[1]: wombat 7",
        spans=(
            Span(0, 2, "logging_host", "mx"),
            Span(3, 4, "program", "a"),
            Span(5, 6, "process_id", "1"),
        ),
    )
    lines = shown(unknown, unknown._replace(text="mx a[1]: wombat 8"))
    listed = lines.index("All 2; told above: 1") + 1
    assert lines[listed].endswith("wombat 7")
    assert lines[listed + 1].endswith("wombat 8")


def test_stories_are_mails_and_numbers_follow_the_rows() -> None:
    stories = [Answer(kind="story", title=f"Mail {n % 3}", story=Story("sent")) for n in range(30)]
    lines = shown(*stories)
    assert lines[0] == "30 mails, worst first"
    entries = [CONNECT, *[DENIED] * 2, *[CONNECT] * 10]
    assert gather(entries).answers == (DENIED, CONNECT)


def test_how_bad_it_is_counts_before_how_final_it_is() -> None:
    fatal = DENIED._replace(title="No lock", severity="fatal", verdict=None)
    warned = DENIED._replace(title="No answer", severity="warning")
    assert shown(warned, fatal, CONNECT)[0].startswith("No lock")
    # who refused for good is worse off than who was only told something
    noted = DENIED._replace(title="Noted", severity="notice", verdict=None)
    assert shown(noted, DENIED)[0].startswith("Relay access denied")


def test_the_worst_of_many_records_is_told_wherever_it_comes() -> None:
    panic = DENIED._replace(entry="x", title="The disk is full", severity="panic", causes=())
    lines = shown(*[CONNECT] * 30, panic, *[CONNECT] * 30)
    assert lines[0] == "61 records, worst first"
    assert "The disk is full" in lines[1]
    assert any(line.startswith("The disk is full ") for line in lines[2:])


def test_mails_are_counted_by_how_they_ended_the_bad_ends_first() -> None:
    def mail(ended: str, number: int, severity: str) -> Answer:
        title = f"{ended}: mail from a{number}@example.net to b{number}@example.com"
        return Answer(kind="story", title=title, severity=severity, story=Story(ended.lower()))

    good = [mail("Delivered", number, "info") for number in range(20)]
    lines = shown(*good, mail("Bounced", 20, "warning"), mail("Rejected", 21, "notice"))
    assert "Bounced: mail from a20@example.net" in lines[1]
    assert "Rejected" in lines[2]
    assert lines[3].endswith("20×  Delivered")
