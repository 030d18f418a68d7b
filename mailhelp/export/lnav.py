"""A format file of lnav, which gives its own syslog format a tag for each entry: ``#notice:postfix.smtpd.connect``.

lnav adds every tag whose regex fits, in no order, so a tag's regex refuses what a better pattern fits. It takes one regex
for each level, which PCRE bounds at 64 KiB compiled: so lnav's own levels stay, and the tag begins with the severity.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mailhelp.export import order
from mailhelp.export.regex import Shown, atoms, literal, one_of, plain
from mailhelp.export.rules import Entry, Gap, Program, Rule, Rules

FORMAT = "syslog_log"
"""The format that lnav has for logs with a syslog prefix."""
_SCHEMA = "https://lnav.org/schemas/format-v1.schema.json"
_LONGEST = 20_000
"""Characters of one regex: what is compiled of it must stay below PCRE's bound. What an entry has beyond is another tag."""
_SHORT = 8
"""Characters of a regex that is written out wherever it is needed."""
_PID = r"(?:\[\d+\])?: "


def write(rules: Rules, made_by: str) -> Iterator[str]:
    """The lines of the format file."""
    tags: dict[str, dict[str, str]] = {}
    better = order.overruled(rules)
    for program in rules.programs:
        start = _tag(program)
        for id, own in order.entries_in_order(program, rules):
            entry = rules.entries[id]
            for regex in _regexes(start, own, better):
                name = _name(entry, tags)
                tags[name] = {"description": entry.title, "pattern": regex}
    table = {"$schema": _SCHEMA, FORMAT: {"tags": tags}}
    yield from json.dumps(table, indent=1, ensure_ascii=False).split("\n")


class _Named:
    """Gaps written as calls of regexes that are defined once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __call__(self, gap: Gap) -> str:
        if gap.fixed:
            return literal(gap.regex)
        if len(gap.regex) < _SHORT:
            return f"(?:{plain(gap.regex)})"
        return f"(?&{self._names.setdefault(gap.regex, f'f{len(self._names)}')})"

    def defined(self) -> str:
        """What defines them; it stands last, so that a search for what begins the regex stays quick."""
        each = (f"(?<{name}>{plain(regex)})" for regex, name in self._names.items())
        return f"(?(DEFINE){''.join(each)})" if self._names else ""


def _regexes(start: str, own: list[Rule], better: dict[Rule, list[Rule]]) -> Iterator[str]:
    named = _Named()
    ways: dict[str, list[Rule]] = {}
    for rule in own:
        ways.setdefault(_unless(better.get(rule, []), named), []).append(rule)
    found = "|".join(
        unless + one_of(atoms(rule, named) for rule in each) for unless, each in ways.items()
    )
    regex = f"{start}(?:{found}){named.defined()}"
    half = len(own) // 2
    if len(regex) > _LONGEST and half:
        yield from _regexes(start, own[:half], better)
        yield from _regexes(start, own[half:], better)
    else:
        yield regex


def _unless(better: list[Rule], shown: Shown) -> str:
    return f"(?!{one_of(atoms(rule, shown) for rule in better)})" if better else ""


def _tag(program: Program) -> str:
    """The regex of what stands before a record of ``program``. One that begins with a letter is found quickly."""
    if program.family:
        return rf"(?<= ){literal(program.family)}[^ /\[]*/[^ \[:]+{_PID}"
    under = "".join(f"(?<! {literal(path)}/)" for path in program.not_under)
    ways = [f"(?<=[ /]){under}{_either(program.tags)}"] if program.tags else []
    if program.whole:
        ways.append(f"(?<= ){_either(program.whole)}")
    return (ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})") + _PID


def _either(tags: tuple[str, ...]) -> str:
    found = "|".join(map(literal, tags))
    return found if len(tags) == 1 else f"(?:{found})"


def _name(entry: Entry, taken: dict[str, dict[str, str]]) -> str:
    """The tag of an entry; lnav allows no slash in it, and each only once."""
    name = f"{entry.severity or 'info'}:{entry.id.replace('/', '.')}"
    number = 1
    while (numbered := name if number == 1 else f"{name}:{number}") in taken:
        number += 1
    return numbered
