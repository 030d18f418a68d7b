"""A real scheduler and real workers on loopback: the same report, whoever is lost."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy
from threading import Thread
from typing import Any

import pytest

from mailhelp import api
from mailhelp.cluster import client as clients
from mailhelp.errors import SourceError, UsageError
from mailhelp.log import files
from mailhelp.log.files import Chunk
from mailhelp.log.tally import Tally
from mailhelp.render import json_
from mailhelp.session import Session
from tests.conftest import CORPUS, Done, Mailhelp, Process

pytest.importorskip("distributed", reason="the extra cluster is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # those of Dask and of what it uses
SEED = Path(__file__).parent.parent / "seed"
WAIT_S = 90


class Machines:
    """The scheduler, at ``address``, and the workers that a test asks for."""

    def __init__(self, folder: Path, bundled: Path) -> None:
        self.folder = folder
        self.bundled = bundled
        self.processes: list[subprocess.Popen[bytes]] = []
        told = folder / "scheduler.json"
        self.start("scheduler", "--port", "0", "--scheduler-file", str(told))
        self.until(told.exists)
        self.until(lambda: bool(told.read_text().strip()))
        self.address: str = json.loads(told.read_text())["address"]

    def start(self, what: str, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        """A process of Dask, on loopback."""
        environment = {
            "HOME": str(self.folder),
            "PATH": os.defpath,
            "PYTHONPATH": str(CORPUS.parent),
            "MAILHELP_INDEX": str(self.bundled),
            **variables,
        }
        with (self.folder / f"{what}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", "--host", "127.0.0.1",
                 "--no-dashboard", *words],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def worker(self, **variables: str) -> subprocess.Popen[bytes]:
        """A worker of one thread that nobody starts again."""
        folder = self.folder / f"worker-{len(self.processes)}"
        return self.start(
            "worker", self.address, "--no-nanny", "--nthreads", "1", "--memory-limit", "0",
            "--local-directory", str(folder), **variables,
        )  # fmt: skip

    def has(self, workers: int) -> None:
        """Wait until there are so many workers."""
        from distributed import Client

        with Client(self.address, timeout=WAIT_S, set_as_default=False) as client:
            self.until(lambda: len(client.sync(client.scheduler.ncores)) == workers)

    @staticmethod
    def until(is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + WAIT_S
        while not is_so():
            assert time.monotonic() < end, "it takes too long"
            time.sleep(0.1)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End a process of this test."""
        process.send_signal(signal.SIGKILL)
        process.wait(WAIT_S)
        self.processes.remove(process)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory, bundled: Path) -> Iterator[Machines]:
    """A scheduler and two workers; a test that takes one away brings another."""
    found = Machines(tmp_path_factory.mktemp("cluster"), bundled)
    try:
        found.worker()
        found.worker()
        found.has(2)
        yield found
    finally:
        for process in list(found.processes):
            found.stop(process)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Logs of two hosts, one of them packed."""
    text = (SEED / "after-queue.log").read_text()
    for host, name, pack in (("mx1", "mail.log", str.encode), ("mx2", "mail.log-2.gz", packed)):
        (tmp_path / host).mkdir()
        (tmp_path / host / name).write_bytes(pack(text * 40))
    return tmp_path


def packed(text: str) -> bytes:
    return gzip.compress(text.encode())


def told(found: api.Log) -> str:
    return json_.render(found.answer)


def test_the_report_is_that_of_one_process_to_the_byte(
    machines: Machines, logs: Path, process: Process
) -> None:
    names = [f"{logs}/mx1/mail.log", f"{logs}/mx2/mail.log-2.gz"]
    alone = process("log", "--json", "-v", "--since", "2026-11-22", *names)
    assert json.loads(alone.out)["report"]["records"] == 1200
    for words in (names, [f"{logs}/mx*/mail.log*"], [f"file://{logs}/mx?/mail.log*"]):
        done = process(
            "log", "--json", "-v", "--since", "2026-11-22", "--cluster", machines.address, *words
        )
        assert (done.code, done.err) == (alone.code, "")
        assert done.out == alone.out
    # an address that goes through fsspec
    done = process("log", "--json", "--cluster", machines.address, f"local://{names[0]}")
    assert json.loads(done.out)["report"]["records"] == 600


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(
    machines: Machines, logs: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PIECE", 500)
    log = logs / "mx1/mail.log"
    log.write_text((SEED / "after-queue.log").read_text() * 200)
    alone = api.log(session, [str(log)], jobs=1, detailed=True)
    seen: list[tuple[int, int]] = []

    def kill(done: int, total: int, what: str) -> None:
        seen.append((done, total))
        if len(seen) == 1:
            machines.stop(machines.processes[-1])

    found = api.log(session, [str(log)], cluster=machines.address, detailed=True, progress=kill)
    assert told(found) == told(alone)
    assert found.tally == alone.tally
    total = seen[0][1]
    assert total > 16**2  # more than one tree
    assert seen == [(number, total) for number in range(1, total + 1)]
    machines.worker()
    machines.has(2)


def test_what_cannot_be_read_is_told_and_the_rest_is_answered(
    machines: Machines, logs: Path, process: Process
) -> None:
    names = [f"{logs}/mx1/mail.log", f"{logs}/none", str(logs), f"{logs}/broken.gz"]
    (logs / "broken.gz").write_bytes(packed("Nov 22 06:25:16 mx postfix/smtpd[9]: odd\n" * 9)[:-12])
    alone = process("log", "--json", *names)
    done = process("log", "--json", "--cluster", machines.address, *names)
    assert (done.code, done.out) == (alone.code, alone.out) == (3, done.out)
    assert done.err == alone.err
    assert "none cannot be read: No such file or directory." in done.err
    done = process("log", "--cluster", machines.address, f"{logs}/none")
    assert (done.code, done.out) == (3, "")
    assert "The workers read the files" in done.err


def test_a_file_that_vanishes_while_it_is_read(
    machines: Machines, logs: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clients.Cluster.tally

    def late(self: Any, chunks: Any, done: Any) -> Any:
        (logs / "mx2/mail.log-2.gz").unlink()
        return real(self, chunks, done)

    monkeypatch.setattr(clients.Cluster, "tally", late)
    found = api.log(session, [f"{logs}/mx*/mail.log*"], cluster=machines.address)
    assert found.tally.records == 600
    (fault,) = found.tally.faults
    assert fault.endswith("mail.log-2.gz cannot be read: No such file or directory.")


@contextlib.contextmanager
def mute_server() -> Iterator[str]:
    """Somebody who greets as a mail server does, and is no scheduler."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    connection.sendall(b"220 mx.example.com ESMTP\r\n")

        Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def unreached(process: Process, address: str) -> Done:
    done = process("log", "--cluster", address, "/var/log/mail.log")
    assert (done.code, done.out) == (3, "")
    assert f"The scheduler {address} cannot be reached." in done.err
    assert len(done.err.splitlines()) == 2
    return done


