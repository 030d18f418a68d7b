"""Markdown is parsed once, when the corpus is compiled: blocks for the renderers, items of lists."""

import pytest

from mailhelp.corpus.prose import list_items, parse


def test_blocks_and_styles() -> None:
    assert parse("# Head\n\nSee `main.cf`,\n**now** and [there](http://x.example).\n\n    code\n") == [
        ["h", [["", "Head"]]],
        ["p", [
            ["", "See "], ["code", "main.cf"], ["", ","], ["", " "], ["strong", "now"], ["", " and "],
            ["link", "there"], ["", "."],
        ]],
        ["code", "code"],
    ]  # fmt: skip


def test_lists_inside_lists() -> None:
    assert parse("1. one\n   - a\n   - b\n2. two\n") == [
        ["ol", [
            [["p", [["", "one"]]], ["ul", [[["p", [["", "a"]]]], [["p", [["", "b"]]]]]]],
            [["p", [["", "two"]]]],
        ]],
    ]  # fmt: skip


def test_html_is_text() -> None:
    ((kind, runs),) = parse("<script>alert(1)</script>")
    assert kind == "p"
    assert "".join(text for _, text in runs) == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("markdown", "items"),
    [
        ("- one\n- two\n  goes on\n", ["one", "two\ngoes on"]),
        ("1. one\n\n   more\n2. two\n", ["one\n\nmore", "two"]),
        ("- one\n  - inner\n- two\n", ["one\n- inner", "two"]),
        ("No list.\n\nAt all.\n", ["No list.", "At all."]),
        ("", []),
    ],
)
def test_items_of_the_first_list(markdown: str, items: list[str]) -> None:
    assert list_items(markdown) == items


def test_a_table_is_a_list_of_its_rows() -> None:
    two = "| code | what |\n|---|---|\n| `5` | for good |\n| `4` | for now |"
    assert parse(two) == [
        ["ul", [
            [["p", [["code", "5"], ["", ": "], ["", "for good"]]]],
            [["p", [["code", "4"], ["", ": "], ["", "for now"]]]],
        ]]
    ]  # fmt: skip
    three = "| | IMAP | POP3 |\n|---|---|---|\n| folders | kept | |"
    assert parse(three) == [
        ["ul", [[["p", [["", "folders"], ["", ": "], ["", "IMAP"], ["", ": "], ["", "kept"]]]]]]
    ]
