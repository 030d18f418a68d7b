"""One line that tells who, what and whom: what is not there vanishes with what tied it."""

import pytest

from mailhelp.explain.gist import Gist, first_values
from mailhelp.patterns.fields import Field
from mailhelp.patterns.values import ValueSpan

FORM = "{client}: {sender} → {recipient}   {code}"


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"client": "mx", "sender": "a", "recipient": "b", "code": "550"}, "mx: a → b   550"),
        ({"sender": "a", "recipient": "b"}, "a → b"),
        ({"client": "mx", "recipient": "b"}, "mx → b"),
        ({"client": "mx", "code": "550"}, "mx   550"),
        ({"recipient": "b"}, "b"),
        ({"client": "mx"}, "mx"),
        ({"client": "none", "sender": "a"}, "a"),
        ({}, ""),
    ],
)
def test_only_what_is_there_is_told(values: dict[str, str], line: str) -> None:
    assert Gist(FORM, hidden=["none"]).told(values, ()) == line


def test_the_null_sender_is_one() -> None:
    span = ValueSpan(5, 7, "sender", "<>")
    assert Gist(FORM).told({"recipient": "b"}, [span]) == "<> → b"
    # a mail has a sender that is told all the same
    assert Gist(FORM).told({"sender": "a"}, [span]).startswith("a")
    assert Gist(FORM).told({}, [ValueSpan(0, 2, "other", "<>")]) == ""


def test_a_record_without_any_of_them_is_told_by_its_first_words() -> None:
    fields = {
        "name": Field("name", r"\S+"),
        "size": Field("size", r"\d+"),
        "text": Field("text", ".*"),
    }
    values = [
        ValueSpan(0, 1, "size", "77"),
        ValueSpan(0, 1, "name", "one"),
        ValueSpan(0, 1, "text", "free words"),
        ValueSpan(0, 1, "name", "x" * 41),
        ValueSpan(0, 1, "name", "two"),
        ValueSpan(0, 1, "name", "one"),
    ]
    assert first_values(values, fields) == "one   two"
