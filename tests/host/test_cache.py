"""The cache folder: private whatever the umask, never through a link, never where others can write."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mailhelp.errors import UnusableFolder
from mailhelp.host import cache
from tests.fakes import FakeHost
from tests.reliability.conftest import give_away


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_each_folder_on_the_way_is_private(host: FakeHost, tmp_path: Path) -> None:
    host.folder = tmp_path / "a/b"
    before = os.umask(0)
    try:
        assert Path(cache.made(host, "inner")) == tmp_path / "a/b/cache/inner"
    finally:
        os.umask(before)
    assert {mode(tmp_path / part) for part in ("a", "a/b", "a/b/cache/inner")} == {0o700}


def test_a_folder_of_somebody_elses(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.made(host)
    give_away(host.cache_dir, monkeypatch)
    for asked in (cache.folder, cache.made):
        with pytest.raises(UnusableFolder, match=r"is not used: .* belongs to") as caught:
            asked(host)
        assert "MAILHELP_CACHE_DIR" in caught.value.hint


def test_a_folder_that_others_can_write(host: FakeHost) -> None:
    Path(cache.made(host)).chmod(0o777)
    with pytest.raises(UnusableFolder, match="can be written by others") as caught:
        cache.made(host, "inner")
    assert f"chmod go-w {host.cache_dir}" in caught.value.hint
    assert not (host.cache_dir / "inner").exists()


def test_a_link_in_place_of_an_inner_folder_goes(host: FakeHost, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    Path(cache.made(host), "inner").symlink_to(tmp_path / "elsewhere")
    assert not Path(cache.made(host, "inner")).is_symlink()


def test_a_place_where_nothing_can_be_made(host: FakeHost) -> None:
    host.cache_dir.write_text("a file")
    with pytest.raises(UnusableFolder, match="cannot be written: A file is in its place"):
        cache.made(host, "inner")


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "file").symlink_to(precious)
    (tmp_path / f"file.{os.getpid()}").symlink_to(precious)
    cache.replace(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "new"
    assert mode(tmp_path / "file") == 0o600
    assert precious.read_text() == "precious"
    with pytest.raises(OSError, match="No such file"):
        cache.replace(tmp_path / "none/file", "new")


def test_a_link_is_never_opened(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "lock").symlink_to(precious)
    os.close(cache.descriptor(tmp_path / "lock"))
    assert precious.read_text() == "precious"
    assert not (tmp_path / "lock").is_symlink()


def test_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        with cache.private():
            (tmp_path / "file").write_text("")
        assert os.umask(0o002) == 0o002
    finally:
        os.umask(before)
    assert mode(tmp_path / "file") == 0o600
