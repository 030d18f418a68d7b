"""Checks a corpus beyond the shape of its files: samples, references, documented options, addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mailhelp.corpus.compile import INNER, Compiled, compile_corpus, regex_fault
from mailhelp.corpus.read import Corpus, Entry, Fault, Sample, read
from mailhelp.knowledge.store import PatternRow
from mailhelp.log.catalogue import Catalogue, Match
from mailhelp.patterns import holes
from mailhelp.patterns.fields import Field
from mailhelp.patterns.pattern import literal_length, parse, to_regex
from mailhelp.patterns.values import Splitter, ValueSpan

_ADDRESS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])")
_EXAMPLE_ADDRESS = re.compile(
    r"(?:192\.0\.2|198\.51\.100|203\.0\.113|127\.\d+\.\d+|0\.0\.0|10\.0\.0)\.\d+$"
)
_DOMAIN = re.compile(r"@([A-Za-z0-9.-]+\.[A-Za-z]{2,})")
_EXAMPLE_DOMAIN = re.compile(
    r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|localhost|localdomain)\.?$", re.I
)
_SHOWN = 120
_ANYTHING = "something that no entry knows"
_OPTION = re.compile(r"(?<!\S)(-{1,2}[A-Za-z][\w-]*)")


def check(folder: Path, base: Compiled | None = None) -> tuple[Compiled, list[Fault]]:
    """Compile the corpus in ``folder`` and check it; the faults are sorted by file and line."""
    corpus = read(folder)
    compiled = compile_corpus(corpus, base)
    # the others have a fault already; nothing can be said of what is in them
    left_out = {fault.path for fault in compiled.faults}
    corpus = replace(
        corpus, entries=tuple(entry for entry in corpus.entries if entry.path not in left_out)
    )
    faults = [
        *compiled.faults,
        *_fields(corpus, compiled),
        *_references(corpus, compiled, base),
    ]
    faults += _samples(corpus, compiled, base)
    for entry in corpus.entries:
        faults += _examples(entry)
        if entry.kind == "recipe":
            faults += _recipe(entry, compiled)
    return compiled, sorted(
        set(faults), key=lambda fault: (str(fault.path), fault.line, fault.text)
    )


def _fields(corpus: Corpus, compiled: Compiled) -> Iterator[Fault]:
    for each in corpus.fields:
        if each.name not in compiled.defined:
            continue
        fault = regex_fault(compiled.fields[each.name])
        if fault:
            yield each.fault(fault)
        try:
            list(Splitter(compiled.fields).value(each.name, "\x00", 0, 1))
        except Exception as error:  # a form or item that does not compile, whatever the cause
            yield each.fault(str(error))


def _references(corpus: Corpus, compiled: Compiled, base: Compiled | None) -> Iterator[Fault]:
    documents = [*compiled.documents, *(base.documents if base else ())]
    ids = {document.id for document in documents}
    parameters = {
        name for document in documents if document.kind == "parameter" for name in document.names
    }
    kinds = {document.kind for document in documents}
    seen: dict[str, Entry] = {}
    for entry in corpus.entries:
        for id in entry.front.get("related", ()):
            if id not in ids:
                yield entry.fault(f"related: there is no entry '{id}'", id)
        for name in entry.front.get("parameters", ()):
            if name not in parameters:
                yield entry.fault(f"parameters: Postfix has no '{name}'", name)
        if entry.id in seen and not entry.patch:
            yield entry.fault(f"the entry {entry.id} is also {seen[entry.id].path}")
        seen[entry.id] = entry
    for each in corpus.fields:
        field = compiled.fields.get(each.name)
        if (
            field
            and field.lookup
            and field.lookup not in kinds | {"status", "rule", "parameter", "topic"}
        ):
            yield each.fault(f"lookup: there are no {field.lookup} entries")


class _Rows:
    """Patterns that were just compiled, as a catalogue asks for them."""

    def __init__(self, rows: Iterable[PatternRow]) -> None:
        self._by_program: dict[str, list[PatternRow]] = defaultdict(list)
        for row in rows:
            self._by_program[row.program].append(row)

    def patterns(self, program: str) -> list[PatternRow]:
        return self._by_program.get(program, [])

    def programs(self) -> set[str]:
        return set(self._by_program)


def _samples(corpus: Corpus, compiled: Compiled, base: Compiled | None) -> Iterator[Fault]:
    catalogue = Catalogue([_Rows(part.patterns) for part in (compiled, base) if part])
    splitter = Splitter(compiled.fields)
    parts = {
        document.id.partition("/")[2]: document.data
        for document in (*(base.documents if base else ()), *compiled.documents)
        if document.kind == "part"
    }
    rows: dict[str, set[str]] = defaultdict(set)
    for row in compiled.patterns:
        rows[row.id].add(row.regex)
    for entry in corpus.entries:
        if entry.kind == "part":
            yield from _part(entry, compiled.fields, splitter)
            continue
        matched: set[str] = set()
        programs = (entry.id,) if entry.kind in ("header", "rule") else _programs(entry)
        for sample in entry.samples:
            for line, inside in _lines(entry, sample, parts):
                for program in programs:
                    matches = list(catalogue.matches((program, *_wider(program)), line))
                    yield from _sample(entry, sample, line, inside, matches, splitter)
                    matched.update(m.found.re.pattern for m in matches if m.id == entry.id)
            if sample.inner and not _frames(entry, parts):
                yield entry.fault(
                    "no part of this entry has frames: give the whole line", sample.number
                )
        if entry.kind == "log" and not entry.patch and not entry.front.get("use"):
            missing = len(rows[entry.id] - matched)
            if missing:
                yield entry.fault(f"{missing} of its patterns have no sample", "patterns")


def _frames(entry: Entry, parts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The whole lines of the entry's parts, with ``{...}`` where the entry's own text goes."""
    return [
        line
        for name in entry.front.get("use", ())
        for line in parts.get(name, {}).get("samples", ())
    ]


