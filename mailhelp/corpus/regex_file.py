"""Writes the file of compiled regexes that ``mailhelp.regexes`` reads beside a catalogue."""

from __future__ import annotations

import importlib
import marshal
import pkgutil
import re
import struct
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from re import _compiler, _parser  # type: ignore[attr-defined]  # what re.compile is made of
from typing import Any

import mailhelp
from mailhelp import light, regexes
from mailhelp.corpus.beside import in_parts
from mailhelp.corpus.compile import Compiled
from mailhelp.errors import CorpusError
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.knowledge.store import CATALOGUE, Store
from mailhelp.patterns.fields import Field
from mailhelp.patterns.pattern import parse, to_regex

Kept = tuple[int, bytes]
"""The sums of a regex, and what is kept of it."""


def write(folder: Path, compiled: Compiled) -> None:
    """Write the file for the catalogue in ``folder``, which was made of ``compiled``.

    In it are the regexes of the patterns, those of the package's modules, and what else the samples ask for.
    """
    new = folder / f"{regexes.FILE}.new"
    before = regexes.File(f"{folder}/{regexes.FILE}")
    samples = [_record(each) for each in compiled.documents if each.data.get("sample")]
    asked = {(row.regex, int(re.DOTALL)) for row in compiled.patterns}
    asked.update(_of_modules())
    for field in compiled.fields.values():
        asked.update((regex, 0) for regex in (field.regex, field.argument) if regex)
    for table in compiled.own_tables.values():
        asked.update(_of_tables(table, compiled.fields))
    for part in in_parts(_Rehearsal(folder), samples) if samples else ():
        asked.update(part)
    kept = [row for part in in_parts(partial(_compiled, before), sorted(asked)) for row in part]
    new.write_bytes(_laid_out(kept))
    new.replace(folder / regexes.FILE)


def _record(document: Document) -> str:
    """The sample of a log entry as a log has it."""
    program = document.id.split("/")[1:-1]
    tag = "/".join(program).replace("/any", "/smtpd")
    return f"Nov 22 06:25:16 mail {tag}[123]: {document.data['sample']}"


class _Rehearsal:
    """Reads samples; returned are the regexes that were asked for on the way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, samples: Sequence[str]) -> list[tuple[str, int]]:
        with closing(Store(self._folder / CATALOGUE)) as store:
            for read in Library(store).engine.reads(samples):
                read.first()  # its values are split
        return regexes.asked_for()


_PATTERNS = ("patterns", "prefixes", "hosts", "aside")
_REGEXES = ("regex", "regexes")
"""What is a pattern, or a regex, or several, in the rows of tables."""


def _of_tables(value: Any, fields: Mapping[str, Field], key: str = "") -> Iterator[tuple[str, int]]:
    """The regexes and those of the patterns in ``value``, which is a table or part of one."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _of_tables(each, fields, key if key in _PATTERNS else name)
    elif isinstance(value, list):
        for each in value:
            yield from _of_tables(each, fields, key)
    elif isinstance(value, str) and key in _REGEXES:
        yield value, 0
    elif isinstance(value, str) and key in _PATTERNS:
        with suppress(CorpusError):  # a text that is no pattern
            yield to_regex(parse(value), fields), int(re.DOTALL)


def _of_modules() -> Iterator[tuple[str, int]]:
    """The regexes of all modules that can be imported here."""
    for module in pkgutil.walk_packages(mailhelp.__path__, "mailhelp."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # of an extra that is not there
                loaded = importlib.import_module(module.name)
                for value in vars(loaded).values():
                    if type(value) is light.regex:
                        source, *flags = value.given
                        yield source, int(flags[0]) if flags else 0


def _compiled(before: regexes.File, asked: Sequence[tuple[str, int]]) -> list[Kept]:
    """What is kept of each; what the file ``before`` has need not be compiled again."""
    sums = [regexes.sums(*each) for each in asked]
    found = []
    for key, each in zip(sums, asked, strict=True):
        with suppress(re.error):  # a table's may have names to be filled in
            found.append((key, _kept_before(before, key) or _kept(*each)))
    return found


def _kept_before(before: regexes.File, key: int) -> bytes | None:
    with suppress(OSError, struct.error, zlib.error):  # it may be damaged
        kept = before.kept(key)
        return kept if kept and zlib.decompress(kept) else None
    return None


def _kept(source: str, flags: int) -> bytes:
    """What ``regexes`` makes a regex of: all that ``re.compile`` tells ``_sre`` but its source."""
    parsed = _parser.parse(source, flags)
    state = parsed.state
    code = _compiler._code(parsed, flags)
    numbers: list[str | None] = [None] * state.groups
    for name, number in state.groupdict.items():
        numbers[number] = name
    made = array("I", code).tobytes()
    rest = (int(flags | state.flags), made, state.groups - 1, state.groupdict, tuple(numbers))
    return zlib.compress(marshal.dumps(rest), 9)


def _laid_out(kept: Sequence[Kept]) -> bytes:
    """The file: its Python and the number of its slots, the slots, the regexes."""
    count = 1
    while count < 2 * len(kept):
        count *= 2
    slots: list[bytes] = [b""] * count
    place = regexes.HEAD + count * regexes.SLOT
    for sums, row in kept:
        slots_tried = (number % count for number in range(sums, sums + regexes.MOST_TRIED))
        slot = next(number for number in slots_tried if not slots[number])
        slots[slot] = b"".join(
            (
                sums.to_bytes(8, "little"),
                place.to_bytes(4, "little"),
                len(row).to_bytes(4, "little"),
            )
        )
        place += len(row)
    empty = bytes(regexes.SLOT)
    head = regexes.tag().ljust(regexes.HEAD - 4) + count.to_bytes(4, "little")
    return head + b"".join(slot or empty for slot in slots) + b"".join(row for _, row in kept)
