"""Plain text: the same lines as in colour, without a code and without blanks at their ends."""

import re

from mailhelp.answer import Command
from mailhelp.render import plain, terminal
from mailhelp.render.blocks import Block, Commands, Gap, Headline, Text


def test_the_same_lines_as_in_colour() -> None:
    blocks: list[Block] = [
        Headline((("act", "bad"),), (("", "fatal"),)),
        Gap(),
        Text((("", "a "), ("code", "b"), ("", "  "))),
        Commands((Command("postfix reload", "x", changes=True),)),
    ]
    lines = list(plain.paint(blocks, 40))
    assert lines == [re.sub(r"\x1b\[[\d;]*m", "", line) for line in terminal.paint(blocks, 40)]
    assert not any("\x1b" in line or line != line.rstrip() for line in lines)
