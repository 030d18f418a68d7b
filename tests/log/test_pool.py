"""How many processes there are changes nothing in a tally."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailhelp.log import pool
from mailhelp.log.files import Chunk, chunks
from mailhelp.log.scan import Plan, Scanner
from mailhelp.session import Session

SEED = Path(__file__).parent.parent / "seed"


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.library.plan()


@pytest.fixture
def pieces(plan: Plan, tmp_path: Path) -> list[Chunk]:
    log = tmp_path / "mail.log"
    log.write_text((SEED / "after-queue.log").read_text() * 20)
    return chunks(str(log), Scanner(plan).begins, 10_000)


def test_two_processes_count_what_one_counts(plan: Plan, pieces: list[Chunk]) -> None:
    done: list[Chunk] = []
    one = pool.tally(plan, pieces, 1, done.append)
    assert done == pieces
    assert len(pieces) > 2
    assert pool.tally(plan, pieces, 2, done.append) == one
    assert one.records == 300


def test_a_process_that_dies_costs_nothing(
    plan: Plan, pieces: list[Chunk], monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import process

    def dying(self: Any, function: Any, given: Any) -> Iterator[Any]:
        yield function_of(given[0])
        raise process.BrokenProcessPool

    scanner = Scanner(plan)

    def function_of(chunk: Chunk) -> Any:
        return scanner.scan(pool.blocks(chunk))

    monkeypatch.setattr(process.ProcessPoolExecutor, "map", dying)
    assert pool.tally(plan, pieces, 2, lambda chunk: None) == pool.tally(
        plan, pieces, 1, lambda chunk: None
    )


def test_a_file_that_vanishes_is_named(plan: Plan, pieces: list[Chunk], tmp_path: Path) -> None:
    gone = tmp_path / "gone.log"
    tally = pool.tally(plan, [*pieces, Chunk(os.fspath(gone))], 1, lambda chunk: None)
    assert tally.records == 300
    assert "gone.log cannot be read" in tally.faults[0]
