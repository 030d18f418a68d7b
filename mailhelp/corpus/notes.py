"""The user's own entries, in the configuration folder: compiled when they change, kept in the cache.

They have the corpus's format and folders; the same id replaces a bundled entry, ``x.patch.md`` adds
to it. An entry with a fault is left out and named; the others serve.
"""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

from mailhelp.errors import SourceError
from mailhelp.host.machine import Host
from mailhelp.knowledge.store import FORMAT, Store


def open_notes(host: Host, bundled: Store) -> tuple[Store | None, tuple[str, ...]]:
    """The catalogue of the user's notes (``None`` without notes) and their faults in words."""
    folder = host.config_dir / "notes"
    files = _files(folder)
    if not files:
        return None, ()
    import hashlib

    fingerprint = hashlib.sha256(repr((FORMAT, bundled.meta("fingerprint"), files)).encode())
    path = host.cache_dir / "notes" / f"{fingerprint.hexdigest()[:24]}.db"
    if path.exists():
        try:
            store = Store(path)
            return store, tuple(json.loads(store.meta("faults") or "[]"))
        except SourceError:
            pass  # damaged: it is made again below
    return _compiled(folder, bundled, path)


def _files(folder: Path) -> list[tuple[str, int, int]]:
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


def _compiled(folder: Path, bundled: Store, path: Path) -> tuple[Store, tuple[str, ...]]:
    from mailhelp.corpus import write
    from mailhelp.corpus.base import Base
    from mailhelp.corpus.compile import compile_corpus
    from mailhelp.corpus.read import read

    compiled = compile_corpus(read(folder), Base(bundled))
    faults = tuple(str(fault) for fault in compiled.faults)
    beside = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        store = Store.create(beside)
        write.fill(store, compiled, faults=faults)
        store.close()
        for old in path.parent.iterdir():
            if old.suffix == ".db":
                old.unlink(missing_ok=True)
        beside.replace(path)
        return Store(path), faults
    except (OSError, sqlite3.Error):  # a cache that can't be written: the notes serve from memory
        store = Store()
        write.fill(store, compiled, faults=faults)
        return store, faults
