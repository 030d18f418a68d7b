"""Rotated and compressed logs, and pieces of large ones."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.log import files
from mailhelp.log.files import Chunk, blocks, blocks_of, chunks, oldest_first, open_text, rotation
from mailhelp.log.join import LONGEST, lines

TEXT = b"".join(b"Nov 22 06:25:%02d mx x: line %d\n" % (n % 60, n) for n in range(2000))


def test_a_rotation_is_read_oldest_first() -> None:
    names = ["mail.log", "mail.log.1", "mail.log.10.gz", "mail.log.2.gz", "mail.log.3.xz"]
    ordered = ["mail.log.10.gz", "mail.log.3.xz", "mail.log.2.gz", "mail.log.1", "mail.log"]
    assert oldest_first(names) == oldest_first(reversed(names)) == ordered


def test_dates_in_names_are_an_order_too() -> None:
    names = ["a/maillog", "a/maillog-20261122", "a/maillog-20261101.gz", "b.log"]
    assert oldest_first(names) == [
        "a/maillog-20261101.gz",
        "a/maillog-20261122",
        "a/maillog",
        "b.log",
    ]


def test_logs_of_other_names_keep_their_order_and_none_comes_twice() -> None:
    assert oldest_first(["b.log", "a.log", "b.log"]) == ["b.log", "a.log"]


def test_what_was_rotated_away_from_a_log(tmp_path: Path) -> None:
    for name in (
        "mail.log",
        "mail.log.1",
        "mail.log.2.gz",
        "mail.err",
        "mail.log.old",
        "xmail.log.1",
    ):
        (tmp_path / name).touch()
    found = [os.path.basename(name) for name in rotation(str(tmp_path / "mail.log"))]
    assert found == ["mail.log.2.gz", "mail.log.1", "mail.log"]


@pytest.mark.parametrize(
    ("name", "pack"), [("a.gz", gzip.compress), ("a.bz2", bz2.compress), ("a.xz", lzma.compress)]
)
def test_compressed_logs(tmp_path: Path, name: str, pack: object) -> None:
    log = tmp_path / name
    log.write_bytes(pack(TEXT))  # type: ignore[operator]
    assert chunks(str(log), lambda before, line: True, 100) == [Chunk(str(log))]
    assert b"".join(blocks(Chunk(str(log)))) == TEXT


@pytest.mark.skipif(not shutil.which("zstd"), reason="there is no zstd here")
def test_zstd(tmp_path: Path) -> None:
    log = tmp_path / "a.zst"
    log.write_bytes(
        subprocess.run(["zstd", "-cq"], input=TEXT, capture_output=True, check=True).stdout
    )
    assert b"".join(blocks(Chunk(str(log)))) == TEXT
    log.write_bytes(log.read_bytes()[:-20])
    with pytest.raises(SourceError, match="damaged"):
        list(blocks(Chunk(str(log))))


def test_zstd_without_its_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "a.zst"
    log.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(9))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    try:
        import compression.zstd  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        with pytest.raises(SourceError, match="packed with zstd"):
            open_text(str(log))


def test_pieces_are_whole_lines_and_all_of_the_file(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(TEXT)
    found = chunks(str(log), lambda before, line: True, 5000)
    texts = [b"".join(blocks(chunk)) for chunk in found]
    assert len(found) > 5
    assert b"".join(texts) == TEXT
    assert all(text.endswith(b"\n") for text in texts)


def test_a_piece_begins_only_where_a_record_does(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(TEXT)
    found = chunks(str(log), lambda before, line: line.endswith(b"0\n"), 5000)
    assert all(b"".join(blocks(chunk)).split(b"\n")[0].endswith(b"0") for chunk in found)
    assert chunks(str(log), lambda before, line: False, 5000) == [Chunk(str(log))]


def test_a_log_that_grows_is_read_to_its_end(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(TEXT)
    found = chunks(str(log), lambda before, line: True, 5000)
    with log.open("ab") as stream:
        stream.write(b"Nov 22 06:26:00 mx x: new\n")
    assert b"".join(b"".join(blocks(chunk)) for chunk in found).endswith(b"new\n")


@pytest.mark.parametrize("length", [LONGEST - 2, LONGEST - 1, LONGEST, LONGEST + 1, 5 * LONGEST])
def test_long_lines_are_cut_as_elsewhere(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    text = b"a\n" + b"x" * length + b"\nb\n" + b"y" * length
    for size in (1 << 20, 50_000):
        monkeypatch.setattr(files, "_BLOCK", size)
        found = b"".join(blocks_of(BytesIO(text))).decode().removesuffix("\n").split("\n")
        assert found == list(lines(BytesIO(text)))


def test_a_pipe_is_opened_once(tmp_path: Path) -> None:
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(TEXT))
    writer.start()
    (chunk,) = chunks(str(pipe), lambda before, line: True)
    assert b"".join(blocks(chunk)) == TEXT
    writer.join()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        chunks(str(tmp_path / "none"), lambda before, line: True)
    with pytest.raises(SourceError, match="directory"):
        chunks(str(tmp_path), lambda before, line: True)
