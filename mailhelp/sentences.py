"""Prose made short: whole sentences, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.answer import Prose
from mailhelp.light import regex

Runs = tuple[tuple[str, str], ...]
"""Pieces of text, each with its style."""

# a full stop, and behind it a blank and the first character of what may be a sentence; not behind "e.g." and initials
_END = regex(r"(?<![ .(][A-Za-z])(?<!e\.g)(?<!i\.e)(?<!\betc)[.!?][)\"”]?(?=\s+(\S))")

_CLAUSE = regex(r"[,;:](?=\s)|(?=\s\()")


def paragraphs(prose: Prose) -> Iterator[Runs]:
    """The paragraphs of ``prose`` and of lists in it; not a sentence that only leads to what stands as it is."""
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
            said = sentences(runs)[:-1] if leads else [runs]
            if said:
                yield listed, joined(said)
        elif kind in ("ul", "ol"):
            for item in content:  # type: ignore[attr-defined]
                yield from _passages(item, listed=True)


def joined(pieces: Iterable[Runs]) -> Runs:
    """Sentences in a row."""
    found: Runs = ()
    for piece in pieces:
        found = (*found, *((("", " "),) if found else ()), *piece)
    return found


def sentences(runs: Runs) -> list[Runs]:
    """``runs`` cut at the ends of its sentences."""
    text = "".join(part for _, part in runs)
    found: list[Runs] = []
    start = 0
    for end in (*_ends(runs, text), len(text)):
        if end < len(text) and _is_open(text[start:end]):
            continue  # what is in brackets is part of the sentence around it
        piece = _slice(runs, start, end)
        if piece:
            found.append(piece)
        start = end
    return found


def _ends(runs: Runs, text: str) -> Iterator[int]:
    """Where sentences may end: before a capital or, as code keeps its small letters, before code."""
    code = set()
    position = 0
    for style, part in runs:
        if style == "code":
            code.add(position)
        position += len(part)
    for match in _END.finditer(text):
        if not match[1].islower() or match.start(1) in code:
            yield match.end()


def clauses(runs: Runs) -> list[Runs]:
    """A sentence from its beginning to the end of each of its clauses, the shortest first; none ends within brackets."""
    text = "".join(part for _, part in runs)
    ends = (match.start() for match in _CLAUSE.finditer(text))
    return [_slice(runs, 0, end) for end in ends if end and not _is_open(text[:end])]


def _is_open(text: str) -> bool:
    """Whether ``text`` ends within brackets."""
    return text.count("(") > text.count(")")


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
