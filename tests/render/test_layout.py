"""Blocks as lines of a width: commands are never broken, what changes or endangers is marked."""

from mailhelp.answer import Command, Option, Prose, Span
from mailhelp.render.blocks import (
    Block,
    Bullets,
    Code,
    Commands,
    Gap,
    Heading,
    Headline,
    Marked,
    Pairs,
    Passage,
    Row,
    Text,
)
from mailhelp.render.layout import cut, draw, innermost
from mailhelp.render.lines import cells


def drawn(*blocks: Block, width: int = 40) -> list[str]:
    return ["".join(text for _, text in line).rstrip() for line in draw(blocks, width)]


def test_the_verdict_is_at_the_right_end_or_below() -> None:
    line = Headline((("", "Relay access denied"),), (("", "refused"),))
    assert drawn(line) == ["Relay access denied              refused"]
    assert drawn(line, width=24) == ["Relay access denied", "  refused"]
    assert drawn(Headline((("", "x"),))) == ["x"]


def test_headings_and_texts() -> None:
    assert drawn(Heading("Why"), Gap(), Text((("", "a b"),), 2)) == ["", "Why", "", "  a b"]
    assert drawn(Text((("", "a  b"),), keep=True)) == ["a  b"]


def test_a_row_is_cut_and_says_so() -> None:
    assert drawn(Row((("", "a" * 50),))) == ["a" * 39 + "…"]
    assert drawn(Row((("", "a\nb"),))) == ["a b"]


def test_prose_of_every_kind() -> None:
    prose = Prose(
        "x",
        (
            ["p", [["", "See "], ["code", "main.cf"], ["", "."]]],
            ["code", "a\n  b"],
            ["ul", [[["p", [["", "one"]]]], [["p", [["", "two"]]]]]],
            ["ol", [[["p", [["", "first"]]]], [["p", [["", "second"]]]]]],
        ),
    )
    assert drawn(Passage(prose)) == [
        "See main.cf.", "", "  a", "    b", "", "• one", "• two", "", "1. first", "2. second",
    ]  # fmt: skip
    assert drawn(Bullets((prose._replace(blocks=prose.blocks[:1]), (("", "runs"),)))) == [
        "  • See main.cf.",
        "  • runs",
    ]


def test_a_pasted_text_is_marked_and_broken() -> None:
    block = Marked("to=<a@example.net>, x", (Span(4, 17, "to", "a@example.net"),))
    (line,) = draw([block], 40)
    assert ("value", "a@example.net") in line
    assert drawn(Marked("a\n b"), width=40) == ["  a", "  b"]
    assert drawn(Marked("a\n b", keep=True)) == ["  a", "   b"]
    assert max(map(len, drawn(Marked("x" * 100), width=30))) <= 30


def test_only_the_innermost_values_are_told() -> None:
    outer, left, right = Span(0, 9, "o", "x"), Span(0, 4, "l", "x"), Span(5, 9, "r", "x")
    alone = Span(10, 12, "a", "x")
    assert innermost((outer, left, right, alone)) == (left, right, alone)


def test_pairs_beside_and_below() -> None:
    rows = (((("", "a"),), (("", "first"),)), ((("", "bbb"),), (("", "second"),)))
    assert drawn(Pairs(rows)) == ["  a    first", "  bbb  second"]
    assert drawn(Pairs(rows, below=True)) == ["  a", "      first", "  bbb", "      second"]


LONG = "openssl s_client -connect mx.example.com:25 -starttls smtp -brief </dev/null"


def test_commands_with_all_that_is_known() -> None:
    commands = (
        Command("postfix reload", "Reads it.", changes=True),
        Command("postsuper -d ALL", "Deletes.", changes=True, danger="All mail is lost."),
        Command(LONG, "Tests.", options=(Option("-brief", "Short."),)),
    )
    assert drawn(Commands(commands)) == [
        "  postfix reload",
        "      Reads it. Changes things.",
        "  postsuper -d ALL",
        "      Deletes. All mail is lost.",
        f"  {LONG}",
        "      Tests.",
        "      -brief",
        "          Short.",
    ]


def test_short_commands_have_a_comment_where_there_is_room() -> None:
    commands = (
        Command("postqueue -p", "What waits."),
        Command("postfix reload", "Apply it.", changes=True),
        Command(LONG, "Tests it."),
        Command(LONG, "Deletes it.", changes=True),
    )
    assert drawn(Commands(commands, short=True), width=60) == [
        "  postqueue -p    # what waits",
        "  postfix reload  # changes things: apply it",
        "  # tests it",
        f"  {LONG}",
        "  # changes things: deletes it",
        f"  {LONG}",
    ]
    styles = [line[-1][0] for line in draw([Commands(commands[1:2], short=True)], 60)]
    assert styles == ["care"]


def test_code_stands_as_it_is() -> None:
    assert drawn(Code("a\n  b\x07")) == ["  a", "    b\\x07"]


def test_wide_signs_are_cut_by_their_columns() -> None:
    (line,) = drawn(Row((("", "漢" * 99),), 2))
    assert 38 <= cells(line) <= 40


def test_comments_stand_in_one_column_and_are_cut_at_a_sense() -> None:
    commands = (
        Command("mailq", "See the queue: what waits, since when, and for what reason at all."),
        Command("postqueue -p", "DNS is asked."),
        Command("mailq", "SpamAssassin is asked."),
    )
    assert drawn(Commands(commands, short=True)) == [
        "  mailq         # see the queue",
        "  postqueue -p  # DNS is asked",
        "  mailq         # SpamAssassin is asked",
    ]


def test_no_comment_is_cut_inside_a_sentence_or_brackets() -> None:
    commands = (
        Command(
            "postconf -n myhostname", "Is it set in main.cf? No output: the default is in force."
        ),
        Command("postmap -q x", "What the table says (it must be built) about this one address."),
        Command("ss -ltn", "Whether anything at all listens on it and which program that is."),
    )
    assert drawn(Commands(commands, short=True), width=52) == [
        "  postconf -n myhostname  # is it set in main.cf?",
        "  postmap -q x            # what the table says",
        "  ss -ltn",
    ]
    assert "…" not in "".join(drawn(Commands(commands, short=True), width=70))


def test_comments_above_a_long_command_do_not_move_the_others() -> None:
    commands = (Command("a" * 40, "Yes."), Command("mailq", "What waits in the queue, and why."))
    assert drawn(Commands(commands, short=True), width=60) == [
        f"  {'a' * 40}  # yes",
        "  mailq  # what waits in the queue, and why",
    ]


def test_a_command_of_several_lines_keeps_them() -> None:
    command = Command("first \\\n  second", "Why.")
    assert drawn(Commands((command,)))[:2] == ["  first \\", "    second"]
    assert "    second" in drawn(Commands((command,), short=True))


def test_a_long_command_of_which_nothing_is_said_has_no_comment() -> None:
    assert drawn(Commands((Command(LONG, ""),), short=True)) == [f"  {LONG}"]


def test_what_fills_a_line_gets_no_ellipsis_behind_it() -> None:
    assert cut((("", "0123456789"), ("", "  more")), 10) == (("", "0123456789"),)


def test_half_of_what_a_change_does_is_not_enough_beside_it() -> None:
    said = "Set it: this replaces what is there, so name that too."
    command = Command("postconf -e smtpd_milters=inet:127.0.0.1:11332", said, changes=True)
    above, line = (
        "".join(text for _, text in each) for each in draw([Commands((command,), short=True)], 80)
    )
    assert above.strip() == f"# changes things: {said[:1].lower()}{said[1:-1]}"
    assert "#" not in line
