"""Opens the files that a user names: plain or compressed text, rotated logs, pieces of large ones."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from mailhelp.errors import SourceError
from mailhelp.host.machine import Host, refuse_device
from mailhelp.light import NamedTuple
from mailhelp.log.join import LONGEST

if TYPE_CHECKING:
    from typing_extensions import Buffer

_SAMPLE = 4096
_BINARY = 0.3
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "lzma"}
_ZSTD = b"\x28\xb5\x2f\xfd"
_PACKERS = ("zlib", "_lzma", "compression.zstd")
_PATIENCE_MS = 2000
"""How long a named pipe without a writer is waited for."""
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b\x00")
_BLOCK = 1 << 20
PATTERN = "*?["
"""Signs of a pattern that names several files."""
PIECE = 16 << 20
"""Bytes of a plain file that are scanned as one piece, at most."""
_SHARE = 4
"""A piece is at most this part of what is left of its file, so that several processes end at nearly the same time."""
_SMALLEST = 16
"""Nor is it smaller than this part of the largest: each piece costs something."""
_SEARCHED = 1 << 18
"""Bytes that are looked through for the beginning of a record."""
_ROTATED = re.compile(
    r"(?P<base>.*?)(?:[.-](?:(?P<number>\d{1,3})|(?P<date>\d{4}-?\d\d-?\d\d(?:[-_T]?\d+)?)))?"
    r"(?:\.(?:gz|bz2|xz|zst))?\Z",
    re.DOTALL,
)


class Chunk(NamedTuple):
    """A piece of a file: whole lines from the byte ``start`` to ``end`` (``None``: to its end)."""

    file: str
    start: int = 0
    end: int | None = None


def oldest_first(names: Iterable[str]) -> list[str]:
    """``names`` with the files of a rotation in the order in which they were written.

    ``mail.log.2.gz`` goes before ``mail.log.1`` and this before ``mail.log``; dates in names count as such.
    """
    return [name for log in sets(names) for name in log]


def sets(names: Iterable[str]) -> list[list[str]]:
    """``names`` by the log that they are files of, of each oldest first."""
    logs: dict[str, list[tuple[bool, str, int, str]]] = {}
    for name in dict.fromkeys(names):
        found = _ROTATED.match(name)
        base, number, date = found.group("base", "number", "date") if found else (name, None, None)
        written = re.sub(r"\D", "", date or "")
        is_current = number is None and date is None
        logs.setdefault(base, []).append((is_current, written, -int(number or 0), name))
    return [[name for *_, name in sorted(log)] for log in logs.values()]


def named(word: str) -> list[str]:
    """The files that ``word`` names: a pattern that no shell has filled in names several."""
    if os.path.exists(word) or not any(sign in word for sign in PATTERN):
        return [word]
    from glob import glob

    return sorted(glob(word)) or [word]


def rotation(name: str) -> list[str]:
    """The log ``name`` and what was rotated away from it, oldest first."""
    folder, own = os.path.split(name)
    found = [name]
    try:
        beside = os.listdir(folder or ".")
    except OSError:
        beside = []
    for each in beside:
        match = _ROTATED.match(each)
        if each != own and each.startswith(own) and match and match["base"] == own:
            found.append(os.path.join(folder, each))
    return oldest_first(found)


def chunks(name: str, begins: Callable[[bytes, bytes], bool], size: int = PIECE) -> list[Chunk]:
    """The pieces of the file ``name``, of up to ``size`` bytes; a compressed one is one piece.

    ``begins`` says of two lines that a record begins with the second, whatever stands before the first.
    Raises ``SourceError`` if the file cannot be read.
    """
    if os.path.exists(name) and not (os.path.isfile(name) or os.path.isdir(name)):
        return [Chunk(name)]  # a pipe: it can be opened once
    open_text(name).close()
    with open(name, "rb") as stream:
        return cut(name, stream, begins, size)


def cut(
    name: str, stream: BinaryIO, begins: Callable[[bytes, bytes], bool], size: int = PIECE
) -> list[Chunk]:
    """The pieces of what the file ``name`` has, of which ``stream`` stands at the beginning; see ``chunks``."""
    if is_packed(stream):
        return [Chunk(name)]
    length = stream.seek(0, os.SEEK_END)
    cuts = [0]
    while True:
        left = length - cuts[-1]
        step = max(min(left // _SHARE, size), size // _SMALLEST)
        end = _cut_at(stream, cuts[-1] + step, begins) if 2 * step <= left else None
        if end is None:
            break
        cuts.append(end)
    ends: list[int | None] = [*cuts[1:], None]
    return [Chunk(name, start, end) for start, end in zip(cuts, ends, strict=True)]


def is_packed(stream: BinaryIO) -> bool:
    """Whether ``stream`` begins as a compressed file does."""
    head = stream.peek(8)  # type: ignore[attr-defined]
    return any(head.startswith(magic) for magic in (*_MAGIC, _ZSTD))


def _cut_at(stream: BinaryIO, position: int, begins: Callable[[bytes, bytes], bool]) -> int | None:
    """Where, from ``position`` on, a record begins; ``None`` if that is not plain to see."""
    stream.seek(position)
    stream.readline(LONGEST)
    before = b"" if stream.tell() - position >= LONGEST else stream.readline(LONGEST)
    while stream.tell() - position < _SEARCHED:
        start = stream.tell()
        line = stream.readline(LONGEST)
        if not line:
            return None
        if before.endswith(b"\n") and begins(before, line):
            return start
        before = line
    return None


def blocks(chunk: Chunk, opened: Callable[[str], BinaryIO] | None = None) -> Iterator[bytes]:
    """The text of a piece in blocks of whole lines, of a file that ``opened`` opens as ``open_text`` does.

    Raises ``SourceError`` where it cannot be read.
    """
    with (opened or open_text)(chunk.file) as stream:
        left = None
        if chunk.start or chunk.end is not None:
            stream.seek(chunk.start)
            left = None if chunk.end is None else chunk.end - chunk.start
        try:
            yield from blocks_of(stream, left)
        except OSError as error:  # a disk or a mount that fails midway
            raise _unreadable(chunk.file, error) from error


def blocks_of(stream: BinaryIO, left: int | None = None) -> Iterator[bytes]:
    """The bytes of ``stream`` (``left`` of them) in blocks of whole lines, as ``join.lines`` cuts them."""
    rest = b""
    for data in _filled(stream, left):
        data = rest + data
        end = data.rfind(b"\n") + 1
        if end:
            yield _shortened(data[:end])
        rest = data[end:]
        if len(rest) > 2 * LONGEST:  # an endless line: its beginning is enough
            rest = rest[:LONGEST]
    if rest:
        yield _shortened(rest)


def _filled(stream: BinaryIO, left: int | None) -> Iterator[bytes]:
    """The bytes of ``stream`` (``left`` of them) in blocks; of a damaged file, what comes before the damage."""
    parts: list[bytes] = []
    size = 0
    ended = False
    while not ended:
        wanted = _BLOCK - size if left is None else min(_BLOCK - size, left)
        try:
            part = stream.read1(wanted) if wanted else b""  # type: ignore[attr-defined]
        except (SourceError, OSError):
            yield b"".join(parts)
            raise
        parts.append(part)
        size += len(part)
        left = None if left is None else left - len(part)
        ended = not part
        if ended or size >= _BLOCK:
            yield b"".join(parts)
            parts, size = [], 0


def _shortened(block: bytes) -> bytes:
    """``block`` with its lines cut at ``LONGEST``; a line above it fills half of that somewhere."""
    half = LONGEST // 2
    if all(block.find(b"\n", at, at + half) >= 0 for at in range(0, len(block) - half, half)):
        return block
    return b"\n".join(line[:LONGEST] for line in block.split(b"\n"))


def open_text(name: str) -> BinaryIO:
    """A stream of the text in the file ``name``, unpacked if it is compressed.

    Raises ``SourceError`` if it is missing, is no file, may not be read or holds no text.
    """
    path = Path(name)
    try:
        if path.is_dir():
            raise SourceError(f"{name} is a directory.", "Name the files in it.")
        stream = _of_pipe(path) if path.is_fifo() else cast(BinaryIO, path.open("rb"))
        refuse_device(name, stream)
    except OSError as error:
        raise _unreadable(name, error) from error
    return text_of(name, stream)


def text_of(name: str, stream: BinaryIO) -> BinaryIO:
    """The text of ``stream``, which has what is in the file ``name``; see ``open_text``."""
    try:
        stream = _unpacked(name, stream)
        sample = stream.peek(_SAMPLE)[:_SAMPLE]  # type: ignore[attr-defined]
    except OSError as error:
        stream.close()
        raise _unreadable(name, error) from error
    except SourceError:
        stream.close()
        raise
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
    if head.startswith(_ZSTD):
        return cast(BinaryIO, io.BufferedReader(_Unpacked(name, stream, _zstd(name, stream))))
    return stream


def _zstd(name: str, stream: BinaryIO) -> io.BufferedIOBase:
    """What is packed by zstd: unpacked by Python (3.14 on), else by the zstd program."""
    import importlib

    try:
        opened = importlib.import_module("compression.zstd").open(stream, "rb")
        return cast(io.BufferedIOBase, opened)
    except ImportError:
        pass
    tool = Host().which("zstd")
    if tool is None:
        stream.close()
        raise SourceError(
            f"{name} is packed with zstd, which is not here.",
            "Install it: apt-get install zstd (dnf install zstd).",
        )
    return io.BufferedReader(_Tool(tool, stream))


def _is_here(stream: BinaryIO) -> bool:
    """Whether a program of this host can read from ``stream``."""
    try:
        return stream.fileno() >= 0
    except OSError:
        return False


def _brought_here(stream: BinaryIO) -> BinaryIO:
    import shutil
    import tempfile

    here = tempfile.TemporaryFile()  # noqa: SIM115  # the program that reads it ends with it
    shutil.copyfileobj(stream, here)
    here.flush()
    return cast(BinaryIO, here)


class _Tool(io.RawIOBase):
    """What the program ``tool`` unpacks of a file. Raises ``OSError`` at its end if it failed."""

    def __init__(self, tool: str, packed: BinaryIO) -> None:
        import subprocess

        with packed if _is_here(packed) else _brought_here(packed) as here:
            os.lseek(here.fileno(), 0, os.SEEK_SET)
            self._process = subprocess.Popen(
                [tool, "-dcq"], stdin=here, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        assert self._process.stdout is not None
        data = self._process.stdout.read(len(memoryview(buffer)))
        if not data and self._process.wait():
            raise OSError("it is damaged or cut off")
        memoryview(buffer)[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process.kill()
            self._process.wait()
        super().close()


class _Unpacked(io.RawIOBase):
    """What is packed in a file. Wherever that is cut off or damaged, reading raises ``SourceError``."""

    def __init__(self, name: str, packed: BinaryIO, unpacked: io.BufferedIOBase) -> None:
        self._name = name
        self._packed = packed
        self._stream = unpacked
        self._has_begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        try:
            data = self._stream.read1(len(memoryview(buffer)))
        except Exception as error:
            # the errors of packers are of modules that need not be loaded
            if isinstance(error, (OSError, EOFError)) or type(error).__module__ in _PACKERS:
                if self._has_begun:
                    raise _cut_off(self._name) from error
                raise _unreadable(self._name, error) from error
            raise
        self._has_begun = True
        memoryview(buffer)[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._packed.close()
        super().close()


def _unreadable(name: str, error: Exception) -> SourceError:
    reason = getattr(error, "strerror", None) or str(error).rstrip(".")
    hint = _who_may(name) if isinstance(error, PermissionError) else ""
    return SourceError(f"{name} cannot be read: {reason}.", hint)


def _cut_off(name: str) -> SourceError:
    return SourceError(f"{name} is damaged or cut off: what comes before that is read.")


def _who_may(name: str) -> str:
    """Who may read a file that we may not, and how to become one of them."""
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
