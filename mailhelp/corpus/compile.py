"""Corpus → documents and patterns: checks every entry, joins shared parts, parses the prose.

Run when the package is built, by ``mailhelp check`` and for a user's own notes; never for an answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailhelp import shell
from mailhelp.corpus import prose
from mailhelp.corpus.read import Corpus, Entry, Fault
from mailhelp.errors import CorpusError
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.store import PatternRow
from mailhelp.log.facts import EVENTS
from mailhelp.patterns import holes
from mailhelp.patterns.fields import FREE_TEXT, Field, from_tables
from mailhelp.patterns.pattern import literal_length, longest_literal, parse, to_regex, words

SEVERITIES = ("info", "notice", "warning", "error", "fatal", "panic")
WHO = ("this-server", "remote-server", "client", "policy", "network", "operator")
PERMANENCE = ("permanent", "temporary", "none", "by-code")
"""``by-code``: as the first digit of the reply or status code in the record says."""
RUNS_ON = ("server", "anywhere")
REPLY = "reply"
"""The program under which the replies to the client are filed, as people paste them from a bounce."""
INNER = "{...}"
"""In a part's frame: where the patterns of the entries that use the part go."""

_COMMON = {
    "title": str,
    "asked_as": list,
    "sources": list,
    "related": list,
    "commands": list,
    "use": list,
    "parameters": list,
}
_KEYS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "log": {
        "program": list,
        "patterns": list,
        "severity": str,
        "verdict": dict,
        "samples": list,
        "event": str,
        "event_by": dict,
        "role": str,
        "gist": str,
    },
    "part": {
        "program": list,
        "frames": list,
        "replies": list,
        "severity": str,
        "verdict": dict,
        "event": str,
        "event_by": dict,
        "role": str,
        "gist": str,
    },
    "parameter": {"names": list, "unit": str, "dangerous": str},
    "recipe": {
        "names": list,
        "placeholders": dict,
        "options": dict,
        "outputs": list,
        "requires": list,
        "read_only": bool,
    },
    "status": {"codes": list, "verdict": dict},
    "topic": {"names": list},
    "header": {"names": list, "patterns": list, "samples": list, "hop": bool},
    "rule": {"names": list, "patterns": list, "samples": list},
}
_MUST = {
    "log": ("title", "patterns", "severity", "verdict", "samples", "sources"),
    "part": ("title",),
    "parameter": ("title", "asked_as", "sources"),
    "recipe": ("title", "asked_as", "commands", "options", "outputs", "requires", "sources"),
    "status": ("title", "codes", "sources"),
    "topic": ("title", "asked_as", "sources"),
    "header": ("title", "sources"),
    "rule": ("title", "sources"),
}
# what Markdown adds to words: an excerpt is shown as plain text
_MARKS = re.compile(r"`|\*\*|^ *(?:[-*]|\d+\.) +", re.MULTILINE)
_INHERITED = ("severity", "verdict", "event", "event_by", "role", "gist")
_COPIED = (
    *_INHERITED,
    "unit",
    "dangerous",
    "placeholders",
    "options",
    "requires",
    "read_only",
    "codes",
    "hop",
    "frames",
    "replies",
    "program",
)
"""Keys that go into the document as they are; the first of them, where missing, come from a part."""
_OF_TABLES = ("commands", "samples", "outputs")
"""Keys whose lists hold tables; all others hold strings."""
_YES_OR_NO = ("changes", "harmless")
_COMMAND_KEYS = {"run", "why", "runs_on", "changes"}
_OUTPUT_KEYS = {"result", "pattern", "sample", "meaning"}


