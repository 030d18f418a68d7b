"""Patterns: a message's fixed text with typed holes, and the regex of one.

A pattern is written as the line looks: ``connect from {client}``. Matching is linear in the length
of the text: every hole is matched together with the fixed text behind it inside an atomic group,
so that a later mismatch never reopens it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from mailhelp import template
from mailhelp.errors import CorpusError
from mailhelp.log.fields import FREE_TEXT_SHORTEST, Field
from mailhelp.template import Part

_WORD = re.compile(r"\S+")


def parse(pattern: str) -> tuple[Part, ...]:
    """Split ``pattern`` into fixed text and holes.

    Raises ``CorpusError`` for a stray brace, and for two holes without fixed text between them,
    where one ends and the next begins could not be told.
    """
    parts = template.parse(pattern)
    for left, right in pairwise(parts):
        if not isinstance(left, str) and not isinstance(right, str):
            raise CorpusError(f"no fixed text between {{{left.name}}} and {{{right.name}}}")
    return parts


def literal_length(parts: tuple[Part, ...]) -> int:
    """How much of the pattern is fixed text; of two patterns that match, the longer is the better."""
    return sum(len(part) for part in parts if isinstance(part, str))


def words(parts: tuple[Part, ...]) -> frozenset[str]:
    """The words that any text matching the pattern holds, split at white space as ``str.split`` does."""
    shown = "".join(part if isinstance(part, str) else "\0" for part in parts)
    return frozenset(word for word in _WORD.findall(shown) if "\0" not in word)


def to_regex(parts: tuple[Part, ...], fields: Mapping[str, Field], end: str = r"\Z") -> str:
    """The regex of a pattern: one capturing group a hole; matched from the start with ``re.match``.

    ``end`` is the regex of what must stand behind the pattern. Raises ``CorpusError`` for an
    unknown field.
    """
    out: list[str] = []
    index = 0
    while index < len(parts):
        part = parts[index]
        index += 1
        if isinstance(part, str):
            out.append(re.escape(part))
            continue
        if part.name not in fields:
            raise CorpusError(f"{{{part.name}}} is not in fields.toml")
        field = fields[part.name]
        behind = ""
        if index < len(parts):
            fixed = parts[index]
            assert isinstance(fixed, str)  # parse() lets no two holes touch
            behind = re.escape(fixed)
            index += 1
        last = index == len(parts)
        # Free text ends where the fixed text behind it first occurs; at the end of the
        # pattern that fixed text must be the end of the line, so the last place counts.
        regex = FREE_TEXT_SHORTEST if field.free and not last else field.regex
        out.append(f"(?>({regex}){behind}{end if last else ''})")
    if not parts or (isinstance(parts[-1], str) and len(parts) < 2):
        out.append(end)
    return "".join(out)
