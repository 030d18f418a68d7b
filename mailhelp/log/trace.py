"""Facts → strands → links → stories: which records of a log tell of one mail.

A *strand* is a run of records that name the same thing: one mail in the queue of a host (queue ID,
in one lifetime of it: queue IDs are used again), one mail in a filter (its id, within the time that
a check can take: process ids are used again), one mail inside an SMTP session (between ``connect``
and ``disconnect`` of one process). *Links* join strands where a record of one names the other. The
strands that hang together are one mail's story. How ids live is in ``corpus/spaces.toml``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from mailhelp.log.facts import Fact, Ref, Space

_JOINING = ("next", "earlier")
"""Relations that make two strands one mail."""
_LEAST_SWEPT = 2000
"""Facts between two looks for stories that have ended."""

_Key = TypeVar("_Key")
Numbered = tuple[int, Fact]
"""A fact with its place in the order in which facts came."""


@dataclass(slots=True, eq=False)
class Strand:
    """Records that name the same mail in one place; ``key`` is the id that they share."""

    space: Space
    key: str
    name: str
    numbered: list[Numbered] = field(default_factory=list)
    session: Session | None = None
    closed: bool = False
    first: float | None = None
    last: float | None = None

    @property
    def facts(self) -> list[Fact]:
        """Its facts, in order."""
        return [fact for _, fact in self.numbered]

    def near(self, moment: float | None) -> float:
        """How far ``moment`` lies outside the strand's time, in seconds; 0 inside or if unknown."""
        if moment is None or self.first is None or self.last is None:
            return 0.0
        return max(self.first - moment, moment - self.last, 0.0)

    def add(self, numbered: Numbered) -> None:
        """Put a fact, not older than the others, at the end."""
        self.numbered.append(numbered)
        moment = numbered[1].seconds
        if moment is not None:
            self.first = moment if self.first is None else min(self.first, moment)
            self.last = moment if self.last is None else max(self.last, moment)

    def has_begun(self) -> bool:
        """Whether a record that begins a mail is in it."""
        return any(fact.event in self.space.begins for _, fact in self.numbered)


@dataclass(slots=True, eq=False)
class Session:
    """What one process does between two records; ``frames`` belong to all its mails."""

    name: str
    frames: list[Numbered] = field(default_factory=list)
    current: Strand | None = None
    opened: bool = False
    closed: bool = False
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Two strands of one mail, the one that the mail was in first, and the reason."""

    earlier: Strand
    later: Strand
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """One mail: its strands in the order that the links tell, its links, and its records with why
    each belongs, in the order in which they came.
    """

    strands: tuple[Strand, ...]
    links: tuple[Link, ...]
    facts: tuple[tuple[Fact, str], ...]
    number: int = 0

    def named(self, name: str) -> bool:
        """Whether ``name`` is one of this mail's ids, addresses or clients."""
        wanted = name.strip("<>[]").casefold()
        return any(
            wanted
            in (
                ref.value.strip("<>").casefold(),
                ref.value.rpartition("[")[2].strip("]").casefold(),
            )
            for fact, _ in self.facts
            for ref in fact.refs
        )


def stories(spaces: Mapping[str, Space], facts: Iterable[Fact]) -> list[Story]:
    """The stories that ``facts`` tell, in the order in which they begin.

    The facts are put in order of time first; those of one second keep their order.
    """
    tracer = Tracer(spaces)
    found: list[Story] = []
    for fact in sorted(facts, key=lambda fact: fact.seconds or 0.0):
        found += tracer.feed(fact)
    return sorted((*found, *tracer.end()), key=lambda story: story.number)


