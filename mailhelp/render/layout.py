"""Blocks → styled lines of a width: what the painters of text have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from mailhelp.answer import Command, Span
from mailhelp.light import Any, regex
from mailhelp.render import blocks
from mailhelp.render.blocks import Block, Run, Runs
from mailhelp.render.lines import INDENT, Line, breakable, cells, columns, shortened, wrap
from mailhelp.visible import visible

_LONGEST_NAME = 26
"""Columns of the left side of pairs; what is longer gets a line of its own."""
_GAP = 2


def draw(outline: Iterable[Block], width: int) -> Iterator[Line]:
    """The lines of ``outline``, none wider than ``width`` columns unless a word or a command is."""
    for block in outline:
        yield from _block(block, width)


def _block(block: Block, width: int) -> Iterator[Line]:
    if isinstance(block, blocks.Headline):
        yield from _headline(block, width)
    elif isinstance(block, blocks.Heading):
        yield []
        yield [("title", visible(block.text))]
    elif isinstance(block, blocks.Gap):
        yield []
    elif isinstance(block, blocks.Text):
        if block.keep and block.indent + cells(visible(blocks.plain(block.runs))) <= width:
            shown = ((style, visible(text)) for style, text in block.runs)
            yield [("", " " * block.indent), *shown]
        else:
            yield from wrap(block.runs, width, block.indent, block.hanging)
    elif isinstance(block, blocks.Row):
        yield [("", " " * block.indent), *cut(block.runs, width - block.indent)]
    elif isinstance(block, blocks.Passage):
        yield from _prose(block.prose.blocks, width, block.indent)
    elif isinstance(block, blocks.Marked):
        yield from _marked(block, width)
    elif isinstance(block, blocks.Pairs):
        yield from _pairs(block, width)
    elif isinstance(block, blocks.Bullets):
        for item in block.items:
            content = item.blocks if hasattr(item, "blocks") else (("p", item),)
            yield from _bullet("• ", _prose(content, width, INDENT + 2), INDENT)
    elif isinstance(block, blocks.Commands):
        draw_commands = _comments if block.short else _commands
        yield from draw_commands(block.commands, width)
    else:
        for line in block.text.split("\n"):
            yield [("", " " * INDENT), (block.style, visible(line))]


def _headline(block: blocks.Headline, width: int) -> Iterator[Line]:
    right = blocks.plain(block.right)
    lines = list(wrap(block.left, width))
    used = sum(cells(text) for _, text in lines[-1]) if lines else 0
    if not right:
        yield from lines
    elif used + _GAP + cells(visible(right)) <= width:
        yield from lines[:-1]
        blank = " " * (width - used - cells(visible(right)))
        yield [*lines[-1], ("", blank), *((style, visible(text)) for style, text in block.right)]
    else:
        yield from lines
        yield from wrap(block.right, width, INDENT)


def _prose(content: Iterable[Any], width: int, indent: int) -> Iterator[Line]:
    for number, (kind, inner) in enumerate(content):
        if number:
            yield []
        if kind in ("p", "h"):
            runs = [("title" if kind == "h" else style, text) for style, text in inner]
            yield from wrap(runs, width, indent)
        elif kind == "code":
            for line in inner.split("\n"):
                yield [("", " " * (indent + INDENT)), ("code", visible(line))]
        else:
            for place, item in enumerate(inner, 1):
                bullet = f"{place}. " if kind == "ol" else "• "
                yield from _bullet(bullet, _prose(item, width, indent + len(bullet)), indent)


def _bullet(bullet: str, lines: Iterable[Line], indent: int) -> Iterator[Line]:
    for number, line in enumerate(lines):
        yield [("", " " * indent + bullet), *line[1:]] if number == 0 and line else line


def _marked(block: blocks.Marked, width: int) -> Iterator[Line]:
    """The text with its values marked; long lines are broken at blanks where they can be."""
    pieces: Line = []
    position = 0
    for span in innermost(block.spans):
        pieces += [
            ("", block.text[position : span.start]),
            ("value", block.text[span.start : span.end]),
        ]
        position = span.end
    pieces.append(("", block.text[position:]))
    lines: list[Line] = [[]]
    for style, text in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            lines[-1].append((style, part))
    for line in lines:
        if block.keep:
            yield [("", " " * INDENT), *((style, visible(text)) for style, text in line)]
        else:
            yield from wrap(breakable(line, width - INDENT), width, INDENT)


def innermost(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """``spans`` without those that hold others: their parts say all that they say."""
    outer = {
        span
        for span, after in pairwise(spans)
        if span.start <= after.start and after.end <= span.end
    }
    return tuple(span for span in spans if span not in outer)


def _pairs(block: blocks.Pairs, width: int) -> Iterator[Line]:
    if block.below:
        for left, right in block.rows:
            yield from wrap(left, width, block.indent, 2)
            yield from wrap(right, width, block.indent + 4)
        return
    room = width - block.indent - 1
    rows = [(cut(left, room), right) for left, right in block.rows]
    widths = [cells(blocks.plain(left)) for left, _ in rows]
    column = min(max(widths, default=0), _LONGEST_NAME, width // 3) + 2
    for left, right in rows:
        yield from columns(left, right, column, width, block.indent)


def cut(runs: Iterable[Run], room: int) -> Runs:
    """``runs`` on one line of ``room`` columns, cut with an ellipsis if need be."""
    found: list[Run] = []
    for style, text in runs:
        shown = visible(text.replace("\n", " "))
        if cells(shown) > room:
            found += [(style, shortened(shown, room))] if room > 0 else []
            break
        found.append((style, shown))
        room -= cells(shown)
    return tuple(found)


def _commands(commands: tuple[Command, ...], width: int) -> Iterator[Line]:
    """Each command with what it does below, what it changes, and its options one by one."""
    for number, command in enumerate(commands):
        if number and commands[number - 1].options:
            yield []
        # a command is never broken: it is there to be pasted
        for line in command.command.split("\n"):
            yield [("", " " * INDENT), ("command", visible(line))]
        runs: list[tuple[str, str]] = [("", command.why)]
        if command.danger:
            runs.append(("act", f" {command.danger}"))
        elif command.changes:
            runs.append(("care", " Changes things."))
        yield from wrap(runs, width, INDENT + 4)
        for option in command.options:
            yield [("", " " * (INDENT + 4)), ("name", visible(option.option))]
            yield from wrap([("", option.meaning)], width, INDENT + 8)


def _comments(commands: tuple[Command, ...], width: int) -> Iterator[Line]:
    """Each command on its line with its comment beside it or, where there is no room for that, above it.

    A comment is never cut inside a sentence.
    """
    shown = [visible(command.command.split("\n")[0]) for command in commands]
    room = width - INDENT - len("  # ")
    column = _column(commands, shown, room)
    for command, text in zip(commands, shown, strict=True):
        line: Line = [("", " " * INDENT), ("command", text)]
        style = "act" if command.danger else "care" if command.changes else ""
        gap = max(column - cells(text), 0)
        # out of its column a comment is still better than none
        places = ((said, before) for said in _comment(command) for before in (gap, 0))
        left = room - cells(text)
        comment, gap = next((each for each in places if cells(each[0]) + each[1] <= left), ("", 0))
        above = [
            each for each in _comment(command) if 0 < cells(each) <= width - INDENT - len("# ")
        ]
        # half of what a change does is not enough
        whole = not command.changes or not above or comment == _short(command)
        if comment and (whole or above[0] != _short(command)):
            line += [("", " " * (gap + 2)), (style, f"# {comment}")]
        elif above:
            yield [("", " " * INDENT), (style, f"# {above[0]}")]
        elif command.danger:
            yield from wrap([(style, f"# {_short(command)}")], width, INDENT, 2)
        elif command.changes:
            yield [("", " " * INDENT), (style, f"# {_CHANGES}")]
        yield line
        yield from ([("", " " * INDENT), ("command", visible(rest))] for rest in _rest(command))


def _column(commands: tuple[Command, ...], shown: list[str], room: int) -> int:
    """The column in which most comments begin: of those that give most of them room, the narrowest."""
    sizes = [
        (cells(text), min(map(cells, _comment(command)), default=0))
        for command, text in zip(commands, shown, strict=True)
    ]

    def beside(column: int) -> int:
        return sum(size <= column and column + comment <= room for size, comment in sizes)

    return max(sorted({size for size, _ in sizes}), key=beside, default=0)


def _rest(command: Command) -> list[str]:
    return command.command.split("\n")[1:]


_CHANGES = "changes things"
_LABEL = regex(r"(?!(?:Example|Test|First|Then|Once|Undo): )[A-Z][\w.]*(?: [A-Z0-9][\w.]*)?: ")
_SENTENCE = regex(r"(?<=[?!])\s|(?<!e\.g)(?<!i\.e)\.\s")


def _short(command: Command) -> str:
    said = visible(command.danger or command.why).rstrip(".")
    # DNS stays DNS, OpenDKIM OpenDKIM; and what a colon follows may be a name, Debian or Red Hat
    if not (any(map(str.isupper, said.partition(" ")[0][1:])) or _LABEL.match(said)):
        said = said[:1].lower() + said[1:]
    if command.danger:
        return f"danger: {said}"
    return _marked_change(command, said)


def _marked_change(command: Command, said: str) -> str:
    if not command.changes:
        return said
    return f"{_CHANGES}: {said}" if said else _CHANGES


def _comment(command: Command) -> Iterator[str]:
    """What a command does: all that is said of it, its first sentence, and that as far as a sign between clauses."""
    yield _short(command)
    if command.danger:
        return
    said = _short(command._replace(changes=False))
    sentence = _SENTENCE.split(said, maxsplit=1)[0].rstrip(".")
    yield _marked_change(command, sentence)
    for sign in ("; ", " (", ": "):
        first = sentence.partition(sign)[0]
        if " " in first and first.count("(") == first.count(")"):
            yield _marked_change(command, first)