def _lines(
    entry: Entry, sample: Sample, parts: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, range]]:
    """The whole lines that ``sample`` stands for, and where its own text is in each."""
    if not sample.inner:
        yield sample.line, range(len(sample.line) + 1)
        return
    for frame in _frames(entry, parts):
        start = frame.index(INNER)
        yield frame.replace(INNER, sample.line), range(start, start + len(sample.line) + 1)


def _programs(entry: Entry) -> list[str]:
    own = entry.front.get("program")
    return list(own) if own else [entry.id.partition("/")[2].rpartition("/")[0]]


def _wider(program: str) -> list[str]:
    """The groups of programs that ``program`` belongs to (``postfix/any`` for ``postfix/smtpd``)."""
    family, _, own = program.partition("/")
    return [f"{family}/any"] if own and own != "any" and family not in ("header", "rule") else []


def _sample(
    entry: Entry,
    sample: Sample,
    line: str,
    inside: range,
    matches: list[Match],
    splitter: Splitter,
) -> Iterator[Fault]:
    best = matches[0] if matches else None
    if best is None or best.id != entry.id:
        got = f"is taken by {best.id}" if best else "fits none of its patterns"
        yield entry.fault(f"sample {got}: {line[:_SHOWN]}", sample.number)
        return
    equal = [
        match.id
        for match in matches[1:]
        if (match.id, match.generic, match.literal, match.shared)
        == (match.id, False, best.literal, best.shared)
        and match.id != best.id
    ]
    if equal:
        yield entry.fault(f"sample fits {equal[0]} just as well: {line[:_SHOWN]}", sample.number)
    yield from _values(entry, sample, inside, splitter.groups(best.found, best.holes))


def _values(
    entry: Entry, sample: Sample, inside: range, spans: Iterable[ValueSpan]
) -> Iterator[Fault]:
    values: dict[str, str] = {}
    for span in spans:
        if span.start in inside:
            values.setdefault(span.name, span.value)
    for name, value in sample.values.items():
        if values.get(name) != value:
            yield entry.fault(
                f"sample: {name} is {values.get(name)!r}, not {value!r}", sample.number
            )


def _part(entry: Entry, fields: Mapping[str, Field], splitter: Splitter) -> Iterator[Fault]:
    """A part has one whole line for each frame, with ``{...}`` where the entries' own text goes."""
    frames = {
        frame: (literal_length(parts), re.compile(to_regex(parts, fields), re.DOTALL), parts)
        for frame in entry.front.get("frames", ())
        for parts in [parse(frame.replace(INNER, "{text}"))]
    }
    missing = dict.fromkeys(frames)
    for sample in entry.samples:
        if sample.line.count(INNER) != 1 or sample.inner:
            yield entry.fault(f"a part's sample is a whole line with {INNER} in it", sample.number)
            continue
        line = sample.line.replace(INNER, _ANYTHING)
        fits = [(*row[:1], frame) for frame, row in frames.items() if row[1].match(line)]
        if not fits:
            yield entry.fault("sample fits none of its frames", sample.number)
            continue
        frame = max(fits)[1]
        missing.pop(frame, None)
        found = frames[frame][1].match(line)
        assert found
        spans = splitter.groups(found, holes.holes(frames[frame][2]))
        yield from _values(entry, sample, range(len(line) + 1), spans)
    for frame in missing:
        yield entry.fault(f"the frame has no sample: {frame}", frame)


def _examples(entry: Entry) -> Iterator[Fault]:
    """Addresses and domains that belong to somebody; samples may show only those for examples."""
    for sample in entry.samples:
        for address in _ADDRESS.findall(sample.line):
            if not _EXAMPLE_ADDRESS.match(address):
                text = f"{address} is not an address for documentation (RFC 5737)"
                yield entry.fault(text, sample.number)
        for domain in _DOMAIN.findall(sample.line):
            if not _EXAMPLE_DOMAIN.match(domain):
                text = f"{domain} is not a domain for documentation (RFC 2606)"
                yield entry.fault(text, sample.number)


def _recipe(entry: Entry, compiled: Compiled) -> Iterator[Fault]:
    placeholders = entry.front.get("placeholders", {})
    options = entry.front.get("options", {})
    for name, table in placeholders.items():
        if set(table) - {"check", "default", "example", "meaning"} or not table.get("meaning"):
            yield entry.fault(
                f"placeholder {name}: has check, meaning, example and may have default", name
            )
        elif table.get("check") not in compiled.fields:
            yield entry.fault(f"placeholder {name}: check names no field", name)
        else:
            regex = compiled.fields[table["check"]].regex
            for key in ("default", "example"):
                if key in table and not re.fullmatch(regex, table[key]):
                    yield entry.fault(
                        f"placeholder {name}: the {key} {table[key]!r} fails its check", name
                    )
            if "example" not in table:
                yield entry.fault(f"placeholder {name}: has no example", name)
    for command in entry.front.get("commands", ()):
        run = str(command.get("run", ""))
        for hole in holes.holes(holes.parse(run)):
            if hole not in placeholders:
                yield entry.fault(f"{{{hole}}} is no placeholder of this recipe", run)
        for option in _OPTION.findall(run):
            if not any(option == word for key in options for word in key.replace("=", " ").split()):
                yield entry.fault(f"option {option} is not explained in [options]", option)
