"""Files by path and by address: whatever fsspec reads."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailhelp.cluster import places
from mailhelp.errors import SourceError
from mailhelp.log.files import Chunk, blocks

LINES = b"".join(b"Nov 22 06:25:%02d mx x: line %d\n" % (n % 60, n) for n in range(2000))


@pytest.fixture
def memory() -> Iterator[Any]:
    """A store of fsspec that is nowhere but in this process."""
    fsspec = pytest.importorskip("fsspec", reason="the extra cluster is not installed")
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()


def text(name: str, size: int = 1 << 20) -> bytes:
    pieces = places.chunks(name, lambda before, line: True, size)
    return b"".join(b"".join(blocks(chunk, places.opened)) for chunk in pieces)


def test_paths_and_their_patterns(tmp_path: Path) -> None:
    for name in ("mail.log-1", "mail.log-2", "other"):
        (tmp_path / name).write_bytes(LINES)
    found = [f"{tmp_path}/mail.log-1", f"{tmp_path}/mail.log-2"]
    assert places.named([f"{tmp_path}/mail.log-*"]) == found
    assert places.named([f"file://{tmp_path}/mail.log-[12]", "none"]) == [*found, "none"]
    assert text(found[0], 5000) == LINES


def test_addresses_and_their_patterns(memory: Any) -> None:
    for name in ("/logs/mx1/mail.log-1", "/logs/mx2/mail.log-1", "/logs/mx2/other"):
        memory.pipe(name, LINES)
    found = ["memory:///logs/mx1/mail.log-1", "memory:///logs/mx2/mail.log-1"]
    assert places.named(["memory://logs/mx*/mail.log-*"]) == found
    assert places.named(["memory://logs/none-*"]) == ["memory://logs/none-*"]
    pieces = places.chunks(found[0], lambda before, line: True, 5000)
    assert len(pieces) > 5
    assert text(found[0], 5000) == LINES


def test_packed_files_at_an_address(memory: Any) -> None:
    memory.pipe("/logs/a.gz", gzip.compress(LINES))
    assert places.chunks("memory://logs/a.gz", lambda before, line: True, 100) == [
        Chunk("memory://logs/a.gz")
    ]
    assert text("memory://logs/a.gz") == LINES
    memory.pipe("/logs/b.gz", gzip.compress(LINES)[:-50])
    with pytest.raises(SourceError, match=r"b\.gz is damaged or cut off"):
        text("memory://logs/b.gz")


@pytest.mark.skipif(not shutil.which("zstd"), reason="there is no zstd here")
def test_zstd_at_an_address(memory: Any) -> None:
    done = subprocess.run(["zstd", "-cq"], input=LINES, capture_output=True, check=True)
    memory.pipe("/logs/a.zst", done.stdout)
    assert text("memory://logs/a.zst") == LINES


def test_what_cannot_be_read_at_an_address(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe("/logs/binary", bytes(range(256)) * 20)
    for name, told in (
        ("memory://logs/none", "none cannot be read: No such file or directory."),
        ("memory://logs/binary", "binary file, not text"),
        ("nothing://logs/a", "nothing://logs/a cannot be read: Protocol not known: nothing"),
        ("nothing://logs/*", "nothing://logs/[*] cannot be read: Protocol not known: nothing"),
    ):
        with pytest.raises(SourceError, match=told):
            text(*places.named([name]))

    def broken(self: Any, length: int = -1) -> bytes:
        raise ConnectionError("the line broke")

    memory.pipe("/logs/a", LINES)
    monkeypatch.setattr("fsspec.implementations.memory.MemoryFile.read", broken)
    with pytest.raises(SourceError, match="a cannot be read: the line broke"):
        text("memory://logs/a")


def test_the_package_that_is_missing_is_named(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(SourceError, match="the workers lack the package s3fs") as caught:
        text("s3://logs/a")
    assert caught.value.hint == "Where each worker runs: pip install s3fs"
