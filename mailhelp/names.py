"""Names as users type them: one form for ``Queue-Lifetime``, ``queue_lifetime`` and ``queue lifetime``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_SEPARATORS = str.maketrans("_-/", "   ")


def fold(name: str) -> str:
    """The form in which names are compared: lower case, words parted by one space."""
    return " ".join(name.casefold().translate(_SEPARATORS).split())


def one_edit_apart(left: str, right: str) -> bool:
    """Whether one letter added, dropped, changed or swapped with its neighbour makes them equal."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start = 0
    shorter = min(len(left), len(right))
    while start < shorter and left[start] == right[start]:
        start += 1
    left, right = left[start:], right[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[1::-1] == right[:2] and left[2:] == right[2:])
    return left[1:] == right or left == right[1:]


def distance(left: str, right: str, most: int) -> int:
    """How many letters must be added, dropped or changed to make them equal; ``most + 1`` if more."""
    if abs(len(left) - len(right)) > most or len(set(left) ^ set(right)) > 2 * most:
        return most + 1
    row = list(range(len(right) + 1))
    for number, letter in enumerate(left, 1):
        before, row = row, [number]
        for place, other in enumerate(right, 1):
            changed = before[place - 1] + (letter != other)
            row.append(min(changed, before[place] + 1, row[place - 1] + 1))
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def near_words(word: str, vocabulary: Iterable[str]) -> Iterator[str]:
    """The words of ``vocabulary`` that a slip of one letter turns into ``word``."""
    return (known for known in vocabulary if one_edit_apart(word, known))
