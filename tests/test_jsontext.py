"""JSON without ``json``: what either writes the other reads alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as made

from mailhelp import jsontext

VALUES = made.recursive(
    made.none()
    | made.booleans()
    | made.integers()
    | made.floats(allow_nan=False, allow_infinity=False)
    | made.text(),
    lambda inner: made.lists(inner) | made.dictionaries(made.text(), inner),
)


@given(VALUES)
def test_it_reads_and_writes_as_json_does(value: Any) -> None:
    written = jsontext.write(value)
    assert written == json.dumps(value)
    assert jsontext.read(written) == json.loads(written)


@pytest.mark.parametrize("text", ["", " ", "{", '{"a": 1} x', "nul", '"a', "[1,]", "[" * 200_000])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # json's own errors are of this class too
        jsontext.read(text)


def test_what_json_cannot_hold_is_not_written() -> None:
    with pytest.raises(TypeError, match="set is no JSON"):
        jsontext.write({"a": {1}})
