"""Records → strands → links → stories: which records of a log tell of one mail.

A *strand* is a run of records that name the same thing: one mail in the queue of a host (queue ID,
in one lifetime of it: queue IDs are used again), one mail in a filter (its id, within the time that
a check can take: process ids are used again), one mail inside an SMTP session (between ``connect``
and ``disconnect`` of one process). *Links* join strands where a record of one names the other. The
strands that hang together are one mail's story.

What a message means for a story is said in its corpus entry: ``event`` and ``role``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from mailhelp.log.prefix import Record

EVENTS = (
    "session-open",
    "session-close",
    "receive",
    "filter-accepted",
    "filter-refused",
    "rejected",
    "filter-receive",
    "filter-forward",
    "filter-passed",
    "filter-blocked",
    "written",
    "queued",
    "delivery",
    "held",
    "discarded",
    "expired",
    "deleted",
    "removed",
    "notified",
)
"""What an entry's ``event`` can say."""

_SESSION_EVENTS = frozenset(("receive", "filter-accepted", "filter-refused", "rejected"))

_LINK_REACH = 3600.0
"""Seconds that may lie between a record that names a queue ID and that mail's own records."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A record as a story sees it: where it stands, what it says and which values it holds.

    ``longest_check`` is for a filter's record: the seconds that the program takes for one mail at
    most. Later the same id is another mail's, for process ids are used again.
    """

    file: str
    line: int
    record: Record
    program: str
    event: str = ""
    role: str = ""
    title: str = ""
    id: str = ""
    values: dict[str, str] = field(default_factory=dict, hash=False)
    longest_check: float = 0.0

    @property
    def seconds(self) -> float | None:
        """The record's time as seconds of some epoch, ``None`` if it tells no time."""
        return _seconds(self.record.time)


@dataclass(slots=True, eq=False)
class Strand:
    """Records that name the same mail in one place; ``name`` says what they share."""

    kind: str
    key: str
    name: str
    facts: list[Fact] = field(default_factory=list)
    session: Session | None = None
    closed: bool = False
    first: float | None = None
    last: float | None = None

    @property
    def reach(self) -> float:
        """Seconds that may lie between the strand and a record elsewhere that names it."""
        return self.facts[0].longest_check or _LINK_REACH

    def add(self, fact: Fact) -> None:
        """Put a fact, not older than the others, at the end of the strand."""
        self.facts.append(fact)
        moment = fact.seconds
        if moment is not None:
            self.first = moment if self.first is None else self.first
            self.last = moment

    def near(self, moment: float | None) -> float:
        """How far ``moment`` lies outside the strand's time, in seconds; 0 inside or if unknown."""
        if moment is None or self.first is None or self.last is None:
            return 0.0
        return max(self.first - moment, moment - self.last, 0.0)


@dataclass(slots=True, eq=False)
class Session:
    """One SMTP session of one server process; ``frames`` are the records that belong to all its mails."""

    name: str
    frames: list[Fact] = field(default_factory=list)
    current: Strand | None = None
    opened: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Two strands of one mail, the one that the mail was in first, and the reason."""

    earlier: Strand
    later: Strand
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """One mail: its strands in the order that the links tell, its links, and its records with why
    each belongs, in order of time.
    """

    strands: tuple[Strand, ...]
    links: tuple[Link, ...]
    facts: tuple[tuple[Fact, str], ...]

    def named(self, name: str) -> bool:
        """Whether ``name`` is one of this mail's ids, addresses or clients."""
        wanted = name.strip("<>[]").casefold()
        return any(
            wanted in (value.strip("<>").casefold(), value.rpartition("[")[2].strip("]").casefold())
            for fact, _ in self.facts
            for key, value in fact.values.items()
            if key in _NAMES
        )


# ids under which a mail goes on, and ids that it had before
_NEXT_IDS = {"queued_as", "remote_queue_id"}
_EARLIER_IDS = {"original_queue_id"}
_NAMES = frozenset(
    ("queue_id", "queued_as", "remote_queue_id", "amavis_id", "mail_id", "message_id", "client",
     "client_address", "original_client", "sender", "recipient", "original_recipient",
     "original_queue_id")
)  # fmt: skip


