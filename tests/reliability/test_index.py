"""This host's index, damaged, foreign, half built or built by twenty at once: answers go on, and it heals.

``MAILHELP_TEST_KILLS`` is how often a build is killed; a dozen without it.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import LINE
from tests.reliability.conftest import ANOTHER, Machine, as_root

KILLS = int(os.environ.get("MAILHELP_TEST_KILLS", "12"))
PROCESSES = 20
SEED = 9


def build(machine: Machine) -> Path:
    """The folder of the index, built."""
    assert machine("index").code == 0
    return in_use(machine)


def in_use(machine: Machine) -> Path:
    return machine.cache / "host" / (machine.cache / "host/current").read_text().strip()


def builds(machine: Machine) -> list[Path]:
    return [path for path in (machine.cache / "host").iterdir() if path.is_dir()]


def works(machine: Machine) -> bool:
    """Whether this host's index is whole and used."""
    done = machine("man", "qmgr")
    return (done.code, done.err) == (0, "") and "qmgr" in done.out


def catalogue_of_another_release(folder: Path) -> None:
    with sqlite3.connect(folder / "catalogue.db") as database:
        database.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
    database.close()


def another_database(folder: Path) -> None:
    (folder / "catalogue.db").unlink()
    with sqlite3.connect(folder / "catalogue.db") as database:
        database.execute("CREATE TABLE addresses (name TEXT)")
    database.close()


def cut(name: str, size: int) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        (path,) = folder.glob(name)
        os.truncate(path, size)

    return do


def overwrite(name: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        (path,) = folder.glob(name)
        path.write_bytes(random.Random(SEED).randbytes(path.stat().st_size))

    return do


def point_to(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder.parent / "current").write_text(text) and None


def a_pipe(folder: Path) -> None:
    (folder.parent / "current").unlink()
    os.mkfifo(folder.parent / "current")


def a_folder(folder: Path) -> None:
    (folder.parent / "current").unlink()
    (folder.parent / "current").mkdir()


def endless(folder: Path) -> None:
    (folder.parent / "current").unlink()
    (folder.parent / "current").symlink_to("/dev/zero")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "an older release": catalogue_of_another_release,
    "a foreign database": another_database,
    "an empty catalogue": cut("catalogue.db", 0),
    "a cut catalogue": cut("catalogue.db", 9000),
    "noise for a catalogue": overwrite("catalogue.db"),
    "noise for a table of contents": overwrite("search/*.toc"),
    "a cut search index": cut("search/*.seg", 1000),
    "noise for a search index": overwrite("search/*.seg"),
    "no search index": lambda folder: shutil.rmtree(folder / "search"),
    "no folder": shutil.rmtree,
    "a name that is none": point_to("../../.."),
    "an empty name": point_to(""),
    "a name with signs": point_to("a\0b\n\x1b[2J"),
    "a long name": point_to("x" * 100_000),
    "a pipe for the name": a_pipe,
    "a folder for the name": a_folder,
    "an endless name": endless,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index(machine: Machine, damage: str) -> None:
    healthy = machine("queue_lifetime").out
    folder = build(machine)
    DAMAGES[damage](folder)
    said = ""
    for words, text in ((("queue_lifetime",), ""), ((), LINE), (("delayed", "mail"), "")):
        done = machine(*words, stdin=text)
        assert done.code == 0
        assert done.out
        assert done.err.count("\n") <= 1, done.err
        said += done.err
    if damage != "an older release":
        assert "mailhelp index" in said or "is not used" in said
    assert "maximal_queue_lifetime" in healthy
    machine("index")
    assert machine("delayed", "mail").err == ""
    assert works(machine)


@as_root
@pytest.mark.parametrize("part", ["", "catalogue.db", "search", "../current", ".."])
def test_an_index_of_somebody_elses(machine: Machine, part: str) -> None:
    folder = build(machine)
    os.chown(folder / part, ANOTHER, ANOTHER)
    done = machine("qmgr")
    assert f"belongs to user {ANOTHER}" in done.err
    assert "page" not in machine("--json", "qmgr").out


@pytest.mark.parametrize("part", ["", "catalogue.db", "search", "completion.txt", ".."])
def test_an_index_that_others_can_write(machine: Machine, part: str) -> None:
    place = build(machine) / part
    place.chmod(place.stat().st_mode | 0o002)
    done = machine("queue_lifetime")
    assert done.code == 0
    assert done.err.count("\n") == 1
    assert "can be written by others. Run: chmod go-w" in done.err
    place.chmod(place.stat().st_mode & ~0o002)
    assert machine("queue_lifetime").err == ""


def test_many_at_once_on_a_cold_index(machine: Machine) -> None:
    """One builds; the others answer or say that it is being built."""
    (machine.notes / "topics").mkdir(parents=True)
    (machine.notes / "topics/own.md").write_text(NOTE)
    words = (("index",), ("queue_lifetime",), ("zorkmid",), ("delayed", "mail"))
    started = [machine.start(*words[number % 4]) for number in range(PROCESSES)]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in started]
    for number, (out, err, code) in enumerate(ended):
        if b"Another mailhelp is building this host's index" in err:
            assert words[number % 4] == ("index",)
        else:
            assert (code, err) == (0, b""), words[number % 4]
            assert out
    assert works(machine)
    assert len(builds(machine)) <= 2
    assert machine("zorkmid").out.startswith("What a zorkmid is")


