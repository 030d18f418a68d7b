"""Answers as JSON: one object a line, ASCII only, so that no terminal can be steered by it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mailhelp.answer import SCHEMA, Answer, Command, Prose, Span, Verdict
from mailhelp.light import Any

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
_verdicts: dict[Verdict, str] = {}


def render(answer: Answer) -> str:
    """The object of ``answer``, as ``schema.json`` describes it; ends without a line end."""
    own = [f'{{"schema": {SCHEMA}']
    shared: list[str] = []
    value: Any
    for (name, head, is_shared, is_left_out), value in zip(_FIELDS, answer, strict=True):
        if is_left_out and not value:
            continue
        if isinstance(value, str):
            own.append(head + _quote(value))
        elif value and is_shared:
            shared.append(head + _once(value))
        elif name == "spans":
            shared.append(f"{head}[{', '.join(map(_span, value))}]")
        elif name == "commands":
            own.append(f"{head}[{', '.join(map(_command, value))}]")
        else:
            own.append(head + _text(value))
    # the one control character that JSON leaves as it is
    return "".join((*own, *shared, "}")).replace("\x7f", "\\u007f")


_FIELDS = tuple(
    (name, f', "{name}": ', name in _SHARED, name in _NOT_EMPTY_ONLY) for name in Answer._fields
)
"""The name of each field, how it begins in the object, and whether it is shared or left out when it is empty."""


def _text(value: Any) -> str:
    """The text of a value that is no string: most are nothing, a number or a verdict of which there are few."""
    if value is None:
        return "null"
    if value == ():
        return "[]"
    if not isinstance(value, Verdict):
        return _encode(plain(value))
    found = _verdicts.get(value)
    if found is None:
        found = _verdicts[value] = _encode(plain(value))
    return found


def _command(command: Command) -> str:
    """The object of a command."""
    text, why, runs_on, changes, options, danger = command
    said = _encode(plain(options)) if options else "[]"
    return (
        f'{{"command": {_quote(text)}, "why": {_quote(why)}, "runs_on": {_quote(runs_on)}, '
        f'"changes": {"true" if changes else "false"}, "options": {said}, "danger": {_quote(danger)}}}'
    )


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
