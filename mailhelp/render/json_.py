"""Answers as JSON: one object a line, ASCII only, so that no terminal can be steered by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mailhelp.answer import SCHEMA, Answer, Prose, Span

_NOT_EMPTY_ONLY = (
    "story", "report", "continues", "outcomes", "draft", "sections", "notes",
    "danger", "gist", "event", "findings",
)  # fmt: skip


# what answers about one entry share is the same object in each of them
_SHARED = frozenset(
    ("explanation", "causes", "actions", "sections", "parameters", "related", "sources")
)
_MOST_REMEMBERED = 5000
_encode = json.JSONEncoder(ensure_ascii=True, check_circular=False).encode
_remembered: dict[int, tuple[Any, str]] = {}


def render(answer: Answer) -> str:
    """The object of ``answer``, as ``schema.json`` describes it; ends without a line end."""
    pieces: list[str] = []
    table: dict[str, Any] = {"schema": SCHEMA}
    for name, value in zip(answer._fields, answer, strict=True):
        if value and name in _SHARED:
            pieces += (_encode(table)[1:-1], f'"{name}": {_once(value)}')
            table = {}
        elif value or name not in _NOT_EMPTY_ONLY:
            table[name] = plain(value)
    return "{" + ", ".join(filter(None, (*pieces, _encode(table)[1:-1]))) + "}"


def _once(value: Any) -> str:
    """The text of a value that many answers of a stream share."""
    found = _remembered.get(id(value))
    if found is None:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        # the value is kept with its text, so that no other one can get its id
        found = _remembered[id(value)] = (value, _encode(plain(value)))
    return found[1]


def plain(value: Any) -> Any:
    """Named tuples as dictionaries, prose as its Markdown, tuples as lists."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Prose):
        return value.markdown
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, map(plain, value), strict=True))
    if isinstance(value, (tuple, list)):
        if value and isinstance(value[0], Span):  # most of a log's answers
            return [dict(zip(Span._fields, span, strict=True)) for span in value]
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    return value