def test_a_build_that_is_killed_at_any_moment(machine: Machine) -> None:
    began = time.monotonic()
    build(machine)
    took = time.monotonic() - began
    choose = random.Random(SEED)
    shutil.rmtree(machine.cache)
    for number in range(KILLS):
        process = machine.start("index")
        time.sleep(choose.uniform(0, 1.2 * took))
        process.kill()
        process.communicate()
        done = machine("queue_lifetime")
        assert (done.code, done.err) == (0, ""), number
        assert "maximal_queue_lifetime" in done.out
    assert machine("index").code == 0
    assert machine("index").code == 0
    assert works(machine)
    assert len(builds(machine)) <= 2
    left = {path.name for path in (machine.cache / "host").iterdir() if path.is_file()}
    assert left <= {"current", "lock"} | {name for name in left if name.startswith("current.")}


@pytest.mark.parametrize("link", ["lock", "asked", "current", "current.new", "host", "last.json"])
def test_links_in_the_cache_lead_nowhere(machine: Machine, tmp_path: Path, link: str) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "elsewhere").mkdir()
    place = machine.cache / ("" if link in ("host", "last.json") else "host") / link
    place.parent.mkdir(parents=True, mode=0o700)
    place.symlink_to(tmp_path / "elsewhere" if link == "host" else precious)
    for words in (("queue_lifetime",), ("index",), ("index",), ("queue_lifetime",)):
        assert machine(*words).code == 0
    assert precious.read_text() == "precious"
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert works(machine)


def test_a_link_to_a_folder_among_the_builds_is_not_emptied(
    machine: Machine, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/precious").write_text("precious")
    build(machine)
    for top in (machine.cache / "host", machine.cache / "notes"):
        top.mkdir(exist_ok=True, mode=0o700)
        (top / "0123-old").symlink_to(tmp_path / "elsewhere")
    (machine.notes / "topics").mkdir(parents=True)
    (machine.notes / "topics/own.md").write_text(NOTE)
    assert machine("zorkmid").code == 0
    build(machine)
    assert (tmp_path / "elsewhere/precious").read_text() == "precious"


@pytest.mark.parametrize("moment", [0, 1, 4_102_444_800, 9_999_999_999])
def test_files_of_any_time(machine: Machine, moment: int) -> None:
    """As after a start with a clock that was wrong."""
    folder = build(machine)
    for path in (
        *folder.rglob("*"),
        folder,
        folder.parent,
        *(machine.home.parent / "man").rglob("*"),
    ):
        os.utime(path, (moment, moment))
    assert machine("queue_lifetime").code == 0
    build(machine)
    assert works(machine)


NOTE = """+++
title = "What a zorkmid is"
asked_as = ["zorkmid"]
sources = ["the game"]
+++
A zorkmid is a coin.
"""
