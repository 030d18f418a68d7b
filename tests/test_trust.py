"""What somebody else could have written is told from what is the user's own, or root's."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path

import pytest

from mailhelp.trust import distrust, distrust_within, mend
from tests.reliability.conftest import give_away


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "a/b"
    folder.mkdir(parents=True, mode=0o700)
    path = folder / "file"
    path.write_text("")
    path.chmod(0o600)
    return path


def test_ones_own_is_trusted_and_so_is_what_is_not_there(file: Path) -> None:
    assert distrust(file) == ""
    assert distrust(file.with_name("none")) == ""
    assert distrust("/") == ""
    assert distrust("/bin/sh") == ""  # root's, by way of links
    assert distrust("a\0b") == ""


@pytest.mark.parametrize("part", ["a", "a/b", "a/b/file"])
def test_what_all_can_write_is_not(file: Path, tmp_path: Path, part: str) -> None:
    place = tmp_path / part
    place.chmod(place.stat().st_mode | 0o002)
    assert distrust(file) == f"{place} can be written by others"
    assert mend(distrust(file), "") == f"Run: chmod go-w {place}"


@pytest.mark.parametrize("part", ["a", "a/b", "a/b/file"])
def test_somebody_elses_is_not(
    file: Path, tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_away(tmp_path / part, monkeypatch)
    assert " belongs to " in distrust(file)
    assert mend(distrust(file), "Name another.") == "Name another."


def test_a_folder_for_all_with_the_sticky_bit_will_do_on_the_way_only(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "a").chmod(0o1777)
    assert distrust(file) == ""
    assert distrust(tmp_path / "a/nothing yet") == f"{tmp_path}/a can be written by others"
    assert distrust(tmp_path / "a") == f"{tmp_path}/a can be written by others"


def test_links_are_followed(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("a/../a")
    assert distrust(tmp_path / "link/b/file") == ""
    file.chmod(0o666)
    assert distrust(tmp_path / "link/b/file") == f"{file} can be written by others"
    (tmp_path / "circle").symlink_to("circle")
    assert distrust(tmp_path / "circle") == ""  # nor can anybody open it


def test_a_group(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One with nobody else in it is the user's own, as where the umask is 002."""
    file.chmod(0o660)
    user = pwd.getpwuid(os.geteuid())
    own = grp.struct_group((user.pw_name, "x", user.pw_gid, []))
    monkeypatch.setattr(grp, "getgrgid", lambda number: own)
    monkeypatch.setattr(os, "listxattr", lambda place: [], raising=False)
    os.chown(file, -1, user.pw_gid)
    assert distrust(file) == ""
    shared = grp.struct_group((user.pw_name, "x", user.pw_gid, [user.pw_name, "bob"]))
    monkeypatch.setattr(grp, "getgrgid", lambda number: shared)
    assert distrust(file) == f"{file} can be written by others"
    monkeypatch.setattr(grp, "getgrgid", lambda number: own)
    monkeypatch.setattr(os, "listxattr", lambda place: ["system.posix_acl_access"], raising=False)
    assert distrust(file) == f"{file} can be written by others"


def test_all_that_is_in_a_folder(file: Path, tmp_path: Path) -> None:
    (tmp_path / "a/b/link").symlink_to("/bin/sh")
    assert distrust_within(tmp_path / "a") == ""
    file.chmod(0o606)
    assert distrust_within(tmp_path / "a") == f"{file} can be written by others"
