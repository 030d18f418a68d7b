"""Fields: what a value means, what one field takes from another, and what it may not take."""

import pytest

from mailhelp.patterns.fields import Field, from_table, from_tables, to_table

TABLES = {
    "id": {"regex": r"\w+", "meaning": "An id.", "space": "queue", "relation": "own"},
    "word": {"like": "id", "meaning": "A word."},
    "list": {"regex": ".*", "items": ["{word}"], "separator": ","},
    "others": {"regex": ".*", "items_of": "list"},
}


def test_a_field_like_another_is_no_id_of_the_mail() -> None:
    fields = from_tables(TABLES)
    assert fields["word"].regex == r"\w+"
    assert fields["word"].meaning == "A word."
    assert (fields["word"].space, fields["word"].relation) == ("", "mentions")
    assert (fields["id"].space, fields["id"].relation) == ("queue", "own")


def test_a_list_may_have_the_items_of_another() -> None:
    assert from_tables(TABLES)["others"].items == ("{word}",)
    assert from_tables(TABLES)["others"].separator == ","


def test_a_value_is_read_with_its_unit_or_its_special_meaning() -> None:
    field = Field("size", r"\d+", "The size.", "bytes", {"0": "No limit."})
    assert field.read("7") == "The size (bytes)."
    assert field.read("0") == "No limit."
    assert Field("x", ".*", "All.").read("7") == "All."


def test_only_one_value_is_simple() -> None:
    assert Field("x", r"\d+").simple
    assert not Field("x", ".*").simple
    assert not Field("x", r"\S+", forms=("{a}",)).simple
    assert not Field("x", r"\S+", items=("{a}",)).simple
    assert Field("x", ".*").free


def test_a_field_is_the_same_after_it_was_stored() -> None:
    for name, field in from_tables(TABLES).items():
        assert from_table(name, to_table(field)) == field


def test_a_key_that_no_field_has() -> None:
    with pytest.raises(TypeError):
        from_tables({"x": {"regex": "x", "tilte": "x"}})
