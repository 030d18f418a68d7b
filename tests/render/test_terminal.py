"""Colour is meaning: red to act, yellow to take care, bold the answer, cyan what to type."""

from mailhelp.render.blocks import Block, Text
from mailhelp.render.terminal import paint


def painted(*runs: tuple[str, str]) -> str:
    blocks: list[Block] = [Text(runs, keep=True)]
    (line,) = paint(blocks, 80)
    return line


def test_colours_of_meanings() -> None:
    assert painted(("act", "open relay")) == "\x1b[1;31mopen relay\x1b[0m"
    assert painted(("care", "changes")) == "\x1b[33mchanges\x1b[0m"
    assert painted(("title", "answer")) == "\x1b[1manswer\x1b[0m"
    assert painted(("command", "postfix reload")) == "\x1b[36mpostfix reload\x1b[0m"
    assert painted(("aside", "x"), ("value", "y"), ("", "z")) == "xyz"


def test_one_code_a_run_and_none_for_blanks() -> None:
    assert painted(("title", "a"), ("name", "b"), ("", " c")) == "\x1b[1mab\x1b[0m c"
    assert painted(("", "a"), ("act", "  ")) == "a"
