"""Whole logs: counted from files, while they grow, and opened by number."""

from __future__ import annotations

import gzip
import os
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


def test_logs_in_several_zones(session: Session, tmp_path: Path) -> None:
    zones = ("+01:00", "-05:00")
    files = [tmp_path / "a.log", tmp_path / "b.log"]
    for zone, path in zip(zones, files, strict=True):
        path.write_text(f"2026-11-22T06:25:16{zone} mx postfix/qmgr[9]: 4A1B22C: removed\n")
    assert log(session, [str(files[0])]).answer.notes == ()
    (note,) = log(session, list(map(str, files))).answer.notes
    assert "several zones (+01:00, -05:00)" in note


def test_a_log_over_new_year_without_a_year(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_text("".join(LINE.replace("Nov 22", day) for day in ("Dec 31", "Jan  1")))
    report = log(session, [str(path)]).answer.report
    assert report is not None
    assert (report.first, report.last) == ("2025-12-31T06:25:16", "2026-01-01T06:25:16")


def test_nothing_but_faults_is_no_report(session: Session, tmp_path: Path) -> None:
    (tmp_path / "fake.gz").write_bytes(b"\x1f\x8bgarbage")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for names, told in (
        (["none", "other"], "none cannot be read: No such file or directory. .*other cannot"),
        (["fake.gz"], "fake.gz cannot be read"),
        (["pipe"], "pipe is a pipe that nothing writes into"),
    ):
        with pytest.raises(SourceError, match=told):
            log(session, [str(tmp_path / name) for name in names])


def test_what_can_be_read_is_told_beside_faults(session: Session, file: Path) -> None:
    cut_off = file.parent / "mail.log.1.gz"
    cut_off.write_bytes(gzip.compress(LINE.encode() * 9)[:-9])
    found = log(session, [str(file), str(cut_off), str(file.parent)])
    assert found.tally.records == 14
    assert [fault.partition(" is ")[2] for fault in found.tally.faults] == [
        "damaged or cut off: what comes before that is read.",
        "a directory.",
    ]


def test_where_nothing_can_be_read(session: Session, tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "none"):
        with pytest.raises(SourceError):
            log(session, [str(name)])
        with pytest.raises(SourceError):
            Live(session, str(name))
