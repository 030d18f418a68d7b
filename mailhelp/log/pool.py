"""Pieces of logs → one tally, by this process or by several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mailhelp.log.files import Chunk, blocks
from mailhelp.log.scan import Plan, Scanner
from mailhelp.log.tally import Fold, Tally

Progress = Callable[[Chunk], None]
_scanner: Scanner | None = None


def tally(plan: Plan, chunks: Sequence[Chunk], jobs: int, done: Progress) -> Tally:
    """The tally of ``chunks`` in their order, folded; ``done`` is told each that is finished.

    How many processes there are changes nothing in it. The pieces of a process that dies, or cannot be started, are scanned here.
    """
    folded = Fold()
    found = _by_processes(plan, chunks, jobs) if min(jobs, len(chunks)) > 1 else iter(())
    scanner = Scanner(plan)
    for chunk in chunks:
        part = next(found, None)
        folded.add(scanner.scan(blocks(chunk)) if part is None else part)
        done(chunk)
    return folded.whole()


def _by_processes(plan: Plan, chunks: Sequence[Chunk], jobs: int) -> Iterator[Tally]:
    """The tallies of the first ``chunks``: of all of them, if processes can be started and none dies."""
    import os
    import pickle
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children

    # where they are not forked, they begin as python -c: never with modules of the current directory
    before = os.environ.get("PYTHONSAFEPATH", "")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        # pickled, so that each process opens the index for itself
        with ProcessPoolExecutor(
            min(jobs, len(chunks)), initializer=_start, initargs=(pickle.dumps(plan),)
        ) as pool:
            try:
                yield from pool.map(_scan, chunks)
            finally:
                pool.shutdown(cancel_futures=True)
    except (BrokenProcessPool, OSError, RuntimeError, ImportError):
        # a limit of processes, threads or file sizes, no /dev/shm: what was started is waited for by nobody
        for process in active_children():
            process.kill()
    finally:
        os.environ["PYTHONSAFEPATH"] = before


def _start(plan: bytes) -> None:
    """What a process does first."""
    import pickle
    import signal

    global _scanner
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits
    _scanner = Scanner(pickle.loads(plan))


def _scan(chunk: Chunk) -> Tally:
    assert _scanner is not None
    return _scanner.scan(blocks(chunk))
