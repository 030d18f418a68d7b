"""Prose is made short by whole sentences, whose styles stay."""

from __future__ import annotations

import pytest

from mailhelp.answer import Prose
from mailhelp.render.blocks import plain
from mailhelp.sentences import clauses, paragraphs, sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Say so (see RFC 5321). Then go.", 2),
        ("Postfix 3.5 and later, e.g. Debian 11. Not before.", 2),
        ("Postfix writes `x.y`. It is a name.", 2),
        ("5.7.1 is a code. 12 is a number.", 2),
        ("Mail is lost (it was taken. Nobody knows where it went) for good. So look.", 2),
        ("no end", 1),
        ("", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    found = sentences((("", text),))
    assert len(found) == count
    assert " ".join(plain(runs) for runs in found) == text


def test_styles_stay_where_they_were() -> None:
    runs = (("", "See "), ("code", "main.cf"), ("", ". Then "), ("strong", "reload"), ("", "."))
    first, second = sentences(runs)
    assert first == (("", "See "), ("code", "main.cf"), ("", "."))
    assert second == (("", "Then "), ("strong", "reload"), ("", "."))


def test_paragraphs_come_from_lists_too() -> None:
    prose = Prose(
        "x",
        (
            ["p", [["", "One."]]],
            ["ul", [[["p", [["", "Two."]]]], [["p", [["", "Three."]]], ["code", "x"]]]],
        ),
    )
    assert [plain(runs) for runs in paragraphs(prose)] == ["One.", "Two.", "Three."]


def test_a_paragraph_that_leads_to_code_is_nothing_without_it() -> None:
    prose = Prose("x", (["p", [["", "For example:"]]], ["code", "x"], ["p", [["", "Then."]]]))
    assert [plain(runs) for runs in paragraphs(prose)] == ["Then."]


def test_clauses_never_end_within_brackets() -> None:
    runs = (("", "Set the login (name, password), with "), ("code", "key"), ("", ", and reload."))
    assert [plain(each) for each in clauses(runs)] == [
        "Set the login",
        "Set the login (name, password)",
        "Set the login (name, password), with key",
    ]


def test_code_begins_a_sentence_whatever_its_first_letter() -> None:
    runs = (("", "Put it there. "), ("code", "status=sent"), ("", " follows, e.g. "), ("code", "x"))
    assert [plain(each) for each in sentences(runs)] == [
        "Put it there.",
        "status=sent follows, e.g. x",
    ]
