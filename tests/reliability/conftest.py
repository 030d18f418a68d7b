"""The command as a process on a machine of the test's own: its home, its programs, what is broken of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CORPUS, Done
from tests.fakes import RECORDED
from tests.host.pages import manual

ANOTHER = 54321
"""The number of a user that no host has."""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``path`` somebody else's; who is not root becomes somebody else instead."""
    if os.geteuid() == 0:
        os.lchown(path, ANOTHER, ANOTHER)
    else:
        owner = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)


# what the installed command does: nothing of the current directory is on Python's path
_SCRIPT = "import sys; sys.argv[0] = 'mailhelp'; from mailhelp.start import main; main()"
COMMAND = [sys.executable, "-P", "-c", _SCRIPT]


class Machine:
    """A home and programs in a folder of the test's own; called with words, it is the command.

    ``programs`` are scripts that answer with recorded output: three pages of Postfix, and its templates.
    """

    def __init__(self, folder: Path, bundled: Path) -> None:
        self.home = folder / "home"
        self.programs = folder / "programs"
        self.home.mkdir(mode=0o700)
        self.programs.mkdir()
        self.cache = self.home / ".cache/mailhelp"
        self.notes = self.home / ".config/mailhelp/notes"
        self.environment = {
            "HOME": str(self.home),
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "MAILHELP_INDEX": str(bundled),
            "MAIL_CONFIG": str(folder / "postfix"),
            "PYTHONPATH": str(CORPUS.parent),
            "LC_ALL": "C.UTF-8",
        }
        self.program("manpath", f"echo {manual(folder / 'man')}")
        self.program("groff", f"cat >/dev/null; cat {RECORDED}/groff.txt")
        self.program("apropos", "exit 16")
        self.program("man", "exit 16")
        self.program(
            "postconf",
            f"case $1 in -t|-b) cat {RECORDED}/postconf$1.txt;;\n"
            '-d|-x) shift; for name; do echo "$name = 5d"; done;; esac',
        )

    def program(self, name: str, script: str) -> None:
        """Put a shell script in the place of a program."""
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        """The command on its way."""
        return subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.environment, **variables},
        )

    def __call__(
        self,
        *words: str,
        stdin: str = "",
        place: Path | None = None,
        first: Callable[[], object] | None = None,
        without: tuple[str, ...] = (),
        **variables: str,
    ) -> Done:
        """Ask, ``place`` being the current directory; ``first`` is done in the new process before it begins."""
        environment = {**self.environment, **variables}
        done = subprocess.run(
            [*COMMAND, *words],
            input=stdin.encode(),
            capture_output=True,
            env={name: value for name, value in environment.items() if name not in without},
            cwd=place or "/",
            timeout=60,
            check=False,
            preexec_fn=first,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return Done(
            done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8")
        )


@pytest.fixture
def machine(tmp_path: Path, bundled: Path) -> Machine:
    """The command on a healthy machine."""
    return Machine(tmp_path, bundled)
