"""A patterns file of grok (Logstash, Elasticsearch's ingest pipelines, pygrok): a pattern for each entry and each program.

A regex can't say a word that the record lacks, so the entry is told by the name of the field that matched:
``mailhelp_postfix_smtpd_connect``. What is known of it stands above its pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailhelp.export import order
from mailhelp.export.regex import atoms, literal, one_of, plain
from mailhelp.export.rules import Entry, Gap, Program, Rules

_FREE = {".*": "GREEDYDATA", ".*?": "DATA"}
"""Patterns that every grok has."""
_END = "$"


def write(rules: Rules, made_by: str) -> Iterator[str]:
    """The lines of the patterns file."""
    yield f"# What mail logs mean, for grok. {made_by}"
    yield "# Match the message, without its syslog prefix, with the pattern of the program: %{MAILHELP_POSTFIX_SMTPD}"
    yield "# A field mailhelp_… tells the entry; its name with dashes and slashes is above the pattern."
    known: dict[str, str] = {}
    shared = {program.family for program in rules.programs if program.family}
    for program in rules.programs:
        lines = list(_program(program, rules, known, shared))
        yield ""
        yield from lines
    yield ""
    yield "# Values"
    yield from (f"{name} {regex}" for regex, name in known.items())


def _program(
    program: Program, rules: Rules, known: dict[str, str], shared: set[str]
) -> Iterator[str]:
    yield f"# {program.name}: {_tags(program)}"
    ways = []
    for id, own in order.entries_in_order(program, rules):
        entry = rules.entries[id]
        name = _name(f"{id}_AS_{program.name}" if _belongs_elsewhere(id, program) else id)
        regex = one_of(atoms(rule, lambda gap: _value(gap, known), _END) for rule in own)
        yield f"# {_told(entry)}"
        yield f"{name} {regex}"
        ways.append(f"%{{{name}:{_field(id)}}}")
    family = program.name.partition("/")[0]
    if family in shared and not program.family:
        ways.append(f"%{{{_name(f'{family}/any')}}}")
    yield f"{_name(program.name)} ^(?:{'|'.join(ways)})"


def _belongs_elsewhere(id: str, program: Program) -> bool:
    return id.rpartition("/")[0] != program.name


def _value(gap: Gap, known: dict[str, str]) -> str:
    """A gap; its regex gets a name of its own where it is first met."""
    if gap.fixed:
        return f"(?<{gap.name}>{literal(gap.regex)})" if gap.name else literal(gap.regex)
    pattern = _FREE.get(gap.regex)
    if pattern is None:
        pattern = known.setdefault(f"(?:{plain(gap.regex)})", f"MAILHELP_VALUE_{len(known)}")
    return f"%{{{pattern}:{gap.name}}}" if gap.name else f"%{{{pattern}}}"


def _told(entry: Entry) -> str:
    said = {"severity": entry.severity, "who": entry.who, "event": entry.event}
    words = [f"{key}={value}" for key, value in said.items() if value]
    return " ".join((entry.id, *words, *(("harmless",) if entry.harmless else ())))


def _tags(program: Program) -> str:
    if program.family:
        return f"all programs of {program.family}"
    return ", ".join((*program.tags, *program.whole))


def _name(id: str) -> str:
    return re.sub(r"\W", "_", f"MAILHELP_{id}").upper()


def _field(id: str) -> str:
    return re.sub(r"\W", "_", f"mailhelp_{id}").lower()
