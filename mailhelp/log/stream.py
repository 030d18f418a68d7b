"""A stream of bytes → lines → records: pieces that belong together are put together.

Memory is bounded: one record and the line behind it are held, and a line is cut at ``LONGEST``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import BinaryIO, NamedTuple

from mailhelp.log.syslog import Record, cut, joined, parse

LONGEST = 65_536
"""Characters of a line that are looked at; what is behind them is passed over."""
_MOST_PIECES = 64
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
        text = data.decode("utf-8", "replace")
        if not data.endswith(b"\n") and len(data) == LONGEST:
            while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
        yield text.removesuffix("\n").removesuffix("\r")


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

    def records(self, source: Iterable[str], first: int = 1) -> Iterator[Numbered]:
        """The records in ``source``; ``first`` is the number of its first line."""
        held: Numbered | None = None
        for number, line in enumerate(source, first):
            record = _trimmed(parse(line, self._today))
            if held is not None:
                longer = self._joined(held, record)
                if longer is not None:
                    held = Numbered(held.line, longer, held.lines + 1)
                    continue
                yield held
            held = Numbered(number, record)
        if held is not None:
            yield held

    def _joined(self, held: Numbered, next: Record) -> Record | None:
        """``held`` with ``next`` added if the second only continues the first."""
        record = held.record
        if held.lines >= _MOST_PIECES or not next.text.strip():
            return None
        if next.tag is None and next.time is None:
            if record.tag:
                return self._wrapped(record, next)
            indent = _indent(next)
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

    def _wrapped(self, record: Record, next: Record) -> Record | None:
        """A line without prefix behind one with prefix: the rest of a folded or wrapped record."""
        if self._reach(next) is not None:
            return None
        indent = _indent(next)
        glues = (" ", "") if indent else ("", " ")
        candidates = [joined(record, next, indent, glue) for glue in glues]
        last_line = record.text.rpartition("\n")[2]
        whole = self._reach(record) is not None
        # a complete record takes more only if it looks wrapped (indented, or cut at a margin)
        # and what it takes holds values: else it is the text of a page between two records
        if whole and not indent and len(last_line) < _MARGIN:
            return None
        for candidate in candidates:
            reached = self._reach(candidate)
            if reached is not None and (indent or not whole or reached >= len(record.message)):
                return candidate
        return candidates[0] if indent and not whole else None


def _indent(record: Record) -> int:
    return len(record.message) - len(record.message.lstrip())


def _trimmed(record: Record) -> Record:
    kept = len(record.message.rstrip())
    return cut(record, kept) if kept < len(record.message) else record
