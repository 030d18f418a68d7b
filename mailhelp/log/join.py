"""A stream of bytes → lines → records: pieces that belong together are put together.

Memory is bounded: one record and the line behind it are held, and a line is cut at ``LONGEST``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailhelp import regexes as re
from mailhelp.light import BinaryIO, Protocol, regex
from mailhelp.log.prefix import Record, cut, joined, unquoted
from mailhelp.log.read import Read

LONGEST = 65_536
"""Characters of a line that are looked at; what is behind them is passed over."""
_MOST_PIECES = 64
_MOST_WRAPPED = 16
_PAUSE_S = 0.2
_MARGIN = 72
"""A line shorter than this was not wrapped at the edge of a terminal or a mail."""
_HEADER_FIELD = regex(r"[A-Za-z][A-Za-z0-9-]*:")


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


class Reading(Protocol):
    """What reads a record: an ``Engine``."""

    def parse(self, line: str) -> Record: ...

    def read(self, record: Record, line: int, lines: int) -> Read: ...

    def reach(self, read: Read) -> int | None: ...

    def continuation(self, tag: str) -> Mapping[str, str] | None: ...


class _Piece:
    """A record, or what may be the rest of one: matched when that is first asked for, and never again."""

    __slots__ = ("_found", "_reading", "line", "lines", "record")

    def __init__(self, reading: Reading, line: int, record: Record, lines: int = 1) -> None:
        self.line = line
        self.record = record
        self.lines = lines
        self._reading = reading
        self._found: Read | None = None

    @property
    def read(self) -> Read:
        if self._found is None:
            self._found = self._reading.read(self.record, self.line, self.lines)
        return self._found

    @property
    def reach(self) -> int | None:
        return self._reading.reach(self.read)

    def longer(self, record: Record, lines: int) -> _Piece:
        """The same with more lines."""
        return _Piece(self._reading, self.line, record, lines)


class Joiner:
    """Puts records together that were written or pasted in several lines.

    ``reading`` parses and matches: what it found while the pieces were tried is handed on.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def reads(self, source: Iterable[str | None], first: int = 1) -> Iterator[Read]:
        """The records in ``source``; ``first`` is the number of its first line, ``None`` a pause.

        Lines without a prefix wait for the next line that has one: only then is it known how many
        of them belong to the record before.
        """
        held: _Piece | None = None
        tail: list[_Piece] = []
        number = first - 1
        for line in source:
            if line is None:
                if held is not None:
                    yield from self._unwrapped(held, tail)
                held, tail = None, []
                continue
            number += 1
            record = _trimmed(self._reading.parse(line))
            if held is not None and record.tag is None and record.time is None:
                # the rest of a quoted record is quoted too; else > is how some messages begin
                record = unquoted(record, held.record.quotes)
            piece = _Piece(self._reading, number, record)
            if held is not None:
                if len(tail) < _MOST_WRAPPED and _may_be_wrapped(held, piece):
                    tail.append(piece)
                    continue
                longer = None if tail else self._continued(held, piece.record)
                if longer is not None:
                    held = held.longer(longer, held.lines + 1)
                    continue
                yield from self._unwrapped(held, tail)
            held, tail = piece, []
        if held is not None:
            yield from self._unwrapped(held, tail)

    def _continued(self, held: _Piece, next: Record) -> Record | None:
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
        rule = self._reading.continuation(record.tag)
        if rule is None or not record.message.endswith(rule["ends"]):
            return None
        begun = re.match(rule["begins"], next.message)
        if begun is None or not record.message.startswith(begun["id"]):
            return None
        shorter = cut(record, len(record.message) - len(rule["ends"]))
        return joined(shorter, next, begun.end())

    def _unwrapped(self, held: _Piece, tail: list[_Piece]) -> Iterator[Read]:
        """``held`` with as many lines of ``tail`` as it takes to make a known record, then the rest."""
        count, best = 0, held
        for glue in ("", " "):
            if count < len(tail):
                taken, longer = self._longest(held, tail, glue)
                if taken > count:
                    count, best = taken, longer
        if not count and tail and held.reach is None:
            # an unknown record keeps what is folded under it
            record = held.record
            while count < len(tail) and (indent := _indent(tail[count].record)):
                record = joined(record, tail[count].record, indent, " ")
                count += 1
            best = held.longer(record, held.lines + count) if count else held
        yield best.read
        for piece in tail[count:]:
            yield piece.read

    def _longest(self, held: _Piece, tail: list[_Piece], glue: str) -> tuple[int, _Piece]:
        """How many lines of ``tail`` belong to ``held``, and it with them."""
        count, best = 0, held
        record = held.record
        whole = held.reach is not None
        for number, piece in enumerate(tail, 1):
            indent = _indent(piece.record)
            # a complete record takes more only if it looks wrapped (indented, or cut at a margin)
            # and what it takes holds values: else it is the text of a page between two records
            if whole and not count and not indent and len(record.text) < _MARGIN:
                break
            longer = held.longer(
                joined(record, piece.record, indent, _glue(record, glue, indent)),
                held.lines + number,
            )
            reached = longer.reach
            fits = reached is not None and (indent or not whole or reached >= len(record.message))
            if whole and not fits:
                break
            record = longer.record
            if fits:
                count, best, whole = number, longer, True
        return count, best


def _may_be_wrapped(held: _Piece, next: _Piece) -> bool:
    """Whether ``next`` can be the rest of ``held``: no prefix behind one, no record of its own."""
    record = next.record
    bare = record.tag is None and record.time is None and bool(record.text.strip())
    return bare and held.record.tag is not None and next.reach is None


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
