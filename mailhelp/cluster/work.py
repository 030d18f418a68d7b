"""What a worker of the cluster does: name files, cut them, scan pieces, merge tallies.

Each function gets all that it needs, plain and pickled, so that the scheduler can give it to another worker when
one is lost. Nothing is raised that is only of one file: that is said beside the result.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from mailhelp import __version__
from mailhelp.cluster import places
from mailhelp.errors import SourceError
from mailhelp.knowledge.library import Library, bundled_store
from mailhelp.knowledge.store import Store
from mailhelp.light import NamedTuple
from mailhelp.log.files import Chunk, blocks
from mailhelp.log.scan import Scanner
from mailhelp.log.tally import Tally
from mailhelp.log.tally import fold as fold

if TYPE_CHECKING:
    from datetime import date


class Release(NamedTuple):
    """What has to be the same on all machines: the version of mailhelp, and the sum of its index."""

    version: str
    knowledge: str


class Order(NamedTuple):
    """What shall be counted: by which ``release``, with whose ``notes`` (a catalogue; empty without any), seen from which day, and what ``Plan`` takes; ``piece`` is the most bytes of a piece."""

    release: Release
    notes: bytes
    today: date
    since: str
    until: str
    detailed: bool
    piece: int


class Cut(NamedTuple):
    """The pieces of a file, or why it cannot be read."""

    chunks: list[Chunk]
    fault: str = ""
    hint: str = ""


_mine = threading.local()
"""The scanner of each thread, and the order that it is for."""


def release() -> Release:
    """Of the mailhelp that is here. Raises ``SourceError``."""
    store = bundled_store()
    try:
        return Release(__version__, store.sum)
    finally:
        store.close()


def named(words: Sequence[str]) -> list[str]:
    """The files that ``words`` name on this machine. Raises ``SourceError``."""
    return places.named(words)


def cut(name: str, order: Order) -> Cut:
    """The pieces of the file ``name``."""
    begins = _scanner(order).begins
    try:
        return Cut(places.chunks(name, begins, order.piece))
    except SourceError as error:
        return Cut([], str(error), error.hint)


def scan(chunk: Chunk, order: Order) -> Tally:
    """The tally of a piece."""
    return _scanner(order).scan(blocks(chunk, places.opened))


def _scanner(order: Order) -> Scanner:
    """Raises ``SourceError`` if the mailhelp that is here would count in another way."""
    if getattr(_mine, "order", None) != order:
        here = release()
        if here != order.release:
            raise SourceError(difference("A worker", here, order.release))
        notes = Store.of(order.notes) if order.notes else None
        library = Library(bundled_store(), notes, today=partial(_same, order.today))
        plan = library.plan(order.since, order.until, order.detailed)
        _mine.order, _mine.scanner = order, Scanner(plan)
    scanner: Scanner = _mine.scanner
    return scanner


def _same(today: date) -> date:
    return today


def difference(who: str, there: Release, here: Release) -> str:
    """In what a worker's mailhelp is another one."""
    if there.version != here.version:
        return f"{who} has mailhelp {there.version}, and this is {here.version}."
    return f"{who} has another index of mailhelp {here.version}."
