"""A started program: found in its own PATH, alone with its pipes, in a session of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mailhelp.host.program import Running


def run(*argv: str, stdin: bytes = b"", **variables: str) -> str:
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **variables}
    output = Running(argv, 10, stdin, environment, "").result()
    assert (output.failure, output.stderr) == ("", "")
    return output.stdout


def test_it_is_looked_for_in_the_path_that_it_gets(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        program = tmp_path / name / "said"
        program.write_text(f"#!/bin/sh\necho {name}\n")
        program.chmod(0o755 if name == "second" else 0o644)  # the first is no program
    assert run("said", PATH=f"{tmp_path}/first:{tmp_path}/second") == "second\n"


def test_it_leads_a_session_of_its_own() -> None:
    session, process = run("sh", "-c", "ps -o sid= -p $$ || echo $$; echo $$").split()
    assert session == process
    assert int(session) != os.getsid(0)


def test_it_dies_of_a_closed_pipe_as_programs_do() -> None:
    """Python ignores that signal; a program that inherits this complains or goes on for ever."""
    assert run("sh", "-c", "yes | head -1") == "y\n"


def test_nothing_is_left_open() -> None:
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        run("cat", stdin=b"x")
        Running(("no-such-program",), 1, b"", {"PATH": "/bin"}, "").result()
        Running(("/",), 1, b"x", {"PATH": "/bin"}, "").result()
    assert len(os.listdir("/dev/fd")) == before


def test_it_hears_and_speaks_where_a_standard_stream_is_closed() -> None:
    """The pipes must not take the numbers 0 to 2, which are given to the program one by one."""
    script = (
        "import os, sys\n"
        "from mailhelp.host.program import Running\n"
        "said = os.dup(1)\n"
        "for number in (0, 1, 2): os.close(number)\n"
        "argv = ('sh', '-c', 'cat; echo err >&2')\n"
        "output = Running(argv, 10, b'in', {'PATH': '/usr/bin:/bin'}, '').result()\n"
        "os.write(said, repr((output.stdout, output.stderr)).encode())\n"
    )
    assert run(sys.executable, "-c", script, PYTHONPATH=os.getcwd()) == "('in', 'err\\n')"


def test_what_is_done_meanwhile_is_done_before_the_wait_ends() -> None:
    done: list[str] = []
    running = Running(("/bin/echo", "x"), 10, b"", {}, "", lambda: done.append("ready"))
    assert done == []
    assert running.result().stdout == "x\n"
    assert done == ["ready"]
