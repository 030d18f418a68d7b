"""Queue listings are counted line by line, in bounded memory."""

from __future__ import annotations

from datetime import date

import pytest

from mailhelp.explain.listing import Commonest, Reader, masked
from mailhelp.session import Session

TODAY = date(2026, 11, 22)
LONG = """\
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
4F2A1B3C4D*     1200 Sun Nov 22 06:25:16  ann@example.org
                                         bob@example.net

5A2A1B3C4D      2400 Fri Nov 20 06:25:16  MAILER-DAEMON
(connect to mx.example.net[192.0.2.7]:25: Connection refused)
                                         bob@example.net
                                         cat@example.net
             (host mx.example.com[192.0.2.8] said: 450 4.2.2 full)
                                         dan@example.com

6B2A1B3C4D!     3000 Sat Nov 21 06:25:16  eve@example.org
                                         fay@EXAMPLE.net

-- 7 Kbytes in 3 Requests.
"""


def read(session: Session, text: str, name: object = None) -> Reader:
    reader = Reader(session.library, TODAY, lambda reason: ("", ""))
    reader.read(text.splitlines())
    return reader


def test_what_a_listing_counts(session: Session) -> None:
    tally = read(session, LONG).tally
    assert (tally.mails, tally.recipients, tally.size, tally.bounces) == (3, 5, 6600, 1)
    assert tally.stated == 3
    assert (tally.oldest, tally.oldest_id) == (date(2026, 11, 20), "5A2A1B3C4D")
    assert sum(tally.states.values()) == 3
    assert set(tally.states) == {"active", "deferred", "hold"}
    assert tally.domains.most(1) == [("example.net", 4)]
    assert [sender for sender, _ in tally.senders.most(9)] == ["ann@example.org", "eve@example.org"]


def test_reasons_are_those_of_the_recipients_below_them(session: Session) -> None:
    tally = read(session, LONG).tally
    causes = {cause.text: (cause.mails, cause.address) for cause in tally.causes.values()}
    assert causes == {
        "connect to mx.example.net[192.0.2.7]:25: Connection refused": (1, "bob@example.net"),
        "host mx.example.com[192.0.2.8] said: 450 4.2.2 full": (1, "dan@example.com"),
    }


def test_reasons_that_differ_in_hosts_and_numbers_are_one() -> None:
    one = masked("host a.example[192.0.2.7] said: 450 4.2.2 <b@example.net> full (7 MB)")
    assert one == masked("host c.example[192.0.2.8]:25 said: 450 4.2.2 <d@example.com> full (9 MB)")
    assert "450 4.2.2" in one
    assert one != masked("host a.example[192.0.2.7] said: 550 5.2.2 <b@example.net> full (7 MB)")


def test_a_quoted_and_wrapped_listing(session: Session) -> None:
    text = "\n".join(f"> {line}" for line in LONG.splitlines())
    assert read(session, text).tally.mails == 3
    wrapped = LONG.replace("[192.0.2.7]:25: Connection", "[192.0.2.7]:25:\n Connection")
    causes = read(session, wrapped).tally.causes.values()
    assert any(cause.text.endswith("Connection refused") for cause in causes)


def test_json_one_a_line_or_in_a_list(session: Session) -> None:
    mail = (
        '{"queue_name": "deferred", "queue_id": "4F2", "arrival_time": 1795000000, "message_size": 1200,'
        ' "sender": "ann@example.org", "recipients": [{"address": "b@example.net", "delay_reason": "full"}]}'
    )
    for text in (mail, f"[{mail}]", f"[{mail},\n{mail}]".replace("\n", "\n"), f"{mail}\n{mail}"):
        tally = read(session, text).tally
        assert tally.json
        assert tally.mails == text.count("queue_name")
        assert tally.broken == 0
    assert tally.states == {"deferred": 2}
    assert next(iter(tally.causes.values())).mails == 2
    assert read(session, mail[:-30]).tally.broken == 1


def test_the_day_is_the_last_one_of_that_name(session: Session) -> None:
    line = "4F2A1B3C4D      1200 {}  ann@example.org"
    for text, day in (
        ("Sun Nov 22 06:25:16", TODAY),
        ("Wed Dec 31 23:59:59", date(2025, 12, 31)),
        ("Xxx Nov 22 06:25:16", None),
    ):
        assert read(session, line.format(text)).tally.oldest == day


@pytest.mark.parametrize(("line", "flag"), [("Mail queue is empty", "empty")])
def test_what_a_listing_says_of_itself(session: Session, line: str, flag: str) -> None:
    assert getattr(read(session, line).tally, flag)


def test_the_commonest_of_endless_values_are_kept() -> None:
    counter = Commonest(10)
    for number in range(1000):
        counter.add(f"rare {number}")
        counter.add("common")
    assert counter.most(3)[0][0] == "common"
    assert counter.most(1)[0][1] >= 1000
    assert len(counter._counts) <= 10
