"""The user's own entries, in the configuration folder: compiled when they change, kept in the cache.

They have the corpus's format and folders; the same id replaces a bundled entry, ``x.patch.md`` adds
to it. An entry with a fault is left out and named; the others serve. Notes say which commands to run, so
none is used if somebody else could have written one.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

from mailhelp import jsontext
from mailhelp.errors import SourceError
from mailhelp.host import cache
from mailhelp.host.machine import Host
from mailhelp.knowledge.store import CATALOGUE, FORMAT, DatabaseError, Store

_LEFT_S = 600
"""Seconds after which a folder that is not in use is one that nobody works on any more."""


def open_notes(host: Host, bundled: Store) -> tuple[Store | None, tuple[str, ...]]:
    """The catalogue of the user's notes (``None`` without notes) and their faults in words.

    Raises ``UnusableFolder`` if somebody else can write them.
    """
    folder = os.path.join(host.config_dir, "notes")
    files = _files(folder)
    if not files:
        return None, ()
    import hashlib

    cache.trusted(folder, "MAILHELP_CONFIG_DIR", within=True)
    fingerprint = hashlib.sha256(repr((FORMAT, bundled.meta("fingerprint"), files)).encode())
    try:
        place = f"{cache.folder(host)}/notes/{fingerprint.hexdigest()[:24]}"
        cache.trusted(place, "MAILHELP_CACHE_DIR", within=True)
        if os.path.exists(f"{place}/{CATALOGUE}"):
            store = Store(f"{place}/{CATALOGUE}")
            return store, tuple(jsontext.read(store.meta("faults") or "[]"))
    except SourceError:
        pass  # damaged, or somebody else's: they are compiled again below
    return _compiled(host, folder, bundled, fingerprint.hexdigest()[:24])


def _files(folder: str) -> list[tuple[str, int, int]]:
    """Path, modification time and size of each file, sorted: what tells that notes have changed."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".md", ".toml")) and not name.startswith((".", "_")):
                path = os.path.join(place, name)
                stat = os.lstat(path)  # a link that leads nowhere is a fault of that one file
                if os.path.exists(path):
                    stat = os.stat(path)
                found.append((path, stat.st_mtime_ns, stat.st_size))
    return sorted(found)


def _compiled(host: Host, folder: str, bundled: Store, name: str) -> tuple[Store, tuple[str, ...]]:
    import shutil
    import tempfile
    from pathlib import Path

    from mailhelp.corpus import write
    from mailhelp.corpus.base import Base
    from mailhelp.corpus.compile import compile_corpus
    from mailhelp.corpus.read import read

    compiled = compile_corpus(read(Path(folder)), Base(bundled))
    faults = tuple(str(fault) for fault in compiled.faults)
    try:
        top = cache.made(host, "notes")
        with cache.private():
            beside = tempfile.mkdtemp(prefix="new-", dir=top)
            try:
                store = Store.create(f"{beside}/{CATALOGUE}")
                write.fill(store, compiled, faults=faults)
                store.close()
                _put_to_use(top, beside, name)
            except BaseException:
                shutil.rmtree(beside, ignore_errors=True)
                raise
        return Store(f"{top}/{name}/{CATALOGUE}"), faults
    except (OSError, DatabaseError, SourceError):
        # a cache that can't be written: the notes serve from memory
        store = Store()
        write.fill(store, compiled, faults=faults)
        return store, faults


def _put_to_use(top: str, beside: str, name: str) -> None:
    """Give what was compiled its name, in place of a damaged one; remove what is no longer used."""
    import shutil

    place = f"{top}/{name}"
    try:
        os.rename(beside, place)
    except OSError:  # there is one: damaged, or another process was faster
        old = f"{beside}-old"
        os.rename(place, old)
        os.rename(beside, place)
        shutil.rmtree(old, ignore_errors=True)
    for other in os.listdir(top):
        path = f"{top}/{other}"
        if other != name and abs(time.time() - os.lstat(path).st_mtime) > _LEFT_S:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(FileNotFoundError):
                    os.unlink(path)
