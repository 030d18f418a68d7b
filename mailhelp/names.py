"""Names as users type them: one form for ``Queue-Lifetime``, ``queue_lifetime`` and ``queue lifetime``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.light import regex

# codes and versions whole (5.7.1), identifiers whole (smtpd_tls_cert_file), words
WORD = regex(r"\d+(?:\.\d+)+|\w+")
"""A word, a code or an identifier."""
_SEPARATORS = str.maketrans("_-/", "   ")


def fold(name: str) -> str:
    """The form in which names are compared: lower case, words parted by one space."""
    return " ".join(name.casefold().translate(_SEPARATORS).split())


def words(text: str) -> list[str]:
    """The words of a text in lower case, codes and identifiers whole."""
    found: list[str] = WORD.findall(text.casefold())
    return found


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


def slips(typed: str, name: str, most: float) -> float:
    """How many slips turn the folded ``name`` into the folded ``typed``; more than ``most`` if too many.

    A slip is a letter added, dropped or changed, two that are swapped, or a blank too few or too many; a word that is
    left out counts more, and one that does not belong there most.
    """
    words, known = typed.split(), name.split()
    if max(len(words), len(known)) > 1 and not set(words).intersection(known):
        return most + 1
    far = most + 1.0
    costs = [[far] * (len(known) + 1) for _ in range(len(words) + 1)]
    costs[0][0] = 0.0
    for i in range(len(words) + 1):
        for j in range(len(known) + 1):
            here = costs[i][j]
            if here > most:
                continue
            # a word of the name left out, one too many, one or two of each that are nearly the same
            steps = [(0, 1, _LEFT_OUT), (1, 0, _STRANGE)]
            for left, right in ((1, 1), (1, 2), (2, 1)):
                ours, theirs = "".join(words[i : i + left]), "".join(known[j : j + right])
                cost = _letters(ours, theirs)
                if cost is not None:
                    steps.append((left, right, cost + (left != right)))
            for left, right, cost in steps:
                if i + left <= len(words) and j + right <= len(known):
                    costs[i + left][j + right] = min(costs[i + left][j + right], here + cost)
    return costs[-1][-1]


_LEFT_OUT, _STRANGE = 1.5, 2.0
_LONG_WORD = 7
"""Letters of a word in which two slips are believed."""


def _letters(typed: str, word: str) -> float | None:
    """The slips between two words; ``None`` if they are different ones."""
    if typed == word:
        return 0.0
    if min(len(typed), len(word)) > 2 and one_edit_apart(typed, word):
        return 1.0
    if min(len(typed), len(word)) >= _LONG_WORD and distance(typed, word, 2) <= 2:
        return 2.0
    return None


def near_words(word: str, vocabulary: Iterable[str]) -> Iterator[str]:
    """The words of ``vocabulary`` that a slip of one letter turns into ``word``."""
    return (known for known in vocabulary if one_edit_apart(word, known))


def far_words(word: str, vocabulary: Iterable[str]) -> Iterator[str]:
    """The words of ``vocabulary`` that two slips turn into ``word``, whose first letter is right."""
    return (
        known for known in vocabulary if known[:1] == word[:1] and distance(word, known, 2) <= 2
    )


def wider_codes(code: str) -> tuple[str, ...]:
    """The codes that stand for the subject and the class of the status code ``code``."""
    class_, _, rest = code.partition(".")
    if not rest:
        return (f"{code[0]}xx",)
    return (f"{class_}.{rest.partition('.')[0]}.0", f"{class_}.x.x")
