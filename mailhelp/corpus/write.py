"""Compiled corpus → a catalogue and its search index."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailhelp.corpus.compile import Compiled
from mailhelp.corpus.read import CHECKS
from mailhelp.knowledge.links import links
from mailhelp.knowledge.search import build as build_search
from mailhelp.knowledge.store import Store


def fill(store: Store, compiled: Compiled, **facts: Any) -> None:
    """Put all that ``compiled`` holds into ``store``."""
    tables = compiled.own_tables
    store.add(
        compiled.documents,
        compiled.patterns,
        fields=compiled.known.rows(),
        tables={**tables, CHECKS: {key: _told(row) for key, row in tables.get(CHECKS, {}).items()}},
        **facts,
    )


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A check without what it is tried with."""
    return {key: value for key, value in row.items() if key not in ("bad", "good")}


def search(folder: Path, compiled: Compiled) -> None:
    """Build the search index of ``compiled`` in ``folder``: of what is an answer by itself."""
    documents = [
        document
        for document in compiled.documents
        if document.kind != "part" and not document.data.get("patch")
    ]
    build_search(folder, documents, links(documents))
