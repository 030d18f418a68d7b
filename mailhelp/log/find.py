"""The records of a few mails out of a long log, without reading all of it.

The bytes are searched for the names that are asked for; the records that hold them name other ids and
processes, which are searched in their turn, near to where they were named. Only these records are read.
"""

from __future__ import annotations

import os
from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from mailhelp.light import NamedTuple
from mailhelp.log.facts import Fact, Ref, Space, Teller
from mailhelp.log.join import LONGEST
from mailhelp.log.reader import Engine

BLOCK = 1 << 20
NEAR = 8 << 20
"""Bytes around a record in which the records of an id that it names are looked for first."""
_BEHIND = 1 << 20
"""Bytes after the end of a mail in which late records of it are looked for."""
_NEAR_S, _LATE_S = 600.0, 60.0
"""Seconds around a record in which the same Message-ID means the same mail, and in which a late record is one."""
_MOST_SEEDS = 5000
"""Records with a name; of more, the whole log is read."""
_MOST_OF_SESSION = 2000
_MOST_WAITING = 20
_SHARED = 50
"""Mails of one session that are looked up so that its refused recipients find the right one."""


class Text:
    """The bytes of one log; ``file`` is its name."""

    def __init__(self, file: str, stream: BinaryIO) -> None:
        self.file = file
        self._stream = stream
        self._descriptor = stream.fileno()
        self.size = os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def read(self, start: int, end: int) -> bytes:
        """The bytes from ``start`` to ``end``, as far as there are any."""
        start = max(start, 0)
        return os.pread(self._descriptor, max(min(end, self.size) - start, 0), start)

    def find(self, needle: bytes, start: int = 0, end: int | None = None) -> Iterator[int]:
        """Where ``needle`` stands as a word, from ``start`` on."""
        end = self.size if end is None else min(end, self.size)
        at = max(start, 0)
        while at < end:
            data = self.read(at, min(at + BLOCK, end) + len(needle) + 1)
            place = data.find(needle)
            while 0 <= place < BLOCK:
                if _is_word(data, place, len(needle)) and (place or self._begins_word(at, needle)):
                    yield at + place
                place = data.find(needle, place + 1)
            at += BLOCK

    def find_any_case(self, name: str) -> Iterator[int]:
        """Where ``name`` stands as a word, whatever its case."""
        import re

        shape = re.compile(re.escape(name).encode(), re.IGNORECASE)
        for at in range(0, self.size, BLOCK):
            data = self.read(at, at + BLOCK + len(name) + 1)
            for found in shape.finditer(data):
                place = found.start()
                if place < BLOCK and _is_word(data, place, len(found[0])):
                    yield at + place

    def find_back(self, needle: bytes, end: int, start: int = 0) -> Iterator[int]:
        """Where ``needle`` stands before ``end``, the last place first."""
        start = max(start, 0)
        while end > start:
            begin = max(end - BLOCK, start)
            data = self.read(begin, end + len(needle) - 1)
            place = data.rfind(needle)
            while place >= 0:
                if begin + place < end:
                    yield begin + place
                place = data.rfind(needle, 0, place + len(needle) - 1)
            end = begin

    def line(self, place: int) -> tuple[int, int]:
        """Where the line around ``place`` begins and ends, its end of line not included."""
        start = place
        while start > 0 and place - start < LONGEST:
            begin = max(start - 512, 0)
            data = self.read(begin, start)
            newline = data.rfind(b"\n")
            if newline >= 0:
                start = begin + newline + 1
                break
            start = begin
        end = place
        while end < self.size and end - place < LONGEST:
            data = self.read(end, end + 512)
            newline = data.find(b"\n")
            if newline >= 0 or not data:  # the log was cut off meanwhile
                end += max(newline, 0)
                break
            end += len(data)
        return start, end

    def numbers(self, places: Sequence[int]) -> list[int]:
        """The numbers (from 1) of the lines that begin at ``places``, which are sorted."""
        found: list[int] = []
        number, at = 1, 0
        for place in places:
            while at < place:
                data = self.read(at, min(at + BLOCK, place))
                if not data:
                    break
                number += data.count(b"\n")
                at += len(data)
            found.append(number)
        return found

    def _begins_word(self, at: int, needle: bytes) -> bool:
        return at == 0 or not (_is_letter(needle[:1]) and _is_letter(self.read(at - 1, at)))


