"""Blocks in colour, for a terminal. Colour is meaning: red act, yellow care, bold answer, cyan type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from mailhelp.render.blocks import Block
from mailhelp.render.layout import draw

# Select Graphic Rendition, ECMA-48 section 8.3.117
_CODES = {"title": "1", "name": "1", "strong": "1", "act": "1;31", "care": "33", "command": "36"}


def paint(outline: Iterable[Block], width: int) -> Iterator[str]:
    """The lines of ``outline``; runs of one look get one escape code, blanks at the end none."""
    for line in draw(outline, width):
        painted = ""
        for code, runs in groupby(line, key=lambda run: _CODES.get(run[0], "")):
            text = "".join(piece for _, piece in runs)
            painted += f"\x1b[{code}m{text}\x1b[0m" if code and text.strip() else text
        yield painted.rstrip()
