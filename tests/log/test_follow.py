"""What is added to a log is read once, however it is rotated."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.log.follow import Follower


def add(log: Path, text: str) -> None:
    with log.open("a") as stream:
        stream.write(text)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_text("one\ntwo\n")
    return path


@pytest.fixture
def follower(log: Path) -> Iterator[Follower]:
    found = Follower(str(log))
    assert found.grown() == b"one\ntwo\n"
    assert found.grown() == b""
    yield found
    found.close()


def test_a_line_is_read_when_it_has_its_end(log: Path, follower: Follower) -> None:
    add(log, "thr")
    assert follower.grown() == b""
    add(log, "ee\nfour")
    assert follower.grown() == b"three\n"
    add(log, "\n")
    assert follower.grown() == b"four\n"


def test_renamed_and_made_again(log: Path, follower: Follower) -> None:
    add(log, "three\n")
    old = log.rename(log.with_suffix(".log.1"))
    add(old, "four, late")
    assert follower.grown() == b"three\n"
    add(log, "five\n")
    assert follower.grown() == b"four, late\nfive\n"
    add(log, "six\n")
    assert follower.grown() == b"six\n"


def test_copied_and_emptied(log: Path, follower: Follower) -> None:
    os.truncate(log, 0)
    assert follower.grown() == b""
    add(log, "3\n")
    assert follower.grown() == b"3\n"


def test_taken_away_and_back(log: Path, follower: Follower) -> None:
    log.unlink()
    assert follower.grown() == b""
    log.write_text("three\n")
    assert follower.grown() == b"three\n"


def test_what_does_not_grow_is_refused(tmp_path: Path) -> None:
    packed, pipe = tmp_path / "mail.log.gz", tmp_path / "pipe"
    packed.write_bytes(gzip.compress(b"one\n"))
    os.mkfifo(pipe)
    for name in (packed, pipe, tmp_path, tmp_path / "none"):
        with pytest.raises(SourceError):
            Follower(str(name))
