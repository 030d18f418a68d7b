"""The answer, as data: what every command builds and every renderer draws.

Offsets are in characters into ``Answer.text``. All classes are named tuples (frozen, and cheaper to
import than dataclasses: every command imports them), and so are their sequences tuples.
The keys that leave the program as JSON are documented in ``schema.json``.
"""

import re
from typing import Any, NamedTuple

SCHEMA = 1


def escape_markdown(text: str) -> str:
    """``text`` from outside as Markdown that shows it literally."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", text)


class Prose(NamedTuple):
    """Text in Markdown, with the blocks it was parsed into when the corpus was compiled.

    ``blocks`` has the shape that ``mailhelp.prose.parse`` describes.
    """

    markdown: str = ""
    blocks: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.markdown)


class Span(NamedTuple):
    """A value inside ``Answer.text``: where it stands, its field's name and what it means."""

    start: int
    end: int
    name: str
    value: str
    meaning: str = ""


class Verdict(NamedTuple):
    """Who decided, whether that is final, and whether it can be ignored."""

    who: str = ""
    permanence: str = "none"
    harmless: bool = False


class Option(NamedTuple):
    """One option (or operand) of a command, and what it does."""

    option: str
    meaning: str


class Command(NamedTuple):
    """A command ready to paste; every value from the input in it is quoted for the shell."""

    command: str
    why: str = ""
    runs_on: str = "server"
    changes: bool = False
    options: tuple[Option, ...] = ()


class Parameter(NamedTuple):
    """A main.cf parameter; ``value`` is this host's, ``None`` where it is not known."""

    name: str
    default: str | None = None
    value: str | None = None
    set: bool | None = None
    meaning: str = ""
    unit: str = ""


class Result(NamedTuple):
    """One hit of a search, or a name that is near to what was asked."""

    id: str
    kind: str
    title: str
    score: float = 0.0
    excerpt: str = ""


class Section(NamedTuple):
    """A titled piece of an answer beyond the common ones (pitfalls, what happens at the limit, …)."""

    title: str
    text: Prose


class Outcome(NamedTuple):
    """What a command's output looks like when it is ``good`` or ``bad``, and what that means."""

    result: str
    sample: str
    meaning: str


class Answer(NamedTuple):
    """The answer to one question, one log record or one mail."""

    kind: str
    query: str = ""
    recognised: str = "no"
    entry: str | None = None
    title: str = ""
    severity: str | None = None
    verdict: Verdict | None = None
    program: str | None = None
    pid: int | None = None
    time: str | None = None
    host: str | None = None
    text: str = ""
    spans: tuple[Span, ...] = ()
    explanation: Prose = Prose()
    causes: tuple[Prose, ...] = ()
    actions: tuple[Prose, ...] = ()
    sections: tuple[Section, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    commands: tuple[Command, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    results: tuple[Result, ...] = ()
    related: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    draft: str = ""
    continues: int | None = None
    story: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
