"""The tables at the top of the corpus: their patterns are patterns, and what they name is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from mailhelp.patterns.pattern import parse, to_regex
from mailhelp.session import Session


def patterns(table: Any, keys: tuple[str, ...]) -> Iterator[str]:
    """The strings below the keys, at any depth."""
    for key, value in table.items():
        if key in keys:
            values = value.values() if isinstance(value, dict) else value
            for each in values:
                yield from each if isinstance(each, list) else [each]
        elif isinstance(value, dict):
            yield from patterns(value, keys)


@pytest.mark.parametrize("name", ["shapes", "listings", "containers", "ends"])
def test_patterns_compile(session: Session, name: str) -> None:
    library = session.library
    found = list(patterns(library.table(name), ("patterns", "lines", "prefixes", "hosts")))
    assert found
    for text in found:
        re.compile(to_regex(parse(text), library.fields))


def test_entries_that_listings_name_exist(session: Session) -> None:
    table = session.library.table("listings")
    ids = [table["reasons"]["entry"], table["reasons"]["ages"]]
    ids += [hint["related"] for hint in table["hints"].values()]
    assert all(session.library.document(id) for id in ids)


def test_every_outcome_that_is_real_output_is_known_as_one(session: Session) -> None:
    from mailhelp import query

    library = session.library
    for document in library.all_of("recipe"):
        if "openssl" in document.data["requires"] and document.id != "recipe/sasl-auth-check":
            for output in document.data["outputs"]:
                sample = output["sample"].strip("\n").split("\n")
                if len(sample) > 2:
                    assert query.held(library, sample) == "output", output
