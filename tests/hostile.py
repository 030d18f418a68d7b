"""Text that somebody made up to do harm, and how to tell that it reached a terminal as it was."""

from __future__ import annotations

import unicodedata

BAD = (
    "\x1b]8;;http://example.org\x07x\x1b]8;;\x07",
    "\x1b]0;title\x07\x1b]2;title\x1b\\",
    "\x1b]52;c;YQ==\x07",
    "\x1bP+q544e\x1b\\\x1b_x\x1b\\\x1b^x\x1b\\",
    "\x1b[2J\x1b[31m\x1b[10;10H\x1b[?1049h",
    "\x1b7\x1b8\x1bc\x0e\x0f",
    "\x9b31m\x90q\x9c\x9d0;title\x9c",
    "\x00\x08\x7f\r\x07\x0b\x0c",
    "\u202e\u202a\u202c\u2066\u2069\u200e\u200f\u061c",
    "a\u200b\u200d\u2060\u2064\ufeff\xad\u115f\u3164\uffa0\u2800",
    "e" + "\u0301" * 40 + "\u20dd\u0489",
    "\U000e0041\U000e007f\ufe0f\U000e0100",
    "\u2028\u2029\x85",
    "[bold]x[/bold]`<b>**|[link=http://example.org]x[/link]",
    "\ufdd0\uffff\U0001d173\U0001fffe\ue000\U000e1000",
    "\uac00" + "\u1161" * 40,
)
"""What would steer a terminal, hide in it or mark text up; none has a line feed."""
MOST_MARKS = 3
UNSEEN = "\u034f\u115f\u1160\u2800\u3164\uffa0\ufe0f\ufe00\U000e0100\U00016fe4\U0001d159"


def unfit(text: str) -> list[str]:
    """The characters of ``text`` that a terminal would not simply show."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return []
    found = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        jamo = 0x1161 <= ord(char) <= 0x11FF or 0xD7B0 <= ord(char) <= 0xD7FB
        marks = marks + 1 if kind[0] == "M" or jamo else 0
        steers = kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and char != "\n"
        if marks > MOST_MARKS or steers or char in UNSEEN:
            found.append(char)
    return found


def colours_removed(text: str) -> str:
    """``text`` without the colours that mailhelp itself gives it."""
    for code in ("0", "1", "1;31", "33", "36"):
        text = text.replace(f"\x1b[{code}m", "")
    return text
