"""Nothing of anybody else's is read, run or imported, and no network is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CORPUS, LINE
from tests.reliability.conftest import ANOTHER, COMMAND, Machine, as_root

# what every kind of command reads, runs and imports on its way
CALLS = (
    (("queue_lifetime",), ""),
    ((), LINE),
    (("why", "is", "mail", "defered"), ""),
    (("recipe", "starttls-check", "host=mail.example.com"), ""),
    (("index",), ""),
    (("man", "qmgr"), ""),
    (("template",), ""),
    (("doctor",), ""),
    (("config",), ""),
    (("check",), ""),
    (("log", str(CORPUS.parent / "tests/seed/rejected.log")), ""),
    (("trace", "--all", str(CORPUS.parent / "tests/seed/rejected.log")), ""),
    (("nosuchcommand", "--help"), ""),
    (("--help",), ""),
    (("completion", "bash"), ""),
    (("-v",), ""),
)
MODULES = (
    "re", "json", "sqlite3", "subprocess", "typer", "rich", "whoosh", "encodings", "sitecustomize",
    "usercustomize", "multiprocessing", "concurrent", "pickle", "platformdirs", "msgspec", "gzip",
    "markdown_it", "tempfile", "shutil", "threading", "hashlib", "tomllib", "pty", "grp", "pwd",
)  # fmt: skip
PROGRAMS = (
    "postconf", "man", "manpath", "apropos", "groff", "mandoc", "less", "more", "nice", "zstd", "sh",
)  # fmt: skip


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder with modules, programs and files of the names that mailhelp uses; each leaves a mark."""
    folder = tmp_path / "trap"
    (folder / "mailhelp").mkdir(parents=True)
    mark = tmp_path / "sprung"
    for name in MODULES:
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write('import {name}\\n')\n")
    (folder / "mailhelp/__init__.py").write_text((folder / "re.py").read_text())
    for name in PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\necho run {name} >>{mark}\n")
        (folder / name).chmod(0o755)
    (folder / "index").mkdir()
    (folder / "notes/topics").mkdir(parents=True)
    (folder / "notes/topics/planted.md").write_text("+++\ntitle = 'Planted'\n+++\nPlanted.\n")
    for name in ("catalogue.db", "current", "last.json", "completion.txt", "main.cf", "master.cf"):
        (folder / name).write_text("planted\n")
        (folder / "index" / name).write_text("planted\n")
    return folder


def sprung(trap: Path) -> str:
    mark = trap.parent / "sprung"
    return mark.read_text() if mark.exists() else ""


def test_the_trap_works(trap: Path) -> None:
    subprocess.run([sys.executable, "-c", "import tempfile"], cwd=trap, check=False)
    subprocess.run(["man"], env={"PATH": "."}, cwd=trap, check=False)
    assert "import tempfile" in sprung(trap)
    assert "run man" in sprung(trap)


@pytest.mark.parametrize("path", ["{}", ":{}", ".:{}", "{}::.", "./:{}:", "bin:{}", ""])
def test_nothing_of_the_current_directory(machine: Machine, trap: Path, path: str) -> None:
    machine.notes.mkdir(parents=True)
    path = path.format(machine.environment["PATH"])
    calls = CALLS if path[:1] in ("", ".") else CALLS[:1]
    for words, text in calls:
        done = machine(*words, stdin=text, place=trap, PATH=path, PAGER="less", XDG_CACHE_HOME=".")
        done = machine(*words, stdin=text, place=trap, PATH=path, PAGER="less")
        assert done.code in (0, 1, 2, 3)
        assert "lanted" not in done.out + done.err
    assert sprung(trap) == ""


