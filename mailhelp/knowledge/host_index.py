"""This host's own index in the user's cache: its man pages and templates, built when they change.

``<cache>/host/<fingerprint>-<random>/`` holds one build: ``catalogue.db``, as the bundled one, and
``search/``, the index of ``manuals``; the file ``<cache>/host/current`` names the one in use. A build
happens beside it, one builder at a time, and a rename of that file puts it to use: nobody ever sees
half of it.
"""

from __future__ import annotations

import errno
import gc
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress

from mailhelp import __version__, jsontext
from mailhelp.errors import OtherRelease, SourceError, UnusableFolder
from mailhelp.host import cache
from mailhelp.host.machine import Host, read_file
from mailhelp.knowledge import store
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.store import CATALOGUE, SEARCH, DatabaseError, Store
from mailhelp.light import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mailhelp.host import manpages
    from mailhelp.knowledge import names_file

Progress = Callable[[int, int, str], None]
"""Told after each source: how many are done, of how many, and the name of the last."""
Table = Mapping[str, Mapping[str, Any]]
"""``corpus/manpages.toml``, from the bundled catalogue's tables."""

_TOP, _CURRENT, _LOCK, _ASKED = "host", "current", "lock", "asked"
_PATIENCE_S = 600
"""Seconds after which a build in the background is asked for again."""
_SPACE = 32 * 1024 * 1024
"""Bytes that a build may need; with Postfix, amavis, SpamAssassin, Dovecot and OpenSSL it is 15 million."""


class Local(NamedTuple):
    """An index of this host that can be used; ``stale`` if its sources have changed since."""

    folder: str
    stale: bool


def fingerprint(host: Host, table: Table, folders: Iterable[str]) -> str:
    """What the index depends on, as a short name: another one if anything was installed or removed.

    Looks at the manual's configuration, its ``folders`` and their sections, the postconf program,
    this release and the list of wanted pages. Runs no command: it is asked before every answer.
    """
    from mailhelp.host import manfiles

    sections = [section for folder in folders for section in manfiles.sections(folder)]
    postconf = host.which("postconf") or ""
    places = (*manfiles.CONFIGURATION, *folders, *sections, postconf)
    facts = (
        (__version__, store.FORMAT, repr(table)),
        host.environ.get("MANPATH"),
        [(place, _changed(place)) for place in places],
    )
    return f"{zlib.crc32(repr(facts).encode()):08x}"


def current(host: Host, table: Table) -> Local | None:
    """The index in use, or ``None`` if this release built none.

    Raises ``SourceError`` if it is damaged, ``UnusableFolder`` if it is not to be trusted: an index says which
    commands to run next.
    """
    top = f"{cache.folder(host)}/{_TOP}"
    cache.trusted(f"{top}/{_CURRENT}", "MAILHELP_CACHE_DIR")
    try:
        name = read_file(f"{top}/{_CURRENT}").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise cache.unreadable(top, error) from error
    except (OSError, ValueError) as error:
        raise _damaged(error) from error
    folder = f"{top}/{name}"
    try:
        if not _is_name(name):
            raise ValueError("the name of the one in use is none")
        cache.trusted(folder, "MAILHELP_CACHE_DIR", within=True)
        catalogue = Store(f"{folder}/{CATALOGUE}")
        pages = jsontext.read(catalogue.meta("pages") or "{}")
        folders = jsontext.read(catalogue.meta("folders") or "[]")
        catalogue.close()
    except OtherRelease:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(error) from error
    if not os.path.isdir(f"{folder}/{SEARCH}"):
        raise _damaged("its search index is missing")
    stale = name.partition("-")[0] != fingerprint(host, table, folders) or any(
        _changed(path) != changed for path, changed in pages.items()
    )
    return Local(folder, stale)


def put_aside_if_damaged(host: Host) -> str:
    """What is wrong with the index in use, which is then used no longer; empty if nothing is."""
    top = f"{cache.folder(host)}/{_TOP}"
    try:
        folder = f"{top}/{read_file(f'{top}/{_CURRENT}').strip()}"
        with closing(Store(f"{folder}/{CATALOGUE}")) as catalogue:
            whole = catalogue.is_whole()
    except FileNotFoundError:
        return ""
    except (SourceError, ValueError):
        whole = False
    if whole:
        return ""
    os.unlink(f"{top}/{_CURRENT}")
    return "This host's own index is damaged."


def ensure(host: Host, table: Table, progress: Progress) -> str | None:
    """The folder of an index that is up to date, built if need be.

    While another process builds it, the one in use so far, or ``None``. ``SourceError`` says in a
    sentence why it cannot be built (a read-only home, a full disk); ``current`` may still serve.
    """
    try:
        found = current(host, table)
    except SourceError:  # it is built anew
        found = None
    if found is not None and not found.stale:
        return found.folder
    return build(host, table, progress) or (found.folder if found else None)


def build(host: Host, table: Table, progress: Progress) -> str | None:
    """Build this host's index anew and put it to use; ``None`` if another process is at it.

    Raises ``SourceError`` as ``ensure`` does.
    """
    import traceback

    top = cache.made(host, _TOP)
    try:
        with cache.private(), _only_builder(top) as alone, _no_garbage_collection():
            if not alone:
                return None
            folder = _build(host, table, progress, top)
        with suppress(FileNotFoundError):
            os.unlink(f"{top}/{_ASKED}")
    except (OSError, DatabaseError) as error:
        unwritable = cache.unwritable(os.path.dirname(top), error)
        # what the search was writing is open still, and takes room on a full disk
        traceback.clear_frames(error.__traceback__)
        gc.collect()
        with suppress(OSError):  # for whoever had it built in the background
            cache.replace(f"{top}/{_ASKED}", str(unwritable))
        raise unwritable from error
    return folder


