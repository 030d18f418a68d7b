"""Entries that need nothing but their own text: status codes, topics, rules, header fields, messages."""

from __future__ import annotations

from collections.abc import Iterator

from mailhelp import regexes as re
from mailhelp.answer import Answer, Prose, Result, Section
from mailhelp.explain import common, told
from mailhelp.explain.common import BY_CODE
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import regex

_LASTING = {"4": "temporary", "5": "permanent"}
"""How final a code is, by its first digit (RFC 3463, section 3.1)."""
_ENHANCED = regex(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]\d)")


def explain(
    library: Library, query: str, document: Document, name: str = "", asked_with: str = ""
) -> Answer:
    """The answer that a document of the corpus gives by itself; of several names, what it says of ``name`` first, of
    several messages, what it says of one that the question ``asked_with`` quotes.

    In its commands, a value that only a log line has is shown as its name in capitals. What entries
    of one family share (a part) is told as a topic.
    """
    quoted = asked_with if told.is_about(document.data.get("labelled"), asked_with) else ""
    parts = common.parts(library, document, {}, missing="show", said=quoted)
    kind, entry = document.kind, document.id
    verdict = parts["verdict"]
    codes = document.data.get("codes")
    asked = next((code for code in (query, name) if code in codes), "") if codes else ""
    if verdict and verdict.permanence == BY_CODE:
        lasts = _LASTING.get(asked[:1])
        parts["verdict"] = verdict._replace(permanence=lasts or "none")
        if kind != "log" and not lasts:
            parts["verdict"] = None
    if codes:
        parts["title"] = f"{asked or ', '.join(codes)}: {document.title}"
        parts["results"] = tuple(_members(library, document, asked or codes[0]))
    if kind == "log":
        entry = document.id.partition("/")[2]
        sample = document.data.get("sample")
        if sample:
            parts["sections"] += (Section("For example", Prose(sample, (["code", sample],))),)
    elif own := document.data.get("items", {}).get(name):
        parts["brief"] = _before(common.prose(own), parts["brief"] or parts["explanation"])
    elif kind == "part":
        kind = "topic"
        parts.update(verdict=None, severity=None)
    return Answer(kind=kind, query=query, recognised="entry", entry=entry, **parts)


def _before(first: Prose, rest: Prose) -> Prose:
    """``first`` and the first paragraph of ``rest``."""
    general, _, _ = rest.markdown.partition("\n\n")
    return Prose(f"{first.markdown}\n\n{general}", (*first.blocks, *rest.blocks[:1]))


def _members(library: Library, document: Document, code: str) -> Iterator[Result]:
    """The codes that belong to ``code``: of a class its replies and subjects, of a subject its details, of a reply
    code the enhanced ones that its entry names.
    """
    if code[1:].strip("x.") == "":
        digit = re.escape(code[0])
        codes = _known(library, rf"{digit}\d\d|{digit}\.\d+\.0")
    elif code.endswith(".0"):
        codes = _known(library, rf"{re.escape(code[:-1])}\d+")
    elif code.isdigit():
        prose = (document.data.get(part) for part in ("explanation", "causes", "actions"))
        codes = list(dict.fromkeys(_ENHANCED.findall(repr(tuple(prose)))))
    else:
        return
    for each in codes:
        for name in library.named(each, "status")[:1]:
            if name.id != document.id:
                yield Result(name.id, "status", each, excerpt=library.title(name.id))


def _known(library: Library, regex: str) -> list[str]:
    names = (name for name in library.all_names("status") if re.fullmatch(regex, name))
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])
