"""Blocks as plain text, without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.render.blocks import Block
from mailhelp.render.layout import draw


def paint(outline: Iterable[Block], width: int) -> Iterator[str]:
    """The lines of ``outline``."""
    for line in draw(outline, width):
        yield "".join(text for _, text in line).rstrip()
