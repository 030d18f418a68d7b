"""What a second process can gain in ``mailhelp log``: ``python benchmarks/jobs.py [--rounds N] LOG [JOBS]``.

Wall times tell that only where as many cores are free. CPU seconds tell it on a busy machine too: of one process alone;
of each of several; and of what only one of them does, before the others begin and after they have ended. The longest way
through is that and the process that worked longest; the gain is what one process takes, divided by it. Both are
measured in turn, and the gain is the median of the rounds with the smallest and the largest.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mailhelp.explain import logs
from mailhelp.host.machine import Host
from mailhelp.log import pool
from mailhelp.log.files import Chunk
from mailhelp.log.tally import Tally
from mailhelp.session import Session

_scan = pool._scan
_folder = Path()


def _told(chunk: Chunk) -> Tally:
    """Scan a piece, and note what this process has used so far."""
    tally = _scan(chunk)
    (_folder / str(os.getpid())).write_text(str(time.process_time()))
    return tally


def measure(log: str, jobs: int) -> dict[str, object]:
    """The CPU seconds of each part of one run, this process being the one that asks."""
    global _folder
    gc.disable()  # as the command does
    multiprocessing.set_start_method("fork")  # the others know what was replaced here
    pool._scan = _told
    moments: list[float] = []
    real = pool.tally

    def tally(*given: object) -> Tally:
        moments.append(time.process_time())
        found = real(*given)  # type: ignore[arg-type]
        moments.append(time.process_time())
        return found

    pool.tally = tally  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        _folder = Path(folder)
        began = time.perf_counter()
        logs.log(Session(Host()), [log], jobs=jobs)
        wall = time.perf_counter() - began
        workers = [float(file.read_text()) for file in sorted(_folder.iterdir())]
    before, counted = moments[0], moments[1] - moments[0]
    after = time.process_time() - moments[1]
    scanned = max(workers) if workers else counted
    return {
        "before": before, "counted": counted, "after": after, "workers": workers, "wall": wall,
        "path": before + scanned + after,
    }  # fmt: skip


def main(argv: list[str]) -> None:
    rounds = 3
    if argv[:1] == ["--rounds"]:
        rounds, argv = int(argv[1]), argv[2:]
    log, jobs = argv[0], int(argv[1]) if len(argv) > 1 else 2
    gains, walls = [], []
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")
    for _ in range(rounds):
        found = []
        for many in (1, jobs):
            words = [sys.executable, __file__, "--once", log, str(many)]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            found.append(json.loads(done.stdout))
            told = ", ".join(f"{each:.2f}" for each in found[-1]["workers"]) or "none"
            print(
                f"--jobs {many}: before {found[-1]['before']:.2f}, here {found[-1]['counted']:.2f}, other processes {told}, "
                f"after {found[-1]['after']:.2f}; longest way {found[-1]['path']:.2f} s of CPU; wall {found[-1]['wall']:.2f} s"
            )
        gains.append(found[0]["path"] / found[1]["path"])
        walls.append(found[0]["wall"] / found[1]["wall"])
    for name, ratios in (("CPU on the longest way", gains), ("wall", walls)):
        print(
            f"gain by {name}: {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        )
    print(f"Load {os.getloadavg()[0]:.1f} at the end.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]))))
    else:
        main(sys.argv[1:])
