"""Names are found as people type them."""

import pytest

from mailhelp.names import fold, near_words, one_edit_apart, slips


@pytest.mark.parametrize(
    "typed", ["queue_lifetime", "Queue-Lifetime", "QUEUE lifetime", "  queue   lifetime "]
)
def test_case_and_separators_do_not_matter(typed: str) -> None:
    assert fold(typed) == "queue lifetime"


@pytest.mark.parametrize("slip", ["lifetme", "lifetimee", "lifetine", "liftime", "ilfetime"])
def test_one_slip_of_a_letter_is_near(slip: str) -> None:
    assert one_edit_apart(slip, "lifetime")


@pytest.mark.parametrize("other", ["lifetime", "liftim", "limetife", "time"])
def test_the_word_itself_and_two_slips_are_not(other: str) -> None:
    assert not one_edit_apart(other, "lifetime")


def test_near_words_come_from_the_vocabulary() -> None:
    assert list(near_words("relys", ["relay", "rely", "realm", "relays"])) == ["rely", "relays"]


@pytest.mark.parametrize(
    ("typed", "slips_made"),
    [
        ("smtpd client connection rate limit", 0.0),
        ("smtpd client conection rate limit", 1.0),
        ("smtpd clinet connection rate limit", 1.0),
        ("smtpd client connection ratelimit", 1.0),
        ("smtpdclient connection rate limit", 1.0),
        ("smtpd client connec tion rate limit", 1.0),
        ("smtpd connection rate limit", 1.5),
        ("smtpd conection rate limit", 2.5),
        ("smtpd client connection rate limit max", 2.0),
    ],
)
def test_slips_in_a_name_of_several_words(typed: str, slips_made: float) -> None:
    assert slips(typed, "smtpd client connection rate limit", 3.0) == slips_made


def test_what_shares_no_word_is_another_name() -> None:
    assert slips("a b", "c d", 3.0) > 3.0
    assert slips("mydestinatoin", "mydestination", 1.0) == 1.0
    assert slips("smtpd client limit", "smtpd tls level", 2.0) > 2.0
