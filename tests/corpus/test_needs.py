"""What a regex cannot do without is found whatever the regex is made of."""

from __future__ import annotations

import re

import pytest

from mailhelp.corpus.needs import needed


@pytest.mark.parametrize(
    ("regex", "texts"),
    [
        ("Mail queue is empty", ["mail queue is empty"]),
        (r"(?>(\d+) Kbytes in )(?>(\d+) Requests?\Z)", [" kbytes in "]),
        ("(?:Action|Status): .*", ["action", "status"]),
        (r"(?i:Final-Recipient|X-(?:Postfix|Sendmail)-ID)[:=]", ["final-recipient", "postfix", "sendmail"]),
        ("(?:ab)?(?:cd)*(?:ef)+(?=gh)", ["ef"]),
        (r"(?:long words|\d+)=.*", ["="]),
        (r"(?:a very long text|\d+)", []),
        (r"\w+ ?", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_every_match_holds(regex: str, texts: list[str]) -> None:
    assert needed(regex) == texts


def test_a_match_holds_one_of_them() -> None:
    regex = r"(?i:EHLO|HELO|MAIL FROM): ?<.*"
    for line in ("ehlo: <x", "Mail From:<ann@example.org>", "HELO:<"):
        assert re.match(regex, line)
        assert any(text in line.casefold() for text in needed(regex))
