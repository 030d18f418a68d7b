"""The words of SMTP replies without capitals and signs, as people type them from memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mailhelp.corpus.compile import REPLY, Form
from mailhelp.names import words
from mailhelp.patterns.pattern import parse


def remembered(forms: Mapping[str, Iterable[Form]], said: str) -> dict[str, dict[str, Any]]:
    """By entry, whether its replies are our own server's, and their ``messages``: the pieces of fixed text, a line each.

    Another server's reply is what comes after ``said`` in a log record.
    """
    found: dict[str, dict[str, Any]] = {}
    for id, each in forms.items():
        for form in each:
            own = form.program == REPLY
            if not own and not (said and f"{said}{form.own}" in form.text):
                continue
            pieces = (
                part if isinstance(part, str) else part.fixed or "" for part in parse(form.own)
            )
            message = "\n".join(filter(None, (" ".join(words(piece)) for piece in pieces)))
            row = found.setdefault(id, {"own": own, "messages": []})
            if message and message not in row["messages"]:
                row["messages"].append(message)
    return {id: row for id, row in found.items() if row["messages"]}
