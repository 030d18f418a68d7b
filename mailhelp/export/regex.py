"""Patterns as regexes of engines that backtrack (PCRE, Oniguruma): each gap with its fixed text stays one atomic group."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from mailhelp.export.rules import Gap, Piece, Rule, class_end

Shown = Callable[[Gap], str]
"""How a gap is written: its regex, with or without a name."""

_SIGNS = re.compile(r"[][\\.*+?^${}()|]")
_IN_CLASS = re.compile(r"(?<!\\)((?:\\\\)*)([\[&~])")
END = r"\z"


def literal(text: str) -> str:
    """Fixed text as every engine reads it."""
    return _SIGNS.sub(r"\\\g<0>", text)


def plain(regex: str) -> str:
    """``regex`` as engines read it that know sets inside sets of characters."""
    out, position = "", 0
    while position < len(regex):
        if regex[position] == "[":
            end = class_end(regex, position)
            start = position + 1 + (regex[position + 1] == "^")
            out += regex[position:start] + _IN_CLASS.sub(r"\1\\\2", regex[start:end]) + "]"
            position = end + 1
        else:
            step = 2 if regex[position] == "\\" else 1
            out += END if regex.startswith(r"\Z", position) else regex[position : position + step]
            position += step
    return out


def atoms(rule: Rule, shown: Shown, end: str = END) -> tuple[str, ...]:
    """The pattern in pieces that a match never reopens; one is fixed text, or a gap with what is fixed behind it."""
    found: list[str] = []
    rest = list(rule.pieces)
    while rest:
        piece = rest.pop(0)
        if isinstance(piece, str) or piece.fixed:
            found.append(_fixed(piece, shown))
            continue
        behind = ""
        while rest and (isinstance(rest[0], str) or rest[0].fixed):
            behind += _fixed(rest.pop(0), shown)
        found.append(f"(?>{shown(piece)}{behind}{'' if rest else end})")
    if not found[-1].endswith(f"{end})"):
        found.append(end)
    return tuple(found)


def one_of(rules: Iterable[tuple[str, ...]]) -> str:
    """One regex for several patterns in ``atoms``; what they begin with alike is written once."""
    tree: dict[str, Any] = {}
    for each in rules:
        node = tree
        for atom in each:
            node = node.setdefault(atom, {})
    return _branch(tree)


def _branch(node: dict[str, Any]) -> str:
    ways = [atom + _branch(below) for atom, below in node.items()]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})" if ways else ""


def _fixed(piece: Piece, shown: Shown) -> str:
    return shown(piece) if isinstance(piece, Gap) else literal(piece)
