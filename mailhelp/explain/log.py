"""A log record → its answer: entry, spans, verdict, commands filled from the line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mailhelp.answer import Answer, Result, Span, Verdict
from mailhelp.explain.common import parts
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.log.catalogue import Match
from mailhelp.log.prefix import Record, covered
from mailhelp.patterns.values import EMPTY, ValueSpan

BY_CODE = "by-code"


def match(library: Library, record: Record) -> Match | None:
    """The best match of the record's message among the patterns of its program."""
    return library.catalogue.match(library.programs_of(record.tag), record.message)


def explain(library: Library, record: Record) -> Answer:
    """The answer for one record; an unknown one says so and offers what is known of its shape."""
    found = match(library, record)
    document = library.document(found.id) if found else None
    inner: list[ValueSpan] = []
    if found is not None:
        record, inner = values_of(library, record, found)
    spans = prefix_spans(library, record)
    values: dict[str, str] = {}
    base: dict[str, Any] = {
        "kind": "log",
        "query": record.text,
        "text": record.text,
        "program": library.program(record.tag) or record.tag if record.tag else None,
        "pid": record.pid,
        "time": record.time,
        "host": record.host,
        "notes": _notes(record),
    }
    if record.repeats_last:
        title = "The record before, once more"
        return Answer(**base, recognised="generic", title=title, spans=tuple(spans))
    if found is None or document is None:
        return Answer(
            **base,
            recognised="no",
            spans=tuple(spans),
            results=similar(library, record),
            draft=draft(library, record),
        )
    for span in inner:
        if span.value not in EMPTY:  # <> and [] are no values that a command could use
            values.setdefault(span.name, span.value)
    spans += value_spans(library, inner, record)
    common = parts(library, document, values)
    common["verdict"] = verdict(library, document, inner)
    answer = Answer(
        **{**base, **common},
        recognised="generic" if found.generic else "entry",
        entry=document.id.partition("/")[2] if not found.generic else None,
        spans=tuple(spans),
    )
    if found.generic:
        return answer._replace(results=similar(library, record), draft=draft(library, record))
    return answer


def values_of(library: Library, record: Record, found: Match) -> tuple[Record, list[ValueSpan]]:
    """The values of a matched message, and the record, both with the fields that are secret covered."""
    inner = list(library.splitter.groups(found.found, found.holes))
    secret = [(span.start, span.end) for span in inner if library.fields[span.name].secret]
    if not secret:
        return record, inner
    record = covered(record, secret)
    return record, [span._replace(value=record.message[span.start : span.end]) for span in inner]


def reach(library: Library, found: Match) -> int:
    """Where the last value of the matched message ends that is neither free text nor a composite."""
    ends = [
        span.end
        for span in library.splitter.groups(found.found, found.holes)
        if not (field := library.fields[span.name]).free and not field.forms and not field.items
    ]
    return max(ends, default=0)


def prefix_spans(library: Library, record: Record) -> list[Span]:
    """The spans of the syslog prefix."""
    spans = []
    for place in record.prefix:
        meaning = library.fields[place.name].read(place.value)
        if place.name == "program":
            table = library.table("programs").get(library.program(place.value) or "")
            meaning = table["meaning"] if table else meaning
        spans.append(Span(place.start, place.end, place.name, place.value, meaning))
    return spans


def value_spans(library: Library, inner: Iterable[ValueSpan], record: Record) -> list[Span]:
    """The spans of a message's values, placed in the record's text, each with its meaning."""
    spans = []
    for span in inner:
        start, end = record.place(span.start, span.end)
        spans.append(
            Span(start, end, span.name, span.value, meaning(library, span.name, span.value))
        )
    return spans


def meaning(library: Library, name: str, value: str) -> str:
    """What a value of the field ``name`` means: looked up where the field says so, else as it reads."""
    field = library.fields[name]
    if field.lookup:
        for hit in library.named(value, field.lookup):
            title = library.title(hit.id)
            if title and title != value:
                return title
    return field.read(value)


def verdict(library: Library, document: Document, inner: Iterable[ValueSpan]) -> Verdict | None:
    """The entry's verdict; where it goes by the code, as the first code in the record says."""
    stored: Mapping[str, object] | None = document.data.get("verdict")
    if not stored:
        return None
    permanence = str(stored.get("permanence", "none"))
    if permanence == BY_CODE:
        readings = (
            library.fields[span.name].permanence.get(span.value[:1])  # type: ignore[union-attr]
            for span in inner
            if library.fields[span.name].permanence
        )
        permanence = next((reading for reading in readings if reading), "none")
    return Verdict(str(stored.get("who", "")), permanence, bool(stored.get("harmless", False)))


def similar(library: Library, record: Record) -> tuple[Result, ...]:
    """Entries that share rare words with the record: similar, not the same."""
    ids = library.catalogue.similar(library.programs_of(record.tag), record.message)
    return tuple(Result(id, "log", library.title(id)) for id in ids)


def draft(library: Library, record: Record) -> str:
    """A corpus entry for this record, to be filled in by somebody who knows what it means."""
    message = record.message.strip()[:500]
    pattern = message.replace("{", "{{").replace("}", "}}")
    quote = "'''" if "'" in message else "'"
    if quote == "'''" and "'''" in message:
        return ""
    program = (library.program(record.tag) if record.tag else None) or record.tag or "postfix/any"
    place = re.sub(r"[^\w./-]", "_", program).strip("./")
    return (
        "+++\n"
        f"# save as NAME.md in ~/.config/mailhelp/notes/log/{place}/\n"
        'title = "What happened, in a few words"\n'
        f"patterns = [{quote}{pattern}{quote}]\n"
        'severity = "info"\n'
        'verdict = { who = "this-server", permanence = "none" }\n'
        'sources = ["our own notes"]\n'
        "+++\n"
        "What it means.\n\n"
        "## Samples\n\n"
        f"```\n{message}\n```\n"
    )


def _notes(record: Record) -> tuple[str, ...]:
    if record.repeats_last:
        return (f"The syslog daemon stands in for {record.repeated} more records like the last.",)
    if record.repeated > 1:
        return (f"The syslog daemon wrote this once for {record.repeated} records.",)
    return ()
