"""``re`` without its import: regexes are read as they were compiled when the index was built.

Importing ``re`` takes as long as opening the catalogue does, and compiling a regex forty times as long as reading what
was made of it. So modules that a short answer needs write ``from mailhelp import regexes as re``. A file beside the catalogue
keeps, for each regex that was seen when it was built, what ``re`` then handed to ``_sre``. It fits the Python that built it, which
it names: with any other, and for a regex that is not in it, ``re`` itself is imported and compiles. A regex is
found by two sums of its own text, so an old file can lack one but never hold a wrong one.
"""

from __future__ import annotations

import os
import sys
from _struct import unpack

FILE = "regexes.bin"
"""The file's name in the folder of an index."""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from re import ASCII as ASCII
    from re import DOTALL as DOTALL
    from re import IGNORECASE as IGNORECASE
    from re import MULTILINE as MULTILINE
    from re import Match as Match
    from re import Pattern as Pattern
    from re import compile as compile
    from re import escape as escape
    from re import findall as findall
    from re import finditer as finditer
    from re import fullmatch as fullmatch
    from re import match as match
    from re import search as search
    from re import split as split
    from re import sub as sub
    from typing import Any
else:
    IGNORECASE, MULTILINE, DOTALL, ASCII = 2, 8, 16, 256
    _ESCAPED = {ord(sign): f"\\{sign}" for sign in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"}

    def compile(source, flags=0):
        known = _made.get((source, flags))
        if known is None:
            if len(_made) >= _MOST:
                _made.clear()
            known = _made[source, flags] = _kept(source, flags) or _compiled(source, flags)
        return known

    def escape(text):
        return text.translate(_ESCAPED)

    def findall(source, text, flags=0):
        return compile(source, flags).findall(text)

    def finditer(source, text, flags=0):
        return compile(source, flags).finditer(text)

    def fullmatch(source, text, flags=0):
        return compile(source, flags).fullmatch(text)

    def match(source, text, flags=0):
        return compile(source, flags).match(text)

    def search(source, text, flags=0):
        return compile(source, flags).search(text)

    def split(source, text, maxsplit=0, flags=0):
        return compile(source, flags).split(text, maxsplit)

    def sub(source, new, text, count=0, flags=0):
        return compile(source, flags).sub(new, text, count)


_MOST = 30_000
"""Regexes that are remembered: more than a corpus has, and a bound on those that come from outside."""
_made: dict[tuple[Any, Any], Any] = {}
_files: list[File] = []


def read_from(folder: str) -> None:
    """Read regexes from the file in ``folder`` from now on, if it fits this Python."""
    path = f"{folder}/{FILE}"
    if not _files or _files[0].path != path:
        _files[:] = [File(path)]


def asked_for() -> list[tuple[str, int]]:
    """The regexes (source and flags) that this process has asked for; of each module's own, those that it has used."""
    return [(source, int(flags)) for source, flags in _made if isinstance(source, str)]


def _compiled(source: Any, flags: Any) -> Any:
    import re

    return re.compile(source, flags)


def _kept(source: Any, flags: Any) -> Any:
    """The regex as the file has it; ``None`` if it has none, or a damaged one."""
    if not _files or source.__class__ is not str:
        return None
    try:
        row = _files[0].kept(sums(source, int(flags)))
        return None if row is None else _made_of(source, row)
    except Exception:  # whatever a damaged file holds, re can compile
        return None


SLOT, HEAD = 16, 64
"""Bytes of a slot (a regex's sums, its place, its length), and of what the file begins with: its Python and its number of slots."""


MOST_TRIED = 100
"""Slots that are looked at: of half-empty ones more than a few are hardly ever taken in a row."""


def tag() -> bytes:
    """What the file of this Python begins with."""
    import _sre  # type: ignore[import-not-found]

    version = f"{sys.implementation.cache_tag} {_sre.MAGIC} {_sre.CODESIZE} {sys.byteorder}"
    return f"mailhelp regexes 1 {version}\n".encode()


def sums(source: str, flags: int) -> int:
    """64 bits that are another regex's with a chance of one in 10¹⁴ for a whole corpus."""
    from zlib import adler32, crc32

    text = f"{flags} {source}".encode("utf-8", "surrogatepass")
    return adler32(text) << 32 | crc32(text)


class File:
    """A file of regexes, opened when the first is asked for, and never closed: it is read as long as the process lives."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._slots: int | None = None
        self._file = -1

    def kept(self, key: int) -> bytes | None:
        """What the file has of the regex with these sums. Raises ``OSError`` and ``struct.error`` if it is damaged."""
        if self._slots is None:
            self._slots = self._opened()
        if not self._slots:
            return None
        place = key % self._slots
        for _ in range(MOST_TRIED):
            slot = os.pread(self._file, SLOT, HEAD + place * SLOT)
            found, offset, size = unpack("<QII", slot)
            if found == key:
                return os.pread(self._file, size, offset)
            if not offset:
                return None
            place = (place + 1) % self._slots
        return None

    def _opened(self) -> int:
        """Open the file; how many slots it has, 0 if it does not fit."""
        try:
            self._file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return 0
        head = os.pread(self._file, HEAD, 0)
        if not head.startswith(tag()):
            os.close(self._file)
            return 0
        return int.from_bytes(head[-4:], "little")


def _made_of(source: str, kept: bytes) -> Any:
    import _sre
    from marshal import loads
    from zlib import decompress

    flags, code, groups, names, numbers = loads(decompress(kept))
    return _sre.compile(source, flags, memoryview(code).cast("I").tolist(), groups, names, numbers)