class Tracer:
    """Takes facts in order of time, and gives the story of each mail when nothing can be added to it."""

    def __init__(self, spaces: Mapping[str, Space]) -> None:
        self._spaces = spaces
        self._keyed = [space for space in spaces.values() if space.called and not space.process]
        self._process = next((space for space in spaces.values() if space.process), None)
        self._reach = max((space.reach for space in spaces.values()), default=0.0)
        self._numbers = count()
        self._now: float | None = None
        self._since_swept = 0
        self._strands: list[Strand] = []
        self._links: list[Link] = []
        self._sessions: dict[tuple[str | None, str, int | None], Session] = {}
        self._lives: dict[tuple[str, str | None, str], list[Strand]] = {}
        self._by_key: dict[tuple[str, str], list[Strand]] = defaultdict(list)
        self._mentions: list[tuple[Strand, Fact, Ref]] = []

    @property
    def held(self) -> int:
        """How many facts wait for the end of their stories."""
        return sum(len(strand.numbered) for strand in self._strands)

    def feed(self, fact: Fact) -> Iterator[Story]:
        """Take the next fact; gives the stories that have ended by now."""
        self._take((next(self._numbers), fact))
        self._since_swept += 1
        if fact.seconds is not None:
            self._now = fact.seconds if self._now is None else max(self._now, fact.seconds)
        if self._now is None or self._since_swept < max(_LEAST_SWEPT, len(self._strands)):
            return iter(())
        self._since_swept = 0
        return iter(self._told(self._now))

    def end(self) -> Iterator[Story]:
        """The stories that are left."""
        return iter(self._told(None))

    def _take(self, numbered: Numbered) -> None:
        """Put a fact into its strand."""
        fact = numbered[1]
        own: dict[str, str] = {}
        for ref in fact.named("own"):
            own.setdefault(ref.space, ref.value)
        session = self._process
        if session and fact.event in session.opens | session.closes:
            self._session_edge(session, numbered)
            return
        for space in self._spaces.values():
            if space.process and (fact.event in space.holds or space.name in own):
                self._in_session(space, numbered)
                return
            if space in self._keyed and own.get(space.name):
                self._in_life(space, own[space.name], numbered)
                return
        if session and (fact.host, fact.program, fact.pid) in self._sessions:
            self._in_session(session, numbered)

    def _session_edge(self, space: Space, numbered: Numbered) -> None:
        fact = numbered[1]
        key = (fact.host, fact.program, fact.pid)
        if fact.event in space.opens:
            session = self._sessions[key] = _session(fact)
            session.opened = True
            session.frames.append(numbered)
            return
        closing = self._sessions.pop(key, None)
        if closing is not None:
            closing.frames.append(numbered)
            closing.closed = True

    def _in_session(self, space: Space, numbered: Numbered) -> None:
        """Put a fact into its process's session, which it opens if need be."""
        fact = numbered[1]
        key = (fact.host, fact.program, fact.pid)
        session = self._sessions.get(key)
        if session is None:
            session = self._sessions[key] = _session(fact)
        session.last = fact.seconds
        strand = session.current
        if fact.event in space.begins or (strand is None and fact.event):
            name = f"same mail in the session of {fact.process}"
            strand = session.current = self._strand(space, str(fact.pid), name)
            strand.session = session
        if strand is None:
            session.frames.append(numbered)
            return
        strand.add(numbered)
        self._mention(strand, fact)
        if fact.event in space.ends:
            session.current = None

    def _in_life(self, space: Space, key: str, numbered: Numbered) -> None:
        """Put a fact into the life of its id: the same id may be another mail's later."""
        fact = numbered[1]
        lives = self._lives.setdefault((space.name, fact.host, key), [])
        if not lives or _is_another(space, lives[-1], fact):
            lives.append(self._strand(space, key, f"{space.called} {key}"))
            self._by_key[space.name, key].append(lives[-1])
        strand = lives[-1]
        strand.add(numbered)
        strand.closed = strand.closed or fact.event in space.closes
        session = self._sessions.get((fact.host, fact.program, fact.pid))
        if session is not None and self._process and fact.event in self._process.begins:
            strand.session = session
            session.current = None
            session.last = fact.seconds
        self._mention(strand, fact)

    def _strand(self, space: Space, key: str, name: str) -> Strand:
        strand = Strand(space, key, name)
        self._strands.append(strand)
        return strand

    def _mention(self, strand: Strand, fact: Fact) -> None:
        """Remember the ids of other strands that a fact names; which lives they are is known later."""
        for ref in fact.named(*_JOINING):
            if (ref.space, ref.value) != (strand.space.name, strand.key):
                self._mentions.append((strand, fact, ref))

    def _resolve(self, now: float | None) -> None:
        """Link the mentions whose lives are all known: those longer ago than an id's reach."""
        waiting = []
        said = {(id(link.earlier), id(link.later)) for link in self._links}
        for mention in self._mentions:
            strand, fact, ref = mention
            space = self._spaces[ref.space]
            if now is not None and (fact.seconds is None or now - fact.seconds <= space.reach):
                waiting.append(mention)
                continue
            lives = self._by_key.get((ref.space, ref.value), ())
            near = [life for life in lives if life.near(fact.seconds) <= space.reach]
            other = min(near, key=lambda life: life.near(fact.seconds), default=strand)
            pair = (other, strand) if ref.relation == "earlier" else (strand, other)
            tie = (id(pair[0]), id(pair[1]))
            if other is not strand and tie not in said and tie[::-1] not in said:
                said.add(tie)
                why = f"{fact.process} names {other.name}: {fact.title or 'its record'}"
                self._links.append(Link(*pair, why))
        self._mentions = waiting

    def _told(self, now: float | None) -> list[Story]:
        """The stories to which nothing can be added (all if ``now`` is ``None``), taken out of memory."""
        self._resolve(now)
        group = {id(strand): [strand] for strand in self._strands}
        for link in self._links:
            left, right = group[id(link.earlier)], group[id(link.later)]
            if left is not right:
                if len(left) < len(right):
                    left, right = right, left
                left += right
                for strand in right:
                    group[id(strand)] = left
        links: dict[int, list[Link]] = defaultdict(list)
        for link in self._links:
            links[id(group[id(link.earlier)])].append(link)
        found: list[Story] = []
        left_over: list[Strand] = []
        left_links: list[Link] = []
        seen: set[int] = set()
        for strand in self._strands:
            members = group[id(strand)]
            if id(members) in seen:
                continue
            seen.add(id(members))
            if now is None or all(self._ended(each, now) for each in members):
                found.append(_story(members, links[id(members)]))
                self._forget(members)
            else:
                left_over += members
                left_links += links[id(members)]
        self._strands, self._links = left_over, left_links
        self._sessions = {
            key: session
            for key, session in self._sessions.items()
            if now is not None and self._process and not _idle(session, now, self._process.kept)
        }
        return sorted(found, key=lambda story: story.number)

    def _ended(self, strand: Strand, now: float) -> bool:
        """Whether no record and no link can come any more: a link may come from a record that lies within
        reach, and that one's own links are known only when its reach has passed too.
        """
        if strand.last is None:
            return False
        idle = now - strand.last
        return idle > 2 * self._reach and (strand.closed or idle > strand.space.kept)

    def _forget(self, strands: Iterable[Strand]) -> None:
        for strand in strands:
            space, host = strand.space.name, strand.numbered[0][1].host
            _drop(self._lives, (space, host, strand.key), strand)
            _drop(self._by_key, (space, strand.key), strand)


