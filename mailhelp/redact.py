"""Covers secrets in text from outside before anything else is done with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

COVER = "*"

_SHOWN = re.compile(r"[^\n]")
# what goes on with a secret stands alone in its line: a record of its own has blanks in it
_TOKEN = re.compile(r"\s*+([^\s\[\]<>{}]++)\s*+")


class Redactor:
    """Covers what the rows of ``corpus/secrets.toml`` find; the text keeps its length."""

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        self._sources = [row["regex"] for row in table.values() if "after" not in row]
        self._regexes: list[re.Pattern[str]] | None = None
        self._after = [
            (re.compile(row["after"]), re.compile(row["regex"]))
            for row in table.values()
            if "after" in row
        ]

    def cover(self, text: str) -> str:
        """``text`` with every secret replaced by stars."""
        text = cover(text, self.places(text))
        if "\n" not in text:
            return text
        return "\n".join(line or "" for line in self.cover_lines(text.split("\n")))

    def cover_lines(self, lines: Iterable[str | None]) -> Iterator[str | None]:
        """``lines`` without secrets; one that breaks off at the end of a line is covered in the next.

        A ``None`` (a pause) is passed on.
        """
        broken_off = False
        asked: list[re.Pattern[str]] = []
        for line in lines:
            if line is None:
                yield None
                continue
            places = self.places(line)
            if line.strip():
                places += [found.span("secret") for one in asked if (found := one.match(line))]
                asked = [regex for question, regex in self._after if question.search(line)]
            rest = _TOKEN.fullmatch(line) if broken_off else None
            if rest:
                places.append(rest.span(1))
            broken_off = max((end for _, end in places), default=0) >= max(len(line.rstrip()), 1)
            yield cover(line, places)

    def cover_value(self, name: str, value: str | None) -> str | None:
        """The value of the setting ``name`` without secrets, which show by the name beside them."""
        if not value:
            return value
        line = f"{name} = {value}"
        return self.cover(line)[len(line) - len(value) :]

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where the secrets of ``text`` are: (start, end)."""
        if self._regexes is None:
            self._regexes = [re.compile(source) for source in self._sources]
        return [found.span("secret") for regex in self._regexes for found in regex.finditer(text)]


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
