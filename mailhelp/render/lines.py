"""Styled lines: the pieces that every layout is made of.

Runs are those of ``blocks``; each painter paints their styles in its way. Control characters of the input are shown escaped here, so no painter can let one through.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from mailhelp.light import regex
from mailhelp.render.blocks import Run
from mailhelp.visible import visible

Line = list[Run]

_WORDS = regex(r"\s+|[^\s]+")
INDENT = 2
_MOST_OF_IT, _HALF = 0.7, 0.5
"""How much of a text must be left for it to be cut after a word, and before a bracket."""


def cells(text: str) -> int:
    """Columns that ``text`` takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_WIDTHS.__getitem__, text))


class _Widths(dict[str, int]):
    """Columns of a character."""

    def __missing__(self, char: str) -> int:
        wide = unicodedata.east_asian_width(char) in "WF"
        self[char] = width = 1 + wide - (unicodedata.combining(char) != 0)
        return width


_WIDTHS = _Widths()


def shortened(text: str, room: int) -> str:
    """As much of ``text`` as ``room`` columns take, its end an ellipsis: after a word, before a bracket, where that is near."""
    kept = ""
    left = room
    for char in text:
        left -= cells(char)
        if left < 1:
            break
        kept += char
    for least, sign in ((_MOST_OF_IT, " "), (_HALF, "(")):
        place = kept.rfind(sign)
        if place >= len(kept) * least and (sign == " " or ")" not in kept[place:]):
            kept = kept[:place]
    return kept.rstrip(" ,;:(") + "…"


def wrap(runs: Iterable[Run], width: int, indent: int = 0, hanging: int = 0) -> Iterator[Line]:
    """Styled runs broken at spaces; later lines are indented by ``hanging`` more columns."""
    line: Line = [("", " " * indent)] if indent else []
    used = start = indent
    for word in _words(runs):
        size = sum(cells(text) for _, text in word)
        if used > start and used + 1 + size > width:
            yield line
            used = start = indent + hanging
            line = [("", " " * start)] if start else []
        elif used > start:
            style = line[-1][0] if line[-1][0] == word[0][0] else ""
            line.append((style, " "))
            used += 1
        line += word
        used += size
    if line:
        yield line


def _words(runs: Iterable[Run]) -> Iterator[Line]:
    """The words of ``runs``; one word can have several styles."""
    word: Line = []
    for style, text in runs:
        for piece in _WORDS.findall(visible(text)):
            if not piece.isspace():
                word.append((style, piece))
            elif word:
                yield word
                word = []
    if word:
        yield word


def breakable(line: Line, room: int) -> Iterator[Run]:
    """The runs of ``line`` with words that are wider than ``room`` parted by spaces."""
    for style, text in line:
        for word in _WORDS.findall(visible(text)):
            while len(word) > room:
                yield style, word[:room] + " "
                word = word[room:]
            yield style, word


def columns(
    left: Iterable[Run], right: Iterable[Run], column: int, width: int, indent: int = INDENT
) -> Iterator[Line]:
    """``left``, and ``right`` wrapped beside it from ``column`` (after the indent) on."""
    left = tuple(left)
    used = sum(cells(visible(text)) for _, text in left)
    head: Line = [("", " " * indent), *((style, visible(text)) for style, text in left)]
    if used + 1 > column:
        yield head
        head, used = [], -indent
    for number, line in enumerate(wrap(right, width - indent - column)):
        if number:
            yield [("", " " * (indent + column)), *line]
        else:
            yield [*head, ("", " " * (column - used)), *line]
