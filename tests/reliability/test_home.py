"""A home that is full, read-only, missing or somebody else's: the answer comes, and one line says what to mend."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import LINE, Done
from tests.reliability.conftest import ANOTHER, Machine, as_root

QUESTIONS = ((("queue_lifetime",), ""), ((), LINE), (("why", "is", "mail", "deferred"), ""))


class Broken(NamedTuple):
    """How a home is broken (the variables that lead to it), how it is mended, and what is said."""

    do: Callable[[Machine], dict[str, str]]
    undo: Callable[[Machine], object]
    says: str
    mend: str


def read_only(machine: Machine) -> dict[str, str]:
    if os.geteuid() == 0:  # who may write anywhere but there
        return {"HOME": "/sys"}
    machine.home.chmod(0o500)
    return {}


def no_home(machine: Machine) -> dict[str, str]:
    return {"HOME": str(machine.home / "none")}


def for_all(machine: Machine) -> dict[str, str]:
    machine.home.chmod(0o777)
    return {}


def a_file(machine: Machine) -> dict[str, str]:
    (machine.home / ".cache").write_text("")
    return {}


def somebody_elses(machine: Machine) -> dict[str, str]:
    os.chown(machine.home, ANOTHER, ANOTHER)
    return {}


def private(machine: Machine) -> None:
    machine.home.chmod(0o700)


BROKEN = {
    "read-only": Broken(read_only, private, "cannot be written: ", "MAILHELP_CACHE_DIR"),
    "none": Broken(no_home, lambda machine: None, "There is no home folder", "Set HOME"),
    "for all": Broken(for_all, private, "can be written by others", "chmod go-w"),
    "a file": Broken(
        a_file,
        lambda machine: (machine.home / ".cache").unlink(),
        "A file is in its place",
        "Move it away",
    ),
    "somebody else's": Broken(
        somebody_elses,
        lambda machine: os.chown(machine.home, 0, 0),
        f"belongs to user {ANOTHER}",
        "Set HOME to your own (sudo -H does)",
    ),
}


def is_answered(done: Done, healthy: Done) -> bool:
    return done.code == 0 and done.out == healthy.out


@pytest.mark.parametrize(
    "how",
    [pytest.param(name, marks=as_root) if name == "somebody else's" else name for name in BROKEN],
)
def test_a_broken_home(machine: Machine, how: str) -> None:
    broken = BROKEN[how]
    healthy = [machine(*words, stdin=text, HOME="/nowhere") for words, text in QUESTIONS]
    variables = broken.do(machine)
    for (words, text), whole in zip(QUESTIONS, healthy, strict=True):
        done = machine(*words, stdin=text, **variables)
        assert is_answered(done, whole)
        assert done.err.count("\n") == 1, done.err
        assert broken.says in done.err
        assert broken.mend in done.err
    done = machine("index", **variables)
    assert done.code == 3
    assert broken.says in done.err
    broken.undo(machine)
    assert machine("queue_lifetime").err == ""
    assert machine("-v").code == 0
    assert machine("index").code == 0


@as_root
def test_root_writes_nothing_into_somebody_elses_home(machine: Machine) -> None:
    somebody_elses(machine)
    machine("queue_lifetime")
    machine("index")
    assert list(machine.home.iterdir()) == []


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_where_no_file_may_grow(machine: Machine) -> None:
    """As with a quota that is used up: every write of a file fails."""
    for words, text in QUESTIONS:
        done = machine(*words, stdin=text, first=limit)
        assert done.code == 0
        assert done.err.count("\n") == 1
        assert "cannot be written: File too large" in done.err
    assert machine("index", first=limit).code == 3
    assert [
        path for path in machine.cache.rglob("*") if path.is_file() and path.stat().st_size
    ] == []
    assert machine("queue_lifetime").err == ""
    assert machine("index").code == 0


@pytest.fixture
def disk(machine: Machine) -> Iterator[Path]:
    """A file system of 256 kB in place of the home."""
    options = "size=256k,mode=700"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(machine.home)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a file system can't be mounted here")
    yield machine.home
    subprocess.run(["umount", str(machine.home)], check=True)


def fill(path: Path) -> None:
    """Write ``path`` until there is no room for one more byte."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    for size in (4096, 1):
        with suppress(OSError):
            while True:
                os.write(descriptor, bytes(size))
    os.close(descriptor)


@as_root
def test_a_full_disk(machine: Machine, disk: Path) -> None:
    fill(disk / "fill")
    for words, text in QUESTIONS:
        done = machine(*words, stdin=text)
        assert done.code == 0
        assert done.err.count("\n") == 1
        assert "cannot be written: No space left on device. Make room there" in done.err
    assert "No space left on device" in machine("index").err
    os.truncate(disk / "fill", (disk / "fill").stat().st_size - 40_000)
    assert machine("queue_lifetime").err == ""
    # there is room for a word, but not for an index: nothing is left half written
    assert "No space left on device" in machine("index").err
    assert sorted(path.name for path in (machine.cache / "host").iterdir()) == ["asked", "lock"]
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    assert machine("index").code == 0
    assert not (machine.cache / "host/asked").exists()


@pytest.mark.parametrize("mask", [0o077, 0, 0o777])
def test_whatever_the_umask_what_is_kept_is_private(machine: Machine, mask: int) -> None:
    if mask == 0o777 and os.geteuid() != 0:
        pytest.skip("who makes folders that nobody may enter can't use them")
    (machine.notes / "topics").mkdir(parents=True)
    (machine.notes / "topics/own.md").write_text(NOTE)
    for words in (("index",), ("queue_lifetime",), ("zorkmid",)):
        done = machine(*words, first=lambda: os.umask(mask))
        assert (done.code, done.err) == (0, "")
    kept = [*machine.cache.rglob("*"), machine.cache]
    assert len(kept) > 8
    for path in kept:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or _is_inside_private(path), path
    for words in (("queue_lifetime",), ("zorkmid",), ("-v",)):
        assert (machine(*words).code, machine(*words).err) == (0, "")


def _is_inside_private(path: Path) -> bool:
    return any(stat.S_IMODE(above.stat().st_mode) & 0o077 == 0 for above in path.parents)


NOTE = """+++
title = "What a zorkmid is"
asked_as = ["zorkmid"]
sources = ["the game"]
+++
A zorkmid is a coin.
"""
