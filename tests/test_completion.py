"""What a shell puts in for a word half typed: commands, options, names, placeholders; in real shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailhelp import completion
from mailhelp.commands import COMMANDS, SHELLS
from tests.conftest import Mailhelp, Process

ROWS = (
    ("parameter", "queue_directory", "Where the queue is"),
    ("recipe", "starttls-check", "Does STARTTLS work?"),
    ("recipe starttls-check", "host=", ": The server's name."),
    ("recipe starttls-check", "port=", "25: Its port."),
    ("page", "postconf", "postconf(1)"),
    ("template", "failure_template", "failure"),
    ("status", "5.7.1", "Not authorised"),
)


def offered(*words: str) -> list[str]:
    return [word for word, _ in completion.candidates(list(words), ROWS)]


def test_without_a_letter_only_the_commands() -> None:
    assert offered("") == list(COMMANDS)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("qu",), ["queue_directory"]),
        (("5.",), ["5.7.1"]),
        (("rec",), ["recipe"]),
        (("recipe", "st"), ["starttls-check"]),
        (("recipe", "starttls-check", ""), ["host=", "port=", "port=25"]),
        (("recipe", "starttls-check", "host=a", "p"), ["port=", "port=25"]),
        (("recipe", "starttls-check", "port="), ["port=25"]),
        (("recipe", "starttls-check", "host=a", ""), ["port=", "port=25"]),
        (("-v", "recipe", "starttls-check", "ho"), ["host="]),
        (("man", "post"), ["postconf"]),
        (("template", ""), ["failure_template"]),
        (("trace", "--a"), ["--all"]),
        (("explain", "--on"), ["--only-problems"]),
        (("--c",), ["--color"]),
        (("--color", "a"), ["auto", "always"]),
        (("completion", "z"), ["zsh"]),
        (("export", "l"), ["lnav"]),
        (("export", "lnav", "p"), []),
        (("explain", "/var/lo"), []),
        (("queue_directory", "qu"), []),
    ],
)
def test_what_fits(words: tuple[str, ...], expected: list[str]) -> None:
    assert offered(*words) == expected


def test_names_of_the_bundled_index_and_of_this_host(bundled: Path, tmp_path: Path) -> None:
    build = tmp_path / "host/one"
    build.mkdir(parents=True)
    (tmp_path / "host/current").write_text("one\n")
    (build / "completion.txt").write_text("page\tqmgr\tqmgr(8)\nspoilt\n")
    environ = {"MAILHELP_INDEX": str(bundled), "MAILHELP_CACHE_DIR": str(tmp_path)}
    names = {name for _, name, _ in completion.names(completion.folders(environ))}
    assert {"maximal_queue_lifetime", "starttls-check", "host=", "qmgr"} <= names
    assert not any(set(name) & set(" '\"()$`;&|<>*?") for name in names)


def test_every_shell_has_its_script(mailhelp: Mailhelp) -> None:
    for shell in SHELLS:
        assert "_MAILHELP_COMPLETE=complete_" + shell in mailhelp("completion", shell).out
    done = mailhelp("completion", "csh")
    assert (done.code, done.out) == (2, "")
    assert "bash, zsh or fish" in done.err


@pytest.fixture
def shell(process: Process, tmp_path: Path) -> Process:
    """A path on which ``mailhelp`` is a command."""
    wrapper = tmp_path / "bin/mailhelp"
    wrapper.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m mailhelp \"$@\"\n")
    wrapper.chmod(0o755)
    process.environment["PATH"] = f"{wrapper.parent}:/usr/bin:/bin"
    return process


def told(shell: Process, name: str, *script: str) -> list[str]:
    """The lines that a real shell prints."""
    path = shutil.which(name)
    if path is None and os.environ.get("MAILHELP_REQUIRE_LAB") != "1":
        pytest.skip(f"{name} is not installed")
    assert path, f"{name} is not installed: run tests/lab/install.sh"
    done = subprocess.run(
        [path, *script],
        env=shell.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1]


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("mailhelp recipe starttls-check ho", ["host="]),
        ("mailhelp recipe starttls-check port=", ["25"]),  # bash puts it in after the =
        ("mailhelp maximal_queue_l", ["maximal_queue_lifetime"]),
        ("mailhelp trace --a", ["--all"]),
        ("mailhelp explain /no/such", []),
    ],
)
def test_in_bash(shell: Process, line: str, reply: list[str]) -> None:
    script = (
        'source <(mailhelp completion bash); COMP_LINE="$1" COMP_POINT=${#1}\n'
        "compopt() { :; }\n"  # works in a completion that readline asked for only
        '_mailhelp_complete mailhelp; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert [each for each in told(shell, "bash", "-c", script, "bash", line) if each] == reply


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("recipe starttls-check ho", ["host=:The server's name"]),
        ("maximal_queue_l", ["maximal_queue_lifetime:"]),
        ("explain /no/such", ["FILES"]),
    ],
)
def test_in_zsh(shell: Process, words: str, reply: list[str]) -> None:
    script = (
        "compdef() {}; _files() { print FILES }; _describe() { print -l -- ${(P)2} }\n"
        "source <(mailhelp completion zsh)\n"
        f"words=(mailhelp {words}); CURRENT=$#words; _mailhelp"
    )
    lines = told(shell, "zsh", "-f", "-c", script)
    assert len(lines) == len(reply)
    assert all(line.startswith(start) for line, start in zip(lines, reply, strict=True))


def test_in_fish(shell: Process) -> None:
    script = "mailhelp completion fish | source; complete -C 'mailhelp recipe starttls-check ho'"
    (line,) = told(shell, "fish", "--no-config", "-c", script)
    assert line.startswith("host=\tThe server's name")


def test_a_tab_loads_next_to_nothing(process: Process) -> None:
    script = (
        "import os, sys; from mailhelp.completion import main; main(os.environ);"
        "slow = {'typer', 'rich', 'sqlite3', 'json', 'pathlib', 'mailhelp.session'};"
        "sys.exit(f'loaded: {slow & set(sys.modules)}' if slow & set(sys.modules) else 0)"
    )
    environ = {
        **process.environment,
        "_MAILHELP_COMPLETE": "complete_bash",
        "COMP_WORDS": "mailhelp rec",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "recipe" in done.stdout.split()
