"""Answers → text: how much of them, and by which painter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.answer import Answer
from mailhelp.light import TYPE_CHECKING, NamedTuple
from mailhelp.render.blocks import Block

if TYPE_CHECKING:
    from mailhelp.render.many import Gathered

_RULE = 40


class Look(NamedTuple):
    """How answers are shown: ``detail`` is ``line``, ``brief`` (a screen) or ``full``."""

    detail: str = "brief"
    markdown: bool = False
    colored: bool = False
    width: int = 80


def prepare(look: Look) -> None:
    """Load what ``text`` will need: it takes as long as Postfix's postconf does."""
    if look.markdown or look.detail == "full":
        from mailhelp.render import outline  # noqa: F401
    else:
        from mailhelp.render import screen  # noqa: F401
    _painted((), look)


def summary(gathered: Gathered, look: Look) -> str:
    """What was gathered of many answers, on one screen."""
    from mailhelp.render import screen

    return _painted(screen.screen(gathered, look.width), look)


def text(answers: Iterable[Answer], look: Look) -> str:
    """``answers`` as one text that ends its last line; Markdown always holds all of them."""
    if look.markdown or look.detail == "full":
        return between(look).join(whole(answer, look) for answer in answers)
    from mailhelp.render import screen

    make = screen.line if look.detail == "line" else screen.screen
    return _painted(make(answers, look.width), look)


def record(answer: Answer, look: Look) -> str:
    """One answer of a stream."""
    if look.markdown or look.detail == "full":
        return whole(answer, look)
    from mailhelp.render import screen

    if look.detail == "line":
        return _painted(screen.line((answer,), look.width), look)
    return _painted(screen.record(answer, look.width), look)


def whole(answer: Answer, look: Look) -> str:
    """All of one answer."""
    from mailhelp.render.outline import whole as outline

    return _painted(outline(answer), look)


def between(look: Look) -> str:
    """What stands between two whole answers."""
    rule = "---" if look.markdown else "─" * min(look.width, _RULE)
    return f"\n{rule}\n\n"


def _painted(outline: Iterable[Block], look: Look) -> str:
    lines: Iterator[str]
    if look.markdown:
        from mailhelp.render import markdown

        lines = markdown.paint(outline)
    elif look.colored:
        from mailhelp.render import terminal

        lines = terminal.paint(outline, look.width)
    else:
        from mailhelp.render import plain

        lines = plain.paint(outline, look.width)
    return "".join(f"{line}\n" for line in lines)
