"""A record is read once; what is known of it is plain data that travels between processes."""

from __future__ import annotations

import pickle
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from mailhelp.api import ask, explain_lines
from mailhelp.knowledge.store import PatternRow, Store
from mailhelp.log.catalogue import Catalogue, Match
from mailhelp.log.read import Read
from mailhelp.log.reader import Engine
from mailhelp.patterns.fields import from_tables
from mailhelp.patterns.pattern import parse, to_regex
from mailhelp.redact import Redactor
from mailhelp.session import Session
from tests.fakes import FORMATS

REJECT = (
    "Nov 22 06:25:16 mx postfix/smtpd[123]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: "
    "554 5.7.1 <bob@example.net>: Relay access denied; from=<ann@example.org> "
    "to=<bob@example.net> proto=ESMTP helo=<mx>"
)
PIECES = [REJECT[start : start + 80] for start in range(0, len(REJECT), 80)]
HEADER = [
    "Received: from localhost (localhost [127.0.0.1])",
    "\tby mx.example.com (Postfix) with ESMTP id 5419B66",
    "\tfor <bob@example.com>; Sun, 28 Feb 2016 12:24:18 +0100 (CET)",
]
TOKEN = "AHRlc3QAc2VjcmV0AHRlc3Q"


def reads(session: Session, *lines: str) -> list[Read]:
    return list(session.library.engine.reads(lines))


def values(read: Read) -> dict[str, str]:
    return {span.name: span.value for span in read.values}


