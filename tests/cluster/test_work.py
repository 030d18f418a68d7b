"""What a worker does is what one process does, with the mailhelp that was asked for."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from mailhelp import __version__
from mailhelp.cluster import work
from mailhelp.cluster.work import Order, Release
from mailhelp.errors import SourceError
from mailhelp.log.files import chunks
from mailhelp.log.scan import Scanner
from mailhelp.log.tally import Tally
from mailhelp.session import Session
from tests.corpus.conftest import entry
from tests.fakes import FakeHost

SEED = Path(__file__).parent.parent / "seed"


@pytest.fixture
def order(session: Session, bundled: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    monkeypatch.setenv("MAILHELP_INDEX", str(bundled))
    release = Release(__version__, session.library.bundled.sum)
    return Order(release, b"", date(2026, 11, 22), "", "", False, 10_000)


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "mail.log"
    path.write_text((SEED / "after-queue.log").read_text() * 20)
    return str(path)


def test_what_all_machines_need_to_have_in_common(order: Order) -> None:
    assert work.release() == order.release
    assert len(order.release.knowledge) == 8


def test_pieces_are_cut_and_counted_as_here(order: Order, log: str, session: Session) -> None:
    scanner = Scanner(session.library.plan())
    found = work.cut(log, order)
    assert found == (chunks(log, scanner.begins, 10_000), "", "")
    told = work.fold(work.scan(chunk, order) for chunk in found.chunks)
    assert told == work.fold(scanner.scan(work.blocks(chunk)) for chunk in found.chunks)
    assert told.records == 300


def test_each_thread_counts_for_itself(order: Order, log: str) -> None:
    (chunk, *_) = work.cut(log, order).chunks
    found: list[Tally] = []
    threads = [Thread(target=lambda: found.append(work.scan(chunk, order))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == found[2] == work.scan(chunk, order)


def test_the_notes_of_who_asks_are_taken_along(
    order: Order, host: FakeHost, bundled: Path, tmp_path: Path
) -> None:
    folder = host.config_dir / "notes/log/postfix/smtpd"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text(entry(), encoding="utf-8")
    session = Session(host, bundled)
    notes = session.library.notes
    assert notes is not None
    content = notes.content
    session.close()
    log = tmp_path / "mail.log"
    log.write_text("Nov 22 06:25:17 mx postfix/smtpd[9]: zork from unknown[192.0.2.7]\n")
    own = pickle.loads(pickle.dumps(order._replace(notes=content)))
    for each, known in ((order, "no"), (own, "entry")):
        (chunk,) = work.cut(str(log), each).chunks
        assert work.scan(chunk, each).recognised == {known: 1}


def test_a_file_that_cannot_be_read_is_told(order: Order, tmp_path: Path) -> None:
    found = work.cut(str(tmp_path / "none"), order)
    assert found.chunks == []
    assert found.fault.endswith("none cannot be read: No such file or directory.")


def test_another_mailhelp_counts_nothing(order: Order, log: str) -> None:
    for release, told in (
        (
            Release("0.0.1", order.release.knowledge),
            rf"has mailhelp {__version__}, and this is 0\.0\.1",
        ),
        (Release(__version__, "0"), "has another index of mailhelp"),
    ):
        with pytest.raises(SourceError, match=told):
            work.cut(log, order._replace(release=release))
