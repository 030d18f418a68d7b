"""Questions in other languages, read word by word as English ones (``corpus/words.toml``)."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator, Mapping

from mailhelp.knowledge.english import STOP_WORDS
from mailhelp.light import Any, NamedTuple, regex

Table = Mapping[str, Mapping[str, Any]]
"""``languages`` of ``corpus/words.toml``: code → name, small words, what inflects them, English → words."""

_WORD = regex(r"\d+(?:\.\d+)+|\w+")
_SHOWS = 0.3
"""The share of the words of a question that are of another language and not English, at least."""
_LONGEST_PHRASE = 4
"""Words of a phrase of the table, at most."""
_SHORTEST_PART, _LONGEST_COMPOUND, _MOST_PARTS = 3, 40, 3
"""Letters of a part of a compound at least, and of a compound at most; its parts, at most."""
_TELLING = 3
"""Letters of a small word that tells its language by itself, at least."""
_FAR = 15
"""Words from a verb to its first part, at most."""
_NOT = "not"
_LONGEST = 200
"""Words of a question that are looked at."""


class Reading(NamedTuple):
    """A question read as English, and the language that it is in."""

    text: str
    language: str


def read_as(languages: Table, text: str, known: Container[str]) -> Reading | None:
    """The English of a ``text`` that is plainly in one of ``languages``; ``None`` for all others.

    ``known`` are the words of all that can be found: they are no sign of another language.
    """
    words = [_plain(word) for word in _WORD.findall(text)][:_LONGEST]
    own = [word for word in words if word not in STOP_WORDS]
    if all(word in known for word in own):
        return None
    # examples and names hold small words of other languages, which are known then
    small = {word for row in languages.values() for word in row["small"]}
    strange = [word for word in own if word not in known or word in small]
    if not strange:
        return None
    best: _Language | None = None
    most = 0
    for row in languages.values():
        language = _Language(row)
        understood = [taken for taken, english in language.pieces(words) if english is not None]
        told = {word for taken in understood for word in taken if word in own}
        # where a small word tells the language, those that are English words too are taken for its own
        telling = told.intersection(row["small"])
        if not any(len(word) >= _TELLING and word not in known for word in telling):
            told.intersection_update(strange)
        foreign = sum(len(told.intersection(taken)) for taken in understood)
        if foreign > most and any(word not in known for word in told):
            best, most = language, foreign
    if best is None or most < _SHOWS * len(words):
        return None
    pieces = best.pieces(words)
    read = " ".join(" ".join(taken) if english is None else english for taken, english in pieces)
    read = " ".join(read.split())
    return Reading(read, best.name) if read else None


class _Language:
    """One row of the table, turned so that its words lead to English."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.name: str = row["name"]
        self._small = frozenset(row["small"])
        self._denied = frozenset(row.get("denied", ()))
        self._endings = sorted(row["endings"], key=len, reverse=True)
        self._added = ("", *row["added"])
        self._joints = tuple(row["joints"])
        self._spelt: Mapping[str, str] = row.get("spelt", {})
        self._apart = tuple(row.get("apart", ()))
        self._inside = tuple(row.get("inside", ()))
        self._words: dict[str, str] = {
            word.strip(): english
            for english, words in row["words"].items()
            for word in words.split(",")
        }

    def pieces(self, words: list[str]) -> Iterator[tuple[list[str], str | None]]:
        """The words, the longest phrases first, each with its English: nothing for a small one, ``None`` if unknown."""
        spelt = [self._usual(word) for word in words]
        verbs = self._parted(spelt)
        place = 0
        while place < len(words):
            length = next(
                (
                    length
                    for length in range(min(_LONGEST_PHRASE, len(words) - place), 1, -1)
                    if " ".join(spelt[place : place + length]) in self._words
                ),
                1,
            )
            taken = words[place : place + length]
            word = spelt[place]
            if length > 1:
                yield taken, self._words[" ".join(spelt[place : place + length])]
            elif place in verbs:
                yield taken, verbs[place]
            elif word in self._denied:
                yield taken, _NOT
            else:
                yield taken, "" if word in self._small else self.one(word)
            place += length

    def one(self, word: str) -> str | None:
        """The English for one word: as it stands, without an ending, or as a compound."""
        if len(word) > _LONGEST_COMPOUND:
            return self._words.get(word)
        found = self._inflected(word)
        if found is None:
            found = self._verb(word)
        return self._compound(word, _MOST_PARTS) if found is None else found

    def _usual(self, word: str) -> str:
        """A word with its other spellings (ue for u) undone, unless it is known as it stands."""
        if word in self._small or self._inflected(word) is not None:
            return word
        for other, usual in self._spelt.items():
            word = word.replace(other, usual)
        return word

    def _parted(self, words: list[str]) -> dict[int, str]:
        """Where verbs stand whose first part stands apart ("richte … ein"), and that part: each with its English."""
        found: dict[int, str] = {}
        for last in range(len(words) - 1, 0, -1):
            if words[last] not in self._apart:
                continue
            for place in range(last - 1, max(last - _FAR, 0) - 1, -1):
                verb = self._inflected(words[last] + words[place])
                if verb is not None and place not in found:
                    found |= {place: verb, last: ""}
                    break
        return found

    def _verb(self, word: str) -> str | None:
        """The English for a verb with something inside it: "ein-zu-richten", "ein-ge-richtet"."""
        for inside in self._inside:
            for first in ("", *self._apart):
                rest = word.removeprefix(first + inside)
                if rest != word and len(rest) >= _SHORTEST_PART:
                    found = self._inflected(first + rest)
                    if found is not None:
                        return found
        return None

    def _compound(self, word: str, parts: int) -> str | None:
        for cut in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            right = self._inflected(word[cut:]) if self._joints and parts > 1 else None
            if right is None:
                continue
            for left in {word[:cut].removesuffix(joint): None for joint in ("", *self._joints)}:
                if len(left) < _SHORTEST_PART:
                    continue
                found = self._inflected(left)
                if found is None:
                    found = self._compound(left, parts - 1)
                if found is not None:
                    return f"{found} {right}"
        return None

    def _inflected(self, word: str) -> str | None:
        if word in self._words:
            return self._words[word]
        for ending in self._endings:
            stem = word.removesuffix(ending)
            if len(stem) >= _SHORTEST_PART and len(stem) + len(ending) == len(word):
                for added in self._added:
                    if stem + added in self._words:
                        return self._words[stem + added]
        return None


def _plain(word: str) -> str:
    """A word in lower case and without accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
