"""The keys that corpus files may have: declared once, as types, for the check and for editors.

``faults`` says what is wrong with an entry's front matter or a table's row, and where; ``json_schema``
writes the same for editors. The only importer of msgspec, which no answer needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from mailhelp.corpus.read import CHECKS, FIELDS, SAMPLES, Entry, Fault, line_of
from mailhelp.log.facts import EVENTS

Severity = Literal["info", "notice", "warning", "error", "fatal", "panic"]
Who = Literal["this-server", "remote-server", "client", "policy", "network", "operator"]
Permanence = Literal["permanent", "temporary", "none", "by-code"]
RunsOn = Literal["server", "anywhere"]
Goodness = Literal["good", "bad", "info"]
# no pattern here: msgspec 0.22 crashes on one inside a union
Versions = str | dict[str, str]
Text = Annotated[str, Meta(min_length=1)]
Texts = list[Text]


class Strict(Struct, forbid_unknown_fields=True, kw_only=True):
    """A table whose keys are all known."""


class Verdict(Strict):
    """Who decided, whether that is final (``by-code``: as a code in the line says), whether it can be ignored."""

    who: Who = ""  # type: ignore[assignment]  # status codes leave it to the record
    permanence: Permanence = "none"
    harmless: bool = False


UNLESS = "Fields, and for each the values of a record for which the command is of no use."


class Command(Strict):
    """A command (``run``, ``why``), or one of ``commands.toml`` by its name (``use``)."""

    use: Text = ""
    run: Text = ""
    why: Text = ""
    runs_on: RunsOn = "server"
    changes: bool = False
    unless: Annotated[dict[str, Texts], Meta(description=UNLESS)] = {}


class CommandRow(Strict):
    """A row of ``commands.toml``: a command that several entries use."""

    run: Text
    why: Text
    runs_on: RunsOn = "server"
    changes: bool = False
    unless: Annotated[dict[str, Texts], Meta(description=UNLESS)] = {}


class Field(Strict):
    """A typed hole of patterns; ``like``, ``items_of`` and ``forms_of`` take keys of another field."""

    regex: Annotated[str, Meta(description="What the hole matches; '.*' is free text.")] = ""
    like: Text = ""
    items_of: Text = ""
    forms_of: Text = ""
    meaning: Annotated[str, Meta(description="What the value is, in a short sentence.")] = ""
    unit: Annotated[str, Meta(description="seconds, bytes, …")] = ""
    special: Annotated[dict[str, str], Meta(description="Readings of particular values.")] = {}
    forms: Annotated[
        Texts, Meta(description="Patterns that split the value; the first counts.")
    ] = []
    items: Annotated[Texts, Meta(description="Patterns of which the value is a list.")] = []
    separator: Annotated[str, Meta(description="The characters between the items.")] = " "
    lookup: Annotated[str, Meta(description="The kind of entry that explains the value.")] = ""
    permanence: Annotated[
        dict[str, str] | None, Meta(description="How final a code is, by its first character.")
    ] = None
    secret: Annotated[bool, Meta(description="The value is never shown.")] = False
    message: Annotated[
        bool, Meta(description="The value can be another program's message, to be explained too.")
    ] = False
    argument: Annotated[
        str, Meta(description="What a value must match to be filled into a command.")
    ] = ""
    space: Annotated[str, Meta(description="What it is an id of, for stories.")] = ""
    relation: Annotated[
        Literal["own", "next", "earlier", "child", "mentions"],
        Meta(description="How the record's mail is tied to the one named."),
    ] = "mentions"


class Placeholder(Strict):
    """A hole of a recipe's commands; ``check`` is the field that a value must match."""

    meaning: Text
    check: Text
    example: Text
    default: Text = ""


class Output(Strict):
    """What a recipe's command prints: ``pattern`` fits one line of ``sample``.

    ``tells`` are the words of that line that tell, where the whole line is too long for a screen.
    ``info`` proves neither success nor a fault. ``alone``: tells something only if no other outcome was seen;
    ``when``: only if the last date of the line is past or future.
    """

    result: Goodness
    pattern: Text
    sample: Text
    meaning: Text
    tells: str = ""
    alone: bool = False
    when: Literal["past", "future"] | None = None


