"""What is known of the files that a configuration names: modes, ages, certificates. Of this host, or of a copied folder.

Imported late: only a review of a whole configuration asks for it.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache

from mailhelp import regexes as re
from mailhelp.conditions import Certificate, Fact
from mailhelp.host.machine import Host
from mailhelp.host.postfixfiles import MOST_LINES
from mailhelp.host.tablefiles import Text
from mailhelp.light import regex

_DAY = 86400
_MOST = 1 << 20
"""Bytes of a file that are looked at; no PEM file is longer."""
_MOST_OF_TABLE, _MOST_OF_TABLES = 4 << 20, 32 << 20
"""Bytes of one lookup table that are read, and of all of them."""
_LONGEST_LINE = 100_000
_END = regex(r"notAfter=(.+)")
_NAME = regex(r"DNS:([^\s,]+)")
_KEY = regex(r"-----BEGIN PUBLIC KEY-----\s+(.+?)-----END", re.DOTALL)
_SHUT = ("-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED")


class Files:
    """The files of a configuration; ``real`` says where a path of it is, ``None`` where that is not known.

    ``unread`` gathers the paths that could not be looked at, ``cut`` the tables of which not all was read.
    """

    def __init__(self, host: Host, real: Callable[[str], str | None]) -> None:
        self._host, self._real = host, real
        self.unread: list[str] = []
        self.cut: list[str] = []
        self._left = _MOST_OF_TABLES
        self.fact = cache(self._fact)
        self.certificate = cache(self._certificate)
        self.table = cache(self._table)

    def _fact(self, path: str) -> Fact | None:
        real = self._real(path)
        if real is None:
            return None
        try:
            found = self._host.stat(real)
        except (FileNotFoundError, NotADirectoryError):
            return Fact(missing=True)
        except PermissionError:
            self.unread.append(path)
            return None
        except (OSError, ValueError):
            return None
        age = (time.time() - found.st_mtime) / _DAY
        mode = stat.S_IMODE(found.st_mode)
        return Fact(False, stat.S_ISDIR(found.st_mode), mode, age, self._digest(real, found))

    def _digest(self, real: str, found: os.stat_result) -> str:
        """The text of a small file, to be compared with another's."""
        if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST // 64:
            return ""
        lines = (self._host.text_of(real) or "").split("\n")
        return "\n".join(line for line in lines if line.strip() and line[:1] not in "#;")

    def _table(self, path: str) -> Text | None:
        """The text of a lookup table; bytes that are no UTF-8 are surrogates."""
        fact = self.fact(path)
        real = self._real(path)
        if fact is None or fact.missing or fact.folder or real is None:
            return None
        try:
            # what is no plain file must not be waited for
            number = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(number, "rb") as stream:
                if not stat.S_ISREG(os.fstat(number).st_mode):
                    return None
                most = min(_MOST_OF_TABLE, self._left)
                held = stream.read(most + 1)
        except PermissionError:
            self.unread.append(path)
            return None
        except (OSError, ValueError):
            return None
        self._left -= min(len(held), most)
        lines = held[:most].decode("utf-8", "surrogateescape").split("\n")
        if len(held) > most or not lines[-1]:
            del lines[-1]
        long = next((n for n, line in enumerate(lines) if len(line) > _LONGEST_LINE), MOST_LINES)
        cut = len(held) > most or len(lines) > long
        if cut:
            self.cut.append(path)
        return Text(lines[:long], cut)

    def _certificate(self, path: str) -> Certificate | None:
        fact = self.fact(path)
        real = self._real(path)
        if fact is None or fact.missing or fact.folder or real is None:
            return None
        try:
            with open(real, encoding="ascii", errors="replace") as stream:
                text = stream.read(_MOST)
        except OSError:
            self.unread.append(path)
            return None
        shut = any(sign in text for sign in _SHUT)
        held = "-----BEGIN CERTIFICATE-----" in text or "-----BEGIN TRUSTED CERT" in text
        made = (self._of_certificate(real) if held else Certificate())._replace(encrypted=shut)
        if "PRIVATE KEY-----" in text and not shut:
            said = self._host.run("openssl", "pkey", "-in", real, "-pubout", "-passin", "pass:")
            key = _KEY.search(said.stdout)
            made = made._replace(key=_one(key))
        return made

    def _of_certificate(self, real: str) -> Certificate:
        said = self._host.run(
            "openssl",
            "x509",
            "-in",
            real,
            "-noout",
            "-enddate",
            "-pubkey",
            "-ext",
            "subjectAltName",
        ).stdout
        end = _END.search(said)
        days = None
        if end:
            try:
                until = datetime.strptime(end[1].strip(), "%b %d %H:%M:%S %Y GMT")
                left = until.replace(tzinfo=UTC).timestamp() - time.time()
                days = int(left // _DAY)
            except ValueError:
                days = None
        names = tuple(_NAME.findall(said))
        return Certificate(days, _one(_KEY.search(said)), names)


def _one(found: re.Match[str] | None) -> str:
    return "".join(found[1].split()) if found else ""


def in_place(path: str) -> str | None:
    """Where a path of this host's configuration is."""
    return path


def copied(
    folder: str, original: str, endings: Iterable[str], text: str
) -> Callable[[str], str | None]:
    """Where a path of a copied configuration is: ``folder`` is a copy of ``original``, ``text`` its main.cf.

    If it lies in a copied tree (``backup/etc/postfix``), the other paths are there too. What a copy does not
    hold may be there on the server, and is not known; a main.cf that names its folder is no copy.
    """
    folder = os.path.abspath(folder)
    live = f"{folder}/" in text
    root = folder.removesuffix(original) if folder.endswith(original) else None
    built = any(name.endswith(tuple(endings)) for name in os.listdir(folder))

    def real(path: str) -> str | None:
        place = (
            folder + path.removeprefix(original) if f"{path}/".startswith(f"{original}/") else ""
        )
        if live:
            return place or path
        if place and built and path.endswith(tuple(endings)):
            return place  # a table beside others that are built
        place = place or (f"{root}{path}" if root is not None else "")
        return place if place and os.path.exists(place) else None

    return real
