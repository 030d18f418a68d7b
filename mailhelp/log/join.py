"""A stream of bytes → lines → records: pieces that belong together are put together.

Memory is bounded: one record and the line behind it are held, and a line is cut at ``LONGEST``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import BinaryIO

from mailhelp.light import NamedTuple
from mailhelp.log.prefix import Record, cut, joined, parse

LONGEST = 65_536
"""Characters of a line that are looked at; what is behind them is passed over."""
_MOST_PIECES = 64
_MOST_WRAPPED = 16
_PAUSE_S = 0.2
_MARGIN = 72
"""A line shorter than this was not wrapped at the edge of a terminal or a mail."""
_HEADER_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9-]*:")

Reach = Callable[[Record], int | None]


class Numbered(NamedTuple):
    """A record with the number of its first line (from 1) and how many lines it has."""

    line: int
    record: Record
    lines: int = 1


def lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of ``stream``, which end at ``\\n`` alone; bad UTF-8 becomes U+FFFD."""
    while data := stream.readline(LONGEST):
        if not data.endswith(b"\n") and len(data) == LONGEST:
            while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
        yield _text(data)


def live_lines(descriptor: int) -> Iterator[str | None]:
    """The lines of a pipe, as ``lines`` gives them, and a ``None`` whenever it pauses.

    Whoever holds a line back, because the next one may belong to it, lets it go at a pause.
    """
    import os
    import select

    rest, cut_off = b"", False
    while True:
        if not select.select([descriptor], [], [], _PAUSE_S)[0]:
            yield None
            select.select([descriptor], [], [])
        data = os.read(descriptor, LONGEST)
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            if not cut_off:
                yield _text(line)
            cut_off = False
        if len(rest) >= LONGEST:  # an endless line: its beginning is enough
            if not cut_off:
                yield _text(rest[:LONGEST])
            rest, cut_off = b"", True
        if not data:
            if rest and not cut_off:
                yield _text(rest)
            return


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")


class Joiner:
    """Puts records together that were written or pasted in several lines.

    ``reach`` tells where in a record's message its last value ends that is no free text, ``None``
    if no entry is known for it; ``continuation`` tells, for the tag of a program that splits long
    records, how one piece ends and the next begins.
    """

    def __init__(
        self, today: date, reach: Reach, continuation: Callable[[str], dict[str, str] | None]
    ) -> None:
        self._today = today
        self._reach = reach
        self._continuation = continuation

    def records(self, source: Iterable[str | None], first: int = 1) -> Iterator[Numbered]:
        """The records in ``source``; ``first`` is the number of its first line, ``None`` a pause.

        Lines without a prefix wait for the next line that has one: only then is it known how many
        of them belong to the record before.
        """
        held: Numbered | None = None
        tail: list[Record] = []
        number = first - 1
        for line in source:
            if line is None:
                if held is not None:
                    yield from self._unwrapped(held, tail)
                held, tail = None, []
                continue
            number += 1
            record = _trimmed(parse(line, self._today))
            if held is not None:
                if len(tail) < _MOST_WRAPPED and self._may_be_wrapped(held.record, record):
                    tail.append(record)
                    continue
                longer = None if tail else self._continued(held, record)
                if longer is not None:
                    held = Numbered(held.line, longer, held.lines + 1)
                    continue
                yield from self._unwrapped(held, tail)
            held, tail = Numbered(number, record), []
        if held is not None:
            yield from self._unwrapped(held, tail)

    def _continued(self, held: Numbered, next: Record) -> Record | None:
        """``held`` with ``next`` added if that is a folded header or the next piece of a record."""
        record = held.record
        if held.lines >= _MOST_PIECES or not next.text.strip():
            return None
        if next.tag is None and next.time is None:
            indent = 0 if record.tag else _indent(next)
            folded = indent and _HEADER_FIELD.match(record.message)
            return joined(record, next, indent, " ") if folded else None
        if next.tag != record.tag or next.pid != record.pid or not record.tag:
            return None
        rule = self._continuation(record.tag)
        if rule is None or not record.message.endswith(rule["ends"]):
            return None
        begun = re.match(rule["begins"], next.message)
        if begun is None or not record.message.startswith(begun["id"]):
            return None
        shorter = cut(record, len(record.message) - len(rule["ends"]))
        return joined(shorter, next, begun.end())

    def _may_be_wrapped(self, record: Record, next: Record) -> bool:
        """Whether ``next`` can be the rest of ``record``: no prefix behind one, no record of its own."""
        bare = next.tag is None and next.time is None and bool(next.text.strip())
        return bare and record.tag is not None and self._reach(next) is None

    def _unwrapped(self, held: Numbered, tail: list[Record]) -> Iterator[Numbered]:
        """``held`` with as many lines of ``tail`` as it takes to make a known record, then the rest."""
        count, record = 0, held.record
        for glue in ("", " ") if tail else ():
            taken, longer = self._longest(held.record, tail, glue)
            if taken > count:
                count, record = taken, longer
        if not count and tail and self._reach(record) is None:
            # an unknown record keeps what is folded under it
            while count < len(tail) and (indent := _indent(tail[count])):
                record = joined(record, tail[count], indent, " ")
                count += 1
        yield Numbered(held.line, record, held.lines + count)
        for number, line in enumerate(tail[count:], held.line + held.lines + count):
            yield Numbered(number, line)

    def _longest(self, record: Record, tail: list[Record], glue: str) -> tuple[int, Record]:
        """How many lines of ``tail`` belong to ``record``, and the record with them."""
        count, best = 0, record
        whole = self._reach(record) is not None
        for number, line in enumerate(tail, 1):
            indent = _indent(line)
            # a complete record takes more only if it looks wrapped (indented, or cut at a margin)
            # and what it takes holds values: else it is the text of a page between two records
            if whole and not count and not indent and len(record.text) < _MARGIN:
                break
            longer = joined(record, line, indent, _glue(record, glue, indent))
            reached = self._reach(longer)
            fits = reached is not None and (indent or not whole or reached >= len(record.message))
            if whole and not fits:
                break
            record = longer
            if fits:
                count, best, whole = number, longer, True
        return count, best


def _glue(record: Record, glue: str, indent: int) -> str:
    """What parts a line from what it goes on with: nothing if that is only a prefix so far."""
    if not record.message:
        return ""
    return " " if indent else glue


def _indent(record: Record) -> int:
    return len(record.message) - len(record.message.lstrip())


def _trimmed(record: Record) -> Record:
    kept = len(record.message.rstrip())
    return cut(record, kept) if kept < len(record.message) else record
