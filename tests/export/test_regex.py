"""Regexes of other engines."""

from __future__ import annotations

import re

from mailhelp.export.regex import atoms, literal, one_of, plain
from mailhelp.export.rules import Gap, Rule


def test_fixed_text_is_itself() -> None:
    text = "a.b*c (d) [e] {f} $g ^h |i \\j 100% #k"
    assert re.fullmatch(literal(text), text)


def test_sets_inside_sets_are_fixed_text() -> None:
    assert plain(r"[^[\]&]+ \[[a-z]*\Z") == r"[^\[\]\&]+ \[[a-z]*\z"


def test_alternatives_share_what_they_begin_with() -> None:
    number = Gap("n", r"\d+")
    found = one_of(
        atoms(Rule("a", pieces, 0, False), lambda gap: f"({gap.regex})", r"\Z")
        for pieces in (("a ", number, " b"), ("a ", number, " c"), ("d",))
    )
    assert found == r"(?:a (?:(?>(\d+) b\Z)|(?>(\d+) c\Z))|d\Z)"
    assert re.fullmatch(found, "a 12 c")
    assert not re.fullmatch(found, "a 12 d")
