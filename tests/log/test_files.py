"""Files that a user names: packed or not, and what is said of those that cannot be read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.log.files import open_text

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
