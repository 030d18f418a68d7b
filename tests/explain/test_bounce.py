"""Bounces of many mail systems: who refused, for whom, why, and what to do; read in bounded memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelp.answer import Answer
from mailhelp.api import ask, explain_held
from mailhelp.explain import bounce
from mailhelp.query import held
from mailhelp.session import Session

FOLDER = Path(__file__).parent.parent / "bounces"
UNKNOWN = "postfix/smtp/remote-user-unknown"
# file → entry, who decided, how final, a piece of the gist
EXPECTED = {
    "exchange-5110": (UNKNOWN, "remote-server", "permanent", "550 5.1.10"),
    "exim-old": ("postfix/smtp/remote-too-big", "remote-server", "permanent", "at end of data"),
    "exim-rcpt": (UNKNOWN, "remote-server", "permanent", "mx.example.net[192.0.2.7]: 550 5.1.1"),
    "gmail-notfound": (UNKNOWN, "remote-server", "permanent", "550 5.1.1"),
    "held-delivered": (None, "this-server", "none", "mail.example.org"),
    "held-exchange-office": (UNKNOWN, "remote-server", "permanent", "550 5.4.1"),
    "held-exchange-remote": (
        "postfix/smtp/remote-policy",
        "remote-server",
        "permanent",
        "mx1.example.com[198.51.100.25]",
    ),
    "held-exim-delay": (
        "postfix/smtp/remote-greylisted",
        "remote-server",
        "temporary",
        "mx.example.net[192.0.2.7]: 451 4.7.1",
    ),
    "held-exim-two": (
        "postfix/smtp/remote-blocklisted",
        "remote-server",
        "permanent",
        "at MAIL FROM",
    ),
    "held-exim-unroute": (UNKNOWN, "", "permanent", ""),
    "held-expired": ("postfix/smtp/connect-refused", "network", "permanent", "4.4.1"),
    "held-flat": (UNKNOWN, "remote-server", "permanent", "550 5.1.1 at RCPT TO"),
    "held-gmail-dsn": ("status/x.4.1", "", "temporary", "googlemail.com: 4.4.1"),
    "held-gmail-old": (
        "postfix/smtp/remote-mailbox-full",
        "remote-server",
        "permanent",
        "mx.example.net[192.0.2.7]",
    ),
    "held-lmtp-store": (
        "postfix/smtp/remote-mailbox-full",
        "this-server",
        "permanent",
        "private/dovecot-lmtp",
    ),
    "held-loop": ("postfix/smtp/loops-back", "this-server", "permanent", "mail.example.org"),
    "held-microsoft-s3140": (
        "postfix/smtp/remote-microsoft-block-list",
        "remote-server",
        "permanent",
        "outlook.com[192.0.2.161]",
    ),
    "held-qmail-dns": ("status/x.1.2", "", "permanent", "5.1.2"),
    "held-qp-indent": (
        "postfix/smtp/remote-unauthenticated",
        "remote-server",
        "permanent",
        "550 5.7.23",
    ),
    "held-sendmail-whole": (
        "postfix/smtp/remote-sender-refused",
        "remote-server",
        "permanent",
        "553 5.1.8",
    ),
    "postfix-delay": ("postfix/smtp/connect-timed-out", "network", "temporary", "4.4.1"),
    "postfix-dns": ("postfix/smtp/dns-not-found", "", "permanent", ""),
    "postfix-filter": ("postfix/smtp/remote-spam", "this-server", "permanent", "127.0.0.1"),
    "postfix-local": ("postfix/local/unknown-user", "this-server", "permanent", "mail.example.org"),
    "postfix-success": (None, "remote-server", "none", "250 2.0.0"),
    "postfix-two": (UNKNOWN, "remote-server", "permanent", "550 5.1.1"),
    "postfix-whole": (
        "postfix/smtp/remote-blocklisted",
        "remote-server",
        "permanent",
        "mail.example.org → mx1.example.com[198.51.100.25]: 554 5.7.1 at RCPT TO",
    ),
    "postfix-words": (UNKNOWN, "remote-server", "permanent", "550 5.1.1 at RCPT TO"),
    "qmail": (UNKNOWN, "remote-server", "permanent", "192.0.2.7: 550 5.1.1"),
    "real-postfix": ("status/x.0.0", "", "permanent", "outside mail is off"),
    "sendmail": (UNKNOWN, "remote-server", "permanent", "mx.example.net: 550 5.1.1"),
    "status-only": (
        "postfix/smtp/remote-mailbox-full",
        "remote-server",
        "permanent",
        "mx.example.net: 552 5.2.2",
    ),
    "status-quoted": (
        "postfix/smtp/remote-unauthenticated",
        "remote-server",
        "permanent",
        "550 5.7.26",
    ),
    "third-exim-pipe": ("postfix/smtp/remote-mailbox-full", "", "permanent", ""),
    "third-german-template": (
        "postfix/smtp/remote-relay-denied",
        "remote-server",
        "permanent",
        "554 5.7.1 at RCPT TO",
    ),
    "third-lost-folding": (
        "postfix/smtp/remote-mailbox-disabled",
        "remote-server",
        "permanent",
        "550 5.2.1",
    ),
    "third-office365": (UNKNOWN, "remote-server", "permanent", "mx.example.net: 550 5.1.1"),
    "third-outlook-personal": (UNKNOWN, "remote-server", "permanent", "550 5.5.0"),
    "third-postfix-conversation": (
        "postfix/smtp/conversation-timed-out",
        "network",
        "permanent",
        "",
    ),
    "third-postfix-quota-local": (
        "postfix/local/mailbox-full",
        "this-server",
        "permanent",
        "mail.example.org",
    ),
    "third-postfix-tls": ("postfix/smtp/tls-required-not-offered", "policy", "permanent", ""),
    "third-sendmail-transient": ("status/451", "remote-server", "temporary", "451"),
}


def told(session: Session, name: str) -> Answer:
    (answer,) = ask(session, (FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
    return answer


def test_every_kept_bounce_is_expected_to_mean_something() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_bounce_says(session: Session, name: str) -> None:
    entry, who, permanence, gist = EXPECTED[name]
    answer = told(session, name)
    assert answer.kind == "bounce"
    assert answer.recognised == "entry"
    assert answer.entry == entry
    assert answer.verdict is not None
    assert (answer.verdict.who, answer.verdict.permanence) == (who, permanence)
    assert gist in answer.gist
    assert answer.findings
    assert all(finding.text for finding in answer.findings)


def test_title_names_the_recipient(session: Session) -> None:
    title = "The other server does not know the recipient: bob@example.net"
    assert told(session, "postfix-words").title == title


def test_each_recipient_has_its_own_reason(session: Session) -> None:
    answer = told(session, "postfix-two")
    assert answer.title == "2 recipients, 2 different reasons"
    assert [(finding.text, finding.entry) for finding in answer.findings] == [
        ("bob@example.net  550 5.1.1", f"log/{UNKNOWN}"),
        ("carol@example.com  550 5.7.1", "log/postfix/smtp/remote-unauthenticated"),
    ]
    assert answer.findings[1].meaning == "550 5.7.1 SPF check failed"


def test_text_and_status_of_one_recipient_are_one(session: Session) -> None:
    """The words of Postfix tell the command and the address of the server, the status part the codes."""
    assert len(told(session, "postfix-whole").findings) == 1


def test_a_bounce_that_was_returned_is_not_read_itself(session: Session) -> None:
    assert "mallory" not in str(told(session, "held-gmail-dsn"))


def test_whose_fault_and_whom_to_ask(session: Session) -> None:
    address = told(session, "postfix-words")
    assert "Likely the address" in address.brief.markdown
    assert address.actions[0].markdown.startswith("Sender: compare bob@example.net")
    sending = told(session, "postfix-whole")
    assert "Likely the sending side" in sending.brief.markdown
    # what the entry knows of blocklists goes before the advice
    assert sending.actions[-1].markdown.startswith("Postmaster of the sending side")
    own = told(session, "postfix-filter")
    assert "the refusal is the sending side's own" in own.brief.markdown


def test_next_commands_are_for_the_mail_in_hand(session: Session) -> None:
    commands = [each.command for each in told(session, "postfix-whole").commands]
    assert commands[:3] == [
        "mailhelp trace -- 6B8F320A10",
        "mailhelp trace -- a1b2c3@laptop.example.org",
        "dig +short MX example.com",
    ]


def test_a_delay_tells_that_nothing_is_lost(session: Session) -> None:
    answer = told(session, "postfix-delay")
    assert answer.severity == "notice"
    assert "still in the queue" in answer.brief.markdown
    assert "don't send it again" in answer.actions[0].markdown


def test_a_receipt_is_no_error(session: Session) -> None:
    answer = told(session, "postfix-success")
    assert answer.severity == "info"
    assert answer.title == "Passed on to a server that gives no receipts: bob@example.net"
    assert "This is no error" in answer.explanation.markdown
    assert answer.actions == ()


def test_expired_mail_is_over_though_its_code_is_temporary(session: Session) -> None:
    verdict = told(session, "held-expired").verdict
    assert verdict is not None
    assert verdict.permanence == "permanent"


OFFICE = """Delivery has failed to these recipients or groups:

