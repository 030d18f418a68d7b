"""The file of regexes: what it holds, and that a second build takes over what it can."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailhelp import regexes
from mailhelp.corpus import regex_file
from mailhelp.corpus.build import build


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "topics").mkdir(parents=True)
    (folder / "defaults.toml").touch()
    (folder / "topics/t.md").write_text(
        "+++\ntitle = 'T'\nasked_as = ['what is t']\nsources = ['us']\n+++\nA text.\n"
    )
    build(folder, tmp_path / "index")
    return tmp_path / "index"


def test_every_regex_of_the_package_is_in_it(index: Path) -> None:
    file = regexes.File(str(index / regexes.FILE))
    found = list(regex_file._of_modules())
    assert len(found) > 100
    assert all(file.kept(regexes.sums(*each)) for each in found)


def test_what_was_kept_is_taken_over_unless_it_is_damaged(index: Path) -> None:
    row = regex_file._kept("a(b)c", int(re.DOTALL))
    key = regexes.sums("a(b)c", int(re.DOTALL))
    before = index / "before"
    before.write_bytes(regex_file._laid_out([(key, b"damaged")]))
    [(_, kept)] = regex_file._compiled(regexes.File(str(before)), [("a(b)c", int(re.DOTALL))])
    assert kept == row
    before.write_bytes(regex_file._laid_out([(key, regex_file._kept("other", 0))]))
    [(_, kept)] = regex_file._compiled(regexes.File(str(before)), [("a(b)c", int(re.DOTALL))])
    assert kept == regex_file._kept("other", 0)


def test_each_of_many_is_found_again(tmp_path: Path) -> None:
    rows = [(regexes.sums(f"x{n}", 0), f"{n}".encode()) for n in range(5000)]
    path = tmp_path / "many"
    path.write_bytes(regex_file._laid_out(rows))
    file = regexes.File(str(path))
    assert all(file.kept(key) == row for key, row in rows)
    assert file.kept(regexes.sums("y", 0)) is None
