"""How a mail's story is told: its end, its recipients, what the client was told, what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp import answer
from mailhelp.api import stories
from mailhelp.explain.story import explain
from mailhelp.session import Session

QUEUED = "qmgr[3]: 5419B66: from=<a@example.net>, size=1200, nrcpt=1 (queue active)"


def told(session: Session, folder: Path, *records: str) -> answer.Answer:
    log = folder / "mail.log"
    log.write_text(
        "".join(f"Nov 22 06:25:{n:02} mx postfix/{record}\n" for n, record in enumerate(records))
    )
    story = stories(session, [str(log)])[0]
    return explain(session.library, story)


def delivery(status: str, code: str = "2.0.0", to: str = "b@example.com") -> str:
    return (
        f"local[4]: 5419B66: to=<{to}>, relay=local, delay=0.1, delays=0.1/0/0/0, dsn={code}, "
        f"status={status} (delivered to mailbox)"
    )


HOLD = (
    "cleanup[2]: 5419B66: hold: header Subject: x from mail.example.net[192.0.2.1]; from=<a@example.net> "
    "to=<b@example.com> proto=ESMTP helo=<mail.example.net>: wait"
)

CAME = "smtpd[1]: 5419B66: client=mail.example.net[192.0.2.1]"


@pytest.mark.parametrize(
    ("records", "outcome"),
    [
        ([QUEUED, delivery("sent"), "qmgr[3]: 5419B66: removed"], "delivered"),
        ([QUEUED, delivery("bounced", "5.1.1")], "bounced"),
        ([QUEUED, delivery("deferred", "4.2.0")], "deferred"),
        ([QUEUED, delivery("deferred", "4.2.0"), delivery("sent")], "delivered"),
        ([QUEUED, delivery("sent"), delivery("bounced", "5.1.1", "c@example.com")], "mixed"),
        ([HOLD], "held"),
        ([HOLD.replace("hold:", "discard:")], "discarded"),
        ([QUEUED, "qmgr[3]: 5419B66: from=<a@example.net>, status=expired, returned to sender"], "expired"),
        ([QUEUED, "postsuper[9]: 5419B66: removed"], "removed"),
        ([QUEUED], "queued"),
        ([CAME], "incomplete"),
        ([CAME, "cleanup[2]: warning: 5419B66: queue file size limit exceeded", "cleanup[2]: 5419B66: removed (canceled)"], "rejected"),
        ([QUEUED, "qmgr[3]: 5419B66: removed"], "incomplete"),
    ],
)  # fmt: skip
def test_how_it_ended(session: Session, tmp_path: Path, records: list[str], outcome: str) -> None:
    story = told(session, tmp_path, *records).story
    assert story is not None
    assert story.outcome == outcome


def test_a_refusal_and_what_the_client_was_told(session: Session, tmp_path: Path) -> None:
    found = told(
        session,
        tmp_path,
        "smtpd[1]: connect from mail.example.net[192.0.2.1]",
        "smtpd[1]: NOQUEUE: reject: RCPT from mail.example.net[192.0.2.1]: 554 5.7.1 <b@example.org>: Relay access "
        "denied; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<mail.example.net>",
        "smtpd[1]: disconnect from mail.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4",
    )
    story = found.story
    assert story is not None
    assert story.outcome == "rejected"
    assert story.told == "554 5.7.1 <b@example.org>: Relay access denied"
    assert (story.client, story.sender) == ("mail.example.net[192.0.2.1]", "a@example.net")
    assert [row.address for row in story.recipients] == ["b@example.org"]
    assert (story.queue_ids, story.missing) == ((), ())
    assert found.title == "Rejected: mail from a@example.net to b@example.org"


def test_a_delivery_is_told_for_each_recipient(session: Session, tmp_path: Path) -> None:
    story = told(
        session, tmp_path, QUEUED, delivery("sent"), delivery("deferred", "4.2.0", "c@example.com")
    ).story
    assert story is not None
    assert (
        story.recipients[0][:6]
        == answer.Recipient("b@example.com", "sent", "2.0.0", "local", 0.1, "delivered to mailbox")[
            :6
        ]
    )
    assert story.recipients[0].delays == (0.1, 0.0, 0.0, 0.0)
    assert [row.status for row in story.recipients] == ["sent", "deferred"]
    assert story.size == 1200


def test_the_null_sender_is_empty_and_not_unknown(session: Session, tmp_path: Path) -> None:
    story = told(session, tmp_path, QUEUED.replace("a@example.net", ""), delivery("sent")).story
    assert story is not None
    assert story.sender == ""
    unknown = told(session, tmp_path, delivery("sent")).story
    assert unknown is not None
    assert unknown.sender is None


def test_what_is_missing_is_said(session: Session, tmp_path: Path) -> None:
    found = told(session, tmp_path, QUEUED, "qmgr[3]: 5419B66: removed").story
    assert found is not None
    assert [text.partition(":")[0] for text in found.missing] == ["The delivery"]
    found = told(session, tmp_path, "smtpd[1]: 5419B66: client=mail.example.net[192.0.2.1]").story
    assert found is not None
    assert [text.partition(":")[0] for text in found.missing] == [
        "The connect record of postfix/smtpd[1].",
        "How it ended",
    ]


def test_a_session_without_its_beginning_is_said_with_its_process(
    session: Session, tmp_path: Path
) -> None:
    found = told(
        session,
        tmp_path,
        "smtpd[77]: NOQUEUE: reject: RCPT from mail.example.net[192.0.2.1]: 554 5.7.1 <b@example.org>: Relay access "
        "denied; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<mail.example.net>",
    ).story
    assert found is not None
    assert found.missing == ("The connect record of postfix/smtpd[77].",)


def test_many_recipients_are_counted_in_the_title(session: Session, tmp_path: Path) -> None:
    sent = [delivery("sent", to=f"{name}@example.com") for name in "bcdef"]
    title = told(session, tmp_path, QUEUED, *sent).title
    assert title.startswith("Delivered: ")
    assert title.endswith("b@example.com, c@example.com, d@example.com and 2 more")


def test_numbers_without_end_are_no_harm(session: Session, tmp_path: Path) -> None:
    long = QUEUED.replace("1200", "1" * 400)
    odd = delivery("sent").replace("delay=0.1,", "delay=1.2.3,")
    story = told(session, tmp_path, long, odd).story
    assert story is not None
    assert story.size == int("1" * 18)
    assert story.recipients[0].delay_s == 0.0


def test_the_last_that_the_client_was_told_counts(session: Session, tmp_path: Path) -> None:
    refused = (
        "smtpd[1]: NOQUEUE: reject: RCPT from mail.example.net[192.0.2.1]: 450 4.7.1 <{0}>: Relay access "
        "denied; from=<a@example.net> to=<{0}> proto=ESMTP helo=<mail.example.net>"
    )
    first, second = (refused.format(to) for to in ("b@example.org", "c@example.org"))
    found = told(
        session, tmp_path, "smtpd[1]: connect from mail.example.net[192.0.2.1]", first, second
    )
    assert found.story is not None
    assert found.story.told == "450 4.7.1 <c@example.org>: Relay access denied"


@pytest.mark.parametrize(
    ("client", "message", "said"),
    [
        (
            "host450.example.net[192.0.2.11]",
            "reject: RCPT from {}: 450 4.7.25 Client host rejected: cannot find your hostname; "
            "from=<a@example.net> to=<b@example.com> proto=ESMTP helo=<x>",
            "450 4.7.25 Client host rejected: cannot find your hostname",
        ),
        (
            "unknown[192.0.2.10]",
            "reject: MAIL from {}: 552 5.3.4 Message size exceeds fixed limit; proto=ESMTP helo=<x>",
            "552 5.3.4 Message size exceeds fixed limit",
        ),
    ],
)
def test_a_client_was_told_what_begins_with_the_code(
    session: Session, tmp_path: Path, client: str, message: str, said: str
) -> None:
    story = told(session, tmp_path, f"smtpd[1]: NOQUEUE: {message.format(client)}").story
    assert story is not None
    assert story.told == said


def test_a_milter_without_a_reply_code_told_its_words(session: Session, tmp_path: Path) -> None:
    refused = (
        "cleanup[2]: 5419B66: milter-reject: END-OF-MESSAGE from mail.example.net[192.0.2.1]: 5.7.1 Spam message "
        "rejected; from=<a@example.net> to=<b@example.com> proto=ESMTP helo=<mail.example.net>"
    )
    story = told(session, tmp_path, CAME, refused).story
    assert story is not None
    assert story.told == "5.7.1 Spam message rejected"


def test_forwarded_mail_that_bounced_is_in_the_title(session: Session, tmp_path: Path) -> None:
    answer = told(
        session,
        tmp_path,
        QUEUED,
        delivery("sent").replace("delivered to mailbox", "forwarded as 6419B66"),
        "cleanup[2]: 6419B66: message-id=<x@example.net>",
        QUEUED.replace("5419B66", "6419B66"),
        delivery("bounced", "5.1.1", "c@example.org").replace("5419B66", "6419B66"),
        "qmgr[3]: 5419B66: removed",
        "qmgr[3]: 6419B66: removed",
    )
    assert answer.title.startswith("Delivered, then as a new mail bounced: mail from")
    assert answer.severity == "warning"


def test_a_delivered_mail_tells_how_often_it_was_deferred_before(
    session: Session, tmp_path: Path
) -> None:
    waits = [
        delivery("deferred", "4.2.0").replace("delivered to mailbox", f"full {n}") for n in "ab"
    ]
    story = told(session, tmp_path, QUEUED, *waits, delivery("sent")).story
    assert story is not None
    assert story.recipients[0].status == "sent"
    assert story.recipients[0].before == answer.Before(
        "deferred", 2, "2026-11-22T06:25:01", "2026-11-22T06:25:02", "full b"
    )
    waiting = told(session, tmp_path, QUEUED, *waits).story
    assert waiting is not None
    assert waiting.recipients[0].reply == "full b"
    assert waiting.recipients[0].before == answer.Before(
        "deferred", 1, "2026-11-22T06:25:01", "2026-11-22T06:25:01", "full a"
    )
    once = told(session, tmp_path, QUEUED, delivery("sent")).story
    assert once is not None
    assert once.recipients[0].before is None
