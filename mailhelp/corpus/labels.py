"""Which pieces of a log entry's prose are about some of its messages alone: those that begin with their words.

Of ``- `lock failed`, `no lock`: The mail waits.`` the labels are ``lock failed`` and ``no lock``; an ellipsis in a label is any
text. What a pattern or sample of the entry holds is told of such messages alone; other labels may be values that no sample has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from mailhelp.corpus import prose
from mailhelp.patterns.quoted import holds

Row = list[Any]
"""The labels of a piece, each as the texts between its ellipses; the piece as a catalogue stores prose; whether
it is of no use to messages without the labels."""

_HEAD = re.compile(r"`[^`\n]+`(?:[^`.:;]{0,60}`[^`\n]+`)*[^`.:;]{0,60}:(?=\s)")
_BEGUN = re.compile(rf"(?:^(?:- )?|[.!?)]\s+){_HEAD.pattern}", re.MULTILINE)
_NEXT = re.compile(rf"(?<=[.!?)])\s+(?={_HEAD.pattern})")
_CODE = re.compile(r"`([^`\n]+)`")
_GAP = re.compile(r"\s*(?:…|\.{3})\s*")


def labelled(
    explanation: str, causes: Iterable[str], actions: Iterable[str], messages: Iterable[str]
) -> dict[str, list[Row]]:
    """The pieces of each part with the labels that occur in ``messages``; nothing where no piece has any."""
    causes, actions, texts = list(causes), list(actions), list(messages)
    if not any(_BEGUN.search(text) for text in (explanation, *causes, *actions)):
        return {}
    found = {
        "explanation": list(_text(explanation, texts)),
        "causes": [row for item in causes for row in _rows(item, texts)],
        "actions": [row for item in actions for row in _rows(item, texts)],
    }
    return found if any(labels for rows in found.values() for labels, *_ in rows) else {}


def cut(rows: Iterable[Row], messages: Iterable[str]) -> Iterator[str]:
    """The labels of ``rows`` that begin or end inside a word of a message, and so are held by none."""
    texts = list(messages)
    for label in (label for labels, *_ in rows for label in labels):
        is_there = any(_in_order(text, label) for text in texts)
        if is_there and not any(holds(text, label) for text in texts):
            yield "…".join(label)


def _in_order(text: str, pieces: Iterable[str]) -> bool:
    start = 0
    for piece in pieces:
        found = text.find(piece, start)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def _text(markdown: str, texts: list[str]) -> Iterator[Row]:
    """The pieces of paragraphs and of lists among them; what a list says of all messages stays a list."""
    for chunk in re.split(r"\n{2,}", markdown.strip()):
        lead, listed = _led(chunk)
        rows = [row for item in prose.list_items(listed) for row in _rows(item, texts)]
        general = [row[1]["markdown"].replace("\n", "\n  ") for row in rows if not row[0]]
        if rows and not general:  # what only leads to the list says nothing without it
            lead = re.sub(r"[^.!?]*:\s*\Z", "", lead)
        yield from _rows(lead, texts) if lead.strip() else ()
        yield from (row for row in rows if row[0])
        if general:
            yield [[], _stored("\n".join(f"- {item}" for item in general)), False]


def _led(chunk: str) -> tuple[str, str]:
    """A paragraph, and the list that follows it without an empty line."""
    lead, mark, listed = f"\n{chunk}".partition("\n- ")
    return lead.strip(), mark.lstrip() + listed


def _rows(item: str, texts: list[str]) -> Iterator[Row]:
    """The pieces of a paragraph or an item: each statement with labels, and what is left."""
    general: list[str] = []
    for piece in _NEXT.split(item):
        if labels := _labels(piece):
            known = any(holds(text, label) for label in labels for text in texts)
            yield [labels, _stored(piece), known]
        else:
            general.append(piece)
    if general:
        yield [[], _stored(" ".join(general)), False]


def _labels(piece: str) -> list[list[str]]:
    head = _HEAD.match(piece)
    return [_GAP.split(label) for label in _CODE.findall(head[0])] if head else []


def _stored(markdown: str) -> dict[str, Any]:
    return {"markdown": markdown, "blocks": prose.parse(markdown)}