def build_later(host: Host) -> bool:
    """Have the index built by a process of its own, that outlives this one and says nothing.

    Not if that was asked for a short while ago: it is at it, or it failed and would again. Returns
    whether it was asked for the first time here. Raises ``UnusableFolder`` as ``ensure`` does, also if what was
    asked for failed.
    """
    import sys
    import time

    top = cache.made(host, _TOP)
    asked = f"{top}/{_ASKED}"
    try:
        before = _changed(asked)
        if abs(time.time() - before / 1e9) < _PATIENCE_S:
            failed = read_file(asked)
            if failed:
                raise UnusableFolder(failed, "Mend that, then run: mailhelp index")
            return False
        _needs_room(top)
        cache.replace(asked, "")
        # -P: never from the current directory; where this package is, the other one finds it
        here = os.path.abspath(__file__).rsplit("/", 3)[0]
        path = ":".join(filter(None, (here, host.environ.get("PYTHONPATH"))))
        words = (sys.executable, "-P", "-m", "mailhelp", "--quiet", "index")
        host.leave_running(*words, variables={"PYTHONPATH": path})
    except OSError as error:
        raise cache.unwritable(os.path.dirname(top), error) from error
    return not before


def _build(host: Host, table: Table, progress: Progress, top: str) -> str:
    import shutil
    import tempfile

    from mailhelp.host import manfiles, manpages
    from mailhelp.knowledge import manuals, names_file

    folders = manfiles.folders(host)
    name = fingerprint(host, table, folders)
    folder = tempfile.mkdtemp(prefix=f"{name}-", dir=top)
    try:
        pages = manpages.find(host, table)
        with closing(Store.create(f"{folder}/{CATALOGUE}")) as catalogue:
            catalogue.add(folders=folders)
            names: list[names_file.Row] = []
            documents = _documents(host, pages, catalogue, progress, names)
            vocabulary = manuals.build(f"{folder}/{SEARCH}", documents)
            catalogue.add(vocabulary=" ".join(sorted(vocabulary)))
        names_file.write(folder, names)
        _put_to_use(top, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _documents(
    host: Host,
    pages: list[manpages.Page],
    catalogue: Store,
    progress: Progress,
    names: list[names_file.Row],
) -> Iterator[Document]:
    """All documents of this host, each filed in the catalogue on its way to the search index.

    ``names`` gets what a shell completes of them.

    The catalogue's facts are ``listing`` ([section, name, description, id] for every name of every
    page), ``skipped`` (ids of pages that could not be rendered), ``pages`` (file: time of change).
    """
    from mailhelp.host import manpages, manrender, postconf
    from mailhelp.knowledge import names_file

    total = len(pages) + 1
    known = manpages.known_settings(pages)
    left = {page.id: page for page in pages}
    listing: list[tuple[str, str, str, str]] = []
    # without this host's values, which may change any time: they are read when asked
    templates = [
        document._replace(data={"text": document.data["text"]})
        for document in postconf.templates(host).documents
    ]
    catalogue.add(templates)
    names += (row for template in templates for row in names_file.rows(template))
    yield from templates
    progress(1, total, "postconf -t")
    sources = {page.id: page.source for page in pages}
    paths = {page.id: page.path for page in pages}
    for id, text in manrender.render(host, sources, paths):
        page = left.pop(id)
        documents = manpages.documents(page, text, known)
        catalogue.add(documents, mentions=[(word, id) for word in manpages.mentions(page)])
        names += names_file.rows(documents[0])
        yield from (document for document in documents if document.text)
        said = documents[0].data["summary"]
        listing += [(page.section, name, said, id) for name in (page.name, *page.aliases)]
        progress(total - len(left), total, id)
    changed = {str(page.path): _changed(page.path) for page in pages}
    catalogue.add(pages=changed, listing=sorted(listing), skipped=sorted(left))


def _put_to_use(top: str, folder: str) -> None:
    """Point to a finished build; of the others only the one before stays, for those who read it."""
    import shutil

    before = ""
    with suppress(OSError, ValueError):
        before = read_file(f"{top}/{_CURRENT}").strip()
    own = os.path.basename(folder)
    cache.replace(f"{top}/{_CURRENT}", f"{own}\n")
    for other in os.listdir(top):
        if os.path.isdir(f"{top}/{other}") and other not in (own, before):
            shutil.rmtree(f"{top}/{other}", ignore_errors=True)


@contextmanager
def _only_builder(top: str) -> Iterator[bool]:
    """Whether no other process builds in ``top``. The lock dies with the process that holds it."""
    import fcntl

    with open(cache.descriptor(f"{top}/{_LOCK}"), "r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """A build makes a million small objects without cycles; looking for some costs a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _damaged(why: object) -> SourceError:
    if isinstance(why, OSError) and why.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        return SourceError(f"This host's index cannot be opened: {why.strerror}.")
    return SourceError(f"This host's index is damaged: {why}.")


def _needs_room(top: str) -> None:
    """Raise ``OSError`` if what is built would not fit: nobody hears of a build in the background."""
    disk = os.statvfs(top)
    free = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
    if disk.f_blocks and free * disk.f_frsize < _SPACE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _is_name(name: str) -> bool:
    return bool(name) and name[0] != "." and "/" not in name


def _changed(path: str | os.PathLike[str]) -> int:
    """When a file or folder changed, in nanoseconds; 0 if there is none."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
