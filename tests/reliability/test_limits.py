"""Limits of the machine, and logs that change while they are read: an answer or a sentence, in little memory."""

from __future__ import annotations

import gzip
import io
import os
import pty
import resource
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.log import files, pool
from mailhelp.log.follow import Follower
from mailhelp.session import Session
from tests.conftest import LINE, Mailhelp
from tests.reliability.conftest import COMMAND, Machine
from tests.reliability.test_files import little_memory

MANY = 200_000
"""Lines of a log that several processes share."""
# what the system says at its limit of processes and threads (ulimit -u); root has none
_NOTHING_STARTS = """
import os, _posixsubprocess, _thread
def fails(*a, **k): raise BlockingIOError(11, "Resource temporarily unavailable")
def thread(*a, **k): raise RuntimeError("can't start new thread")
os.fork = os.posix_spawn = os.posix_spawnp = _posixsubprocess.fork_exec = fails
_thread.start_new_thread = thread
"""


def nothing_is_written() -> None:
    """As ``ulimit -f 0``: no byte of a file, nor a semaphore."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("logs") / "mail.log"
    path.write_text(LINE * MANY)
    return str(path)


@pytest.mark.parametrize("limit", ["no file can be written", "no process can be started"])
def test_a_long_log_is_counted_by_one_process(machine: Machine, long_log: str, limit: str) -> None:
    if limit == "no file can be written":
        done = machine("log", "--jobs", "2", long_log, first=nothing_is_written)
    else:
        words = [sys.executable, "-P", "-c", _NOTHING_STARTS + COMMAND[-1], "log", "--jobs", "2"]
        ran = subprocess.run(
            [*words, long_log],
            capture_output=True,
            env=machine.environment,
            timeout=60,
            check=False,
        )
        assert b"Traceback" not in ran.stderr
        assert ran.returncode == 0
        assert f"{MANY:,} records".encode() in ran.stdout
        return
    assert done.code == 0
    assert f"{MANY:,} records" in done.out
    assert "cannot be written: File too large" in done.err


@pytest.mark.parametrize(
    "words", [("queue_lifetime",), ("5.7.1",), ("why is mail deferred",), ("doctor",), (LINE,)]
)
def test_nothing_can_be_started_or_written(machine: Machine, words: tuple[str, ...]) -> None:
    for code, first in ((_NOTHING_STARTS, None), ("", nothing_is_written)):
        ran = subprocess.run(
            [sys.executable, "-P", "-c", code + COMMAND[-1], *words],
            capture_output=True,
            env=machine.environment,
            stdin=subprocess.DEVNULL,
            preexec_fn=first,
            timeout=60,
            check=False,
        )
        assert b"Traceback" not in ran.stderr
        assert ran.returncode == 0
        assert ran.stdout


@pytest.mark.parametrize("folder", ["/none", "/proc", "/dev/null"])
def test_no_folder_for_temporary_files(machine: Machine, tmp_path: Path, folder: str) -> None:
    log = tmp_path / "mail.log"
    log.write_text(LINE)
    for words in (("queue_lifetime",), ("log", str(log)), ("explain", str(log)), ("index",)):
        done = machine(*words, TMPDIR=folder)
        assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    "words",
    [("explain",), ("explain", "--only-problems"), ("--json", "explain"), ("trace", "4F1A2B3C4D")],
)
@pytest.mark.parametrize("kind", ["a bomb", "an endless line"])
def test_bombs_and_endless_lines(
    machine: Machine, tmp_path: Path, words: tuple[str, ...], kind: str
) -> None:
    log = tmp_path / ("mail.log.gz" if kind == "a bomb" else "mail.log")
    with gzip.open(log, "wb") if kind == "a bomb" else log.open("wb") as stream:
        stream.write(LINE.replace("NOQUEUE", "4F1A2B3C4D").encode())
        for _ in range(100):
            stream.write(b"x" * (1 << 20))
    done = machine(*words, str(log), first=little_memory)
    assert (done.code, done.err) == (0, "")
    assert "Relay access denied" in done.out or "4F1A2B3C4D" in done.out


# what may become of a log between the first look at it and the last
CHANGES: dict[str, Callable[[Path], object]] = {
    "vanishes": Path.unlink,
    "is emptied": lambda log: os.truncate(log, 0),
    "is cut": lambda log: os.truncate(log, 1000),
    "becomes a folder": lambda log: (log.unlink(), log.mkdir()),
    "becomes a pipe": lambda log: (log.unlink(), os.mkfifo(log)),
    "becomes a device": lambda log: (log.unlink(), log.symlink_to("/dev/zero")),
    "becomes noise": lambda log: log.write_bytes(bytes(range(256)) * 1000),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_log_that_changes_while_it_is_counted(
    session: Session, tmp_path: Path, change: str
) -> None:
    """What was read stays, and a sentence says what is missing, if anybody can know."""
    first, log = tmp_path / "a.log", tmp_path / "mail.log"
    first.write_text(LINE)
    log.write_text(LINE * 1000)
    plan = session.library.plan()
    chunks = [files.Chunk(str(first))]
    chunks += files.chunks(str(log), lambda before, line: True, 1 << 16)
    assert len(chunks) > 2
    CHANGES[change](log)
    tally = pool.tally(plan, chunks, 1, lambda chunk: None)
    assert 1 <= tally.records < 1001
    assert all(str(log) in fault for fault in tally.faults)
    if "is" not in change.split():
        assert tally.faults


class Failing(io.BytesIO):
    """A file on a disk that fails after the first line."""

    def read1(self, size: int | None = -1) -> bytes:
        data = self.readline()
        if not data:
            raise OSError(5, "Input/output error")
        return data


def test_a_disk_that_fails_midway() -> None:
    found = files.blocks(files.Chunk("mail.log"), lambda name: Failing(LINE.encode()))
    assert next(found) == LINE.encode()
    with pytest.raises(SourceError, match=r"mail\.log cannot be read: Input/output error"):
        next(found)


@pytest.mark.parametrize("change", CHANGES)
def test_a_log_that_changes_while_it_is_followed(tmp_path: Path, change: str) -> None:
    log = tmp_path / "mail.log"
    log.write_text("one\n" * 1000)
    follower = Follower(str(log))
    assert follower.grown().count(b"\n") == 1000
    CHANGES[change](log)
    for _ in range(3):
        assert len(follower.grown()) < 1 << 20
    if log.is_dir():
        log.rmdir()
    else:
        log.unlink(missing_ok=True)
    log.write_text("two\n")
    seen = b"".join(follower.grown() for _ in range(3))
    assert seen.endswith(b"two\n")
    follower.close()


@pytest.fixture
def screen(machine: Machine, tmp_path: Path) -> Iterator[Callable[[str], bool]]:
    """A terminal on which ``log --follow`` counts a log, on a machine where nothing can be written."""
    log = tmp_path / "mail.log"
    log.write_text(LINE)
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [*COMMAND, "log", "--follow", str(log)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**machine.environment, "COLUMNS": "80", "LINES": "24", "TMPDIR": "/none"},
        preexec_fn=nothing_is_written,
        start_new_session=True,
        cwd="/",
    )
    os.close(theirs)
    seen = ""

    def shows(words: str) -> bool:
        """Whether ``words`` come to stand on the screen; what was there before does not count."""
        nonlocal seen
        until = time.monotonic() + 60
        while words not in seen and time.monotonic() < until:
            if select.select([ours], [], [], 1)[0]:
                seen += os.read(ours, 65536).decode("utf-8", "replace")
        found, seen = words in seen, ""
        return found

    yield shows
    running.kill()
    running.wait()
    os.close(ours)


def test_following_on_a_full_disk_while_the_clock_jumps(
    screen: Callable[[str], bool], tmp_path: Path
) -> None:
    log = tmp_path / "mail.log"
    assert screen("1 record")
    with log.open("a") as stream:
        stream.write(LINE.replace("Nov 22", "Jan  1") + LINE.replace("06:25", "05:25"))
    assert screen("3 records")
    log.rename(tmp_path / "mail.log.1")
    os.mkfifo(log)
    time.sleep(0.1)
    log.unlink()
    log.write_text(LINE)
    assert screen("4 records")
    log.write_text("")
    with log.open("a") as stream:
        stream.write("\0" * 100_000 + "\n" + LINE)
    assert screen("records")


def test_a_clock_that_jumps_between_runs(mailhelp: Mailhelp, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(LINE)
    for day in (date(2026, 11, 22), date(1970, 1, 1), date(2100, 12, 31), date(2026, 11, 22)):
        mailhelp.host.day = day
        for words in (("queue_lifetime",), ("log", str(log)), ("index",), ("-v",)):
            done = mailhelp(*words)
            assert done.code == 0, (day, words, done)
            assert "Traceback" not in done.err