@pytest.fixture
def matched(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each message was matched."""
    counts: Counter[str] = Counter()
    plain = Catalogue.matches

    def counting(self: Catalogue, programs: tuple[str, ...], message: str) -> Iterator[Match]:
        counts[message] += 1
        return plain(self, programs, message)

    monkeypatch.setattr(Catalogue, "matches", counting)
    return counts


def test_what_is_known_of_a_record(session: Session) -> None:
    (read,) = reads(session, REJECT)
    assert (read.line, read.lines, read.recognised) == (1, 1, "entry")
    assert read.hit is not None
    assert read.hit.entry == "log/postfix/smtpd/relay-access-denied"
    assert not read.hit.generic
    assert values(read)["client_address"] == "192.0.2.7"
    for span in read.values:
        assert read.record.message[span.start : span.end] == span.value


def test_lines_are_counted(session: Session) -> None:
    found = reads(session, "", *PIECES, REJECT, "who knows")
    assert [(read.line, read.lines) for read in found] == [(1, 1), (2, 3), (5, 1), (6, 1)]
    assert [read.recognised for read in found] == ["no", "entry", "entry", "no"]


def test_a_header_field_is_read_as_one(session: Session) -> None:
    (read,) = reads(session, *HEADER)
    assert (read.is_header, read.lines) == (True, 3)
    assert values(read)["header_name"] == "Received"
    assert values(read)["queue_id"] == "5419B66"
    (odd,) = reads(session, "Received: what is this")
    assert (odd.is_header, odd.recognised) == (True, "generic")
    (free,) = reads(session, "Subject: hello")
    assert (free.is_header, free.recognised) == (True, "entry")


@pytest.mark.parametrize(
    "text", ["\n".join(PIECES), REJECT, "\n".join(HEADER), f"{REJECT}\nso it says\n"]
)
def test_no_message_is_matched_twice(session: Session, matched: Counter[str], text: str) -> None:
    assert ask(session, text)
    assert matched
    assert set(matched.values()) == {1}


def test_no_message_of_a_stream_is_matched_twice(session: Session, matched: Counter[str]) -> None:
    lines = [*PIECES, "some prose", *HEADER, "no such record", "Nov 22 06:25:16 mx x[1]: what"]
    assert list(explain_lines(session, lines, brief=True))
    assert set(matched.values()) == {1}


def test_a_short_question_is_not_tried_against_all_patterns(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Catalogue.matches

    def of_some(self: Catalogue, programs: tuple[str, ...], message: str) -> Iterator[Match]:
        assert programs
        return plain(self, programs, message)

    monkeypatch.setattr(Catalogue, "matches", of_some)
    assert ask(session, "why is mail deferred")


def test_a_read_and_the_engine_can_be_pickled(session: Session) -> None:
    engine = pickle.loads(pickle.dumps(session.library.engine))
    lines = [REJECT, *HEADER, "Nov 22 06:25:16 mx postfix/qmgr[1]: 5419B66: removed", "???"]
    there = list(engine.reads(lines))
    assert there == reads(session, *lines)
    assert pickle.loads(pickle.dumps(there)) == there


def test_a_catalogue_in_memory_can_be_pickled() -> None:
    store = Store()
    store.add(tables={"fields": {"a": {"regex": "x"}}})
    assert pickle.loads(pickle.dumps(store)).table("fields") == {"a": {"regex": "x"}}


def test_a_secret_is_covered_in_record_and_values(session: Session) -> None:
    head = "Nov 22 06:25:16 mx postfix/smtpd[123]: warning: unknown[192.0.2.7]: request longer than 2048: AUTH PLAIN "
    for lines in ([head + TOKEN], [head + TOKEN[:9], TOKEN[9:]], [head[:-6], f"PLAIN {TOKEN}"]):
        found = reads(session, *lines)
        assert not any(TOKEN[n : n + 8] in repr(found) for n in range(len(TOKEN) - 8))
        assert set(values(found[0])["secret_text"]) == {"*"}
        for span in found[0].values:
            assert found[0].record.message[span.start : span.end] == span.value


def test_values_end_where_a_record_may_go_on(session: Session) -> None:
    engine = session.library.engine
    (read,) = reads(session, REJECT)
    assert engine.reach(read) == len(read.record.message) - 1
    assert engine.reach(reads(session, "who knows")[0]) is None
    assert engine.reach(reads(session, "Subject: hello")[0]) == 0


def test_a_pause_lets_a_record_go(session: Session) -> None:
    def paused() -> Iterator[str | None]:
        yield REJECT
        yield None
        raise AssertionError("read on before the record was given")

    assert next(session.library.engine.reads(paused())).recognised == "entry"


@pytest.mark.parametrize(
    ("tag", "program"),
    [
        ("postfix/smtpd", "postfix/smtpd"),
        ("postfix-mx/submission/smtpd", "postfix/smtpd"),
        ("/usr/sbin/amavisd", "amavis"),
        ("nothing", None),
        (None, None),
    ],
)
def test_tags_of_programs(session: Session, tag: str | None, program: str | None) -> None:
    assert session.library.engine.program(tag) == program


def test_a_program_of_a_known_family_may_write_what_the_family_writes(session: Session) -> None:
    line = "Nov 22 06:25:16 mx postfix/zorkd[1]: connect from unknown[192.0.2.7]"
    (read,) = reads(session, line)
    assert read.hit is not None
    assert read.hit.entry == "log/postfix/smtpd/connect"
    assert session.library.engine.program("postfix/zorkd") is None
    (read,) = reads(session, line.replace("postfix/zorkd", "zork/zorkd"))
    assert read.hit is None


def test_names_in_a_hostile_log_do_not_fill_the_memory(session: Session) -> None:
    engine = session.library.engine
    for number in range(3000):
        engine.keys(f"x{number}")
        engine._header_entry(f"X-Y{number}")
    assert len(engine._keys) <= 1000
    assert len(engine._headers) <= 1000


@pytest.mark.parametrize("piece", ["<", "a: ", "=", '"', "(", "[", "\x00", "5419B66: "])
def test_an_endless_line_is_read_in_time(session: Session, piece: str) -> None:
    """Were the work quadratic, this would not come to an end while anybody waits."""
    reads(session, f"Nov 22 06:25:16 mx postfix/smtpd[1]: {piece * (60_000 // len(piece))}")


def test_a_value_of_a_secret_field_is_covered_whatever_stands_before_it() -> None:
    fields = from_tables({"pass": {"regex": r"\S+", "secret": True}, "user": {"regex": r"\S+"}})
    parts = parse("frobbed {user} by {pass} today")
    row = PatternRow(
        "zork", 10, "frobbed", to_regex(parts, fields), ("user", "pass"), "log/zork/x", False
    )
    store = Store()
    store.add(patterns=[row])
    engine = Engine(Catalogue([store]), fields, {}, FORMATS, Redactor({}), date(2026, 11, 22))
    (read,) = engine.reads(["Nov 22 06:25:16 mx zork[1]: frobbed ann by hunter2 today"])
    assert values(read) == {"user": "ann", "pass": "*******"}
    assert "hunter2" not in read.record.text + read.record.message


SPOKEN = [
    "Nov 22 06:25:16 mx postfix/smtpd[1]: connect from a.example[192.0.2.7]",
    "a line with a password: hunter2 in it",
    "AUTH PLAIN AHRlc3QAc2VjcmV0AHRlc3Q=",
    "Nov 22 06:25:16 mx postfix/smtpd[1]: > a.example[192.0.2.7]: 334 VXNlcm5hbWU6",
    "Nov 22 06:25:16 mx postfix/smtpd[1]: < a.example[192.0.2.7]: dGVzdHRlc3Q=",
    '{"MESSAGE":"a \\"password\\": \\"hunter2\\"","SYSLOG_IDENTIFIER":"password=hunter2"}',
    "Nov 22 06:25:16 mx password: hunter2",
    "S: 334 UGFzc3dvcmQ6",
    "C: c2VjcmV0",
    "c2VjcmV0c2VjcmV0",
    "ldap://user:hunter2@example.org/",
    "334 is a number here",
    "",
    "PASSWORD = Straße",
]


@pytest.mark.parametrize("seed", range(60))
def test_records_are_covered_as_their_lines_are(session: Session, seed: int) -> None:
    lines = random.Random(seed).choices(SPOKEN, k=9)
    found = [read.record for read in session.library.engine.reads(lines)]
    by_line = "\n".join(line or "" for line in session.redactor.cover_lines(lines))
    if not any(line.startswith("{") for line in lines):
        assert "\n".join(record.text for record in found) == by_line
    assert not any("hunter2" in repr(record) for record in found)
