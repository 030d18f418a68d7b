"""Answers as JSON: one object a line, ASCII only, so that no terminal can be steered by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mailhelp.answer import SCHEMA, Answer, Prose, Span

_NOT_EMPTY_ONLY = (
    "story", "report", "continues", "whole", "outcomes", "draft", "sections", "notes",
    "danger", "gist", "event", "findings", "brief", "placeholders",
)  # fmt: skip


# what answers about one entry share is the same object in each of them
_SHARED = frozenset(
    ("explanation", "causes", "actions", "sections", "parameters", "related", "sources")
)
_MOST_REMEMBERED = 5000
_encode = json.JSONEncoder(ensure_ascii=True, check_circular=False).encode
_quote = json.encoder.encode_basestring_ascii
_remembered: dict[int, tuple[Any, str]] = {}
_meanings: dict[str, str] = {}


def render(answer: Answer) -> str:
    """The object of ``answer``, as ``schema.json`` describes it; ends without a line end."""
    written: list[str] = []
    table: dict[str, Any] = {"schema": SCHEMA}
    for name, value in zip(answer._fields, answer, strict=True):
        if value and name in _SHARED:
            written.append(f', "{name}": {_once(value)}')
        elif name == "spans":
            written.append(f', "spans": [{", ".join(map(_span, answer.spans))}]')
        elif value or name not in _NOT_EMPTY_ONLY:
            table[name] = value if isinstance(value, str) else plain(value)
    # the one control character that JSON leaves as it is
    return "".join((_encode(table)[:-1], *written, "}")).replace("\x7f", "\\u007f")


def _span(span: Span) -> str:
    """The object of a span: a log has ten of them in a record, so they are written by hand."""
    start, end, name, value, meaning = span
    said = _meanings.get(meaning)
    if said is None:
        if len(_meanings) >= _MOST_REMEMBERED:
            _meanings.clear()
        said = _meanings[meaning] = f'"meaning": {_quote(meaning)}'
    return f'{{"start": {start}, "end": {end}, "name": {_quote(name)}, "value": {_quote(value)}, {said}}}'


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
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    return value
