"""Markdown → the blocks that renderers draw. Used when a corpus is compiled, never when asked.

A block is a list: ``["p", inlines]``, ``["h", inlines]``, ``["code", text]``,
``["ul", [blocks, …]]`` or ``["ol", [blocks, …]]``. Inlines are lists ``[style, text]`` with style
``""``, ``"code"``, ``"strong"``, ``"em"`` or ``"link"``. A table becomes a list, an item a row: a terminal has no room for columns.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

Block = list[Any]

_MARKER = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_STYLES = {"strong_open": "strong", "em_open": "em", "link_open": "link"}


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=1000)
def parse(markdown: str) -> list[Block]:
    """The blocks of ``markdown``, not to be changed: the next one who asks gets the same."""
    blocks, _ = _blocks(_parser().parse(markdown), 0, "")
    return blocks


def list_items(markdown: str) -> list[str]:
    """The source of each item of the first list in ``markdown``; each paragraph where none is."""
    if not markdown:
        return []
    lines = markdown.splitlines()
    tokens = _parser().parse(markdown)
    kind = "list_item_open" if any(t.type == "list_item_open" for t in tokens) else "paragraph_open"
    level = min((t.level for t in tokens if t.type == kind), default=0)
    items = []
    for token in tokens:
        if token.type == kind and token.level == level and token.map:
            first, last = token.map
            text = "\n".join(lines[first:last])
            if kind == "list_item_open":
                found = _MARKER.match(text)
                marker = found.end() if found else 0
                text = "\n".join(
                    [text[marker:]] if first + 1 == last else _dedent(text, marker).splitlines()
                )
            items.append(text.strip())
    return items


def _dedent(text: str, width: int) -> str:
    first, *rest = text.split("\n")
    return "\n".join(
        [first[width:], *(line[width:] if not line[:width].strip() else line for line in rest)]
    )


def _blocks(tokens: list[Token], index: int, until: str) -> tuple[list[Block], int]:
    blocks: list[Block] = []
    while index < len(tokens):
        token = tokens[index]
        if token.type == until:
            return blocks, index
        if token.type in ("paragraph_open", "heading_open"):
            inlines = _inlines(tokens[index + 1].children or [])
            blocks.append(["p" if token.type == "paragraph_open" else "h", inlines])
            index += 2
        elif token.type in ("fence", "code_block"):
            blocks.append(["code", token.content.rstrip("\n")])
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            end = token.type.replace("open", "close")
            items: list[list[Block]] = []
            index += 1
            while tokens[index].type != end:
                inner, index = _blocks(tokens, index + 1, "list_item_close")
                items.append(inner)
                index += 1
            blocks.append(["ul" if end.startswith("bullet") else "ol", items])
        elif token.type == "table_open":
            start = index
            while tokens[index].type != "table_close":
                index += 1
            blocks.append(["ul", _rows(tokens[start:index])])
        index += 1
    return blocks, index


def _rows(tokens: list[Token]) -> list[list[Block]]:
    """A table's rows as the items of a list: the first cell, then the others, with their headings where there are several."""
    rows: list[list[list[list[str]]]] = []
    for token, inner in pairwise(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append(_inlines(inner.children or []))
    head, *body = rows
    items = []
    for first, *others in body:
        said = [*first]
        for number, (heading, cell) in enumerate(zip(head[1:], others, strict=False)):
            named = [*heading, ["", ": "]] if len(others) > 1 and heading and cell else []
            said += [["", "; " if number else ": "], *named, *cell] if cell else []
        items.append([["p", said]])
    return items


def _inlines(tokens: list[Token]) -> list[list[str]]:
    inlines: list[list[str]] = []
    style = ""
    for token in tokens:
        if token.type in _STYLES:
            style = _STYLES[token.type]
        elif token.type.endswith("_close"):
            style = ""
        elif token.type == "code_inline":
            inlines.append(["code", token.content])
        elif token.type in ("softbreak", "hardbreak"):
            inlines.append([style, " "])
        elif token.content:
            inlines.append([style, token.content])
    return inlines
