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


LINES = {
    "spf-record": 'example.com.\t3600\tIN\tTXT\t"v=spf1 mx include:_spf.example.net ~all"',
    "dkim-key": 's1._domainkey IN TXT ( "v=DKIM1; k=rsa; "\n\t"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDB" )  ; ----- key s1',
    "dmarc-record": "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
    "dmarc-consent": 'example.com._report._dmarc.example.net. IN TXT "v=DMARC1"',
    "mta-sts-record": '_mta-sts.example.com. 300 IN TXT "v=STSv1; id=20260101;"',
    "tls-rpt-record": "v=TLSRPTv1; rua=mailto:tls@example.com",
    "bimi-record": "v=BIMI1; l=https://example.com/logo.svg",
    "mx-record": "example.com mail is handled by 10 mail.example.com.",
    "tlsa-record": "3 1 1 0C72AC70B745AC19998811B131D662C9AC69DBDBE7CB23E5B514B566 64C5D3D6",
    "caa-record": '0 issue "letsencrypt.org"',
    "ptr-record": "7.2.0.192.in-addr.arpa domain name pointer mail.example.com.",
    "srv-record": "_imaps._tcp IN SRV 0 1 993 mail.example.com.",
    "address-record": "mail  300  IN  A  192.0.2.7",
    "alias-record": "autodiscover.example.com. CNAME autodiscover.example.net.",
    "transport-line": ".example.com   :[gateway.example.com]",
    "access-line": "192.0.2.0/24\tREJECT no mail from there",
    "postscreen-access-line": "2001:db8::/32 permit",
    "header-checks-line": "/^Subject:.*lottery/ REJECT no",
    "regexp-line": "/@old\\.example$/ bob@example.com",
    "virtual-line": "info@example.com bob@example.com, ann@example.net",
    "mailbox-line": "bob@example.com example.com/bob/",
    "alias-line": 'list: |"/usr/local/bin/take -v"',
    "sender-relayhost-line": "@example.com [smtp.example.net]:587",
    "sender-transport-line": "@example.com slow:",
    "sasl-password-line": "[smtp.example.com]:587 bob:secret-word",
    "tls-policy-line": "example.com secure match=example.net",
    "passwd-file-line": "bob@example.com:{SHA512-CRYPT}$6$abc$ABCDEFG:5000:5000::/home/bob",
    "opendkim-key-line": "s1 example.com:s1:/etc/dkimkeys/s1.private",
    "opendkim-signing-line": "*@example.com s1._domainkey.example.com",
}


@pytest.mark.parametrize("entry", LINES)
def test_a_line_of_a_table_or_a_zone_is_told(session: Session, entry: str) -> None:
    (answer,) = ask(session, LINES[entry])
    assert (answer.kind, answer.entry, answer.recognised) == ("header", f"line/{entry}", "entry")
    assert answer.spans
    for span in answer.spans:
        assert answer.text[span.start : span.end] == span.value


def test_each_piece_has_its_meaning(session: Session) -> None:
    (answer,) = ask(session, "v=spf1 ip4:192.0.2.0/24 include:_spf.example.net ~all")
    told = {span.value: span.meaning for span in answer.spans}
    assert "No lookup" in told["192.0.2.0/24"]
    assert "softfail" in told["~all"]
    assert answer.commands[0].command == "dig +short TXT _spf.example.net"


@pytest.mark.parametrize(
    ("line", "gist"),
    [
        ("v=spf1 mx +all", "Everybody may send as this domain"),
        ("v=spf1 ipv4:192.0.2.7 -all", "SPF has no such word"),
        ("v=DKIM1; p=", "The key was withdrawn"),
        ("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA", "The key is incomplete"),
        ("v=DMARC1; p=none", "Mail that fails is not stopped"),
        ("@ IN MX 10 192.0.2.7", "An MX record must name a host"),
        ("* smtp:192.0.2.7", "An address needs brackets"),
        ("0.0.0.0/0 OK", "A very large network passes"),
        ("bob@example.com DISCARD", "The whole mail is lost"),
        ("/^Subject:.*x/i REJECT", "With the flag i"),
        ("example.com none", "Mail to it is never encrypted"),
    ],
)
def test_what_is_dangerous_in_a_line_is_line_two(session: Session, line: str, gist: str) -> None:
    (answer,) = ask(session, line)
    assert answer.gist.startswith(gist)


def test_a_relative_name_is_put_into_no_command(session: Session) -> None:
    (answer,) = ask(session, '@ IN TXT "v=spf1 mx -all"')
    assert not answer.commands


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("smtp.example.com bob@example.com:s3cret-word", "s3cret-word"),
        ("[smtp.example.com]:587 bob:s3cret-word", "s3cret-word"),
        ("bob@example.com:{PLAIN}s3cret-word::::::", "s3cret-word"),
    ],
)
def test_a_secret_of_a_line_is_shown_nowhere(session: Session, line: str, secret: str) -> None:
    from mailhelp.render import json_

    (answer,) = ask(session, line)
    assert secret not in json_.render(answer)


@pytest.mark.parametrize(
    "question",
    [
        "v=spf1 mx -all what does it mean",
        "gmail.com 550 5.7.1 why",
        "smtp.example.com 587 with login",
        "info@example.com bounces",
        "dovecot.sieve.log error: unknown command",
        "delivered: bob@example.com",
        "key.pem verify",
        "@example.com @example.net virtual mapping",
    ],
)
def test_a_question_is_no_line(session: Session, question: str) -> None:
    answers = ask(session, question)
    assert not any((answer.entry or "").startswith("line/") for answer in answers)


def test_several_lines_are_told_one_by_one(session: Session) -> None:
    text = "# routes\nexample.com  smtp:[mail.example.net],\n  [b.example.net]\n\n*  :\n"
    first, second = ask(session, text)
    assert first.text == "example.com smtp:[mail.example.net], [b.example.net]"
    assert second.text == "* :"


def test_one_line_that_nobody_knows_makes_it_no_table(session: Session) -> None:
    answers = ask(session, "example.com smtp:[mail.example.net]\nand why is that")
    assert not any((answer.entry or "").startswith("line/") for answer in answers)


def test_a_list_that_refuses_to_answer_is_told(session: Session) -> None:
    (answer,) = explained(
        session, "X-Spam-Status: No, score=-0.1 required=5.0 tests=DKIM_VALID,URIBL_BLOCKED"
    )
    assert "URIBL_BLOCKED" in answer.gist
    assert "resolver" in answer.actions[0].markdown
