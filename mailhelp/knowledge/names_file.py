"""The names that a shell completes, as a plain file beside an index: read in a blink, by no database.

A line is ``group TAB name TAB what it is``. The groups are the kinds of documents, and ``recipe NAME`` for
what can be filled into that recipe (``host=``); its third part begins with the default, if there is one,
and ``: ``. Only names that a shell takes without quotes stand in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from mailhelp.knowledge.document import Document
from mailhelp.light import regex

NAMES = "completion.txt"

_PLAIN = regex(r"[\w][\w.+:@/-]*")
_SECTION = regex(r"\.\d\w*$")
_NO_NAMES = frozenset(("part", "log"))
_LONGEST = 72


Row = tuple[str, str, str]


def write(folder: str | os.PathLike[str], rows: Iterable[Row]) -> None:
    """Write ``rows`` into the index ``folder``."""
    ordered = sorted(set(rows))
    text = "".join(f"{group}\t{name}\t{_short(told)}\n" for group, name, told in ordered)
    with open(os.path.join(folder, NAMES), "w", encoding="utf-8") as file:
        file.write(text)


def rows(document: Document) -> Iterator[Row]:
    """What a shell can complete of ``document``."""
    kind = document.kind
    if kind in _NO_NAMES or (kind == "page" and document.id.count("/") > 1):
        return  # an option, or a piece of a page
    own = document.id.partition("/")[2]
    names = (own, *document.names) if kind in ("recipe", "topic", "page") else document.names
    for name in names:
        if _PLAIN.fullmatch(name) and not (kind == "page" and _SECTION.search(name)):
            yield kind, name, "" if document.title == name else document.title
    for key, row in document.data.get("placeholders", {}).items():
        yield f"recipe {own}", f"{key}=", f"{row.get('default', '')}: {row['meaning']}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
