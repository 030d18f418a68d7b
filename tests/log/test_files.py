"""Files that a user names: packed or not, rotated, in pieces, and what is said of those that cannot be read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.log import files
from mailhelp.log.files import Chunk, blocks, blocks_of, chunks, oldest_first, open_text, rotation
from mailhelp.log.join import LONGEST, lines

TEXT = b"Nov 22 06:25:16 mx postfix/qmgr[1]: 5419B66: removed\n" * 50


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_what_is_packed_is_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "mail.log.1"  # its name says nothing
    path.write_bytes(pack(TEXT))
    with open_text(str(path)) as stream:
        assert stream.read() == TEXT


def refusal(path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        open_text(str(path)).close()
    return caught.value


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert str(refusal(tmp_path / "nowhere")).endswith("cannot be read: No such file or directory.")
    assert "is a directory" in str(refusal(tmp_path))
    (tmp_path / "x").write_bytes(bytes(range(256)) * 20)
    assert "is a binary file" in str(refusal(tmp_path / "x"))


def test_a_log_with_the_nuls_of_a_crash_is_text(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(TEXT + bytes(3000) + TEXT)
    open_text(str(path)).close()


def test_an_empty_file_is_text(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    open_text(str(tmp_path / "empty")).close()


@pytest.mark.parametrize(
    ("mode", "hint"),
    [(0o640, "It is readable by group "), (0o600, "Only its owner may read it")],
)
def test_who_may_read_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, hint: str
) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(TEXT)
    path.chmod(mode)

    def denied(self: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)  # root, whom tests may run as, may read all
    error = refusal(path)
    assert "Permission denied" in str(error)
    assert error.hint.startswith(hint)
    assert "sudo" in error.hint


def test_a_group_without_a_name_is_told_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import grp

    path = tmp_path / "mail.log"
    path.write_bytes(TEXT)
    path.chmod(0o640)

    def denied(self: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied")

    def nameless(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(Path, "open", denied)
    monkeypatch.setattr(grp, "getgrgid", nameless)
    assert f"readable by group {os.stat(path).st_gid}:" in refusal(path).hint


# --- rotations and pieces

LINES = b"".join(b"Nov 22 06:25:%02d mx x: line %d\n" % (n % 60, n) for n in range(2000))


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
    log.write_bytes(pack(LINES))  # type: ignore[operator]
    assert chunks(str(log), lambda before, line: True, 100) == [Chunk(str(log))]
    assert b"".join(blocks(Chunk(str(log)))) == LINES


@pytest.mark.skipif(not shutil.which("zstd"), reason="there is no zstd here")
def test_zstd(tmp_path: Path) -> None:
    log = tmp_path / "a.zst"
    log.write_bytes(
        subprocess.run(["zstd", "-cq"], input=LINES, capture_output=True, check=True).stdout
    )
    assert b"".join(blocks(Chunk(str(log)))) == LINES
    log.write_bytes(log.read_bytes()[:-20])
    with pytest.raises(SourceError, match="damaged"):
        list(blocks(Chunk(str(log))))


def test_zstd_without_its_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "a.zst"
    log.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(9))
    monkeypatch.setattr("mailhelp.host.machine.Host.which", lambda self, name: None)
    try:
        import compression.zstd  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        with pytest.raises(SourceError, match="packed with zstd"):
            open_text(str(log))


def test_pieces_are_whole_lines_and_all_of_the_file(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(LINES)
    found = chunks(str(log), lambda before, line: True, 5000)
    texts = [b"".join(blocks(chunk)) for chunk in found]
    assert len(found) > 5
    assert b"".join(texts) == LINES
    assert all(text.endswith(b"\n") for text in texts)


def test_a_piece_begins_only_where_a_record_does(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(LINES)
    found = chunks(str(log), lambda before, line: line.endswith(b"0\n"), 5000)
    assert all(b"".join(blocks(chunk)).split(b"\n")[0].endswith(b"0") for chunk in found)
    assert chunks(str(log), lambda before, line: False, 5000) == [Chunk(str(log))]


def test_a_log_that_grows_is_read_to_its_end(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(LINES)
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


def test_a_damaged_file_is_read_up_to_the_damage(tmp_path: Path) -> None:
    log = tmp_path / "mail.log.1.gz"
    text = b"".join(b"%064x\n" % (n * 0x9E3779B97F4A7C15 % 2**251) for n in range(9000))
    log.write_bytes(gzip.compress(text)[:-60_000])
    found = []
    with pytest.raises(SourceError, match=r"mail\.log\.1\.gz is damaged or cut off"):
        found.extend(blocks(Chunk(str(log))))  # what extend has taken before the error is kept
    read = b"".join(found)
    assert len(read) > 100_000
    assert text.startswith(read)


def test_a_pipe_is_opened_once(tmp_path: Path) -> None:
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(LINES))
    writer.start()
    (chunk,) = chunks(str(pipe), lambda before, line: True)
    assert b"".join(blocks(chunk)) == LINES
    writer.join()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        chunks(str(tmp_path / "none"), lambda before, line: True)
    with pytest.raises(SourceError, match="directory"):
        chunks(str(tmp_path), lambda before, line: True)
