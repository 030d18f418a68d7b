"""Lines → the records that are worth a look: of a plain record whose entry says that it is not, no more is read.

What is handed on is read as ``Engine.reads`` reads it, with all that the lines before say of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from time import monotonic

from mailhelp.knowledge.store import PatternRow
from mailhelp.light import regex
from mailhelp.log.plain import Plain, Run, captured
from mailhelp.log.read import Read
from mailhelp.log.reader import Engine
from mailhelp.redact import Carried

_MOST_LINES, _LONGEST_S = 2000, 0.5
"""Lines that are sifted at once, and seconds that the first of them waits for the others."""


class _Way:
    """A pattern, ready to be tried: its fixed text, and its regex without groups."""

    __slots__ = ("fixed", "id", "regex")

    def __init__(self, row: PatternRow) -> None:
        self.id = row.id
        self.fixed = row.fixed
        self.regex = regex(captured(row.regex), re.DOTALL)


def sifted(
    engine: Engine,
    source: Iterable[str | None],
    wanted: Callable[[str], bool],
    passed: Callable[[int], None],
) -> Iterator[Read]:
    """The records of ``source`` but for those of entries that are not ``wanted``; ``None`` is a pause.

    ``wanted`` is told the id of an entry; ``passed`` how many records, of a line each, are left out. Unknown records are
    handed on.
    """
    return _Sifter(engine, wanted, passed).reads(source)


class _Sifter:
    def __init__(
        self, engine: Engine, wanted: Callable[[str], bool], passed: Callable[[int], None]
    ) -> None:
        self._engine = engine
        self._wanted = wanted
        self._passed = passed
        self._known: dict[str, bool] = {}
        self._plain = Plain(engine, _Way)
        self._carried = Carried(engine.redactor)
        self._line = 1

    def reads(self, source: Iterable[str | None]) -> Iterator[Read]:
        for lines, has_paused in _batches(source):
            if lines:
                yield from self._batch(lines)
            if has_paused:
                yield from self._read(self._plain.rest())
        yield from self._read(self._plain.rest())

    def _batch(self, lines: list[str]) -> Iterator[Read]:
        text = "\n".join(lines)
        asking = frozenset(self._engine.redactor.asking(text))
        rows, parts = self._plain.block(text)
        for part in parts:
            if not isinstance(part, Run):
                yield from self._read(part)
                continue
            for number in range(part.start, part.end):
                # a line that asks for a secret says of the next what that is
                looks = self._carried.says or number in asking
                if looks or self._is_wanted(rows[number][1], rows[number][2]):
                    yield from self._read([lines[number]])
                else:
                    self._line += 1
                    self._passed(1)

    def _is_wanted(self, where: str, message: str) -> bool:
        sources = self._plain.wheres[where]
        assert sources is not None
        key = sources.filing.intersection(message.split())
        ways = sources.ways.get(key)
        if ways is None:
            ways = self._plain.ways(sources, key, message)
        for way in ways:
            if way.fixed in message and way.regex.match(message):
                found = self._known.get(way.id)
                if found is None:
                    found = self._known[way.id] = self._wanted(way.id)
                return found
        return True

    def _read(self, lines: list[str]) -> Iterator[Read]:
        """The records of ``lines``, which belong to no record before or behind them."""
        if lines:
            yield from self._engine.reads(lines, carried=self._carried, first=self._line)
            self._line += len(lines)


def _batches(source: Iterable[str | None]) -> Iterator[tuple[list[str], bool]]:
    """The lines of ``source``, many at once, and whether there was a pause after them."""
    lines: list[str] = []
    begun = monotonic()
    for line in source:
        if line is None:
            yield lines, True
            lines, begun = [], monotonic()
            continue
        lines.append(line)
        if len(lines) >= _MOST_LINES or monotonic() - begun > _LONGEST_S:
            yield lines, False
            lines, begun = [], monotonic()
    yield lines, False
