"""This host's man pages: the list by section, and one page."""

from __future__ import annotations

from mailhelp.answer import Answer, Prose, Result
from mailhelp.document import Document
from mailhelp.library import Library


def listing(library: Library) -> Answer:
    """All indexed pages, by section, as apropos lists them."""
    pages = [(id, title) for id, title in library.titles("page").items() if id.count("/") == 1]
    pages.sort(key=lambda page: (page[0].rpartition(".")[2], page[0]))
    results = []
    for id, title in pages:
        shown, _, summary = title.partition(": ")
        results.append(Result(id, "page", shown, excerpt=summary))
    return Answer(
        kind="search",
        recognised="entry",
        title="Man pages about mail on this host",
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
