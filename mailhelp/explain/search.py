"""Ranked results as an answer."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelp.answer import Answer, Result
from mailhelp.knowledge.library import Library
from mailhelp.knowledge.store import Name


def listing(library: Library, query: str, title: str, names: Iterable[Name]) -> Answer:
    """A list of the documents behind ``names``, with the name that led to each."""
    results = []
    for name in names:
        document = library.document(name.id)
        excerpt = document.title if document and document.title != name.shown else ""
        results.append(Result(name.id, name.kind, name.shown, excerpt=excerpt))
    return Answer(
        kind="search", query=query, recognised="entry", title=title, results=tuple(results)
    )


def ranked(query: str, results: Iterable[Result]) -> Answer:
    """The hits of a keyword search, best first."""
    return Answer(
        kind="search",
        query=query,
        recognised="generic",
        title=f"Found for: {query}",
        results=tuple(results),
    )
