"""Compiled corpus → a catalogue, with what the search knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mailhelp.corpus.compile import Compiled
from mailhelp.corpus.read import CHECKS
from mailhelp.knowledge.links import links
from mailhelp.knowledge.store import Store
from mailhelp.knowledge.weights import weigh


def fill(store: Store, compiled: Compiled, **facts: Any) -> None:
    """Put all that ``compiled`` holds into ``store``."""
    tables = compiled.own_tables
    store.add(
        compiled.documents,
        compiled.patterns,
        fields=compiled.known.rows(),
        tables={**tables, CHECKS: {key: _told(row) for key, row in tables.get(CHECKS, {}).items()}},
        rivals=_by_lesser(compiled.rivals),
        **facts,
    )
    # searched is what is an answer by itself
    documents = [
        document
        for document in compiled.documents
        if document.kind != "part" and not document.data.get("patch")
    ]
    store.add_searched(*weigh(documents, links(documents)))


def _by_lesser(rivals: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """For each entry that fits samples of better ones, those."""
    found: dict[str, list[str]] = {}
    for lesser, better in sorted(rivals):
        found.setdefault(lesser, []).append(better)
    return found


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A check without what it is tried with."""
    return {key: value for key, value in row.items() if key not in ("bad", "good")}
