"""The fields of a corpus: those that entries share and those that one entry keeps for itself, as one table.

A name is defined once, so that it means one thing in every answer; a field of one entry can be used by
no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from mailhelp.corpus.read import FIELDS, Fault, FieldTable
from mailhelp.corpus.schema import row_fault
from mailhelp.errors import CorpusError
from mailhelp.knowledge.store import FieldRow
from mailhelp.patterns import holes
from mailhelp.patterns.fields import FREE_TEXT, Field, from_table, from_tables, to_table
from mailhelp.patterns.pattern import parse


class FieldSet:
    """The fields by name (``fields``), the ids of the entries that own some (``owners``).

    ``defined`` are the names that this corpus defines; the others are its base's.
    """

    def __init__(self, base: FieldSet | None = None) -> None:
        self.fields: dict[str, Field] = dict(base.fields) if base else {}
        self.owners: dict[str, str] = dict(base.owners) if base else {}
        self.defined: set[str] = set()

    @classmethod
    def of_rows(cls, rows: Iterable[FieldRow]) -> FieldSet:
        """The fields of a compiled catalogue, for a corpus that builds on it."""
        known = cls()
        for row in rows:
            known.fields[row.name] = from_table(row.name, row.table)
            if row.owner:
                known.owners[row.name] = row.owner
        return known

    def rows(self) -> list[FieldRow]:
        """The fields that this corpus defines, as a catalogue stores them."""
        return [
            FieldRow(name, self.owners.get(name, ""), to_table(self.fields[name]))
            for name in sorted(self.defined)
        ]

    def add(self, tables: Iterable[FieldTable]) -> list[Fault]:
        """Add the fields of ``tables``; one with a fault is left out, and its fault told."""
        faults: list[Fault] = []
        rows = {name: to_table(field) for name, field in self.fields.items()}
        taken = []
        for each in tables:
            owner = self.owners.get(each.name, "")
            fault = row_fault(FIELDS, each.table)
            if each.name in self.defined or (
                each.owner and each.name in rows and owner != each.owner
            ):
                fault = f"is also defined {f'in {owner}' if owner else 'for all entries'}"
            if fault:
                faults.append(each.fault(fault))
                continue
            self.defined.add(each.name)
            rows[each.name] = each.table
            self.owners.pop(each.name, None)
            if each.owner:
                self.owners[each.name] = each.owner
            taken.append(each)
        for each in taken:
            if not _has_regex(each.name, rows):
                del rows[each.name]
                self.defined.discard(each.name)
                faults.append(each.fault("has no 'regex', nor has what it is like"))
        self.fields = from_tables(rows)
        for each in taken:
            if each.name in self.defined:
                faults += self._unseen(each)
        return faults

    def foreign(self, name: str, users: Iterable[str]) -> str:
        """Why none of ``users`` (ids of an entry and its parts) may use the field; empty if they may."""
        owner = self.owners.get(name)
        if owner and owner not in users:
            return f"is a field of {owner} alone; move it to {FIELDS}/"
        return ""

    def _unseen(self, each: FieldTable) -> Iterator[Fault]:
        """Fields that ``each`` refers to and that do not exist, or that it may not use."""
        field = self.fields[each.name]
        try:
            texts = [parse(text) for text in (*field.forms, *field.items)]
        except CorpusError as error:
            yield each.fault(str(error))
            return
        names = {name for parts in texts for name in holes.holes(parts)}
        names |= {each.table[key] for key in ("like", "items_of", "forms_of") if key in each.table}
        for name in sorted(names):
            if name not in self.fields:
                yield each.fault(f"there is no field '{name}'")
            elif why := self.foreign(name, (each.owner,)):
                yield each.fault(f"'{name}' {why}")


def _has_regex(name: str, rows: dict[str, Any]) -> bool:
    seen: set[str] = set()
    while name in rows and name not in seen:
        if "regex" in rows[name]:
            return True
        seen.add(name)
        name = rows[name].get("like", "")
    return False


def regex_fault(field: Field) -> str | None:
    """Why a field's regex is refused, or ``None``: it must compile, capture nothing, be linear."""
    import re._constants as sre  # type: ignore[import-not-found]
    import re._parser as parser  # type: ignore[import-not-found]

    if field.regex == FREE_TEXT:
        return None
    try:
        tree = parser.parse(field.regex)
    except (re.error, TypeError) as error:
        return f"regex: {error}"
    if tree.state.groups > 1:
        return "regex: captures a group; write (?:…)"

    grouped: list[bool] = []

    def loose(items: Any, inside: bool) -> int:
        count = 0
        for op, value in items:
            if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
                endless = value[1] == sre.MAXREPEAT
                inner = loose(value[2], inside or endless)
                if endless and (inside or inner):
                    return 99
                count += endless + inner
            elif op is sre.BRANCH:
                count += max(loose(branch, inside) for branch in value[1])
            elif op is sre.SUBPATTERN:
                count += loose(value[3], inside)
            elif op is sre.POSSESSIVE_REPEAT:
                grouped.append(len(value[2]) > 1 or value[2][0][0] in (sre.SUBPATTERN, sre.BRANCH))
                count += loose(value[2], False) > 1
            elif op is sre.ATOMIC_GROUP:
                count += loose(value, False) > 1
        return count

    if loose(tree, False) > 1:
        return "regex: more than one endless repeat; make all but one possessive (*+, ++)"
    if any(grouped):  # Python 3.11 before 3.11.5 matches these wrongly
        return "regex: a possessive repeat of a group; write (?>(?:…)*) for (?:…)*+"
    return None
