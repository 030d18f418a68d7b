"""Files where a worker finds them: by their path, or at an address that fsspec reads (``s3://…``)."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from mailhelp.errors import SourceError
from mailhelp.log import files
from mailhelp.log.files import Chunk

if TYPE_CHECKING:
    from typing_extensions import Buffer

_PATH = "file://"
_BUFFER = 1 << 20


def named(words: Iterable[str]) -> list[str]:
    """The files that ``words`` name: paths, addresses, patterns of either. Raises ``SourceError``."""
    return [name for word in words for name in _named(word)]


def _named(word: str) -> list[str]:
    if not is_address(word):
        return files.named(word.removeprefix(_PATH))
    if not any(sign in word for sign in files.PATTERN):
        return [word]
    try:
        import fsspec

        system, path = fsspec.core.url_to_fs(word)
        found = sorted(system.unstrip_protocol(each) for each in system.glob(path))
    except Exception as error:  # each kind of address has errors of its own
        raise _unreadable(word, error) from error
    return found or [word]


def is_address(name: str) -> bool:
    """Whether ``name`` is more than a path of this host."""
    return "://" in name and not name.startswith(_PATH)


def chunks(name: str, begins: Callable[[bytes, bytes], bool], size: int) -> list[Chunk]:
    """The pieces of the file ``name``; see ``files.chunks``."""
    if not is_address(name):
        return files.chunks(name, begins, size)
    opened(name).close()
    with _opened(name) as stream:
        return files.cut(name, stream, begins, size)


def opened(name: str) -> BinaryIO:
    """A stream of the text in the file ``name``; see ``files.open_text``. Raises ``SourceError``."""
    return files.text_of(name, _opened(name)) if is_address(name) else files.open_text(name)


def _opened(name: str) -> BinaryIO:
    """What is at an address, as it is stored."""
    try:
        import fsspec

        raw = fsspec.open(name, "rb").open()
    except Exception as error:  # each kind of address has errors of its own
        raise _unreadable(name, error) from error
    return cast(BinaryIO, io.BufferedReader(_Distant(name, raw), _BUFFER))


class _Distant(io.RawIOBase):
    """What is at an address; wherever it cannot be read, ``SourceError`` is raised."""

    def __init__(self, name: str, raw: Any) -> None:
        self._name = name
        self._raw = raw

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return int(self._raw.seek(offset, whence))

    def tell(self) -> int:
        return int(self._raw.tell())

    def readinto(self, buffer: Buffer, /) -> int:
        try:
            data = self._raw.read(len(memoryview(buffer)))
        except Exception as error:
            raise _unreadable(self._name, error) from error
        memoryview(buffer)[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def _unreadable(name: str, error: Exception) -> SourceError:
    if isinstance(error, ImportError):
        package = _package(name)
        return SourceError(
            f"{name} cannot be read: the workers lack the package {package}.",
            f"Where each worker runs: pip install {package}",
        )
    told = getattr(error, "strerror", None) or " ".join(str(error).split())
    reason = "No such file or directory" if isinstance(error, FileNotFoundError) else told
    return SourceError(f"{name} cannot be read: {(reason or type(error).__name__).rstrip('.')}.")


def _package(name: str) -> str:
    """The package that reads addresses like ``name``."""
    from fsspec.registry import known_implementations

    row = known_implementations.get(name.partition("://")[0], {})
    return str(row.get("class", "fsspec")).partition(".")[0]
