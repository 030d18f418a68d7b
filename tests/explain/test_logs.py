"""Whole logs: counted from files, while they grow, and opened by number."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.errors import NothingFound, SourceError
from mailhelp.explain.logs import Live, log, log_problem
from mailhelp.session import Session

LINE = "Nov 22 06:25:16 mx postfix/smtpd[9]: connect from a.example[192.0.2.7]\n"
FATAL = "Nov 22 06:25:17 mx postfix/smtpd[9]: fatal: open database /etc/aliases.db: No such file or directory\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_text(LINE * 3 + FATAL + "Nov 22 06:25:17 mx odd[1]: no 7\n")
    return path


def test_a_number_behind_the_problems_opens_an_unknown_shape(session: Session, file: Path) -> None:
    found = log(session, [str(file)])
    report = found.answer.report
    assert report is not None
    assert f"log/{log_problem(session, found, 1).entry}" == report.problems[0].entry
    answer = log_problem(session, found, len(report.problems) + 1)
    assert (answer.recognised, "odd[1]: no 7" in answer.text, answer.draft != "") == (
        "no",
        True,
        True,
    )
    with pytest.raises(NothingFound):
        log_problem(session, found, len(report.problems) + 2)


def test_a_log_that_grows_is_what_it_is_as_a_whole(session: Session, file: Path) -> None:
    live = Live(session, str(file))
    assert live.look() is not None
    assert live.look() is None
    with file.open("a") as stream:
        stream.write(FATAL)
    answer = live.look()
    live.close()
    assert answer == log(session, [str(file)]).answer


def test_the_domains_of_a_log_only_if_asked_for(session: Session, file: Path) -> None:
    report = log(session, [str(file)]).answer.report
    assert report is not None
    assert not report.hosts
    report = log(session, [str(file)], detailed=True).answer.report
    assert report is not None
    assert report.hosts == {"mx": 5}


def test_where_nothing_can_be_read(session: Session, tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "none"):
        with pytest.raises(SourceError):
            log(session, [str(name)])
        with pytest.raises(SourceError):
            Live(session, str(name))
