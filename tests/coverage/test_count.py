"""At least nine in ten of what each program around Postfix can log by default have an entry of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.session import Session
from tests.coverage import extract
from tests.coverage.count import count

PROGRAMS = dict(extract.tables())


@pytest.mark.parametrize("name", PROGRAMS)
def test_nine_in_ten_are_known(name: str, session: Session) -> None:
    found = list(count(name, PROGRAMS[name]["tag"], session.library.engine))
    missing = [each.record for each in found if not each.entry]
    assert found
    assert len(missing) <= 2 + len(found) // 10, missing[:20]


SOURCES = {
    "c": (
        "prog.c",
        """/* syslog(LOG_ERR, "no"); */
        #define NAME "prog"
        syslog(LOG_ERR, "%s: can't open "
               "%s: %s", NAME, path, strerror(errno));
        syslog(LOG_DEBUG, "not by default");
        """,
        "prog: can't open {path}: {errno}",
    ),
    "perl": (
        "prog",
        """# mylog(1, "no");
        mylog(1, "can't open $file: $!") if $trouble;
        """,
        "can't open {path}: {errno}",
    ),
    "python": (
        "prog.py",
        """log.error('%s: queue of %d mails', list_name, size)""",
        "{text}: queue of {number} mails",
    ),
    "lua": (
        "prog.lua",
        """-- logger.errx(task, 'no')
        logger.errx(task, 'cannot open %s: %s', path, err)
        """,
        "cannot open {path}: {error}",
    ),
}
CALLS = {
    "c": {"syslog": {"format": 1, "levels": {"LOG_ERR": "error", "LOG_DEBUG": "debug"}}},
    "perl": {"mylog": {"format": 1}},
    "python": {"log.error": {}},
    "lua": {"logger.errx": {}},
}


@pytest.mark.parametrize("language", SOURCES)
def test_formats_come_out_of_a_source(language: str, tmp_path: Path) -> None:
    name, text, expected = SOURCES[language]
    (tmp_path / "prog-1.0").mkdir()
    (tmp_path / "prog-1.0" / name).write_text(text)
    source = {
        "folder": ["prog-*"],
        "files": ["*"],
        "language": language,
        "calls": CALLS[language],
    }
    found = extract.extract({"source": [source]}, tmp_path, extract.holes())
    assert [each.text for each in found] == [expected]
