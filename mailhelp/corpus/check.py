"""Checks a corpus beyond the shape of its files: references, documented options, example addresses, samples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mailhelp import shell, usage
from mailhelp.corpus import checks, labels, linear, messages, samples
from mailhelp.corpus.base import Base
from mailhelp.corpus.beside import in_parts
from mailhelp.corpus.compile import Compiled, compile_corpus
from mailhelp.corpus.fields import regex_fault
from mailhelp.corpus.read import Corpus, Entry, Fault, is_whole, read, read_files
from mailhelp.log.reader import tagged, tags
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
_LOOKUPS = {"status", "rule", "parameter", "topic"}


def check(folder: Path, base: Base | None = None) -> tuple[Compiled, list[Fault]]:
    """Compile the corpus in ``folder`` and check it; the faults are sorted by file and line.

    ``base`` is what notes build on; a whole corpus has none.
    """
    corpus = read(folder)
    compiled, faults = _checked(corpus, base, notes=base is not None)
    if base is None:
        ids = {document.id for document in compiled.documents}
        faults += messages.faults(folder, ids)
    return compiled, _sorted(faults)


def check_files(folder: Path, files: Sequence[Path], base: Base) -> tuple[Compiled, list[Fault]]:
    """Check only the entries in ``files`` of the corpus in ``folder``, against all of ``base``.

    What other entries make of them (their use of a part, references to an id) only ``check`` tells.
    """
    compiled, faults = _checked(read_files(folder, files), base, notes=not is_whole(folder))
    return compiled, _sorted(faults)


def _sorted(faults: list[Fault]) -> list[Fault]:
    return sorted(set(faults), key=lambda fault: (str(fault.path), fault.line, fault.text))


def _checked(corpus: Corpus, base: Base | None, notes: bool) -> tuple[Compiled, list[Fault]]:
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
        *samples.faults(corpus, compiled, base, notes),
        *linear.faults(corpus, compiled),
        *checks.faults(corpus, compiled),
        *_cut_labels(corpus, compiled),
    ]

    def of(entries: Sequence[Entry]) -> list[Fault]:
        return [fault for entry in entries for fault in _of_entry(entry, compiled)]

    for found in in_parts(of, corpus.entries):
        faults += found
    return compiled, faults


def _of_entry(entry: Entry, compiled: Compiled) -> Iterator[Fault]:
    yield from _examples(entry)
    yield from _places(entry, compiled)
    yield from _changing(entry, compiled)
    yield from _unheard(entry, compiled)
    if entry.kind == "recipe":
        yield from _recipe(entry, compiled)


def _fields(corpus: Corpus, compiled: Compiled) -> Iterator[Fault]:
    for each in corpus.fields:
        if each.name not in compiled.known.defined:
            continue
        field = compiled.fields[each.name]
        if fault := regex_fault(field):
            yield each.fault(fault)
        if field.lookup and field.lookup not in _LOOKUPS:
            yield each.fault(f"lookup: must be one of {', '.join(sorted(_LOOKUPS))}")
        try:
            Splitter(compiled.fields).compile(each.name)
        except Exception as error:  # a form or item that does not compile, whatever the cause
            yield each.fault(str(error))


def _references(corpus: Corpus, compiled: Compiled, base: Base | None) -> Iterator[Fault]:
    ids = {document.id for document in compiled.documents}
    parameters = {
        name
        for document in compiled.documents
        if document.kind == "parameter"
        for name in document.names
    }
    seen: dict[tuple[str, bool], Entry] = {}
    for entry in corpus.entries:
        for id in entry.front.get("related", ()):
            if id not in ids and not (base and base.has(id)):
                yield entry.fault(f"related: there is no entry '{id}'", id)
        for name in entry.front.get("parameters", ()):
            if name not in parameters and not (base and base.has_parameter(name)):
                yield entry.fault(f"parameters: Postfix has no '{name}'", name)
        if entry.kind == "parameter" and not entry.patch:
            yield from _unexplained(entry)
        if (entry.id, entry.patch) in seen:
            yield entry.fault(f"the entry {entry.id} is also {seen[entry.id, entry.patch].path}")
        seen[entry.id, entry.patch] = entry


def _cut_labels(corpus: Corpus, compiled: Compiled) -> Iterator[Fault]:
    """Labels that no line holds because they are no whole words: what they begin is never told first."""
    labelled = {document.id: document.data.get("labelled", {}) for document in compiled.documents}
    for entry in corpus.entries:
        rows = [row for part in labelled.get(entry.id, {}).values() for row in part]
        written = [*entry.front.get("patterns", ()), *(sample.line for sample in entry.samples)]
        for label in dict.fromkeys(labels.cut(rows, written)):
            text = f"the label `{label}` begins or ends inside a word of the message"
            first, *_ = label.split("…")
            yield entry.fault(text, f"`{first}")


def _unexplained(entry: Entry) -> Iterator[Fault]:
    """Names of a family that its text leaves out: who asks for one reads about the others only."""
    said = "\n".join((entry.text, *entry.sections.values()))
    for name in entry.front.get("names", ()):
        if not re.search(rf"`{name}\b", said):
            yield entry.fault(f"names: the text does not say what '{name}' is", name)


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


def _places(entry: Entry, compiled: Compiled) -> Iterator[Fault]:
    """Paths in commands that are other ones on another host."""
    for command in entry.front.get("commands", ()):
        for name, row in compiled.tables.get("places", {}).items():
            for path in (row["default"], *row.get("files", ())):
                if re.search(rf"(?<![\w.-]){re.escape(path)}(?![\w.-])", command.get("run", "")):
                    text = f"{path} is another one elsewhere: write {{{name}}}"
                    yield entry.fault(text, command["run"])


def _changing(entry: Entry, compiled: Compiled) -> Iterator[Fault]:
    """Commands that change something and do not say so."""
    tools = usage.TableTools(lambda name: compiled.tables.get(name, {}))
    for command in entry.front.get("commands", ()):
        run = command.get("run", "")
        if not run or "changes" in command:
            continue
        found = list(usage.everything(usage.read_all(shell.say(run, {}), tools)))
        if usage.changes(found) or any(usage.writes(each) for each in found):
            text = "the command changes something: say changes = true (false if it only reads here)"
            yield entry.fault(text, run)


def _unheard(entry: Entry, compiled: Compiled) -> Iterator[Fault]:
    """Programs whose records are all read as another program's: their patterns never match."""
    named = tags(compiled.tables.get("programs", {}))
    for program in entry.front.get("program", ()) if entry.kind in ("log", "part") else ():
        if (other := tagged(named, program) or program) != program:
            yield entry.fault(f"program: records of '{program}' are those of '{other}'", program)


def _recipe(entry: Entry, compiled: Compiled) -> Iterator[Fault]:
    options = entry.front.get("options", {})
    places = compiled.tables.get("places", {})
    for name, row in entry.front.get("placeholders", {}).items():
        regex = compiled.fields[row["check"]].regex
        for key in ("default", "example"):
            value = row.get(key, "")
            if value[1:-1] in places:
                value = places[value[1:-1]]["default"]
            if value and not re.fullmatch(regex, value):
                yield entry.fault(f"placeholder {name}: the {key} {value!r} fails its check", name)
    document = next(each for each in compiled.documents if each.id == entry.id)
    for command in document.data["commands"][: len(entry.front.get("commands", ()))]:
        for option in _OPTION.findall(command["run"]):
            if not any(option == word for key in options for word in key.replace("=", " ").split()):
                yield entry.fault(f"option {option} is not explained in [options]", option)
