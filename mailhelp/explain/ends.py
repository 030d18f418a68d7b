"""Deliveries whose other end is a program of this host: the answer calls it so, and begins with the way to it.

Which ends these are, and what is said of them, is in ``corpus/ends.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from mailhelp import regexes as re
from mailhelp import shell
from mailhelp.answer import Answer, Prose
from mailhelp.explain import common
from mailhelp.knowledge.library import Library
from mailhelp.light import Any, NamedTuple
from mailhelp.patterns.holes import holes
from mailhelp.patterns.pattern import parse, to_regex

_RULES = "rules"


class End(NamedTuple):
    """A program of this host at the other end: its row of ``ends.toml``, and the ``values`` that name it."""

    row: Mapping[str, Any]
    values: Mapping[str, str]


def applied(library: Library, answer: Answer) -> Answer:
    """``answer`` as it is for a program of this host, if the record says that one is at the other end."""
    rules = library.table("ends").get(_RULES, {})
    found = of(library, answer, rules)
    if found is None:
        return answer
    words = _Words(rules, found.row["name"])
    called = answer._replace(
        title=words.instead(answer.title),
        brief=words.prose(answer.brief),
        explanation=words.prose(answer.explanation),
        causes=tuple(map(words.prose, answer.causes)),
        actions=tuple(map(words.prose, answer.actions)),
    )
    who = rules["who"].get(answer.verdict.who) if answer.verdict else None
    if answer.verdict is None or who is None or answer.verdict.harmless:
        return called
    row, without, ours = found.row, found.row["without"], found.row.get("ours", ())
    own = [each for each in answer.commands if each.command.split()[0] not in without]
    asking = [each for each in own if each.command.split()[0] in ours]
    way = common.plain(row["action"])
    return called._replace(
        verdict=answer.verdict._replace(who=who),
        notes=(*answer.notes, shell.say(row["note"], found.values)),
        actions=(*called.actions, way) if asking else (way, *called.actions),
        commands=tuple(
            dict.fromkeys((*asking, *common.filled(library, row["commands"], found.values), *own))
        ),
    )


def of(library: Library, answer: Answer, rules: Mapping[str, Any]) -> End | None:
    """The program of this host that ``answer`` names as the other end."""
    fields = rules.get("fields", ())
    named = [span.value for name in fields for span in answer.spans if span.name == name]
    if not any("[" in value for value in named):
        return None
    for kind, names, regex in _kinds(library):
        for value in named:
            found = regex.fullmatch(value)
            if found is not None:
                values = {span.name: span.value for span in reversed(answer.spans)}
                values |= dict(zip(names, found.groups(), strict=True))
                return End(library.table("ends")[kind], values)
    return None


@lru_cache(maxsize=4)
def _kinds(library: Library) -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    """Each pattern with its kind and the names of its holes."""
    found = []
    for kind, row in library.table("ends").items():
        for pattern in row.get("patterns", ()):
            parts = parse(pattern)
            regex = re.compile(to_regex(parts, library.fields), re.DOTALL)
            found.append((kind, holes(parts), regex))
    return tuple(found)


class _Words:
    """What entries call the other end, and what it is called instead."""

    def __init__(self, rules: Mapping[str, Any], name: str) -> None:
        self._name = name
        kept = "".join(f"(?!{re.escape(text)})" for text in rules["kept"])
        words = "|".join(map(re.escape, rules["words"]))
        self._regex = re.compile(rf"{kept}\b(?:{words})\b")

    def instead(self, text: str) -> str:
        """``text`` with the right name, with a capital where there was one."""

        def named(found: re.Match[str]) -> str:
            capital = found[0][0].isupper()
            return self._name[0].upper() + self._name[1:] if capital else self._name

        return self._regex.sub(named, text)

    def prose(self, said: Prose) -> Prose:
        """The same of prose."""
        blocks = tuple(self._inside(each) for each in said.blocks)
        return Prose(self.instead(said.markdown), blocks)

    def _inside(self, block: Any) -> Any:
        if isinstance(block, str):
            return self.instead(block)
        return [self._inside(each) for each in block] if isinstance(block, list | tuple) else block
