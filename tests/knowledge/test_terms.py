"""Words and terms: what of a text the search compares."""

from __future__ import annotations

import pytest

from mailhelp.knowledge.terms import terms, terms_of
from mailhelp.names import words


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("delivery", "deliver"),
        ("queue", "queued"),
        ("expiry", "expire"),
        ("verify", "verification"),
        ("retry", "retries"),
    ],
)
def test_nouns_are_read_as_their_verbs(left: str, right: str) -> None:
    assert list(terms(left)) == list(terms(right))


def test_terms_keep_names_and_codes() -> None:
    assert list(terms("The smtpd_tls_cert_file 5.7.1 of Queues, TLSv1.3")) == [
        "smtpd_tls_cert_file",
        *terms("smtpd tls cert file"),
        "5.7.1",
        *terms("queue"),
        *terms("TLSv1"),
        "3",
    ]


def test_small_words_have_no_term_but_are_words() -> None:
    assert terms_of("the") == ()
    assert words("What IS the queue?") == ["what", "is", "the", "queue"]
