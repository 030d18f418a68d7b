"""A reply outside a log is explained by the entry of the log line that it would have made."""

from __future__ import annotations

import pytest

from mailhelp.explain import reply
from mailhelp.explain.reply import Reply
from mailhelp.names import wider_codes
from mailhelp.session import Session

RELAY = "log/postfix/smtpd/relay-access-denied"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("554 5.7.1 Relay access denied", Reply("554 5.7.1 Relay access denied", "554", "5.7.1")),
        ("550-5.7.26 one\n550 5.7.26 two", Reply("550 5.7.26 one two", "550", "5.7.26")),
        ("550 (#5.1.1) nobody", Reply("550 (#5.1.1) nobody", "550", "5.1.1")),
        ("250 ok", Reply("250 ok", "250")),
        ("hello", None),
    ],
)
def test_codes_and_lines_of_a_reply(text: str, expected: Reply | None) -> None:
    assert reply.of(text) == expected


def test_who_said_it_and_to_what(session: Session) -> None:
    text = "<b@example.net>: host mx.example.net[192.0.2.7] said: 550 5.1.1 No such user\n (in reply to RCPT TO command)"
    found = reply.quoted(session.library, text)
    assert found is not None
    assert (found.host, found.command, found.recipient) == (
        "mx.example.net[192.0.2.7]",
        "RCPT TO",
        "b@example.net",
    )
    assert reply.quoted(session.library, "relay access denied") is None


def test_our_own_words_are_our_servers_and_anothers_are_its_own(session: Session) -> None:
    words = "554 5.7.1 <b@example.net>: Relay access denied"
    own = reply.find(session.library, Reply(words, "554", "5.7.1"))
    theirs = reply.find(session.library, Reply(words, "554", "5.7.1", "mx.example.net[192.0.2.7]"))
    assert own is not None
    assert own.document.id == RELAY
    assert reply.verdict(session.library, own, "5.7.1").who == "this-server"
    assert theirs is not None
    assert theirs.document.id != RELAY
    assert reply.verdict(session.library, theirs, "5.7.1").who == "remote-server"


def test_a_reply_for_now_is_not_explained_as_one_for_good(session: Session) -> None:
    for code, enhanced in (("550", "5.1.1"), ("450", "4.1.1")):
        text = f"{code} {enhanced} User unknown"
        found = reply.find(
            session.library, Reply(text, code, enhanced, "mx.example.net[192.0.2.7]")
        )
        assert found is not None
        stored = found.document.data["verdict"].get("permanence", "by-code")
        assert stored in ("by-code", reply.permanence(code))


def test_words_without_codes_are_only_those_that_an_entry_knows(session: Session) -> None:
    found = reply.find_words(session.library, "relay access denied")
    assert found is not None
    assert found.document.id == RELAY
    assert reply.find_words(session.library, "relay denied") is None  # too few
    assert reply.find_words(session.library, "why is my mail not there") is None


def test_the_codes_that_stand_for_a_code(session: Session) -> None:
    assert wider_codes("5.7.606") == ("5.7.0", "5.x.x")
    assert wider_codes("557") == ("5xx",)
    found = reply.status_of(session.library, Reply("", "550", "5.7.1"))
    first, second = (document.data["codes"] for document in found)
    assert "5.7.1" in first
    assert "550" in second


@pytest.mark.parametrize(
    ("code", "final"), [("550", "permanent"), ("4.7.1", "temporary"), ("250", "none"), ("", "none")]
)
def test_how_final_a_code_is(code: str, final: str) -> None:
    assert reply.permanence(code) == final


def test_an_answer_has_the_entry_the_codes_and_the_values(session: Session) -> None:
    text = "554 5.7.1 <b@example.net>: Relay access denied"
    found = reply.quoted(session.library, text)
    assert found is not None
    answer = reply.explain(session.library, text, found)
    assert answer is not None
    assert (answer.kind, f"log/{answer.entry}", answer.event) == ("log", RELAY, "rejected")
    assert answer.verdict is not None
    assert (answer.verdict.who, answer.verdict.permanence) == ("this-server", "permanent")
    assert answer.gist == "554 5.7.1"
    assert {span.value for span in answer.spans} == {"554", "5.7.1", "b@example.net"}
    assert any("5.7.1" in section.title for section in answer.sections)
    assert any(id.startswith("status/") for id in answer.related)
    for span in answer.spans:
        assert text[span.start : span.end] == span.value


