"""Names are found as people type them."""

import pytest

from mailhelp.names import fold, near_words, one_edit_apart


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
