"""Covers secrets in text from outside before anything else is done with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COVER = "*"

_SHOWN = re.compile(r"[^\n]")
# what goes on with a secret stands alone in its line: a record of its own has blanks in it
_TOKEN = re.compile(r"\s*+([^\s\[\]<>{}]++)\s*+")
_TOKEN_LINE = re.compile(r"[^\S\n]*+([^\s\[\]<>{}]++)[^\S\n]*+(?=\n|\Z)")
_LINE_END = re.compile(r"[^\S\n]*+\n")


class Redactor:
    """Covers what the rows of ``corpus/secrets.toml`` find; the text keeps its length."""

    def __init__(self, table: Mapping[str, Mapping[str, Any]]) -> None:
        self._table = table
        # a text is searched by a row's regex only if it holds one of the row's `words`
        self._words = [
            (word, row["regex"]) for row in table.values() for word in row.get("words") or ("",)
        ]
        self._regexes: dict[str, re.Pattern[str]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Redactor, (self._table,)

    def cover(self, text: str) -> str:
        """``text`` with every secret replaced by stars, also where one goes on in the next line."""
        places = self.places(text)
        if places and "\n" in text:
            places += _rests(text, places)
        return cover(text, places)

    def cover_lines(self, lines: Iterable[str | None]) -> Iterator[str | None]:
        """``lines`` without secrets; one that breaks off at the end of a line is covered in the next.

        A ``None`` (a pause) is passed on.
        """
        broken_off = False
        for line in lines:
            if line is None:
                yield None
                continue
            places = self.places(line)
            rest = _TOKEN.fullmatch(line) if broken_off else None
            if rest:
                places.append(rest.span(1))
            if not places:
                broken_off = False
                yield line
                continue
            broken_off = max(end for _, end in places) >= max(len(line.rstrip()), 1)
            yield cover(line, places)

    def cover_value(self, name: str, value: str | None) -> str | None:
        """The value of the setting ``name`` without secrets, which show by the name beside them."""
        if not value:
            return value
        line = f"{name} = {value}"
        return self.cover(line)[len(line) - len(value) :]

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where the secrets of ``text`` are: (start, end)."""
        folded = text.casefold()
        sources = {source for word, source in self._words if word in folded}
        return [
            found.span("secret")
            for source in sources
            for found in self._regex(source).finditer(text)
        ]

    def _regex(self, source: str) -> re.Pattern[str]:
        regex = self._regexes.get(source)
        if regex is None:
            regex = self._regexes[source] = re.compile(source, re.MULTILINE)
        return regex


def _rests(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where secrets that reach the end of their line go on: lone tokens in the lines that follow."""
    rests = []
    for _, end in places:
        while line_end := _LINE_END.match(text, end):
            rest = _TOKEN_LINE.match(text, line_end.end())
            if rest is None:
                break
            rests.append(rest.span(1))
            end = rest.end(1)
    return rests


def cover(text: str, places: Iterable[tuple[int, int]]) -> str:
    """``text`` with the characters of ``places`` (start, end) replaced by stars, but for line ends."""
    pieces: list[str] = []
    position = 0
    for start, end in sorted(places):
        start = max(start, position)
        if start < end:
            pieces += (text[position:start], _SHOWN.sub(COVER, text[start:end]))
            position = end
    return "".join((*pieces, text[position:]))
