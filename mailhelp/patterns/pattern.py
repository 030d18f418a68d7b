"""Patterns: a message's fixed text with typed holes, and the regex of one.

A pattern is written as the line looks: ``connect from {client}``. Matching is linear in the length
of the text: every hole is matched together with the fixed text behind it inside an atomic group,
so that a later mismatch never reopens it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from mailhelp import regexes as re
from mailhelp.errors import CorpusError
from mailhelp.light import regex
from mailhelp.patterns import holes
from mailhelp.patterns.fields import FREE_TEXT_SHORTEST, Field
from mailhelp.patterns.holes import Hole, Part

_WORD = regex(r"\S+")
END = r"\Z"
"""What stands behind a pattern that a whole text must fit."""


def parse(pattern: str) -> tuple[Part, ...]:
    """Split ``pattern`` into fixed text and holes.

    Raises ``CorpusError`` for a stray brace, and for two holes without fixed text between them,
    where one ends and the next begins could not be told.
    """
    parts = holes.parse(pattern)
    for left, right in pairwise(parts):
        if is_open(left) and is_open(right):
            raise CorpusError(f"no fixed text between {{{left[0]}}} and {{{right[0]}}}")
    return parts


def is_open(part: Part) -> bool:
    """Whether ``part`` is a hole that any value of its field fits."""
    return not isinstance(part, str) and not part.fixed


def literal_length(parts: tuple[Part, ...]) -> int:
    """How much of the pattern is fixed text; of two patterns that match, the longer is the better."""
    return sum(len(_fixed(part)) for part in parts)


def longest_literal(parts: tuple[Part, ...]) -> str:
    """The longest fixed text that any text matching the pattern holds; empty if it has none."""
    shown = "".join(_fixed(part) or "\0" for part in parts)
    return max(shown.split("\0"), key=len)


def words(parts: tuple[Part, ...]) -> frozenset[str]:
    """The words that any text matching the pattern holds, split at white space as ``str.split`` does."""
    shown = "".join(_fixed(part) or "\0" for part in parts)
    return frozenset(word for word in _WORD.findall(shown) if "\0" not in word)


def to_regex(parts: tuple[Part, ...], fields: Mapping[str, Field], end: str = END) -> str:
    """The regex of a pattern: one capturing group a hole; matched from the start with ``re.match``.

    ``end`` is the regex of what must stand behind the pattern. Raises ``CorpusError`` for an
    unknown field.
    """
    return "".join(pieces(parts, fields, end))


def pieces(parts: tuple[Part, ...], fields: Mapping[str, Field], end: str = END) -> Iterator[str]:
    """The pieces of a pattern's regex. None is reopened once it has matched: if each is linear, so is the whole."""
    rest = list(parts)
    while rest:
        part = rest.pop(0)
        if isinstance(part, str) or part.fixed:
            yield _literal(part, fields)
            continue
        field = _field(part, fields)
        behind = ""
        while rest and not is_open(rest[0]):
            behind += _literal(rest.pop(0), fields)
        # Free text ends where the fixed text behind it first occurs; at the end of the
        # pattern that fixed text must be the end of the line, so the last place counts.
        regex = FREE_TEXT_SHORTEST if field.free and rest else field.regex
        yield f"(?>({regex}){behind}{'' if rest else end})"
    if not any(is_open(part) for part in parts):
        yield end


class Shape:
    """A pattern by itself, outside the catalogue: it is compiled when a text first has its fixed text.

    ``names`` are the fields of its holes. Raises ``CorpusError`` as ``parse`` does.
    """

    def __init__(self, pattern: str, fields: Mapping[str, Field]) -> None:
        self._parts = parse(pattern)
        self._fields = fields
        self._literal = longest_literal(self._parts)
        self._regex: re.Pattern[str] | None = None
        self.names = holes.holes(self._parts)

    def match(self, text: str) -> re.Match[str] | None:
        """The match of the whole of ``text``."""
        if self._literal not in text:
            return None
        if self._regex is None:
            self._regex = re.compile(to_regex(self._parts, self._fields), re.DOTALL)
        return self._regex.match(text)


def _fixed(part: Part) -> str:
    return part if isinstance(part, str) else part.fixed


def _literal(part: Part, fields: Mapping[str, Field]) -> str:
    """The regex of fixed text, captured where it stands in a hole."""
    if isinstance(part, str):
        return re.escape(part)
    _field(part, fields)
    return f"({re.escape(part.fixed)})"


def _field(hole: Hole, fields: Mapping[str, Field]) -> Field:
    if hole.name not in fields:
        raise CorpusError(f"{{{hole.name}}} is no field")
    return fields[hole.name]