class ProgramRow(Struct, kw_only=True):
    """A row of ``programs.toml``: a program that writes mail logs; it may have keys of other readers."""

    meaning: Text
    tags: Texts
    role: str = ""


class PlaceRow(Strict):
    """A row of ``places.toml``: a place of the host that stands in commands."""

    meaning: Text
    default: Text
    setting: str = ""
    files: Texts = []
    journals: Texts = []
    journal: str = ""
    journal_lines: str = ""


class DoctorRow(Strict):
    """A row of ``doctor.toml``: a program around mail, how it tells its version, under which names it runs."""

    version: Texts
    processes: Texts
    needed: bool = False


class Selector(Strict):
    """The services of master.cf that a check is about; each key narrows them down."""

    name: Annotated[Texts, Meta(description="name/type, * for anything.")] = []
    name_not: Texts = []
    program: Texts = []
    program_not: Texts = []
    listens: Literal["public", "loopback", "socket"] | None = None
    columns: Annotated[dict[str, Texts], Meta(description="What a column is: chroot.")] = {}
    columns_not: dict[str, Texts] = {}
    argument: Annotated[Texts, Meta(description="A word of the command.")] = []
    lacks_argument: Texts = []
    main: Annotated[
        bool, Meta(description="main.cf alone tells it where master.cf is not known.")
    ] = False
    once: Annotated[bool, Meta(description="The first of them is enough.")] = False
    here: Annotated[bool, Meta(description="Told at the service, not where main.cf sets it.")] = (
        False
    )


FileState = Literal["missing", "folder", "world-readable", "not world-readable", "world-writable"]


TableKind = Literal["plain", "aliases", "patterns", "networks", "inline"]
RowFlaw = Literal[
    "", "twice", "indented", "mark", "not_utf8", "no_result", "quote", "colon", "no_pair", "many", "not_local",
    "no_pattern", "no_end", "option", "nothing_repeated", "bracket", "dollar", "group",
    "if_open", "if_text", "endif_alone", "no_network", "mask", "host_bits",
]  # fmt: skip


class Condition(Strict):
    """One condition of a check: of a parameter (its value, the files that it names), a path, or the services."""

    parameter: Annotated[
        str | Texts, Meta(description="One of these; program/NAME elsewhere.")
    ] = []
    except_: Annotated[Texts, Meta(description="…but none of these.")] = msgspec.field(
        name="except", default_factory=list
    )
    path: Annotated[Text, Meta(description="A file, with $name.")] = ""
    table: Annotated[
        Texts, Meta(description="Rows of lookup tables of these forms, * of any.")
    ] = []
    written: Annotated[list[TableKind], Meta(description="Only tables written so.")] = []
    use: Annotated[Texts, Meta(description="Only tables that these restrictions ask.")] = []
    not_after: Annotated[Texts, Meta(description="…before which none of these stands.")] = []
    flaw: list[RowFlaw] = []
    inside_if: Annotated[bool | None, Meta(description="Rows between if and endif, or others.")] = (
        None
    )
    key: Annotated[str, Meta(description="A regex for the whole key; {name} is a value.")] = ""
    key_not: str = ""
    result: Annotated[str, Meta(description="A regex for the whole result.")] = ""
    result_not: str = ""
    item: Annotated[str, Meta(description="A regex for an item of the result.")] = ""
    continued: Annotated[str, Meta(description="A regex for a line that goes on.")] = ""
    first_not: Annotated[Texts, Meta(description="The first word is none of these.")] = []
    near: Annotated[bool | None, Meta(description="…but is like one, or like none.")] = None
    key_in: Annotated[Texts, Meta(description="The key is in one of these lists too.")] = []
    lacks_key: Annotated[str, Meta(description="No row for this parameter's server.")] = ""
    service: Selector | None = None
    exists: Annotated[bool, Meta(description="Whether there is such a service.")] = True
    set: bool | None = None
    or_unknown: Annotated[bool, Meta(description="It holds too where the value is unknown.")] = (
        False
    )
    is_: Annotated[list[str], Meta(description="The whole value, * for anything.")] = msgspec.field(
        name="is", default_factory=list
    )
    is_not: list[str] = []
    has: Annotated[Texts, Meta(description="An item of the list.")] = []
    has_not: Annotated[Texts, Meta(description="…that fits none of these.")] = []
    before: Annotated[Texts, Meta(description="…before any of these.")] = []
    after: Annotated[Texts, Meta(description="…after one of these.")] = []
    not_behind: Annotated[Texts, Meta(description="…not as the next word of these.")] = []
    lacks: Texts = []
    public_addresses: Annotated[int, Meta(description="A network of more addresses.")] = 0
    host_bits: bool = False
    below: Annotated[str, Meta(description="A number, a time with its unit, or $name.")] = ""
    above: str = ""
    beyond: Annotated[str, Meta(description="$name, where 0 is no limit.")] = ""
    count_above: int = 0
    shares: Annotated[Texts, Meta(description="An item is in one of these lists too.")] = []
    unknown_service: bool = False
    type_missing: Annotated[Texts, Meta(description="A table of such a type can't be read.")] = []
    elsewhere: Annotated[Texts, Meta(description="No socket is one of those of this setting.")] = []
    sockets: Annotated[Texts, Meta(description="Only the items that fit.")] = []
    folder: Annotated[str, Meta(description="Where sockets without a path are.")] = ""
    file: list[FileState] = []
    kinds: Annotated[Texts, Meta(description="Only the items that fit.")] = []
    built: Literal["missing", "older"] | None = None
    differs_from: str = ""
    days_below: Annotated[int | None, Meta(description="The certificate's days left.")] = None
    days_least: int | None = None
    certificate_not_in: Annotated[
        str, Meta(description="The key is of another certificate than this parameter's.")
    ] = ""
    names_lack: Annotated[str, Meta(description="A name that the certificate lacks.")] = ""
    encrypted: bool = False