def _drop(table: dict[_Key, list[Strand]], key: _Key, strand: Strand) -> None:
    lives = table.get(key)
    if lives and strand in lives:
        lives.remove(strand)
        if not lives:
            del table[key]


def _is_another(space: Space, life: Strand, fact: Fact) -> bool:
    """Whether ``fact`` is of a mail that has the id of an earlier one."""
    if fact.event in space.begins and (life.closed or life.has_begun()):
        return True
    gap = life.near(fact.seconds)
    if life.closed and space.linger is not None and gap > space.linger:
        return True
    return space.life is not None and gap > space.life


def _session(fact: Fact) -> Session:
    return Session(f"same session of {fact.process}", last=fact.seconds)


def _idle(session: Session, now: float, kept: float) -> bool:
    return session.last is not None and now - session.last > kept


def _story(strands: list[Strand], links: list[Link]) -> Story:
    facts = [(numbered, strand.name) for strand in strands for numbered in strand.numbered]
    taken = {number for (number, _), _ in facts}
    for session in {id(s.session): s.session for s in strands if s.session}.values():
        facts += [(frame, session.name) for frame in session.frames if frame[0] not in taken]
    facts.sort(key=lambda pair: pair[0][0])
    ordered = _ordered(strands, links)
    told = tuple((fact, why) for (_, fact), why in facts)
    return Story(ordered, tuple(links), told, facts[0][0][0])


def _ordered(strands: list[Strand], links: Iterable[Link]) -> tuple[Strand, ...]:
    """The strands in the order in which the mail was in them: as the links say, else by time.

    Records of several files and one second tell no order: then the places of their spaces count.
    """
    before: dict[int, set[int]] = {id(strand): set() for strand in strands}
    for link in links:
        before[id(link.later)].add(id(link.earlier))
    left = sorted(strands, key=lambda strand: (strand.first or 0.0, strand.space.place))
    found: list[Strand] = []
    while left:
        waiting = {id(strand) for strand in left}
        ready = (strand for strand in left if not before[id(strand)] & waiting - {id(strand)})
        chosen = next(ready, left[0])  # links in a circle: then by time
        left.remove(chosen)
        found.append(chosen)
    return tuple(found)
