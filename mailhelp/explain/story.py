"""A story → its answer: who sent what to whom, which way it took, how it ended, what is missing.

Which fields, events and sentences tell that is in ``corpus/stories.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mailhelp import answer
from mailhelp.answer import Answer, Hop, Joined, Recipient
from mailhelp.knowledge.library import Library
from mailhelp.log.facts import Fact
from mailhelp.log.trace import Story, Strand

_MOST_DIGITS = 18
"""Of a number in a record: more is no size or time of a mail."""
_SHOWN_RECIPIENTS = 3

Rows = Mapping[str, Mapping[str, Any]]


def explain(library: Library, story: Story) -> Answer:
    """The answer for one mail."""
    return _Telling(library.table("stories"), story).answer()


class _Telling:
    """One story, told as the tables say."""

    def __init__(self, tables: Mapping[str, Any], story: Story) -> None:
        self._tables = tables
        self._tells: Mapping[str, list[str]] = tables["tells"]
        self._said: Rows = tables["said"]
        self._story = story
        self._facts = [fact for fact, _ in story.facts]
        self._events = {fact.event for fact in self._facts}

    def answer(self) -> Answer:
        """The answer: its title in one sentence, all else in its story."""
        recipients = self._recipients()
        outcome = self._outcome(recipients)
        sender = self._first("sender")
        ids = {key: self._ids(space) for key, space in self._tables["ids"].items()}
        table = answer.Story(
            outcome=outcome,
            **ids,
            message_id=self._first("message_id"),
            client=self._first("client"),
            sender="" if sender == "<>" else sender,
            size=self._size(),
            recipients=recipients,
            filter=tuple(self._filter_said()),
            told=self._told(),
            flow=self._flow(),
            links=tuple(link.why for link in self._story.links),
            records=tuple(_joined(fact, why) for fact, why in self._story.facts),
            missing=tuple(self._missing(outcome)),
        )
        end = self._tables["outcomes"].get(outcome, {}).get("said", outcome)
        to = ", ".join(row.address for row in recipients[:_SHOWN_RECIPIENTS])
        left = len(recipients) - _SHOWN_RECIPIENTS
        more = f" and {left} more" if left > 0 else ""
        return Answer(
            kind="story",
            recognised="entry",
            title=f"Mail from {sender or 'an unknown sender'} "
            f"to {to or 'unknown recipients'}{more}: {end}",
            time=self._facts[0].time,
            host=self._facts[0].host,
            story=table,
        )

    def _first(self, key: str) -> str | None:
        """What the first of the fields that tell ``key`` says, in the first record that has it."""
        for name in self._tells[key]:
            for fact in self._facts:
                for field, value in fact.values:
                    if field == name:
                        return value
        return None

    def _value(self, fact: Fact, key: str) -> str | None:
        names = self._tells[key]
        return next((value for field, value in fact.values if field in names), None)

    def _ids(self, space: str) -> tuple[str, ...]:
        """The mail's own ids of a space: those of its strands, else all that its records name."""
        own = {strand.key for strand in self._story.strands if strand.space.name == space}
        named = dict.fromkeys(
            ref.value
            for fact in self._facts
            for ref in fact.refs
            if ref.space == space and ref.relation != "child"
        )
        return tuple(id for id in named if id in own or not own)

    def _size(self) -> int | None:
        """The mail's size in bytes: as those know it whose word counts, else as anybody says."""
        events = self._tables["size"]["events"]
        sizes = [
            (fact.event in events, size)
            for fact in self._facts
            if (size := self._value(fact, "size")) and size.isdecimal()
        ]
        best = next((size for counts, size in sizes if counts), sizes[0][1] if sizes else None)
        return int(best[:_MOST_DIGITS]) if best else None

    def _recipients(self) -> tuple[Recipient, ...]:
        rows: dict[str, Recipient] = {}
        for fact in self._facts:
            status = self._value(fact, "status")
            for name, address in fact.values:
                if name not in self._tells["recipients"] or address == "<>":
                    continue
                rows.setdefault(address, Recipient(address))
                if fact.event in self._said["reply"]["events"] and status:
                    delay = self._value(fact, "delay") or ""
                    rows[address] = Recipient(
                        address,
                        status,
                        self._value(fact, "enhanced_status_code"),
                        self._value(fact, "relay"),
                        _seconds(delay),
                        fact.said,
                    )
        return tuple(rows.values())

    def _outcome(self, recipients: Iterable[Recipient]) -> str:
        """How it ended: as the statuses of the recipients say, else by what happened."""
        rows: Rows = self._tables["outcomes"]
        named = {status: name for name, row in rows.items() for status in row.get("statuses", ())}
        ends = {named.get(row.status, row.status) for row in recipients if row.status}
        if len(ends) > 1:
            return next(name for name, row in rows.items() if row.get("several"))
        if ends:
            return ends.pop()
        asked = (
            name
            for name, row in rows.items()
            if self._events & {*row.get("events", ())}
            and not self._events & {*row.get("without", ())}
        )
        return next(asked, list(rows)[-1])

    def _told(self) -> str | None:
        """What the client was told, in the words of the last record that tells it."""
        events = self._said["told"]["events"]
        return next((fact.said for fact in reversed(self._facts) if fact.event in events), None)

    def _flow(self) -> tuple[Hop, ...]:
        """The processes in the order in which the mail met them: strand by strand, then the rest."""
        steps: dict[tuple[str, int | None], Hop] = {}
        in_strands = (fact for strand in self._story.strands for fact in strand.facts)
        for fact in (*in_strands, *self._facts):
            key = (fact.program, fact.pid)
            step = steps.setdefault(key, Hop(*key))
            if not (step.role or fact.event.startswith("session-")):
                steps[key] = step._replace(role=fact.role)
        return tuple(steps.values())

    def _filter_said(self) -> Iterator[str]:
        """What a filter made of the mail, with its points where it gave some."""
        for fact in self._facts:
            if fact.event in self._said["filter"]["events"]:
                score = self._value(fact, "score") or ""
                yield f"{fact.title} ({score} points)" if score.strip("-x") else fact.title

    def _missing(self, outcome: str) -> Iterator[str]:
        """What the log does not tell: said, never invented."""
        for row in self._tables["missing"].values():
            if "space" in row:
                for strand in self._story.strands:
                    if strand.space.name == row["space"] and _lacks(row, strand):
                        yield row["text"].replace("{process}", strand.facts[0].process)
            elif outcome == row.get("outcome", outcome) and _fits(row, self._events):
                yield row["text"]


def _fits(row: Mapping[str, Any], events: set[str]) -> bool:
    asked = {*row.get("events", ())}
    return (not asked or bool(asked & events)) and not events & {*row.get("without", ())}


def _lacks(row: Mapping[str, Any], strand: Strand) -> bool:
    if row.get("unopened") and not (strand.session and not strand.session.opened):
        return False
    return _fits(row, {fact.event for fact in strand.facts})


def _seconds(text: str) -> float:
    try:
        return float(text[:_MOST_DIGITS] or 0)
    except ValueError:  # several points, as nobody writes a number
        return 0.0


def _joined(fact: Fact, why: str) -> Joined:
    return Joined(
        file=fact.file,
        line=fact.line,
        joined_by=why,
        program=fact.program,
        pid=fact.pid,
        time=fact.time,
        entry=fact.entry.partition("/")[2],
        title=fact.title,
    )
