"""Compiled corpus → a catalogue, with what the search knows."""

from __future__ import annotations

from typing import Any

from mailhelp.corpus.compile import Compiled
from mailhelp.knowledge.links import links
from mailhelp.knowledge.store import Store
from mailhelp.knowledge.weights import weigh


def fill(store: Store, compiled: Compiled, **facts: Any) -> None:
    """Put all that ``compiled`` holds into ``store``."""
    store.add(
        compiled.documents,
        compiled.patterns,
        fields=compiled.known.rows(),
        tables=compiled.own_tables,
        **facts,
    )
    # searched is what is an answer by itself
    documents = [
        document
        for document in compiled.documents
        if document.kind != "part" and not document.data.get("patch")
    ]
    store.add_searched(*weigh(documents, links(documents)))
