"""A log record → its answer: entry, spans, verdict, commands filled from the line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from mailhelp.answer import SEVERITIES, Answer, Command, Result, Span, Verdict
from mailhelp.explain import common, told
from mailhelp.explain.common import BY_CODE
from mailhelp.explain.draft import Drafts
from mailhelp.explain.gist import Gist, first_values
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import Any
from mailhelp.log.prefix import Record
from mailhelp.log.read import Read
from mailhelp.patterns.fields import Field
from mailhelp.patterns.values import ValueSpan

PROBLEMS = SEVERITIES[:4]
"""Severities of what went wrong."""
_MOST_MEANINGS = 10_000


class Entry:
    """A document as the answers about its records use it: what is always the same is made once."""

    def __init__(self, library: Library, document: Document) -> None:
        self._library = library
        self.document = document
        self._told: dict[tuple[tuple[int, ...], ...], dict[str, Any]] = {}
        self.severity: str | None = document.data.get("severity")
        self.verdict: Mapping[str, Any] | None = document.data.get("verdict")
        self.harmless = bool(self.verdict and self.verdict.get("harmless"))

    @cached_property
    def parts(self) -> dict[str, Any]:
        """The fields of ``Answer`` that no value of a record changes."""
        return common.fixed(self._library, self.document)

    def told(self, text: str) -> dict[str, Any]:
        """The same for the record ``text``: of several messages, what is about its own first."""
        if not self._labels:
            return self.parts
        fits = told.fitting(self._labels, text)
        found = self._told.get(fits)
        if found is None:
            rows = self.document.data["labelled"]
            found = self._told[fits] = told.apart(rows, fits, self.parts)
        return found

    @cached_property
    def _labels(self) -> list[Any]:
        rows = self.document.data.get("labelled")
        return told.labels_of(rows) if rows else []

    @cached_property
    def brief(self) -> dict[str, Any]:
        """Those of the ``parts`` that are told again when the entry has been explained already."""
        return {"title": self.document.title, "severity": self.severity}

    @cached_property
    def gist(self) -> Gist:
        """How a record is told in one line; where the entry does not say, by what tells most."""
        default = self._library.table("gists").get("default", {})
        own = self.document.data.get("gist")
        return Gist(own or default.get("gist", ""), default.get("hidden", ()))

    def commands(self, values: Mapping[str, str]) -> tuple[Command, ...]:
        """The commands with ``values``."""
        return common.filled(self._library, self.document.data.get("commands", []), values)

    def event(self, values: Mapping[str, str]) -> str:
        """What the message means for a story, where it depends on a value as that value says."""
        by: Mapping[str, str] = self.document.data.get("event_by") or {}
        return str(
            self.document.data.get("event") or by.get(values.get(by.get("field", ""), ""), "")
        )


class Explainer:
    """Explains the records of one stream; what it looked up for an entry it does not look up again."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.engine = library.engine
        self._entries: dict[str, Entry | None] = {}
        self._meanings: dict[tuple[str, str], str] = {}
        # of the fields whose values all mean the same
        self._same: dict[str, str] = {}
        self._drafts: Drafts | None = None

    def entry(self, read: Read) -> Entry | None:
        """The entry of a record, ``None`` if nothing knows it."""
        if read.hit is None:
            return None
        return self._entry(read.hit.entry)

    def _entry(self, id: str) -> Entry | None:
        if id not in self._entries:
            document = self.library.document(id)
            self._entries[id] = Entry(self.library, document) if document else None
        return self._entries[id]

    def may_be_problem(self, id: str) -> bool:
        """Whether a record of the entry ``id`` can tell of something that went wrong; ``is_problem`` knows by its values."""
        entry = self._entry(id)
        if entry is None or entry.harmless:
            return False
        return (
            entry.severity in PROBLEMS or (entry.verdict or {}).get("permanence", "none") != "none"
        )

    def is_problem(self, read: Read) -> bool:
        """Whether a record tells of something that went wrong, or that nobody knows."""
        entry = self.entry(read)
        if read.recognised == "no":
            return bool(read.record.text.strip())
        if entry is None or entry.harmless or read.is_header or read.record.repeats_last:
            return False
        if entry.severity in PROBLEMS:
            return True
        said = verdict(self.engine.fields, entry.verdict, read.values)
        return said is not None and said.permanence != "none"

    def explain(self, read: Read, *, brief: bool = False) -> Answer:
        """The answer for one record; an unknown one says so and offers what is known of its shape.

        ``brief`` leaves out what was said when the entry was explained before.
        """
        record = read.record
        entry = None if record.repeats_last else self.entry(read)
        base: dict[str, Any] = {
            "kind": "log",
            "query": record.text,
            "text": record.text,
            "recognised": read.recognised if entry or record.repeats_last else "no",
            "program": self.engine.program(record.tag) or record.tag,
            "pid": record.pid,
            "time": record.time,
            "host": record.host,
            "notes": _notes(record),
        }
        prefix = self._prefix_spans(record)
        if record.repeats_last:
            return Answer(**base, title="The record before, once more", spans=prefix)
        if entry is None or read.hit is None:
            if brief:
                return Answer(**base, spans=prefix)
            unknown: dict[str, Any] = {"results": self._similar(record), "draft": self._draft(read)}
            return Answer(**base, spans=prefix, **unknown)
        values = read.first()
        known: dict[str, Any] = {
            **base,
            **(entry.brief if brief else entry.told(record.text)),
            "verdict": verdict(self.engine.fields, entry.verdict, read.values),
            "gist": entry.gist.told(values, read.values)
            or first_values(read.values, self.engine.fields),
            "event": entry.event(values) or None,
        }
        if not read.hit.generic:
            known["entry"] = entry.document.id.partition("/")[2]
        if brief:
            return Answer(**known, spans=(*prefix, *self.value_spans(read, meanings=False)))
        known["commands"] = entry.commands(values)
        for name in entry.document.data.get("inner", ()):
            if name in values and not entry.harmless:
                self._tell_inner(known, values[name], entry)
        known["spans"] = (*prefix, *self.value_spans(read))
        if read.hit.generic:
            known |= {"results": self._similar(record), "draft": self._draft(read)}
        return Answer(**known)

    def _tell_inner(self, known: dict[str, Any], message: str, outer: Entry) -> None:
        """Put first what is ``known`` of the ``message`` of another program that the record hands on."""
        inner = self.engine.read(Record(message, message))
        entry = self.entry(inner)
        if entry is None or entry is outer or inner.hit is None or inner.hit.generic:
            return
        parts = entry.told(message)
        head = common.plain(f"{entry.document.title}.")
        known["explanation"] = told.joined((head, parts["explanation"], known["explanation"]))
        for part in ("causes", "actions"):
            known[part] = (*parts[part], *known[part])
        known["commands"] = (*entry.commands(inner.first()), *known["commands"])
        known["related"] = tuple(dict.fromkeys((entry.document.id, *known["related"])))

    def value_spans(self, read: Read, *, meanings: bool = True) -> list[Span]:
        """The spans of a record's values, placed in its text, each with its meaning."""
        record, meaning = read.record, self.meaning if meanings else _no_meaning
        if len(record.offsets) > 1:
            return [
                Span(*record.place(start, end), name, value, meaning(name, value))
                for start, end, name, value in read.values
            ]
        shift, _ = record.place(0, 0)
        return [
            Span(start + shift, end + shift, name, value, meaning(name, value))
            for start, end, name, value in read.values
        ]

    def meaning(self, name: str, value: str) -> str:
        """What a value of the field ``name`` means: looked up where the field says so, else as it reads."""
        same = self._same.get(name)
        if same is not None:
            return same
        field = self.engine.fields[name]
        if not field.lookup:
            said = field.read(value)
            if not field.special:
                self._same[name] = said
            return said
        found = self._meanings.get((name, value))
        if found is None:
            if len(self._meanings) >= _MOST_MEANINGS:
                self._meanings.clear()
            found = self._meanings[name, value] = meaning(self.library, field, value)
        return found

    def _prefix_spans(self, record: Record) -> tuple[Span, ...]:
        """The spans of the syslog prefix."""
        return tuple(
            Span(*place, self._prefix_meaning(place.name, place.value)) for place in record.prefix
        )

    def _prefix_meaning(self, name: str, value: str) -> str:
        if name == "program":
            row = self.engine.programs.get(self.engine.program(value) or "")
            if row:
                return str(row["meaning"])
        return self.meaning(name, value)

    def _draft(self, read: Read) -> str:
        if self._drafts is None:
            self._drafts = Drafts(self.engine, self.library.table("drafts"))
        return self._drafts.draft(read)

    def _similar(self, record: Record) -> tuple[Result, ...]:
        """Entries that share rare words with the record: similar, not the same. The first brings what it says."""
        ids = self.engine.similar(record)
        found = [Result(id, "log", self.library.title(id)) for id in ids]
        entry = self._entry(ids[0]) if ids else None
        if entry is not None:
            said = entry.told(record.text)["explanation"]
            found[0] = found[0]._replace(explanation=said)
        return tuple(found)


