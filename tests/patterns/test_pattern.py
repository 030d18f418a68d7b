"""Patterns match whole messages, give back their values and stay linear."""

import re

import pytest

from mailhelp.errors import CorpusError
from mailhelp.patterns.fields import Field, from_tables
from mailhelp.patterns.pattern import Shape, parse, to_regex, words

FIELDS = from_tables(
    {
        "text": {"regex": ".*"},
        "word": {"regex": r"\S+"},
        "number": {"regex": r"\d+"},
        "pair": {"like": "word", "meaning": "Two words."},
    }
)


def match(pattern: str, message: str) -> tuple[str, ...] | None:
    found = re.match(to_regex(parse(pattern), FIELDS), message, re.DOTALL)
    return found.groups() if found else None


def test_a_pattern_is_the_whole_message() -> None:
    assert match("size {number}", "size 12") == ("12",)
    assert match("size {number}", "size 12 bytes") is None
    assert match("size {number}", "the size 12") is None


def test_free_text_ends_where_the_text_behind_it_first_occurs() -> None:
    assert match("{text}: why ({text})", "a: why (b): why (c)") == ("a", "b): why (c")


def test_free_text_at_the_end_takes_the_last_closing_text() -> None:
    assert match("status=sent ({text})", "status=sent (250 ok (really))") == ("250 ok (really)",)


def test_a_field_gives_back_what_the_fixed_text_behind_it_needs() -> None:
    assert match("{word}: {number}", "hash:/etc/x: 7") == ("hash:/etc/x", "7")


def test_signs_of_regexes_are_plain_text() -> None:
    assert match("a.b* [{number}]", "a.b* [1]") == ("1",)
    assert match("a.b* [{number}]", "axbb [1]") is None


def test_two_holes_need_text_between_them() -> None:
    with pytest.raises(CorpusError, match="no fixed text between"):
        parse("{word}{number}")


def test_an_unknown_field_is_a_fault() -> None:
    with pytest.raises(CorpusError, match="nothing_such"):
        to_regex(parse("{nothing_such}"), FIELDS)


def test_words_are_those_that_every_match_holds() -> None:
    assert words(parse("<{word}>: Relay access denied; {text}")) == {"Relay", "access", "denied;"}


def test_fixed_text_in_a_hole_is_a_value() -> None:
    assert match("Passed {word:SPAM}, {number}", "Passed SPAM, 3") == ("SPAM", "3")
    assert match("Passed {word:SPAM}, {number}", "Passed HAM, 3") is None
    assert words(parse("Passed {word:SPAM} {number}")) == {"Passed", "SPAM"}


def test_like_takes_over_and_changes() -> None:
    assert FIELDS["pair"] == Field("pair", r"\S+", "Two words.")


def test_hostile_text_ends_in_no_match_and_ends() -> None:
    """Were matching worse than linear, this would not come to an end in a lifetime."""
    regex = re.compile(
        to_regex(parse("{text}: {word}, {text}: {word} ({text}) [{number}]"), FIELDS), re.DOTALL
    )
    assert regex.match("a: b, " * 200_000) is None
    assert regex.match("a: b, a: b (" * 100_000) is None


def test_a_shape_fits_a_whole_text() -> None:
    shape = Shape("size {number} of {word}", FIELDS)
    found = shape.match("size 12 of x")
    assert found is not None
    assert dict(zip(shape.names, found.groups(), strict=True)) == {"number": "12", "word": "x"}
    assert shape.match("size 12 of x y") is None
    assert shape.match("the mail") is None