class CheckSample(Strict):
    """A configuration that a check is tried with."""

    text: Annotated[str, Meta(description="Lines of main.cf and of master.cf.")] = ""
    master: Annotated[str, Meta(description="Lines of master.cf that do not look so.")] = ""
    part: Annotated[bool, Meta(description="Only some lines of main.cf.")] = False
    files: dict[str, dict[str, Any]] = {}
    tables: Annotated[dict[str, str], Meta(description="The texts of lookup tables.")] = {}
    dovecot: str = ""
    opendkim: str = ""
    types: Texts = []


class Fix(Strict):
    """A command that mends it, {name} filled in."""

    run: Text
    why: Text
    runs_on: RunsOn = "server"
    changes: bool = False


class CheckRow(Strict):
    """A check of ``checks/``: what must be so that it speaks up, and what it then says."""

    title: Text
    severity: Severity
    meaning: Text
    sources: Texts
    bad: Text | CheckSample
    good: Text | CheckSample
    when: list[Condition] = []
    service: Selector | None = None
    shape: Annotated[str, Meta(description="A fault in how it is written.")] = ""
    fix: list[Fix] = []
    related: Texts = []


class Shared(Strict):
    """Keys that every kind of entry may have."""

    title: Annotated[str, Meta(description="A short noun phrase or sentence, no full stop.")] = ""
    brief: Annotated[
        str, Meta(max_length=300, description="The answer in one or two sentences, in Markdown.")
    ] = ""
    asked_as: Annotated[
        Texts, Meta(description="Questions that it answers, as people type them.")
    ] = []
    parameters: Annotated[Texts, Meta(description="main.cf parameters that matter here.")] = []
    related: Annotated[Texts, Meta(description="Ids of entries: recipe/starttls-check.")] = []
    sources: Annotated[
        Texts, Meta(description="Where it was taken from: man pages, RFCs, source files.")
    ] = []
    checked: Annotated[
        str,
        Meta(
            pattern=r"^\d[^:]*: \S",
            description="A second reading by somebody else: VERSION: FILES, as in 3.12.1: milter.c.",
        ),
    ] = ""
    use: Annotated[Texts, Meta(description="Names of parts.")] = []
    commands: list[Command] = []
    fields: Annotated[dict[str, Field], Meta(description="Fields of this entry alone.")] = {}
    since: Annotated[Versions, Meta(description="The first version that has it.")] = {}
    until: Annotated[Versions, Meta(description="The last version that has it.")] = {}
    retired: Annotated[Versions, Meta(description="The version since which it is deprecated.")] = {}


class Told(Shared):
    """What a message means, for its reader and for a mail's story."""

    program: Annotated[Texts, Meta(description="Where the folder does not say it.")] = []
    severity: Severity = "info"
    verdict: Verdict | None = None
    gist: Annotated[str, Meta(description="Who, what, whom, in one line, with {holes}.")] = ""
    event: str = ""
    event_by: dict[str, str] = {}
    role: str = ""


