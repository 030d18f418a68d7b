"""What a story keeps of a record: its place, its event, and what it names, by the corpus's word."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from mailhelp.api import stories
from mailhelp.log.facts import Fact, Ref, Teller, seconds, spaces
from mailhelp.session import Session
from tests.fakes import FakeHost

HEAD = "Nov 22 06:25:16 mx"


def fact(session: Session, line: str, **tables: Any) -> Fact | None:
    library = session.library
    given = {"spaces": library.table("spaces"), "stories": library.table("stories"), **tables}
    teller = Teller(library.engine, library, given["spaces"], given["stories"])
    (read,) = library.engine.reads([line])
    return teller.fact("mail.log", read)


def test_a_delivery(session: Session) -> None:
    found = fact(
        session,
        f"{HEAD} postfix/smtp[9]: 5419B66: to=<b@example.com>, relay=mx.example.com[198.51.100.9]:25, "
        "delay=0.9, delays=0.1/0/0.3/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4A1B22C)",
    )
    assert found is not None
    assert (found.file, found.line, found.process, found.host) == (
        "mail.log",
        1,
        "postfix/smtp[9]",
        "mx",
    )
    assert (found.event, found.entry.partition("/")[0]) == ("delivery", "log")
    assert Ref("queue", "5419B66", "own") in found.refs
    assert Ref("queue", "4A1B22C", "next") in found.refs
    assert Ref("address", "b@example.com", "mentions") in found.refs
    assert dict(found.values)["delivery_status"] == "sent"
    assert found.said == "250 2.0.0 Ok: queued as 4A1B22C"
    assert pickle.loads(pickle.dumps(found)) == found


def test_what_the_client_was_told(session: Session) -> None:
    found = fact(
        session,
        f"{HEAD} postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 <b@example.net>: "
        "Relay access denied; from=<a@example.org> to=<b@example.net> proto=ESMTP helo=<mx>",
    )
    assert found is not None
    assert found.event == "rejected"
    assert found.said == "554 5.7.1 <b@example.net>: Relay access denied"
    assert Ref("session", "", "own") in found.refs
    assert not any(ref.space == "queue" for ref in found.refs)


def test_an_event_by_a_value(session: Session) -> None:
    line = (
        f"{HEAD} postfix/smtpd[9]: NOQUEUE: reject_warning: RCPT from unknown[192.0.2.7]: 554 5.7.1 "
        "<b@example.net>: Relay access denied; from=<a@example.org> to=<b@example.net> proto=ESMTP helo=<mx>"
    )
    found = fact(session, line)
    assert found is not None
    assert found.event == ""


def test_a_filter_s_id_is_its_own_only_in_its_own_records(session: Session) -> None:
    own = fact(
        session,
        f"{HEAD} amavis[22]: (00022-01) Passed CLEAN {{RelayedInbound}}, [192.0.2.7]:4711 [192.0.2.7] "
        "<a@example.org> -> <b@example.com>, mail_id: vJWxdMp5DNHC, Hits: -0.2, size: 1234, queued_as: 5419B66, 705 ms",
    )
    other = fact(
        session,
        f"{HEAD} postfix/smtpd[9]: proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=00022-01 - spam; "
        "from=<a@example.org> to=<b@example.com> proto=ESMTP helo=<mx>",
    )
    assert own is not None
    assert other is not None
    assert Ref("filter", "00022-01", "own") in own.refs
    assert Ref("queue", "5419B66", "next") in own.refs
    assert Ref("filter", "00022-01", "next") in other.refs


def test_a_bounce_is_another_mail(session: Session) -> None:
    found = fact(
        session, f"{HEAD} postfix/bounce[9]: 5419B66: sender non-delivery notification: 6A1B22C"
    )
    assert found is not None
    assert Ref("queue", "6A1B22C", "child") in found.refs


def test_another_filter_joins_by_corpus_data_alone(session: Session) -> None:
    """A space that some other program's ids belong to needs a row and no Python."""
    table = dict(session.library.table("spaces"))
    table["queue"] = {**table["queue"], "programs": ["postfix/qmgr"], "elsewhere": "next"}
    line = f"{HEAD} postfix/cleanup[9]: 5419B66: message-id=<x@example.org>"
    found = fact(session, line, spaces=table)
    assert found is not None
    assert Ref("queue", "5419B66", "next") in found.refs
    assert spaces(table)["queue"].programs == {"postfix/qmgr"}


@pytest.mark.parametrize("line", ["what is this", "Received: from x (y [192.0.2.1]) by z (Postfix)",
                                  f"{HEAD} postfix/smtpd[9]: frobbed the wombat", ""])  # fmt: skip
def test_what_no_entry_knows_tells_nothing(session: Session, line: str) -> None:
    assert fact(session, line) is None


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("1970-01-01T00:00:10", 10.0),
        ("1970-01-01T01:00:10+01:00", 10.0),
        ("1970-01-01T00:00:10.123456789Z", 10.123456),
        ("1970-13-01T00:00:10", None),
        (None, None),
        ("", None),
    ],
)
def test_times(time: str | None, moment: float | None) -> None:
    assert seconds(time) == moment


def test_a_secret_is_in_no_fact(session: Session) -> None:
    found = fact(
        session,
        f"{HEAD} postfix/smtpd[9]: warning: unknown[192.0.2.7]: request longer than 2048: AUTH PLAIN AHRlc3QAc2VjcmV0",
    )
    assert "AHRlc3" not in repr(found)


def test_a_new_filter_joins_a_story_by_corpus_data_alone(
    tmp_path: Path, bundled: Path, host: FakeHost
) -> None:
    """Notes with a space, a field and an entry: no Python knows the filter, and its record is in the story."""
    notes = host.config_dir / "notes"
    entry = notes / "log" / "frobd" / "scanned.md"
    entry.parent.mkdir(parents=True)
    (notes / "spaces.toml").write_text(
        '[frob]\ncalled = "frobd ID"\nprograms = ["frobd"]\nelsewhere = "next"\nreach = 60\nlife = 60\nplace = 2\n'
    )
    entry.write_text(
        "+++\n"
        'title = "frobd scanned a mail"\n'
        "patterns = ['{frob_id}: scanned, next {queued_as}']\n"
        'severity = "info"\n'
        'verdict = { who = "policy", permanence = "none" }\n'
        'event = "filter-passed"\n'
        'sources = ["our own notes"]\n\n'
        "[fields.frob_id]\n"
        "regex = 'f\\d+'\n"
        'meaning = "frobd\'s number of the mail."\n'
        'space = "frob"\n'
        'relation = "own"\n'
        "+++\nIt was scanned.\n\n## Samples\n\n```\nf17: scanned, next 5419B66\n```\n",
        encoding="utf-8",
    )
    log = tmp_path / "mail.log"
    log.write_text(
        f"{HEAD} frobd[7]: f17: scanned, next 5419B66\n"
        f"{HEAD} postfix/smtpd[8]: 5419B66: client=localhost[127.0.0.1]\n"
    )
    opened = Session(host, bundled)
    try:
        (story,) = stories(opened, [str(log)])
        assert opened.notices == []
        assert [(strand.space.name, strand.key) for strand in story.strands] == [
            ("frob", "f17"), ("queue", "5419B66")
        ]  # fmt: skip
        assert story.named("f17")
    finally:
        opened.close()


def test_an_empty_value_is_no_id(session: Session) -> None:
    found = fact(session, f"{HEAD} postfix/cleanup[9]: 5419B66: message-id=<>")
    assert found is not None
    assert [ref.value for ref in found.refs] == ["5419B66"]
