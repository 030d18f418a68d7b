"""The catalogue of messages: program and message → the entry written for it, with its values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter

from mailhelp import regexes as re
from mailhelp.knowledge.store import Name, PatternRow
from mailhelp.light import Any, NamedTuple, Protocol, regex

# A word past this length of a message is not looked up: it bounds the work on an endless line.
_LOOKED_AT = 20_000
_WORDS, _TELLING, _ALIKE = regex("[A-Za-z]+"), 3, 2
"""Words, the letters that one needs to tell something, and how many a message shares with one that is like it."""
# Names of programs that nobody knows are as many as a log wants; those that are known are fewer than this.
_MOST_PROGRAMS = 500


# Sets of filing words, of which a log holds few; a hostile one has no end of them.
_MOST_KEYS = 5000


class PatternSource(Protocol):
    """Where patterns come from: a ``Store``."""

    def patterns(self, programs: Sequence[str], words: Collection[str]) -> Iterable[PatternRow]: ...

    def filing(self, programs: Sequence[str]) -> Iterable[str]: ...

    def programs(self) -> set[str]: ...

    def named(self, name: str) -> Iterable[Name]: ...


class Match(NamedTuple):
    """A message that a pattern fits.

    ``generic``: only its shape is understood. ``shared``: the pattern is that of a whole family of
    programs; one of the program itself goes before it.
    """

    id: str
    generic: bool
    literal: int
    shared: bool
    holes: tuple[str, ...]
    found: re.Match[str]


class ProgramPatterns:
    """The patterns of ``programs``, filed under a word that a matching message must hold.

    Those of a word are read from ``sources`` when a message first holds it: a message holds few of thousands.
    """

    def __init__(self, sources: Iterable[PatternSource], programs: tuple[str, ...]) -> None:
        self._sources = [
            (source, programs or tuple(sorted(source.programs()))) for source in sources
        ]
        filed = {word for source, asked in self._sources for word in source.filing(asked)}
        self.is_empty = not filed
        self.words = frozenset(filed - {""})
        self._ranked: dict[str, list[tuple[tuple[Any, ...], PatternRow]]] = {}
        self._regexes: dict[str, re.Pattern[str]] = {}
        self._candidates: dict[frozenset[str], list[PatternRow]] = {}

    def candidates(self, message: str) -> list[PatternRow]:
        """The patterns with a rare word that ``message`` holds, and those without one, best first."""
        key = self.words.intersection(message[:_LOOKED_AT].split())
        known = self._candidates.get(key)
        if known is None:
            if len(self._candidates) >= _MOST_KEYS:
                self._candidates.clear()
            known = self._candidates[key] = self._of(("", *key))
        return known

    def every(self) -> list[PatternRow]:
        """All of them, best first."""
        return self._of(("", *self.words))

    def _of(self, words: tuple[str, ...]) -> list[PatternRow]:
        new = [word for word in words if word not in self._ranked]
        if new:
            self._read(new)
        found = [ranked for word in words for ranked in self._ranked[word]]
        found.sort(key=itemgetter(0))
        return [row for _, row in found]

    def filed(self, word: str) -> int:
        """How many patterns are filed under ``word``, of those that were candidates."""
        return len(self._ranked[word])

    def _read(self, words: list[str]) -> None:
        for word in words:
            self._ranked[word] = []
        for number, (source, programs) in enumerate(self._sources):
            order = {program: place for place, program in enumerate(programs)}
            for row in source.patterns(programs, words):
                # where all else is equal: earlier sources, the order of the programs, that of the source
                rank = (
                    row.generic,
                    -row.literal,
                    _shared(row),
                    number,
                    order[row.program],
                    row.number,
                )
                self._ranked[row.word].append((rank, row))

    def match(self, row: PatternRow, message: str) -> re.Match[str] | None:
        """The match of one pattern; its regex is compiled when its fixed text is there for the first time."""
        if row.fixed not in message:
            return None
        regex = self._regexes.get(row.regex)
        if regex is None:
            regex = self._regexes[row.regex] = re.compile(row.regex, re.DOTALL)
        return regex.match(message)


def _shared(row: PatternRow) -> bool:
    return row.program.endswith("/any")


class Catalogue:
    """Finds the entry of a message; looks a program up when it first meets one.

    Earlier ``sources`` go before later ones where both fit equally well.
    """

    def __init__(self, sources: Iterable[PatternSource]) -> None:
        self.sources = tuple(sources)
        self._programs: dict[tuple[str, ...], ProgramPatterns] = {}
        self._words: dict[str, frozenset[str]] = {}  # of regexes

    def __reduce__(self) -> tuple[Any, ...]:
        return Catalogue, (self.sources,)

    def match(self, programs: tuple[str, ...], message: str) -> Match | None:
        """The best match among the patterns of ``programs`` (all programs if empty)."""
        return next(self.matches(programs, message), None)

    def matches(self, programs: tuple[str, ...], message: str) -> Iterator[Match]:
        """All matches, best first: entries before generic shapes, then by length of fixed text."""
        table = self.table(programs)
        for row in table.candidates(message):
            found = table.match(row, message)
            if found:
                yield Match(row.id, row.generic, row.literal, _shared(row), row.holes, found)

    def similar(self, programs: tuple[str, ...], message: str, most: int = 3) -> list[str]:
        """The ids of the entries that share most words of their fixed text with ``message``, the rare ones first."""
        table = self.table(programs)
        words = {word for word in _WORDS.findall(message[:_LOOKED_AT]) if len(word) >= _TELLING}

        found: list[tuple[int, int, str]] = []
        for row in table.candidates(message):
            if row.generic or not row.word:
                continue
            own = self._words.get(row.regex)
            if own is None:
                own = self._words[row.regex] = frozenset(_WORDS.findall(row.regex))
            shared = len(words & own)
            if shared >= _ALIKE:
                found.append((-shared, table.filed(row.word), row.id))
        ids = dict.fromkeys(id for *_, id in sorted(found))
        return list(ids)[:most]

    def knows(self, programs: tuple[str, ...]) -> bool:
        """Whether there is any pattern of ``programs``."""
        return not self.table(programs).is_empty

    def named(self, name: str, kind: str) -> str | None:
        """The id of the document of this ``name`` and ``kind``."""
        found = (
            each.id for source in self.sources for each in source.named(name) if each.kind == kind
        )
        return next(found, None)

    def table(self, programs: tuple[str, ...]) -> ProgramPatterns:
        """The patterns of ``programs`` (all programs if empty)."""
        if programs not in self._programs:
            if len(self._programs) >= _MOST_PROGRAMS:
                self._programs.clear()
            self._programs[programs] = ProgramPatterns(self.sources, programs)
        return self._programs[programs]
