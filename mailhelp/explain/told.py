"""What an entry of several messages says of the one at hand: that first, and what is about others aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mailhelp.answer import Prose, Section
from mailhelp.light import Any
from mailhelp.patterns.quoted import holds

OTHERS = "About other messages of this kind"
_FEW = 2
"""Causes that can go before what the entry says of all its messages."""
_BETWEEN = (", ", " and ", " or ", ", and ", ", or ")
_PARTS = ("explanation", "causes", "actions")


def labels_of(rows: Mapping[str, Sequence[Any]]) -> list[Any]:
    """The labels of each labelled piece of ``rows``."""
    return [labels for part in _PARTS for labels, *_ in rows[part] if labels]


def fitting(labels: Iterable[Any], text: str, typed: bool = False) -> tuple[tuple[int, ...], ...]:
    """For each labelled piece which of its ``labels`` the ``text`` holds; without its case only if it was ``typed``, and
    holds none as written.
    """
    found = tuple(_held(text, each) for each in labels)
    if any(found) or not typed:
        return found
    text = text.casefold()
    return tuple(_held(text, [[*map(str.casefold, label)] for label in each]) for each in labels)


def is_about(rows: Mapping[str, Sequence[Any]] | None, text: str) -> bool:
    """Whether ``text``, as somebody typed it, holds a label of ``rows``."""
    return bool(rows and text) and any(fitting(labels_of(rows or {}), text, typed=True))


def _held(text: str, labels: Iterable[Sequence[str]]) -> tuple[int, ...]:
    # most are not there at all: that is seen soonest
    return tuple(
        number for number, label in enumerate(labels) if label[0] in text and holds(text, label)
    )


def apart(
    rows: Mapping[str, Sequence[Any]], fits: Sequence[Sequence[int]], parts: Mapping[str, Any]
) -> dict[str, Any]:
    """``parts`` of an answer with the pieces that fit first in each, and those of other messages in a section aside."""
    left = iter(fits)
    own: dict[str, list[Prose]] = {}
    general: dict[str, list[Prose]] = {}
    others: dict[str, list[Prose]] = {}
    for part in _PARTS:
        own[part], general[part], others[part] = [], [], []
        for labels, stored, is_apart in rows[part]:
            said = Prose(stored["markdown"], tuple(stored["blocks"]))
            if labels and (held := next(left)):
                own[part].append(_headed(said, held))
            elif is_apart:
                others[part].append(said)
            elif labels and part == "explanation":
                general[part].append(_list([said]))
            else:
                general[part].append(said)
    if not any(others.values()) and not any(fits):
        return dict(parts)
    # the cause that the message itself names says what it means
    if not own["explanation"] and len(own["causes"]) <= _FEW:
        own["explanation"], own["causes"] = own["causes"], []
    told = (*own["explanation"], *general["explanation"])
    if not told:  # then all of the text stays
        others["explanation"] = []
    aside = [said for part in _PARTS for said in others[part]]
    sections = parts["sections"]
    if aside:
        sections = (*sections, Section(OTHERS, _list(aside), aside=True))
    return {
        **parts,
        "explanation": joined(told) if told else parts["explanation"],
        "causes": (*own["causes"], *general["causes"]),
        "actions": (*own["actions"], *general["actions"]),
        "sections": sections,
    }


def _headed(said: Prose, held: Sequence[int]) -> Prose:
    """``said`` with those of its labels alone that the message holds, where nothing but labels stands before the colon."""
    kind, runs = said.blocks[0]
    end = next(
        (
            number
            for number, (style, text) in enumerate(runs)
            if style != "code" and text.startswith(":")
        ),
        0,
    )
    head = runs[:end]
    labels = [text for style, text in head if style == "code"]
    if (
        kind != "p"
        or not head
        or any(style != "code" and text not in _BETWEEN for style, text in head)
    ):
        return said
    kept = [labels[number] for number in held]
    _, _, rest = said.markdown.partition(f"`{labels[-1]}`:")
    start = [run for label in kept for run in (["", ", "], ["code", label])][1:]
    blocks = (["p", [*start, *runs[end:]]], *said.blocks[1:])
    return Prose(", ".join(f"`{label}`" for label in kept) + f":{rest}", blocks)


def joined(pieces: Iterable[Prose]) -> Prose:
    """Paragraphs one after the other, as one text."""
    pieces = tuple(pieces)
    blocks = tuple(block for piece in pieces for block in piece.blocks)
    return Prose("\n\n".join(piece.markdown for piece in pieces), blocks)


def _list(items: Iterable[Prose]) -> Prose:
    items = tuple(items)
    lines = (item.markdown.replace("\n", "\n  ") for item in items)
    return Prose(
        "\n".join(f"- {line}" for line in lines),
        (["ul", [list(item.blocks) for item in items]],),
    )
