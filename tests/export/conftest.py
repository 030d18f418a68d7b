"""What the exports are held to: the corpus' samples, and the entry that mailhelp itself finds for each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from mailhelp.corpus.base import Base
from mailhelp.corpus.read import read
from mailhelp.corpus.samples import whole_lines
from mailhelp.export.rules import LOG, Rules, rules
from mailhelp.knowledge.library import Library, bundled_store
from tests.conftest import CORPUS

EVERY = int(os.environ.get("MAILHELP_EVERY", "8"))
"""Of so many samples one is tried: engines are slower than mailhelp, and the tests' time is bounded. With 1, ``pytest -s``
tells the figures of docs/decisions/0011-exports.md."""
LEAST = 0.98
"""The share of samples for which an engine must name the entry that mailhelp names."""


class Sample(NamedTuple):
    """A record by its tag and message, and the id of its entry."""

    tag: str
    program: str
    message: str
    entry: str


@pytest.fixture(scope="session")
def library(bundled: Path) -> Iterator[Library]:
    opened = Library(bundled_store(bundled))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def exported(library: Library) -> Rules:
    return rules(library)


@pytest.fixture(scope="session")
def samples(library: Library) -> list[Sample]:
    """Some samples of every program, each as a program would log it."""
    engine, parts = library.engine, Base(library.bundled).parts
    found = []
    for entry in read(CORPUS).entries:
        if entry.kind != "log":
            continue
        document = library.document(entry.id)
        assert document is not None
        for name in document.data["program"]:
            tag = "postfix/master" if name == "postfix/any" else name
            for sample in entry.samples:
                for line, _ in whole_lines(entry, sample, parts):
                    match = engine.catalogue.match(engine.keys(tag), line)
                    if match and not match.generic and "\n" not in line:
                        program = engine.program(tag) or tag
                        found.append(Sample(tag, program, line, match.id.removeprefix(LOG)))
    assert len(found) > 20_000
    return found[::EVERY]


def hold(samples: Sequence[Sample], answers: Sequence[Sequence[str]]) -> None:
    """That ``answers`` name, for enough of ``samples``, the entry and no other; and that hardly one stays without it."""
    assert len(answers) == len(samples)
    differ = Counter(
        (sample.entry, tuple(named))
        for sample, named in zip(samples, answers, strict=True)
        if list(named) != [sample.entry]
    )
    print(f"{len(samples)} samples, {differ.total()} differ: {differ.most_common(5)}")
    lacking = [entry for entry, named in differ.elements() if entry not in named]
    assert differ.total() <= len(samples) * (1 - LEAST), differ.most_common(10)
    assert len(lacking) <= len(samples) * (1 - LEAST) / 2, lacking