class LogEntry(Told):
    """One message that a program can write."""

    patterns: Texts = []


class Part(Told):
    """What entries of one family share."""

    frames: Annotated[Texts, Meta(description="Patterns with {...} for an entry's own.")] = []
    replies: Annotated[Texts, Meta(description="The same for the reply that a client got.")] = []


class Newer(Strict):
    """A default that came after the one of ``defaults.toml``."""

    since: Text
    default: str


class ParameterEntry(Shared):
    """A main.cf parameter, or a close family (``names``)."""

    names: Texts = []
    unit: str = ""
    units: Annotated[
        dict[str, Text], Meta(description="The unit of each name, where not all have the same.")
    ] = {}
    newer: Annotated[
        dict[str, Newer],
        Meta(description="Names whose default is another one since some version of Postfix."),
    ] = {}
    dangerous: str = ""


class RecipeEntry(Shared):
    """One task."""

    names: Texts = []
    placeholders: dict[str, Placeholder] = {}
    options: Annotated[
        dict[str, Text], Meta(description="Each option or operand and what it does.")
    ] = {}
    outputs: list[Output] = []
    requires: Texts = []
    read_only: bool = False


class StatusEntry(Shared):
    """An SMTP reply code, enhanced status code or class."""

    codes: Texts = []
    verdict: Verdict | None = None


class TopicEntry(Shared):
    """One concept."""

    names: Texts = []


class HeaderEntry(Shared):
    """A mail header field."""

    names: Texts = []
    patterns: Texts = []
    again: bool = False
    hop: bool = False


class LineEntry(Shared):
    """A line of a lookup table, of a DNS zone or of another file."""

    patterns: Texts = []


class RuleEntry(Shared):
    """An amavis setting or a SpamAssassin rule."""

    names: Texts = []
    patterns: Texts = []


ENTRIES: Mapping[str, type[Shared]] = {
    "log": LogEntry,
    "part": Part,
    "parameter": ParameterEntry,
    "recipe": RecipeEntry,
    "status": StatusEntry,
    "topic": TopicEntry,
    "header": HeaderEntry,
    "line": LineEntry,
    "rule": RuleEntry,
}
ROWS: Mapping[str, type[Struct]] = {
    FIELDS: Field,
    "programs": ProgramRow,
    "commands": CommandRow,
    "places": PlaceRow,
    CHECKS: CheckRow,
    "doctor": DoctorRow,
}
"""The tables whose rows are declared here; those of the others are their readers' business."""
_MUST = {
    "log": ("title", "patterns", "severity", "verdict", "sources"),
    "part": ("title",),
    "parameter": ("title", "asked_as", "sources"),
    "recipe": ("title", "asked_as", "commands", "options", "outputs", "requires", "sources"),
    "status": ("title", "codes", "sources"),
    "topic": ("title", "asked_as", "sources"),
    "header": ("title", "sources"),
    "line": ("title", "patterns", "sources"),
    "rule": ("title", "sources"),
}
_TEXT_MAY_LACK = ("status", "part")
_CHOICES = {
    "severity": Severity,
    "who": Who,
    "permanence": Permanence,
    "runs_on": RunsOn,
    "result": Goodness,
}
_VERSION = re.compile(r"(?:[A-Za-z][\w-]* )?\d+(?:\.\d+)*")
_AT = re.compile(r"(?P<text>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of the front matter of ``kind``, or of the table ``kind``. ``KeyError`` if there is none."""
    if kind in ENTRIES:
        schema = msgspec.json.schema(ENTRIES[kind])
        # the structs have no required keys, for a patch lacks them all
        name = schema["$ref"].rpartition("/")[2]
        schema["$defs"][name]["required"] = list(_MUST[kind])
        return schema
    return msgspec.json.schema(dict[str, ROWS[kind]])  # type: ignore[valid-type]


def faults(entry: Entry) -> Iterator[Fault]:
    """What is wrong with the keys of an entry, each with the line that it stands in."""
    known = _types(entry.kind)
    for key, value in entry.front.items():
        if key == FIELDS and isinstance(value, dict):
            continue  # each is looked at where it is defined
        if key not in known:
            yield entry.fault(f"unknown key '{key}' in a {entry.kind} entry", f"{key} =")
        elif not value and key in _MUST[entry.kind]:
            continue  # it is missing
        elif wrong := type_fault(value, known[key], key):
            place, text = wrong
            yield entry.fault(text, _line(entry, place))
    for key in ("since", "until", "retired"):
        said = entry.front.get(key, ())
        for version in said.values() if isinstance(said, dict) else (said,) if said else ():
            if isinstance(version, str) and not _VERSION.fullmatch(version):
                text = f"{key}: a version is written 3.8, another program's amavis 2.13"
                yield entry.fault(text, f"{key} =")
    if entry.front.get("event", EVENTS[0]) not in EVENTS:
        yield entry.fault(f"event must be one of {', '.join(EVENTS)}", "event")
    for command in entry.front.get("commands", ()):
        if isinstance(command, dict) and not command.get("use"):
            for key in ("run", "why"):
                if key not in command:
                    at = str(command.get("run", "[[commands]]"))
                    yield entry.fault(f"a command has 'run' and 'why', or 'use': no '{key}'", at)
    if not entry.patch:
        yield from _missing(entry)


@cache
def _types(kind: str) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(ENTRIES[kind])}


