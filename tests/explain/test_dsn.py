"""The parts of a bounce: which line is its own head, its words, its delivery status, the returned mail."""

from __future__ import annotations

from collections import defaultdict

import pytest

from mailhelp.explain import dsn

WHOLE = """\
From: MAILER-DAEMON@mx.example.com
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="5419B66/mx.example.com"

This is a MIME-encapsulated message.

--5419B66/mx.example.com
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry.

--5419B66/mx.example.com
Content-Type: message/delivery-status

Final-Recipient: rfc822; bob@example.net
Action: failed

--5419B66/mx.example.com
Content-Type: message/rfc822

Message-Id: <m@example.org>
Subject: x

Secret text of the mail.
Final-Recipient: rfc822; nobody@example.net

--5419B66/mx.example.com--
"""


def parts(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for piece in dsn.pieces(text.split("\n")):
        if piece.line.strip():
            found[piece.kind].append(piece.line)
    return found


def test_a_whole_bounce() -> None:
    found = parts(WHOLE)
    assert found[dsn.HEAD][0] == "From: MAILER-DAEMON@mx.example.com"
    assert found[dsn.WORDS] == ["I'm sorry."]
    assert found[dsn.STATUS] == ["Final-Recipient: rfc822; bob@example.net", "Action: failed"]
    assert found[dsn.RETURNED] == ["Message-Id: <m@example.org>", "Subject: x"]


def test_without_its_own_header_the_parts_tell_their_boundary() -> None:
    found = parts(WHOLE[WHOLE.index("--5419B66") :])
    assert found[dsn.WORDS] == ["I'm sorry."]
    assert found[dsn.STATUS][0] == "Final-Recipient: rfc822; bob@example.net"
    assert len(found[dsn.RETURNED]) == 2


def test_words_alone_are_words() -> None:
    found = parts("I'm sorry to have to inform you\n\n<bob@example.net>: no such user\n")
    assert list(found) == [dsn.WORDS]
    assert list(parts("Final-Recipient: rfc822; bob@example.net\n")) == [dsn.WORDS]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("quoted-printable", "I=E2=80=99m so=\nrry."), ("base64", "SeKAmW0gc29ycnku")],
)
def test_encoded_words_are_decoded(encoding: str, body: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    found = parts(f"From: a@example.net\n{head}{body}\n")
    assert found[dsn.WORDS] == ["I’m sorry."]


def test_a_picture_is_not_read() -> None:
    assert dsn.WORDS not in parts("From: a@example.net\nContent-Type: text/html\n\n<p>x</p>\n")


def test_folded_fields_are_joined() -> None:
    lines = [
        "Diagnostic-Code: smtp; 550 5.1.1",
        "    <bob@example.net>",
        "\tno such user",
        "Action: failed",
    ]
    assert dsn.unfolded(lines) == {
        "diagnostic-code": "smtp; 550 5.1.1 <bob@example.net> no such user",
        "action": "failed",
    }


def test_quotes_and_indents_of_a_ticket() -> None:
    assert list(dsn.unquoted(["> a", ">  b", ">", "> > c"])) == ["a", " b", "", "c"]
    assert list(dsn.unquoted(["    a", "      b"])) == ["a", "  b"]
    # one line that begins with the sign is no quotation
    assert list(dsn.unquoted(["a", "> b", "c"])) == ["a", "> b", "c"]


def test_values_with_their_types() -> None:
    assert dsn.typed("rfc822; bob@example.net") == "bob@example.net"
    assert dsn.typed("dns;mx.example.net") == "mx.example.net"
    assert dsn.typed("<bob@example.net>") == "bob@example.net"
    assert dsn.status_field("Final-Recipient: rfc822; x") == "final-recipient"
    assert dsn.status_field("Subject: x") is None
