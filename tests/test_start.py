"""The command as a process of its own: pipes that stay open or close, streams that fail, what is loaded."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CORPUS, LINE, Process


@pytest.mark.parametrize("words", [("--json",), ("explain", "--json")])
def test_a_record_is_answered_while_the_pipe_stays_open(
    process: Process, words: tuple[str, ...]
) -> None:
    running = subprocess.Popen(
        [*process.words, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=process.environment,
    )
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        for _ in range(2):
            running.stdin.write(LINE.encode())
            running.stdin.flush()
            ready, _, _ = select.select([running.stdout], [], [], 60)
            assert ready, "no answer before the pipe was closed"
            answer = json.loads(running.stdout.readline())
            assert answer["entry"] == "postfix/smtpd/relay-access-denied"
        running.stdin.close()
        assert running.wait(60) == 0
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def to_head(process: Process, script: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell script wrote that reads many lines and whose reader leaves after the first answer."""
    return subprocess.run(
        ["/bin/sh", "-c", f"{script} | head -n 1"],
        input=(LINE * 5000).encode(),
        capture_output=True,
        env={**process.environment, "PATH": os.defpath},
        timeout=120,
        check=False,
    )


def test_a_closed_pipe_ends_quietly(process: Process) -> None:
    done = to_head(process, f"exec '{sys.executable}' -m mailhelp --json explain -")
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


def test_a_read_only_home_answers(process: Process, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        done = process("queue_lifetime", HOME="/proc/nowhere")
    finally:
        tmp_path.chmod(0o700)
    assert done.code == 0
    assert "maximal_queue_lifetime" in done.out


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("--version",), ""),
        ((), LINE),
        (("5.7.1",), ""),
        (("recipe", "starttls-check", "host=mail.example.com"), ""),
        (("queue_lifetime",), ""),
    ],
)
def test_a_plain_answer_never_loads_what_is_slow_to_import(
    process: Process, words: tuple[str, ...], stdin: str
) -> None:
    script = (
        "import sys; before = set(sys.modules); from mailhelp.cli import main; main();"
        "slow = {'typer', 'whoosh', 'markdown_it', 'rich.console', 'tomllib', 'dataclasses', 'subprocess', 'threading',"
        " 'typing', 'pathlib', 'signal', 'importlib', 'sqlite3', 're', 'enum', 'json'} - before;"
        "sys.exit(f'loaded: {slow & set(sys.modules)}' if slow & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        input=stdin.encode(),
        capture_output=True,
        env=process.environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "redirection", "code", "said"),
    [
        ("", "<&-", 2, "empty"),
        ("explain -", "<&-", 2, "empty"),
        ("queue_lifetime", ">&-", 0, ""),
        ("xyzzyplugh", "2>&-", 1, ""),
        ("queue_lifetime", ">/dev/full", 3, "No space left on device"),
        ("explain --only-problems tests/seed/rejected.log", ">/dev/full", 3, "No space left"),
    ],
)
def test_streams_that_are_closed_or_full(
    process: Process, words: str, redirection: str, code: int, said: str
) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m mailhelp {words} {redirection}"],
        capture_output=True,
        cwd=CORPUS.parent,
        env={**process.environment, "PATH": os.defpath},
        timeout=60,
        check=False,
    )
    assert done.returncode == code
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_a_closed_pipe_ends_quietly_with_options_too(process: Process) -> None:
    script = f"{{ '{sys.executable}' -m mailhelp explain --only-problems; echo $? >&2; }}"
    done = to_head(process, script)
    assert done.stderr == b"0\n"


def test_a_locale_without_our_signs(process: Process) -> None:
    done = process("queue_lifetime", PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "maximal_queue_lifetime" in done.out


@pytest.mark.parametrize("module", ["mailhelp.cli", "mailhelp.session", "_sqlite3"])
def test_ctrl_c_while_modules_are_loaded_is_no_fault(process: Process, module: str) -> None:
    script = (
        "import sys, importlib.abc\n"
        "class Interrupted(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "sys.argv = ['mailhelp', 'queue_lifetime']\n"
        "from mailhelp.start import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env=process.environment,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
