"""On a real terminal: colour, the pager left out of it, and the index built after the first answer."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import Process

LIMIT_S = 90


def on_terminal(command: Process, *words: str, **variables: str) -> tuple[int, str]:
    """Exit status and screen output of a run whose input, output and errors are one terminal."""
    leader, follower = pty.openpty()
    running = subprocess.Popen(
        [*command.words, *words],
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
        return running.wait(LIMIT_S), seen.decode("utf-8", "replace")
    finally:
        running.kill()
        running.wait()
        os.close(leader)


def test_the_index_is_built_in_the_background_after_the_first_answer(
    process: Process, tmp_path: Path
) -> None:
    status, screen = on_terminal(process, "--no-pager", "5.7.1")
    assert status == 0, screen
    assert "Traceback" not in screen
    assert "\x1b[1m" in screen
    assert screen.index("5.7.1") < screen.index("read in the background")
    current = tmp_path / ".cache/mailhelp/host/current"
    end = time.monotonic() + LIMIT_S
    while not current.exists():
        assert time.monotonic() < end, "no index was built"
        time.sleep(0.05)
    _, again = on_terminal(process, "--no-pager", "5.7.1")
    assert "background" not in again


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(process: Process, variables: dict[str, str]) -> None:
    _, screen = on_terminal(process, "--no-pager", "recipe", **variables)
    assert not re.search(r"\x1b\[[0-9;]*m", screen)


def test_a_cache_that_cannot_be_written_troubles_no_answer_and_is_told_once(
    process: Process,
) -> None:
    status, screen = on_terminal(
        process, "--no-pager", "5.7.1", MAILHELP_CACHE_DIR="/proc/mailhelp"
    )
    assert (status, screen.count("cannot be written"), screen.count("mailhelp: ")) == (0, 1, 1)
    assert "5.7.1" in screen
    status, screen = on_terminal(process, "index", MAILHELP_CACHE_DIR="/proc/mailhelp")
    assert status == 3
    assert "cannot be written" in screen


def test_a_log_is_followed_through_its_rotation_until_ctrl_c(
    process: Process, tmp_path: Path
) -> None:
    log = tmp_path / "mail.log"
    line = "Nov 22 06:25:16 mx postfix/smtpd[9]: connect from a.example[192.0.2.7]\n"
    log.write_text(line * 3)
    leader, follower = pty.openpty()
    running = subprocess.Popen(
        [*process.words, "log", "--follow", str(log)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**process.environment, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"},
        start_new_session=True,
        # who starts the tests in the background has it ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(follower)
    seen = b""

    def wait_for(text: str) -> None:
        nonlocal seen
        end = time.monotonic() + LIMIT_S
        while text.encode() not in seen:
            assert time.monotonic() < end, seen
            if select.select([leader], [], [], 1)[0]:
                seen += os.read(leader, 65536)

    try:
        wait_for("3 records")
        with log.open("a") as stream:
            stream.write(line)
        wait_for("4 records")
        log.rename(tmp_path / "mail.log.1")
        log.write_text(line)
        wait_for("5 records")
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(LIMIT_S) == 130
        assert b"Traceback" not in seen
    finally:
        running.kill()
        running.wait()
        os.close(leader)
