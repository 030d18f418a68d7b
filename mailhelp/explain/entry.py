"""Entries that need nothing but their own text: status codes, topics, rules, header fields."""

from __future__ import annotations

from mailhelp.answer import Answer
from mailhelp.explain import common
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library


def explain(library: Library, query: str, document: Document) -> Answer:
    """The answer that a document of the corpus gives by itself."""
    parts = common.parts(library, document, {})
    if parts["verdict"] and parts["verdict"].permanence == "by-code":
        parts["verdict"] = None
    codes = document.data.get("codes")
    if codes:
        parts["title"] = f"{query if query in codes else ', '.join(codes)}: {document.title}"
    return Answer(kind=document.kind, query=query, recognised="entry", entry=document.id, **parts)
