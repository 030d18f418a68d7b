"""What `log` counts of real logs of each Postfix: every record is known, and the totals are pflogsumm's.

pflogsumm (Debian package pflogsumm, 1.1.5) is told no options. Where it counts otherwise, the records that it leaves out are
counted here by themselves, and are all of the difference.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.logs import TOTALS, summary
from mailhelp import api
from mailhelp.answer import Report
from mailhelp.session import Session
from tests.fakes import FakeHost
from tests.log.test_pflogsumm import rows

from .conftest import unavailable
from .mails import Traffic, text

UNSEEN = re.compile(r"/smtpd\[\d+\]: (?:\w+: milter-reject|proxy-reject|NOQUEUE: proxy-reject): ")
"""Refusals that pflogsumm does not know: a milter's at smtpd, and those of a filter before the queue."""


@pytest.fixture(scope="module")
def log(sent: Traffic) -> str:
    """Postfix's log from before the rotation and after it."""
    return "".join(text(file) for file in sent.postfix)


@pytest.fixture(scope="module")
def theirs(log: str) -> str:
    if shutil.which("pflogsumm") is None:
        unavailable(["pflogsumm (Debian package pflogsumm)"])
    return subprocess.run(
        ["pflogsumm"], input=log, capture_output=True, text=True, timeout=60, check=True
    ).stdout


def report(bundled: Path, home: Path, files: list[Path]) -> Report:
    session = Session(FakeHost(folder=home), bundled)
    try:
        found = api.log(session, [str(file) for file in files], detailed=True).answer.report
    finally:
        session.close()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ours(sent: Traffic, bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return report(bundled, tmp_path_factory.mktemp("host"), sent.postfix)


def test_every_record_has_an_entry(sent: Traffic, bundled: Path, tmp_path: Path) -> None:
    # other.log has records of programs that nobody knows, on purpose.
    known = [file for file in sent.files if file.name != "other.log"]
    found = report(bundled, tmp_path, known)
    assert found.recognised == {"entry": found.records, "generic": 0, "no": 0}


def test_grand_totals(log: str, theirs: str, ours: Report) -> None:
    said = summary(theirs)
    unseen = sum(UNSEEN.search(line) is not None for line in log.splitlines())
    assert unseen > 0
    for name in TOTALS:
        more = unseen if name == "rejected" else 0
        assert ours.mail[name] == said.get(name, 0) + more, name


def test_rows_of_the_grand_totals_that_have_two_words(theirs: str, ours: Report) -> None:
    def number(pattern: str) -> int:
        found = re.search(pattern, theirs)
        assert found, pattern
        return int(found[1])

    deferred = (number(r"(\d+) +deferred "), number(r"\((\d+) +deferrals\)"))
    assert (ours.mail["deferred"], ours.mail["deferrals"]) == deferred
    assert ours.mail["warned"] == number(r"(\d+) +reject warnings")
    assert ours.mail["bytes_received"] == number(r"(\d+) +bytes received")
    assert ours.mail["bytes_delivered"] == number(r"(\d+) +bytes delivered")


def test_domains(theirs: str, ours: Report) -> None:
    said = rows(theirs, "Message Delivery", 5)
    assert {row[0] for row in ours.recipients} == set(said) - {"host/domain", "-----------"}
    for name, delivered, deferred, mean, longest in ours.recipients:
        sent, _, defers, average, most = said[name]
        assert (delivered, deferred) == (int(sent), int(defers)), name
        assert abs(mean - float(average)) < 0.11, name
        assert abs(longest - float(most)) < 0.11, name
    said = rows(theirs, "Messages Received", 2)
    received = {name: mails for name, mails, _ in ours.senders}
    # pflogsumm puts a mail that has no sender under its client's name.
    (client,) = set(said) - set(received) - {"host/domain", "-----------"}
    said["<>"] = said.pop(client)
    assert received == {name: int(said[name][0]) for name in received}
