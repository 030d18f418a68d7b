"""Samples as tests: each line belongs to its entry, to no other, and yields the values that it says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mailhelp.corpus.base import Base
from mailhelp.corpus.beside import in_parts
from mailhelp.corpus.compile import INNER, Compiled
from mailhelp.corpus.read import Corpus, Entry, Fault, Sample
from mailhelp.knowledge.store import Name, PatternRow
from mailhelp.log.catalogue import Catalogue, Match, PatternSource
from mailhelp.patterns import holes
from mailhelp.patterns.pattern import literal_length, parse, to_regex
from mailhelp.patterns.values import Splitter, ValueSpan

_SHOWN = 120
_ANYTHING = "something that no entry knows"


class _Rows:
    """Patterns of a corpus that was just compiled, as a catalogue asks for them."""

    def __init__(self, rows: Iterable[PatternRow]) -> None:
        self._filed: dict[str, dict[str, list[PatternRow]]] = {}
        for number, row in enumerate(rows):
            filed = self._filed.setdefault(row.program, {})
            filed.setdefault(row.word, []).append(row._replace(number=number))

    def patterns(self, programs: Sequence[str], words: Collection[str]) -> Iterator[PatternRow]:
        for program in programs:
            filed = self._filed.get(program, {})
            for word in words:
                yield from filed.get(word, ())

    def filing(self, programs: Sequence[str]) -> set[str]:
        return {word for program in programs for word in self._filed.get(program, {})}

    def programs(self) -> set[str]:
        return set(self._filed)

    def named(self, name: str) -> tuple[Name, ...]:
        return ()


class _Others:
    """The patterns of a base but for those of the entries ``replaced``."""

    def __init__(self, base: Base, replaced: set[str]) -> None:
        self._base, self._replaced = base, replaced

    def patterns(self, programs: Sequence[str], words: Collection[str]) -> Iterator[PatternRow]:
        found = self._base.patterns(programs, words)
        return (row for row in found if row.id not in self._replaced)

    def filing(self, programs: Sequence[str]) -> set[str]:
        return self._base.filing(programs)

    def programs(self) -> set[str]:
        return self._base.programs()

    def named(self, name: str) -> tuple[Name, ...]:
        return ()


def faults(corpus: Corpus, compiled: Compiled, base: Base | None, notes: bool) -> Iterator[Fault]:
    """What is wrong with the samples of ``corpus``.

    Of ``notes`` an entry may fit as well as one of the base: notes go first.
    """
    own = {entry.id for entry in corpus.entries if not entry.patch}
    sources: list[PatternSource] = [
        _Rows(compiled.patterns),
        *([_Others(base, own)] if base else []),
    ]
    catalogue = Catalogue(sources)
    splitter = Splitter(compiled.fields)
    parts = {**(base.parts if base else {}), **compiled_parts(compiled)}

    def of(entries: Sequence[Entry]) -> tuple[list[Fault], set[tuple[str, str]]]:
        compiled.rivals = set()  # each part has its own
        found = [
            fault
            for entry in entries
            for fault in _of_entry(
                entry, compiled, catalogue, splitter, parts, own if notes else None
            )
        ]
        return found, compiled.rivals

    done = in_parts(
        of, [entry for entry in corpus.entries if entry.samples or entry.kind in ("log", "part")]
    )
    compiled.rivals = set().union(*(rivals for _, rivals in done))
    for found, _ in done:
        yield from found


def _of_entry(
    entry: Entry,
    compiled: Compiled,
    catalogue: Catalogue,
    splitter: Splitter,
    parts: Mapping[str, Mapping[str, Any]],
    notes: set[str] | None,
) -> Iterator[Fault]:
    """What is wrong with the samples of ``entry``; ``notes`` are the ids of them, if it is one."""
    if entry.kind == "part":
        yield from _part(entry, compiled, splitter)
        return
    matched: set[str] = set()
    programs = [entry.id] if entry.kind in ("header", "line", "rule") else _programs(entry)
    for sample in entry.samples:
        lines = list(whole_lines(entry, sample, parts))
        if not lines:
            text = "no part of this entry has frames: give the whole line"
            yield entry.fault(text, sample.number)
        for line, inside in lines:
            for program in programs:
                matches = list(catalogue.matches((program, *_wider(program)), line))
                matched.update(m.found.re.pattern for m in matches if m.id == entry.id)
                lesser = {m.id for m in matches if not m.generic} - {entry.id}
                compiled.rivals |= {(id, entry.id) for id in lesser}
                rivals = [m for m in matches[1:] if notes is None or m.id in notes]
                yield from _sample(entry, sample, line, inside, matches[:1], rivals, splitter)
    if entry.kind == "log" and not entry.patch:
        yield from _untried(entry, compiled, matched)


def compiled_parts(compiled: Compiled) -> dict[str, Mapping[str, Any]]:
    """What the parts of a corpus hold, by their names."""
    return {
        document.id.partition("/")[2]: document.data
        for document in compiled.documents
        if document.kind == "part"
    }


def whole_lines(
    entry: Entry, sample: Sample, parts: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, range]]:
    """The lines that ``sample`` stands for, one for each frame, and where its own text is in each."""
    if not sample.inner:
        yield sample.line, range(len(sample.line) + 1)
        return
    for name in entry.front.get("use", ()):
        for frame in parts.get(name, {}).get("samples", ()):
            start = frame.find(INNER)
            if start >= 0:
                line = frame.replace(INNER, sample.line)
                yield line, range(start, start + len(sample.line) + 1)


def _untried(entry: Entry, compiled: Compiled, matched: set[str]) -> Iterator[Fault]:
    tried = {form.own for form in compiled.forms[entry.id] if form.regex in matched}
    for pattern in entry.front.get("patterns", ()):
        if pattern not in tried:
            yield entry.fault(f"this pattern has no sample: {pattern[:_SHOWN]}", pattern)


def _programs(entry: Entry) -> list[str]:
    own = entry.front.get("program")
    return list(own) if own else [entry.id.partition("/")[2].rpartition("/")[0]]


def _wider(program: str) -> list[str]:
    """The groups of programs that ``program`` belongs to (``postfix/any`` for ``postfix/smtpd``)."""
    family, _, own = program.partition("/")
    return (
        [f"{family}/any"]
        if own and own != "any" and family not in ("header", "line", "rule")
        else []
    )


def _sample(
    entry: Entry,
    sample: Sample,
    line: str,
    inside: range,
    first: list[Match],
    rivals: list[Match],
    splitter: Splitter,
) -> Iterator[Fault]:
    best = first[0] if first else None
    if best is None or best.id != entry.id:
        got = f"is taken by {best.id}" if best else "fits none of its patterns"
        yield entry.fault(f"sample {got}: {line[:_SHOWN]}", sample.number)
        return
    for rival in rivals:
        same = (rival.literal, rival.shared, rival.generic) == (best.literal, best.shared, False)
        if same and rival.id != best.id:
            yield entry.fault(
                f"sample fits {rival.id} just as well: {line[:_SHOWN]}", sample.number
            )
            break
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
            got = repr(values[name]) if name in values else "not there"
            yield entry.fault(f"sample: {name} is {got}, not {value!r}", sample.number)


def _part(entry: Entry, compiled: Compiled, splitter: Splitter) -> Iterator[Fault]:
    """A part has one whole line for each frame, with ``{...}`` where the entries' own text goes."""
    frames = []
    for frame in entry.front.get("frames", ()):
        parts = parse(frame.replace(INNER, "{text}"))
        regex = re.compile(to_regex(parts, compiled.fields), re.DOTALL)
        frames.append((literal_length(parts), frame, regex, holes.holes(parts)))
    untried = {frame for _, frame, _, _ in frames}
    for sample in entry.samples:
        if sample.line.count(INNER) != 1 or sample.inner:
            yield entry.fault(f"a part's sample is a whole line with {INNER} in it", sample.number)
            continue
        line = sample.line.replace(INNER, _ANYTHING)
        fits = [row for row in frames if row[2].match(line)]
        if not fits:
            yield entry.fault("sample fits none of its frames", sample.number)
            continue
        _, frame, regex, names = max(fits, key=lambda row: row[0])
        untried.discard(frame)
        found = regex.match(line)
        assert found
        yield from _values(entry, sample, range(len(line) + 1), splitter.groups(found, names))
    for frame in sorted(untried):
        yield entry.fault(f"this frame has no sample: {frame[:_SHOWN]}", frame)
