"""Entries that need nothing but their own text: status codes, topics, rules, header fields, messages."""

from __future__ import annotations

from mailhelp.answer import Answer, Prose, Section
from mailhelp.explain import common
from mailhelp.explain.log import BY_CODE
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library


def explain(library: Library, query: str, document: Document) -> Answer:
    """The answer that a document of the corpus gives by itself.

    In its commands, a value that only a log line has is shown as its name in capitals. What entries
    of one family share (a part) is told as a topic.
    """
    parts = common.parts(library, document, {}, missing="show")
    kind, entry = document.kind, document.id
    verdict = parts["verdict"]
    if verdict and verdict.permanence == BY_CODE:
        parts["verdict"] = verdict._replace(permanence="none") if kind == "log" else None
    codes = document.data.get("codes")
    if codes:
        parts["title"] = f"{query if query in codes else ', '.join(codes)}: {document.title}"
    if kind == "log":
        entry = document.id.partition("/")[2]
        sample = document.data.get("sample")
        if sample:
            parts["sections"] += (Section("For example", Prose(sample, (["code", sample],))),)
    elif kind == "part":
        kind = "topic"
        parts.update(verdict=None, severity=None)
    return Answer(kind=kind, query=query, recognised="entry", entry=entry, **parts)
