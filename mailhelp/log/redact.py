"""Covers secrets in text from outside before anything else is done with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

COVER = "*"


class Redactor:
    """Covers what the rows of ``corpus/secrets.toml`` find; the text keeps its length."""

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        self._sources = [row["regex"] for row in table.values()]
        self._regexes: list[re.Pattern[str]] | None = None

    def cover(self, text: str) -> str:
        """``text`` with every secret replaced by stars."""
        if self._regexes is None:
            self._regexes = [re.compile(source) for source in self._sources]
        for regex in self._regexes:
            for found in regex.finditer(text):
                text = cover(text, [found.span("secret")])
        return text


def cover(text: str, places: Iterable[tuple[int, int]]) -> str:
    """``text`` with the characters of ``places`` (start, end) replaced by stars."""
    for start, end in places:
        text = text[:start] + COVER * (end - start) + text[end:]
    return text
