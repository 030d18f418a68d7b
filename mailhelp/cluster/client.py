"""Whole logs on a Dask cluster: what this process asks of the scheduler, and what it does when machines are lost."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from mailhelp.cluster import work
from mailhelp.errors import SourceError, UsageError
from mailhelp.log.files import Chunk
from mailhelp.log.tally import FAN, Fold, Tally

if TYPE_CHECKING:
    from mailhelp.cluster.work import Cut, Order, Release

_ADDRESS = re.compile(r"(?:tcp|tls)://[^\s/@?#]+:\d{1,5}\Z")
_CONNECT_S = 5
"""Seconds for the scheduler to answer, and for a first worker to be there."""
_LOOK_S = 1
_ALONE_S = 30
"""Seconds without any worker after which nothing is waited for."""
_HEIGHT = 2
"""Levels of the tree that the workers merge; what is left is merged here."""
_RETRIES = 2
_LOUD = ("distributed", "tornado", "asyncio")
INSTALL = "pip install 'mailhelp[cluster]'"

Progress = Callable[[Chunk], None]


class Lost(SourceError):
    """The scheduler is gone, or all workers are."""


@contextmanager
def connected(address: str, order: Order) -> Iterator[Cluster]:
    """The cluster whose scheduler is at ``address``, ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.

    Raises ``UsageError`` for another address, and ``SourceError`` if Dask is not installed, nobody answers within
    seconds, or a worker has another mailhelp.
    """
    if not _ADDRESS.match(address):
        raise UsageError(
            f"--cluster takes the address of a Dask scheduler; not “{address}”.",
            "tcp://HOST:8786, or tls://HOST:8786 with the certificates in Dask's settings.",
        )
    try:
        from distributed import Client
    except ImportError as error:
        raise SourceError("--cluster needs Dask, which is not installed here.", INSTALL) from error
    for name in _LOUD:  # what happens is told in sentences
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        client = Client(address, timeout=_CONNECT_S, direct_to_workers=False)
    except Exception as error:  # of sockets, of TLS, of somebody who is no scheduler
        raise SourceError(
            f"The scheduler {address} cannot be reached.",
            "Is it started (dask scheduler), and do its port and its scheme (tcp, tls) fit?",
        ) from error
    try:
        _check(client, address, order.release)
        yield Cluster(client, address, order)
    finally:
        with suppress(Exception):  # whatever is wrong with it, we are done
            client.close(timeout=_LOOK_S)


def _check(client: Any, address: str, release: Release) -> None:
    """Raises ``SourceError`` if there is no worker, or one that would count in another way."""
    try:
        client.wait_for_workers(1, timeout=_CONNECT_S)
    except TimeoutError as error:
        raise SourceError(
            f"The cluster {address} has no worker.", f"Start some: dask worker {address}"
        ) from error
    found = client.run(work.release, on_error="return")
    for worker, there in sorted(found.items()):
        if there != release:
            who = f"The worker {worker}"
            told = (
                work.difference(who, there, release)
                if isinstance(there, work.Release)
                else f"{who} has no mailhelp that works: {' '.join(str(there).split())}."
            )
            raise SourceError(told, f"Install the same mailhelp {release.version} on all machines.")


class Cluster:
    """Workers behind the scheduler at an address."""

    def __init__(self, client: Any, address: str, order: Order) -> None:
        self._client = client
        self._address = address
        # a task, for what is sent beside tasks would be lost with the worker that has it
        self._order = self._submit(work.Order._make, list(order))

    def named(self, words: Sequence[str]) -> list[str]:
        """The files that ``words`` name where the workers are. Raises ``SourceError``."""
        names: list[str] = self._result(self._submit(work.named, list(words)))
        return names

    def cut(self, names: Sequence[str]) -> list[Cut]:
        """The pieces of each file. Raises ``Lost``."""
        return [
            self._result(future)
            for future in [self._submit(work.cut, name, self._order) for name in names]
        ]

    def tally(self, chunks: Sequence[Chunk], done: Progress) -> Tally:
        """The tally of ``chunks`` in their order, as one process folds them; ``done`` is told each that is finished.

        What no worker could do is named among its faults.
        """
        pieces = [self._submit(work.scan, chunk, self._order) for chunk in chunks]
        groups = self._folded(pieces)
        told = {future: chunks[n * FAN : (n + 1) * FAN] for n, future in enumerate(groups)}
        tops = groups
        for _ in range(_HEIGHT - 1):
            tops = self._folded(tops)
        del pieces, groups  # the workers forget what nobody waits for
        whole = Fold()
        try:
            while told:
                for future in self._finished(list(told)):
                    for chunk in told.pop(future):
                        done(chunk)
                    del future
            span = FAN**_HEIGHT
            for number, future in enumerate(tops):
                whole.add(self._whole(future, chunks[number * span : (number + 1) * span]))
        except Lost as error:
            tally = whole.whole()
            tally.faults.append(str(error))
            return tally
        return whole.whole()

    def _folded(self, futures: Sequence[Any]) -> list[Any]:
        return [
            self._submit(work.fold, list(futures[at : at + FAN]))
            for at in range(0, len(futures), FAN)
        ]

    def _whole(self, future: Any, chunks: Sequence[Chunk]) -> Tally:
        """The tally of ``chunks``, which ``future`` has; without those that no worker outlives."""
        from distributed import KilledWorker

        try:
            tally: Tally = self._result(future)
            return tally
        except KilledWorker:
            return work.fold(self._alone(chunk) for chunk in chunks)

    def _alone(self, chunk: Chunk) -> Tally:
        from distributed import KilledWorker

        try:
            tally: Tally = self._result(self._submit(work.scan, chunk, self._order))
            return tally
        except KilledWorker:
            return Tally(faults=[f"A piece of {chunk.file} is left out: workers died of it."])

    def _submit(self, function: Callable[..., Any], *given: Any) -> Any:
        return self._client.submit(function, *given, pure=False, retries=_RETRIES)

    def _result(self, future: Any) -> Any:
        """What ``future`` has, once it has it. Raises ``Lost``, and what was raised in making it."""
        from concurrent.futures import CancelledError

        while True:
            try:
                self._finished([future])
                return future.result(_ALONE_S)
            except TimeoutError:  # who had it is lost: it is made again
                continue
            except CancelledError as error:
                raise self._lost() from error

    def _finished(self, futures: Sequence[Any]) -> list[Any]:
        """Those of ``futures`` that are done, at least one. Raises ``Lost``."""
        from concurrent.futures import CancelledError

        from distributed import wait

        seen = monotonic()
        while True:
            with suppress(TimeoutError):
                try:
                    return list(wait(futures, _LOOK_S, "FIRST_COMPLETED").done)
                except CancelledError as error:
                    raise self._lost() from error
            if self._has_workers():
                seen = monotonic()
            elif monotonic() - seen > _ALONE_S:
                raise self._lost()

    def _has_workers(self) -> bool:
        try:
            client = self._client
            return bool(client.sync(client.scheduler.ncores, callback_timeout=_CONNECT_S))
        except Exception:  # the scheduler does not answer, in whatever way
            return False

    def _lost(self) -> Lost:
        return Lost(f"The cluster {self._address} was lost: no scheduler, or no worker, is left.")
