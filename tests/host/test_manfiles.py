"""The files of the manual: where they lie, what their names say, what is packed in them."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from mailhelp.host import manfiles
from mailhelp.host.machine import Output
from tests.fakes import FakeHost


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("qmgr.8postfix.gz", ("qmgr", "8postfix")),
        ("postconf.5", ("postconf", "5")),
        ("Mail::Filter.3pm.zst", ("Mail::Filter", "3pm")),
        ("a.b.1", ("a.b", "1")),
        ("README", None),
        ("qmgr.8.tar", None),
    ],
)
def test_names_of_files(name: str, expected: tuple[str, str] | None) -> None:
    assert manfiles.split_name(name) == expected


@pytest.mark.parametrize(
    ("ending", "pack"),
    [("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_what_is_packed(tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / f"qmgr.8{ending}"
    path.write_bytes(pack("Ä page".encode()))
    assert manfiles.read(FakeHost(), path) == "Ä page"


def test_what_another_program_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "qmgr.8.zst"
    path.write_bytes(b"x")
    host = FakeHost(commands={("zstd", "-dc", str(path)): Output("A page")})
    assert manfiles.read(host, path) == "A page"


def test_old_signs_and_damage(tmp_path: Path) -> None:
    old, broken = tmp_path / "a.1", tmp_path / "b.1.gz"
    old.write_bytes("Ä".encode("latin-1"))
    broken.write_bytes(gzip.compress(b"x" * 999)[:20])
    assert manfiles.read(FakeHost(), old) == "Ä"
    assert manfiles.read(FakeHost(), broken) == ""
    assert manfiles.read(FakeHost(), tmp_path / "nowhere.1") == ""


def test_where_the_manual_lies(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    path = f"{two}:{one}:{two}:{tmp_path}/nowhere:relative\n"
    assert manfiles.folders(FakeHost(commands={("manpath", "-q"): Output(path)})) == [
        str(two),
        str(one),
    ]
    assert manfiles.folders(FakeHost(commands={("man", "-w"): Output(path)})) == [
        str(two),
        str(one),
    ]
    variables = {"MANPATH": f"{one}:{two}"}
    assert manfiles.folders(FakeHost(variables=variables))[:2] == [str(one), str(two)]


def test_pages_of_the_wanted_sections(tmp_path: Path) -> None:
    for place in (
        "man1/postqueue.1.gz",
        "man5/postconf.5",
        "man8/README",
        "man3/x.3",
        "de/man1/y.1",
    ):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = {(name, section) for name, section, _ in manfiles.files([tmp_path], {"1", "5", "8"})}
    assert found == {("postqueue", "1"), ("postconf", "5")}


def test_a_page_that_only_points_to_another(tmp_path: Path) -> None:
    assert manfiles.stub_of('.\\" comment\n.so man5/header_checks.5\n') == "man5/header_checks.5"
    assert manfiles.stub_of(".so man5/x.5\n.SH NAME\n") == ""
    (tmp_path / "man5").mkdir()
    target = tmp_path / "man5/header_checks.5.gz"
    target.touch()
    page = tmp_path / "man5/body_checks.5"
    assert manfiles.neighbour(page, "man5/header_checks.5") == target.resolve()
    assert manfiles.neighbour(page, "header_checks.5") == target.resolve()
