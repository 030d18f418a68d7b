"""What is known of a record once it has been read: plain data that can be pickled."""

from __future__ import annotations

from mailhelp.light import NamedTuple
from mailhelp.log.prefix import Record
from mailhelp.patterns.values import EMPTY, ValueSpan

HEADER = "header/"
"""How the ids of the entries of mail header fields begin."""


class Hit(NamedTuple):
    """The pattern that a record fits.

    ``entry`` is the id of the document that it belongs to (of a part where it is ``generic``: only the
    shape of the message is understood). ``literal`` is the length of its fixed text; ``shared`` says that
    it is the pattern of a whole family of programs; ``holes`` are the fields of its holes.
    """

    entry: str
    generic: bool = False
    literal: int = 0
    shared: bool = False
    holes: tuple[str, ...] = ()


class Read(NamedTuple):
    """A record with all that was found in it: what is parsed, matched and split is so once.

    ``line`` is the number of its first line (from 1), ``lines`` how many it has. ``values`` stand at
    offsets of ``record.message``; secrets are covered in both. A mail header field is read as well: its
    entry begins with ``header/``.
    """

    line: int
    record: Record
    hit: Hit | None = None
    values: tuple[ValueSpan, ...] = ()
    lines: int = 1

    @property
    def is_header(self) -> bool:
        """Whether this is a mail header field."""
        return self.hit is not None and self.hit.entry.startswith(HEADER)

    @property
    def recognised(self) -> str:
        """How well the record is known: ``entry``, ``generic`` or ``no``."""
        if self.record.repeats_last:
            return "generic"
        if self.hit is None:
            return "no"
        return "generic" if self.hit.generic else "entry"

    def first(self) -> dict[str, str]:
        """The first value of each field that is one: ``<>`` and ``[]`` only show that it is empty."""
        found: dict[str, str] = {}
        for span in self.values:
            if span.name not in found and span.value not in EMPTY:
                found[span.name] = span.value
        return found