def test_a_reason_that_is_no_reply(session: Session) -> None:
    found = reply.find_reason(
        session.library, "connect to mx.example.net[192.0.2.7]:25: Connection refused", "4.4.1", "b@example.net"
    )  # fmt: skip
    assert found is not None
    assert found.document.id == "log/postfix/smtp/connect-refused"
    assert reply.find_reason(session.library, "the wombat frobbed", "5.0.0", "") is None


@pytest.mark.parametrize(
    ("words", "final"), [("refused to talk to me", "temporary"), ("said", "permanent")]
)
def test_a_refused_session_is_for_now_whatever_its_code(
    session: Session, words: str, final: str
) -> None:
    text = f"host mx.example.net[192.0.2.7] {words}: 554 5.7.1 192.0.2.1 is on our blocklist"
    found = reply.quoted(session.library, text)
    assert found is not None
    answer = reply.explain(session.library, text, found)
    assert answer is not None
    assert answer.verdict is not None
    assert answer.verdict.permanence == final


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("554 5.7.1 Relay access denied when I send from my phone", RELAY),
        (
            "550 5.1.1 <eve@example.org>: Recipient address rejected: User unknown in virtual mailbox table after the move",
            "log/postfix/smtpd/user-unknown-virtual-mailbox",
        ),
        (
            "550 5.1.1 User unknown in virtual mailbox table",
            "log/postfix/smtpd/user-unknown-virtual-mailbox",
        ),
    ],
)
def test_what_somebody_says_of_our_own_reply_or_leaves_out_hides_it_not(
    session: Session, text: str, entry: str
) -> None:
    said = reply.of(text)
    assert said is not None
    found = reply.find(session.library, said)
    assert found is not None
    assert found.document.id == entry


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        # typed from memory: small letters, no signs
        (
            "554 5.7.1 client host rejected access denied",
            "log/postfix/smtpd/client-rejected",
        ),
        (
            "550 5.7.606 access denied banned sending ip to request removal from this list",
            "log/postfix/smtp/remote-microsoft-banned",
        ),
        (
            "550 5.1.1 recipient address rejected user unknown in local recipient table",
            "log/postfix/smtpd/user-unknown-local",
        ),
        # the code says who speaks: these are our words too, with another code
        (
            "550 5.4.1 Recipient address rejected: Access denied",
            "log/postfix/smtp/remote-user-unknown",
        ),
        (
            "550 5.7.1 Recipient address rejected: Access denied",
            "log/postfix/smtpd/recipient-rejected",
        ),
        # words of another record after a comma
        (
            "451 4.3.0 Temporary lookup failure, mysql: proxy:mysql table lookup problem",
            "log/postfix/smtpd/temporary-lookup-failure",
        ),
    ],
)
def test_a_reply_is_known_as_people_type_it(session: Session, text: str, entry: str) -> None:
    said = reply.of(text)
    assert said is not None
    found = reply.find_typed(session.library, said)
    assert found is not None
    assert found.document.id == entry


@pytest.mark.parametrize(
    "text",
    [
        "554 5.7.1 service unavailable since we changed the address of the server last week",
        "550 5.1.1 since yesterday for one customer",
    ],
)
def test_a_few_words_that_are_a_reply_too_make_none(session: Session, text: str) -> None:
    said = reply.of(text)
    assert said is not None
    found = reply.find_typed(session.library, said)
    assert found is None or found.by_code


def test_the_message_with_more_of_the_words_goes_before_one_that_takes_them_as_a_value(
    session: Session,
) -> None:
    said = reply.of("553 5.7.1 Sender address rejected: not owned by user")
    assert said is not None
    found = reply.find_typed(session.library, said)
    assert found is not None
    assert found.document.id == "log/postfix/smtpd/sender-not-owned"
