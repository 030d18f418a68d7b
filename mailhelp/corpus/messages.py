"""The message inventories in ``corpus/messages/``: what each program can write, and what is known of it.

A file is TOML, one line a message in the table of its kind: its format, and the id of its entry or, in
round brackets, the reason why it has none. ``(not yet)`` is the reason of those that somebody has still
to write; they are counted. ``tools/inventory.py`` makes the files from a list of messages.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from mailhelp.corpus.read import Fault

FOLDER = "messages"
NOT_YET = "(not yet)"


class Message(NamedTuple):
    """A message of a program: ``known`` is an entry's id or, in round brackets, why it has none."""

    path: Path
    line: int
    kind: str
    format: str
    known: object

    @property
    def reason(self) -> str:
        """Why it has no entry; empty if it has one."""
        known = self.known
        bracketed = isinstance(known, str) and known.startswith("(") and known.endswith(")")
        return str(known)[1:-1].strip() if bracketed else ""


def read(folder: Path) -> Iterator[Message | Fault]:
    """The messages of all inventories of the corpus in ``folder``; a fault for a file that can't be read."""
    for path in sorted((folder / FOLDER).rglob("*.toml")):
        try:
            text = path.read_text(encoding="utf-8")
            tables = tomllib.loads(text)
        except (OSError, ValueError) as error:
            yield Fault(path, 1, f"cannot be read: {error}")
            continue
        # keys are written one a line, in the order in which the parser gives them
        numbers = (n for n, line in enumerate(text.split("\n"), 1) if line[:1] in ('"', "'"))
        for kind, table in tables.items():
            if not isinstance(table, dict):
                yield Fault(path, 1, f"'{kind}' must be below the table of its kind, such as [log]")
                continue
            for format, known in table.items():
                yield Message(path, next(numbers, 1), kind, format, known)


def faults(folder: Path, ids: Collection[str]) -> Iterator[Fault]:
    """Messages that have neither an entry nor a reason."""
    for each in read(folder):
        if isinstance(each, Fault):
            yield each
        elif not each.reason and each.known not in ids:
            yield Fault(
                each.path,
                each.line,
                f"there is no entry '{each.known}': give an entry's id, or in round brackets the reason"
                f" why '{each.format}' has none",
            )


def missing(folder: Path) -> Counter[str]:
    """How many messages nobody has written an entry for yet, by inventory."""
    return Counter(
        each.path.relative_to(folder / FOLDER).with_suffix("").as_posix()
        for each in read(folder)
        if isinstance(each, Message) and each.known == NOT_YET
    )
