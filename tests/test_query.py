"""Replies of SMTP servers are recognised, however they are quoted."""

import pytest

from mailhelp.api import ask
from mailhelp.query import recognise
from mailhelp.session import Session

REPLIES = {
    "554 5.7.1 <bob@example.net>: Relay access denied": "postfix/smtpd/relay-access-denied",
    "Relay access denied": "postfix/smtpd/relay-access-denied",
    "relay access denied": "postfix/smtpd/relay-access-denied",
    "User unknown in virtual mailbox table": "postfix/smtpd/user-unknown-virtual-mailbox",
    "450 4.2.0 <bob@example.net>: Recipient address rejected: Greylisted": "postfix/smtpd/greylisted",
    "host mx.example.net[192.0.2.7] said: 550 5.1.1 <bob@example.net>: Recipient address rejected: "
    "User unknown (in reply to RCPT TO command)": "postfix/smtp/remote-user-unknown",
    "<bob@example.net>: host mx.example.net[192.0.2.7] refused to talk to me: 421 4.7.0 [TSS04] "
    "Messages from 203.0.113.5 temporarily deferred due to user complaints": "postfix/smtp/remote-yahoo-deferred",
    "Remote Server returned '550 5.7.520 Access denied, Your organization does not allow external "
    "forwarding.'": "postfix/smtp/remote-forwarding-forbidden",
    "Diagnostic-Code: smtp; 550 5.4.1 Recipient address rejected: Access denied. AS(2018)": (
        "postfix/smtp/remote-user-unknown"
    ),
    "550-5.7.26 Your email has been blocked because the sender is unauthenticated.\n"
    "550-5.7.26 Gmail requires all senders to authenticate\n550 5.7.26 x.1 - gsmtp": (
        "postfix/smtp/remote-unauthenticated"
    ),
    "550 5.7.1 Service unavailable, Client host [203.0.113.5] blocked using Spamhaus. To request": (
        "postfix/smtp/remote-blocklisted"
    ),
    "550 5.7.1 Service unavailable, MailFrom domain is listed in Spamhaus. To request removal": (
        "postfix/smtp/remote-domain-listed"
    ),
    "553 5.1.8 <ann@example.org>... Domain of sender address ann@example.org does not exist": (
        "postfix/smtp/remote-sender-refused"
    ),
    "554 5.7.9 Message not accepted for policy reasons. See https://example.com/": (
        "postfix/smtp/remote-unauthenticated"
    ),
    "550 Unrouteable address": "postfix/smtp/remote-user-unknown",
    "550 Verification failed for <ann@example.org>": "postfix/smtp/remote-sender-refused",
    "550 Administrative prohibition": "postfix/smtp/remote-policy",
    "451 Temporary local problem - please try later": "postfix/smtp/remote-system-trouble",
    "550 5.7.1 SPF record for this domain does not exist": "postfix/smtp/remote-unauthenticated",
}


@pytest.mark.parametrize(("text", "entry"), REPLIES.items())
def test_a_reply_is_answered_by_the_entry_that_knows_its_words(
    session: Session, text: str, entry: str
) -> None:
    question = recognise(session.library, text)
    assert question is not None
    assert question.kind == "reply"
    (answer,) = ask(session, text)
    assert answer.entry == entry


def test_then_the_code(session: Session) -> None:
    (answer,) = ask(session, "554 5.7.1 <bob@example.net>: Relay access denied")
    assert answer.related[-2:] == ("status/x.7.1", "status/554")
    assert [section.title.partition(":")[0] for section in answer.sections][-2:] == ["5.7.1", "554"]
    assert answer.verdict is not None
    assert answer.verdict.permanence == "permanent"


def test_values_of_the_reply_fill_the_commands_and_no_invented_ones(session: Session) -> None:
    (answer,) = ask(
        session,
        "550 5.1.1 <eve@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
    )
    commands = " ".join(command.command for command in answer.commands)
    assert "postmap -q eve@example.org" in commands
    assert "invalid" not in str(answer)


@pytest.mark.parametrize("text", ["5.7.1", "554", "554 5.7.1", "550 of 600 mails in the queue"])
def test_a_code_without_known_words_stays_a_code(session: Session, text: str) -> None:
    assert {answer.kind for answer in ask(session, text)} == {"status"}


@pytest.mark.parametrize(
    "text", ["how do I delete all mail", "why is mail rejected as spam", "access denied", "587"]
)
def test_a_question_is_no_reply(session: Session, text: str) -> None:
    question = recognise(session.library, text)
    assert question is None or question.kind != "reply"
