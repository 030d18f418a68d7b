"""A story → its answer: who sent what to whom, which way it took, how it ended, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mailhelp import answer
from mailhelp.answer import Answer, Hop, Joined, Recipient
from mailhelp.explain import log
from mailhelp.knowledge.library import Library
from mailhelp.log.join import Numbered
from mailhelp.log.trace import Fact, Story

_MOST_DIGITS = 18
"""Of a number in a record: more is no size or time of a mail."""
_VERDICTS = ("filter-passed", "filter-blocked")
_ENDS = {"sent": "delivered", "bounced": "bounced", "deferred": "deferred", "expired": "expired"}


def fact(library: Library, file: str, numbered: Numbered) -> Fact | None:
    """The fact in a record, or ``None`` if no entry knows it."""
    record = numbered.record
    tag = record.tag
    if tag is None:
        return None
    found = log.match(library, record)
    document = library.document(found.id) if found else None
    if found is None or document is None:
        return None
    values: dict[str, str] = {}
    record, inner = log.values_of(library, record, found)
    for span in inner:
        values.setdefault(span.name, span.value)
        if span.name == "recipient" and values["recipient"] != span.value:
            values[f"recipient {len(values)}"] = span.value
    program = library.program(tag) or tag
    row = library.table("programs").get(program, {})
    role = document.data.get("role") or row.get("role", "")
    return Fact(
        file,
        numbered.line,
        record,
        program,
        _event(document.data, values),
        role,
        document.title,
        document.id,
        values,
        float(row.get("longest_check", 0)),
    )


def _event(data: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """What the message means for a story, where it depends on a value as that value says."""
    by: Mapping[str, str] = data.get("event_by") or {}
    return str(data.get("event") or by.get(values.get(by.get("field", ""), ""), ""))


def explain(library: Library, story: Story) -> Answer:
    """The answer for one mail."""
    facts = [fact for fact, _ in story.facts]
    recipients = _recipients(facts)
    outcome = _outcome(facts, recipients)
    told = _told(facts)
    first = _first(facts)
    sender = first("sender")
    table = answer.Story(
        outcome=outcome,
        queue_ids=_ids(story, facts, "queue_id", "queued_as"),
        amavis_ids=_ids(story, facts, "amavis_id"),
        mail_ids=_ids(story, facts, "mail_id"),
        message_id=first("message_id"),
        client=_client(facts),
        sender="" if sender == "<>" else sender,
        size=_size(facts),
        recipients=recipients,
        filter=tuple(_filter_said(facts)),
        told=told,
        flow=_flow(story, facts),
        links=tuple(link.why for link in story.links),
        records=tuple(
            Joined(
                file=fact.file,
                line=fact.line,
                joined_by=why,
                program=fact.program,
                pid=fact.record.pid,
                time=fact.record.time,
                entry=fact.id.partition("/")[2],
                title=fact.title,
            )
            for fact, why in story.facts
        ),
        missing=tuple(_missing(story, facts, outcome)),
    )
    to = ", ".join(row.address for row in recipients[:3]) or "unknown recipients"
    end = "its end is not in this log" if outcome == "incomplete" else outcome
    more = f" and {len(recipients) - 3} more" if len(recipients) > 3 else ""
    return Answer(
        kind="story",
        recognised="entry",
        title=f"Mail from {sender or 'an unknown sender'} to {to}{more}: {end}",
        time=facts[0].record.time,
        host=facts[0].record.host,
        story=table,
    )


def _first(facts: list[Fact]) -> Any:
    def value(name: str) -> str | None:
        return next((fact.values[name] for fact in facts if fact.values.get(name)), None)

    return value


def _ids(story: Story, facts: Iterable[Fact], *names: str) -> tuple[str, ...]:
    kinds = {"queue_id": "queue", "amavis_id": "filter"}
    own = {strand.key for strand in story.strands if strand.kind == kinds.get(names[0])}
    found = dict.fromkeys(
        value for fact in facts for name in names if (value := fact.values.get(name))
    )
    return tuple(
        id for id in found if id != "NOQUEUE" and (id in own or not own or names[0] == "mail_id")
    )


def _size(facts: list[Fact]) -> int | None:
    """The mail's size in bytes: as the queue manager knows it, else as anybody says."""
    sizes = [fact for fact in facts if fact.values.get("size", "").isdecimal()]
    best = next((fact for fact in sizes if fact.event == "queued"), sizes[0] if sizes else None)
    return int(best.values["size"][:_MOST_DIGITS]) if best else None


