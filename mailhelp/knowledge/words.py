"""Questions in other languages, read word by word as English ones (``corpus/words.toml``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping

from mailhelp.knowledge.english import STOP_WORDS
from mailhelp.light import Any, NamedTuple

Table = Mapping[str, Mapping[str, Any]]
"""``languages`` of ``corpus/words.toml``: code → name, small words, endings, joints, English → words."""

_WORD = re.compile(r"\d+(?:\.\d+)+|\w+")
_SHOWS = 0.3
"""The share of the words of a question that are of another language and not English, at least."""
_LONGEST_PHRASE = 4
"""Words of a phrase of the table, at most."""
_SHORTEST_PART, _LONGEST_COMPOUND = 3, 40
"""Letters of a part of a compound at least, and of a compound at most."""
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
    if len(strange) < _SHOWS * len(words):
        return None
    best: _Language | None = None
    most = 0
    for row in languages.values():
        language = _Language(row)
        foreign = sum(
            len(set(strange).intersection(taken))
            for taken, english in language.pieces(words)
            if english is not None
        )
        if foreign > most:
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
        self._endings = sorted(row["endings"], key=len, reverse=True)
        self._added = ("", *row["added"])
        self._joints = tuple(row["joints"])
        self._words: dict[str, str] = {
            word.strip(): english
            for english, words in row["words"].items()
            for word in words.split(",")
        }

    def pieces(self, words: list[str]) -> Iterator[tuple[list[str], str | None]]:
        """The words, the longest phrases first, each with its English: nothing for a small one, ``None`` if unknown."""
        place = 0
        while place < len(words):
            length = next(
                (
                    length
                    for length in range(min(_LONGEST_PHRASE, len(words) - place), 1, -1)
                    if " ".join(words[place : place + length]) in self._words
                ),
                1,
            )
            taken = words[place : place + length]
            if length > 1:
                yield taken, self._words[" ".join(taken)]
            else:
                yield taken, "" if taken[0] in self._small else self.one(taken[0])
            place += length

    def one(self, word: str) -> str | None:
        """The English for one word: as it stands, without an ending, or as a compound of two."""
        found = self._inflected(word)
        if found is not None or not self._joints or len(word) > _LONGEST_COMPOUND:
            return found
        for cut in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            right = self._inflected(word[cut:])
            for joint in ("", *self._joints) if right is not None else ():
                left = word[:cut].removesuffix(joint)
                found = self._inflected(left) if len(left) >= _SHORTEST_PART else None
                if found is not None:
                    return f"{found} {right}"
        return None

    def _inflected(self, word: str) -> str | None:
        if word in self._words:
            return self._words[word]
        for ending in self._endings:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= _SHORTEST_PART:
                for added in self._added:
                    if stem + added in self._words:
                        return self._words[stem + added]
        return None


def _plain(word: str) -> str:
    """A word in lower case and without accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
