"""Compiled corpus → a catalogue, with what the search knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mailhelp.conditions import about, fits
from mailhelp.corpus.compile import Compiled
from mailhelp.corpus.needs import needed
from mailhelp.corpus.read import CHECKS
from mailhelp.corpus.remembered import remembered
from mailhelp.knowledge.links import links
from mailhelp.knowledge.store import Store
from mailhelp.knowledge.weights import weigh
from mailhelp.patterns.pattern import parse, to_regex


def fill(store: Store, compiled: Compiled, **facts: Any) -> None:
    """Put all that ``compiled`` holds into ``store``."""
    store.add(
        compiled.documents,
        compiled.patterns,
        fields=compiled.known.rows(),
        tables=dict(_tables(compiled)),
        rivals=_by_lesser(compiled.rivals),
        **facts,
    )
    # searched is what is an answer by itself: a line is known by its patterns
    documents = [
        document
        for document in compiled.documents
        if document.kind not in ("part", "line") and not document.data.get("patch")
    ]
    providers = compiled.own_tables.get("words", {}).get("providers", {})
    store.add_searched(*weigh(documents, links(documents), providers))


def _tables(compiled: Compiled) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tables as an answer reads them: what few answers need is apart from what most do."""
    own = compiled.own_tables
    shapes = {key: _with_needs(row, compiled) for key, row in own.get("shapes", {}).items()}
    words = dict(own.get("words", {}))
    yield "languages", words.pop("languages", {})
    said = own.get("replies", {}).get("remembered", {}).get("said", "")
    yield "remembered", remembered(compiled.forms, said)
    checks = {key: _told(row) for key, row in own.get(CHECKS, {}).items()}
    yield from {**own, "words": words, CHECKS: checks, "shapes": shapes}.items()
    patterns = {key: about(row) for key, row in checks.items()}
    for name in {name for names in patterns.values() for name in names if "*" not in name}:
        rows = {
            key: checks[key] for key in checks if any(fits(each, name) for each in patterns[key])
        }
        yield f"{CHECKS}/{name}", rows
    starred = (key for key, names in patterns.items() if any("*" in name for name in names))
    yield f"{CHECKS}/*", {key: checks[key] for key in starred}


def _with_needs(row: Mapping[str, Any], compiled: Compiled) -> dict[str, Any]:
    """A row of the shapes with the texts that each of its patterns needs."""
    regexes = (to_regex(parse(pattern), compiled.known.fields) for pattern in row["patterns"])
    return {**row, "needs": [needed(regex) for regex in regexes]}


def _by_lesser(rivals: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """For each entry that fits samples of better ones, those."""
    found: dict[str, list[str]] = {}
    for lesser, better in sorted(rivals):
        found.setdefault(lesser, []).append(better)
    return found


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A check without what it is tried with."""
    return {key: value for key, value in row.items() if key not in ("bad", "good")}
