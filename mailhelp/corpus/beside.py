"""Work on the entries of a corpus, by a second process beside this one where one can be forked."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_WORTH_IT = 500
"""Items from which a second process saves more than it costs."""
_PARTS = 32
"""Each process takes the next part when it is done with one, so that both end at the same time."""


def in_parts(work: Callable[[Sequence[Item]], Result], items: Sequence[Item]) -> list[Result]:
    """What ``work`` returns for ``items``, or for each part of them in their order; picklable.

    Raises what ``work`` raises.
    """
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    if len(items) < _WORTH_IT or not forks or (os.cpu_count() or 1) < 2:
        return [work(items)]
    size = -(-len(items) // _PARTS)
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    # the numbers of the parts that nobody has taken yet
    next_one, numbers = os.pipe()
    os.write(numbers, bytes(range(len(parts))))
    os.close(numbers)
    try:
        process = context.Process(target=_send, args=(there, work, parts, next_one))
        process.start()
    except OSError:  # a limit of processes
        os.close(next_one)
        return [work(items)]
    there.close()
    try:
        done = _taken(work, parts, next_one)
        try:
            done |= here.recv()
        except EOFError:  # it failed, or was killed: here it tells why
            done |= {n: work(part) for n, part in enumerate(parts) if n not in done}
        return [done[number] for number in range(len(parts))]
    finally:
        os.close(next_one)
        here.close()
        process.kill()
        process.join()


def _taken(
    work: Callable[[Sequence[Item]], Result], parts: Sequence[Sequence[Item]], next_one: int
) -> dict[int, Result]:
    """What ``work`` returns for the parts that this process gets hold of, by their numbers."""
    done = {}
    while number := os.read(next_one, 1):
        done[number[0]] = work(parts[number[0]])
    return done


def _send(
    there: Connection,
    work: Callable[[Sequence[Item]], Result],
    parts: Sequence[Sequence[Item]],
    next_one: int,
) -> None:
    try:
        there.send(_taken(work, parts, next_one))
    except Exception:  # the other process does the work again, and meets it
        os._exit(1)
