"""How well a record is known, and which of its values counts."""

from mailhelp.log.prefix import Record
from mailhelp.log.read import Hit, Read
from mailhelp.patterns.values import ValueSpan

RECORD = Record("x", "x")


def test_how_well_it_is_known() -> None:
    assert Read(1, RECORD).recognised == "no"
    assert Read(1, RECORD, Hit("log/a")).recognised == "entry"
    assert Read(1, RECORD, Hit("part/a", generic=True)).recognised == "generic"
    # that the last one came again is understood, whatever the record says
    assert Read(1, RECORD._replace(repeats_last=True)).recognised == "generic"


def test_a_header_field_is_one_by_its_entry() -> None:
    assert Read(1, RECORD, Hit("header/received")).is_header
    assert not Read(1, RECORD, Hit("log/a")).is_header
    assert not Read(1, RECORD).is_header


def test_the_first_value_that_is_one_counts() -> None:
    values = (
        ValueSpan(0, 2, "sender", "<>"),
        ValueSpan(3, 4, "sender", "a"),
        ValueSpan(5, 6, "sender", "b"),
        ValueSpan(7, 9, "client", "[]"),
    )
    assert Read(1, RECORD, values=values).first() == {"sender": "a"}
