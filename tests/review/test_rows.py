"""Conditions on rows of lookup tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailhelp.conditions import Row, Service, Table, View
from mailhelp.review.rows import rows_of


class Known(View):
    """A view of two values."""

    def value(self, name: str) -> str | None:
        return {"own": "mx.example.com", "list": "a.example, hash:/x"}.get(name)


def of_rows(condition: Mapping[str, Any], *rows: Row, **given: Any) -> list[tuple[str, str]]:
    """Keys of the rows for which a condition holds, and the word that was found."""
    view = Known()
    kind = given.pop("kind", "plain")
    table = Table("transport", "transport_maps", "hash", kind, "/t", rows, **given)
    view.tables = [table, Table("domains", "list", "hash", "plain", "/x", [Row("b.example", "x")])]
    view.services = [Service("smtp/unix", "smtp", {}, ()), Service("in/inet", "smtpd", {}, ())]
    view.restrictions = frozenset({"reject_unlisted_sender", "permit"})
    about = {"table": ["transport"], **condition}
    return [(row.key, values.get("word", "")) for values, _, row in rows_of(about, view)]


def test_rows_of_tables_by_their_parts() -> None:
    rows = (Row("a", "smtp:x"), Row("b", "in:y"), Row("c", "", "no_result"))
    assert of_rows({"key": "a|c"}, *rows) == [("a", "")]
    assert of_rows({"key_not": "a"}, *rows) == [("b", "")]
    assert of_rows({"flaw": ["no_result"]}, *rows) == [("c", "")]
    assert of_rows({"result": "(?P<word>s.*):x"}, *rows) == [("a", "smtp")]
    assert of_rows({"result_not": "s.*"}, *rows) == [("b", "")]
    assert of_rows({"unknown_service": True}, *rows) == [("b", "in")]
    assert of_rows({"result": "smtp:{own}"}, Row("a", "smtp:mx.example.com")) == [("a", "")]
    assert of_rows({"result": "smtp:{none}"}, Row("a", "smtp:")) == []
    assert of_rows({"item": "y|z"}, Row("a", 'x, "y, q", z')) == [("a", "z")]
    assert of_rows({"key_in": ["list"]}, Row("A.example", ""), Row("b.example", "")) == [
        ("A.example", ""),
        ("b.example", ""),
    ]
    inside = Row("a", "x", "", "", (), True)
    assert of_rows({"inside_if": False}, inside, Row("b", "x")) == [("b", "")]


def test_rows_of_tables_by_their_first_word() -> None:
    known = {"first_not": ["REJECT", "OK", "$restrictions"]}
    rows = (
        Row("a", "reject no"),
        Row("b", "REJCT no"),
        Row("c", "permit, reject_unlisted_sende"),
        Row("d", "BLOCK"),
        Row("e", "$1"),
    )
    assert of_rows(known, *rows) == [
        ("b", "REJCT"),
        ("c", "reject_unlisted_sende"),
        ("d", "BLOCK"),
    ]
    assert of_rows({**known, "near": False}, *rows) == [("d", "BLOCK")]
    assert [key for key, _ in of_rows({**known, "near": True}, *rows)] == ["b", "c"]


def test_a_line_that_goes_on_and_looks_like_a_row() -> None:
    def row(*lines: str) -> Row:
        return Row("a", "x", "", "", tuple((n, 0, line) for n, line in enumerate(lines, 1)))

    asked = {"continued": r"\S+ \S+"}
    assert of_rows(asked, row("a x", "  b y")) == [("a", "b")]
    assert of_rows(asked, row("a x,", "  b y"), row("a x", " b")) == []


def test_tables_by_what_asks_them() -> None:
    row = Row("a", "x")
    asked = {"use": ["check_client_access"], "not_after": ["reject*"]}
    assert of_rows(asked, row, use="check_client_access", ahead=("permit",)) == [("a", "")]
    assert of_rows(asked, row, use="check_client_access", ahead=("reject_x", "permit")) == []
    assert of_rows(asked, row) == []
    assert of_rows({"written": ["aliases"]}, row) == []
    assert of_rows({"except": ["transport"], "table": ["*"]}, row) == [("b.example", "")]
    assert of_rows({"parameter": ["*_maps"]}, row) == [("a", "")]
