"""The last call, kept in the user's cache: ``mailhelp -v`` asks it again, ``mailhelp 2`` opens its second.

Kept are words and options, what was pasted (with its secrets covered by ``cover``) and the ids of the numbered
results; never an answer, whose values would grow old. A home that cannot be written, or a file that
somebody spoilt, only means that there is no last call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from mailhelp import jsontext
from mailhelp.answer import Answer
from mailhelp.errors import MailhelpError
from mailhelp.host import cache
from mailhelp.host.machine import Host, read_file
from mailhelp.light import Any, NamedTuple

LONGEST_TEXT = 65_536
"""Characters of pasted text that are kept; of a longer one, nothing is."""
MOST_NUMBERED = 500

_NOT_OPENED = ("tool", "fault")
_FILE, _FORMAT = "last.json", 1


class Last(NamedTuple):
    """A call that was answered.

    ``text`` is what came by standard input; ``dropped`` says that it was too long to keep.
    ``numbered`` are the ids that a number can open.
    """

    command: str
    words: tuple[str, ...] = ()
    given: Mapping[str, Any] = {}
    text: str | None = None
    dropped: bool = False
    numbered: tuple[str, ...] = ()


class Heard:
    """What was read from standard input, as far as it is worth keeping."""

    def __init__(self) -> None:
        self._lines: list[str] | None = None
        self._size = 0
        self.dropped = False

    def listen(self, lines: Iterable[str | None]) -> Iterator[str | None]:
        """``lines``, remembered on their way."""
        self._lines = []
        for line in lines:
            if line is not None and not self.dropped:
                self._size += len(line) + 1
                self._lines.append(line)
                if self._size > LONGEST_TEXT:
                    self.dropped, self._lines = True, []
            yield line

    @property
    def text(self) -> str | None:
        """The text, ``None`` if nothing was read or it was too long."""
        return None if self._lines is None or self.dropped else "\n".join(self._lines)


def numbered(answers: Iterable[Answer], *, counted: bool = False) -> tuple[str, ...]:
    """The ids that numbers open: the results of one answer, or of several answers their entries.

    ``counted`` says that each stands for many that are alike, also where it is one.
    """
    several = tuple(answers)
    ids: Iterable[str]
    if len(several) == 1 and not counted:
        ids = (each.id for each in several[0].results if each.kind not in _NOT_OPENED)
    else:
        ids = (_id(answer) for answer in several)
    return tuple(ids)[:MOST_NUMBERED]


def _id(answer: Answer) -> str:
    """The id of the document behind ``answer``; empty if there is none."""
    entry = answer.entry or ""
    return f"log/{entry}" if entry and answer.kind == "log" else entry


def keep(host: Host, last: Last, cover: Callable[[Iterable[str]], list[str]]) -> None:
    """Keep ``last``, its secrets covered by ``cover``. Raises ``UnusableFolder``."""
    table = {
        "format": _FORMAT,
        "command": last.command,
        "words": cover(last.words),
        "given": dict(last.given),
        "text": None if last.text is None else cover((last.text,))[0],
        "dropped": last.dropped,
        "numbered": last.numbered,
    }
    folder = cache.made(host)
    try:
        cache.replace(f"{folder}/{_FILE}", jsontext.write(table))
    except OSError as error:
        raise cache.unwritable(folder, error) from error


def recall(host: Host) -> Last | None:
    """The last call, ``None`` if there is none that can be read.

    Raises ``UnusableFolder`` if somebody else could have written it.
    """
    path = f"{cache.folder(host)}/{_FILE}"
    cache.trusted(path, "MAILHELP_CACHE_DIR")
    with suppress(OSError, MailhelpError, ValueError, KeyError, TypeError):
        table = jsontext.read(read_file(path))
        if table["format"] == _FORMAT:
            return Last(
                str(table["command"]),
                tuple(map(str, table["words"])),
                dict(table["given"]),
                None if table["text"] is None else str(table["text"]),
                bool(table["dropped"]),
                tuple(map(str, table["numbered"])),
            )
    return None
