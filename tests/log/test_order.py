"""Within a log its own order stands; several logs are merged by time."""

from __future__ import annotations

import pytest

from mailhelp.log.facts import Fact, Ref
from mailhelp.log.order import CLOCK, STEP, WINDOW, is_mixed_up, is_newest_first, merged, zone_moves

HOUR = 3600.0


def at(seconds: float | None, line: int = 1, file: str = "mail.log", **more: object) -> Fact:
    return Fact(file, line, "postfix/qmgr", 1, "mx", seconds, **more)  # type: ignore[arg-type]


def lines(facts: list[Fact]) -> list[int]:
    return [fact.line for fact in facts]


def test_logs_are_merged_by_time_and_one_second_keeps_the_order_of_the_logs() -> None:
    one = [at(1, 1), at(5, 2), at(9, 3)]
    other = [at(5, 11), at(6, 12)]
    assert lines(list(merged([one, other]))) == [1, 2, 11, 12, 3]
    assert lines(list(merged([other, one]))) == [1, 11, 2, 12, 3]


def test_records_a_little_late_stay_where_they_are() -> None:
    assert lines(list(merged([[at(10, 1), at(9, 2), at(11, 3)]]))) == [1, 2, 3]


def test_time_goes_on_over_a_clock_that_was_set_back() -> None:
    told = list(merged([[at(0, 1), at(2 * HOUR, 2), at(HOUR, 3), at(HOUR + 5, 4)]]))
    (step,) = [fact for fact in told if fact.event == CLOCK]
    assert (step.line, step.value(STEP)) == (3, "3600")
    facts = [fact for fact in told if fact is not step]
    assert lines(facts) == [1, 2, 3, 4]
    assert [fact.seconds for fact in facts] == [0, 2 * HOUR, 2 * HOUR, 2 * HOUR + 5]


def test_a_log_whose_year_turns_goes_on() -> None:
    year = 365 * 86400.0
    facts = list(merged([[at(year - 10, 1), at(5, 2)]]))
    assert [fact.seconds for fact in facts] == [year - 10, year + 5]


def test_another_part_of_a_log_begins_with_its_own_time() -> None:
    facts = list(merged([[at(10 * 86400.0, 1), at(5.0, 2)]]))
    assert [fact.seconds for fact in facts] == [10 * 86400.0, 5.0]


def test_mixed_up_lines_are_put_in_order() -> None:
    early, late = [at(n, n) for n in range(10)], [at(HOUR + n, 100 + n) for n in range(10)]
    mixed = [fact for pair in zip(early, late, strict=True) for fact in pair]
    assert lines(list(merged([mixed]))) == [*range(10), *range(100, 110)]


def test_more_than_a_window_keeps_its_facts() -> None:
    mixed = [at(n + (n % 2) * HOUR, n) for n in range(WINDOW + 100)]
    assert sorted(lines(list(merged([mixed])))) == list(range(WINDOW + 100))


def test_newest_first_is_turned_round() -> None:
    assert lines(list(merged([[at(9, 4), at(9, 3), at(5, 2), at(4, 1), at(3, 0)]]))) == [*range(5)]


@pytest.mark.parametrize(
    ("times", "newest", "mixed"),
    [
        ([1, 2, 3, 4], False, False),
        ([4, 3, 2, 1], True, False),
        ([1, HOUR, 2, HOUR + 1], False, True),
        ([0, HOUR, 2 * HOUR, HOUR + 1800], False, False),
        ([], False, False),
    ],
)
def test_what_a_log_s_times_look_like(times: list[float], newest: bool, mixed: bool) -> None:
    assert (is_newest_first(times), is_mixed_up(times)) == (newest, mixed)


def test_facts_without_a_time_stay_with_those_before() -> None:
    assert lines(list(merged([[at(5, 1), at(None, 2)], [at(6, 11)]]))) == [1, 2, 11]


def test_a_log_without_a_zone_is_moved_as_the_ids_show() -> None:
    ids = (Ref("queue", "AAAAA1", "own"),)
    zoned = [at(7200.0, time="1970-01-01T02:00:00Z", refs=ids)]
    local = [at(10_805.0, time="1970-01-01T03:00:05", refs=ids)]
    assert zone_moves([zoned, local]) == [0.0, -HOUR]
    assert zone_moves([local, zoned]) == [-HOUR, 0.0]


def test_without_a_common_id_the_zone_of_the_other_log_counts() -> None:
    zoned = [at(0.0, time="1970-01-01T02:00:00+02:00")]
    local = [at(7300.0, time="1970-01-01T02:01:40")]
    assert zone_moves([zoned, local]) == [0.0, -2 * HOUR]
    assert zone_moves([local, local]) == [0.0, 0.0]


def test_the_times_of_a_moved_log_are_those_of_the_others() -> None:
    ids = (Ref("queue", "AAAAA1", "own"),)
    zoned = [at(7200.0, 1, time="1970-01-01T02:00:00Z", refs=ids)]
    local = [at(10_805.0, 2, time="1970-01-01T03:00:05", refs=ids)]
    assert [fact.seconds for fact in merged([local, zoned])] == [7200.0, 7205.0]
