"""Blocks laid out in lines: width, indents, columns, comments."""

from __future__ import annotations

from mailhelp.answer import Command, Prose
from mailhelp.render import blocks, plain
from mailhelp.render.lines import cells


def lines(*outline: blocks.Block, width: int = 40) -> list[str]:
    return list(plain.paint(outline, width))


def text(words: str) -> blocks.Runs:
    return (("", words),)


def test_a_headline_has_its_right_side_at_the_edge() -> None:
    (line,) = lines(blocks.Headline(text("Left"), text("right")))
    assert line == "Left" + " " * 31 + "right"


def test_a_right_side_without_room_gets_a_line_of_its_own() -> None:
    shown = lines(blocks.Headline(text("word " * 7), text("right side")))
    assert shown == ["word word word word word word word", "  right side"]


def test_a_row_is_cut_and_never_wrapped() -> None:
    (line,) = lines(blocks.Row(text("x" * 99), 2))
    assert line == "  " + "x" * 37 + "…"
    (line,) = lines(blocks.Row(text("漢" * 99), 2))
    assert 38 <= cells(line) <= 40


def test_kept_blanks_stay_where_they_fit() -> None:
    assert lines(blocks.Text(text("a    b"), keep=True)) == ["a    b"]
    assert lines(blocks.Text(text("a    b"))) == ["a b"]
    assert len(lines(blocks.Text(text("long    word " * 9), keep=True))) > 1


def test_pairs_stand_side_by_side_or_below() -> None:
    rows = ((text("one"), text("first")), (text("three"), text("third " * 8)))
    shown = lines(blocks.Pairs(rows))
    assert shown[0] == "  one    first"
    assert shown[1].startswith("  three  third")
    assert shown[2].startswith("         third")
    assert lines(blocks.Pairs(rows[:1], below=True)) == ["  one", "      first"]


def test_lists_in_prose_have_bullets_and_numbers() -> None:
    item = [["p", [["", "point"]]]]
    prose = Prose("x", (["ul", [item, item]], ["ol", [item, item]], ["code", "as it\n  is"]))
    assert lines(blocks.Passage(prose)) == [
        "• point", "• point", "", "1. point", "2. point", "", "  as it", "    is",
    ]  # fmt: skip


def test_comments_stand_in_one_column_and_are_cut_at_a_sense() -> None:
    commands = (
        Command("mailq", "See the queue: what waits, since when, and for what reason at all."),
        Command("postqueue -p", "DNS is asked."),
    )
    assert lines(blocks.Commands(commands, short=True)) == [
        "  mailq         # see the queue",
        "  postqueue -p  # DNS is asked",
    ]


def test_a_command_of_several_lines_keeps_them() -> None:
    command = Command("first \\\n  second", "Why.")
    assert lines(blocks.Commands((command,)))[:2] == ["  first \\", "    second"]
    assert "    second" in lines(blocks.Commands((command,), short=True))
