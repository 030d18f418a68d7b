"""Values are split into the parts that have a meaning of their own, each where it stands."""

import re

from mailhelp.patterns.fields import from_tables
from mailhelp.patterns.pattern import parse, to_regex
from mailhelp.patterns.values import Splitter, ValueSpan

FIELDS = from_tables(
    {
        "text": {"regex": ".*"},
        "name": {"regex": r"[^\s\[]+"},
        "address": {"regex": r"[\d.]+"},
        "client": {"regex": r"\S+", "forms": ["{name}[{address}]", "{address}"]},
        "sender": {"regex": r"[^>]*"},
        "to": {"regex": r"[^\s,]+"},
        "size": {"regex": r"\d+"},
        "attributes": {
            "regex": ".*",
            "items": ["to={to}", "size={size}", "from=<{sender}>"],
            "separator": ", ",
        },
    }
)


def split(pattern: str, text: str) -> list[tuple[str, str]]:
    parts = parse(pattern)
    found = re.match(to_regex(parts, FIELDS), text, re.DOTALL)
    assert found
    names = tuple(part.name for part in parts if not isinstance(part, str))
    spans = Splitter(FIELDS).groups(found, names)
    for span in spans:
        assert text[span.start : span.end] == span.value
    return [(span.name, span.value) for span in spans]


def test_a_value_is_followed_by_its_parts() -> None:
    assert split("from {client}", "from mx.example[192.0.2.7]") == [
        ("client", "mx.example[192.0.2.7]"),
        ("name", "mx.example"),
        ("address", "192.0.2.7"),
    ]


def test_the_first_form_that_fits_all_of_it() -> None:
    assert split("from {client}", "from 192.0.2.7") == [
        ("client", "192.0.2.7"),
        ("address", "192.0.2.7"),
    ]
    assert split("from {client}", "from mx.example") == [("client", "mx.example")]


def test_items_in_any_order_with_strangers_between_them() -> None:
    found = split(
        "x: {attributes}", "x: size=7, nobody=knows, to=a@example.net, from=<b@c.example>"
    )
    assert found[1:] == [("size", "7"), ("to", "a@example.net"), ("sender", "b@c.example")]


def test_an_item_is_no_part_of_another_word() -> None:
    assert split("x: {attributes}", "x: resize=7, size=8x")[1:] == []


def test_an_empty_value_is_shown_by_its_brackets() -> None:
    found = re.match(to_regex(parse("from=<{sender}>"), FIELDS), "from=<>")
    assert found
    assert Splitter(FIELDS).groups(found, ("sender",)) == [ValueSpan(5, 7, "sender", "<>")]
    assert split("[{text}: x", "[: x") == []
