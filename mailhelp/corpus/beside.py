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


def in_parts(work: Callable[[Sequence[Item]], Result], items: Sequence[Item]) -> list[Result]:
    """What ``work`` returns for all ``items``, or for each half of them; the results must be picklable.

    Raises what ``work`` raises.
    """
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    if len(items) < _WORTH_IT or not forks or (os.cpu_count() or 1) < 2:
        return [work(items)]
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    middle = len(items) // 2
    try:
        process = context.Process(target=_send, args=(there, work, items[middle:]))
        process.start()
    except OSError:  # a limit of processes
        return [work(items)]
    there.close()
    try:
        first = work(items[:middle])
        try:
            return [first, here.recv()]
        except EOFError:  # it failed, or was killed: here it tells why
            return [first, work(items[middle:])]
    finally:
        here.close()
        process.kill()
        process.join()


def _send(
    there: Connection, work: Callable[[Sequence[Item]], Result], items: Sequence[Item]
) -> None:
    try:
        there.send(work(items))
    except Exception:  # the other process does the work again, and meets it
        os._exit(1)
