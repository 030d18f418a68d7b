"""A corpus of a few files, as a contributor writes it, and the compiled catalogue that it builds on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailhelp.corpus.base import Base
from mailhelp.corpus.check import check
from mailhelp.corpus.read import Fault
from mailhelp.knowledge.store import CATALOGUE, Store

FRONT = """\
title = "A client"
patterns = ['zork from {client}']
severity = "info"
verdict = { who = "client" }
sources = ["us"]
"""
SAMPLES = """
## Samples

```
zork from unknown[192.0.2.7]
```
"""

Write = Callable[..., Path]
Faults = Callable[..., list[str]]


def entry(front: str = FRONT, text: str = "What it means.\n", samples: str = SAMPLES) -> str:
    """The source of an entry; by default that of a log entry without a fault."""
    return f"+++\n{front}+++\n{text}{samples}"


@pytest.fixture
def base(bundled: Path) -> Iterator[Base]:
    """The bundled corpus, for notes to build on."""
    store = Store(bundled / CATALOGUE)
    yield Base(store)
    store.close()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of the notes in ``tmp_path / "notes"``."""

    def written(path: str, source: str) -> Path:
        file = tmp_path / "notes" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        return file

    return written


@pytest.fixture
def faults(tmp_path: Path, base: Base) -> Faults:
    """The faults of the notes: ``NAME:LINE: text``."""

    def found() -> list[str]:
        _, faults = check(tmp_path / "notes", base)
        return [shown(fault) for fault in faults]

    return found


def shown(fault: Fault) -> str:
    """A fault without the folder of its file."""
    return f"{fault.path.name}:{fault.line}: {fault.text}"
