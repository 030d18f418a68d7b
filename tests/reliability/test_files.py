"""What is named as FILE, or comes by standard input, is no file: a sentence, soon, in little memory."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
from pathlib import Path

import pytest

from tests.conftest import LINE
from tests.reliability.conftest import COMMAND, Machine

COMMANDS = (("explain",), ("log",), ("trace", "5419B66"), ("config", "-c"), ("check",), ())
KINDS = {
    "/dev/zero": "is a device, not a file",
    "/dev/full": "is a device, not a file",
    "folder": "is a directory",
    "socket": "No such device or address",
    "pipe": "is a pipe that nothing writes into",
    "none": "No such file",
    "unreadable": "Permission denied",
}
OTHER_WORDS = {
    "config": ("cannot be read", "neither a main.cf nor"),
    "check": ("no folder", "0 entries"),
}


def little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (600_000_000,) * 2)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    (folder / "folder").mkdir(parents=True)
    os.mkfifo(folder / "pipe")
    (folder / "unreadable").write_text(LINE)
    (folder / "unreadable").chmod(0)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(folder / "socket"))
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file(machine: Machine, place: Path, kind: str) -> None:
    if kind == "unreadable" and os.geteuid() == 0:
        pytest.skip("root may read everything")
    for command in COMMANDS:
        # a lone word that names nothing is a question
        name = str(place / kind)
        done = machine(*command, name, first=little_memory)
        said = OTHER_WORDS.get(command[0] if command else "", (KINDS[kind],))
        assert any(words in done.out + done.err for words in said), (command, done)
        assert done.code == (0 if "0 entries" in done.err else 3)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/full"])
@pytest.mark.parametrize(
    "words", [(), ("explain",), ("--json",), ("log", "-"), ("trace", "X", "-")]
)
def test_a_device_on_standard_input(machine: Machine, device: str, words: tuple[str, ...]) -> None:
    with open(device, "rb") as stream:
        done = subprocess.run(
            [*COMMAND, *words],
            stdin=stream,
            capture_output=True,
            env=machine.environment,
            preexec_fn=little_memory,
            timeout=60,
            check=False,
        )
    assert done.returncode == 3
    assert b"Standard input is a device, not a file." in done.stderr
    assert done.stdout.count(b"\n") <= 1


def test_settings_from_a_pipe_are_read(machine: Machine) -> None:
    """As of ``config -c <(ssh mx cat /etc/postfix/main.cf)``."""
    reader, writer = os.pipe()
    os.write(writer, b"mynetworks = 0.0.0.0/0\n")
    os.close(writer)
    done = subprocess.run(
        [*COMMAND, "config", "-c", f"/dev/fd/{reader}"],
        pass_fds=(reader,),
        capture_output=True,
        env=machine.environment,
        timeout=60,
        check=False,
    )
    os.close(reader)
    assert b"Danger: Open relay" in done.stdout


def test_main_cf_that_is_a_pipe(machine: Machine) -> None:
    folder = Path(machine.environment["MAIL_CONFIG"])
    folder.mkdir()
    os.mkfifo(folder / "main.cf")
    assert machine("queue_lifetime").code == 0
