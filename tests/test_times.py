"""Times as people write them."""

from datetime import datetime

import pytest

from mailhelp.errors import UsageError
from mailhelp.times import moment, span

NOW = datetime(2026, 11, 22, 12, 30, 5)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-21", "2026-11-21T00:00:00"),
        ("2026-11-21 06:07", "2026-11-21T06:07:00"),
        ("2026-11-21T06:07:08+01:00", "2026-11-21T06:07:08"),
        ("6:30", "2026-11-22T06:30:00"),
        ("06:30:01", "2026-11-22T06:30:01"),
        ("today", "2026-11-22T00:00:00"),
        ("Yesterday", "2026-11-21T00:00:00"),
        ("2h", "2026-11-22T10:30:05"),
        ("Nov 13", "2026-11-13T00:00:00"),
        ("nov  3 06:07", "2026-11-03T06:07:00"),
        ("Dec 24 06:07:08", "2025-12-24T06:07:08"),
        ("13 Nov", "2026-11-13T00:00:00"),
    ],
)
def test_a_moment(text: str, time: str) -> None:
    assert moment(text, NOW) == time


@pytest.mark.parametrize(("text", "time"), [("30m", "12:00:05"), ("1 h", "11:30:05")])
def test_a_span(text: str, time: str) -> None:
    assert span(text, NOW) == f"2026-11-22T{time}"
    assert span("999999w", NOW) == ""


@pytest.mark.parametrize("text", ["", "soon", "25:00", "2026-13-01", "2 hours ago"])
def test_no_time(text: str) -> None:
    with pytest.raises(UsageError):
        moment(text, NOW)
    with pytest.raises(UsageError):
        span(text, NOW)
