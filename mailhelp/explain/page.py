"""This host's man pages: the list by section, and one page."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelp import jsontext
from mailhelp.answer import Answer, Prose, Result
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.store import Store


def listing(catalogue: Store) -> Answer:
    """All pages in this host's ``catalogue``, by section, as apropos lists them."""
    results = []
    for section, name, summary, id in jsontext.read(catalogue.meta("listing") or "[]"):
        group = f"Section {section}"
        results.append(Result(id, "page", reference(name, section), excerpt=summary, group=group))
    return Answer(
        kind="search",
        recognised="entry",
        title="Man pages about mail on this host",
        results=tuple(results),
    )


def found(query: str, results: Iterable[Result]) -> Answer:
    """What a search in this host's pages found, the best first."""
    return Answer(
        kind="search",
        query=query,
        recognised="entry",
        title="In this host's man pages",
        results=tuple(results),
    )


def explain(query: str, document: Document) -> Answer:
    """One page, or one piece of a page, as it stands."""
    text = document.data["text"].strip("\n")
    return Answer(
        kind="page",
        query=query,
        recognised="entry",
        entry=document.id,
        title=document.title,
        gist=document.data.get("summary", ""),
        explanation=Prose(text, (["code", text],)),
        sources=(reference(document.data["page"], document.data["section"]),),
    )


def reference(page: str, section: str) -> str:
    """A page as people write it: ``qmgr(8postfix)``."""
    return f"{page}({section})"


def reference_of(id: str) -> str:
    """The page of an id as people write it: ``page/qmgr.8postfix`` is ``qmgr(8postfix)``."""
    page, _, section = id.partition("/")[2].partition("/")[0].rpartition(".")
    return reference(page, section)
