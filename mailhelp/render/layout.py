"""Answer → styled lines: one layout for every text renderer, which only paint it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from mailhelp.answer import Answer, Command, Parameter, Prose, Span, Verdict
from mailhelp.render import story
from mailhelp.render.lines import (
    INDENT,
    STYLES,
    Line,
    breakable,
    cells,
    columns,
    heading,
    visible,
    wrap,
)

_WHO = {
    "this-server": "this server",
    "remote-server": "the other server",
    "client": "the client",
    "policy": "a policy or filter",
    "network": "the network",
    "operator": "the operator",
}
_LONGEST_VALUE = 26
_SHORT_DEFAULT = 30


def draw(answer: Answer, width: int) -> Iterator[Line]:
    """The lines of ``answer``, none wider than ``width`` columns unless a word or a command is."""
    if answer.continues is not None:
        yield [("dim", f"(goes on from line {answer.continues})")]
        return
    yield from _head(answer, width)
    if answer.text:
        yield []
        yield from _text(answer, width)
    for note in answer.notes:
        yield []
        yield from wrap([("note", note)], width)
    if answer.story:
        yield from story.draw(answer.story, width)
    if answer.explanation:
        yield []
        yield from prose(answer.explanation, width)
    own = [
        each
        for each in answer.parameters
        if answer.kind == "parameter" and each.default is not None
    ]
    named = [each for each in own if each.name in answer.title]
    yield from _parameters("Value", named, width)
    yield from _list("Why", answer.causes, width)
    yield from _list("What to do", answer.actions, width)
    if answer.kind == "recipe":
        yield from _commands(answer.commands, width)
    for section in answer.sections:
        yield from heading(section.title)
        yield from prose(section.text, width, INDENT)
    if answer.kind != "recipe":
        yield from _commands(answer.commands, width)
    yield from _outcomes(answer, width)
    yield from _values(answer, width)
    others = [each for each in answer.parameters if each not in named]
    yield from _parameters("Settings that matter here", others, width)
    yield from _results(answer, width)
    if answer.kind == "search" and answer.results:
        yield []
        yield [("dim", "To read one: mailhelp, and its id.")]
    for label, names in (("See also", answer.related), ("Sources", answer.sources)):
        if names:
            yield []
            yield from wrap([("dim", f"{label}: {', '.join(names)}")], width, hanging=INDENT)
    if answer.draft:
        yield from heading("Know what it means? Save this as an entry of your own")
        for line in answer.draft.splitlines():
            yield [("", " " * INDENT), ("code", visible(line))]


def prose(text: Prose, width: int, indent: int = 0) -> Iterator[Line]:
    """The lines of Markdown that was parsed when the corpus was compiled."""
    yield from _blocks(text.blocks, width, indent)


def _head(answer: Answer, width: int) -> Iterator[Line]:
    title = answer.title or (
        "mailhelp has no entry for this record" if answer.kind == "log" else "No entry"
    )
    style = answer.severity if answer.severity in STYLES else "title"
    yield from wrap([(style or "title", title)], width)
    facts = []
    if answer.kind == "log":
        who = answer.program or ""
        who += f"[{answer.pid}]" if answer.pid is not None and who else ""
        facts += [
            who,
            f"on {answer.host}" if answer.host else "",
            (answer.time or "").replace("T", " "),
        ]
        facts += [answer.severity or ""]
    facts += [_verdict(answer.verdict)] if answer.verdict else []
    shown = [fact for fact in facts if fact]
    if shown:
        yield from wrap([("dim", " · ".join(shown))], width)


def _verdict(verdict: Verdict) -> str:
    said = [f"decided by {_WHO.get(verdict.who, verdict.who)}"] if verdict.who else []
    said += [verdict.permanence] if verdict.permanence != "none" else []
    said += ["harmless"] if verdict.harmless else []
    return ", ".join(said)


def _text(answer: Answer, width: int) -> Iterator[Line]:
    """The text as given, with its values marked; long lines are broken at spaces where they can be.

    A template keeps its lines and their indents: they are how it is sent.
    """
    pieces: Line = []
    position = 0
    split = _split(answer.spans)
    for span in (span for span in answer.spans if span not in split):
        pieces += [
            ("", answer.text[position : span.start]),
            ("value", answer.text[span.start : span.end]),
        ]
        position = span.end
    pieces.append(("", answer.text[position:]))
    lines: list[Line] = [[]]
    for style, text in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            lines[-1].append((style, part))
    if answer.kind == "template":
        for line in lines:
            yield [("", " " * INDENT), *((style, visible(text)) for style, text in line)]
        return
    room = width - INDENT
    for line in lines:
        yield from wrap(breakable(line, room), width, INDENT)


_IN_HEAD = frozenset(("time", "logging_host", "process_id"))


def _values(answer: Answer, width: int) -> Iterator[Line]:
    """The values of the text with their meanings; a value that is split is told by its parts."""
    split = _split(answer.spans)
    prefix = answer.spans[:4] if answer.kind == "log" else ()
    shown = [
        span
        for span in answer.spans
        if span.meaning and span not in split and not (span in prefix and span.name in _IN_HEAD)
    ]
    if not shown:
        return
    yield from heading("Value by value")
    left = min(max(cells(visible(span.value)) for span in shown), _LONGEST_VALUE)
    for span in shown:
        value = visible(span.value)
        room = width - INDENT - 1
        value = value if cells(value) <= room else value[: room - 1] + "…"
        name = span.name.replace("_", " ")
        label = [] if answer.kind == "command" else [("name", f"{name}: ")]
        meaning = [*label, ("", span.meaning)]
        yield from columns([("value", value)], meaning, left + 2, width)


def _split(spans: Iterable[Span]) -> set[Span]:
    """The spans that hold others: their parts say all that they say."""
    return {
        span
        for span, after in pairwise(spans)
        if span.start <= after.start and after.end <= span.end and span.name not in _IN_HEAD
    }


def _blocks(blocks: Iterable[Any], width: int, indent: int) -> Iterator[Line]:
    first = True
    for kind, content in blocks:
        if not first:
            yield []
        first = False
        if kind in ("p", "h"):
            runs = [("heading" if kind == "h" else style, text) for style, text in content]
            yield from wrap(runs, width, indent)
        elif kind == "code":
            for line in content.split("\n"):
                yield [("", " " * (indent + INDENT)), ("code", visible(line))]
        else:
            yield from _items(kind, content, width, indent)


def _items(kind: str, items: Iterable[Any], width: int, indent: int) -> Iterator[Line]:
    for number, item in enumerate(items, 1):
        bullet = f"{number}. " if kind == "ol" else "• "
        lines = list(_blocks(item, width, indent + len(bullet)))
        for index, line in enumerate(lines):
            if index == 0 and line:
                yield [("", " " * indent + bullet), *line[1:]]
            else:
                yield line


def _list(title: str, items: tuple[Prose, ...], width: int) -> Iterator[Line]:
    if not items:
        return
    yield from heading(title)
    for item in items:
        for number, line in enumerate(_blocks(item.blocks, width, INDENT + 2)):
            if number == 0 and line:
                yield [("", " " * INDENT + "• "), *line[1:]]
            else:
                yield line


def _parameters(title: str, parameters: Iterable[Parameter], width: int) -> Iterator[Line]:
    for number, each in enumerate(parameters):
        if number == 0:
            yield from heading(title)
        runs: Line = [("name", each.name)]
        if each.value is not None:
            runs += [("", " = "), ("value", each.value or "(empty)")]
            runs.append(("dim", " (set here" if each.set else " (the default)"))
            if each.set:
                runs.append(("dim", f"; default: {each.default or '(empty)'})"))
        elif each.default is not None and (title == "Value" or len(each.default) < _SHORT_DEFAULT):
            runs.append(("dim", f" (default: {each.default or 'empty'})"))
        if each.unit:
            runs.append(("dim", f"; unit: {each.unit}"))
        yield from wrap(runs, width, INDENT, 4)
        if each.meaning:
            yield from wrap([("", each.meaning)], width, INDENT + 4)


def _commands(commands: tuple[Command, ...], width: int) -> Iterator[Line]:
    if not commands:
        return
    yield from heading("Commands")
    for number, command in enumerate(commands):
        if number and commands[number - 1].options:
            yield []
        # a command is never broken: it is there to be pasted
        for line in command.command.split("\n"):
            yield [("", " " * INDENT), ("code", visible(line))]
        runs: Line = [("", command.why)]
        if command.changes:
            runs.append(("changes", " Changes things."))
        yield from wrap(runs, width, INDENT + 4)
        for option in command.options:
            lines = wrap([("", option.meaning)], width, INDENT + 8)
            yield [("", " " * (INDENT + 4)), ("name", visible(option.option))]
            yield from lines


def _outcomes(answer: Answer, width: int) -> Iterator[Line]:
    for result, title in (("good", "When it is good"), ("bad", "When it is not")):
        outcomes = [outcome for outcome in answer.outcomes if outcome.result == result]
        if outcomes:
            yield from heading(title)
        for number, outcome in enumerate(outcomes):
            if number:
                yield []
            for line in outcome.sample.split("\n"):
                yield [("", " " * INDENT), (result, visible(line))]
            yield from wrap([("", outcome.meaning)], width, INDENT + 4)


def _results(answer: Answer, width: int) -> Iterator[Line]:
    if not answer.results:
        return
    if answer.kind == "log":
        yield from heading("Similar, not the same")
    for result in answer.results:
        if answer.kind != "log":
            yield []
        yield from wrap([("name", result.title), ("dim", f"  {result.id}")], width, INDENT, 4)
        if result.excerpt:
            yield from wrap([("", result.excerpt)], width, INDENT + 4)
