"""Regexes that were compiled before are those that ``re`` would compile, and it does where a file cannot serve."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as made

from mailhelp import regexes
from mailhelp.corpus.regex_file import _of_modules
from mailhelp.knowledge.store import CATALOGUE, Store

OURS = list(_of_modules())


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexes, "_made", {})
    monkeypatch.setattr(regexes, "_files", [])


def never(*given: object) -> None:
    raise AssertionError(f"{given} was compiled")


def test_a_kept_regex_is_what_re_compiles(bundled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    regexes.read_from(str(bundled))
    monkeypatch.setattr(regexes, "_compiled", never)
    store = Store(bundled / CATALOGUE)
    sources = [
        row.regex for row in store.patterns(["postfix/smtpd"], store.filing(["postfix/smtpd"]))
    ]
    store.close()
    assert len(sources) > 300
    for source in sources[::7]:
        assert regexes.compile(source, re.DOTALL) == re.compile(source, re.DOTALL)
    for given_ in OURS:
        assert regexes.compile(*given_) == re.compile(*given_)


@pytest.mark.parametrize("damage", ["cut", "other", "missing", "empty", "zeros"])
def test_a_file_that_does_not_serve_is_done_without(
    bundled: Path, tmp_path: Path, damage: str
) -> None:
    whole = (bundled / regexes.FILE).read_bytes()
    spoilt = {
        "cut": whole[: len(whole) // 100],
        "other": whole.replace(b"mailhelp regexes 1", b"mailhelp regexes 0", 1),
        "empty": b"",
        "zeros": whole[: regexes.HEAD] + bytes(len(whole) - regexes.HEAD),
    }
    if damage in spoilt:
        (tmp_path / regexes.FILE).write_bytes(spoilt[damage])
    regexes.read_from(str(tmp_path))
    for given_ in OURS:
        assert regexes.compile(*given_) == re.compile(*given_)


def test_a_damaged_regex_is_compiled(bundled: Path, tmp_path: Path) -> None:
    whole = bytearray((bundled / regexes.FILE).read_bytes())
    slots = int.from_bytes(whole[regexes.HEAD - 4 : regexes.HEAD], "little")
    begin = regexes.HEAD + slots * regexes.SLOT
    whole[begin:] = bytes(byte ^ 1 for byte in whole[begin:])
    (tmp_path / regexes.FILE).write_bytes(whole)
    regexes.read_from(str(tmp_path))
    for given_ in OURS:
        assert regexes.compile(*given_) == re.compile(*given_)


@given(made.text())
def test_escaped_text_is_itself(text: str) -> None:
    assert regexes.escape(text) == re.escape(text)
    assert regexes.fullmatch(regexes.escape(text), text, re.DOTALL)


def test_another_python_does_not_read_it(bundled: Path) -> None:
    head = (bundled / regexes.FILE).read_bytes()[: regexes.HEAD]
    assert head.startswith(regexes.tag())
    assert sys.implementation.cache_tag.encode() in regexes.tag()


def test_a_line_is_explained_without_re(bundled: Path) -> None:
    script = (
        "import sys; from mailhelp import regexes; regexes.read_from(sys.argv[1]);"
        "found = regexes.compile('[A-Za-z]+').findall('a 1 b'); assert found == ['a', 'b'], found;"
        "sys.exit('re' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(bundled)], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
