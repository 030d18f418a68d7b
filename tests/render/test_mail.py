"""What the story of a mail looks like."""

from __future__ import annotations

from mailhelp.answer import Answer, Before, Hop, Joined, Offspring, Recipient, Story
from mailhelp.render import mail
from mailhelp.render.blocks import plain
from mailhelp.render.screen import screen

NAMES = ("before the queue manager", "in the queue manager", "connecting", "sending")
STORY = Story(
    outcome="deferred",
    queue_ids=("AAAAA1", "BBBBB2"),
    client="a.example.net[192.0.2.1]",
    sender="ann@example.net",
    recipients=tuple(
        Recipient(f"b{n}@example.com", "deferred", "4.4.1", "none", 4.0, "timed out", "team@example.com", (1.0, 0.0, 3.0, 0.0), NAMES)
        for n in range(9)
    ),
    flow=(Hop("postfix/smtpd", 1, "", 2.5), Hop("postfix/qmgr", 3, "", 0.0)),
    records=tuple(
        Joined("mail.log", n, "queue ID AAAAA1", "postfix/qmgr", 3, "2026-11-20T10:00:00", title=f"Record {n}", matters=n % 2 == 0)
        for n in range(30)
    ),
    missing=("One thing.", "Another.", "A third.", "A fourth."),
    children=(Offspring("CCCCC3", "The sender was warned", "delivered", ("ann@example.net",)),),
)  # fmt: skip


def test_the_way_has_the_seconds_that_were_spent() -> None:
    assert plain(mail.flow(STORY)) == "client a.example.net[192.0.2.1] → smtpd[1] 2.5 s → qmgr[3]"


def test_many_processes_of_one_program_are_one_hop() -> None:
    tries = tuple(Hop("postfix/smtp", number, "", 100.0) for number in range(9))
    said = plain(mail.flow(STORY._replace(flow=(Hop("postfix/qmgr", 3), *tries))))
    assert said == "client a.example.net[192.0.2.1] → qmgr[3] → smtp × 9 900 s"


def test_how_often_it_was_tried_before() -> None:
    once = Before("deferred", 1, "2026-11-20T10:00:02", "2026-11-20T10:00:02", "timed out")
    assert plain(mail.before(once)) == "deferred once before, 20 Nov 10:00: timed out"
    often = once._replace(tries=9, last="2026-11-20T13:30:02")
    assert plain(mail.before(often)).startswith("deferred 9 times before, 20 Nov 10:00 to 13:30: ")
    days = often._replace(last="2026-11-22T13:30:02", reply=None)
    said = plain(mail.before(days, Recipient("b@example.com")))
    assert said == "b@example.com  deferred 9 times before, 20 Nov 10:00 to 22 Nov 13:30"


def test_the_four_delays_are_a_bar() -> None:
    said = plain(mail.bar(STORY.recipients[0]))
    assert said == ("delay 4 s  █████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  █ 1 before the queue manager, ▒ 3 connecting")


def test_a_recipient_is_told_with_the_address_that_was_given() -> None:
    said = plain(mail.recipient(STORY.recipients[0]))
    assert said == "b0@example.com (for team@example.com)  deferred after 4 s: timed out"


def test_a_relay_that_the_reply_names_is_not_named_twice() -> None:
    relay = "mx.example.org[198.51.100.9]:25"
    row = Recipient("b@example.com", "bounced", "5.1.1", relay, 1.0, f"host {relay[:-3]} said: no")
    assert "by mx" not in plain(mail.recipient(row))
    assert "by mx" in plain(mail.recipient(row._replace(reply="no")))


def test_a_long_story_fits_a_screen_and_keeps_what_it_ended_with() -> None:
    answer = Answer("story", title="Mail from ann@example.net: deferred", story=STORY)
    lines = [plain(block.runs) for block in screen([answer], 80) if hasattr(block, "runs")]
    assert "and 5 more" in lines
    assert "The sender was warned  CCCCC3 to ann@example.net: delivered" in lines
    assert any("AAAAA1 → BBBBB2" in line for line in lines)


def test_the_whole_has_every_record_and_why_it_belongs() -> None:
    from mailhelp.render.layout import draw

    text = "\n".join("".join(each for _, each in line) for line in draw(mail.whole(STORY), 120))
    assert all(f"Record {n}" in text for n in range(30))
    assert "(queue ID AAAAA1)" in text
    assert "A fourth." in text
