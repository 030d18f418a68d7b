"""The files of the manual: where they lie, what their names say, what is packed in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from mailhelp.host.machine import Host
from mailhelp.light import TYPE_CHECKING, regex

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = ("/etc/manpath.config", "/etc/man_db.conf", "/etc/man.conf", "/etc/man.config")
"""Files that say where the manual lies; a host has at most one of them."""

_FOLDERS = ("/usr/local/share/man", "/usr/local/man", "/usr/share/man", "/usr/man")
_NAME = regex(r"^(.+)\.(\d\w*)(?:\.(?:gz|bz2|xz|lzma|zst))?$")
_STUB = regex(r"\A(?:[.']\\\".*\n)*\.so (\S+)\s*\Z")
_ENDINGS = ("", ".gz", ".bz2", ".xz", ".lzma", ".zst")


def folders(host: Host) -> list[str]:
    """The folders of the man path, the first to look into first."""
    for argv in (("manpath", "-q"), ("man", "-w")):
        output = host.run(*argv)
        if not output.failure and output.stdout.startswith("/"):
            listed = output.stdout.strip().split(":")
            break
    else:
        listed = [*host.environ.get("MANPATH", "").split(":"), *_FOLDERS]
    return [place for place in dict.fromkeys(listed) if place[:1] == "/" and os.path.isdir(place)]


def sections(place: str) -> list[str]:
    """The folders of the sections (``…/man8``) in a folder of the man path."""
    return sorted(entry.path for entry in _entries(place) if _is_section(entry.name))


def _is_section(name: str) -> bool:
    return name[:3] == "man" and name[3:4].isdecimal() and name.replace("_", "").isalnum()


def files(places: Iterable[str], figures: set[str]) -> Iterator[tuple[str, str, str]]:
    """(name, section, file) of all pages in the sections that begin with these figures."""
    for place in places:
        for folder in sections(place):
            if folder.rpartition("/man")[2][0] in figures:
                for entry in _entries(folder):
                    found = split_name(entry.name)
                    if found:
                        yield *found, entry.path


def split_name(name: str) -> tuple[str, str] | None:
    """``qmgr.8postfix.gz`` → ``qmgr``, ``8postfix``; ``None`` if it is no page's file name."""
    found = _NAME.match(name)
    return (found[1], found[2]) if found else None


def stub_of(source: str) -> str:
    """The page that a source only points to (``.so man5/header_checks.5``), or nothing."""
    found = _STUB.match(source)
    return found[1] if found else ""


def resolve(path: Path) -> Path:
    """The file behind symbolic links."""
    from pathlib import Path

    return Path(os.path.realpath(path))


def neighbour(page: Path, target: str) -> Path:
    """The file that ``.so target`` in ``page`` means: a place below the folder of the sections."""
    place = page.parent.parent / target if "/" in target else page.parent / target
    packed = (place.with_name(place.name + ending) for ending in _ENDINGS)
    return resolve(next((path for path in packed if path.exists()), place))


def read(host: Host, path: Path) -> str:
    """The source of a page, unpacked; empty if it cannot be read."""
    try:
        data = _unpacked(host, path)
    except (OSError, EOFError, ValueError):
        return ""
    except Exception as error:  # zlib.error and lzma.LZMAError, whose modules may not be loaded
        if type(error).__module__ in ("zlib", "_lzma"):
            return ""
        raise
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unpacked(host: Host, path: Path) -> bytes:
    packed = path.read_bytes()
    if path.suffix == ".gz":
        import gzip

        return gzip.decompress(packed)
    if path.suffix == ".bz2":
        import bz2

        return bz2.decompress(packed)
    if path.suffix in (".xz", ".lzma"):
        import lzma

        return lzma.decompress(packed)
    if path.suffix == ".zst":
        # Python reads this format from 3.14 on
        return host.run("zstd", "-dc", str(path)).stdout.encode()
    return packed


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
