"""The bounce templates of this host: as they are, filled in, and each variable explained."""

from __future__ import annotations

from mailhelp.answer import Answer, Prose, Section, Span
from mailhelp.explain import common
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import regex

_VARIABLE = regex(r"\$\{?([a-z_][a-z0-9_]*)")


def explain(library: Library, document: Document) -> Answer:
    """The answer for one template."""
    text = document.data["text"]
    spans = []
    for found in _VARIABLE.finditer(text):
        known = common.parameter(library, found[1])
        meaning = known.meaning or (f"default: {known.default}" if known.default else "")
        spans.append(Span(found.start(), found.end(), "template_variable", found[0], meaning))
    filled = document.data.get("filled", "")
    sections = (Section("As it is sent", Prose(filled, (["code", filled.strip()],))),)
    return Answer(
        kind="template",
        query=document.id.partition("/")[2],
        recognised="entry",
        entry=document.id,
        title=document.title,
        text=text,
        spans=tuple(spans),
        sections=sections if filled else (),
        related=("recipe/bounce-template-preview",),
        sources=("bounce(5)", "postconf(1)"),
    )
