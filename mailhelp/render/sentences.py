"""Prose made short: whole sentences, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.answer import Prose
from mailhelp.light import regex
from mailhelp.render.blocks import Runs

# a full stop, and behind it a blank and what can begin a sentence; not behind "e.g." and initials
_END = regex(r"(?<![ .(][A-Za-z])(?<!e\.g)(?<!i\.e)(?<!\betc)[.!?][)\"”]?(?=\s+[^\sa-z])")


def paragraphs(prose: Prose) -> Iterator[Runs]:
    """The paragraphs of ``prose`` and of lists in it; not one that only leads to what stands as it is."""
    return (runs for _, runs in passages(prose))


def passages(prose: Prose) -> Iterator[tuple[bool, Runs]]:
    """The same, each with whether it is one of a list."""
    return _passages(prose.blocks, listed=False)


def _passages(blocks: Iterable[tuple[str, object]], listed: bool) -> Iterator[tuple[bool, Runs]]:
    blocks = list(blocks)
    for (kind, content), (after, _) in zip(blocks, [*blocks[1:], ("", "")], strict=False):
        if kind == "p":
            runs = tuple((style, text) for style, text in content)  # type: ignore[attr-defined]
            leads = after == "code" and runs and runs[-1][1].endswith(":")
            if not (leads and len(list(sentences(runs))) == 1):
                yield listed, runs
        elif kind in ("ul", "ol"):
            for item in content:  # type: ignore[attr-defined]
                yield from _passages(item, listed=True)


def sentences(runs: Runs) -> list[Runs]:
    """``runs`` cut at the ends of its sentences."""
    text = "".join(part for _, part in runs)
    found: list[Runs] = []
    start = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        piece = _slice(runs, start, end)
        if piece:
            found.append(piece)
        start = end
    return found


def _slice(runs: Runs, start: int, end: int) -> Runs:
    """The characters from ``start`` to ``end``, without the blanks at both ends."""
    text = "".join(part for _, part in runs)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end -= len(text[start:end]) - len(text[start:end].rstrip())
    pieces = []
    position = 0
    for style, part in runs:
        piece = part[max(start - position, 0) : max(end - position, 0)]
        if piece:
            pieces.append((style, piece))
        position += len(part)
    return tuple(pieces)
