"""The tally of a log → its report."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from mailhelp import api
from mailhelp.answer import Report
from mailhelp.errors import NothingFound, SourceError
from mailhelp.render import json_
from mailhelp.session import Session

SCHEMA = json.loads((Path(api.__file__).parent / "schema.json").read_text())
FATAL = "postfix/smtpd[9]: fatal: open database /etc/aliases.db: No such file or directory"
GUESS = "postfix/smtpd[9]: warning: unknown[192.0.2.{n}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
REJECT = (
    "postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 450 4.1.1 <b@example.org>: Recipient "
    "address rejected: User unknown in local recipient table; from=<a@example.net> to=<b@example.org> "
    "proto=ESMTP helo=<x>"
)
GOOD = "postfix/smtpd[9]: connect from mx.example.net[192.0.2.9]"


def log(*messages: str) -> str:
    return "".join(
        f"Nov {21 + n // 20} {n % 20:02}:00:00 mx {message}\n" for n, message in enumerate(messages)
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    guesses = [GUESS.format(n=n) for n in (1, 2, 2)]
    path.write_text(log(*[GOOD] * 3, FATAL, *guesses, REJECT, REJECT, "odd[1]: no 7", *[GOOD] * 20))
    return path


def report_of(session: Session, *files: Path, **given: str) -> Report:
    found = api.log(session, [str(each) for each in files], **given).answer  # type: ignore[arg-type]
    jsonschema.validate(json.loads(json_.render(found)), SCHEMA)
    assert found.report is not None
    return found.report


def test_totals_whoever_held_or_deferred_the_mail(session: Session, tmp_path: Path) -> None:
    deferred = "to=<b@example.org>, relay=mx.example.org[198.51.100.1]:25, delay=1, delays=0/0/1/0, dsn=4.7.1, status=deferred"
    said = "host mx.example.org[198.51.100.1] said: 450 4.7.1"
    tail = "from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>"
    path = tmp_path / "mail.log"
    path.write_text(
        log(
            f"postfix/smtp[1]: AAAAA1: {deferred} ({said} greylisted (in reply to RCPT TO command))",
            f"postfix/smtp[1]: AAAAA1: {deferred} ({said} greylisted (in reply to RCPT TO command))",
            f"postfix/smtp[1]: BBBBB2: {deferred} ({said} busy (in reply to RCPT TO command))",
            f"postfix/cleanup[2]: CCCCC3: milter-hold: END-OF-MESSAGE from x[192.0.2.7]: later; {tail}",
            f"postfix/cleanup[2]: DDDDD4: warning: header Subject: a from x[192.0.2.7]; {tail}: seen",
            f"postfix/cleanup[2]: DDDDD4: info: header Subject: a from x[192.0.2.7]; {tail}: seen",
        )
    )
    mail = report_of(session, path).mail
    assert (mail["deferred"], mail["deferrals"]) == (2, 3)
    assert (mail["held"], mail["warned"], mail["rejected"]) == (1, 1, 0)


def test_worst_first_and_by_group(session: Session, file: Path) -> None:
    report = report_of(session, file)
    assert [(each.group, each.severity, each.count) for each in report.problems] == [
        ("act", "error", 1),
        ("look", "notice", 2),
        ("attack", "notice", 3),
        ("harmless", "info", 23),
    ]
    assert report.problems[2].clients == 2
    assert report.problems[2].top["client_address"] == (("192.0.2.2", 2), ("192.0.2.1", 1))
    assert [each.harmless for each in report.problems] == [False, False, False, True]


def test_records_and_their_time(session: Session, file: Path) -> None:
    report = report_of(session, file)
    assert (report.records, report.recognised) == (30, {"entry": 29, "generic": 0, "no": 1})
    assert (report.first, report.last) == ("2026-11-21T00:00:00", "2026-11-22T09:00:00")
    assert (report.unrecognised[0].shape, report.shapes) == ("odd: no …", 1)
    assert report.mail["rejected"] == 2
    (fatal, *_) = report.problems
    assert (len(fatal.by_hour), fatal.by_hour[3], sum(fatal.by_hour)) == (34, 1, 1)


def test_a_long_log_has_the_hours_of_the_day(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_text(
        f"Jan 1 05:00:00 mx {FATAL}\nJan  1 05:00:00 mx {FATAL}\nNov 22 06:00:00 mx {FATAL}\n"
    )
    (fatal,) = report_of(session, path).problems
    assert (len(fatal.by_hour), fatal.by_hour[5], fatal.by_hour[6]) == (24, 2, 1)


def test_a_short_log_has_a_day_of_hours(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_text(log(FATAL))
    (fatal,) = report_of(session, path).problems
    assert (len(fatal.by_hour), fatal.by_hour[0]) == (24, 1)


def test_only_a_time(session: Session, file: Path) -> None:
    assert report_of(session, file, since="2026-11-21T04", until="2026-11-21T07").records == 3
    with pytest.raises(NothingFound, match="of that time"):
        report_of(session, file, since="2027-01-01")


def test_a_file_that_cannot_be_read_beside_one_that_can(session: Session, file: Path) -> None:
    found = api.log(session, [str(file), str(file.parent / "none.log")])
    assert found.tally.records == 30
    assert "none.log cannot be read" in found.answer.notes[0]
    with pytest.raises(SourceError, match=r"none\.log"):
        api.log(session, [str(file.parent / "none.log")])


def test_a_problem_in_full(session: Session, file: Path) -> None:
    found = api.log(session, [str(file)])
    answer = api.log_problem(session, found, 1)
    assert answer.severity == "error"
    assert answer.explanation
    assert answer.text.endswith(FATAL)
    assert answer.notes[0].startswith("1 record, first 2026-11-21T03:00:00")
    with pytest.raises(NothingFound, match="There is no problem 9: the log has 4"):
        api.log_problem(session, found, 9)


def test_a_problem_names_a_mail_to_trace(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    delivery = (
        "postfix/smtp[9]: 4F2A1B3C5: to=<bob@example.net>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, "
        "status=deferred (connect to mail.example.net[192.0.2.1]:25: Connection timed out)"
    )
    path.write_text(log(delivery))
    found = api.log(session, [str(path)])
    answer = api.log_problem(session, found, 1)
    assert answer.commands[0].command == f"mailhelp trace 4F2A1B3C5 {path}"
    assert "of 1 mail" in answer.notes[0]


def test_the_table_names_entries_that_there_are(session: Session) -> None:
    library = session.library
    table = library.table("report")
    entries = [*table["attacks"]["entries"]]
    names = [
        *table["top"]["fields"],
        table["mail"]["id"],
        table["mail"]["size"],
        table["attacks"]["who"],
    ]
    for row in table["totals"].values():
        entries += row.get("entries", ())
        names += [row["field"]] if "field" in row else []
    assert [entry for entry in entries if library.document(entry) is None] == []
    assert [name for name in names if name not in library.fields] == []
