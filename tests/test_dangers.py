"""Which settings open, lose or delete: each way that a row of the dangers can be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mailhelp.dangers import fits, items, of_setting


def holds(row: Mapping[str, Any], value: str, **others: str) -> bool:
    rows = {"it": {"parameter": ["x"], **row}}
    found = [name for name, _ in of_setting(rows, "x", value, others.get)]
    assert list(of_setting(rows, "y", value, others.get)) == []
    return found == ["it"]


def test_stars_stand_for_anything() -> None:
    assert fits("static:*", "static:all")
    assert not fits("static:*", "hash:static:all")
    assert fits(r"\*", "*")
    assert not fits(r"\*", "all")
    assert not fits("a.b", "axb")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a, b\tc,,d", ["a", "b", "c", "d"]),
        ("a { b, c } d", ["a", "{ b, c }", "d"]),
        ("{ a { b } }, c", ["{ a { b } }", "c"]),
        ("{ never closed", ["{ never closed "]),
        ("", []),
    ],
)
def test_lists_are_parted_as_postfix_does(value: str, expected: list[str]) -> None:
    assert items(value) == expected


def test_a_whole_value() -> None:
    assert holds({"is": ["yes"]}, "YES")
    assert not holds({"is": ["yes"]}, "yes no")
    assert holds({"is": ["?"]}, "") is False
    assert holds({"is": ["*?"]}, "anything")
    assert not holds({"is": ["*?"]}, "")


def test_one_of_the_items() -> None:
    row = {"has": ["permit"], "unless_after": ["reject*"]}
    assert holds(row, "permit_mynetworks, permit")
    assert not holds(row, "permit_mynetworks")
    assert not holds(row, "reject_unauth_destination permit")
    assert not holds(row, "warn_if_reject permit")
    assert holds({"lacks": ["reject"]}, "permit")
    assert not holds({"lacks": ["reject"]}, "permit reject")


@pytest.mark.parametrize(
    ("value", "wide"),
    [
        ("9.0.0.0/8", True),
        ("127.0.0.0/8 [2600::]/16", True),
        ("[2600:1:2:3::]/64", False),
        ("9.9.9.0/24", False),
        ("10.0.0.0/8", False),  # private: nobody of the internet
        ("!9.0.0.0/8", False),
        ("hash:/etc/postfix/networks", False),
    ],
)
def test_a_network_of_strangers(value: str, wide: bool) -> None:
    assert holds({"network": True, "addresses": 65536}, value) is wide


@pytest.mark.parametrize(
    ("row", "value", "expected"),
    [
        ({"below": "1h"}, "30m", True),
        ({"below": "1h"}, "1h", False),
        ({"below": "1h"}, "90m", False),
        ({"below": "1h"}, "0", True),
        ({"above": "5d"}, "1w", True),
        ({"above": "5d"}, "5d", False),
        ({"above": "10"}, "11", True),
        ({"below": "10"}, "9", True),
        ({"below": "10"}, "many", False),
    ],
)
def test_below_and_above(row: Mapping[str, Any], value: str, expected: bool) -> None:
    assert holds(row, value) is expected


def test_more_than_another_setting() -> None:
    row = {"more_than": "limit"}
    assert holds(row, "20", limit="10")
    assert not holds(row, "10", limit="10")
    assert holds(row, "0", limit="10")  # 0 is no limit at all
    assert not holds(row, "20", limit="0")
    assert not holds(row, "20")  # it is not known
    assert holds(row, "2d", limit="1d")
    assert not holds(row, "1h", limit="1d")


def test_beside_other_settings() -> None:
    row = {"is": ["yes"], "with": {"other": ["may", "none"]}}
    assert holds(row, "yes", other="may")
    assert not holds(row, "yes", other="encrypt")
    assert not holds(row, "yes")
    row = {"is": ["*"], "other": "list", "other_lacks": ["reject*"]}
    assert holds(row, "x", list="permit")
    assert not holds(row, "x", list="permit reject_unauth_destination")
    assert not holds(row, "x")
