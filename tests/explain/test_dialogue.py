"""SMTP dialogues as tools write them down: each turn annotated, the failed one is the answer."""

from pathlib import Path

import pytest

from mailhelp.answer import Answer
from mailhelp.api import ask, explain_held
from mailhelp.explain import dialogue
from mailhelp.query import held
from mailhelp.session import Session

FOLDER = Path(__file__).parent.parent / "dialogues"
# file → the beginning of the title, entry
EXPECTED = {
    "connect-timeout": ("No answer: a firewall drops the packets", None),
    "cs": ("MAIL FROM refused: 552 5.3.4", "postfix/smtpd/message-too-big"),
    "debug": ("RCPT TO refused: 450 4.1.8", "postfix/smtpd/sender-domain-not-found-temporary"),
    "held-cram": ("AUTH refused: 535 5.7.8", None),
    "held-cut-off": ("The dialogue ends without an answer to DATA", None),
    "held-ehlo-only": ("No turn was refused", None),
    "held-greeting-refused": ("Greeting refused: 554", "postfix/smtp/remote-provider-blocked"),
    "held-must-starttls": ("MAIL FROM refused: 530 5.7.0", None),
    "held-nc-wrapped": (
        "RCPT TO refused: 550 Verification failed for",
        "postfix/smtp/remote-sender-verify",
    ),
    "held-openssl-good": ("No turn was refused", None),
    "held-sendmail-v": ("RCPT TO refused: 450 4.7.1", "postfix/smtpd/helo-host-not-found"),
    "held-smtp-client-debug": (
        "end of DATA refused: 552 5.2.2",
        "postfix/smtp/remote-mailbox-full",
    ),
    "held-swaks-tls": ("The server does not offer STARTTLS", None),
    "lmtp": ("RCPT TO refused: 550 5.1.1", "postfix/smtp/remote-user-unknown"),
    "openssl-auth": ("AUTH refused: 503 5.5.1 Error: authentication not enabled", None),
    "pipelined": ("RCPT TO refused: 450 4.2.0", "postfix/smtpd/greylisted"),
    "postfix-transcript": ("RCPT TO refused: 550", "postfix/smtpd/user-unknown-virtual-mailbox"),
    "real-server-lines": ("Refused: 554 5.7.1", "postfix/smtpd/relay-access-denied"),
    "real-swaks-badlogin": ("AUTH refused: 535 5.7.8", None),
    "real-swaks-notls": ("The server does not offer AUTH", None),
    "real-swaks-ok": ("The server took the mail: 250 2.0.0 Ok: queued as 4E9C8220CE2", None),
    "real-swaks-unknown": (
        "RCPT TO refused: 550 5.1.1",
        "postfix/smtpd/user-unknown-virtual-mailbox",
    ),
    "swaks-auth": ("AUTH refused: 535 5.7.8", None),
    "swaks-relay": (
        "RCPT TO refused: 554 5.7.1 <bob@example.com>: Relay access denied",
        "postfix/smtpd/relay-access-denied",
    ),
    "third-curl": ("RCPT TO refused: 454 4.7.1", "postfix/smtpd/relay-access-denied"),
    "third-exim": ("RCPT TO refused: 550 Unrouteable", "postfix/smtp/remote-user-unknown"),
    "third-postscreen": ("EHLO refused: 550 5.5.1 Protocol error", None),
    "third-quoted-ticket": ("MAIL FROM refused: 501 5.5.4 Syntax", None),
    "third-starttls-454": ("STARTTLS refused: 454 4.7.0", None),
    "third-timeout": ("Refused: 421 4.4.2", None),
    "third-two-rcpt": ("RCPT TO refused: 552 5.2.2", "postfix/smtpd/recipient-rejected"),
    "telnet-ok": ("The server took the mail: 250 2.0.0 Ok: queued as 4Vx2Kq3YbHz5tRs", None),
}
SECRETS = (
    "AHRlc3QA",
    "hunter2",
    "aHVudGVyMg",
    "AGFubgBodW50ZXIy",
    "YW5uQGV4YW1wbGUub3Jn",
    "Ym9iIGI5MTNhNjAy",
)


