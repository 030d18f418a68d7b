"""Facts of several logs → one stream in order of time.

Within a log its own order stands, whatever its clock says: a clock that was set back is a step, over which
time goes on. Only a log whose lines are plainly mixed up (its times jump ahead and back to where they were) or written
newest first is put in order. Logs are merged by time; of records of one second those of the log that was named first
come first. A log whose times have no zone, beside one with a zone, is moved by as much as the ids
that both name show.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise
from statistics import median

from mailhelp.log.facts import Fact

CLOCK, STEP = "clock", "step"
"""The event of a fact that no record is, and its value: the seconds by which a clock was set back."""
WINDOW = 5000
"""Facts of a log that are looked at before the first is given on, and among which one out of order finds its place."""
_STEP_S = 60.0
"""A clock that goes back by less is out of step with another's, or the records were written late."""
_MOST_STEP_S = 25 * 3600.0
"""Going back by more is no clock that was set: the rest is another part of the log."""
_YEAR_S = 365 * 86_400.0
_NEARLY_A_YEAR_S = 300 * 86_400.0
_QUARTER_S = 900.0
_FEW = 3


def merged(logs: Iterable[Iterable[Fact]]) -> Iterator[Fact]:
    """The facts of ``logs`` in order of time."""
    heads: list[tuple[list[Fact], Iterator[Fact]]] = []
    for log in logs:
        rest = iter(log)
        heads.append((list(islice(rest, WINDOW)), rest))
    moves = zone_moves([head for head, _ in heads])
    ordered = [_ordered(head, rest) for head, rest in heads]
    if len(ordered) == 1:
        return (fact for _, fact in ordered[0])
    keyed = [
        _keyed(number, log, move)
        for number, (log, move) in enumerate(zip(ordered, moves, strict=True))
    ]
    return _moved(keyed)


def _keyed(
    number: int, log: Iterator[tuple[float, Fact]], move: float
) -> Iterator[tuple[float, int, Fact]]:
    return ((moment + move, number, fact) for moment, fact in log)


def _moved(keyed: Iterable[Iterator[tuple[float, int, Fact]]]) -> Iterator[Fact]:
    """The facts of logs in order of their moments, which become their times."""
    for moment, _, fact in heapq.merge(*keyed, key=lambda row: row[:2]):
        if fact.seconds is not None and fact.seconds != moment:
            fact = fact._replace(seconds=moment)
        yield fact


def _ordered(head: list[Fact], rest: Iterator[Fact]) -> Iterator[tuple[float, Fact]]:
    """The facts of one log in order, each with the moment that its place in the log gives it."""
    times = [fact.seconds for fact in head if fact.seconds is not None]
    if is_newest_first(times):
        return _stepped(reversed([*head, *rest]))
    if is_mixed_up(times):
        return _stepped(_sorted(head, rest))
    return _stepped(chain(head, rest))


def is_newest_first(times: Sequence[float]) -> bool:
    """Whether times only ever go back."""
    back = sum(after < before for before, after in pairwise(times))
    ahead = sum(after > before for before, after in pairwise(times))
    return back >= _FEW and not ahead


def is_mixed_up(times: Sequence[float]) -> bool:
    """Whether times jump ahead and then back to where they had been."""
    gaps: list[float] = []
    for before, after in pairwise(times):
        if after - before > _STEP_S:
            gaps.append(before)
        elif before - after > _STEP_S and any(abs(after - gap) <= _STEP_S for gap in gaps[-_FEW:]):
            return True
    return False


def _sorted(head: list[Fact], rest: Iterator[Fact]) -> Iterator[Fact]:
    """Facts in order of time, as far as each stands within a window of its place."""
    last = 0.0
    heap: list[tuple[float, int, Fact]] = []
    for number, fact in enumerate(chain(head, rest)):
        last = fact.seconds if fact.seconds is not None else last
        if len(heap) < WINDOW:
            heapq.heappush(heap, (last, number, fact))
        else:
            yield heapq.heappushpop(heap, (last, number, fact))[2]
    while heap:
        yield heapq.heappop(heap)[2]


def _stepped(facts: Iterable[Fact]) -> Iterator[tuple[float, Fact]]:
    """Facts with a moment each that never goes back, but for where another part of the log begins."""
    moment, shift = 0.0, 0.0
    for fact in facts:
        if fact.seconds is not None:
            now = fact.seconds + shift
            back = moment - now
            if back > _NEARLY_A_YEAR_S:  # the year is not in the log: it has turned
                shift += _YEAR_S
            elif back > _MOST_STEP_S:
                shift = 0.0
                moment = fact.seconds
            elif back > _STEP_S:
                shift += back
                yield moment, _step(fact, back, moment)
            moment = max(moment, fact.seconds + shift)
            if fact.seconds != moment:
                fact = fact._replace(seconds=moment)
        yield moment, fact


def _step(fact: Fact, back: float, moment: float) -> Fact:
    """What is to be said of a clock that was set back just before ``fact``."""
    return Fact(
        fact.file, fact.line, fact.program, host=fact.host, seconds=moment, time=fact.time,
        event=CLOCK, values=((STEP, f"{back:g}"),),
    )  # fmt: skip


def zone_moves(heads: Sequence[Sequence[Fact]]) -> list[float]:
    """By how many seconds the times of each log must be moved, so that those without a zone fit the others."""
    zoned = [is_zoned(head) for head in heads]
    moves = [0.0] * len(heads)
    if not any(zoned) or all(zone is None or zone for zone in zoned):
        return moves
    known: dict[tuple[str, str], float] = {}
    for head, zone in zip(heads, zoned, strict=True):
        if zone:
            for key, moment in _named(head):
                known.setdefault(key, moment)
    offset = next(_offset(head[0].time) for head, zone in zip(heads, zoned, strict=True) if zone)
    for number, (head, zone) in enumerate(zip(heads, zoned, strict=True)):
        if zone is False:
            apart = [known[key] - moment for key, moment in _named(head) if key in known]
            moves[number] = round(median(apart) / _QUARTER_S) * _QUARTER_S if apart else -offset
    return moves


def is_zoned(facts: Sequence[Fact]) -> bool | None:
    """Whether the times of a log have a zone; ``None`` if it has no times."""
    time = next((fact.time for fact in facts if fact.time), None)
    return None if time is None else _zone(time) is not None


def _named(facts: Iterable[Fact]) -> Iterator[tuple[tuple[str, str], float]]:
    """The ids of mails in facts, each where it is met first, with its moment."""
    seen = set()
    for fact in facts:
        for ref in fact.named("own", "next", "mentions"):
            key = (ref.space, ref.value)
            if fact.seconds is not None and key not in seen and ref.space not in _NOT_ONE_MAIL:
                seen.add(key)
                yield key, fact.seconds


_NOT_ONE_MAIL = ("client", "address", "session")


def _zone(time: str) -> str | None:
    """What stands for the zone at the end of an ISO 8601 time."""
    if time.endswith("Z"):
        return "+00:00"
    tail = time[19:]
    for sign in "+-":
        if sign in tail:
            return sign + tail.partition(sign)[2]
    return None


def _offset(time: str | None) -> float:
    """How far a time's zone is ahead of UTC, in seconds."""
    zone = _zone(time or "") or "+00:00"
    digits = zone[1:].replace(":", "").ljust(4, "0")[:4]
    if not digits.isdecimal():
        return 0.0
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return float(-seconds if zone[0] == "-" else seconds)
