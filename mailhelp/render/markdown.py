"""Blocks as Markdown, for a ticket or a wiki page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.answer import Prose, escape_markdown
from mailhelp.light import regex
from mailhelp.render import blocks
from mailhelp.render.blocks import Block, Runs
from mailhelp.visible import visible

_CODE = ("code", "command", "value")
_TICKS = regex("`+")


def paint(outline: Iterable[Block]) -> Iterator[str]:
    """The lines of ``outline``, without two empty ones in a row."""
    empty = True
    for line in _lines(outline):
        if line or not empty:
            yield line
        empty = not line


def _lines(outline: Iterable[Block]) -> Iterator[str]:
    for block in outline:
        if isinstance(block, blocks.Headline):
            right = f" ({_text(blocks.plain(block.right))})" if block.right else ""
            yield from (f"# {_text(blocks.plain(block.left))}{right}", "")
        elif isinstance(block, blocks.Heading):
            yield from ("", f"## {_text(block.text)}", "")
        elif isinstance(block, blocks.Gap):
            yield ""
        elif isinstance(block, (blocks.Text, blocks.Row)):
            yield from (_runs(block.runs), "")
        elif isinstance(block, blocks.Passage):
            yield from (*_prose(block.prose), "")
        elif isinstance(block, blocks.Marked):
            yield from (*_fenced(block.text), "")
        elif isinstance(block, blocks.Pairs):
            for name, meaning in block.rows:
                said = _runs(meaning)
                yield f"- {_runs(name)}{': ' if said else ''}{said}"
            yield ""
        elif isinstance(block, blocks.Bullets):
            for item in block.items:
                first, *rest = _prose(item) if isinstance(item, Prose) else [_runs(item)]
                yield from (f"- {first}", *(f"  {line}".rstrip() for line in rest))
            yield ""
        elif isinstance(block, blocks.Commands):
            yield from _commands(block)
        else:
            yield from (*_fenced(block.text), "")


def _commands(block: blocks.Commands) -> Iterator[str]:
    for command in block.commands:
        why = _text(command.why)
        if command.danger:
            why += f" **Danger: {_text(command.danger)}**"
        elif command.changes:
            why += " **Changes things.**"
        yield from (why.strip(), "", *_fenced(command.command), "")
        yield from (f"- {_code(each.option)}: {_text(each.meaning)}" for each in command.options)
        yield ""


def _prose(text: Prose) -> list[str]:
    """Its Markdown; what stands as it is, such as a man page, in a fence."""
    kind, content = text.blocks[0] if len(text.blocks) == 1 else ("", "")
    if kind == "code" and content.strip() == text.markdown.strip():
        return _fenced(text.markdown.strip("\n"))
    return [visible(line) for line in text.markdown.split("\n")]


def _runs(runs: Runs) -> str:
    pieces = []
    for style, run in runs:
        text = visible(run)
        core = text.strip()
        if not core:
            pieces.append(text)
            continue
        before, after = text[: text.index(core)], text[text.index(core) + len(core) :]
        if style in _CODE:
            core = _code(core)
        elif style in ("name", "title", "strong", "act", "care"):
            core = f"**{_text(core)}**"
        else:
            core = _text(core)
        pieces.append(f"{before}{core}{after}")
    return "".join(pieces).strip()


def _text(text: str) -> str:
    return escape_markdown(visible(text))


def _code(text: str) -> str:
    text = visible(text)
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(map(len, _TICKS.findall(text))) + 1)
    return f"{fence} {text} {fence}"


def _fenced(text: str) -> list[str]:
    fence = "```"
    while fence in text:
        fence += "`"
    return [fence, *(visible(line) for line in text.rstrip("\n").split("\n")), fence]
