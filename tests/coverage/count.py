"""How much of what the programs around Postfix log has an entry of its own.

    python -m tests.coverage.count [-m] [NAME…]

Needs no sources: the formats are in ``formats/``. Their holes are filled in, and each record is read as a line of a
log. ``-m`` lists the records that no entry knows. A record that only a family's frame, or a pattern with too
little fixed text, fits is generic.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from mailhelp.host.machine import Host
from mailhelp.log.reader import Engine
from mailhelp.session import Session
from tests.coverage.extract import Format, formats, holes, tables

_LEAST = 0.4
"""Of a format's fixed text: a pattern that has less of it takes the rest as free text, and knows little."""


class Counted(NamedTuple):
    """A record that was tried, and the entry that knows it (empty: none)."""

    format: Format
    record: str
    entry: str
    generic: bool


def count(name: str, tag: str, engine: Engine) -> Iterator[Counted]:
    """Each format of the program ``name``, filled in and read."""
    examples = holes()["examples"]
    for each in formats(name):
        record = re.sub(
            r"\{(\w+)\}", lambda found: examples.get(found[1], found[0]), each.before + each.text
        )
        read = next(iter(engine.reads([f"Nov 26 21:07:18 mail {tag}[4711]: {record}"])))
        hit = read.hit
        fixed = len(re.sub(r"\{\w+\}", "", each.text))
        known = hit is not None and not hit.generic and hit.literal >= _LEAST * fixed
        yield Counted(
            each, record, hit.entry if known and hit else "", hit is not None and not known
        )


def main(*words: str) -> None:
    """Prints the table."""
    names = [word for word in words if word != "-m"]
    session = Session(Host())
    print("| program | formats | own entry | generic | none |\n|---|---|---|---|---|")
    for name, table in tables(names):
        found = list(count(name, table["tag"], session.library.engine))
        known, generic = (
            sum(1 for each in found if each.entry),
            sum(1 for each in found if each.generic),
        )
        share = 100 * known / len(found) if found else 0
        print(
            f"| {name} | {len(found)} | {known} ({share:.0f} %) | {generic} | {len(found) - known - generic} |"
        )
        if "-m" in words:
            for each in found:
                if not each.entry:
                    print(
                        f"  {'generic' if each.generic else 'none':8}{each.format.level:8}{each.format.file}: {each.record}"
                    )


if __name__ == "__main__":
    main(*sys.argv[1:])
