"""Checks a corpus beyond the shape of its files: samples, references, documented options, addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from mailhelp.corpus.compile import Compiled, compile_corpus, regex_fault
from mailhelp.corpus.read import Corpus, Entry, Fault, read
from mailhelp.knowledge.store import Name, PatternRow
from mailhelp.log.catalogue import Catalogue, Match
from mailhelp.patterns import holes
from mailhelp.patterns.values import Splitter

_ADDRESS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])")
_EXAMPLE_ADDRESS = re.compile(
    r"(?:192\.0\.2|198\.51\.100|203\.0\.113|127\.\d+\.\d+|0\.0\.0|10\.0\.0)\.\d+$"
)
_DOMAIN = re.compile(r"@([A-Za-z0-9.-]+\.[A-Za-z]{2,})")
_EXAMPLE_DOMAIN = re.compile(
    r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|localhost|localdomain)\.?$", re.I
)
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
        *_fields(corpus, folder, compiled),
        *_references(corpus, compiled, base),
    ]
    faults += _samples(compiled, base)
    for entry in corpus.entries:
        faults += _examples(entry)
        if entry.kind == "recipe":
            faults += _recipe(entry, compiled)
    return compiled, sorted(
        set(faults), key=lambda fault: (str(fault.path), fault.line, fault.text)
    )


def _fields(corpus: Corpus, folder: Path, compiled: Compiled) -> Iterator[Fault]:
    path = folder / "fields.toml"
    source = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for name, field in compiled.fields.items():
        line = next((n for n, text in enumerate(source, 1) if text.strip() == f"[{name}]"), 1)
        fault = regex_fault(field)
        if fault:
            yield Fault(path, line, f"[{name}] {fault}")
        try:
            Splitter(compiled.fields).compile(name)
        except Exception as error:  # a form or item that does not compile, whatever the cause
            yield Fault(path, line, f"[{name}] {error}")


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
    for name, field in compiled.fields.items():
        if field.lookup and field.lookup not in kinds | {"status", "rule", "parameter", "topic"}:
            yield Fault(
                Path("fields.toml"), 1, f"[{name}] lookup: there are no {field.lookup} entries"
            )


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

    def named(self, name: str) -> tuple[Name, ...]:
        return ()


def _samples(compiled: Compiled, base: Compiled | None) -> Iterator[Fault]:
    catalogue = Catalogue([_Rows(part.patterns) for part in (compiled, base) if part])
    splitter = Splitter(compiled.fields)
    matched: set[str] = set()
    for entry, sample in compiled.samples:
        line = sample.get("line", "")
        if set(sample) - {"line", "fields"} or not line:
            yield entry.fault("a sample has 'line' and may have 'fields'", "samples")
            continue
        programs = (entry.id,) if entry.kind in ("header", "rule") else _programs(entry)
        for program in programs:
            matches = list(catalogue.matches((program, *_wider(program)), line))
            yield from _sample(entry, sample, matches, splitter)
            matched.update(match.found.re.pattern for match in matches if match.id == entry.id)
    for document in compiled.documents:
        if document.kind == "log" and not document.data.get("patch"):
            rows = {row.regex for row in compiled.patterns if row.id == document.id}
            entry = next(entry for entry, _ in compiled.samples if entry.id == document.id)
            if not entry.front.get("use") and rows - matched:
                yield entry.fault(
                    f"{len(rows - matched)} of its patterns have no sample", "patterns"
                )


def _programs(entry: Entry) -> list[str]:
    own = entry.front.get("program")
    return list(own) if own else [entry.id.partition("/")[2].rpartition("/")[0]]


def _wider(program: str) -> list[str]:
    """The groups of programs that ``program`` belongs to (``postfix/any`` for ``postfix/smtpd``)."""
    family, _, own = program.partition("/")
    return [f"{family}/any"] if own and own != "any" and family not in ("header", "rule") else []


def _sample(
    entry: Entry, sample: dict[str, object], matches: list[Match], splitter: Splitter
) -> Iterator[Fault]:
    line = str(sample["line"])
    best = matches[0] if matches else None
    if best is None or best.id != entry.id:
        got = f"is taken by {best.id}" if best else "fits none of its patterns"
        yield entry.fault(f"sample {got}: {line[:120]}", line[:60])
        return
    rivals = [m.id for m in matches[1:] if (m.id, m.generic) != (best.id, True) and m.id != best.id]
    equal = [
        m.id
        for m in matches[1:]
        if m.id in rivals
        and m.literal == best.literal
        and m.shared == best.shared
        and not m.generic
    ]
    if equal:
        yield entry.fault(f"sample fits {equal[0]} just as well: {line[:120]}", line[:60])
    values: dict[str, str] = {}
    for span in splitter.groups(best.found, best.holes):
        values.setdefault(span.name, span.value)
    expected = sample.get("fields", {})
    assert isinstance(expected, dict)
    for name, value in expected.items():
        if values.get(name) != value:
            yield entry.fault(f"sample: {name} is {values.get(name)!r}, not {value!r}", line[:60])


def _examples(entry: Entry) -> Iterator[Fault]:
    """Addresses and domains that belong to somebody; samples may show only those for examples."""
    for sample in entry.front.get("samples", ()):
        line = str(sample.get("line", ""))
        for address in _ADDRESS.findall(line):
            if not _EXAMPLE_ADDRESS.match(address):
                yield entry.fault(
                    f"{address} is not an address for documentation (RFC 5737)", address
                )
        for domain in _DOMAIN.findall(line):
            if not _EXAMPLE_DOMAIN.match(domain):
                yield entry.fault(f"{domain} is not a domain for documentation (RFC 2606)", domain)


def _recipe(entry: Entry, compiled: Compiled) -> Iterator[Fault]:
    placeholders = entry.front.get("placeholders", {})
    options = entry.front.get("options", {})
    for name, table in placeholders.items():
        if set(table) - {"check", "default", "example", "meaning"} or not table.get("meaning"):
            yield entry.fault(
                f"placeholder {name}: has check, meaning, example and may have default", name
            )
        elif table.get("check") not in compiled.fields:
            yield entry.fault(f"placeholder {name}: check names no field of fields.toml", name)
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
