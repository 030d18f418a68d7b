"""A mail header field: its name and values, and its place in a chain of servers."""

from __future__ import annotations

import pytest

from mailhelp.answer import Answer
from mailhelp.api import ask, explain_lines
from mailhelp.session import Session

RECEIVED = [
    "Received: from localhost (localhost [127.0.0.1])",
    "\tby mx.example.com (Postfix) with ESMTP id 5419B66",
    "\tfor <bob@example.com>; Sun, 28 Feb 2016 12:24:18 +0100 (CET)",
]


def explained(session: Session, *lines: str) -> list[Answer]:
    return [answer for answer in explain_lines(session, lines) if answer.continues is None]


def test_the_name_is_a_span_and_means_what_the_field_is(session: Session) -> None:
    (answer,) = explained(session, *RECEIVED)
    name, *values = answer.spans
    assert (name.name, name.value, name.meaning) == ("header_name", "Received", answer.title)
    assert (answer.kind, answer.entry, answer.recognised) == ("header", "header/received", "entry")
    assert answer.verdict is None
    assert {span.name: span.value for span in values}["queue_id"] == "5419B66"
    for span in answer.spans:
        assert answer.text[span.start : span.end].split() == span.value.split()


def test_a_value_of_another_form_is_generic(session: Session) -> None:
    (answer,) = explained(session, "Received: what is this")
    assert (answer.kind, answer.recognised) == ("header", "generic")
    assert [span.name for span in answer.spans] == ["header_name"]


def test_a_field_without_patterns_is_known_by_its_name(session: Session) -> None:
    (answer,) = explained(session, "subject:hello")
    assert (answer.recognised, answer.spans[0].value) == ("entry", "subject")


def test_hops_are_counted_from_the_top_of_each_header(session: Session) -> None:
    record = "Nov 22 06:25:16 mx postfix/smtpd[123]: connect from unknown[192.0.2.7]"
    lines = [*RECEIVED, *RECEIVED, "Subject: hello", *RECEIVED, record, *RECEIVED]
    notes = [
        answer.notes[0].partition(" from")[0] if answer.notes else ""
        for answer in explained(session, *lines)
    ]
    assert notes == ["Hop 1", "Hop 2", "", "Hop 3", "", "Hop 1"]


def test_a_field_that_nobody_knows_is_no_header(session: Session) -> None:
    (answer,) = explained(session, "X-Wombat: frobbed")
    assert (answer.kind, answer.recognised) == ("log", "no")


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ("X-MS-Exchange-Organization-SCL: 5", "Microsoft judged it to be spam: SCL 5"),
        ("X-MS-Exchange-Organization-SCL: 1", ""),
        (
            "Authentication-Results: mx.example.com; spf=softfail; dmarc=fail header.from=example.org",
            "DMARC fails: neither SPF nor DKIM passed for example.org",
        ),
    ],
)
def test_what_speaks_against_the_mail_is_line_two(session: Session, text: str, gist: str) -> None:
    (answer,) = ask(session, text)
    assert answer.gist == gist


def test_the_key_of_a_signature_is_looked_up(session: Session) -> None:
    text = "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=mail2026; h=from; bh=a=; b=c"
    (answer,) = ask(session, text)
    assert answer.commands[0].command == "dig +short TXT mail2026._domainkey.example.org"


def test_what_to_do_about_it_is_told_with_the_field(session: Session) -> None:
    (answer,) = explained(session, "DKIM-Signature: v=1; a=rsa-sha1; d=example.com; s=mail;")
    assert "RFC 8301" in answer.gist
    assert "rsa-sha256" in answer.actions[0].markdown


def test_what_is_said_of_a_field_alone_is_not_said_of_a_head(session: Session) -> None:
    field = "X-Spam-Status: No, score=3.2 required=5.0 tests=BAYES_50"
    (alone,) = explained(session, field)
    assert alone.gist.startswith("Not judged to be spam")
    whole = next(
        each for each in explain_lines(session, [field, *RECEIVED]) if each.kind == "header"
    )
    assert "Not judged" not in whole.title


def test_a_hop_that_was_cut_behind_the_client(session: Session) -> None:
    (answer,) = explained(session, "Received: from mail.example.net (unknown [192.0.2.10])")
    assert answer.recognised == "entry"
    assert "192.0.2.10" in answer.gist
