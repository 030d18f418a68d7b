"""Whole sentences, as many as fit."""

from __future__ import annotations

from mailhelp.answer import (
    Answer,
    Parameter,
    Prose,
)
from mailhelp.render import screen
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


def test_a_list_keeps_its_bullets_and_says_what_is_left_out() -> None:
    items = [[["p", [["", f"Item number {n} of the list."]]]] for n in range(30)]
    text = Prose("…", (["p", [["", "It is one of these:"]]], ["ul", items]))
    lines = shown(Answer(kind="topic", title="T", explanation=text))
    assert lines[2:4] == ["It is one of these:", "  • Item number 0 of the list."]
    left_out = next(line for line in lines if "and" in line and "more" in line)
    count = sum("Item number" in line for line in lines)
    assert left_out.strip() == f"and {30 - count} more"
    assert len(lines) <= screen.HEIGHT
    # causes need their room
    causes = tuple(prose(f"Cause {n}.") for n in range(5))
    lines = shown(Answer(kind="log", title="T", explanation=text, causes=causes))
    assert "  • Cause 4." in lines


def test_an_item_ends_with_a_sentence_or_a_clause() -> None:
    three = f"{'word ' * 40}end."
    long = f"{'word ' * 20}(so, and so), {'word ' * 60}end."
    answer = Answer(
        kind="log", title="T", actions=(prose(three), prose(f"Short. Long {three}"), prose(long))
    )
    causes = tuple(prose(f"Cause {n}.") for n in range(9))  # which leave no line

    def items(answer: Answer) -> list[str]:
        lines = shown(answer)
        told = "\n".join(lines[lines.index("What to do") + 1 :]).split("  • ")[1:4]
        return [" ".join(each.split()) for each in told]

    assert items(answer._replace(causes=causes)) == [
        " ".join(three.split()),
        "Short.",
        f"{'word ' * 20}(so, and so) … Why",
    ]
    # where there is room, more of each is told
    assert items(answer)[1:] == [
        " ".join(f"Short. Long {three}".split()),
        f"{'word ' * 20}(so, and so) … more: mailhelp -v",
    ]
