"""What a user's notes and single files build on: a compiled catalogue, asked as a corpus is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from mailhelp.corpus.fields import FieldSet
from mailhelp.corpus.read import TABLES
from mailhelp.knowledge.store import PatternRow, Store


class Base:
    """The catalogue ``store``: its fields, tables and parts, and whether it has an entry."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.known = FieldSet.of_rows(store.fields())
        self.tables: dict[str, dict[str, Any]] = {name: store.table(name) for name in TABLES}
        self.parts: dict[str, Mapping[str, Any]] = {
            part.id.partition("/")[2]: part.data for part in store.all_of("part")
        }

    def has(self, id: str) -> bool:
        """Whether there is an entry ``id``."""
        return self._store.document(id) is not None

    def has_parameter(self, name: str) -> bool:
        """Whether Postfix has a parameter of exactly this name."""
        return any(hit.kind == "parameter" and hit.shown == name for hit in self._store.named(name))

    def patterns(self, programs: Sequence[str], words: Collection[str]) -> Iterator[PatternRow]:
        """The patterns of ``programs`` that are filed under one of ``words``."""
        return self._store.patterns(programs, words)

    def filing(self, programs: Sequence[str]) -> set[str]:
        """The words under which the patterns of ``programs`` are filed."""
        return self._store.filing(programs)

    def programs(self) -> set[str]:
        """The programs that have patterns."""
        return self._store.programs()
