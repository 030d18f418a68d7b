"""Answers as JSON: one object a line, ASCII only, so that no terminal can be steered by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mailhelp.answer import SCHEMA, Answer, Prose

_NOT_EMPTY_ONLY = (
    "story", "report", "continues", "outcomes", "draft", "sections", "notes",
    "danger", "gist", "event", "findings", "brief", "placeholders",
)  # fmt: skip


def render(answer: Answer) -> str:
    """The object of ``answer``, as ``schema.json`` describes it; ends without a line end."""
    return json.dumps({"schema": SCHEMA, **plain(answer)}, ensure_ascii=True)


def plain(value: Any) -> Any:
    """Named tuples as dictionaries, prose as its Markdown, tuples as lists."""
    if isinstance(value, Prose):
        return value.markdown
    if hasattr(value, "_asdict"):
        table = {name: plain(part) for name, part in value._asdict().items()}
        for name in _NOT_EMPTY_ONLY if isinstance(value, Answer) else ():
            if not table[name]:
                del table[name]
        return table
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value
