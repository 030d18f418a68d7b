"""Answers in colour, for a terminal, by Rich."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailhelp.answer import Answer
from mailhelp.render.layout import draw

if TYPE_CHECKING:
    from rich.style import Style

_STYLES = {
    "title": "bold",
    "heading": "bold underline",
    "code": "cyan",
    "strong": "bold",
    "em": "italic",
    "link": "underline",
    "value": "green",
    "name": "bold",
    "dim": "dim",
    "note": "yellow",
    "bad": "red",
    "good": "green",
    "info": "bold",
    "notice": "bold blue",
    "warning": "bold yellow",
    "error": "bold red",
    "fatal": "bold red",
    "panic": "bold reverse red",
    "changes": "bold yellow",
}


def render(answer: Answer, width: int) -> Iterator[str]:
    """The lines of ``answer`` with the escape codes of their styles."""
    # Only Rich's styles are needed: lines are broken already, and a console costs its import time.
    from rich.style import Style

    styles: dict[str, Style] = {}
    for line in draw(answer, width):
        painted = ""
        for style, text in line:
            if style not in styles:
                styles[style] = Style.parse(_STYLES.get(style, "none"))
            painted += styles[style].render(text) if style else text
        yield painted.rstrip()
