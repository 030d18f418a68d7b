"""What is sifted out of a log is what reading all of it finds, however odd the log is."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from mailhelp.explain.log import Explainer
from mailhelp.log.read import Read
from mailhelp.log.sift import sifted
from mailhelp.session import Session
from tests.log.test_scan import HEAD, TOLD, hostile, lines_of

DIALOGUE = [
    f"{HEAD}> a.example[192.0.2.7]: 334 VXNlcm5hbWU6",
    f"{HEAD}< a.example[192.0.2.7]: dGVzdA==",
    "334 UGFzc3dvcmQ6",
    "dGVzdA==",
    "AUTH PLAIN",
    "AHRlc3QAc2VjcmV0AHRlc3Q=",
    "a1 LOGIN {5}",
    "-----BEGIN PRIVATE KEY-----",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
    "",
]


def log(seed: int) -> list[str | None]:
    """A hostile log with dialogues in it that hold secrets, and with pauses."""
    chance = random.Random(seed)
    made: list[str | None] = []
    for line in lines_of(hostile(chance, 400)):
        made.append(line)
        kind = chance.random()
        if kind < 0.05:
            made.append(None)
        elif kind < 0.15:
            start = chance.randrange(len(DIALOGUE))
            made += DIALOGUE[start : start + chance.randrange(1, 4)]
        elif kind < 0.2:
            made.append(chance.choice(TOLD))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_what_is_left_is_what_reading_all_finds(session: Session, seed: int) -> None:
    explainer = Explainer(session.library)
    engine = session.library.engine
    source = log(seed)
    whole = list(engine.reads(source))
    passed: list[int] = []
    found = list(sifted(engine, source, explainer.may_be_problem, passed.append))
    problems = [read for read in whole if explainer.is_problem(read)]
    assert [read for read in found if explainer.is_problem(read)] == problems
    assert sum(passed) + sum(read.lines for read in found) == sum(read.lines for read in whole)
    known = sum(read.lines for read in whole if read.recognised != "no")
    assert sum(passed) + sum(r.lines for r in found if r.recognised != "no") == known


def test_harmless_records_are_passed_over(session: Session) -> None:
    explainer = Explainer(session.library)
    source = [f"{HEAD}connect from mx.example.com[192.0.2.{number}]" for number in range(9)]
    passed: list[int] = []
    found = list(sifted(session.library.engine, source, explainer.may_be_problem, passed.append))
    assert len(found) == 1  # the last one may go on
    assert sum(passed) == 8


def test_a_record_is_handed_on_when_its_line_is_followed_by_a_pause(session: Session) -> None:
    trouble = (
        f"{HEAD}warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: x, sasl_username=a"
    )
    asked: list[str] = []

    def source() -> Iterator[str | None]:
        for line in (trouble, None, trouble):
            asked.append(line or "pause")
            yield line

    explainer = Explainer(session.library)
    reads = sifted(session.library.engine, source(), explainer.may_be_problem, lambda count: None)
    first: Read = next(iter(reads))
    assert first.record.text == trouble
    assert asked == [trouble, "pause"]
