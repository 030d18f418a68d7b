"""Denied verbs are read in full, however they are typed."""

import pytest

from mailhelp.knowledge.english import in_full
from mailhelp.names import words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("rspamd doesn't sign", "rspamd does not sign"),
        ("rspamd doesnt sign", "rspamd does not sign"),
        ("we can't and won't", "we can not and will not"),
        ("t-online does not", "t online does not"),
        ("how do users sign in for sending", "how do users login for sending"),
        ("in t", "in t"),
    ],
)
def test_denied_verbs_in_full(typed: str, read: str) -> None:
    assert " ".join(in_full(words(typed))) == read
