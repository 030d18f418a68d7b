"""Which entries name which: the links by which search finds one by the words of another."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelp.knowledge.document import Document


def links(documents: Iterable[Document]) -> dict[str, tuple[str, ...]]:
    """The ids of the documents that each document names as related or as a parameter that matters."""
    documents = tuple(documents)
    parameters = {
        name: document.id
        for document in documents
        if document.kind == "parameter"
        for name in document.names
    }
    known = {document.id for document in documents}
    found = {}
    for document in documents:
        named = [parameters.get(name, "") for name in document.data.get("parameters", ())]
        ids = dict.fromkeys((*document.data.get("related", ()), *named))
        found[document.id] = tuple(id for id in ids if id in known and id != document.id)
    return found
