"""A story → how it ended, for each recipient and in all: a state machine whose table is ``stories.toml``.

The records are gone through in their order; each may turn how it stands for the recipients that it
names, or for all that are not at an end. A mail that was handed to a filter on this machine has not
ended there: the records of the mail that the filter gave back tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailhelp.light import Any, NamedTuple
from mailhelp.log.facts import Fact
from mailhelp.log.trace import Story, Strand

Rows = Mapping[str, Mapping[str, Any]]


class Stand:
    """How it stands for one recipient; ``fact`` is the record that says it, ``last`` the last with a reason.

    ``tries`` are the records of tries that were to be made again.
    ``told`` says that a delivery agent's own record about this address does.
    """

    __slots__ = (
        "address",
        "ended",
        "fact",
        "hop",
        "last",
        "original",
        "said",
        "state",
        "strand",
        "told",
        "tries",
    )

    def __init__(self, address: str) -> None:
        self.address = address
        self.original = ""
        self.state = ""
        self.ended = self.hop = self.said = self.told = False
        self.fact: Fact | None = None
        self.last: Fact | None = None
        self.strand: Strand | None = None
        self.tries: list[Fact] = []


class End(NamedTuple):
    """How a mail ended: its outcome, each recipient's stand, and what the log lacks to tell it.

    ``unseen`` is how many recipients more there are, of which it tells nothing.
    """

    outcome: str
    recipients: tuple[Any, ...]
    lacks: tuple[str, ...] = ()
    unseen: int = 0


def end(tables: Mapping[str, Any], story: Story) -> End:
    """How the mail of ``story`` ended."""
    machine = _Machine(tables, story)
    machine.run()
    return machine.end()


class _Machine:
    def __init__(self, tables: Mapping[str, Any], story: Story) -> None:
        self._tables = tables
        self._tells: Mapping[str, list[str]] = tables["tells"]
        self._turns: Rows = tables["turns"]
        self._story = story
        self._stands: dict[str, Stand] = {}
        self._of = {id(fact): strand for strand in story.strands for fact in strand.facts}
        self._on = {
            id(link.earlier): link.later for link in story.links if _is_taken_over(link.later)
        }
        self._next = {
            (id(link.earlier), link.later.key) for link in story.links if _is_taken_over(link.later)
        }
        self._seen: dict[int, set[tuple[str, str]]] = {}

    def run(self) -> None:
        """Take all records, strand by strand as the mail went through them."""
        for fact in self._facts():
            self._take(fact)

    def _facts(self) -> Iterator[Fact]:
        """The records in order; a strand's before those of the strands that it handed the mail to."""
        done: set[int] = set()
        for strand in self._story.strands:
            for fact in strand.facts:
                done.add(id(fact))
                yield fact
        for fact, _ in self._story.facts:
            if id(fact) not in done:
                yield fact

    def _value(self, fact: Fact, key: str) -> str:
        return fact.value(*self._tells[key])

    def _take(self, fact: Fact) -> None:
        strand = self._of.get(id(fact))
        named = [
            value
            for field, value in fact.values
            if field in self._tells["recipients"] and value and value != "<>"
        ]
        stands = [self._stands.setdefault(_key(each), Stand(each)) for each in named]
        status = self._value(fact, "status")
        if status and strand is not None and named:
            original = self._value(fact, "original")
            self._seen.setdefault(id(strand), set()).add((_key(named[0]), _key(original)))
            if original and stands[0].original == "":
                stands[0].original = original
        row = self._turn(fact, status)
        if row is None:
            return
        whom = row["whom"]
        if whom == "open":
            stands = [each for each in self._stands.values() if not each.ended]
        elif whom == "held":
            stands = [each for each in self._stands.values() if each.state == "held"]
        elif whom == "all":
            stands = list(self._stands.values())
        hop = bool(row.get("hop")) or (
            strand is not None
            and any((id(strand), ref.value) in self._next for ref in fact.named("next"))
        )
        for stand in stands:
            if row.get("only") and stand.said:
                continue
            if whom == "open" and not self._may_turn(stand, strand):
                continue
            if whom == "named" and stand.ended and stand.strand is strand and not row.get("end"):
                continue
            stand.state = "" if hop else row["state"]
            stand.hop = hop
            stand.ended = bool(row.get("end")) and not hop
            stand.told = bool(status) and not hop
            stand.fact, stand.strand, stand.said = fact, strand, not row.get("only")
            if row.get("again"):
                stand.tries.append(fact)
            stand.last = fact if fact.said or stand.last is None else stand.last

    def _may_turn(self, stand: Stand, strand: Strand | None) -> bool:
        """Whether a record of ``strand`` that names nobody speaks of this recipient, too."""
        return strand is None or stand.strand in (None, strand) or stand.hop

    def _turn(self, fact: Fact, status: str) -> Mapping[str, Any] | None:
        """The row of the turns that fits a record."""
        for row in self._turns.values():
            if fact.event not in row["events"]:
                continue
            if "statuses" in row and status not in row["statuses"]:
                continue
            if "stages" in row and self._value(fact, "stage") not in row["stages"]:
                continue
            if "actions" in row and not self._value(fact, "action").startswith(
                tuple(row["actions"])
            ):
                continue
            return row
        return None

    def end(self) -> End:
        """The end, once all records are taken."""
        lacks: list[str] = []
        stands = self._recipients()
        closed = self._closed()
        for stand in stands:
            if stand.state == "deferred" and stand.strand is not None and stand.strand in closed:
                stand.state = ""
                lacks.append(self._lack("last", address=stand.address))
        missing = self._unseen(lacks)
        events = {fact.event for fact, _ in self._story.facts}
        by_events = self._by_events(events)
        waiting = "queued" if "queued" in events and not self._all_closed() else ""
        ends = set()
        for stand in stands:
            if not stand.state and waiting:
                stand.state = waiting
            ends.add(self._outcome_of(stand.state) or by_events)
        if missing:
            ends.add(self._outcome_of(waiting) or list(self._tables["outcomes"])[-1])
        if len(ends) > 1:
            several = (name for name, row in self._tables["outcomes"].items() if row.get("several"))
            outcome = next(several)
        else:
            outcome = ends.pop() if ends else by_events
        if not any(stand.state for stand in stands):
            for stand in stands:
                stand.state = outcome if outcome in _SPREAD else ""
        lacks += self._handed_on(stands)
        return End(outcome, tuple(stands), tuple(dict.fromkeys(lacks)), missing)

    def _recipients(self) -> list[Stand]:
        """The recipients, each once: an alias is told by those that it was expanded to."""
        stands = list(self._stands.values())
        originals = {_key(stand.original) for stand in stands if stand.original and not stand.hop}
        done = self._all_accounted()
        return [
            stand
            for stand in stands
            if stand.ended
            or stand.told
            or (stand.hop and id(stand.strand) not in self._on)
            or not (_key(stand.address) in originals or (done and not stand.state))
        ]

    def _final(self) -> list[Strand]:
        """The strands in which the mail was delivered: those that handed it to no other strand."""
        return [
            strand
            for strand in self._story.strands
            if _is_taken_over(strand) and id(strand) not in self._on
        ]

    def _closed(self) -> set[Strand]:
        """Strands that the queue manager removed, not the administrator."""
        return {
            strand
            for strand in self._story.strands
            if strand.closed and not strand.has(("deleted", "expired", "requeued"))
        }

    def _all_closed(self) -> bool:
        final = self._final()
        return bool(final) and all(strand.closed for strand in final)

    def _expected(self, strand: Strand) -> int:
        numbers = [self._value(fact, "expected") for fact in strand.facts]
        return max((int(each) for each in numbers if each.isdecimal() and len(each) < 9), default=0)

    def _all_accounted(self) -> bool:
        """Whether all recipients of all strands that delivered the mail have a record."""
        final = self._final()
        return bool(final) and all(
            0 < self._expected(strand) <= len(self._seen.get(id(strand), ())) for strand in final
        )

    def _unseen(self, lacks: list[str]) -> int:
        """How many recipients no record tells of, of mails of which some are told."""
        total = 0
        for strand in self._final():
            seen = len(self._seen.get(id(strand), ()))
            expected = self._expected(strand)
            if expected <= seen or not seen or strand.has(("deleted", "expired")):
                continue
            total += expected - seen
            if strand.closed:
                lacks.append(
                    self._lack(
                        "recipients",
                        missing=str(expected - seen),
                        expected=str(expected),
                        id=strand.key,
                    )
                )
        return total

    def _handed_on(self, stands: Iterable[Stand]) -> Iterator[str]:
        """What is not known of mail that a filter on this machine took."""
        for stand in stands:
            if stand.hop and not stand.state and stand.fact is not None:
                next = [ref.value for ref in stand.fact.named("next") if ref.space == "queue"]
                id_ = f" as {next[0]}" if next else ""
                if stand.strand is not None and id(stand.strand) in self._on:
                    continue
                yield self._lack("passed", process=stand.fact.process, id=id_)

    def _outcome_of(self, state: str) -> str:
        if not state:
            return ""
        return next(
            (
                name
                for name, row in self._tables["outcomes"].items()
                if state in row.get("states", ())
            ),
            state,
        )

    def _by_events(self, events: set[str]) -> str:
        rows: Rows = self._tables["outcomes"]
        asked = (
            name
            for name, row in rows.items()
            if events & {*row.get("events", ())} and not events & {*row.get("without", ())}
        )
        return next(asked, list(rows)[-1])

    def _lack(self, name: str, **values: str) -> str:
        text = str(self._tables["lacks"][name])
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", value)
        return text


_SPREAD = ("rejected", "discarded", "held", "removed", "queued", "expired")
"""Outcomes of the whole mail that are each recipient's as well."""


def _is_taken_over(strand: Strand) -> bool:
    """Whether who is in this strand has the whole mail now."""
    return bool(strand.space.relay)


def _key(address: str) -> str:
    return address.casefold()