def stories(facts: Iterable[Fact]) -> list[Story]:
    """The stories that ``facts`` tell, in the order in which they begin.

    The facts are put in order of time first; those of one second keep their order.
    """
    tracer = _Tracer()
    ordered = sorted(facts, key=lambda fact: fact.seconds or 0.0)
    for fact in ordered:
        tracer.take(fact)
    return list(tracer.stories({id(fact): number for number, fact in enumerate(ordered)}))


class _Tracer:
    def __init__(self) -> None:
        self.strands: list[Strand] = []
        self.links: list[Link] = []
        self._sessions: dict[tuple[str | None, str, int | None], Session] = {}
        self._queue: dict[tuple[str | None, str], list[Strand]] = {}
        self._filter: dict[tuple[str | None, str], list[Strand]] = {}
        self._mentions: list[tuple[Strand, Fact, str, str]] = []

    def take(self, fact: Fact) -> None:
        """Put a fact into its strand."""
        queue_id = fact.values.get("queue_id", "")
        if fact.event.startswith("session-"):
            self._session_edge(fact)
        elif queue_id and queue_id != "NOQUEUE":
            self._in_queue(fact, queue_id)
        elif fact.event in _SESSION_EVENTS or queue_id:
            self._in_session(fact)
        elif fact.values.get("amavis_id"):
            self._in_filter(fact, fact.values["amavis_id"])
        elif (fact.record.host, fact.program, fact.record.pid) in self._sessions:
            self._in_session(fact)

    def stories(self, order: dict[int, int]) -> Iterator[Story]:
        """The components of strands that links join, as stories."""
        self._resolve()
        group = {id(strand): [strand] for strand in self.strands}
        for link in self.links:
            left, right = group[id(link.earlier)], group[id(link.later)]
            if left is not right:
                if len(left) < len(right):
                    left, right = right, left
                left += right
                for strand in right:
                    group[id(strand)] = left
        links: dict[int, list[Link]] = defaultdict(list)
        for link in self.links:
            links[id(group[id(link.earlier)])].append(link)
        seen: set[int] = set()
        found = []
        for strand in self.strands:
            members = group[id(strand)]
            if id(members) not in seen:
                seen.add(id(members))
                found.append(_story(members, links[id(members)], order))
        return iter(sorted(found, key=lambda story: order[id(story.facts[0][0])]))

    def _session_edge(self, fact: Fact) -> None:
        key = (fact.record.host, fact.program, fact.record.pid)
        if fact.event == "session-open":
            self._sessions[key] = self._new_session(fact)
            self._sessions[key].opened = True
            self._sessions[key].frames.append(fact)
            return
        session = self._sessions.pop(key, None)
        if session is not None:
            session.frames.append(fact)
            session.closed = True

    def _new_session(self, fact: Fact) -> Session:
        return Session(f"same session of {_process(fact)}")

    def _in_session(self, fact: Fact) -> None:
        """Put a fact without a queue ID into its process's session, opened by it if need be."""
        key = (fact.record.host, fact.program, fact.record.pid)
        session = self._sessions.get(key)
        if session is None:
            session = self._sessions[key] = self._new_session(fact)
        strand = session.current
        if fact.event == "receive" or (strand is None and fact.event):
            strand = session.current = self._strand(
                "session", str(fact.record.pid), f"same mail in the session of {_process(fact)}"
            )
            strand.session = session
        if strand is None:
            session.frames.append(fact)
            return
        strand.add(fact)
        self._mention(strand, fact)
        if fact.event in ("filter-accepted", "filter-refused"):
            session.current = None

    def _in_queue(self, fact: Fact, queue_id: str) -> None:
        lives = self._queue.setdefault((fact.record.host, queue_id), [])
        reborn = fact.event == "receive" and lives and lives[-1].closed
        if not lives or reborn:
            lives.append(self._strand("queue", queue_id, f"queue ID {queue_id}"))
        strand = lives[-1]
        strand.add(fact)
        strand.closed = strand.closed or fact.event in ("removed", "deleted")
        session = self._sessions.get((fact.record.host, fact.program, fact.record.pid))
        if fact.event == "receive" and session is not None:
            strand.session = session
            session.current = None
        self._mention(strand, fact)

    def _in_filter(self, fact: Fact, filter_id: str) -> None:
        lives = self._filter.setdefault((fact.record.host, filter_id), [])
        again = lives and (
            lives[-1].near(fact.seconds) > fact.longest_check
            or (fact.event == "filter-receive" and lives[-1].closed)
        )
        if not lives or again:
            lives.append(self._strand("filter", filter_id, f"amavis ID {filter_id}"))
        lives[-1].add(fact)
        lives[-1].closed = lives[-1].closed or fact.event in ("filter-passed", "filter-blocked")
        self._mention(lives[-1], fact)

    def _strand(self, kind: str, key: str, name: str) -> Strand:
        strand = Strand(kind, key, name)
        self.strands.append(strand)
        return strand

    def _mention(self, strand: Strand, fact: Fact) -> None:
        """Remember the ids of other strands that a fact names; they are looked up at the end."""
        for name in _NEXT_IDS | _EARLIER_IDS:
            other = fact.values.get(name)
            if other and other != strand.key:
                self._mentions.append((strand, fact, name, other))
        other = fact.values.get("amavis_id")
        if other and strand.kind != "filter":
            self._mentions.append((strand, fact, "amavis_id", other))

    def _resolve(self) -> None:
        said: set[tuple[int, int]] = set()
        by_key: dict[tuple[str, str], list[Strand]] = defaultdict(list)
        for kind, table in (("filter", self._filter), ("queue", self._queue)):
            for (_, own), found in table.items():
                by_key[kind, own] += found
        for strand, fact, name, key in self._mentions:
            lives = by_key.get(("filter" if name == "amavis_id" else "queue", key), [])
            near = [life for life in lives if life.near(fact.seconds) <= life.reach]
            if not near:
                continue
            other = min(near, key=lambda life: life.near(fact.seconds))
            if other is not strand and (id(strand), id(other)) not in said:
                said.add((id(strand), id(other)))
                why = f"{_process(fact)} names {other.name}: {fact.title or 'its record'}"
                pair = (other, strand) if name in _EARLIER_IDS else (strand, other)
                self.links.append(Link(*pair, why))