def _is_letter(byte: bytes) -> bool:
    return byte.isalnum() or byte == b"_"


def _is_word(data: bytes, place: int, length: int) -> bool:
    before, after = data[max(place - 1, 0) : place], data[place + length : place + length + 1]
    first, last = data[place : place + 1], data[place + length - 1 : place + length]
    return not (_is_letter(before) and _is_letter(first)) and not (
        _is_letter(after) and _is_letter(last)
    )


class _Clue(NamedTuple):
    """An id, and the record in which it was met."""

    ref: Ref
    log: Sequence[Text]
    number: int
    place: int
    moment: float | None

    @property
    def needle(self) -> bytes:
        """What is searched."""
        return self.ref.value.encode("utf-8", "replace")

    def belongs(self, fact: Fact) -> bool:
        """Whether a record names the id."""
        key = (self.ref.space, self.ref.value)
        return any((ref.space, ref.value) == key for ref in fact.refs)

    def is_out_of(self, fact: Fact, limit: float | None) -> bool:
        """Whether a record is too far away in time to be about the same mail."""
        if limit is None or self.moment is None or fact.seconds is None:
            return False
        return abs(fact.seconds - self.moment) > limit


class Finder:
    """Finds the records of the mails called by some names; ``logs`` are the files of each log, oldest first."""

    def __init__(self, logs: Sequence[Sequence[Text]], engine: Engine, teller: Teller) -> None:
        self._logs = logs
        self._engine = engine
        self._teller = teller
        self._spaces = teller.spaces
        self._process = next((each for each in self._spaces.values() if each.process), None)
        self._lines: dict[int, dict[int, tuple[int, Fact | None]]] = {
            id(text): {} for log in logs for text in log
        }
        self._taken: dict[int, list[int]] = {id(text): [] for log in logs for text in log}
        self._visited: dict[tuple[str, str], set[tuple[int, int]]] = {}
        self._sessions: set[tuple[int, int]] = set()
        self._queue: list[_Clue] = []

    def facts(self, names: Iterable[str], gaps: Iterable[str] = ()) -> list[Iterator[Fact]] | None:
        """The facts of the records of mails with ``names``, log by log; ``None`` if that is no few of them.

        ``gaps`` are words of records that say of the time of these mails that records are missing.
        """
        seeds = 0
        for name in names:
            belongs = _called(name)
            for log in self._logs:
                for number, text in enumerate(log):
                    for place in self._places(text, name):
                        seeds += 1
                        if seeds > _MOST_SEEDS:
                            return None
                        self._take(log, number, place, belongs)
        while self._queue:
            self._follow(self._queue.pop())
        for words in gaps:
            self._gaps(words.encode())
        return [self._read(log) for log in self._logs]

    def _gaps(self, needle: bytes) -> None:
        """Take the records with ``needle`` that were written while the mails were there."""
        for text in (text for log in self._logs for text in log):
            taken = self._taken[id(text)]
            if taken:
                for at in text.find(needle, taken[0] - _BEHIND, taken[-1] + _BEHIND):
                    start, fact = self._fact(text, at)
                    if fact is not None and fact.event == "gap":
                        self._add(text, start)

    def _places(self, text: Text, name: str) -> Iterator[int]:
        wanted = name.strip("<>[]").removeprefix("@")
        if "@" in name or not wanted.isascii():
            return text.find_any_case(wanted)
        return text.find(wanted.encode("utf-8", "replace"))

    def _fact(self, text: Text, place: int) -> tuple[int, Fact | None]:
        """Where the line at ``place`` begins, and the fact in it."""
        start, end = text.line(place)
        lines = self._lines[id(text)]
        if start not in lines:
            line = text.read(start, end).decode("utf-8", "replace").removesuffix("\r")
            fact = None
            for read in self._engine.reads([line]):
                fact = self._teller.fact(text.file, read)
            lines[start] = end, fact
        return start, lines[start][1]

    def _take(
        self,
        log: Sequence[Text],
        number: int,
        place: int,
        belongs: Callable[[Fact], bool],
    ) -> Fact | None:
        """Take the record at ``place`` if it belongs; its own fact, or ``None``."""
        text = log[number]
        start, fact = self._fact(text, place)
        if fact is None or not belongs(fact):
            return None
        self._add(text, start)
        self._tied(log, number, start, fact)
        return fact

    def _add(self, text: Text, start: int) -> bool:
        taken = self._taken[id(text)]
        if start in self._lines[id(text)] and start not in _Sorted(taken):
            insort(taken, start)
            return True
        return False

    def _tied(self, log: Sequence[Text], number: int, start: int, fact: Fact) -> None:
        """Look later for what else belongs to the mail of a record: ids, its session, its process."""
        own_queue = False
        for ref in fact.refs:
            space = self._spaces.get(ref.space)
            if space is None:
                continue
            if space.called and not space.process and ref.relation != "mentions":
                own_queue = own_queue or ref.relation == "own"
                self._later(ref, log, number, start, fact.seconds)
            elif space.confirms and ref.value:
                self._later(ref, log, number, start, fact.seconds)
        process = self._process
        if process and fact.program in process.programs and fact.pid is not None:
            self._session(process, log, number, start, fact)
        elif own_queue and fact.pid is not None and fact.program in self._spaces_waiting():
            self._waited(log, number, start, fact)

    def _spaces_waiting(self) -> frozenset[str]:
        return frozenset().union(*(space.waits for space in self._spaces.values()))

    def _later(
        self, ref: Ref, log: Sequence[Text], number: int, place: int, moment: float | None
    ) -> None:
        visited = self._visited.setdefault((ref.space, ref.value), set())
        where = (id(log[number]), place)
        if where not in visited and ref.value:
            visited.add(where)
            self._queue.append(_Clue(ref, log, number, place, moment))

    def _follow(self, clue: _Clue) -> None:
        """Take the records that name an id: near to where it was met, then as far as its mail lives."""
        space = self._spaces[clue.ref.space]
        if space.named_by and not self._teller.looks_like(space.name, clue.ref.value):
            return
        limit = None
        if space.life is not None or space.confirms:
            limit = (space.life or _NEAR_S) + space.reach
        text = clue.log[clue.number]
        begun = self._before(clue, text, clue.number, clue.place, clue.place - NEAR, limit)
        if not begun and limit is None:
            begun = self._before(clue, text, clue.number, clue.place - NEAR, 0, limit)
            for earlier in range(clue.number - 1, -1, -1):
                other = clue.log[earlier]
                begun = begun or self._before(clue, other, earlier, other.size, 0, limit)
        near = None if limit is None else clue.place + NEAR
        done = self._behind(clue, text, clue.number, clue.place, near, limit)
        if not done and (near is None or near > text.size):
            for later in range(clue.number + 1, len(clue.log)):
                end = None if near is None else NEAR
                done = done or self._behind(clue, clue.log[later], later, 0, end, limit)
        for log in self._logs:
            if log is not clue.log:
                for number, other in enumerate(log):
                    for at in other.find(clue.needle):
                        place, fact = self._fact(other, at)
                        if fact is not None and not clue.is_out_of(fact, limit):
                            self._visit(clue, other, place)
                            self._take(log, number, at, clue.belongs)

    def _visit(self, clue: _Clue, text: Text, place: int) -> None:
        self._visited[clue.ref.space, clue.ref.value].add((id(text), place))

    def _before(
        self, clue: _Clue, text: Text, number: int, end: int, start: int, limit: float | None
    ) -> bool:
        """Take what names an id before it was met, back to where its mail begins; whether that was found."""
        space = self._spaces[clue.ref.space]
        begun: Fact | None = None
        met = False
        for at in text.find_back(clue.needle, end, start):
            place, fact = self._fact(text, at)
            if fact is None or not clue.belongs(fact):
                continue
            if clue.is_out_of(fact, limit) or (begun and _apart(begun, fact) > _LATE_S):
                return True
            own = _is_own(fact, clue.ref)
            if own and fact.event in space.closes and met and limit is None:
                return True  # of the mail that had the id before
            met = met or (own and place != clue.place)
            self._visit(clue, text, place)
            self._take(clue.log, number, at, clue.belongs)
            if own and fact.event in space.begins:
                begun = fact
        return begun is not None

    def _behind(
        self,
        clue: _Clue,
        text: Text,
        number: int,
        start: int,
        end: int | None,
        limit: float | None,
    ) -> bool:
        """Take what names an id from where it was met, up to the end of its mail; whether that was found."""
        space = self._spaces[clue.ref.space]
        closed: Fact | None = None
        places = text.find(clue.needle, start, end)
        while True:
            at = next(places, None)
            if at is None:
                return closed is not None
            place, fact = self._fact(text, at)
            if fact is None or not clue.belongs(fact):
                continue
            if clue.is_out_of(fact, limit) or (closed and _apart(closed, fact) > _LATE_S):
                return True
            self._visit(clue, text, place)
            self._take(clue.log, number, at, clue.belongs)
            if closed is None and _is_own(fact, clue.ref) and fact.event in space.closes:
                closed = fact
                places = text.find(clue.needle, place + 1, place + _BEHIND)

    def _session(
        self, space: Space, log: Sequence[Text], number: int, start: int, fact: Fact
    ) -> None:
        """Take the records of the session that a record of its process is in."""
        needle = f"[{fact.pid}]:".encode()
        rows: list[tuple[int, int, Fact]] = []

        def is_same(other: Fact | None) -> bool:
            return (
                other is not None
                and (other.program, other.pid, other.host) == (fact.program, fact.pid, fact.host)
            )  # fmt: skip

        if (id(log[number]), start) in self._sessions:
            return
        if fact.event not in space.opens:
            for each, at in self._back(needle, log, number, start):
                begin, other = self._fact(log[each], at)
                if not is_same(other):
                    continue
                assert other is not None
                if other.event in space.closes or len(rows) > _MOST_OF_SESSION:
                    break
                if _apart(other, fact) > space.kept:
                    break
                rows.append((each, begin, other))
                if other.event in space.opens:
                    break
        rows.append((number, start, fact))
        if fact.event not in space.closes:
            _, stop = log[number].line(start)
            for each, at in self._on(needle, log, number, stop):
                begin, other = self._fact(log[each], at)
                if not is_same(other):
                    continue
                assert other is not None
                if other.event in space.opens or len(rows) > 2 * _MOST_OF_SESSION:
                    break
                if _apart(other, fact) > space.kept:
                    break
                rows.append((each, begin, other))
                if other.event in space.closes:
                    break
        bare = any(
            not _queue_ids(other) and (other.event in space.holds or _is_unnamed(other))
            for _, _, other in rows
        )
        shared = {id for _, _, other in rows for id in _queue_ids(other)}
        for each, begin, other in rows:
            self._sessions.add((id(log[each]), begin))
            if other.event in space.opens:
                self._screened(log, each, begin, other)
            if _queue_ids(other) and not bare:
                continue
            self._add(log[each], begin)
            if bare and len(shared) <= _SHARED:
                for ref in other.refs:
                    if ref.relation == "own" and not self._spaces[ref.space].process:
                        self._later(ref, log, each, begin, other.seconds)
            if not _queue_ids(other):
                for ref in other.named("next", "earlier"):
                    if self._spaces[ref.space].called:
                        self._later(ref, log, each, begin, other.seconds)

    def _back(
        self, needle: bytes, log: Sequence[Text], number: int, end: int
    ) -> Iterator[tuple[int, int]]:
        yield from ((number, at) for at in log[number].find_back(needle, end))
        if number:
            yield from self._back(needle, log, number - 1, log[number - 1].size)

    def _on(
        self, needle: bytes, log: Sequence[Text], number: int, start: int
    ) -> Iterator[tuple[int, int]]:
        yield from ((number, at) for at in log[number].find(needle, start))
        if number + 1 < len(log):
            yield from self._on(needle, log, number + 1, 0)

    def _screened(self, log: Sequence[Text], number: int, start: int, fact: Fact) -> None:
        """Take what was said of a session's client just before the session."""
        screens = [space for space in self._spaces.values() if space.screens]
        for ref in fact.named("mentions"):
            if "[" in ref.value or not screens:
                continue
            needle = f"[{ref.value}]:".encode()
            for at in log[number].find_back(needle, start, start - NEAR):
                begin, other = self._fact(log[number], at)
                if other is None:
                    continue
                if (
                    other.seconds is not None
                    and fact.seconds is not None
                    and fact.seconds - other.seconds > screens[0].reach
                ):
                    break
                if any(each.space == screens[0].name for each in other.refs):
                    self._add(log[number], begin)

    def _waited(self, log: Sequence[Text], number: int, start: int, fact: Fact) -> None:
        """Take what the process wrote before the record, back to where it had another mail."""
        needle = f"[{fact.pid}]:".encode()
        for count, at in enumerate(log[number].find_back(needle, start, start - NEAR)):
            begin, other = self._fact(log[number], at)
            if other is None:
                if count > _MOST_WAITING:
                    break
                continue
            if (other.program, other.host) != (fact.program, fact.host):
                continue
            if count > _MOST_WAITING or any(ref.relation == "own" for ref in other.refs):
                break
            self._add(log[number], begin)

    def _read(self, log: Sequence[Text]) -> Iterator[Fact]:
        """The facts of the records that were taken of a log, pieces put together where they stand side by side."""
        for text in log:
            places = self._taken[id(text)]
            numbers = text.numbers(places)
            lines = self._lines[id(text)]
            group: list[str] = []
            first = 0
            for place, number in zip(places, numbers, strict=True):
                if group and number != first + len(group):
                    yield from self._grouped(text.file, group, first)
                    group = []
                if not group:
                    first = number
                end = lines[place][0]
                group.append(text.read(place, end).decode("utf-8", "replace").removesuffix("\r"))
            if group:
                yield from self._grouped(text.file, group, first)

    def _grouped(self, file: str, group: list[str], first: int) -> Iterator[Fact]:
        for read in self._engine.reads(group):
            fact = self._teller.fact(file, read._replace(line=read.line + first - 1))
            if fact is not None:
                yield fact


class _Sorted:
    """Whether a sorted list holds a number."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers

    def __contains__(self, number: int) -> bool:
        from bisect import bisect_left

        at = bisect_left(self._numbers, number)
        return at < len(self._numbers) and self._numbers[at] == number


def _apart(one: Fact, other: Fact) -> float:
    return abs((one.seconds or 0.0) - (other.seconds or 0.0))


def _queue_ids(fact: Fact) -> list[str]:
    return [ref.value for ref in fact.named("own") if ref.value]


def _is_unnamed(fact: Fact) -> bool:
    """Whether a record says that its mail has no id yet."""
    return any(not ref.value for ref in fact.named("own"))


def _is_own(fact: Fact, ref: Ref) -> bool:
    return any((each.space, each.value) == (ref.space, ref.value) for each in fact.named("own"))


def _called(name: str) -> Callable[[Fact], bool]:
    """Whether a record names ``name``; of a domain (``@example.com``), any address in it."""
    if name.startswith("@"):
        ending = name.casefold()
        return lambda fact: any(ref.value.casefold().endswith(ending) for ref in fact.refs)
    return lambda fact: fact.is_called(name)
