"""Answers as plain text, without colour."""

from __future__ import annotations

from collections.abc import Iterator

from mailhelp.answer import Answer
from mailhelp.render.layout import draw


def render(answer: Answer, width: int) -> Iterator[str]:
    """The lines of ``answer``."""
    for line in draw(answer, width):
        yield "".join(text for _, text in line).rstrip()
