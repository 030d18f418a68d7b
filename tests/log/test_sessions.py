"""The mails that a client tried in one session are told apart."""

from __future__ import annotations

import pytest

from mailhelp.log.sessions import Item, transactions


def refused(sender: str, to: str, moment: float = 0.0) -> Item:
    return Item(0, sender, to, moment=moment)


def queued(sender: str = "") -> Item:
    return Item(0, sender, queued=True, begins=True)


TAIL = Item(0, tail=True)
CLIENT = Item(0, begins=True)


def sizes(items: list[Item], count: int | None = None) -> list[int]:
    return [len(mail) for mail in transactions(items, count)]


@pytest.mark.parametrize(
    ("items", "count", "expected"),
    [
        ([], 1, []),
        # refused recipients of one sender are one mail, unless the client tried more
        ([refused("a", "x"), refused("a", "y")], 1, [2]),
        ([refused("a", "x"), refused("a", "y")], 2, [1, 1]),
        ([refused("a", "x"), refused("a", "y")], None, [2]),
        ([refused("a", "x"), refused("a", "x")], None, [1, 1]),
        ([refused("a", "x"), refused("b", "x")], None, [1, 1]),
        # a refusal before the queue ID belongs to the mail that gets it; one after it, to the next
        ([refused("a", "x"), queued("a")], 1, [2]),
        ([refused("a", "x"), queued("b")], 2, [1, 1]),
        ([queued("a"), refused("a", "x")], 2, [1, 1]),
        ([queued("a"), queued("a")], 2, [1, 1]),
        # the sender was rewritten: there was only one mail
        ([refused("a", "x"), queued("rewritten")], 1, [2]),
        # before a filter a mail has no queue ID, and goes on until the filter's word
        ([refused("a", "x"), CLIENT, refused("a", "y"), Item(0, "a", "z", ends=True)], 1, [4]),
        ([CLIENT, Item(0, "a", "z", ends=True), CLIENT, Item(0, "a", "z", ends=True)], 2, [2, 2]),
        # what is said before MAIL FROM is no mail of the count
        ([Item(0), refused("a", "x")], 1, [1, 1]),
        # a lost connection is of the last mail
        ([queued("a"), queued("b"), TAIL], 2, [1, 2]),
        ([TAIL], 0, [1]),
    ],
)
def test_which_items_are_one_mail(
    items: list[Item], count: int | None, expected: list[int]
) -> None:
    assert sizes(items, count) == expected


def test_where_there_is_a_choice_the_longest_pause_parts() -> None:
    items = [refused("a", "x", 0.0), refused("a", "y", 9.0), refused("a", "z", 10.0)]
    assert sizes(items, 2) == [1, 2]
