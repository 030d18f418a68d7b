"""The user's cache folder: made private, used only if nobody else can write it, never written through links."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mailhelp import trust
from mailhelp.errors import UnusableFolder
from mailhelp.host.machine import Host

NOT_USED = " is not used: "
"""Stands between the folder and the reason in what is said of one that is not to be trusted."""


def folder(host: Host) -> str:
    """The cache folder, whether it is there or not. Raises ``UnusableFolder`` if it is not to be trusted."""
    place = os.fspath(host.cache_dir)
    trusted(place, "MAILHELP_CACHE_DIR")
    return place


def made(host: Host, *inner: str) -> str:
    """A folder in the cache, made if need be. Raises ``UnusableFolder`` if it cannot be, or is not to be trusted."""
    top = folder(host)
    try:
        _make(top)
        place = top
        for name in inner:
            place = f"{place}/{name}"
            if os.path.islink(place):
                os.unlink(place)
            _make(place)
    except OSError as error:
        raise unwritable(top, error) from error
    trusted(place, "MAILHELP_CACHE_DIR")
    return place


def _make(place: str) -> None:
    """Make a folder and those on the way to it, each for the user alone: makedirs gives its mode to the last one only."""
    if os.path.isdir(place):
        return
    _make(os.path.dirname(place))
    try:
        os.mkdir(place, 0o700)
    except FileExistsError:
        if not os.path.isdir(place):  # else another process was faster
            raise


def trusted(place: str | os.PathLike[str], variable: str, *, within: bool = False) -> None:
    """Raise ``UnusableFolder`` if ``place``, or with ``within`` something in it, is not to be trusted.

    ``variable`` names another folder.
    """
    why = trust.distrust_within(place) if within else trust.distrust(place)
    if why:
        own = f"Set HOME to your own (sudo -H does), or name another folder in {variable}."
        raise UnusableFolder(f"{place}{NOT_USED}{why}.", trust.mend(why, own))


def unwritable(top: str, error: Exception) -> UnusableFolder:
    """What to say when writing below ``top`` failed with ``error``."""
    import errno

    number = error.errno if isinstance(error, OSError) else 0
    if not number and "full" in str(error):  # of a database
        number = errno.ENOSPC
    reason, mend = os.strerror(number) if number else str(error), "Make it writable"
    if isinstance(error, FileExistsError):
        reason, mend = "A file is in its place", "Move it away"
    elif number in (errno.ENOSPC, errno.EDQUOT):
        mend = "Make room there"
    return UnusableFolder(
        f"{top} cannot be written: {reason}.",
        f"{mend}, or name another folder in MAILHELP_CACHE_DIR.",
    )


def unreadable(top: str, error: OSError) -> UnusableFolder:
    """What to say when reading in ``top`` failed with ``error``."""
    return UnusableFolder(
        f"{top} cannot be read: {error.strerror}.",
        "Mend its owner and permissions, or name another folder in MAILHELP_CACHE_DIR.",
    )


def replace(path: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` to ``path``: whole or not at all, for the user alone. Raises ``OSError``."""
    beside = f"{path}.{os.getpid()}"
    with suppress(FileNotFoundError):
        os.unlink(beside)  # of a process that was killed and had our number
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    descriptor = os.open(beside, flags, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        if os.path.isdir(path) and not os.path.islink(path):  # where a file of ours should be
            import shutil

            shutil.rmtree(path)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def descriptor(path: str | os.PathLike[str]) -> int:
    """``path`` opened for writing, made if need be, its content kept; a link there is removed first."""
    if os.path.islink(path):
        os.unlink(path)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


@contextmanager
def private() -> Iterator[None]:
    """What is written meanwhile is for the user alone, whatever the umask."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
