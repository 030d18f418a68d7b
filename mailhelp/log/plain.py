"""Lines of a log → runs of plain records, each by itself, and groups of lines that only the engine can read.

A line that is anything but a plain record by itself (wrapped, continued, of another format, repeated) goes to the ``Engine`` with
the lines that it may belong to. The patterns that a plain record can fit are found by the filing words that it holds,
which few records of a program hold in a new way. Whoever reads logs fast (``scan``, ``sift``) reads them by this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from operator import itemgetter
from typing import Generic, TypeVar

from mailhelp.knowledge.store import PatternRow
from mailhelp.light import NamedTuple
from mailhelp.log.catalogue import ProgramPatterns
from mailhelp.log.prefix import TIMED
from mailhelp.log.reader import Engine
from mailhelp.redact import LONGEST_BLOCK

_LINE = (
    r"^(?:([A-Z][a-z]{{2}} [ 0-9][0-9] [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}"
    r"|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]{{1,6}})?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})) "
    r"([^\s:\[\]]++ [^\s:\[\]\"=<>(),]++)(?:\[[0-9]{{1,18}}\])?+: (?!{timed}|\[ID )(.*)(?<!{blanks}){ends}|(.*))$"
)
"""A plain record: its time, its host and tag, its message, that has no time of its own and does not go on; or any other line."""
_LONGEST = 15_000
"""Characters of a message that goes the fast way."""
MOST_KEYS = 20_000
_MOST_WHERES = 2000
_GROUP = 500
"""Lines that go through the engine at once, where their end is not plain to see."""
_BARE = 20
_BLANKS = " \t\x0b\x0c\x1c\x1d\x1e\x1f\r"
_PAGE_BLANK = re.compile("[\u00a0\u2007\u202f]|\\s$")

Row = tuple[str, str, str, str]
"""A line: its time, its host and tag, its message; or, where those are empty, a line that is no plain record by itself."""
Way = TypeVar("Way")
"""A pattern, as its reader uses it."""


class Run(NamedTuple):
    """Plain records: the rows of a block from ``start`` up to ``end``."""

    start: int
    end: int


class Sources(Generic[Way]):
    """The patterns of the programs behind a host and tag, and their ways by the words of a message."""

    __slots__ = ("filing", "program", "ways")

    def __init__(self, program: ProgramPatterns) -> None:
        self.program = program
        self.filing = program.words
        self.ways: dict[frozenset[str], tuple[Way, ...]] = {}


class Plain(Generic[Way]):
    """Parts the blocks of a log; what it learns of one it knows for the next. ``way`` makes of a pattern what its reader uses.

    ``wheres`` has the patterns for each host and tag, ``None`` where the engine reads the line in another way.
    """

    def __init__(self, engine: Engine, way: Callable[[PatternRow], Way]) -> None:
        self._engine = engine
        self._way = way
        self.wheres: dict[str, Sources[Way] | None] = {}
        self._sources: dict[tuple[str, ...], Sources[Way]] = {}
        self._keys = 0
        self._days: dict[str, str | None] = {}
        rules = (row.get("continuation") for row in engine.programs.values())
        self._ends = tuple(rule["ends"] for rule in rules if rule)
        self._odd_ends = (*self._ends, *_BLANKS)
        ends = "".join(f"(?<!{re.escape(end)})" for end in self._ends)
        line = _LINE.format(timed=TIMED.pattern, blanks=f"[{_BLANKS}]", ends=ends)
        self._rows: Callable[[str], list[Row]] = re.compile(line, re.MULTILINE).findall
        self.begin()

    def begin(self) -> None:
        """Begin with another log."""
        self._lasting = 0
        # the rest of a block that may go on in the next one
        self._left: list[str] = []

    def block(self, text: str) -> tuple[list[Row], Iterator[Run | list[str]]]:
        """The rows of the whole lines ``text``, and their parts in order: runs of plain records, and lines that belong together or
        may do so. What may go on is left for the next block, or ``rest``.
        """
        rows = self._rows(text)
        return rows, self._parts(text, rows)

    def rest(self) -> list[str]:
        """The lines that were left."""
        left, self._left = self._left, []
        return left

    def begins(self, before: bytes, line: bytes) -> bool:
        """Whether a record begins with ``line``, and nothing of it is told by the line ``before`` it."""
        texts = [each.decode("utf-8", "replace").rstrip() for each in (before, line)]
        rows = [self._rows(text)[0] for text in texts]
        return all(row[0] for row in rows) and not self._slow_lines("\n".join(texts), rows)

    def _parts(self, text: str, rows: list[Row]) -> Iterator[Run | list[str]]:
        slow = self._slow_lines(text, rows)
        slow.add(len(rows) - 1)  # whether it goes on is known from the next block
        group = self.rest()
        if group and self._joins(group, rows[0]):
            slow.add(0)
        lines = (
            text.split("\n")
            if len(slow) > 1
            else [""] * (len(rows) - 1) + [text[text.rfind("\n") + 1 :]]
        )
        position = 0
        for number in sorted(slow):
            if number > position:
                if group:
                    yield group
                group = []
                yield Run(position, number)
            elif group and not self._joins(group, rows[number]):
                yield group
                group = []
            group.append(lines[number])
            if len(group) >= _GROUP:
                whole, group = self._cut(group)
                if whole:
                    yield whole
            position = number + 1
        self._left = group

    def _goes_on(self, line: str) -> bool:
        """Whether the record that ends with ``line`` may go on in one with a prefix of its own."""
        return line.rstrip().endswith(self._ends)

    def _joins(self, group: list[str], row: Row) -> bool:
        """Whether the line ``row`` may belong to the record of the lines ``group`` before it."""
        plain = row[0] and self.wheres[row[1]] is not None and self._days[row[0][:6]] is not None
        return not plain or self._goes_on(group[-1])

    def _slow_lines(self, text: str, rows: list[Row]) -> set[int]:
        """The numbers of the lines that the engine has to read, with the lines before them where they may belong to those."""
        wheres = set(map(itemgetter(1), rows))
        odd: set[int] = set()
        if "" in wheres:
            odd = {number for number, row in enumerate(rows) if not row[0]}
        unknown = wheres - self.wheres.keys()
        if unknown:
            if len(self.wheres) + len(unknown) > _MOST_WHERES:
                self.wheres.clear()
                self._sources.clear()
                self._keys = 0
                unknown = wheres
            seen = {row[1]: row for row in reversed(rows)}
            for where in unknown:
                self.wheres[where] = self._sources_of(seen[where]) if where else None
        bad = {where for where in wheres if self.wheres[where] is None}
        if bad - {""}:
            odd |= {number for number, row in enumerate(rows) if row[1] in bad}
        if len(self._days) > _MOST_WHERES:
            self._days.clear()
        days = set(map(itemgetter(slice(6)), map(itemgetter(0), rows)))
        for day in days - self._days.keys():
            self._days[day] = self._date(day)
        if any(self._days[day] is None for day in days):
            odd |= {number for number, row in enumerate(rows) if self._days[row[0][:6]] is None}
        slow = odd | {number - 1 for number in odd if number}
        for number in odd:
            if rows[number][3].endswith(self._odd_ends) and number + 1 < len(rows):
                slow.add(number + 1)
        if " repeated " in text:
            slow |= {number for number, row in enumerate(rows) if " repeated " in row[2]}
        if self._lasting:
            slow |= set(range(min(self._lasting, len(rows))))
        self._lasting = max(self._lasting - len(rows), 0)
        for number in self._engine.redactor.asking(text, lasting=True):
            end = number + LONGEST_BLOCK + 2
            slow |= set(range(number, min(end, len(rows))))
            self._lasting = max(self._lasting, end - len(rows))
        half = _LONGEST // 2  # a line above it fills half of that somewhere
        if any(text.find("\n", at, at + half) < 0 for at in range(0, len(text) - half, half)):
            slow |= {number for number, row in enumerate(rows) if len(row[2]) > _LONGEST}
        if not text.isascii():
            slow |= {
                number
                for number, row in enumerate(rows)
                if not row[2].isascii() and _PAGE_BLANK.search(row[2])
            }
        return slow

    def _sources_of(self, row: Row) -> Sources[Way] | None:
        """The patterns for a host and tag; ``None`` if the engine reads the line ``row`` in another way."""
        record = self._engine.parse(f"{row[0]} {row[1]}: ")
        if f"{record.host} {record.tag}" != row[1] or not record.time or record.message:
            return None
        keys = self._engine.keys(record.tag)
        if keys not in self._sources:
            self._sources[keys] = Sources(self._engine.catalogue.table(keys))
        return self._sources[keys]

    def _date(self, day: str) -> str | None:
        """The date of a time that begins with ``day``; ``None`` if it is none of a plain record."""
        if day[:1].isdigit() or not day:
            return ""
        record = self._engine.parse(f"{day} 00:00:00 host tag: ")
        return record.time[:10] if record.time and record.host == "host" else None

    def canonical(self, time: str) -> str:
        """A time of a row as ISO 8601."""
        return time if time[4:5] == "-" else f"{self._days[time[:6]]}T{time[7:]}"

    def ways(self, sources: Sources[Way], key: frozenset[str], message: str) -> tuple[Way, ...]:
        """The patterns that a message with the words ``key`` can fit, best first."""
        if self._keys >= MOST_KEYS:
            for each in self._sources.values():
                each.ways.clear()
            self._keys = 0
        self._keys += 1
        found = tuple(self._way(row) for row in sources.program.candidates(message))
        sources.ways[key] = found
        return found

    def _cut(self, lines: list[str]) -> tuple[list[str], list[str]]:
        """``lines`` up to where a record ends for sure, and the rest."""
        records = [self._engine.parse(line) for line in lines]
        for number in range(len(lines) - 1, 0, -1):
            record = records[number]
            if self._goes_on(lines[number - 1]):
                continue
            bare = records[max(number - _BARE, 0) : number + 1]
            free = len(bare) > _BARE and all(r.tag is None and r.time is None for r in bare)
            if record.tag or record.time or (free and not lines[number][:1].isspace()):
                return lines[:number], lines[number:]
        return ([], lines) if len(lines) < 4 * _GROUP else (lines, [])


_SIGN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?!\?)", re.DOTALL)


def captured(regex: str, groups: Collection[int] = ()) -> str:
    """``regex`` with only ``groups`` captured: the others take time and are not asked for."""
    number = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal number
        if found[0] != "(":
            return found[0]
        number += 1
        return "(" if number in groups else "(?:"

    return _SIGN.sub(replaced, regex)
