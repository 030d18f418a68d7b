"""A mail header field → its answer: who wrote it, and whose each id and name in it is."""

from __future__ import annotations

import re

from mailhelp.answer import Answer, Span
from mailhelp.explain import common
from mailhelp.explain.log import value_spans
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.log.prefix import Record, part

_FIELD = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*")


def field_document(library: Library, record: Record) -> Document | None:
    """The document of the header field that ``record`` is, or ``None`` if it is none that is known."""
    if record.tag is not None or record.time is not None:
        return None
    found = _FIELD.match(record.message)
    if found is None:
        return None
    for hit in library.named(found[1], "header"):
        return library.document(hit.id)
    return None


def explain(library: Library, record: Record, document: Document, hop: str = "") -> Answer:
    """The answer for one header field; ``hop`` tells where it stands in a chain of its like."""
    found = _FIELD.match(record.message)
    assert found is not None  # field_document() was asked first
    name = Span(found.start(1), found.end(1), "header_name", found[1], document.title)
    value = part(record, found.end())
    match = library.catalogue.match((document.id,), value.message)
    inner = list(library.splitter.groups(match.found, match.holes)) if match else []
    values = {span.name: span.value for span in reversed(inner)}
    parts = common.parts(library, document, values)
    parts["verdict"] = None
    return Answer(
        kind="header",
        query=record.text,
        text=record.text,
        recognised="entry" if match or not document.data.get("patterned") else "generic",
        entry=document.id,
        spans=(name, *value_spans(library, inner, value)),
        notes=(hop,) if hop else (),
        **parts,
    )
