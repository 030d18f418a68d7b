"""The patterns of an entry as they are matched."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.corpus.base import Base
from mailhelp.corpus.show import patterns
from mailhelp.errors import NothingFound
from tests.corpus.conftest import FRONT, Write, entry


def test_each_pattern_once_with_its_programs(write: Write, tmp_path: Path, base: Base) -> None:
    front = FRONT.replace("['zork from {client}']", "['zork from {client}', 'plugh']")
    write("log/postfix/smtpd/a.md", entry(front + "program = ['postfix/smtpd', 'postfix/qmgr']\n"))
    lines = list(patterns(tmp_path / "notes", "log/postfix/smtpd/a", base))
    assert [line for line in lines if not line.startswith(" ")] == ["zork from {client}", "plugh"]
    assert "  postfix/smtpd: zork from {client}" in lines
    assert "  postfix/qmgr: plugh" in lines
    assert lines[2].startswith("    zork\\ from\\ ")


def test_a_fault_is_shown_and_a_missing_entry_said(
    write: Write, tmp_path: Path, base: Base
) -> None:
    write("log/postfix/smtpd/a.md", entry(FRONT.replace("{client}", "{nobody}")))
    (line,) = patterns(tmp_path / "notes", "log/postfix/smtpd/a", base)
    assert "{nobody} is no field" in line
    with pytest.raises(NothingFound, match="has no entry log/postfix/smtpd/b"):
        list(patterns(tmp_path / "notes", "log/postfix/smtpd/b", base))