def _no_meaning(name: str, value: str) -> str:
    return ""


def _notes(record: Record) -> tuple[str, ...]:
    if record.repeats_last:
        return (f"The syslog daemon wrote this for {record.repeated} more records like the last.",)
    if record.repeated > 1:
        return (f"The syslog daemon wrote this once for {record.repeated} records.",)
    return ()


def meaning(library: Library, field: Field, value: str) -> str:
    """What a value of ``field`` means: looked up where the field says so, else as it reads."""
    if field.lookup:
        titles = (library.title(hit.id) for hit in library.named(value, field.lookup))
        said = next((title for title in titles if title and title != value), "")
        if said:
            return said
    return field.read(value)


def verdict(
    fields: Mapping[str, Field], stored: Mapping[str, Any] | None, values: Iterable[ValueSpan]
) -> Verdict | None:
    """An entry's verdict; where it goes by the code, as the first code in the record says."""
    if not stored:
        return None
    permanence = str(stored.get("permanence", "none"))
    if permanence == BY_CODE:
        readings = (
            reading.get(span.value[:1])
            for span in values
            if (reading := fields[span.name].permanence)
        )
        permanence = next((reading for reading in readings if reading), "none")
    return Verdict(str(stored.get("who", "")), permanence, bool(stored.get("harmless", False)))
