"""Corpus → documents and patterns: joins shared parts, fills in commands, parses the prose.

Run when the package is built, by ``mailhelp check`` and for a user's own notes; never for an answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mailhelp import shell, usage
from mailhelp.corpus import labels, prose, schema
from mailhelp.corpus.base import Base
from mailhelp.corpus.beside import in_parts
from mailhelp.corpus.fields import FieldSet
from mailhelp.corpus.read import CHECKS, Corpus, Entry, Fault, place_of
from mailhelp.errors import CorpusError
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.store import PatternRow
from mailhelp.patterns import holes
from mailhelp.patterns.fields import Field
from mailhelp.patterns.pattern import literal_length, longest_literal, parse, to_regex, words
from mailhelp.redact import Redactor, expanded

REPLY = "reply"
"""The program under which the replies to the client are filed, as people paste them from a bounce."""
INNER = "{...}"
"""In a part's frame: where the patterns of the entries that use the part go."""

# what Markdown adds to words: an excerpt is shown as plain text
_MARKS = re.compile(r"`|\*\*|^ *(?:[-*]|\d+\.) +", re.MULTILINE)
_MEMBER = re.compile(r"(`\w+`(?:, `\w+`)*): (.+)", re.DOTALL)
_INHERITED = ("severity", "verdict", "event", "event_by", "role", "gist")
_COPIED = (
    *_INHERITED,
    "unit",
    "units",
    "newer",
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
_JOINED = ("parameters", "related", "sources", "commands", "causes", "actions", "sections")
"""Keys to whose lists those of an entry's parts are added."""
_VERSIONS = (
    ("since", "{} and later"),
    ("until", "up to {}"),
    ("retired", "deprecated since {}"),
)
_SETTING = ("name", "value")
"""What a parameter's answer fills in: the parameter asked about, and the value it has here."""
_USUAL = "Postfix"
"""Whose a version is that has no name."""


class Form(NamedTuple):
    """A pattern of an entry: as it is written (``own``), with its frame, as a regex, and for which program."""

    own: str
    text: str
    regex: str
    program: str


@dataclass(slots=True)
class Compiled:
    """What a corpus was compiled into; ``faults`` name the entries that were left out."""

    documents: list[Document] = field(default_factory=list)
    patterns: list[PatternRow] = field(default_factory=list)
    known: FieldSet = field(default_factory=FieldSet)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    own_tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The tables of this corpus without those of its base."""
    faults: list[Fault] = field(default_factory=list)
    forms: dict[str, list[Form]] = field(default_factory=dict)
    """The patterns of each entry, in the order in which they are written."""
    rivals: set[tuple[str, str]] = field(default_factory=set)
    """Entries that fit samples of another, which fits better: (the lesser, the better). Known once the samples were tried."""

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by name, the base's and those of single entries included."""
        return self.known.fields


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern on its way: the program's row waits until all words have been counted."""

    program: str
    text: str
    id: str
    own: str
    generic: bool = False


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of one entry; one with faults has no document."""

    document: Document | None
    patterns: list[_Pattern]
    forms: list[Form]
    faults: list[Fault]


def compile_corpus(corpus: Corpus, base: Base | None = None) -> Compiled:
    """Compile ``corpus``; with ``base``, its fields, tables and parts serve too (a user's notes)."""
    compiled = Compiled(faults=list(corpus.faults), known=FieldSet(base.known if base else None))
    compiled.faults += _join_tables(compiled, corpus, base)
    compiled.faults += compiled.known.add(corpus.fields)
    parts = dict(base.parts) if base else {}
    patterns: list[_Pattern] = []

    def of(entries: Sequence[Entry]) -> list[_Made]:
        return [_made(entry, parts, compiled, tried=base is not None) for entry in entries]

    def take(made: Iterable[_Made]) -> None:
        for each in made:
            compiled.faults += each.faults
            if each.document:
                compiled.documents.append(each.document)
                compiled.forms[each.document.id] = each.forms
                patterns.extend(each.patterns)

    # what others use comes first
    take(of([entry for entry in corpus.entries if entry.kind == "part"]))
    own = {document.id.partition("/")[2]: document.data for document in compiled.documents}
    parts |= own
    for made in in_parts(of, [entry for entry in corpus.entries if entry.kind != "part"]):
        take(made)
    compiled.patterns = _rows(patterns, compiled.fields)
    compiled.documents += _bare_parameters(compiled)
    return compiled


def _made(
    entry: Entry, parts: Mapping[str, Mapping[str, Any]], compiled: Compiled, tried: bool
) -> _Made:
    """Compile ``entry``. ``tried`` are its patterns for notes: of a whole corpus the check tries them."""
    faults = [*entry.faults, *schema.faults(entry)]
    if not faults:
        try:
            document, patterns = _compile_entry(entry, parts, compiled)
            forms = [
                Form(each.own, each.text, to_regex(parse(each.text), compiled.fields), each.program)
                for each in patterns
            ]
            if tried:
                _try(forms)
            return _Made(document, patterns, forms, [])
        except CorpusError as error:
            faults = [entry.fault(str(error), _where(str(error)))]
    return _Made(None, [], [], faults)


def _join_tables(compiled: Compiled, corpus: Corpus, base: Base | None) -> Iterable[Fault]:
    """Fill the tables of ``compiled``; a row that would stop an answer is left out, and that is said."""
    compiled.tables = {name: dict(table) for name, table in base.tables.items()} if base else {}
    for name, table in corpus.tables.items():
        own = compiled.own_tables[name] = {}
        if name == "secrets":
            table = expanded(table, compiled.tables.get(name, {}))
        for key, row in table.items():
            if fault := _row_fault(name, key, row):
                path, line = place_of(corpus.folder, name, key)
                yield Fault(path, line, f"[{key}] {fault}")
            else:
                own[key] = row
        compiled.tables[name] = {**compiled.tables.get(name, {}), **own}


def _row_fault(table: str, key: str, row: Any) -> str:
    if table in schema.ROWS:
        return schema.row_fault(table, row)
    if table == "secrets" and "names" not in row:
        try:
            Redactor({key: row}).cover("")
            if "secret" not in re.compile(row["regex"]).groupindex:
                return "regex: has no group 'secret'"
        except (KeyError, TypeError, re.error) as error:
            return f"regex: {error}"
    return ""


def _compile_entry(
    entry: Entry, parts: Mapping[str, Mapping[str, Any]], compiled: Compiled
) -> tuple[Document, list[_Pattern]]:
    front = entry.front
    for name in front.get("use", ()):
        if name not in parts:
            raise CorpusError(f"use: there is no parts/{name}.md ('{name}')")
    used = [parts[name] for name in front.get("use", ())]
    data = _data(entry, used, compiled)
    names = list(front.get("names", ()))
    stem = entry.id.partition("/")[2]
    if entry.kind in ("header", "rule", "parameter"):
        names = data["names"] = names or [stem]
    if entry.kind in ("header", "rule"):
        data["patterned"] = bool(front.get("patterns"))
    elif entry.kind == "log":
        data["program"] = front.get("program") or [stem.rpartition("/")[0]]
        data["says"] = list(dict.fromkeys(_fixed_texts(entry)))
        data["forms"] = list(dict.fromkeys(_forms(entry)))
        data["sample"] = _shown_sample(entry, used)
        own = {name for text in front.get("patterns", ()) for name in holes.holes(parse(text))}
        inner = sorted(
            name for name in own if name in compiled.fields and compiled.fields[name].message
        )
        if inner:
            data["inner"] = inner
        if rows := _labelled(entry, data):
            data["labelled"] = rows
    elif entry.kind == "parameter":
        known = compiled.tables.get("defaults", {})
        data["defaults"] = {name: known[name] for name in names if name in known}
        data["members"] = _members(entry, names)
    elif entry.kind == "recipe":
        names.insert(0, stem)
        for name, row in front.get("placeholders", {}).items():
            if row["check"] not in compiled.fields:
                raise CorpusError(f"placeholder '{name}': check names no field")
        data["outputs"] = _outputs(entry, compiled.fields)
    elif entry.kind == "status":
        names = list(front.get("codes", ()))
    elif entry.kind == "line":
        names = [entry.id]  # by which they are found; nobody asks for a line by a name
    elif entry.kind == "topic":
        data["items"] = _items(entry, names)
        names.insert(0, stem)
    patterns = list(_patterns(entry, used, data))
    _visible(entry, patterns, data, compiled)
    title = front.get("title", stem)
    asked = (*front.get("asked_as", ()), *_fixed_texts(entry))
    text = _MARKS.sub(
        "", "\n".join((entry.text, *entry.sections.values(), *_searchable(entry, data)))
    )
    return Document(entry.id, entry.kind, title, tuple(names), asked, text, data), patterns


def _members(entry: Entry, names: list[str]) -> dict[str, Any]:
    """What the list of a family's text says of each name (of ``- `a`, `b`: The time …``, the time), then
    what it says of all."""
    for key in ("units", "newer"):
        for name in entry.front.get(key, ()):
            if name not in names:
                raise CorpusError(f"{key}: '{name}' is none of the names")
    general = [each for each in entry.text.split("\n\n") if not each.startswith("- ")]
    found: dict[str, Any] = {}
    for item in prose.list_items(entry.text):
        if told := _MEMBER.match(item):
            text = _prose("\n\n".join((told[2], *general)))
            found |= dict.fromkeys(re.findall(r"\w+", told[1]), text)
    return {name: found[name] for name in names if name in found}


def _items(entry: Entry, names: list[str]) -> dict[str, Any]:
    """The item of a topic's list that is about each of several names, but the ones that its first paragraph has."""
    first = entry.text.partition("\n\n")[0]
    wanted = [name for name in names if f"`{name}" not in first] if len(names) > 1 else []
    found: dict[str, Any] = {}
    for item in prose.list_items(entry.text) if wanted else ():
        told = re.findall(r"`([^`\s]+)[^`]*`", item.partition(": ")[0])
        found |= {name: _prose(item) for name in wanted if name in told}
    return found


def _labelled(entry: Entry, data: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Of an entry of several messages, the pieces of its prose that are about some of them alone."""
    messages = [*entry.front.get("patterns", ()), *(sample.line for sample in entry.samples)]
    causes, actions = ([item["markdown"] for item in data[part]] for part in ("causes", "actions"))
    return labels.labelled(entry.text, causes, actions, messages)


def _data(entry: Entry, used: list[Mapping[str, Any]], compiled: Compiled) -> dict[str, Any]:
    """What the document of ``entry`` holds, whatever its kind; ``used`` is what its parts hold."""
    front = entry.front
    sections = dict(entry.sections)
    data: dict[str, Any] = {
        "explanation": _prose(entry.text),
        "causes": [_prose(item) for item in prose.list_items(sections.pop("Causes", ""))],
        "actions": [_prose(item) for item in prose.list_items(sections.pop("What to do", ""))],
        "sections": [{"title": title, **_prose(text)} for title, text in sections.items()],
        "commands": [_command(row, front, compiled) for row in front.get("commands", ())],
    }
    if versions := _versions(front):
        data["sections"].append({"title": "Versions", **_prose(versions)})
    for key in ("parameters", "related", "sources"):
        data[key] = list(front.get(key, ()))
    for part in used:
        own = {command["run"] for command in data["commands"]}
        for key in _JOINED:
            data[key] += [
                item
                for item in part[key]
                if item not in data[key] and not (key == "commands" and item["run"] in own)
            ]
    for key in _COPIED:
        if key in front:
            data[key] = front[key]
        elif key in _INHERITED:
            data[key] = next((part[key] for part in used if part.get(key)), None)
    for name in holes.holes(holes.parse(front.get("gist", ""))):
        if name not in compiled.fields:
            raise CorpusError(f"gist: {{{name}}} is no field")
    if "brief" in front:
        data["brief"] = _prose(front["brief"])
    if entry.patch:
        data["patch"] = True
    if entry.kind == "part":
        data["samples"] = [sample.line for sample in entry.samples]
    return data


def _command(
    row: Mapping[str, Any], front: Mapping[str, Any], compiled: Compiled
) -> dict[str, Any]:
    """A command of an entry; what ``use`` names comes from ``commands.toml``, ``why`` may be its own.

    ``checks`` has for each hole what its value must match.
    """
    tables = compiled.tables
    command = dict(row)
    name = command.pop("use", None)
    if name is not None:
        if name not in tables.get("commands", {}):
            raise CorpusError(f"commands: there is no '{name}' in commands.toml")
        command = {**tables["commands"][name], **command}
    parts = holes.parse(command["run"])
    holes.parse(command["why"])  # a single brace in it is refused here, not before a reader
    if inside := shell.quoted_hole(parts):
        raise CorpusError(
            f"'{command['run']}': {{{inside}}} stands inside quotes; it is quoted when filled"
        )
    if inside := shell.split_hole(parts):
        raise CorpusError(
            f"'{command['run']}': what is made of {{{inside}}} is split into words: write \"$(…)\""
        )
    if checks := _checks(holes.holes(parts), front.get("placeholders", {}), compiled):
        command["checks"] = checks
    danger = _danger(command["run"], tables) if command.get("changes") else ""
    return {**command, "danger": danger} if danger else command


def _checks(
    names: Iterable[str], placeholders: Mapping[str, Mapping[str, str]], compiled: Compiled
) -> dict[str, str]:
    """For each hole of a command what its value must match, by the field that it is of."""
    found = {}
    for name in names:
        field = compiled.fields.get(placeholders.get(name, {}).get("check", name))
        if field is not None and field.argument:
            found[name] = field.argument
    return found


def _danger(run: str, tables: Mapping[str, Any]) -> str:
    """What a command that changes things deletes or opens, if that is grave: who chose it knew of the rest."""
    tools = usage.TableTools(lambda name: tables.get(name, {}))
    found = usage.read_all(shell.say(run, {}), tools)
    checks = tables.get(CHECKS, {})
    for row in usage.dangers(tables.get("dangers", {}), found, tools, lambda name: checks):
        if row["severity"] in ("fatal", "error"):
            return str(row["danger"])
    return ""


def _versions(front: Mapping[str, Any]) -> str:
    """The versions that have the thing, as Markdown."""
    lines = []
    for key, words_ in _VERSIONS:
        said = front.get(key, {})
        for name, version in said.items() if isinstance(said, dict) else (("", said),):
            shown = version if version[:1].isalpha() else f"{_USUAL} {version}"
            sentence = f"{words_.format(shown)}."
            lines.append(f"`{name}`: {sentence}" if name else sentence[:1].upper() + sentence[1:])
    return "\n\n".join(lines)


def _patterns(
    entry: Entry, used: list[Mapping[str, Any]], data: Mapping[str, Any]
) -> Iterable[_Pattern]:
    """The patterns of ``entry``, one for each program and each frame of its parts."""
    own = entry.front.get("patterns", ()) if not entry.patch else ()
    if entry.kind == "log":
        frames = [frame for part in used for frame in part.get("frames", ())] or [INNER]
        replies = [reply for part in used for reply in part.get("replies", ())]
        for pattern in own:
            for frame in frames:
                text = frame.replace(INNER, pattern)
                yield from (
                    _Pattern(program, text, entry.id, pattern) for program in data["program"]
                )
            for reply in replies:
                yield _Pattern(REPLY, reply.replace(INNER, pattern), entry.id, pattern)
    elif entry.kind == "part":
        for frame in entry.front.get("frames", ()):
            text = frame.replace(INNER, "{text}")
            for program in entry.front.get("program", ()):
                yield _Pattern(program, text, entry.id, frame, True)
    else:
        yield from (_Pattern(entry.id, text, entry.id, text) for text in own)


def _shown_sample(entry: Entry, used: Iterable[Mapping[str, Any]]) -> str:
    """The first sample as a whole line: what is only the inner text stands in its part's line."""
    for sample in entry.samples:
        wholes = [line for part in used for line in part.get("samples", ())]
        if not sample.inner or not wholes:
            return sample.line
        return str(wholes[0]).replace(INNER, sample.line)
    return ""


def _fixed_texts(entry: Entry) -> Iterable[str]:
    """The messages of an entry without their values: people search for the words that they saw."""
    for pattern in entry.front.get("patterns", ()):
        yield " ".join(part for part in parse(pattern) if isinstance(part, str))


def _forms(entry: Entry) -> Iterable[str]:
    """The messages of an entry to be read, with an ellipsis in the place of each value."""
    for pattern in entry.front.get("patterns", ()):
        shown = (part if isinstance(part, str) else part.fixed or "…" for part in parse(pattern))
        yield "".join(shown)


def _searchable(entry: Entry, data: Mapping[str, Any]) -> Iterable[str]:
    yield from (sample.line for sample in entry.samples)
    own = len(entry.front.get("commands", ()))
    yield from (f"{command['run']} {command['why']}" for command in data["commands"][:own])
    yield from entry.front.get("parameters", ())


def _outputs(entry: Entry, fields: Mapping[str, Field]) -> list[dict[str, str]]:
    outputs = []
    for output in entry.front.get("outputs", ()):
        regex = to_regex(parse(output["pattern"]), fields)
        lines = output["sample"].splitlines()
        line = next((line for line in lines if re.match(regex, line)), None)
        if line is None:
            raise CorpusError(f"outputs: no line of the sample fits {output['pattern']!r}")
        tells = output.get("tells", "")
        if tells not in line:
            raise CorpusError(f"outputs: the line {line!r} does not hold {tells!r}")
        outputs.append({**output, "regex": regex, "line": tells or line})
    return outputs


def _visible(
    entry: Entry, patterns: list[_Pattern], data: Mapping[str, Any], compiled: Compiled
) -> None:
    """Raise ``CorpusError`` for a hole that is no field, or one that another entry keeps for itself."""
    own = {entry.id, *(f"part/{name}" for name in entry.front.get("use", ()))}
    names = {name for pattern in patterns for name in holes.holes(parse(pattern.text))}
    names |= {row["check"] for row in entry.front.get("placeholders", {}).values()}
    for output in entry.front.get("outputs", ()):
        names |= set(holes.holes(parse(output["pattern"])))
    gist = set(holes.holes(holes.parse(entry.front.get("gist", ""))))
    for name in sorted(names | gist):
        if name in gist and name not in compiled.fields:
            raise CorpusError(f"gist: {{{name}}} is no field")
        if why := compiled.known.foreign(name, own):
            raise CorpusError(f"{{{name}}} {why}")
    filling = {*_SETTING, *compiled.tables.get("places", {}), *entry.front.get("placeholders", {})}
    for command in data["commands"][: len(entry.front.get("commands", ()))]:
        for name in holes.holes(holes.parse(command["run"])):
            if name in filling or (entry.kind != "recipe" and name in compiled.fields):
                continue
            kind = "placeholder of this recipe" if entry.kind == "recipe" else "field"
            raise CorpusError(f"{{{name}}} is no {kind} and no place of places.toml")


def _prose(markdown: str) -> dict[str, Any]:
    return {"markdown": markdown, "blocks": prose.parse(markdown)}


def _try(forms: Iterable[Form]) -> None:
    """Raise ``CorpusError`` for a pattern whose regex is none."""
    for form in forms:
        try:
            re.compile(form.regex, re.DOTALL)
        except re.error as error:
            raise CorpusError(f"patterns: '{form.text}': {error}") from error


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
        for name, default in compiled.own_tables.get("defaults", {}).items()
        if name not in described
    ]


def _where(message: str) -> str:
    """The piece of a fault's message that also stands in the file, to find its line."""
    quoted = re.search(r"'([^']+)'|(\{[a-z_0-9]+\})", message)
    return (quoted[1] or quoted[2]) if quoted else ""
