"""Programs of the host that fail, hang, print noise or without end, a poor terminal, any locale, any date."""

from __future__ import annotations

import os
import pty
import resource
import select
import subprocess
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from mailhelp.host.machine import Handle, Host
from mailhelp.session import Session
from tests.conftest import LINE, Mailhelp
from tests.reliability.conftest import COMMAND, Machine

PROGRAMS = ("postconf", "man", "manpath", "apropos", "groff", "mandoc", "nice")
BAD = {
    "missing": "exit 127",
    "failing": "echo out of order >&2; exit 75",
    "noise": "head -c 100000 /dev/urandom; exit 0",
    "megabytes": "exec yes 'x = \x1b[2J'",
    "killed": "kill -9 $$",
}
QUESTIONS = (("queue_lifetime",), ("5.7.1",), ("why is mail deferred",), ("doctor",))


def no_controls(text: str) -> bool:
    return all(sign.isprintable() or sign == "\n" for sign in text)


@pytest.mark.parametrize("how", BAD)
def test_programs_that_are_no_good(machine: Machine, how: str) -> None:
    for name in PROGRAMS:
        machine.program(name, BAD[how])
    for words in QUESTIONS:
        done = machine(*words)
        assert done.code == 0, (words, done.err)
        assert done.out
        assert no_controls(done.out + done.err)
        assert done.err.count("\n") <= 1
    assert "maximal_queue_lifetime" in machine("queue_lifetime").out
    for words in (("template",), ("man",), ("config",), ("index",)):
        done = machine(*words)
        assert done.code in (0, 1, 3)
        assert no_controls(done.out + done.err)
        assert done.out or done.err


def test_programs_that_are_not_a_programs(machine: Machine) -> None:
    for name in PROGRAMS:
        (machine.programs / name).unlink(missing_ok=True)
        (machine.programs / name).write_bytes(b"\x00\x01no program")
        (machine.programs / name).chmod(0o755)
    for words in QUESTIONS:
        assert machine(*words).code == 0
    assert machine("index").code in (0, 3)


class Impatient(Host):
    """This host, but nothing may take longer than a moment."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables

    @property
    def environ(self) -> Mapping[str, str]:
        return self.variables

    def start(self, *argv: str, timeout: float = 0.0, **rest: object) -> Handle:
        return super().start(*argv, timeout=0.3, **rest)  # type: ignore[arg-type]


def test_programs_that_hang(machine: Machine, bundled: Path) -> None:
    """Each is stopped, with all that it started."""
    from mailhelp import api

    for name in PROGRAMS:
        machine.program(name, "echo $$ >>$HOME/started; sleep 1000 & sleep 1000")
    began = time.monotonic()
    session = Session(Impatient(machine.environment), bundled)
    try:
        (answer, *_) = api.ask(session, "maximal_queue_lifetime")
        assert answer.recognised == "entry"
        assert [row.value for row in answer.parameters][:1] == [None]
        api.index(session, lambda done, total, what: None)
    finally:
        session.close()
    assert time.monotonic() - began < 30
    numbers = {int(line) for line in (machine.home / "started").read_text().split()}
    assert len(numbers) > 2
    for number in numbers:
        assert not Path(f"/proc/{number}").exists() or is_dead(number)


def is_dead(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def on_a_terminal(machine: Machine, *words: str, **variables: str) -> str:
    """What stands on a terminal of 80 × 10 after the command, which ends by itself."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [*COMMAND, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**machine.environment, "COLUMNS": "80", "LINES": "10", **variables},
        start_new_session=True,
        cwd="/",
    )
    os.close(theirs)
    written = b""
    until = time.monotonic() + 30
    try:
        while time.monotonic() < until and select.select([ours], [], [], 30)[0]:
            try:
                data = os.read(ours, 65536)
            except OSError:  # the last one has closed it
                break
            written += data
        assert running.wait(30) == 0
    finally:
        running.kill()
        running.wait()
        os.close(ours)
    return written.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("fails", "exit 3"),
        ("is no program", None),
        ("is not here", ""),
        ("leaves at once", "exit 0"),
    ],
)
def test_a_pager_that_is_no_good(machine: Machine, name: str, script: str | None) -> None:
    machine.program("pg", script or "")
    if script is None:
        (machine.programs / "pg").write_bytes(b"\x00")
    elif not script:
        (machine.programs / "pg").unlink()
        machine.program("less", "cat")
    seen = on_a_terminal(machine, "-v", "queue_lifetime", PAGER="pg")
    if name != "leaves at once":
        assert "maximal_queue_lifetime" in seen
    if name in ("fails", "is no program"):
        assert f"The pager {machine.programs}/pg " in seen
        assert "Set PAGER to another" in seen


