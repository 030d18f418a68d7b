"""A mail header field, or a line of a table or a zone → its answer: what each piece of it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailhelp.answer import SEVERITIES, Answer, Finding
from mailhelp.explain import common
from mailhelp.explain.log import Explainer
from mailhelp.light import Any
from mailhelp.log.read import Read
from mailhelp.patterns.holes import parse
from mailhelp.patterns.values import EMPTY
from mailhelp.shell import say

NAME = "header_name"


def explain(explainer: Explainer, read: Read, hop: int = 0) -> Answer:
    """The answer for one header field or line; ``hop`` counts it in a chain of its like, from the top."""
    entry = explainer.entry(read)
    assert entry is not None  # it is a header, or a line, by its entry
    values = {span.name: span.value for span in reversed(read.values)}
    found = faults(explainer.library.table("heads"), [(entry.document.id, values)])
    worst = found[0][0] if found else None
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
        **{
            **entry.parts,
            "verdict": None,
            "severity": worst.severity if worst else None,
            "gist": told(worst) if worst else "",
            "actions": (
                *(common.plain(row["do"]) for _, row in found if "do" in row),
                *entry.parts["actions"],
            ),
        },
        commands=entry.commands(values),
    )


def counts_hops(explainer: Explainer, read: Read) -> bool:
    """Whether the field is one of a chain of which each server adds one (``Received``)."""
    entry = explainer.entry(read)
    return entry is not None and bool(entry.document.data.get("hop"))


def told(fault: Finding) -> str:
    """A fault in one line."""
    return f"{fault.title}: {fault.text}" if fault.text else fault.title


def faults(
    table: Mapping[str, Any], fields: Iterable[tuple[str | None, Mapping[str, str]]]
) -> list[tuple[Finding, Any]]:
    """What the rows of ``heads.toml`` find in the fields (entry, values), worst first, with the row; each row once."""
    fields = list(fields)
    found = []
    for row in table.values():
        fits = [(entry, values) for entry, values in fields if _fits(row, values)]
        if fits:
            texts = (filled(row.get("text", ""), values) for _, values in fits)
            text = next(filter(None, texts), "")
            found.append((Finding(row["title"], row["severity"], text=text, entry=fits[0][0]), row))
    return sorted(found, key=lambda each: SEVERITIES.index(each[0].severity))


def _fits(row: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    wanted = row.get("values")
    return any(
        name in values and (wanted is None or values[name].casefold() in wanted)
        for name in row.get("fields", ())
    )


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with the values of a header field, if that has all of those it names."""
    known = all(
        isinstance(part, str) or values.get(part.name) not in (None, *EMPTY) for part in parse(text)
    )
    return say(text, values) if known else ""
