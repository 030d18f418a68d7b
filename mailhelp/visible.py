"""Text from outside in a form that a terminal simply shows: nothing of it steers, hides or turns anything."""

from __future__ import annotations

import unicodedata

MOST_MARKS = 3
"""Combining marks that one character may bear: more of them cover the lines above and below."""

_UNSHOWN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Controls, what turns the direction of text, halves, private and unknown characters, ends of lines."""
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159"
)
"""Letters and marks that take no room or look like a blank, by their definition."""
_MOST_KNOWN = 5000


def visible(text: str) -> str:
    """``text`` with control, bidirectional, invisible and unknown characters shown as escapes; tabs as blanks.

    So are combining marks that have no character to stand on, and those beyond the third on one.
    """
    if text.isascii():
        return text if text.isprintable() else text.translate(_shown)
    shown = text.translate(_shown)
    return _few_marks(shown) if max(shown) >= "\u0300" else shown


def is_visible(text: str) -> bool:
    """Whether ``text`` is shown as it is, and its blanks are blanks."""
    return text.isprintable() and visible(text) == text


class _Shown(dict[int, str]):
    """How each character is shown, as ``str.translate`` asks for it."""

    def __missing__(self, code: int) -> str:
        if code == 9:
            return "    "
        char = chr(code)
        hidden = (
            unicodedata.category(char) in _UNSHOWN
            or char in _UNSEEN
            or 0xFE00 <= code <= 0xFE0F  # selectors of variants
            or 0xE0100 <= code <= 0xE01EF
        )
        if len(self) >= _MOST_KNOWN:
            self.clear()
        shown = self[code] = _escaped(char) if hidden else char
        return shown


_shown = _Shown()


def _few_marks(text: str) -> str:
    if not any(map(_is_mark, set(text))):
        return text
    shown = []
    marks = MOST_MARKS  # at the beginning there is none that a mark could stand on
    for char in text:
        marks = marks + 1 if _is_mark(char) else 0
        shown.append(_escaped(char) if marks > MOST_MARKS else char)
    return "".join(shown)


def _is_mark(char: str) -> bool:
    """Whether ``char`` is drawn onto the one before it: a combining mark, a part of a Korean syllable."""
    if char < "\u0300":
        return False
    return (
        unicodedata.category(char)[0] == "M"
        or "\u1161" <= char <= "\u11ff"
        or "\ud7b0" <= char <= "\ud7fb"
    )


def _escaped(char: str) -> str:
    code = ord(char)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