def test_what_hinders_the_index_is_told_at_a_terminal(machine: Machine) -> None:
    (machine.home / ".cache").mkdir(mode=0o700)
    (machine.home / ".cache/mailhelp").write_text("")
    seen = on_a_terminal(machine, "-q", "5.7.1", TERM="dumb")
    assert seen.count("A file is in its place. Move it away") == 1


@pytest.mark.parametrize("term", [None, "", "dumb", "no-such-terminal", "../../etc/passwd"])
def test_any_terminal(machine: Machine, term: str | None) -> None:
    variables = {} if term is None else {"TERM": term}
    assert "5.7.1" in on_a_terminal(machine, "--no-pager", "5.7.1", **variables)


@pytest.mark.parametrize(
    "locale", [{}, {"LC_ALL": "C"}, {"LC_ALL": "xx_YY.nonsense"}, {"LANG": "de_DE.ISO-8859-1"}]
)
def test_any_locale(machine: Machine, locale: dict[str, str]) -> None:
    plain = {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    line = LINE.replace("Relay", "Relay").replace("helo=<mx>", "helo=<mü>")
    for words, text in ((("queue_lifetime",), ""), ((), line), (("straße",), "")):
        done = machine(*words, stdin=text, without=("LC_ALL",), **plain, **locale)
        assert done.code in (0, 1)
        assert done.out or words == ("straße",)
    assert machine("index", without=("LC_ALL",), **plain, **locale).code == 0
    assert machine("queue_lifetime").err == ""


@pytest.mark.parametrize("day", [date(1970, 1, 1), date(2100, 12, 31)])
def test_any_date(mailhelp: Mailhelp, tmp_path: Path, day: date) -> None:
    mailhelp.host.day = day
    (tmp_path / "mail.log").write_text(
        LINE + LINE.replace("NOQUEUE", "4F1A2B3C4D").replace("Nov 22", "Feb 29")
    )
    log = str(tmp_path / "mail.log")
    for words, text in (
        ((), LINE),
        (("explain", log), ""),
        (("log", log), ""),
        (("log", "--last", "2h", log), ""),
        (("trace", "4F1A2B3C4D", log), ""),
        (("trace", "--all", log), ""),
    ):
        done = mailhelp(*words, stdin=text)
        assert done.code in (0, 1), (words, done.err)
        assert done.out or done.err


def few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


def very_few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6))


def little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (32 << 20,) * 2)  # none for a thread


@pytest.mark.parametrize("limit", [few_files, very_few_files, little_memory])
def test_with_few_files_or_little_memory(machine: Machine, limit: Callable[[], None]) -> None:
    """What cannot be had is done without, or said in a sentence; a healthy run says nothing of it."""
    for words, text in (*((words, "") for words in QUESTIONS), ((), LINE)):
        done = machine(*words, stdin=text, first=limit)
        assert done.code in (0, 3), done
        assert done.out or "Too many open files" in done.err or "not enough memory" in done.err
        assert "damaged" not in done.err
    assert machine("queue_lifetime").err == ""
