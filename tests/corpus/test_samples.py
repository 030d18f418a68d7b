"""Samples as tests: a line belongs to one entry, and yields the values that it says."""

from __future__ import annotations

from pathlib import Path

from mailhelp.corpus.check import check
from tests.corpus.conftest import FRONT, Write, entry, shown


def faults(tmp_path: Path) -> list[str]:
    """The faults of the samples of a whole corpus of a few files."""
    (tmp_path / "notes/defaults.toml").touch()
    _, found = check(tmp_path / "notes")
    return [shown(fault) for fault in found if "sample" in fault.text]


FIELDS = "[client]\nregex = '\\S+'\n[text]\nregex = '.*'\n"


def test_two_entries_of_one_line_are_a_fault(write: Write, tmp_path: Path) -> None:
    write("fields/all.toml", FIELDS)
    write("log/postfix/smtpd/a.md", entry())
    assert faults(tmp_path) == []
    write("log/postfix/smtpd/b.md", entry())
    found = faults(tmp_path)
    assert found
    assert all("just as well" in text or "is taken by" in text for text in found)
    assert any("sample fits log/postfix/smtpd/b just as well" in text for text in found)


def test_an_entry_of_another_program_is_no_rival(write: Write, tmp_path: Path) -> None:
    write("fields/all.toml", FIELDS)
    write("log/postfix/smtpd/a.md", entry())
    write("log/postfix/qmgr/b.md", entry())
    assert faults(tmp_path) == []


def test_one_with_more_fixed_text_takes_the_line(write: Write, tmp_path: Path) -> None:
    write("fields/all.toml", FIELDS)
    write("log/postfix/smtpd/a.md", entry(FRONT.replace("zork from {client}", "zork {text}")))
    write("log/postfix/smtpd/b.md", entry())
    assert any(
        "a.md" in text and "taken by log/postfix/smtpd/b" in text for text in faults(tmp_path)
    )


def test_a_sample_of_several_programs_is_tried_for_each(write: Write, tmp_path: Path) -> None:
    write("fields/all.toml", FIELDS)
    write("log/postfix/smtpd/a.md", entry(FRONT + "program = ['postfix/smtpd', 'postfix/qmgr']\n"))
    write("log/postfix/qmgr/b.md", entry())
    found = faults(tmp_path)
    assert any("log/postfix/qmgr/b" in text or "log/postfix/smtpd/a" in text for text in found)


def test_who_fits_the_samples_of_a_better_one_is_known(write: Write, tmp_path: Path) -> None:
    write("fields/all.toml", FIELDS)
    lesser = entry(FRONT.replace("zork from {client}", "zork {text}")).replace(
        "zork from unknown[192.0.2.7]", "zork plum"
    )
    write("log/postfix/smtpd/a.md", lesser)
    write("log/postfix/smtpd/b.md", entry())
    assert faults(tmp_path) == []
    compiled, _ = check(tmp_path / "notes")
    assert compiled.rivals == {("log/postfix/smtpd/a", "log/postfix/smtpd/b")}
