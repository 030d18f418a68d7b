"""One run of mailhelp: the host, the library opened on it, and what there is to say beside answers."""

from __future__ import annotations

import os
from contextlib import closing
from functools import cached_property

from mailhelp import last, regexes
from mailhelp.errors import MailhelpError, SourceError, UnusableFolder
from mailhelp.host.cache import NOT_USED
from mailhelp.host.machine import Host, refuse_device
from mailhelp.knowledge.library import REINSTALL, Library, bundled_folder, bundled_store
from mailhelp.knowledge.store import CATALOGUE, SEARCH, Store
from mailhelp.last import Heard, Last
from mailhelp.light import TYPE_CHECKING, BinaryIO
from mailhelp.redact import Redactor

if TYPE_CHECKING:
    from mailhelp.host.places import Places, Rows


class Session:
    """The host and all that can be looked up on it.

    ``notices`` are sentences for stderr: sources that could not be read and were done without.
    ``indexed`` says, once the library is open, that this host's own index is up to date, and
    ``damaged`` that it was found damaged.
    ``heard`` is what was read from standard input, ``replayed`` the text that is read in its place, and ``last``
    what ``mailhelp -v`` would ask again, set once there is an answer.
    ``folder`` is the bundled index, for tests.
    """

    def __init__(self, host: Host, folder: str | os.PathLike[str] | None = None) -> None:
        self.host = host
        self.notices: list[str] = []
        self.folder = os.fspath(folder or bundled_folder(host.environ, self.notices.append))
        regexes.read_from(self.folder)
        self.indexed = False
        self.damaged = False
        self.heard = Heard()
        self.replayed: str | None = None
        self.last: Last | None = None

    @cached_property
    def library(self) -> Library:
        """The library. Raises ``SourceError`` if the bundled index cannot be read."""
        from mailhelp.corpus.notes import open_notes
        from mailhelp.knowledge import host_index

        bundled = self._bundled()
        notes: Store | None = None
        host: Store | None = None
        manuals: str | None = None
        try:
            notes, faults = open_notes(self.host, bundled)
            self.notices += [f"Left out of your notes: {fault}" for fault in faults]
        except UnusableFolder as error:
            self.unusable(error)
        except (MailhelpError, OSError) as error:
            self.notices.append(f"Your notes cannot be read: {error}")
        try:
            current = host_index.current(self.host, bundled.table("manpages"))
            self.indexed = current is not None and not current.stale
            if current is not None:
                host = Store(f"{current.folder}/{CATALOGUE}")
                manuals = f"{current.folder}/{SEARCH}"
        except UnusableFolder as error:
            self.unusable(error)
        except (SourceError, OSError) as error:
            self.damage(str(error))
        layers, today = (bundled, notes, host), lambda: self.host.today
        return Library(*layers, manuals, self.damage, self._places, today)

    def _places(self, rows: Rows) -> Places:
        from mailhelp.host.places import places

        return places(self.host, rows)

    def _bundled(self) -> Store:
        """The bundled catalogue; in a checkout a missing or damaged one is built again, and that is said."""
        try:
            return bundled_store(self.folder)
        except SourceError as error:
            corpus = f"{os.path.dirname(self.folder)}/corpus"
            if not os.path.isdir(corpus):
                raise
            from pathlib import Path

            from mailhelp.corpus.build import build

            build(Path(corpus), Path(self.folder))
            self.notices.append(f"{error} It has been built again from {corpus}.")
            return bundled_store(self.folder)

    def damage(self, what: str) -> None:
        """This host's index (or the notes' cache) was found damaged: say so, and build it anew later."""
        self.damaged, self.indexed = True, False
        self.notices.append(
            f"{what} The bundled index answers; 'mailhelp index' builds this host's again."
        )

    def unusable(self, error: UnusableFolder) -> None:
        """A folder of the user's is done without: say why, and how to mend it; once for all of a home."""
        why = str(error).rpartition(NOT_USED)[2]
        if not any(why in notice for notice in self.notices):
            self.notices.append(f"{error} {error.hint}")

    @cached_property
    def before(self) -> Last | None:
        """The last call, ``None`` if there is none that can be read and trusted."""
        try:
            return last.recall(self.host)
        except UnusableFolder as error:
            self.unusable(error)
            return None

    def keep(self) -> None:
        """Keep this call, if it was answered, for ``before`` of the next run."""
        if self.last is None:
            return
        try:
            last.keep(self.host, self.last, self.redactor.cover_words)
        except UnusableFolder as error:
            self.unusable(error)

    def open(self, name: str) -> BinaryIO:
        """The text of the file ``name`` or, for ``-``, standard input. Raises ``SourceError``."""
        if name == "-":
            return self.stdin
        from mailhelp.log.files import open_text

        return open_text(name)

    @property
    def stdin(self) -> BinaryIO:
        """Standard input, or the text that is read in its place."""
        if self.replayed is None:
            refuse_device("Standard input", self.host.stdin)
            return self.host.stdin
        from io import BytesIO

        return BytesIO(self.replayed.encode("utf-8", "replace"))

    def close(self) -> None:
        """Close the library if it was opened."""
        if "library" in self.__dict__:
            self.library.close()

    @property
    def redactor(self) -> Redactor:
        """Covers secrets in what is pasted."""
        return self.library.redactor


def damage(host: Host) -> SourceError | None:
    """What to say if an index that this run used is damaged; this host's own is then put aside.

    Asked when something went wrong that nobody can explain: it reads all of each index.
    """
    from mailhelp.knowledge import host_index

    try:
        with closing(bundled_store(bundled_folder(host.environ))) as store:
            if not store.is_whole():
                return SourceError(f"The index {store.path} is damaged.", REINSTALL)
    except MailhelpError as error:
        return SourceError(str(error), error.hint)
    try:
        found = host_index.put_aside_if_damaged(host)
    except (MailhelpError, OSError):
        return None
    return SourceError(f"{found} It is put aside.", "Ask once more.") if found else None
