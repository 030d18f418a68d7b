"""Styled lines: the pieces that every layout is made of.

Runs are those of ``blocks``; each painter paints their styles in its way. Control characters of the input are shown escaped here, so no painter can let one through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from mailhelp.render.blocks import Run

Line = list[Run]

# Controls, what turns the direction of text, what takes no room (joiners, fillers, selectors, tags) and
# what is no character: the ranges of Unicode's Cc, Cf, Cs, Zl, Zp and Default_Ignorable_Code_Point.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffb\ufffe\uffff\U000110bd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_MOST_MARKS = 3
"""Combining marks that one character may bear: more of them cover the lines above and below."""
_WORDS = re.compile(r"\s+|[^\s]+")
INDENT = 2


def visible(text: str) -> str:
    """``text`` with control, bidirectional and invisible characters shown as escapes; tabs as blanks.

    So are combining marks that have no character to stand on, and those beyond the third on one.
    """
    if text.isascii():
        return text if text.isprintable() else _CONTROL.sub(_escape, text.replace("\t", "    "))
    text = _CONTROL.sub(_escape, text.replace("\t", "    "))
    return _few_marks(text) if max(text) >= "\u0300" else text


def _few_marks(text: str) -> str:
    if not any(unicodedata.category(char)[0] == "M" for char in set(text)):
        return text
    shown = []
    marks = _MOST_MARKS  # at the beginning there is none that a mark could stand on
    for char in text:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        shown.append(_escaped(char) if marks > _MOST_MARKS else char)
    return "".join(shown)


def _escape(found: re.Match[str]) -> str:
    return _escaped(found[0])


def _escaped(char: str) -> str:
    code = ord(char)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )


def cells(text: str) -> int:
    """Columns that ``text`` takes in a terminal."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)


def shortened(text: str, room: int) -> str:
    """As much of ``text`` as ``room`` columns take, its end an ellipsis."""
    if text.isascii():
        return text[: max(room - 1, 0)].rstrip() + "…"
    kept = ""
    for char in text:
        room -= cells(char)
        if room < 1:
            break
        kept += char
    return kept.rstrip() + "…"


def wrap(runs: Iterable[Run], width: int, indent: int = 0, hanging: int = 0) -> Iterator[Line]:
    """Styled runs broken at spaces; later lines are indented by ``hanging`` more columns."""
    line: Line = [("", " " * indent)] if indent else []
    used = start = indent
    for word in _words(runs):
        size = sum(cells(text) for _, text in word)
        if used > start and used + 1 + size > width:
            yield line
            used = start = indent + hanging
            line = [("", " " * start)] if start else []
        elif used > start:
            style = line[-1][0] if line[-1][0] == word[0][0] else ""
            line.append((style, " "))
            used += 1
        line += word
        used += size
    if line:
        yield line


def _words(runs: Iterable[Run]) -> Iterator[Line]:
    """The words of ``runs``; one word can have several styles."""
    word: Line = []
    for style, text in runs:
        for piece in _WORDS.findall(visible(text)):
            if not piece.isspace():
                word.append((style, piece))
            elif word:
                yield word
                word = []
    if word:
        yield word


def breakable(line: Line, room: int) -> Iterator[Run]:
    """The runs of ``line`` with words that are wider than ``room`` parted by spaces."""
    for style, text in line:
        for word in _WORDS.findall(visible(text)):
            while len(word) > room:
                yield style, word[:room] + " "
                word = word[room:]
            yield style, word


def columns(
    left: Iterable[Run], right: Iterable[Run], column: int, width: int, indent: int = INDENT
) -> Iterator[Line]:
    """``left``, and ``right`` wrapped beside it from ``column`` (after the indent) on."""
    left = tuple(left)
    used = sum(cells(visible(text)) for _, text in left)
    head: Line = [("", " " * indent), *((style, visible(text)) for style, text in left)]
    if used + 1 > column:
        yield head
        head, used = [], -indent
    for number, line in enumerate(wrap(right, width - indent - column)):
        if number:
            yield [("", " " * (indent + column)), *line]
        else:
            yield [*head, ("", " " * (column - used)), *line]
