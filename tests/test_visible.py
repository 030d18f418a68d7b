"""What a terminal would not simply show is shown escaped, and nothing else is."""

from __future__ import annotations

import sys

import pytest

from mailhelp.visible import is_visible, visible
from tests.hostile import BAD, unfit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\tb\nc", "a    b\\x0ac"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\ufeffx\u200b", "\\ufeffx\\u200b"),
        ("\U000e0041\ue000", "\\U000e0041\\ue000"),
        ("e\u0301", "e\u0301"),
        ("\u0301e\u0301\u0301\u0301\u0301", "\\u0301e\u0301\u0301\u0301\\u0301"),
        ("grün 日本 한국어 الحمد\u00a0x", "grün 日本 한국어 الحمد\u00a0x"),
    ],
)
def test_what_steers_is_shown_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_no_character_that_there_is_gets_through() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    for start in range(0, len(every), 1000):
        assert unfit(visible(every[start : start + 1000])) == []


@pytest.mark.parametrize("text", BAD)
def test_what_is_shown_otherwise_is_known(text: str) -> None:
    assert unfit(visible(text)) == []
    assert is_visible(text) == (visible(text) == text)


def test_a_blank_that_is_another_one_is_not_taken_for_a_blank() -> None:
    assert is_visible("a b")
    assert not is_visible("a\u00a0b")
