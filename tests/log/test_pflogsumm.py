"""What is counted of a log is what pflogsumm counts, where that is installed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from benchmarks.logs import TOTALS, records, summary
from mailhelp import api
from mailhelp.answer import Report
from mailhelp.session import Session

_UNITS = {"": 1, "k": 1024, "m": 1024**2}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_text("".join(records(4000)))
    return path


@pytest.fixture
def theirs(log: Path) -> str:
    try:
        done = subprocess.run(
            ["pflogsumm", str(log)], capture_output=True, text=True, timeout=60, check=True
        )
    except FileNotFoundError:
        pytest.skip("pflogsumm is not installed (apt-get install pflogsumm)")
    return done.stdout


def report(session: Session, log: Path) -> Report:
    found = api.log(session, [str(log)], detailed=True).answer.report
    assert found is not None
    return found


def rows(text: str, title: str, columns: int) -> dict[str, list[str]]:
    """The rows of a table of pflogsumm's by their last word."""
    part = text.partition(title)[2].split("\n\n")[0]
    found = re.findall(rf"^\s*((?:\S+(?: s)?\s+){{{columns}}})(\S+)$", part, re.MULTILINE)
    return {name: re.findall(r"[\d.]+[km]?", values) for values, name in found}


def test_grand_totals(session: Session, log: Path, theirs: str) -> None:
    ours, said = report(session, log).mail, summary(theirs)
    for name in TOTALS:
        assert ours[name] == said.get(name, 0), name


def test_domains_of_recipients(session: Session, log: Path, theirs: str) -> None:
    said = rows(theirs, "Message Delivery", 5)
    ours = report(session, log).recipients
    assert {row[0] for row in ours} == set(said) - {"host/domain", "-----------"}
    for name, delivered, deferred, mean, longest in ours:
        sent, _, defers, average, most = said[name]
        assert (delivered, deferred) == (int(sent), int(defers))
        assert abs(mean - float(average)) < 0.11
        assert abs(longest - float(most)) < 0.11


def test_domains_of_senders(session: Session, log: Path, theirs: str) -> None:
    said = rows(theirs, "Messages Received", 2)
    for name, mails, size in report(session, log).senders:
        count, shown = said[name]
        assert mails == int(count)
        number, unit = re.fullmatch(r"(\d+)([km]?)", shown).groups()  # type: ignore[union-attr]
        assert abs(size - int(number) * _UNITS[unit]) <= _UNITS[unit]


def test_hours(session: Session, log: Path, theirs: str) -> None:
    ours = report(session, log)
    said = re.findall(r"^\s+(\d\d):?00-\d\d:?00" + r"\s+(\d+)" * 5, theirs, re.MULTILINE)
    assert len(said) == 24
    days = 2
    for hour, *numbers in said:
        for name, number in zip(
            ("received", "delivered", "deferred", "bounced", "rejected"), numbers, strict=True
        ):
            own = ours.traffic.get(name, (0,) * 24)[int(hour)]
            assert int(own / days + 0.5) == int(number), (hour, name)
