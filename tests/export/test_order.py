"""Which pattern goes before which."""

from __future__ import annotations

from mailhelp.export.order import entries_in_order, overruled
from mailhelp.export.rules import Gap, Program, Rule, Rules

TEXT = Gap("text", ".*?")
ONE = Rule("a/one", ("seen ", Gap("n", r"\d+"), " times"), 11, False)
ALL = Rule("a/all", ("seen ", TEXT), 5, False)
LONG = Rule("a/all", ("something else and long",), 23, False)


def rules(*found: Rule, better: dict[str, frozenset[str]]) -> Rules:
    return Rules((Program("a", ("a",), (), (), found),), {}, better)


def test_a_better_pattern_overrules_what_fits_its_records() -> None:
    known = rules(LONG, ONE, ALL, better={"a/all": frozenset({"a/one"})})
    assert overruled(known) == {ALL: [ONE]}


def test_where_the_texts_do_not_tell_all_better_ones_do() -> None:
    other = Rule("a/all", ("x ", TEXT), 2, False)
    known = rules(ONE, other, better={"a/all": frozenset({"a/one"})})
    assert overruled(known) == {other: [ONE]}


def test_what_a_family_shares_is_not_overruled_by_one_of_it() -> None:
    shared = ALL._replace(shared=True)
    known = Rules(
        (Program("f/any", (), (), (), (shared,), "f"), Program("f/a", ("a",), (), (), (ONE,))),
        {},
        {"a/all": frozenset({"a/one"})},
    )
    assert overruled(known) == {}


def test_entries_stand_behind_the_better_ones() -> None:
    known = rules(LONG, ONE, ALL, better={"a/all": frozenset({"a/one"})})
    found = entries_in_order(known.programs[0], known)
    assert found == [("a/one", [ONE]), ("a/all", [LONG, ALL])]


def test_two_that_are_better_than_each_other_both_stand() -> None:
    both = {"a/all": frozenset({"a/one"}), "a/one": frozenset({"a/all"})}
    known = rules(LONG, ONE, ALL, better=both)
    assert {entry for entry, _ in entries_in_order(known.programs[0], known)} == {"a/one", "a/all"}
