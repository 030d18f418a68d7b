"""Opens the files that a user names: plain or compressed text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from mailhelp.errors import SourceError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_SAMPLE = 4096
_BINARY = 0.3
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "lzma"}
_PATIENCE_MS = 2000
"""How long a named pipe without a writer is waited for."""
_PACKERS = ("zlib", "_lzma")
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b\x00")


def open_text(name: str) -> BinaryIO:
    """A stream of the text in the file ``name``, unpacked if it is compressed.

    Raises ``SourceError`` if it is missing, is no file, may not be read or holds no text.
    """
    path = Path(name)
    try:
        if path.is_dir():
            raise SourceError(f"{name} is a directory.", "Name the files in it.")
        stream = _of_pipe(path) if path.is_fifo() else cast(BinaryIO, path.open("rb"))
        stream = _unpacked(name, stream)
        sample = stream.peek(_SAMPLE)[:_SAMPLE]  # type: ignore[attr-defined]
    except OSError as error:
        raise _unreadable(name, error) from error
    if _is_binary(sample):
        stream.close()
        raise SourceError(f"{name} is a binary file, not text.", "Name a log or another text file.")
    return stream


def _of_pipe(path: Path) -> BinaryIO:
    """A named pipe, opened. Raises ``SourceError`` if nobody comes to write into it."""
    import os
    import select

    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    if not waiting.poll(_PATIENCE_MS):
        try:
            alone = os.read(descriptor, 1) == b""  # with a writer that is slow it would block
        except BlockingIOError:
            alone = False
        if alone:
            os.close(descriptor)
            raise SourceError(f"{path} is a pipe that nothing writes into.", "Name a file.")
    os.set_blocking(descriptor, True)
    return cast(BinaryIO, open(descriptor, "rb"))  # the caller closes it


def _unpacked(name: str, stream: BinaryIO) -> BinaryIO:
    head = stream.peek(8)[:8]  # type: ignore[attr-defined]
    for magic, module in _MAGIC.items():
        if head.startswith(magic):
            import importlib

            unpacked = importlib.import_module(module).open(stream, "rb")
            return cast(BinaryIO, io.BufferedReader(_Unpacked(name, stream, unpacked)))
    return stream


class _Unpacked(io.RawIOBase):
    """What is packed in a file. Wherever that is cut off or damaged, reading raises ``SourceError``."""

    def __init__(self, name: str, packed: BinaryIO, unpacked: io.BufferedIOBase) -> None:
        self._name = name
        self._packed = packed
        self._stream = unpacked

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        try:
            return self._stream.readinto(buffer)
        except Exception as error:
            # the errors of packers are of modules that need not be loaded
            if isinstance(error, (OSError, EOFError)) or type(error).__module__ in _PACKERS:
                raise _unreadable(self._name, error) from error
            raise

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._packed.close()
        super().close()


def _unreadable(name: str, error: Exception) -> SourceError:
    reason = getattr(error, "strerror", None) or str(error).rstrip(".")
    hint = _who_may(name) if isinstance(error, PermissionError) else ""
    return SourceError(f"{name} cannot be read: {reason}.", hint)


def _who_may(name: str) -> str:
    """Who may read a file that we may not, and how to become one of them."""
    import os
    import stat

    try:
        status = os.stat(name)
    except OSError:  # in a folder that may not be searched
        return "Run it with sudo."
    if not status.st_mode & stat.S_IRGRP:
        return "Only its owner may read it: run mailhelp with sudo."
    try:
        import grp

        group = grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        group = str(status.st_gid)
    return (
        f"It is readable by group {group}: run mailhelp with sudo, or add yourself to {group} "
        f"(usermod -aG {group} YOUR-NAME as root) and log in again."
    )


def _is_binary(sample: bytes) -> bool:
    """Whether too much of ``sample`` is neither text nor the NULs that a crash leaves in a log."""
    control = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in sample)
    undecodable = sample.decode("utf-8", "replace").count("\ufffd")
    return bool(sample) and (control + undecodable) / len(sample) > _BINARY / 3
