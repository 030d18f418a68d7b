"""A log that grows: what is added to it, also after it was rotated away."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from mailhelp.errors import SourceError
from mailhelp.log.files import is_packed, open_text
from mailhelp.log.join import LONGEST

_MOST = 8 << 20
"""Bytes that are handed out at once."""


def _unblocked(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NONBLOCK)


class Follower:
    """Reads the file ``name`` from its beginning on, and then what is added.

    A file that was renamed is read to its end before the new one of the name is; one that was made
    shorter (copied and emptied) is read from its beginning. Raises ``SourceError`` if the file cannot be read when it is first opened.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._rest = b""
        if os.path.exists(name) and not (os.path.isfile(name) or os.path.isdir(name)):
            raise SourceError(f"{name} is no file that grows.", "mailhelp explain reads a pipe.")
        open_text(name).close()
        self._stream: BinaryIO | None = open(name, "rb")  # noqa: SIM115  # it stays open
        if is_packed(self._stream):
            self._stream.close()
            raise SourceError(f"{name} is packed: it does not grow.", "Name the log itself.")

    def grown(self) -> bytes:
        """The whole lines that were added since the last time; empty if there are none.

        Of one that has no end yet its beginning waits.
        """
        data = self._read()
        status = self._status()
        if self._stream is None:
            if status is not None:
                self._open()
                data += self._read()
        elif status is not None and not os.path.samestat(status, os.fstat(self._stream.fileno())):
            data += self._read()  # what was written between the first look and the new file
            self._stream.close()
            self._rest, data = b"", self._whole(data, is_end=True)
            self._open()
            return data + self._whole(self._read())
        elif os.fstat(self._stream.fileno()).st_size < self._stream.tell():
            data = self._whole(data, is_end=True)
            self._rest = b""
            self._stream.seek(0)
            return data + self._whole(self._read())
        return self._whole(data)

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

    def _status(self) -> os.stat_result | None:
        try:
            return os.stat(self._name)
        except OSError:  # between the renaming and the new file
            return None

    def _open(self) -> None:
        """Open what has the name now; a pipe or a device in its place is none that grows, and is waited out."""
        self._stream = None
        try:
            stream = open(self._name, "rb", opener=_unblocked)  # noqa: SIM115  # it stays open
        except OSError:
            return
        if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            self._stream = stream
        else:
            stream.close()

    def _read(self) -> bytes:
        try:
            return self._stream.read(_MOST) if self._stream is not None else b""
        except OSError:  # a disk or a mount that fails: perhaps it is back at the next look
            return b""

    def _whole(self, data: bytes, is_end: bool = False) -> bytes:
        """The whole lines of ``data`` behind what waited; at the end of a file the last needs no line end."""
        data = self._rest + data
        end = len(data) if is_end else data.rfind(b"\n") + 1
        self._rest = data[end:][:LONGEST]
        whole = data[:end]
        return whole + b"\n" if whole and not whole.endswith(b"\n") else whole
