"""Whole sentences, as many as fit."""

from __future__ import annotations

from mailhelp.answer import (
    Parameter,
    Prose,
)
from tests.render.screens import CONNECT, DENIED, prose, shown


def test_each_part_keeps_its_share() -> None:
    lines = shown(DENIED)
    assert lines[3].startswith("Sentence number 0")
    assert 2 <= lines[3:].index("") <= 4
    assert lines[lines.index("What to do") + 1] == "  • Action 0 to take."
    assert sum(line.startswith("  postconf") for line in lines) == 4
    assert "  postconf name0  # read 0" in lines


def test_sentences_are_whole() -> None:
    text = " ".join(line for line in shown(DENIED) if "number" in line or "about it" in line)
    assert text.endswith("about it.")


def test_this_hosts_value_stands_behind_the_setting_that_decides() -> None:
    text = Prose("x", (["p", [["", "The client is not in "], ["code", "mynetworks"], ["", "."]]],))
    here = Parameter("mynetworks", "", "127.0.0.0/8", True)
    answer = DENIED._replace(explanation=text, parameters=(here,))
    assert "The client is not in mynetworks (here 127.0.0.0/8)." in shown(answer)


def test_a_brief_text_goes_before_the_long_one() -> None:
    assert "In short." in shown(DENIED._replace(brief=prose("In short.")))


def test_what_a_setting_here_opens_is_said_though_nobody_asked_for_it() -> None:
    open_relay = Parameter("mynetworks", "127.0.0.1", "0.0.0.0/0", True, danger="Open relay.")
    for answer in (DENIED, CONNECT):
        assert "Danger here: Open relay." in shown(answer._replace(parameters=(open_relay,)))