@dataclass(slots=True)
class Compiled:
    """What a corpus was compiled into; ``faults`` name the entries that were left out."""

    documents: list[Document] = field(default_factory=list)
    patterns: list[PatternRow] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    samples: list[tuple[Entry, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern on its way: the program's row waits until all words have been counted."""

    program: str
    text: str
    id: str
    generic: bool = False


def compile_corpus(corpus: Corpus, base: Compiled | None = None) -> Compiled:
    """Compile ``corpus``; with ``base``, its fields, programs and parts serve too (a user's notes)."""
    compiled = Compiled(faults=list(corpus.faults))
    for name, table in corpus.tables.items():
        compiled.tables[name] = {**(base.tables.get(name, {}) if base else {}), **table}
    compiled.faults += _drop_rows(compiled.tables, corpus.tables)
    compiled.fields = _fields(compiled, corpus)
    fronts: dict[str, Mapping[str, Any]] = {
        document.id.partition("/")[2]: document.data
        for document in (base.documents if base else ())
        if document.kind == "part"
    }
    patterns: list[_Pattern] = []
    entries = sorted(corpus.entries, key=lambda entry: entry.kind != "part")
    for entry in entries:
        faults = list(_type_faults(entry)) or list(_shape_faults(entry, fronts))
        try:
            if not faults:
                document, own = _compile_entry(entry, fronts, compiled)
                _regexes(own, compiled.fields, compiles=base is not None)
                if entry.kind == "part":
                    fronts[document.id.partition("/")[2]] = document.data
                compiled.documents.append(document)
                patterns += own
                compiled.samples += [(entry, sample) for sample in entry.front.get("samples", ())]
        except CorpusError as error:
            faults.append(entry.fault(str(error), _where(str(error))))
        compiled.faults += faults
    compiled.patterns = _rows(patterns, compiled.fields)
    compiled.documents += _bare_parameters(compiled)
    return compiled


def _fields(compiled: Compiled, corpus: Corpus) -> dict[str, Field]:
    try:
        fields = from_tables(compiled.tables.get("fields", {}))
    except TypeError as error:
        path = corpus.entries[0].path if corpus.entries else None
        raise CorpusError(f"fields.toml: {error} (see {path})") from error
    return fields


def regex_fault(field: Field) -> str | None:
    """Why a field's regex is refused, or ``None``: it must compile, capture nothing, be linear."""
    import re._constants as sre  # type: ignore[import-not-found]
    import re._parser as parser  # type: ignore[import-not-found]

    if field.regex == FREE_TEXT:
        return None
    try:
        tree = parser.parse(field.regex)
    except (re.error, TypeError) as error:
        return f"regex: {error}"
    if tree.state.groups > 1:
        return "regex: captures a group; write (?:…)"

    grouped: list[bool] = []

    def loose(items: Any, inside: bool) -> int:
        count = 0
        for op, value in items:
            if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
                endless = value[1] == sre.MAXREPEAT
                inner = loose(value[2], inside or endless)
                if endless and (inside or inner):
                    return 99
                count += endless + inner
            elif op is sre.BRANCH:
                count += max(loose(branch, inside) for branch in value[1])
            elif op is sre.SUBPATTERN:
                count += loose(value[3], inside)
            elif op is sre.POSSESSIVE_REPEAT:
                grouped.append(len(value[2]) > 1 or value[2][0][0] in (sre.SUBPATTERN, sre.BRANCH))
                count += loose(value[2], False) > 1
            elif op is sre.ATOMIC_GROUP:
                count += loose(value, False) > 1
        return count

    if loose(tree, False) > 1:
        return "regex: more than one endless repeat; make all but one possessive (*+, ++)"
    if any(grouped):  # Python 3.11 before 3.11.5 matches these wrongly
        return "regex: a possessive repeat of a group; write (?>(?:…)*) for (?:…)*+"
    return None


def _drop_rows(tables: Mapping[str, dict[str, Any]], own: Mapping[str, Any]) -> Iterable[Fault]:
    """Take the rows of the corpus's ``own`` that would stop an answer out of ``tables``; say which."""
    from mailhelp.redact import Redactor

    for name in ("programs", "secrets"):
        for key, row in own.get(name, {}).items():
            fault = ""
            if not isinstance(row, dict):
                fault = "is no table"
            elif name == "programs":
                tags = row.get("tags")
                if not (_strings(tags) and isinstance(row.get("meaning"), str)):
                    fault = "has 'meaning', and 'tags', a list of strings"
            else:
                try:
                    Redactor({key: row}).cover("")
                    if "secret" not in re.compile(row["regex"]).groupindex:
                        fault = "regex: has no group 'secret'"
                except (KeyError, TypeError, re.error) as error:
                    fault = f"regex: {error}"
            if fault:
                del tables[name][key]
                yield Fault(Path(f"{name}.toml"), 1, f"[{key}] {fault}")


def _type_faults(entry: Entry) -> Iterable[Fault]:
    """What is not of the type that its key asks for, down to the last value."""
    allowed = {**_COMMON, **_KEYS[entry.kind]}
    for key, value in entry.front.items():
        if key not in allowed:
            yield entry.fault(f"unknown key '{key}' in a {entry.kind} entry", key)
        elif not isinstance(value, allowed[key]):
            yield entry.fault(f"'{key}' must be a {allowed[key]}", key)
        elif isinstance(value, list) and key in _OF_TABLES:
            if not all(isinstance(row, dict) for row in value):
                yield entry.fault(f"'{key}' must be a list of tables", key)
            for row in (row for row in value if isinstance(row, dict)):
                yield from _value_faults(entry, key, row)
        elif isinstance(value, list) and not _strings(value):
            yield entry.fault(f"'{key}' must be a list of strings", key)
        elif isinstance(value, dict):
            yield from _value_faults(entry, key, value)


def _value_faults(entry: Entry, key: str, table: Mapping[str, Any]) -> Iterable[Fault]:
    """The values of ``table`` that are no strings; some are tables themselves, or true and false."""
    for name, value in table.items():
        if key == "placeholders" or (key, name) == ("samples", "fields"):
            if not isinstance(value, dict) or not _strings(list(value.values())):
                yield entry.fault(f"'{name}' in '{key}' must be a table of strings", name)
        elif not isinstance(value, bool if name in _YES_OR_NO else str):
            wanted = "true or false" if name in _YES_OR_NO else "a string"
            yield entry.fault(f"'{name}' in '{key}' must be {wanted}", name)


def _strings(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _shape_faults(entry: Entry, parts: Mapping[str, Any]) -> Iterable[Fault]:
    if not entry.patch:
        for key in _MUST[entry.kind]:
            if not entry.front.get(key) and not (key == "requires" and key in entry.front):
                yield entry.fault(f"a {entry.kind} entry must have '{key}'")
        if not entry.text and entry.kind not in ("status", "part"):
            yield entry.fault("no text below the front matter: say what it means")
    verdict = entry.front.get("verdict", {})
    for key, choices in (("who", WHO), ("permanence", PERMANENCE)):
        if key in verdict and verdict[key] not in choices:
            yield entry.fault(f"verdict: {key} must be one of {', '.join(choices)}", "verdict")
    if entry.front.get("severity", "info") not in SEVERITIES:
        yield entry.fault(f"severity must be one of {', '.join(SEVERITIES)}", "severity")
    if entry.front.get("event", EVENTS[0]) not in EVENTS:
        yield entry.fault(f"event must be one of {', '.join(EVENTS)}", "event")
    for name in entry.front.get("use", ()):
        if name not in parts:
            yield entry.fault(f"use: there is no parts/{name}.md", name)
    for command in entry.front.get("commands", ()):
        extra = set(command) - _COMMAND_KEYS
        if extra or not command.get("run") or not command.get("why"):
            yield entry.fault(
                "a command has 'run' and 'why', and may have 'runs_on', 'changes'", "run"
            )
            continue
        if command.get("runs_on", "server") not in RUNS_ON:
            yield entry.fault(f"runs_on must be one of {', '.join(RUNS_ON)}", command["run"])
        try:
            inside = shell.quoted_hole(holes.parse(command["run"]))
        except CorpusError as error:
            yield entry.fault(str(error), command["run"])
            continue
        if inside:
            yield entry.fault(
                f"{{{inside}}} stands inside quotes; it is quoted when filled", command["run"]
            )
    for name, row in entry.front.get("placeholders", {}).items():
        if not {"check", "meaning", "example"} <= set(row):
            yield entry.fault(f"placeholder {name}: has check, meaning and example", name)
    for output in entry.front.get("outputs", ()):
        if set(output) != _OUTPUT_KEYS or output["result"] not in ("good", "bad"):
            yield entry.fault(
                "an output has result (good or bad), pattern, sample and meaning", "outputs"
            )


def _compile_entry(
    entry: Entry, parts: Mapping[str, Mapping[str, Any]], compiled: Compiled
) -> tuple[Document, list[_Pattern]]:
    front = entry.front
    used = [parts[name] for name in front.get("use", ())]
    sections = dict(entry.sections)
    data: dict[str, Any] = {
        "explanation": _prose(entry.text),
        "causes": [_prose(item) for item in prose.list_items(sections.pop("Causes", ""))],
        "actions": [_prose(item) for item in prose.list_items(sections.pop("What to do", ""))],
        "sections": [{"title": title, **_prose(text)} for title, text in sections.items()],
        "commands": [dict(command) for command in front.get("commands", ())],
    }
    for key in ("parameters", "related", "sources"):
        data[key] = list(front.get(key, ()))
    for part in used:
        for key in (
            "parameters",
            "related",
            "sources",
            "commands",
            "causes",
            "actions",
            "sections",
        ):
            data[key] += [item for item in part[key] if item not in data[key]]
    if entry.patch:
        data["patch"] = True
    for key in _COPIED:
        if key in front:
            data[key] = front[key]
        elif key in _INHERITED:
            data[key] = next((part[key] for part in used if part.get(key)), None)
    for name in holes.holes(holes.parse(front.get("gist", ""))):
        if name not in compiled.fields:
            raise CorpusError(f"gist: {{{name}}} is not in fields.toml")
    names = list(front.get("names", ()))
    stem = entry.id.partition("/")[2]
    patterns: list[_Pattern] = []
    if entry.kind == "log":
        programs = front.get("program") or [stem.rpartition("/")[0]]
        data["program"] = programs
        frames = [frame for part in used for frame in part.get("frames", ())] or [INNER]
        for pattern in front["patterns"] if not entry.patch else ():
            for frame in frames:
                text = frame.replace(INNER, pattern)
                patterns += [_Pattern(program, text, entry.id) for program in programs]
            for reply in (reply for part in used for reply in part.get("replies", ())):
                patterns.append(_Pattern(REPLY, reply.replace(INNER, pattern), entry.id))
    elif entry.kind == "part":
        for frame in front.get("frames", ()):
            text = frame.replace(INNER, "{text}")
            patterns += [
                _Pattern(program, text, entry.id, True) for program in front.get("program", ())
            ]
    elif entry.kind in ("header", "rule"):
        names = names or [stem]
        data["names"] = names
        data["patterned"] = bool(front.get("patterns"))
        patterns = [_Pattern(entry.id, text, entry.id) for text in front.get("patterns", ())]
    elif entry.kind == "parameter":
        names = names or [stem]
        data["names"] = names
        known = compiled.tables.get("defaults", {})
        data["defaults"] = {name: known[name] for name in names if name in known}
    elif entry.kind == "recipe":
        names.insert(0, stem)
        for name, row in front.get("placeholders", {}).items():
            if row["check"] not in compiled.fields:
                raise CorpusError(f"placeholder '{name}': check names no field of fields.toml")
        data["outputs"] = _outputs(entry, compiled.fields)
    elif entry.kind == "status":
        names = list(front["codes"])
    elif entry.kind == "topic":
        names.insert(0, stem)
    title = front.get("title", stem)
    asked = (*front.get("asked_as", ()), *_fixed_texts(entry))
    text = _MARKS.sub("", "\n".join((entry.text, *entry.sections.values(), *_searchable(entry))))
    return Document(entry.id, entry.kind, title, tuple(names), asked, text, data), patterns


def _fixed_texts(entry: Entry) -> Iterable[str]:
    """The messages of an entry without their values: people search for the words that they saw."""
    for pattern in entry.front.get("patterns", ()):
        yield " ".join(part for part in parse(pattern) if isinstance(part, str))


def _searchable(entry: Entry) -> Iterable[str]:
    yield from (sample.get("line", "") for sample in entry.front.get("samples", ()))
    yield from (f"{command['run']} {command['why']}" for command in entry.front.get("commands", ()))
    yield from entry.front.get("parameters", ())


def _outputs(entry: Entry, fields: Mapping[str, Field]) -> list[dict[str, str]]:
    outputs = []
    for output in entry.front["outputs"]:
        regex = to_regex(parse(output["pattern"]), fields)
        if not any(re.match(regex, line) for line in output["sample"].splitlines()):
            raise CorpusError(f"outputs: no line of the sample fits {output['pattern']!r}")
        outputs.append({**output, "regex": regex})
    return outputs


def _prose(markdown: str) -> dict[str, Any]:
    return {"markdown": markdown, "blocks": prose.parse(markdown)}


def _regexes(patterns: Iterable[_Pattern], fields: Mapping[str, Field], *, compiles: bool) -> None:
    """Raise ``CorpusError`` for a pattern that is none; ``compiles`` tries the regex, which takes time."""
    for pattern in patterns:
        regex = to_regex(parse(pattern.text), fields)
        if compiles:
            try:
                re.compile(regex, re.DOTALL)
            except re.error as error:
                raise CorpusError(f"patterns: '{pattern.text}': {error}") from error


def _rows(patterns: list[_Pattern], fields: Mapping[str, Field]) -> list[PatternRow]:
    parsed = {pattern.text: parse(pattern.text) for pattern in patterns}
    common = Counter(word for parts in parsed.values() for word in words(parts))
    rows = []
    for pattern in patterns:
        parts = parsed[pattern.text]
        word = min(words(parts), key=lambda word: (common[word], -len(word), word), default="")
        rows.append(
            PatternRow(
                pattern.program,
                literal_length(parts),
                word,
                to_regex(parts, fields),
                holes.holes(parts),
                pattern.id,
                pattern.generic,
                longest_literal(parts),
            )
        )
    return rows


def _bare_parameters(compiled: Compiled) -> list[Document]:
    """A document for each parameter that has a default and no entry: its name and default are facts."""
    described = {
        name for doc in compiled.documents if doc.kind == "parameter" for name in doc.names
    }
    return [
        Document(
            f"parameter/{name}",
            "parameter",
            name,
            names=(name,),
            data={"names": [name], "defaults": {name: default}},
        )
        for name, default in compiled.tables.get("defaults", {}).items()
        if name not in described
    ]


def _where(message: str) -> str:
    """The piece of a fault's message that also stands in the file, to find its line."""
    quoted = re.search(r"'([^']+)'|(\{[a-z_0-9]+\})", message)
    return (quoted[1] or quoted[2]) if quoted else ""