def test_a_scheduler_that_cannot_be_reached(process: Process, machines: Machines) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    unreached(process, f"tcp://127.0.0.1:{port}")
    unreached(process, machines.address.replace("tcp", "tls"))
    with mute_server() as address:
        unreached(process, address)


def test_all_machines_need_the_same_mailhelp(
    machines: Machines, logs: Path, mailhelp: Mailhelp, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    copy(machines.bundled / "catalogue.db", other)
    with contextlib.closing(sqlite3.connect(other / "catalogue.db")) as catalogue:
        catalogue.execute("UPDATE meta SET value = 'other' WHERE key = 'sum'")
        catalogue.commit()
    odd = machines.worker(MAILHELP_INDEX=str(other))
    machines.has(3)
    done = mailhelp("log", "--cluster", machines.address, f"{logs}/mx1/mail.log")
    machines.stop(odd)
    machines.has(2)
    assert (done.code, done.out) == (3, "")
    assert "has another index of mailhelp" in done.err
    assert "Install the same mailhelp" in done.err


def test_a_worker_without_mailhelp(monkeypatch: pytest.MonkeyPatch) -> None:
    class Client:
        def wait_for_workers(self, *given: Any, **named: Any) -> None: ...

        def run(self, *given: Any, **named: Any) -> dict[str, Any]:
            return {"tcp://mx:1": ModuleNotFoundError("No module named 'mailhelp'")}

    with pytest.raises(
        SourceError, match="worker tcp://mx:1 has no mailhelp that works: No module"
    ):
        clients._check(Client(), "tcp://x:1", clients.work.Release("1", "2"))


def test_machines_that_are_all_lost(
    machines: Machines, logs: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "_ALONE_S", 1)
    monkeypatch.setattr(clients, "_CONNECT_S", 1)
    monkeypatch.setattr(files, "PIECE", 3000)

    def kill(done: int, total: int, what: str) -> None:
        for worker in machines.processes[1:]:
            machines.stop(worker)

    log = [f"{logs}/mx1/mail.log"]
    with pytest.raises(SourceError, match=f"The cluster {machines.address} was lost"):
        api.log(session, log, cluster=machines.address, progress=kill)
    with pytest.raises(SourceError, match="has no worker"):
        api.log(session, log, cluster=machines.address)
    machines.worker()
    machines.has(1)

    def stop(done: int, total: int, what: str) -> None:
        for each in list(machines.processes):
            machines.stop(each)

    with pytest.raises(SourceError, match="was lost"):
        api.log(session, log, cluster=machines.address, progress=stop)


def test_without_the_extra(
    session: Session, monkeypatch: pytest.MonkeyPatch, mailhelp: Mailhelp
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = mailhelp("log", "--cluster", "tcp://127.0.0.1:9", "/var/log/mail.log")
    assert (done.code, done.out) == (3, "")
    assert "needs Dask, which is not installed here.\npip install 'mailhelp[cluster]'" in done.err


@pytest.mark.parametrize("address", ["mx", "mx:8786", "http://mx:8786", "tcp://mx", "tcp://mx:x"])
def test_what_is_no_address(session: Session, address: str) -> None:
    with pytest.raises(UsageError, match="takes the address of a Dask scheduler"):
        api.log(session, ["a"], cluster=address)


@pytest.mark.parametrize(
    "words", [(), ("-",), ("--jobs", "2", "a"), ("--follow", "a")], ids=" ".join
)
def test_what_does_not_go_with_it(mailhelp: Mailhelp, words: tuple[str, ...]) -> None:
    done = mailhelp("log", "--cluster", "tcp://127.0.0.1:9", *words)
    assert (done.code, done.out) == (2, "")
    assert "--cluster" in done.err


def test_a_piece_that_no_worker_outlives_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from distributed import KilledWorker

    def result(self: clients.Cluster, task: tuple[Any, ...]) -> Tally:
        function, given = task[0], task[1]
        if function is clients.work.fold or given == Chunk("bad"):
            raise KilledWorker("task", "worker", 3)
        tally = Tally()
        tally.known("entry", 1)
        return tally

    monkeypatch.setattr(clients.Cluster, "_submit", lambda self, *task: task)
    monkeypatch.setattr(clients.Cluster, "_result", result)
    cluster = clients.Cluster(None, "tcp://mx:1", clients.work.Order("", b"", "", "", "", False, 1))  # type: ignore[arg-type]
    tally = cluster._whole((clients.work.fold, []), [Chunk("a"), Chunk("bad"), Chunk("b")])
    assert tally.records == 2
    assert tally.faults == ["A piece of bad is left out: workers died of it."]
