"""A story → its answer: who sent what to whom, which way it took, how it ended, what is missing.

Which fields, events and sentences tell that is in ``corpus/stories.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailhelp import answer
from mailhelp.answer import Answer, Before, Command, Hop, Joined, Offspring, Recipient
from mailhelp.explain.common import filled
from mailhelp.explain.outcome import Stand, end
from mailhelp.knowledge.library import Library
from mailhelp.light import Any
from mailhelp.log.facts import Fact
from mailhelp.log.order import CLOCK, STEP
from mailhelp.log.trace import Child, Story, Strand

_MOST_DIGITS = 18
"""Of a number in a record: more is no size or time of a mail."""
_GOOD = "2"
"""The class of the codes that ask for nothing."""
_SHOWN_RECIPIENTS = 3

Rows = Mapping[str, Mapping[str, Any]]


_NOTICE = "notified"
"""The event of a notice that was made for the sender."""
_UNKNOWN = "unknown"
"""How a recipient stands of whom the log tells nothing, beside others."""


def _counted(states: Iterable[str]) -> str:
    """How many recipients ended how, if all of that is known: ``3 sent, 1 deferred``."""
    counts: dict[str, int] = {}
    for state in states:
        counts[state] = counts.get(state, 0) + 1
    if "" in counts:
        return ""
    return ", ".join(f"{count:,} {state}" for state, count in counts.items())


def explain(library: Library, story: Story) -> Answer:
    """The answer for one mail."""
    answer = _Telling(library.table("stories"), story).answer()
    return answer._replace(commands=_commands(library, answer))


def _commands(library: Library, answer: Answer) -> tuple[Command, ...]:
    """What to type next, where the way that the mail ended makes sense of it."""
    told = answer.story
    assert told is not None
    codes = [row.enhanced_status_code or "" for row in told.recipients]
    worst = max((code for code in codes if not code.startswith(_GOOD)), default="")
    values = {
        "queue_id": told.queue_ids[-1] if told.queue_ids else "",
        "enhanced_status_code": worst,
        "notice": next((child.queue_id for child in told.children if not child.outcome), ""),
        "any_id": next(iter((*told.queue_ids, *told.amavis_ids)), ""),
    }
    rows = library.table("stories")["next"].get(told.outcome, {}).get("commands", [])
    return filled(library, rows, {name: value for name, value in values.items() if value})


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
        ended = end(self._tables, self._story)
        outcome = ended.outcome
        recipients = tuple(self._recipient(stand) for stand in ended.recipients)
        sender = self._first("sender")
        ids = {key: self._ids(space) for key, space in self._tables["ids"].items()}
        missing = dict.fromkeys((*self._missing(outcome), *ended.lacks, *self._childless()))
        row = self._tables["outcomes"].get(outcome, {})
        missing |= dict.fromkeys(self._gaps(bool(missing or row.get("open"))))
        matter = self._matter()
        table = answer.Story(
            outcome=outcome,
            **ids,
            message_id=self._first("message_id"),
            client=self._first("client"),
            sender="" if sender == "<>" else sender,
            size=self._size(),
            recipients=recipients,
            filter=tuple(dict.fromkeys(self._filter_said())),
            told=self._told(),
            flow=self._flow(),
            links=tuple(link.why for link in self._story.links),
            records=tuple(
                _joined(fact, why, id(fact) in matter) for fact, why in self._story.facts
            ),
            missing=tuple(missing),
            children=tuple(self._child(child) for child in self._story.children),
            parents=self._story.parents,
            received=tuple(self._received()),
        )
        said = str(row.get("said", outcome))
        severity = row.get("severity", "info")
        if row.get("several"):
            unseen = [_UNKNOWN] * ended.unseen
            said = _counted((*(each.status or "" for each in recipients), *unseen)) or said
        if failed := self._failed_child():
            briefly = self._tables["outcomes"][failed].get("briefly", failed)
            said, severity = f"{said}, then as a new mail {briefly}", "warning"
        to = ", ".join(row.address for row in recipients[:_SHOWN_RECIPIENTS])
        left = len(recipients) - _SHOWN_RECIPIENTS
        more = f" and {left} more" if left > 0 else ""
        return Answer(
            kind="story",
            recognised="entry",
            title=f"{said[:1].upper()}{said[1:]}: mail from {sender or 'an unknown sender'} "
            f"to {to or 'unknown recipients'}{more}",
            severity=severity,
            time=self._facts[0].time,
            host=self._facts[0].host,
            story=table,
        )

    def _recipient(self, stand: Stand) -> Recipient:
        fact = stand.last
        if fact is None:
            return Recipient(stand.address, stand.state or None, original=stand.original)
        parts = [fact.value(name) for name in self._tells["delays"]]
        delay = self._value(fact, "delay")
        return Recipient(
            stand.address,
            stand.state or None,
            self._value(fact, "enhanced_status_code"),
            self._value(fact, "relay"),
            _seconds(delay) if delay else None,
            fact.said or None,
            stand.original,
            tuple(_seconds(part) for part in parts) if all(parts) else (),
            tuple(self._tables["delays"]["called"]) if all(parts) else (),
            self._before(stand),
        )

    def _before(self, stand: Stand) -> Before | None:
        """The tries before the record that tells how it stands."""
        tries = [fact for fact in stand.tries if fact is not stand.last]
        if not tries:
            return None
        said = next((fact.said for fact in reversed(tries) if fact.said), None)
        status = self._value(tries[-1], "status") or ""
        return Before(status, len(tries), tries[0].time, tries[-1].time, said)

    def _received(self) -> Iterator[str]:
        """The Received headers that those who took the mail have put on top of it."""
        rows: Rows = self._tables["received"]
        for strand in reversed(self._story.strands):
            for row in rows.values():
                fact = next((fact for fact in strand.facts if fact.event in row["events"]), None)
                if fact is None or strand.space.name != row["space"]:
                    continue
                mail_id = (
                    ref.value
                    for fact in strand.facts
                    for ref in fact.refs
                    if ref.space == row.get("id")
                )
                values = {
                    "client": self._value(fact, "client") or "",
                    "host": fact.host or "",
                    "id": next(mail_id, "") if "id" in row else strand.key,
                    "time": fact.time or "",
                }
                if all(values[name] for name in row["needs"]):
                    text = str(row["text"])
                    for name, value in values.items():
                        text = text.replace(f"{{{name}}}", value)
                    yield text
                    break

    def _child(self, child: Child) -> Offspring:
        if child.story is None:
            return Offspring(child.key, child.fact.title)
        ended = end(self._tables, child.story)
        to = tuple(stand.address for stand in ended.recipients)
        return Offspring(child.key, child.fact.title, ended.outcome, to)

    def _failed_child(self) -> str:
        """The bad end of a mail that this one went on as, if it came to one; a notice to its sender is none."""
        for child in self._story.children:
            outcome = self._child(child).outcome or ""
            row = self._tables["outcomes"].get(outcome, {})
            if child.fact.event != _NOTICE and row.get("severity") == "warning":
                return outcome
        return ""

    def _childless(self) -> Iterator[str]:
        """The mails made of this one of which the log has nothing."""
        for child in self._story.children:
            if child.story is None:
                text = str(self._tables["lacks"]["child"])
                yield text.replace("{id}", child.key).replace("{title}", child.fact.title)

    def _gaps(self, missing: bool) -> Iterator[str]:
        """Where the log itself says that records are missing, if any are, and where its clock was set back."""
        for gap in self._story.gaps:
            if gap.event != CLOCK and not missing:
                continue
            text = str(self._tables["lacks"][gap.event])
            clock = (gap.time or "").partition("T")[2][:8]
            text = text.replace("{step}", gap.value(STEP))
            yield text.replace("{time}", clock or "that time").replace("{title}", gap.title)

    def _matter(self) -> set[int]:
        """The few records that tell the story: one of each kind that says something, the last of each."""
        chosen: dict[str, int] = {}
        order: list[str] = self._tables["matters"]["events"]
        for fact in self._facts:
            if fact.event in order:
                chosen[fact.event] = id(fact)
        ranked = sorted(chosen, key=order.index)
        return {chosen[event] for event in ranked[: int(self._tables["matters"]["most"])]}

    def _first(self, key: str) -> str | None:
        """What the first of the fields that tell ``key`` says, in the first record that has it."""
        for name in self._tells[key]:
            for fact in self._facts:
                for field, value in fact.values:
                    if field == name:
                        return value
        return None

    def _value(self, fact: Fact, key: str) -> str | None:
        return fact.value(*self._tells[key]) or None

    def _ids(self, space: str) -> tuple[str, ...]:
        """The mail's own ids of a space: those of its strands, else all that its records name."""
        own = {strand.key for strand in self._story.strands if strand.space.name == space}
        named = dict.fromkeys(
            ref.value
            for fact in self._facts
            for ref in fact.refs
            if ref.space == space and ref.relation not in ("child", "names")
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

    def _told(self) -> str | None:
        """What the client was told, in the words of the last record that tells it."""
        events = self._said["told"]["events"]
        return next((fact.said for fact in reversed(self._facts) if fact.event in events), None)

    def _flow(self) -> tuple[Hop, ...]:
        """The processes in the order in which the mail met them: strand by strand, then the rest."""
        steps: dict[tuple[str, int | None], Hop] = {}
        first: dict[tuple[str, int | None], float] = {}
        last: dict[tuple[str, int | None], float] = {}
        in_strands = (fact for strand in self._story.strands for fact in strand.facts)
        for fact in (*in_strands, *self._facts):
            key = (fact.program, fact.pid)
            step = steps.setdefault(key, Hop(*key))
            if not (step.role or fact.event.startswith("session-")):
                steps[key] = step._replace(role=fact.role)
            if fact.seconds is not None:
                first[key] = min(first.get(key, fact.seconds), fact.seconds)
                last[key] = max(last.get(key, fact.seconds), fact.seconds)
        keys = list(steps)
        found = []
        for key, after in zip(keys, (*keys[1:], None), strict=True):
            end = last.get(key) if after is None else first.get(after, last.get(key))
            begin = first.get(key)
            spent = None if begin is None or end is None else round(max(end - begin, 0.0), 3)
            found.append(steps[key]._replace(seconds=spent))
        return tuple(found)

    def _filter_said(self) -> Iterator[str]:
        """What a filter made of the mail, with its points where it gave some."""
        for fact in self._facts:
            if fact.event in self._said["filter"]["events"]:
                score = self._value(fact, "score") or ""
                yield f"{fact.title} ({score} points)" if score.strip("-x") else fact.title

    def _missing(self, outcome: str) -> Iterator[str]:
        """What the log does not tell: said, never invented."""
        for row in self._tables["missing"].values():
            if "spaces" in row:
                for strand in self._story.strands:
                    if strand.space.name in row["spaces"] and _lacks(row, strand):
                        yield row["text"].replace("{process}", _process(strand))
            elif outcome == row.get("outcome", outcome) and _fits(row, self._events):
                yield row["text"]


def _fits(row: Mapping[str, Any], events: set[str]) -> bool:
    asked = {*row.get("with", ())}
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


def _process(strand: Strand) -> str:
    """The process that a strand's session is of, else the first one."""
    programs = [fact for fact in strand.facts if fact.event in strand.space.begins]
    return (programs or strand.facts)[0].process


def _joined(fact: Fact, why: str, matters: bool) -> Joined:
    return Joined(
        file=fact.file,
        line=fact.line,
        joined_by=why,
        program=fact.program,
        pid=fact.pid,
        time=fact.time,
        entry=fact.entry.partition("/")[2],
        title=fact.title,
        matters=matters,
    )
