"""A mail header field → its answer: who wrote it, and whose each id and name in it is."""

from __future__ import annotations

from mailhelp.answer import Answer
from mailhelp.explain.log import Explainer
from mailhelp.log.read import Read

NAME = "header_name"


def explain(explainer: Explainer, read: Read, hop: int = 0) -> Answer:
    """The answer for one header field; ``hop`` counts it in a chain of its like, from the top."""
    entry = explainer.entry(read)
    assert entry is not None  # a Read is a header by its entry
    values = {span.name: span.value for span in reversed(read.values)}
    spans = (
        span._replace(meaning=entry.document.title) if span.name == NAME else span
        for span in explainer.value_spans(read)
    )
    note = f"Hop {hop} from the top of this header: the newest stands first, the oldest last."
    return Answer(
        kind="header",
        query=read.record.text,
        text=read.record.text,
        recognised=read.recognised,
        entry=entry.document.id,
        spans=tuple(spans),
        notes=(note,) if hop else (),
        **{**entry.parts, "verdict": None},
        commands=entry.commands(values),
    )


def counts_hops(explainer: Explainer, read: Read) -> bool:
    """Whether the field is one of a chain of which each server adds one (``Received``)."""
    entry = explainer.entry(read)
    return entry is not None and bool(entry.document.data.get("hop"))
