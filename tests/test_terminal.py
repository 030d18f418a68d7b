"""On a real terminal: colour, the pager left out of it, and the index built after the first answer."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.test_cli import Command, mailhelp  # noqa: F401  # the fixture

LIMIT_S = 90


def on_terminal(command: Command, *words: str, **variables: str) -> tuple[int, str]:
    """Exit status and screen output of a run whose input, output and errors are one terminal."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mailhelp", *words],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**command.environment, "TERM": "xterm-256color", "COLUMNS": "80", **variables},
        start_new_session=True,
    )
    os.close(follower)
    seen = b""
    end = time.monotonic() + LIMIT_S
    try:
        while time.monotonic() < end:
            ready, _, _ = select.select([leader], [], [], 1)
            try:
                data = os.read(leader, 65536) if ready else b""
            except OSError:  # Linux: the other end is closed
                break
            if ready and not data:
                break
            seen += data
        return process.wait(LIMIT_S), seen.decode("utf-8", "replace")
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def test_the_first_answer_comes_before_the_index_is_built(
    mailhelp: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    status, screen = on_terminal(mailhelp, "--no-pager", "5.7.1")
    assert status == 0, screen
    assert "Traceback" not in screen
    assert "\x1b[1m" in screen
    assert screen.index("5.7.1") < screen.index("Reading this host's manuals")
    assert (tmp_path / ".cache/mailhelp/host/current").exists()
    _, again = on_terminal(mailhelp, "--no-pager", "5.7.1")
    assert "Reading" not in again


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(mailhelp: Command, variables: dict[str, str]) -> None:  # noqa: F811
    _, screen = on_terminal(mailhelp, "--no-pager", "recipe", **variables)
    assert not re.search(r"\x1b\[[0-9;]*m", screen)


def test_a_cache_that_cannot_be_written_is_said(mailhelp: Command) -> None:  # noqa: F811
    status, screen = on_terminal(
        mailhelp, "--no-pager", "5.7.1", MAILHELP_CACHE_DIR="/proc/mailhelp"
    )
    assert status == 0
    assert "Traceback" not in screen
    assert "cannot be written" in screen
