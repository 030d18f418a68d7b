"""The blocks of a log are parted into runs of plain records and groups that only the engine can read."""

from __future__ import annotations

from mailhelp.log.plain import Plain, Run, captured
from mailhelp.session import Session

HEAD = "Nov 22 06:25:16 mx postfix/smtpd[123]: "
PLAIN = f"{HEAD}connect from mx.example.com[192.0.2.7]"


def parts(session: Session, *blocks: str) -> list[Run | list[str]]:
    plain = Plain(session.library.engine, lambda row: row)
    found: list[Run | list[str]] = []
    for block in blocks:
        found += plain.block(block)[1]
    return [*found, plain.rest()]


def test_plain_records_are_runs_and_the_last_is_left(session: Session) -> None:
    assert parts(session, "\n".join([PLAIN] * 4)) == [Run(0, 3), [PLAIN]]


def test_a_folded_line_stays_with_its_record(session: Session) -> None:
    lines = [PLAIN, PLAIN, "   folded", PLAIN, PLAIN]
    assert parts(session, "\n".join(lines)) == [Run(0, 1), lines[1:3], Run(3, 4), [PLAIN]]


def test_what_goes_on_in_the_next_block_is_put_together(session: Session) -> None:
    assert parts(session, PLAIN, "   folded\n" + PLAIN) == [[PLAIN, "   folded"], [PLAIN]]


def test_patterns_are_those_of_the_words_of_a_message(session: Session) -> None:
    plain = Plain(session.library.engine, lambda row: row.id)
    rows, found = plain.block(f"{PLAIN}\n{PLAIN}")
    assert list(found) == [Run(0, 1)]
    _, where, message, _ = rows[0]
    sources = plain.wheres[where]
    assert sources is not None
    ways = plain.ways(sources, sources.filing.intersection(message.split()), message)
    assert "log/postfix/smtpd/connect" in ways


def test_a_time_is_told_as_iso_8601(session: Session) -> None:
    plain = Plain(session.library.engine, lambda row: row)
    (row,), found = plain.block(PLAIN)
    assert list(found) == []
    assert plain.canonical(row[0])[4:] == "-11-22T06:25:16"


def test_groups_that_are_not_asked_for_are_not_captured() -> None:
    assert captured(r"(a)\((b)[(](?>(c))", [2]) == r"(?:a)\((b)[(](?>(?:c))"