def test_nothing_of_the_current_directory_by_the_name_of_the_module(
    machine: Machine, trap: Path
) -> None:
    """``python -m`` puts it on the path; only a planted ``mailhelp`` itself can't be told from ours."""
    (trap / "mailhelp/__init__.py").unlink()
    (trap / "mailhelp").rmdir()
    # what Python imports before it runs a module, and asks for there
    for name in ("encodings", "sitecustomize", "usercustomize"):
        (trap / f"{name}.py").unlink()
    for words, text in CALLS[:5]:
        done = subprocess.run(
            [sys.executable, "-m", "mailhelp", *words],
            input=text.encode(),
            capture_output=True,
            env=machine.environment,
            cwd=trap,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert sprung(trap) == ""


def test_completion_reads_nothing_of_the_current_directory(machine: Machine, trap: Path) -> None:
    (trap / "mailhelp/host").mkdir()
    (trap / "mailhelp/host/current").write_text("x\n")
    (trap / "mailhelp/host/x").mkdir()
    (trap / "mailhelp/host/x/completion.txt").write_text("topic\tplanted\t\x1b[2J\n")
    asked = {"_MAILHELP_COMPLETE": "complete_bash", "COMP_WORDS": "mailhelp plan"}
    for variables in ({"XDG_CACHE_HOME": "."}, {"HOME": "."}, {"HOME": ""}):
        assert "planted" not in machine(place=trap, **asked, **variables).out


WATCH = """
import os, sys
def watch(event, details):
    if event.startswith("socket.") and event != "socket.gethostname":
        if event == "socket.__new__" and details[1] == 1:  # between processes of one host
            return
        with open(os.environ["WATCHED"], "a") as file:
            file.write(f"{event} {details}\\n")
        raise OSError("no network here")
sys.addaudithook(watch)
"""


def test_no_network_is_asked(machine: Machine, tmp_path: Path) -> None:
    """Each process of Python tells of every call for a socket, and refuses it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(WATCH)
    path = f"{tmp_path}/site:{machine.environment['PYTHONPATH']}"
    watched = {"WATCHED": str(tmp_path / "watched"), "PYTHONPATH": path}
    for words, text in (*CALLS, (("log", "--jobs", "2", *CALLS[10][0][1:]), "")):
        machine(*words, stdin=text, **watched)
    assert not (tmp_path / "watched").exists(), (tmp_path / "watched").read_text()
    script = "import socket; socket.getaddrinfo('localhost', 25)"
    subprocess.run(
        [sys.executable, "-c", script],
        env={**machine.environment, **watched},
        capture_output=True,
        check=False,
    )
    assert "socket.getaddrinfo" in (tmp_path / "watched").read_text()


def test_no_module_imports_what_speaks_to_a_network() -> None:
    speaking = ("socket", "ssl", "http", "urllib", "ftplib", "smtplib", "asyncio", "xmlrpc")
    script = (
        "import sys, pkgutil, importlib, mailhelp\n"
        "for module in pkgutil.walk_packages(mailhelp.__path__, 'mailhelp.'):\n"
        "    if not module.name.endswith(('__main__', 'corpus.build')):\n"
        "        source = importlib.util.find_spec(module.name).origin\n"
        "        print(source)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(CORPUS.parent)},
    )
    for source in done.stdout.decode().split():
        lines = Path(source).read_text().split("\n")
        for word in speaking:
            found = [
                line
                for line in lines
                if line.strip().startswith((f"import {word}", f"from {word}"))
            ]
            assert found == [], source


@as_root
def test_root_in_a_users_environment(machine: Machine, tmp_path: Path) -> None:
    """With the user's HOME, PATH, PAGER, notes, index and last answer: none of it is used, and that is said."""
    user = tmp_path / "user"
    mark = tmp_path / "sprung"
    for folder in ("bin", ".config/mailhelp/notes/topics", ".cache/mailhelp/host"):
        (user / folder).mkdir(parents=True)
    for name in (*PROGRAMS, "pager"):
        (user / "bin" / name).write_text(f"#!/bin/sh\necho run {name} >>{mark}\n")
        (user / "bin" / name).chmod(0o755)
    (user / ".manpath").write_text(f"DEFINE pager {user}/bin/pager\nMANDATORY_MANPATH {user}\n")
    (user / ".config/mailhelp/notes/topics/a.md").write_text(
        "+++\ntitle = 'Planted'\nasked_as = ['queue lifetime']\nsources = ['x']\n+++\nRun rm.\n"
    )
    (user / ".cache/mailhelp/last.json").write_text('{"format": 1}')
    for place, folders, files in os.walk(user):
        for name in (*folders, *files, "."):
            os.lchown(os.path.join(place, name), ANOTHER, ANOTHER)
    variables = {"HOME": str(user), "PATH": f"{user}/bin:/usr/bin", "PAGER": f"{user}/bin/pager"}
    for words, text in CALLS:
        done = machine(*words, stdin=text, **variables)
        assert "Planted" not in done.out
        if words not in (("--help",), ("nosuchcommand", "--help"), ("completion", "bash")):
            assert f"belongs to user {ANOTHER}" in done.err, words
            assert done.err.count(f"belongs to user {ANOTHER}") == 1 or done.code == 3
    assert not mark.exists(), mark.read_text()
    made = [path for path in user.rglob("*") if path.lstat().st_uid != ANOTHER]
    assert made == []


def test_notes_that_others_can_write(machine: Machine) -> None:
    (machine.notes / "topics").mkdir(parents=True)
    note = machine.notes / "topics/a.md"
    note.write_text("+++\ntitle = 'Own'\nasked_as = ['zorkmid']\nsources = ['x']\n+++\nA coin.\n")
    assert machine("zorkmid").out.startswith("Own")
    for place in (note, note.parent, machine.notes.parent):
        mode = place.stat().st_mode
        place.chmod(mode | 0o002)
        done = machine("zorkmid")
        assert "A coin" not in done.out
        assert done.err.startswith(f"mailhelp: {machine.notes} is not used: {place} can be written")
        assert f"chmod go-w {place}" in done.err
        place.chmod(mode)
    assert machine("zorkmid").out.startswith("Own")


def test_a_last_answer_that_others_can_write(machine: Machine) -> None:
    machine("queue_lifetime")
    last = machine.cache / "last.json"
    last.chmod(0o666)
    done = machine("-v")
    assert done.code == 1
    assert f"chmod go-w {last}" in done.err


def test_an_index_that_is_named_and_that_others_can_write(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index/catalogue.db").write_text("planted")
    (tmp_path / "index").chmod(0o777)
    done = machine("--version", MAILHELP_INDEX=str(tmp_path / "index"))
    assert done.code == 0
    done = machine("5.7.1", MAILHELP_INDEX=str(tmp_path / "index"))
    assert "which MAILHELP_INDEX names, is not used" in done.err
    assert "is damaged" not in done.err


def test_what_runs_is_what_is_installed() -> None:
    """The tests' way in is the one of the command that pip makes."""
    assert COMMAND[0] == sys.executable
    assert "mailhelp.start import main" in COMMAND[-1]
