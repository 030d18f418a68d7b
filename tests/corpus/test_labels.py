"""What prose says of some messages alone is told apart by the words that it begins with."""

from __future__ import annotations

from typing import Any

from mailhelp.corpus.labels import cut, labelled

MESSAGES = (
    "cannot lock {text}",
    "cannot read {text}: {problem}",
    "cannot read /srv/a: File too large",
)


def said(rows: list[Any]) -> list[tuple[list[list[str]], str, bool]]:
    return [(labels, stored["markdown"], is_apart) for labels, stored, is_apart in rows]


def test_an_item_of_the_text_and_the_rest_of_its_list() -> None:
    found = labelled(
        "A file failed.\n\n- `cannot lock`: It waits.\n- Always so.\n  Still.\n- Never.\n\nThe end.",
        (),
        (),
        MESSAGES,
    )
    assert said(found["explanation"]) == [
        ([], "A file failed.", False),
        ([["cannot lock"]], "`cannot lock`: It waits.", True),
        ([], "- Always so.\n  Still.\n- Never.", False),
        ([], "The end.", False),
    ]


def test_several_statements_in_one_item() -> None:
    found = labelled(
        "", ("`cannot lock`: A. `cannot read … too large`, `cut`: B.", "A full disk."), (), MESSAGES
    )
    assert said(found["causes"]) == [
        ([["cannot lock"]], "`cannot lock`: A.", True),
        ([["cannot read", "too large"], ["cut"]], "`cannot read … too large`, `cut`: B.", True),
        ([], "A full disk.", False),
    ]


def test_words_that_no_message_is_known_to_hold_keep_nothing_from_others() -> None:
    found = labelled("", (), ("`No space left`: Make room.",), MESSAGES)
    assert said(found["actions"]) == [([["No space left"]], "`No space left`: Make room.", False)]


def test_what_only_leads_to_a_list_goes_with_it() -> None:
    found = labelled("It failed. The words say why:\n- `cannot lock`: It waits.", (), (), MESSAGES)
    assert [stored["markdown"] for _, stored, _ in found["explanation"]] == [
        "It failed.",
        "`cannot lock`: It waits.",
    ]


def test_an_entry_without_such_words_has_no_rows() -> None:
    assert labelled("See `postconf -n` for it.", ("A `lock`.",), ("Call `man`.",), MESSAGES) == {}


def test_a_label_that_ends_inside_a_word_is_held_by_no_message() -> None:
    found = labelled("- `cannot lo`: A.\n- `cannot lock`: B.\n- `no disk`: C.", (), (), MESSAGES)
    assert list(cut(found["explanation"], MESSAGES)) == ["cannot lo"]
