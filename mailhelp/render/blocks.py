"""The typed blocks that an answer is told in; every painter paints them and knows nothing of mail.

A run is ``(style, text)``. Styles name a meaning, not a look: ``title`` and ``name`` (the answer),
``act`` (something must be done), ``care`` (changes things, or is dangerous), ``command`` (to be
typed), ``code``, ``strong``, ``em`` and ``link`` (as Markdown has them), ``value`` (a value of the
input), ``aside``, and the empty style.
"""

from __future__ import annotations

from typing import NamedTuple

from mailhelp.answer import Command, Prose, Span

Run = tuple[str, str]
Runs = tuple[Run, ...]


class Headline(NamedTuple):
    """The first line of an answer: what it is, and at the line's right end how bad or whose."""

    left: Runs
    right: Runs = ()


class Heading(NamedTuple):
    """The title of what follows; an empty line goes before it."""

    text: str


class Gap(NamedTuple):
    """An empty line."""


class Text(NamedTuple):
    """A paragraph, wrapped; later lines are indented by ``hanging`` more columns.

    ``keep`` leaves its blanks as they are where it fits on one line.
    """

    runs: Runs
    indent: int = 0
    hanging: int = 0
    keep: bool = False


class Row(NamedTuple):
    """One line, never wrapped: what does not fit is cut, with an ellipsis."""

    runs: Runs
    indent: int = 0


class Passage(NamedTuple):
    """Markdown that was parsed when the corpus was compiled."""

    prose: Prose
    indent: int = 0


class Marked(NamedTuple):
    """A text from outside with its values marked; ``keep`` leaves its lines as they are."""

    text: str
    spans: tuple[Span, ...] = ()
    keep: bool = False


class Pairs(NamedTuple):
    """Names and what is said of each: side by side, or (``below``) the second under the first."""

    rows: tuple[tuple[Runs, Runs], ...]
    below: bool = False
    indent: int = 2


class Bullets(NamedTuple):
    """A list; an item is prose, or runs."""

    items: tuple[Prose | Runs, ...]


class Commands(NamedTuple):
    """Commands to paste, each on a line of its own that is never broken.

    ``short``: with a comment behind each, if it fits; else with all that is known of it below.
    """

    commands: tuple[Command, ...]
    short: bool = False


class Code(NamedTuple):
    """Lines that stand as they are."""

    text: str
    style: str = "code"


Block = Headline | Heading | Gap | Text | Row | Passage | Marked | Pairs | Bullets | Commands | Code


def plain(runs: Runs) -> str:
    """The text of ``runs`` without its styles."""
    return "".join(text for _, text in runs)
