"""What an engine needs to name records as mailhelp does: programs, their patterns in order, what entries say.

A pattern is handed on in pieces, fixed text and gaps, so that each writer puts it into its engine's language. Generic
shapes of families stay here: what is exported names an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mailhelp.errors import UsageError
from mailhelp.light import NamedTuple
from mailhelp.names import near_words

if TYPE_CHECKING:
    from mailhelp.knowledge.library import Library
    from mailhelp.knowledge.store import PatternRow

LOG = "log/"
"""How the ids of the entries of log records begin; exported ids go without it."""
ANY = "/any"
"""How the name of a family's shared program ends."""


class Gap(NamedTuple):
    """A place for a value of the field ``name`` that fits ``regex``; of a ``fixed`` one ``regex`` is the text itself."""

    name: str
    regex: str
    fixed: bool = False


Piece = str | Gap


class Rule(NamedTuple):
    """One pattern of an ``entry``. ``literal`` is the length of its fixed text; ``shared`` says that a family has it."""

    entry: str
    pieces: tuple[Piece, ...]
    literal: int
    shared: bool


class Program(NamedTuple):
    """A program with its rules, the best first.

    A record is its own where the last part of the tag is one of ``tags`` and what is before is none of ``not_under``
    (``cyrus/imap`` is not Dovecot's), or where the tag is one of ``whole``. Of a program that a ``family`` shares it is the
    family's name, a slash and anything.
    """

    name: str
    tags: tuple[str, ...]
    whole: tuple[str, ...]
    not_under: tuple[str, ...]
    rules: tuple[Rule, ...]
    family: str = ""


class Entry(NamedTuple):
    """What is known of a record of the entry: empty where it depends on the record, or is not said."""

    id: str
    title: str
    severity: str
    who: str
    event: str
    harmless: bool


class Rules(NamedTuple):
    """All that is exported; ``entries`` are by id. ``better`` has for an entry those that go before it where both fit."""

    programs: tuple[Program, ...]
    entries: Mapping[str, Entry]
    better: Mapping[str, frozenset[str]]


def rules(library: Library, wanted: Iterable[str] = ()) -> Rules:
    """The rules of ``library``: those of the user's notes too, which go before the bundled.

    ``wanted`` are programs or families of them, all without any. Raises ``UsageError`` for one that is not known.
    """
    documents = {document.id: document for document in library.all_of("log")}
    named = {name for document in documents.values() for name in document.data["program"]}
    engine = library.engine
    tags: dict[str, list[str]] = {}
    for name, row in library.table("programs").items():
        for tag in (*row["tags"], name):
            tags.setdefault(engine.program(tag) or "", []).append(tag)
    named &= {
        *tags,
        *(name for name in named if name.endswith(ANY) or engine.program(name) is None),
    }
    chosen = _chosen(named, tuple(wanted))
    secret = {name for name, field in library.fields.items() if field.secret}
    programs = []
    for name in sorted(chosen):
        found = tuple(
            Rule(
                row.id.removeprefix(LOG),
                tuple(pieces(row, secret)),
                row.literal,
                name.endswith(ANY),
            )
            for row in engine.catalogue.table((name,)).every()
            if not row.generic and row.id in documents
        )
        programs.append(_program(name, tags, found))
    used = {rule.entry for program in programs for rule in program.rules}
    entries = (_entry(each.id, each.title, each.data) for each in documents.values())
    return Rules(
        tuple(programs),
        {entry.id: entry for entry in entries if entry.id in used},
        {
            lesser.removeprefix(LOG): frozenset(each.removeprefix(LOG) for each in better)
            for lesser, better in library.bundled.rivals().items()
        },
    )


def _chosen(named: set[str], wanted: tuple[str, ...]) -> set[str]:
    chosen = set() if wanted else named
    for word in wanted:
        found = {name for name in named if name == word or name.startswith(f"{word}/")}
        if not found:
            near = (
                ", ".join(
                    sorted(near_words(word, {*named, *(name.partition("/")[0] for name in named)}))
                )
                or "postfix, amavis, dovecot, …"
            )
            raise UsageError(f"No program “{word}” is known.", f"There is: {near}")
        chosen |= found
    shared = {f"{name.partition('/')[0]}{ANY}" for name in chosen}
    return chosen | (shared & named)


def pieces(row: PatternRow, secret: Iterable[str] = ()) -> Iterator[Piece]:
    """The pieces of a pattern, read back from its regex; the values of ``secret`` fields get no name."""
    names = iter(row.holes)
    regex, position, text = row.regex, 0, ""
    seen: dict[str, int] = {}
    while position < len(regex) and not regex.startswith(r"\Z", position):
        if regex[position] == "\\":
            text += regex[position + 1]
            position += 2
        elif regex.startswith("(?>(", position):
            end = _closing(regex, position + 3)
            if text:
                yield text
            yield Gap(_once(next(names), seen, secret), regex[position + 4 : end])
            position, text = end + 1, ""
        elif regex[position] == "(":
            end = _closing(regex, position)
            if text:
                yield text
            fixed = re.sub(r"\\(.)", r"\1", regex[position + 1 : end], flags=re.DOTALL)
            yield Gap(_once(next(names), seen, secret), fixed, True)
            position, text = end + 1, ""
        elif regex[position] == ")":
            position += 1
        else:
            text += regex[position]
            position += 1
    if text:
        yield text


def _closing(regex: str, start: int) -> int:
    """Where the bracket that opens at ``start`` closes."""
    depth, position = 0, start
    while True:
        sign = regex[position]
        if sign == "\\":
            position += 1
        elif sign == "[":
            position = class_end(regex, position)
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if not depth:
                return position
        position += 1


def class_end(regex: str, start: int) -> int:
    """Where the set of characters that opens at ``start`` closes."""
    position = start + 1 + regex.startswith("[^", start)
    position += regex.startswith("]", position)
    while regex[position] != "]":
        position += 1 + (regex[position] == "\\")
    return position


def _once(name: str, seen: dict[str, int], secret: Iterable[str]) -> str:
    """The name of a gap: a second one of the same field gets a number, as most engines want it."""
    if name in secret:
        return ""
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}_{seen[name]}"


def _entry(id: str, title: str, data: Mapping[str, Any]) -> Entry:
    verdict = data.get("verdict") or {}
    return Entry(
        id.removeprefix(LOG),
        title,
        data.get("severity") or "",
        verdict.get("who", ""),
        data.get("event") or "",
        bool(verdict.get("harmless")),
    )


def _program(name: str, tags: Mapping[str, list[str]], found: tuple[Rule, ...]) -> Program:
    if name.endswith(ANY):
        return Program(name, (), (), (), found, name.removesuffix(ANY))
    own = dict.fromkeys((*tags.get(name, ()), name))
    last = tuple(tag for tag in own if "/" not in tag)
    whole = tuple(tag for tag in own if tag.rpartition("/")[2] not in last)
    others = [tag for other, each in tags.items() if other != name for tag in each]
    under = {tag.rpartition("/")[0] for tag in others if tag.rpartition("/")[2] in last}
    return Program(name, last, whole, tuple(sorted(under - {""})), found)
