"""Facts → strands → links → stories: which records of a log tell of one mail.

A *strand* is a run of records that name the same thing: one mail in the queue of a host (queue ID,
in one lifetime of it: queue IDs are used again), one mail in a filter (its id, within the time that
a check can take: process ids are used again), one mail inside an SMTP session (between ``connect``
and ``disconnect`` of one process). *Links* join strands where a record of one names the other. The
strands that hang together are one mail's story; a mail that was made because of another (a bounce)
has its own, and the two know of each other. How ids live is in ``corpus/spaces.toml``.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from mailhelp.log.facts import Fact, Ref, Space
from mailhelp.log.sessions import Item, transactions

_JOINING = ("next", "earlier")
"""Relations that make two strands one mail."""
_LEAST_SWEPT = 2000
"""Facts between two looks for stories that have ended."""
_MOST_HELD = 120_000
"""Facts in memory; above it, stories that seem done are told before their time, above twice that others, too."""
_HURRIED = 10.0
_LATE = 60.0
"""Seconds between a record that only mentions a mail and that mail's own records."""
_MOST_WAITING = 20
"""Records of a process that wait for the mail that they belong to."""
_MOST_ITEMS = 2000
_MOST_GAPS = 100
_OF_THE_LOG = ("gap", "clock")
"""Events that are about the log itself, and about all mails of that time."""
_LOOPBACK = ("127.", "::1", "/", "private/")

_Key = TypeVar("_Key")
Numbered = tuple[int, Fact]
"""A fact with its place in the order in which facts came."""
Process = tuple[str | None, str, int | None]
"""Host, program and process id."""


@dataclass(slots=True, eq=False)
class Strand:
    """Records that name the same mail in one place; ``key`` is the id that they share.

    ``marks`` are the ids that tell it from others (its Message-ID), by their space.
    """

    space: Space
    key: str
    name: str
    numbered: list[Numbered] = field(default_factory=list)
    session: Session | None = None
    closed: bool = False
    claimed: bool = False
    first: float | None = None
    last: float | None = None
    marks: dict[str, str] = field(default_factory=dict)
    whys: dict[int, str] = field(default_factory=dict)

    @property
    def facts(self) -> list[Fact]:
        """Its facts, in order."""
        return [fact for _, fact in self.numbered]

    @property
    def host(self) -> str | None:
        """The machine that wrote its records."""
        return self.numbered[0][1].host if self.numbered else None

    def near(self, moment: float | None) -> float:
        """How far ``moment`` lies outside the strand's time, in seconds; 0 inside or if unknown."""
        if moment is None or self.first is None or self.last is None:
            return 0.0
        return max(self.first - moment, moment - self.last, 0.0)

    def add(self, numbered: Numbered, why: str = "") -> None:
        """Put a fact into it; ``why`` it belongs there, if not by the strand's id."""
        self.numbered.append(numbered)
        if why:
            self.whys[numbered[0]] = why
        moment = numbered[1].seconds
        if moment is not None:
            self.first = moment if self.first is None else min(self.first, moment)
            self.last = moment if self.last is None else max(self.last, moment)

    def has(self, events: Iterable[str] = ()) -> bool:
        """Whether a record with one of ``events``, or with any event, is in it."""
        wanted = frozenset(events)
        return any(
            fact.event in wanted if wanted else bool(fact.event) for _, fact in self.numbered
        )


@dataclass(slots=True, eq=False)
class Session:
    """What one process does between two records; ``frames`` belong to all its mails.

    ``items`` are its mails in the queue, and records that belong to one mail or another.
    """

    name: str
    frames: list[Numbered] = field(default_factory=list)
    items: list[tuple[Item, Numbered | None, Strand | None]] = field(default_factory=list)
    screen: Strand | None = None
    opened: bool = False
    closed: bool = False
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Two strands of one mail, the one that the mail was in first, and the reason."""

    earlier: Strand
    later: Strand
    why: str


@dataclass(slots=True, eq=False)
class Child:
    """A mail that was made because of another: the record that names it, and its story if it is in the log."""

    key: str
    fact: Fact
    story: Story | None = None


@dataclass(slots=True, eq=False)
class Story:
    """One mail: its strands in the order that the links tell, its links, and its records with why
    each belongs, in the order in which they came. ``gaps`` are records that say what the log lacks.
    """

    strands: tuple[Strand, ...]
    links: tuple[Link, ...]
    facts: tuple[tuple[Fact, str], ...]
    number: int = 0
    children: tuple[Child, ...] = ()
    parents: tuple[str, ...] = ()
    gaps: tuple[Fact, ...] = ()

    def named(self, name: str) -> bool:
        """Whether ``name`` is one of this mail's ids, addresses or clients."""
        return any(fact.is_called(name) for fact, _ in self.facts)

    def tells(self, spaces: Mapping[str, Space]) -> bool:
        """Whether there is a mail in it: strands of some spaces tell of none alone."""
        return any(
            strand.space.lone or strand.has(strand.space.tells or ("no event",))
            for strand in self.strands
        )