bob@example.com
Your message couldn't be delivered.

Generating server: office.example.net

bob@example.com
11/28/2026 2:10:11 AM - Server at mx.example.com (192.0.2.25) returned '550 5.4.300 Message expired -> 451 4.7.1 Try again later'
"""
POSTFIX = """This is the mail system at host mail.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<bob@example.com>: host mx.example.com[192.0.2.25] said: 451 4.7.1 Greylisting in
    action, please come back later (in reply to RCPT TO command)
"""


@pytest.mark.parametrize("text", [OFFICE, POSTFIX])
def test_words_tell_that_the_last_try_was_the_last(session: Session, text: str) -> None:
    (answer,) = ask(session, text)
    assert answer.title == "Tried until it expired, and given up: bob@example.com"
    assert answer.verdict is not None
    assert (answer.verdict.who, answer.verdict.permanence) == ("remote-server", "permanent")
    meaning = answer.explanation.markdown.replace("\\", "")
    assert meaning.startswith("The last answer of mx.example.com[192.0.2.25] was 451 4.7.1")
    said = " ".join(action.markdown for action in answer.actions)
    assert "send it again" in said
    assert "status=sent" not in said  # which the entry tells of a mail that waits


def whole(lines: int, line: str) -> Iterator[str]:
    """A bounce that returns a mail of so many lines."""
    head = (FOLDER / "postfix-whole.txt").read_text(encoding="utf-8").split("\n")
    place = next(number for number, text in enumerate(head) if "rfc822-headers" in text)
    yield from head[:place]
    yield from ("Content-Type: message/rfc822", "", "Message-ID: <x@example.org>", "")
    for _ in range(lines):
        yield line


def test_the_returned_mail_is_not_kept(session: Session) -> None:
    """Memory that is held at once stays far below the size of what is read."""
    import tracemalloc

    explain_held(session, "bounce", whole(1, "x"))  # what is loaded once
    tracemalloc.start()
    (answer,) = explain_held(session, "bounce", whole(40_000, "QUJD" * 18))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.entry == "postfix/smtp/remote-blocklisted"
    assert peak < 1_500_000


def test_many_recipients_are_counted_and_not_all_shown(session: Session) -> None:
    lines = ["Reporting-MTA: dns; mail.example.org", ""]
    for number in range(700):
        lines += [f"Final-Recipient: rfc822; u{number}@example.com", "Action: failed"]
        lines += ["Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 no such user", ""]
    (answer,) = explain_held(session, "bounce", lines)
    assert len(answer.findings) == 50
    assert answer.notes == ("650 more recipients are not shown.",)


@pytest.mark.parametrize(
    "text",
    [
        "Action: failed\n" * 3,
        "Final-Recipient:\nStatus: x\n",
        "Content-Type: multipart/report; boundary=x\n\n--x\n--x\n--x--\n--y",
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!\nThis is the mail system at host x.",
        "Content-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: quoted-printable\n\n=FF=",
        "This is the mail system at host mail.example.org.\n\x1b[31m\x00\n<a@example.org>:\n",
    ],
)
def test_broken_bounces_are_answered(session: Session, text: str) -> None:
    (answer,) = explain_held(session, "bounce", text.split("\n"))
    assert answer.kind == "bounce"
    assert answer.title


def test_a_secret_in_a_bounce_is_covered(session: Session) -> None:
    text = (
        "<bob@example.net>: host mx.example.net[192.0.2.7] said: 535 5.7.8 password=hunter2 wrong"
    )
    (answer,) = explain_held(session, "bounce", [text])
    assert "hunter2" not in str(answer)


@pytest.mark.parametrize(
    "text",
    [
        "Nov 22 10:11:12 mail postfix/smtp[7]: 4F2A61C0D2: to=<bob@example.net>, status=bounced "
        "(host mx.example.net[192.0.2.7] said: 550 5.1.1 no (in reply to RCPT TO command))\n"
        "Nov 22 10:11:12 mail postfix/qmgr[8]: 4F2A61C0D2: removed",
        "From: ann@example.org\nSubject: The response was: late\n",
        "how do I read a bounce\nthat says Remote-MTA",
    ],
)
def test_what_is_no_bounce(session: Session, text: str) -> None:
    assert held(session.library, text.split("\n")) is None


def test_of_several_recipients_the_one_refused_for_good_is_told(session: Session) -> None:
    text = (
        "Reporting-MTA: dns; mx.example.com\n\n"
        "Final-Recipient: rfc822; later@example.net\nAction: delayed\nStatus: 4.4.1\n"
        "Diagnostic-Code: X-Postfix; connect to mx.example.net[192.0.2.7]:25: Connection timed out\n\n"
        "Final-Recipient: rfc822; never@example.net\nAction: failed\nStatus: 5.1.1\n"
        "Remote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp; 550 5.1.1 No such user\n"
    )
    (answer,) = explain_held(session, "bounce", text.split("\n"))
    assert answer.verdict is not None
    assert answer.verdict.permanence == "permanent"
    assert answer.entry == UNKNOWN
    assert [finding.text.split()[0] for finding in answer.findings] == [
        "never@example.net",
        "later@example.net",
    ]


def test_the_server_that_was_tried_last_is_the_one_that_failed(session: Session) -> None:
    text = """Generating server: AB1.example.net
anna@example.org
11/27/2026 1:15:22 AM - Server at AB1.example.net returned '450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot] [LastAttemptedServerName=mx1.example.org] [LastAttemptedIP=203.0.113.5:25]'
"""
    (answer,) = bounce.explain(session, text.splitlines())
    assert answer.entry == "postfix/smtp/remote-microsoft-untrusted-root"
    assert answer.gist.startswith("AB1.example.net → mx1.example.org[203.0.113.5]")
    assert any("mx1.example.org:25" in each.command for each in answer.commands)
