"""Tables as text → rows, as postmap, postalias and the tables' own readers take them."""

from __future__ import annotations

import pytest

from mailhelp.conditions import Row
from mailhelp.host.postfixfiles import Logical
from mailhelp.host.tablefiles import Text, inline, rows


def read(kind: str, text: str, dialect: str = "", *, cut: bool = False) -> list[Row]:
    return rows(kind, Text(text.split("\n"), cut), dialect)


def told(kind: str, text: str, dialect: str = "") -> list[tuple[str, str, str]]:
    return [(row.key, row.result, row.flaw) for row in read(kind, text, dialect)]


def test_plain_rows() -> None:
    text = '# c\n\na  x y \r\nb\n\tz\n"c d"@e f\n\\ g h\n'
    assert told("plain", text) == [
        ("a", "x y", ""),
        ("b", "z", ""),
        ('"c d"@e', "f", ""),
        ("\\ g", "h", ""),
    ]


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ("a", "no_result"),
        ("a  \r", "no_result"),
        ("a: x", "colon"),
        (" a x", "indented"),
        ('"a b x', "quote"),
        ('a"b x', "quote"),
        ("a z\udcfcrich", "not_utf8"),
        ("a zürich", ""),
        ("\ufeffa x", "mark"),
        ("a x\0y z", ""),
    ],
)
def test_flaws_of_plain_rows(line: str, flaw: str) -> None:
    (row,) = read("plain", line)
    assert row.flaw == flaw


def test_a_mark_before_a_comment_does_no_harm() -> None:
    assert told("plain", "\ufeff# x\na b") == [("a", "b", "")]
    assert told("patterns", "\ufeff\n/a/ b", "pcre") == [("/a/", "b", "")]


def test_a_key_that_is_there_twice_names_the_first_line() -> None:
    found = read("plain", "a x\nA y\na X\n")
    assert [(row.flaw, row.detail) for row in found] == [("", ""), ("twice", "1"), ("", "")]


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ("root: ann", ""),
        ("root : ann", ""),
        ('"a b": c', ""),
        ("a(x:y): b", ""),
        ("list: :include:/x", ""),
        ("root ann", "no_pair"),
        (": ann", "no_pair"),
        ("root:", "no_result"),
        ("a, b: c", "many"),
        ("a@example.com: b", "not_local"),
        ("  root: ann", "indented"),
    ],
)
def test_aliases(line: str, flaw: str) -> None:
    (row,) = read("aliases", line)
    assert row.flaw == flaw


@pytest.mark.parametrize(
    ("line", "dialect", "flaw"),
    [
        ("/a/ OK", "regexp", ""),
        ("!/a/i OK", "regexp", ""),
        ("/a/!/b/x OK", "regexp", ""),
        ("|a/b| OK", "pcre", ""),
        ("/a\\/b/AU OK", "pcre", ""),
        ("/a/ $$ ${1}", "pcre", "group"),
        ("/(a)/ $$ ${1} $(1)", "pcre", ""),
        ("/(?:a)/ $1", "pcre", "group"),
        ("/(?<n>a)(?=b)(?<!c)/ $1", "pcre", ""),
        ("/(?:a)/ $1", "regexp", ""),
        ("!/(a)/ $1", "pcre", "group"),
        ("/a/ 5 $ x", "regexp", "dollar"),
        ("/a OK", "regexp", "no_end"),
        ("/a\\", "regexp", "no_end"),
        ("!", "regexp", "no_end"),
        ("/a/b/ OK", "regexp", "option"),
        ("/a/U OK", "regexp", "option"),
        ("/a/", "regexp", "no_result"),
        ("a@b OK", "regexp", "no_pattern"),
        ("/(a/ OK", "regexp", "bracket"),
        ("/a)/ OK", "regexp", ""),
        ("/a)/ OK", "pcre", "bracket"),
        ("/[a/ OK", "pcre", "bracket"),
        ("/[](]/ OK", "pcre", ""),
        ("/[^]([:alpha:]]/ OK", "regexp", ""),
        ("/[\\]]/ OK", "pcre", ""),
        ("/*a/ OK", "pcre", "nothing_repeated"),
        ("//  OK", "pcre", ""),
    ],
)
def test_patterns(line: str, dialect: str, flaw: str) -> None:
    (row,) = read("patterns", line, dialect)
    assert row.flaw == flaw


def test_if_and_endif() -> None:
    text = "if /a/\nIF !/b/\n/c/ x\nendif\nendif\nendif\nif /d/\n/e/ y\n"
    flaws = [(row.flaw, row.number) for row in read("patterns", text, "pcre")]
    assert flaws == [("", 3), ("endif_alone", 6), ("", 8), ("if_open", 7)]
    assert read("patterns", "if /a/\n /b/ x\nendif", "pcre")[0].flaw == "if_text"
    # of a table that was not read to its end it is not known
    assert read("patterns", "if /a/\n/b/ x", "pcre", cut=True)[-1].flaw == ""


@pytest.mark.parametrize(
    ("line", "flaw", "detail"),
    [
        ("192.0.2.0/24 OK", "", ""),
        ("192.0.2.7\tOK", "", ""),
        ("[2001:db8::]/32 OK", "", ""),
        ("[2001:DB8::/32] OK", "", ""),
        ("! 192.0.2.0/24 OK", "", ""),
        ("192.0.2.7/24 OK", "host_bits", "192.0.2.0/24"),
        ("192.0.2.0/33 OK", "mask", "33"),
        ("192.0.2.0/x OK", "mask", "x"),
        ("192.0.2. OK", "no_network", ""),
        ("example.com OK", "no_network", ""),
        ("192.0.2.0/24", "no_result", ""),
        ("if example.com", "no_network", ""),
    ],
)
def test_networks(line: str, flaw: str, detail: str) -> None:
    (row,) = read("networks", line)
    assert (row.flaw, row.detail) == (flaw, detail)


def test_the_same_network_counts_twice_only_outside_if() -> None:
    text = "if 192.0.2.0/24\n0.0.0.0/0 x\nendif\n0.0.0.0/0 y\n0.0.0.0/0 z"
    assert [row.flaw for row in read("networks", text)] == ["", "", "twice"]


def test_inline() -> None:
    line = Logical(((3, 0, "transport_maps = inline:{…}"),))
    found = inline("a=x, {b = y, z} c", line)
    assert [(row.key, row.result, row.flaw, row.number) for row in found] == [
        ("a", "x", "", 3),
        ("b", "y, z", "", 3),
        ("c", "", "no_result", 3),
    ]
