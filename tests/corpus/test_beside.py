"""Work that is done in two processes gives what one gives."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence

import pytest

from mailhelp.corpus.beside import in_parts

MANY = range(1_000)


def test_many_items_are_done_by_two_processes_in_their_order() -> None:
    both = multiprocessing.get_context("fork").Barrier(2)
    came: list[int] = []

    def work(items: Sequence[int]) -> tuple[list[int], int]:
        if not came:  # with its first part each process waits for the other
            came.append(items[0])
            both.wait(60)
        return [item * 2 for item in items], os.getpid()

    done = in_parts(work, MANY)
    assert [item for items, _ in done for item in items] == [item * 2 for item in MANY]
    assert len({process for _, process in done}) == 2


def test_few_items_stay_in_this_process() -> None:
    assert in_parts(lambda items: (list(items), os.getpid()), [1, 2]) == [([1, 2], os.getpid())]


def test_what_goes_wrong_in_the_other_process_is_told_in_this_one() -> None:
    def work(items: Sequence[int]) -> int:
        if MANY[-1] in items:
            raise ValueError("the last one")
        return len(items)

    with pytest.raises(ValueError, match="the last one"):
        in_parts(work, MANY)


def test_the_work_of_a_process_that_is_killed_is_done_here() -> None:
    here = os.getpid()

    def work(items: Sequence[int]) -> int:
        if os.getpid() != here:
            os._exit(9)
        return len(items)

    assert sum(in_parts(work, MANY)) == len(MANY)
