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


def near_words(word: str, vocabulary: Iterable[str]) -> Iterator[str]:
    """The words of ``vocabulary`` that a slip of one letter turns into ``word``."""
    return (known for known in vocabulary if one_edit_apart(word, known))
