"""Markdown for a ticket: all that an answer holds, and text from outside as it is."""

import pytest
from markdown_it import MarkdownIt

from mailhelp.answer import Answer, Command, Finding, Option, Parameter, Prose, Verdict
from mailhelp.render import markdown
from mailhelp.render.blocks import Block, Bullets, Code, Commands, Marked, Pairs, Passage, Text
from mailhelp.render.outline import whole


def painted(*blocks: Block) -> list[str]:
    return [line for line in markdown.paint(blocks) if line]


def test_commands_with_what_they_change_and_their_options() -> None:
    commands = (
        Command(
            "postfix reload", "Reads it.", changes=True, options=(Option("-v", "Says *more*."),)
        ),
        Command("postsuper -d ALL", "Deletes.", danger="All is lost."),
    )
    assert painted(Commands(commands)) == [
        "Reads it. **Changes things.**",
        "```",
        "postfix reload",
        "```",
        "- `-v`: Says \\*more\\*.",
        "Deletes. **Danger: All is lost.**",
        "```",
        "postsuper -d ALL",
        "```",
    ]


def test_text_from_outside_is_fenced_or_escaped() -> None:
    assert painted(Marked("a ``` b\x1b")) == ["````", "a ``` b\\x1b", "````"]
    assert painted(Text((("value", "a`b"), ("", " <x> "), ("name", "n")))) == [
        "`` a`b `` \\<x\\> **n**"
    ]
    assert painted(Code("a\nb\n")) == ["```", "a", "b", "```"]


@pytest.mark.parametrize("ticks", ["`", "``", "```", "` ``", "``` `` `"])
def test_no_value_leaves_its_code(ticks: str) -> None:
    text = f"{ticks} <b>x</b> [x](http://example.org) {ticks}"
    (line,) = painted(Text((("value", text),)))
    (paragraph,) = [each for each in MarkdownIt().parse(line) if each.children]
    assert [(each.type, each.content) for each in paragraph.children or ()] == [
        ("code_inline", text)
    ]


def test_lists_and_pairs() -> None:
    prose = Prose("one\n\ntwo", (["p", [["", "one"]]], ["p", [["", "two"]]]))
    assert painted(Bullets((prose, (("", "three"),)))) == ["- one", "  two", "- three"]
    rows = (((("name", "a"),), (("", "b"),)), ((("name", "c"),), ()))
    assert painted(Pairs(rows)) == ["- **a**: b", "- **c**"]


def test_prose_is_its_own_markdown_but_a_page_is_fenced() -> None:
    assert painted(Passage(Prose("*a*", (["p", [["em", "a"]]],)))) == ["*a*"]
    assert painted(Passage(Prose("a  b", (["code", "a  b"],)))) == ["```", "a  b", "```"]


def test_an_answer_in_markdown_has_all_of_it() -> None:
    answer = Answer(
        "log",
        title="Relay access denied",
        severity="warning",
        danger="Open relay.",
        program="postfix/smtpd",
        verdict=Verdict("this-server", "permanent"),
        findings=(Finding("Fault", "error", "x = y", "Why.", 3, line=7),),
        parameters=(Parameter("a_size", "7", "8", True, unit="bytes"),),
        commands=(Command("postfix reload", "Reads it.", changes=True),),
        related=("topic/x",),
        sources=("postconf(5)",),
    )
    text = "\n".join(markdown.paint(whole(answer)))
    for part in (
        "# Relay access denied", "Danger: Open relay.", "warning", "decided by this server", "permanent",
        "3×", "line 7", "Fault", "x = y", "Why.", "set here; default: 7", "unit: bytes", "Changes things",
        "topic/x", "postconf(5)",
    ):  # fmt: skip
        assert part in text, part