def stories(spaces: Mapping[str, Space], facts: Iterable[Fact]) -> list[Story]:
    """The stories that ``facts`` tell, in the order in which they begin."""
    tracer = Tracer(spaces)
    found: list[Story] = []
    for fact in facts:
        found += tracer.feed(fact)
    return sorted((*found, *tracer.end()), key=lambda story: story.number)


class Tracer:
    """Takes facts in order of time, and gives the story of each mail when nothing can be added to it."""

    def __init__(self, spaces: Mapping[str, Space]) -> None:
        self._spaces = spaces
        self._keyed = [space for space in spaces.values() if space.called and not space.process]
        self._process = next((space for space in spaces.values() if space.process), None)
        self._confirming = {space.name for space in spaces.values() if space.confirms}
        self._waits = frozenset().union(*(space.waits for space in spaces.values()))
        self._reach = max((space.reach for space in spaces.values()), default=0.0)
        self._numbers = count()
        self._now: float | None = None
        self._since_swept = 0
        self._held = 0
        self._strands: list[Strand] = []
        self._links: list[Link] = []
        self._children: list[tuple[Strand, Child, Strand | None]] = []
        self._sessions: dict[Process, Session] = {}
        self._lives: dict[tuple[str, str, str], list[Strand]] = {}
        self._by_key: dict[tuple[str, str], list[Strand]] = defaultdict(list)
        self._by_mark: dict[tuple[str, str], list[Strand]] = defaultdict(list)
        self._mentions: list[tuple[Strand, Fact, Ref]] = []
        self._loose: list[Numbered] = []
        self._orphans: list[tuple[Strand, Fact]] = []
        self._waiting: dict[Process, list[Numbered]] = {}
        self._screens: dict[tuple[str, str], list[Strand]] = {}
        self._gaps: deque[Fact] = deque(maxlen=_MOST_GAPS)

    @property
    def held(self) -> int:
        """How many facts wait for the end of their stories."""
        return sum(len(strand.numbered) for strand in self._strands)

    def feed(self, fact: Fact) -> Iterator[Story]:
        """Take the next fact; gives the stories that have ended by now."""
        self._take((next(self._numbers), fact))
        self._since_swept += 1
        self._held += 1
        if fact.seconds is not None:
            self._now = fact.seconds if self._now is None else max(self._now, fact.seconds)
        full = self._held // _MOST_HELD
        if self._now is None or self._since_swept < max(_LEAST_SWEPT, len(self._strands) // 2):
            return iter(())
        self._since_swept = 0
        found = self._told(self._now, full)
        self._held = self.held
        return iter(found)

    def end(self) -> Iterator[Story]:
        """The stories that are left."""
        for session in self._sessions.values():
            self._settle(session)
        return iter(self._told(None))

    def _take(self, numbered: Numbered) -> None:
        """Put a fact into its strand."""
        fact = numbered[1]
        own: dict[str, str] = {}
        for ref in fact.named("own"):
            own.setdefault(ref.space, ref.value)
        if fact.event in _OF_THE_LOG:
            self._gaps.append(fact)
            return
        process = self._process
        if process and fact.event in process.opens | process.closes:
            self._session_edge(process, numbered)
            return
        for space in self._spaces.values():
            if space.process and (fact.event in space.holds or space.name in own):
                self._in_session(space, numbered)
                return
            if space in self._keyed and own.get(space.name):
                self._in_life(space, own[space.name], numbered)
                return
        key = (fact.host, fact.program, fact.pid)
        if process and key in self._sessions:
            self._in_session(process, numbered)
        elif fact.program in self._waits and fact.pid is not None:
            self._waiting.setdefault(key, []).append(numbered)
            del self._waiting[key][:-_MOST_WAITING]
        elif any(ref.relation == "names" or ref.space in self._confirming for ref in fact.refs):
            self._loose.append(numbered)

    def _session_edge(self, space: Space, numbered: Numbered) -> None:
        fact = numbered[1]
        key = (fact.host, fact.program, fact.pid)
        closing = self._sessions.pop(key, None)
        if fact.event in space.opens:
            if closing is not None:
                self._settle(closing)
            session = self._sessions[key] = _session(fact)
            session.opened = True
            session.frames.append(numbered)
            session.screen = self._screened(fact)
        elif closing is not None:
            closing.frames.append(numbered)
            closing.closed = True
            self._settle(closing, fact.value(space.counts))

    def _screened(self, fact: Fact) -> Strand | None:
        """The strand of the client that a session begins with, if it was looked at before."""
        for ref in fact.refs:
            passed = self._screens.get((_short(fact.host), ref.value))
            while passed:
                strand = passed.pop(0)
                if strand.near(fact.seconds) <= strand.space.reach:
                    strand.claimed = True
                    return strand
        return None

    def _in_session(self, space: Space, numbered: Numbered) -> None:
        """Put a fact into its process's session, which it opens if need be."""
        fact = numbered[1]
        key = (fact.host, fact.program, fact.pid)
        session = self._sessions.get(key)
        if session is None:
            session = self._sessions[key] = _session(fact)
        session.last = fact.seconds
        if not fact.event:
            session.frames.append(numbered)
            return
        item = Item(
            len(session.items),
            fact.value(space.sender),
            fact.value(space.recipient),
            begins=fact.event in space.begins,
            ends=fact.event in space.ends,
            tail=fact.event not in space.holds,
            moment=fact.seconds,
        )
        session.items.append((item, numbered, None))
        if len(session.items) > _MOST_ITEMS:
            self._settle(session)

    def _settle(self, session: Session, counted: str = "") -> None:
        """Tell the mails of a session apart; ``counted`` is how many there were, as its end says it."""
        space = self._process
        assert space is not None
        if not session.items:
            return
        items = []
        for item, _, strand in session.items:
            if strand is not None:
                item = item._replace(sender=_sender(strand, space.sender))
            items.append(item)
        given = counted.rpartition("/")[2]
        total = int(given) if given.isdecimal() and len(given) < 9 else None
        for mail in transactions(items, total):
            rows = [session.items[item.number] for item in mail]
            strand = next((strand for _, _, strand in rows if strand is not None), None)
            name = f"same mail in the {session.name.removeprefix('same ')}"
            if strand is None:
                first = next(numbered for _, numbered, _ in rows if numbered is not None)
                if all(item.tail for item in mail):
                    session.frames += [numbered for _, numbered, _ in rows if numbered is not None]
                    continue
                strand = self._strand(space, str(first[1].pid), name)
                strand.session = session
            for _, numbered, _ in rows:
                if numbered is not None:
                    strand.add(numbered, name)
                    self._mention(strand, numbered[1])
        session.items.clear()

    def _in_life(self, space: Space, key: str, numbered: Numbered) -> None:
        """Put a fact into the life of its id: the same id may be another mail's later."""
        fact = numbered[1]
        lives = self._lives.setdefault((space.name, _short(fact.host), key), [])
        if not lives or _is_another(space, lives[-1], fact):
            lives.append(self._strand(space, key, f"{space.called} {key}"))
            self._by_key[space.name, key].append(lives[-1])
        strand = lives[-1]
        process = (fact.host, fact.program, fact.pid)
        for earlier in self._waiting.pop(process, ()):
            if _within(earlier[1].seconds, fact.seconds, space.reach):
                strand.add(earlier, f"just before it in {fact.process}")
        strand.add(numbered)
        strand.closed = strand.closed or fact.event in space.closes
        if fact.event in space.screens:
            for ref in fact.named("mentions"):
                self._screens.setdefault((_short(fact.host), ref.value), []).append(strand)
        if self._process and fact.program in self._process.programs:
            self._in_its_session(strand, process, fact)
        self._mention(strand, fact)

    def _in_its_session(self, strand: Strand, process: Process, fact: Fact) -> None:
        """A record of a mail in the queue, by a process that has sessions."""
        session = self._sessions.get(process)
        if session is None:
            session = self._sessions[process] = _session(fact)
        session.last = fact.seconds
        if strand.session is session:
            return
        strand.session = session
        item = Item(len(session.items), queued=True, begins=True, moment=fact.seconds)
        session.items.append((item, None, strand))

    def _strand(self, space: Space, key: str, name: str) -> Strand:
        strand = Strand(space, key, name)
        self._strands.append(strand)
        return strand

    def _mention(self, strand: Strand, fact: Fact) -> None:
        """Remember the ids of other strands that a fact names; which lives they are is known later."""
        for ref in fact.refs:
            if ref.space in self._confirming or ref.space in strand.space.one:
                if ref.space not in strand.marks:
                    strand.marks[ref.space] = ref.value
                    if ref.space in self._confirming:
                        self._by_mark[ref.space, ref.value].append(strand)
            elif ref.relation in (*_JOINING, "child") and (ref.space, ref.value) != (
                strand.space.name, strand.key
            ):  # fmt: skip
                self._mentions.append((strand, fact, ref))
        if fact.event in strand.space.begins and strand.space.relay and _is_here(_client(fact)):
            self._orphans.append((strand, fact))

    def _resolve(self, now: float | None) -> None:
        """Link the mentions whose lives are all known: those longer ago than an id's reach."""
        waiting = []
        said = {(id(link.earlier), id(link.later)) for link in self._links}
        for mention in self._mentions:
            strand, fact, ref = mention
            space = self._spaces[ref.space]
            if not _is_past(now, fact, space.reach):
                waiting.append(mention)
                continue
            lives = self._by_key.get((ref.space, ref.value), ())
            near = [
                life
                for life in lives
                if life is not strand
                and life.near(fact.seconds) <= space.reach
                and self._is_that(strand, fact, ref, life)
            ]
            other = min(near, key=lambda life: life.near(fact.seconds), default=None)
            if ref.relation == "child":
                self._children.append((strand, Child(ref.value, fact), other))
            elif other is not None:
                pair = (other, strand) if ref.relation == "earlier" else (strand, other)
                why = f"{fact.process} names {other.name}: {fact.title or 'its record'}"
                self._link(said, *pair, why)
        self._mentions = waiting
        self._resolve_orphans(now, said)
        self._resolve_loose(now)

    def _link(self, said: set[tuple[int, int]], earlier: Strand, later: Strand, why: str) -> None:
        tie = (id(earlier), id(later))
        if tie not in said and tie[::-1] not in said:
            said.add(tie)
            self._links.append(Link(earlier, later, why))

    def _is_that(self, strand: Strand, fact: Fact, ref: Ref, life: Strand) -> bool:
        """Whether ``life`` is the mail that ``fact`` means, and not one of another machine with that id."""
        here = _short(strand.host) == _short(life.host) or not (strand.host and life.host)
        if ref.relation == "child":
            return here
        for space in self._confirming:
            mine, other = strand.marks.get(space), life.marks.get(space)
            if mine and other and ref.relation == "next":
                return mine == other
        relay = fact.value(strand.space.relay) if strand.space.relay else ""
        if relay and ref.relation == "next":
            return (here and _is_here(relay)) or _is_of(relay, life.host)
        return here

    def _resolve_orphans(self, now: float | None, said: set[tuple[int, int]]) -> None:
        """Mails that came from this machine, and that nobody names: from those with the same Message-ID."""
        linked = {id(link.later) for link in self._links}
        handed_on = {id(link.earlier) for link in self._links}
        waiting = []
        for strand, fact in self._orphans:
            if not _is_past(now, fact, strand.space.reach):
                waiting.append((strand, fact))
                continue
            if id(strand) in linked:
                continue
            for space in self._confirming:
                same = self._by_mark.get((space, strand.marks.get(space, "")), ())
                handed = [
                    other
                    for other in same
                    if other.numbered[0][0] < strand.numbered[0][0]
                    and other.space is strand.space
                    and id(other) not in handed_on
                    and _short(other.host) == _short(strand.host)
                    and _handed_here(other, fact, strand.space)
                ]
                if handed:
                    why = f"the same Message-ID, and {handed[0].name} was handed to this machine"
                    self._link(said, handed[0], strand, why)
        self._orphans = waiting

    def _resolve_loose(self, now: float | None) -> None:
        """Give records without an id of their own to the mail that they name."""
        waiting = []
        for numbered in self._loose:
            fact = numbered[1]
            if not _is_past(now, fact, _LATE):
                waiting.append(numbered)
                continue
            best: Strand | None = None
            why = ""
            for ref in fact.refs:
                if ref.relation == "names":
                    lives: Iterable[Strand] = self._by_key.get((ref.space, ref.value), ())
                elif ref.space in self._confirming:
                    lives = self._by_mark.get((ref.space, ref.value), ())
                else:
                    continue
                near = [life for life in lives if life.near(fact.seconds) <= _LATE]
                if near:
                    best = min(
                        near, key=lambda life: (life.near(fact.seconds), -life.numbered[0][0])
                    )
                    why = f"it names {ref.value}"
                    break
            if best is not None:
                best.add(numbered, why)
        self._loose = waiting

    def _told(self, now: float | None, hurry: int = 0) -> list[Story]:
        """The stories to which nothing can be added (all if ``now`` is ``None``), taken out of memory."""
        self._leave_sessions(now)
        self._resolve(None if now is None else now + self._reach - _HURRIED if hurry else now)
        group = {id(strand): [strand] for strand in self._strands}
        for left, right in (
            *((link.earlier, link.later) for link in self._links),
            *((parent, child) for parent, _, child in self._children if child is not None),
            *(
                (strand, strand.session.screen)
                for strand in self._strands
                if strand.session and strand.session.screen
            ),
        ):
            _unite(group, left, right)
        found: list[Story] = []
        kept: set[int] = set()
        gone: set[int] = set()
        for strand in self._strands:
            members = group[id(strand)]
            if id(members) in kept or id(members) in gone:
                continue
            if now is None or all(self._ended(each, now, hurry) for each in members):
                gone.add(id(members))
            else:
                kept.add(id(members))
        told = [strand for strand in self._strands if id(group[id(strand)]) in gone]
        if told:
            found = self._stories(told)
            ids = {id(strand) for strand in told}
            self._strands = [strand for strand in self._strands if id(strand) not in ids]
            self._links = [link for link in self._links if id(link.earlier) not in ids]
            self._children = [each for each in self._children if id(each[0]) not in ids]
            self._forget(told)
        return sorted(found, key=lambda story: story.number)

    def _stories(self, strands: list[Strand]) -> list[Story]:
        """The stories of whole groups of strands."""
        mail = {id(strand): [strand] for strand in strands}
        links = [link for link in self._links if id(link.earlier) in mail]
        for link in links:
            _unite(mail, link.earlier, link.later)
        by_mail: dict[int, list[Link]] = defaultdict(list)
        for link in links:
            by_mail[id(mail[id(link.earlier)])].append(link)
        stories: dict[int, Story] = {}
        for strand in strands:
            members = mail[id(strand)]
            if id(members) not in stories:
                stories[id(members)] = _story(members, by_mail[id(members)])
        for parent, child, other in self._children:
            if id(parent) not in mail:
                continue
            above = stories[id(mail[id(parent)])]
            if other is not None and id(other) in mail:
                child.story = stories[id(mail[id(other)])]
                if child.story is above:
                    continue
                child.story.parents = (*child.story.parents, parent.key)
            above.children = (*above.children, child)
        found = [story for story in stories.values() if story.tells(self._spaces)]
        claimed = {id(strand) for strand in strands if strand.claimed}
        found = [
            story for story in found if not all(id(strand) in claimed for strand in story.strands)
        ]
        for story in found:
            times = [fact.seconds for fact, _ in story.facts if fact.seconds is not None]
            if times and self._gaps:
                story.gaps = tuple(
                    gap
                    for gap in self._gaps
                    if gap.seconds is not None
                    and min(times) - _LATE <= gap.seconds <= max(times) + self._reach
                )
        return found

    def _leave_sessions(self, now: float | None) -> None:
        """Settle and forget sessions that seem to have ended unseen."""
        if self._process is None:
            return
        left: dict[Process, Session] = {}
        for key, session in self._sessions.items():
            if now is None or _idle(session, now, self._process.kept):
                self._settle(session)
            else:
                left[key] = session
        self._sessions = left
        if now is not None:
            self._waiting = {
                key: waiting
                for key, waiting in self._waiting.items()
                if not _is_past(now, waiting[-1][1], self._reach)
            }
            self._screens = {
                key: strands
                for key, strands in self._screens.items()
                if any(strand.near(now) <= self._reach for strand in strands)
            }

    def _ended(self, strand: Strand, now: float, hurry: int) -> bool:
        """Whether no record and no link can come any more: a link may come from a record that lies within
        reach, and that one's own links are known only when its reach has passed too. In a ``hurry``, because memory
        is full, it is enough that it seems done; in twice that, that nothing was heard of it for a while.
        """
        if strand.last is None:
            return False
        idle = now - strand.last
        if hurry and idle > _HURRIED and strand.closed:
            return True
        if hurry > 1 and idle > 2 * self._reach:
            return True
        if strand.session is not None and not strand.session.closed:
            session = strand.session
            if session.items and (session.last is None or now - session.last <= strand.space.kept):
                return False
        return idle > 2 * self._reach and (strand.closed or idle > strand.space.kept)

    def _forget(self, strands: Iterable[Strand]) -> None:
        for strand in strands:
            space = strand.space.name
            _drop(self._lives, (space, _short(strand.host), strand.key), strand)
            _drop(self._by_key, (space, strand.key), strand)
            for name, value in strand.marks.items():
                _drop(self._by_mark, (name, value), strand)


def _unite(group: dict[int, list[Strand]], one: Strand, other: Strand) -> None:
    left, right = group[id(one)], group.get(id(other))
    if right is None or left is right:
        return
    if len(left) < len(right):
        left, right = right, left
    left += right
    for strand in right:
        group[id(strand)] = left


def _drop(table: dict[_Key, list[Strand]], key: _Key, strand: Strand) -> None:
    lives = table.get(key)
    if lives and strand in lives:
        lives.remove(strand)
        if not lives:
            del table[key]


def _is_another(space: Space, life: Strand, fact: Fact) -> bool:
    """Whether ``fact`` is of a mail that has the id of an earlier one.

    Anything but a late record begins another life after the end; the first record of a mail does so
    always, once something happened to the mail that has the id.
    """
    if fact.event in space.begins and (life.closed or life.has()):
        return True
    for name in space.one:
        mine = life.marks.get(name)
        other = next((ref.value for ref in fact.refs if ref.space == name), None)
        if mine and other and mine != other:
            return True
    if life.closed and fact.event in space.first:
        return True
    gap = life.near(fact.seconds)
    if life.closed and space.linger is not None and gap > space.linger:
        return True
    return gap > (space.kept if space.life is None else space.life) > 0


def _session(fact: Fact) -> Session:
    return Session(f"same session of {fact.process}", last=fact.seconds)


def _idle(session: Session, now: float, kept: float) -> bool:
    return session.last is not None and now - session.last > kept


def _sender(strand: Strand, field: str) -> str:
    return next((value for fact in strand.facts if (value := fact.value(field))), "")


def _short(host: str | None) -> str:
    """A machine's name without its domain: some programs log the one, some the other."""
    return (host or "").partition(".")[0].casefold()


def _is_here(peer: str) -> bool:
    """Whether a relay or client (``name[address]:port``) is this machine itself."""
    address = peer.partition("[")[2].partition("]")[0] or peer
    return address.startswith(_LOOPBACK)


def _is_of(relay: str, host: str | None) -> bool:
    """Whether a relay is the machine called ``host``."""
    return bool(host) and _short(relay.partition("[")[0]) == _short(host)


def _client(fact: Fact) -> str:
    return next((ref.value for ref in fact.refs if "[" in ref.value), "")


def _handed_here(strand: Strand, fact: Fact, space: Space) -> bool:
    """Whether a delivery of ``strand`` went to this machine itself, about when ``fact`` was."""
    return any(
        _is_here(relay) and _within(each.seconds, fact.seconds, space.reach)
        for each in strand.facts
        if (relay := each.value(space.relay))
    )


def _within(one: float | None, other: float | None, reach: float) -> bool:
    return one is None or other is None or abs(one - other) <= reach


def _is_past(now: float | None, fact: Fact, reach: float) -> bool:
    return now is None or (fact.seconds is not None and now - fact.seconds > reach)


def _story(strands: list[Strand], links: list[Link]) -> Story:
    facts = [
        (numbered, strand.whys.get(numbered[0], strand.name))
        for strand in strands
        for numbered in strand.numbered
    ]
    taken = {number for (number, _), _ in facts}
    for session in {id(s.session): s.session for s in strands if s.session}.values():
        frames = [(frame, session.name) for frame in session.frames]
        if session.screen is not None:
            frames += [(each, "the same client, before") for each in session.screen.numbered]
        facts += [(frame, why) for frame, why in frames if frame[0] not in taken]
        taken |= {frame[0] for frame, _ in frames}
    facts.sort(key=lambda pair: pair[0][0])
    ordered = _ordered(strands, links)
    told = tuple((fact, why) for (_, fact), why in facts)
    return Story(ordered, tuple(links), told, facts[0][0][0] if facts else 0)


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