def _client(facts: list[Fact]) -> str | None:
    """The client that brought the mail first: the original one where a filter passed it on."""
    for name in ("original_client", "client", "amavis_origin"):
        for fact in facts:
            if fact.values.get(name):
                return fact.values[name]
    return None


def _recipients(facts: list[Fact]) -> tuple[Recipient, ...]:
    rows: dict[str, Recipient] = {}
    for fact in facts:
        for name, address in fact.values.items():
            if name.partition(" ")[0] != "recipient" or address == "<>":
                continue
            rows.setdefault(address, Recipient(address))
            if fact.event == "delivery" and "delivery_status" in fact.values:
                rows[address] = Recipient(
                    address,
                    fact.values.get("delivery_status"),
                    fact.values.get("enhanced_status_code"),
                    fact.values.get("relay"),
                    float(fact.values.get("delay", "")[:_MOST_DIGITS] or 0),
                    fact.record.message.partition(" (")[2].removesuffix(")"),
                )
    return tuple(rows.values())


def _outcome(facts: list[Fact], recipients: tuple[Recipient, ...]) -> str:
    events = {fact.event for fact in facts}
    ends = {_ENDS.get(row.status, row.status) for row in recipients if row.status}
    if len(ends) > 1:
        return "mixed"
    if ends:
        return ends.pop()
    for event, outcome in (
        ("expired", "expired"),
        ("deleted", "removed"),
        ("held", "held"),
        ("discarded", "discarded"),
    ):
        if event in events:
            return outcome
    if events & {"filter-refused", "rejected"}:
        return "rejected"
    if "removed" not in events and events & {"queued", "written"}:
        return "queued"
    return "incomplete"


def _told(facts: list[Fact]) -> str | None:
    """What the client was told, in the words of the record that tells it."""
    for fact in reversed(facts):
        if fact.event in ("filter-accepted", "filter-refused", "rejected"):
            code = fact.values.get("reply_code", "")
            message = fact.record.message
            return message[message.find(code) :].partition("; from=")[0].strip()
    return None


def _flow(story: Story, facts: list[Fact]) -> tuple[Hop, ...]:
    """The processes in the order in which the mail met them: strand by strand, then the rest."""
    steps: dict[tuple[str, int | None], Hop] = {}
    for fact in (*(fact for strand in story.strands for fact in strand.facts), *facts):
        key = (fact.program, fact.record.pid)
        step = steps.setdefault(key, Hop(*key))
        if not (step.role or fact.event.startswith("session-")):
            steps[key] = step._replace(role=fact.role)
    return tuple(steps.values())


def _filter_said(facts: list[Fact]) -> Iterator[str]:
    """What a filter made of the mail, with its points where it gave some."""
    for fact in facts:
        if fact.event in _VERDICTS:
            score = fact.values.get("spam_score", "")
            yield f"{fact.title} ({score} points)" if score.strip("-x") else fact.title


def _missing(story: Story, facts: list[Fact], outcome: str) -> Iterator[str]:
    """What the log does not tell: said, never invented."""
    events = {fact.event for fact in facts}
    for strand in story.strands:
        if strand.kind == "session" and strand.session and not strand.session.opened:
            yield f"The connect record of {_process(strand.facts[0])}."
        if strand.kind == "filter" and not any(f.event in _VERDICTS for f in strand.facts):
            yield "What the filter made of the mail: its summary record."
    if "removed" in events and "delivery" not in events:
        yield (
            "The delivery: the mail has left the queue, so each recipient was dealt with, "
            "but no record here says how."
        )
    if outcome == "incomplete" and "removed" not in events:
        yield "How it ended: the log stops before."


def _process(fact: Fact) -> str:
    return f"{fact.program}[{fact.record.pid}]" if fact.record.pid is not None else fact.program


def read(library: Library, file: str, records: Iterable[Numbered]) -> Iterator[Fact]:
    """The facts in the records of one file."""
    for numbered in records:
        found = fact(library, file, numbered)
        if found is not None:
            yield found