def read(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def told(session: Session, name: str) -> Answer:
    (answer,) = ask(session, read(name))
    return answer


def turns(answer: Answer) -> list[tuple[str, str]]:
    return [(finding.title, finding.text) for finding in answer.findings]


def test_every_kept_dialogue_is_expected_to_mean_something() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_turn_that_failed_is_the_answer(session: Session, name: str) -> None:
    title, entry = EXPECTED[name]
    answer = told(session, name)
    assert answer.kind == "dialogue"
    assert answer.title.startswith(title)
    assert answer.entry == entry
    assert answer.findings
    for secret in SECRETS:
        assert secret not in str(answer)


def test_turn_by_turn(session: Session) -> None:
    answer = told(session, "telnet-ok")
    assert turns(answer)[:4] == [
        ("Greeting: 220", "220 mail.example.org ESMTP Postfix"),
        ("HELO", "HELO laptop"),
        ("HELO: 250", "250 mail.example.org"),
        ("MAIL FROM", "MAIL FROM:<ann@example.net>"),
    ]
    assert answer.findings[0].line == 5
    # a line of the content that looks like a reply is content
    assert ("end of DATA", "content (lines: 3)") in turns(answer)


def test_answers_belong_to_their_commands_though_these_came_at_once(session: Session) -> None:
    answer = told(session, "pipelined")
    assert ("MAIL FROM: 250", "250 2.1.0 Ok") in turns(answer)
    assert answer.verdict is not None
    assert answer.verdict.permanence == "temporary"


def test_extensions_are_explained(session: Session) -> None:
    findings = {each.title: each for each in told(session, "swaks-relay").findings}
    assert "bytes" in findings["SIZE offered"].meaning
    assert findings["STARTTLS offered"].text == "250-STARTTLS"
    (answer,) = explain_held(session, "dialogue", ["EHLO x", "250-mx.example", "250 NONSENSE 1"])
    assert answer.findings[-1].meaning == "An extension that mailhelp does not know."


def test_a_login_that_is_not_offered_is_said(session: Session) -> None:
    answer = told(session, "openssl-auth")
    assert "does not offer AUTH" in answer.explanation.markdown
    mechanism = [each.title for each in told(session, "cs").findings if each.severity == "warning"]
    assert mechanism[0].startswith("The client asks for PLAIN, which the server does not offer")


def test_after_starttls_the_old_offers_are_void(session: Session) -> None:
    lines = ["EHLO x", "250-mx.example", "250 STARTTLS", "STARTTLS", "220 go", "EHLO x"]
    lines += ["250-mx.example", "250 AUTH PLAIN", "AUTH PLAIN", "334 ", "eA==", "235 ok"]
    (answer,) = explain_held(session, "dialogue", lines)
    assert all(each.severity == "info" for each in answer.findings)


def test_a_refusal_that_something_made_good_is_not_the_answer(session: Session) -> None:
    lines = ["220 mx.example ESMTP", "EHLO x", "502 unknown", "HELO x", "250 mx.example"]
    lines += ["MAIL FROM:<a@example.org>", "250 ok", "RCPT TO:<b@example.org>", "250 ok"]
    lines += ["DATA", "354 go", "x", ".", "250 queued as 4F2A61C0D2", "QUIT", "221 bye"]
    (answer,) = explain_held(session, "dialogue", lines)
    assert answer.title == "The server took the mail: 250 queued as 4F2A61C0D2"


def test_a_long_dialogue_stays_bounded(session: Session) -> None:
    lines = ["220 x ESMTP", *["RCPT TO:<a@example.org>", "550 no"] * 2000, *["250-x"] * 2000]
    (answer,) = explain_held(session, "dialogue", lines)
    assert len(answer.findings) <= 300
    assert answer.title == "RCPT TO refused: 550 no"


def test_nothing_to_read(session: Session) -> None:
    (answer,) = explain_held(session, "dialogue", ["x", ""])
    assert answer.recognised == "no"


@pytest.mark.parametrize(
    "text",
    [
        "Nov 22 10:11:12 mail postfix/smtpd[7]: > unknown[192.0.2.7]: 250-PIPELINING\n"
        "Nov 22 10:11:12 mail postfix/smtpd[7]: < unknown[192.0.2.7]: QUIT",
        "Received: from mx.example.net by mail.example.org\n with ESMTP id 1",
        "how do I see\nwhether STARTTLS works",
    ],
)
def test_what_is_no_dialogue(session: Session, text: str) -> None:
    assert held(session.library, text.split("\n")) is None


def test_what_was_offered_before_starttls_counts_no_more(session: Session) -> None:
    text = (
        "S: 220 mx.example.com ESMTP\nC: EHLO a.example\nS: 250-mx.example.com\nS: 250 STARTTLS\n"
        "C: STARTTLS\nS: 220 2.0.0 Ready to start TLS\nC: AUTH PLAIN AHRlc3Q=\n"
        "S: 235 2.7.0 Authentication successful\nC: QUIT\nS: 221 2.0.0 Bye\n"
    )
    (answer,) = explain_held(session, "dialogue", text.split("\n"))
    assert [finding.title for finding in answer.findings if finding.severity == "warning"] == []
    # without STARTTLS the server did not offer it
    (answer,) = explain_held(session, "dialogue", text.replace("STARTTLS", "DSN").split("\n"))
    assert any(finding.severity == "warning" for finding in answer.findings)


def test_helo_makes_a_refused_ehlo_good(session: Session) -> None:
    text = (
        "S: 220 mx.example.com SMTP\nC: EHLO a.example\nS: 502 5.5.2 Error: command not recognized\n"
        "C: HELO a.example\nS: 250 mx.example.com\nC: QUIT\nS: 221 2.0.0 Bye\n"
    )
    (answer,) = explain_held(session, "dialogue", text.split("\n"))
    assert answer.title.startswith("No turn was refused")
    (answer,) = explain_held(session, "dialogue", text.replace("HELO", "NOOP").split("\n"))
    assert answer.title.startswith("EHLO refused: 502")


def test_a_greeting_that_a_firewall_has_written_over(session: Session) -> None:
    text = "220 **********\nEHLO mx.example.org\n502 5.5.2 Error: command not recognized\n"
    (answer,) = dialogue.explain(session, text.splitlines())
    assert "firewall" in answer.title
    assert answer.verdict is not None
    assert answer.verdict.who == "network"
    (answer,) = dialogue.explain(session, text.replace("*" * 10, "mx ESMTP").splitlines())
    assert "firewall" not in answer.title