def _story(strands: list[Strand], links: list[Link], order: dict[int, int]) -> Story:
    facts = [(fact, strand.name) for strand in strands for fact in strand.facts]
    taken = {id(fact) for fact, _ in facts}
    for session in {id(s.session): s.session for s in strands if s.session}.values():
        for fact in session.frames:
            if id(fact) not in taken:
                facts.append((fact, session.name))
    facts.sort(key=lambda pair: order[id(pair[0])])
    return Story(_ordered(strands, links), tuple(links), tuple(facts))


def _ordered(strands: list[Strand], links: Iterable[Link]) -> tuple[Strand, ...]:
    """The strands in the order in which the mail was in them: as the links say, else by time.

    Records of several files and one second tell no order: then the session goes before the filter,
    and the filter before the queue.
    """
    kinds = ("session", "filter", "queue")
    before: dict[int, set[int]] = {id(strand): set() for strand in strands}
    for link in links:
        before[id(link.later)].add(id(link.earlier))
    left = sorted(
        strands, key=lambda strand: (strand.facts[0].seconds or 0.0, kinds.index(strand.kind))
    )
    found: list[Strand] = []
    while left:
        waiting = {id(strand) for strand in left}
        ready = (strand for strand in left if not before[id(strand)] & waiting - {id(strand)})
        chosen = next(ready, left[0])  # links in a circle: then by time
        left.remove(chosen)
        found.append(chosen)
    return tuple(found)


def _process(fact: Fact) -> str:
    return f"{fact.program}[{fact.record.pid}]" if fact.record.pid is not None else fact.program


def _seconds(time: str | None) -> float | None:
    if not time:
        return None
    try:
        moment = datetime.fromisoformat(time[:26] + time[29:] if time[26:29].isdigit() else time)
    except ValueError:
        return None
    # a log without a zone is read as if it were UTC: only differences count
    return moment.timestamp() if moment.tzinfo else (moment - datetime(1970, 1, 1)).total_seconds()
