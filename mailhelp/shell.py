"""Commands with holes, filled for the shell: every value is one quoted word, or part of one."""

import re
from collections.abc import Mapping

from mailhelp.patterns.holes import Hole, Part, parse

_SAFE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def quoted_hole(parts: tuple[Part, ...]) -> str | None:
    """The name of a hole that stands inside shell quotes, where a value can't be quoted again."""
    quote = ""
    for part in parts:
        if isinstance(part, Hole):
            if quote:
                return part.name
            continue
        for char in part:
            if quote:
                quote = "" if char == quote else quote
            elif char in "'\"`":
                quote = char
    return None


def quote(value: str) -> str:
    """``value`` as one shell word."""
    if _SAFE.fullmatch(value):
        return value
    return "'" + value.replace("'", "'\"'\"'") + "'"


def fill(template: str, values: Mapping[str, str], *, missing: str = "drop") -> str | None:
    """The command with its holes filled, each value quoted as (part of) one shell word.

    ``None`` if a value is missing, holds control characters, or could be taken for an option
    because it begins with ``-`` or ``+`` where a word begins. With ``missing="show"`` a missing value
    is shown as its name in capitals.
    """
    filled = ""
    only_operands = False
    for part in parse(template):
        if isinstance(part, str):
            filled += part
            only_operands = only_operands or " -- " in part
            continue
        value = values.get(part.name)
        if value is None:
            if missing == "drop":
                return None
            filled += part.name.upper()
            continue
        begins_word = not filled or filled[-1].isspace()
        if not value or _CONTROL.search(value):
            return None
        if value.startswith(("-", "+")) and begins_word and not only_operands:
            return None
        filled += quote(value)
    return filled


def say(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its holes filled for reading; an unknown one shows its name in capitals."""
    return "".join(
        part if isinstance(part, str) else values.get(part.name, part.name.upper())
        for part in parse(text)
    )
