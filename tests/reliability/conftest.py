"""A home that is broken, somebody else's files, the command as a process in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

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


SCRIPT = "import sys; sys.argv[0] = 'mailhelp'; from mailhelp.start import main; main()"
COMMAND = [sys.executable, "-P", "-c", SCRIPT]
"""What the installed command does: nothing of the current directory is on Python's path."""