def _missing(entry: Entry) -> Iterator[Fault]:
    for key in _MUST[entry.kind]:
        if not entry.front.get(key) and not (key == "requires" and key in entry.front):
            choices = f": {', '.join(get_args(_CHOICES[key]))}" if key in _CHOICES else ""
            at = f"{key} =" if f"{key} =" in entry.source else f"[{key}]"
            yield entry.fault(f"a {entry.kind} entry must have '{key}'{choices}", at)
    if not entry.text and entry.kind not in _TEXT_MAY_LACK:
        below = entry.source.partition("\n+++\n")[0].count("\n") + 3
        yield entry.fault("no text below the front matter: say what it means", below)
    if entry.kind == "log" and not entry.samples and not entry.faults:
        yield entry.fault(f"a log entry must end with '## {SAMPLES}', a line of each form")


def row_fault(table: str, row: Any) -> str:
    """What is wrong with a row of ``table``; empty if nothing."""
    wrong = type_fault(row, ROWS[table], "")
    return wrong[1] if wrong else ""


def type_fault(value: Any, type: Any, key: str) -> tuple[str, str] | None:
    """The first place in ``value`` that is not of ``type`` (``commands[0].run``), and what is wrong there."""
    try:
        msgspec.convert(value, type=type)
    except msgspec.ValidationError as error:
        found = _AT.match(str(error))
        assert found
        place = key + (found["path"] or "")
        text = found["text"]
        last = re.sub(r"\[[^\]]*\]$", "", place).rpartition(".")[2]
        if text.startswith("Invalid enum value") and last in _CHOICES:
            text = f"must be one of {', '.join(get_args(_CHOICES[last]))}"
        elif text.startswith("Object contains unknown field"):
            text = text.replace("Object contains unknown field", "has no key")
        elif "length >= 1" in text:
            text = "must not be empty"
        elif text.startswith("Object missing required field"):
            text = text.replace("Object missing required field", "must have")
        else:
            text = text[:1].lower() + text[1:]
        text = text.replace("`", "'")
        return place, f"{place.lstrip('.')}: {text}" if place else text
    return None


def _line(entry: Entry, place: str) -> int:
    """The line of the file where ``commands[2].run`` is; that of the table or the key at the least."""
    key, _, rest = place.partition("[")
    lines = entry.source.split("\n")
    number = re.match(r"(\d+)\]\.?(\w*)", rest)
    heads = [n for n, line in enumerate(lines, 1) if line.startswith(f"[[{key}]]")]
    if number and int(number[1]) < len(heads):
        first = heads[int(number[1])]
        for n, line in enumerate(lines[first:], first + 1):
            if line.startswith(("[", "+++")):
                break
            if number[2] and line.startswith(number[2]):
                return n
        return first
    table = re.match(r"([\w-]+)\.?([\w-]*)", place)
    if table and table[2]:
        for fragment in (f"[{table[1]}.{table[2]}]", f"{table[2]} ="):
            if (found := line_of(entry.source, fragment)) > 1:
                return found
    return line_of(entry.source, key.partition(".")[0])
