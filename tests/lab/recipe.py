"""A recipe of the corpus, for tests: its commands filled in, and its judgement of what they print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mailhelp import shell
from mailhelp.corpus.read import Entry, read
from mailhelp.host.places import usual
from mailhelp.patterns import pattern
from mailhelp.patterns.fields import Field, from_tables

_CORPUS = Path(__file__).parents[2] / "corpus"


class Finding(NamedTuple):
    """An output pattern of a recipe that a line fits."""

    result: str
    pattern: str


class Recipe:
    """One recipe of the corpus: fills in its commands, judges their output."""

    def __init__(self, entry: Entry, fields: dict[str, Field], places: Mapping[str, str]) -> None:
        self.entry = entry
        self.fields = fields
        self.places = places

    def command(self, begins: str = "", **values: str) -> str:
        """The first command that begins so, filled in with ``values`` and the placeholders' defaults."""
        placeholders = self.entry.front.get("placeholders", {})
        defaults = {
            name: shell.say(table["default"], self.places)
            for name, table in placeholders.items()
            if "default" in table
        }
        assert values.keys() <= placeholders.keys()
        for command in self.entry.front["commands"]:
            filled = shell.fill(command["run"], {**self.places, **defaults, **values})
            if filled is not None and filled.startswith(begins):
                return filled
        raise AssertionError(
            f"{self.entry.id} has no command that begins with {begins!r} and has all its values"
        )

    def commands(self, **values: str) -> Iterator[str]:
        """All commands, with the placeholders' examples."""
        placeholders = self.entry.front.get("placeholders", {})
        examples = {name: table["example"] for name, table in placeholders.items()}
        for command in self.entry.front["commands"]:
            filled = shell.fill(command["run"], {**self.places, **examples, **values})
            assert filled is not None, command["run"]
            yield filled

    def findings(self, output: str) -> set[Finding]:
        """What the lines of ``output`` prove, as the recipe knows it."""
        found = set()
        for known in self.entry.front["outputs"]:
            if known["result"] == "info":
                continue
            regex = pattern.to_regex(pattern.parse(known["pattern"]), self.fields)
            if any(re.match(regex, line) for line in output.splitlines()):
                found.add(Finding(known["result"], known["pattern"]))
        return found

    def results(self, output: str) -> set[str]:
        return {finding.result for finding in self.findings(output)}


def read_recipes() -> dict[str, Recipe]:
    """All recipes of this checkout, by name."""
    corpus = read(_CORPUS)
    fields = from_tables({field.name: field.table for field in corpus.fields})
    entries = [entry for entry in corpus.entries if entry.kind == "recipe"]
    places = usual(corpus.tables["places"]).values
    return {entry.id.removeprefix("recipe/"): Recipe(entry, fields, places) for entry in entries}
