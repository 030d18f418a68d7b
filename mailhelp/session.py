"""One run of mailhelp: the host, the library opened on it, and what there is to say beside answers."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path

from mailhelp.errors import MailhelpError, SourceError
from mailhelp.host.machine import Host
from mailhelp.host.places import places
from mailhelp.knowledge.library import Library, bundled_folder, bundled_store
from mailhelp.knowledge.store import CATALOGUE, SEARCH, Store
from mailhelp.redact import Redactor


class Session:
    """The host and all that can be looked up on it.

    ``notices`` are sentences for stderr: sources that could not be read and were done without.
    ``indexed`` says, once the library is open, that this host's own index is up to date, and
    ``damaged`` that it was found damaged.
    ``folder`` is the bundled index, for tests.
    """

    def __init__(self, host: Host, folder: Path | None = None) -> None:
        self.host = host
        self.folder = folder or bundled_folder()
        self.notices: list[str] = []
        self.indexed = False
        self.damaged = False

    @cached_property
    def library(self) -> Library:
        """The library. Raises ``SourceError`` if the bundled index cannot be read."""
        from mailhelp.corpus.notes import open_notes, search_folder
        from mailhelp.knowledge import host_index

        bundled = self._bundled()
        notes: Store | None = None
        host: Store | None = None
        folders = [self.folder / SEARCH]
        try:
            notes, faults = open_notes(self.host, bundled)
            self.notices += [f"Left out of your notes: {fault}" for fault in faults]
            if notes is not None and notes.path and search_folder(notes.path).is_dir():
                folders.append(search_folder(notes.path))
        except (MailhelpError, OSError) as error:
            self.notices.append(f"Your notes cannot be read: {error}")
        try:
            current = host_index.current(self.host, bundled.table("manpages"))
            self.indexed = current is not None and not current.stale
            if current is not None:
                host = Store(current.folder / CATALOGUE)
                folders.append(current.folder / SEARCH)
        except (SourceError, OSError) as error:
            self.damage(str(error))
        found = partial(places, self.host)
        folder, today = tuple(folders), lambda: self.host.today
        return Library(bundled, notes, host, folder, self.damage, found, today)

    def _bundled(self) -> Store:
        """The bundled catalogue; in a checkout a missing or damaged one is built again, and that is said."""
        try:
            return bundled_store(self.folder)
        except SourceError as error:
            corpus = self.folder.parent / "corpus"
            if not corpus.is_dir():
                raise
            from mailhelp.corpus.build import build

            build(corpus, self.folder)
            self.notices.append(f"{error} It has been built again from {corpus}.")
            return bundled_store(self.folder)

    def damage(self, what: str) -> None:
        """This host's index (or the notes' cache) was found damaged: say so, and build it anew later."""
        self.damaged, self.indexed = True, False
        self.notices.append(
            f"{what} The bundled index answers; 'mailhelp index' builds this host's again."
        )

    def close(self) -> None:
        """Close the library if it was opened."""
        if "library" in self.__dict__:
            self.library.close()

    @property
    def redactor(self) -> Redactor:
        """Covers secrets in what is pasted."""
        return self.library.redactor
