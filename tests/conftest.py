"""Fixtures: the real corpus compiled once; a session and the command on a host that exists only here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from mailhelp.cli import run
from mailhelp.corpus.build import build
from mailhelp.session import Session
from tests.fakes import FakeHost

CORPUS = Path(__file__).parent.parent / "corpus"
LINE = (
    "Nov 22 06:25:16 mx postfix/smtpd[123]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: "
    "554 5.7.1 <bob@example.net>: Relay access denied; from=<ann@example.org> "
    "to=<bob@example.net> proto=ESMTP helo=<mx>\n"
)


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of this checkout's corpus, compiled as the package build compiles it.

    ``MAILHELP_TEST_INDEX`` names one that is compiled already, for those who run the tests many times.
    """
    compiled = os.environ.get("MAILHELP_TEST_INDEX")
    if compiled:
        return Path(compiled)
    folder = tmp_path_factory.mktemp("index")
    build(CORPUS, folder)
    return folder


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    """A host with nothing on it, on 22 November 2026."""
    return FakeHost(folder=tmp_path, day=date(2026, 11, 22))


@pytest.fixture
def session(host: FakeHost, bundled: Path) -> Iterator[Session]:
    """A session on ``host`` with the real corpus."""
    opened = Session(host, bundled)
    yield opened
    opened.close()


class Done(NamedTuple):
    """How a command line ended, and what it wrote."""

    code: int
    out: str
    err: str


class Mailhelp:
    """``mailhelp(*words, stdin=…, NAME=value…)``: the whole command, in this process, on a host of its own."""

    def __init__(self, home: Path, bundled: Path) -> None:
        self.home = home
        self.notes = home / "config/notes"
        self.host = FakeHost(folder=home, day=date(2026, 11, 22))
        self.host.variables["MAILHELP_INDEX"] = str(bundled)

    def __call__(self, *words: str, stdin: str | bytes = "", **variables: str) -> Done:
        host = self.host
        host.piped = BytesIO(stdin.encode() if isinstance(stdin, str) else stdin)
        host.written, host.said = StringIO(), StringIO()
        before = dict(host.variables)
        host.variables.update(variables)
        try:
            code = run(list(words), host)
        finally:
            host.variables = before
        return Done(code, host.written.getvalue(), host.said.getvalue())


@pytest.fixture
def mailhelp(tmp_path: Path, bundled: Path) -> Mailhelp:
    """The command on a host with nothing on it, its home ``tmp_path``."""
    return Mailhelp(tmp_path, bundled)


class Process:
    """Runs ``python -m mailhelp`` in a process of its own, with a home and a path of the test's own."""

    def __init__(self, home: Path, bundled: Path) -> None:
        (home / "bin").mkdir(exist_ok=True)
        self.words = [sys.executable, "-m", "mailhelp"]
        self.environment = {
            "HOME": str(home),
            "PATH": str(home / "bin"),
            "MAILHELP_INDEX": str(bundled),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(CORPUS.parent),
        }

    def __call__(self, *words: str, stdin: str = "", **variables: str) -> Done:
        done = subprocess.run(
            [*self.words, *words],
            input=stdin.encode(),
            capture_output=True,
            env={**self.environment, **variables},
            timeout=120,
            check=False,
        )
        assert b"Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def process(tmp_path: Path, bundled: Path) -> Process:
    """The command as a process."""
    return Process(tmp_path, bundled)
