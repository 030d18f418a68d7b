"""Fixtures: the real corpus compiled once, and a session on a host that exists only here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mailhelp.corpus.build import build
from mailhelp.session import Session
from tests.fakes import FakeHost

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of this checkout's corpus, compiled as the package build compiles it."""
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
