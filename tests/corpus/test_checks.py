"""A check that is silent where it should speak, or speaks where it should be silent, is a fault of the corpus."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailhelp.corpus import checks
from mailhelp.corpus.compile import compile_corpus
from mailhelp.corpus.read import CHECKS, read

CORPUS = Path(__file__).parent.parent.parent / "corpus"
ROW = """
[mine]
severity = "warning"
title = "The mail of {name} is thrown away"
meaning = "It is."
when = [{ parameter = "default_transport", is = ["discard"] }]
sources = ["discard(8postfix)"]
bad = "default_transport = discard"
good = "default_transport = smtp"
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of the tables alone."""
    folder = tmp_path_factory.mktemp("corpus")
    for path in CORPUS.glob("*.toml"):
        shutil.copy(path, folder)
    shutil.copytree(CORPUS / "fields", folder / "fields")
    (folder / CHECKS).mkdir()
    return folder


def faults(small: Path, text: str) -> list[str]:
    (small / CHECKS / "relay.toml").write_text(text, encoding="utf-8")
    corpus = read(small)
    compiled = compile_corpus(corpus)
    found = [*compiled.faults, *checks.faults(corpus, compiled)]
    return [str(each) for each in found if CHECKS in str(each.path)]


def test_a_good_check(small: Path) -> None:
    assert faults(small, ROW) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("= discard", "= smtp", "does not find the bad sample"),
        ("= smtp", "= discard", "finds its fault in the good sample"),
        ('"default_transport", is', '"no_such_name", is', "no parameter 'no_such_name'"),
        ("is = [", "iss = [", "has no key 'iss'"),
        ('severity = "warning"\n', "", "must have"),
        ("sources =", 'related = ["topic/none"]\nsources =', "no entry 'topic/none'"),
        ("when =", "#", "neither"),
    ],
)
def test_a_fault_names_file_line_and_check(small: Path, old: str, new: str, says: str) -> None:
    found = faults(small, ROW.replace(old, new, 1))
    assert all("relay.toml:2: [relay/mine]" in each for each in found)
    assert any(says in each for each in found)
