"""Fields are defined once, and their regexes can be matched in linear time."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.corpus.fields import FieldSet, regex_fault
from mailhelp.corpus.read import FieldTable
from mailhelp.patterns.fields import Field


def table(name: str, owner: str = "", **keys: object) -> FieldTable:
    return FieldTable(name, keys, Path("fields/x.toml"), 1, owner)


def faults(known: FieldSet, *tables: FieldTable) -> list[str]:
    return [fault.text for fault in known.add(tables)]


def test_a_name_is_defined_once() -> None:
    known = FieldSet()
    assert faults(known, table("a", regex="x"), table("a", regex="y")) == [
        "[a] is also defined for all entries"
    ]
    assert known.fields["a"].regex == "x"
    assert faults(known, table("a", "log/x", regex="y")) == [
        "[fields.a] is also defined for all entries"
    ]


def test_a_field_of_one_entry_is_for_it_and_its_parts() -> None:
    known = FieldSet()
    assert faults(known, table("a", "log/x", regex="x")) == []
    assert known.foreign("a", ["log/x", "part/p"]) == ""
    assert known.foreign("a", ["log/y"]) == "is a field of log/x alone; move it to fields/"


def test_a_field_needs_a_regex_of_its_own_or_of_what_it_is_like() -> None:
    known = FieldSet()
    said = faults(
        known,
        table("a", meaning="x"),
        table("b", like="c"),
        table("c", like="b"),
        table("d", regex="x"),
        table("e", like="d"),
    )
    assert said == [f"[{name}] has no 'regex', nor has what it is like" for name in "abc"]
    assert set(known.fields) == {"d", "e"}


def test_what_it_refers_to_must_be_there() -> None:
    said = faults(FieldSet(), table("a", regex="x", items=["{b}", "{{"], separator=" "))
    assert said == ["[a] there is no field 'b'"]
    assert "a single {" in faults(FieldSet(), table("a", regex="x", forms=["{"]))[0]


def test_notes_add_to_the_fields_of_their_base() -> None:
    base = FieldSet()
    base.add([table("a", regex="x"), table("own", "log/x", regex="y")])
    stored = FieldSet.of_rows(base.rows())
    assert stored.fields == base.fields
    assert stored.owners == {"own": "log/x"}
    notes = FieldSet(stored)
    assert faults(notes, table("a", regex="z")) == []  # a note may replace one
    assert notes.fields["a"].regex == "z"
    assert [row.name for row in notes.rows()] == ["a"]


@pytest.mark.parametrize(
    ("regex", "fault"),
    [
        (r"\S+", None),
        (".*", None),
        (r"(?:a|b)+", None),
        (r"\w++ \w+", None),
        (r"(?>(?:a b)*)x+", None),
        ("(a)", "captures a group"),
        ("a(", "regex: "),
        (r"\w+ \w+", "more than one endless repeat"),
        (r"(?:a+)+", "more than one endless repeat"),
        (r"(?:ab|c)*+", "a possessive repeat of a group"),
    ],
)
def test_a_regex_is_linear_and_captures_nothing(regex: str, fault: str | None) -> None:
    found = regex_fault(Field("x", regex))
    assert found is None if fault is None else found is not None and fault in found
