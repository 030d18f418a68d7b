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
    assert lines[0] == "  1  A client connected"
    assert lines[1].startswith("  2  Relay access denied  unknown[192.0.2.7]: ann@example.org")
    assert lines[2] == "  3  The session ended"
    assert lines[4].startswith("Relay access denied ")
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
    assert lines[0].endswith("wombat 7")
    assert lines[1].endswith("wombat 8")


def test_stories_are_mails_and_numbers_follow_the_rows() -> None:
    stories = [Answer(kind="story", title=f"Mail {n % 3}", story=Story("sent")) for n in range(30)]
    lines = shown(*stories)
    assert lines[0] == "30 mails, worst first"
    entries = [CONNECT, *[DENIED] * 2, *[CONNECT] * 10]
    assert gather(entries).answers == (DENIED, CONNECT)


def test_the_worst_of_many_records_is_told_wherever_it_comes() -> None:
    panic = DENIED._replace(entry="x", title="The disk is full", severity="panic", causes=())
    lines = shown(*[CONNECT] * 30, panic, *[CONNECT] * 30)
    assert lines[0] == "61 records, worst first"
    assert "The disk is full" in lines[1]
    assert any(line.startswith("The disk is full ") for line in lines[2:])
