"""Fields: the typed holes of ``corpus/fields.toml``."""

from collections.abc import Mapping
from typing import Any, NamedTuple

FREE_TEXT = ".*"
FREE_TEXT_SHORTEST = ".*?"


class Field(NamedTuple):
    """One kind of value.

    ``regex`` is what a hole of this field matches; ``forms`` are patterns that split a value into
    further fields; ``items`` are patterns of which the value is a list, parted by ``separator``.
    ``special`` reads particular values; ``lookup`` names the kind of document (status, rule,
    parameter) that tells what a value means; ``permanence`` reads a code's first character as how
    final it is; ``secret`` values are never shown.
    """

    name: str
    regex: str
    meaning: str = ""
    unit: str = ""
    special: Mapping[str, str] | None = None
    forms: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    separator: str = " "
    lookup: str = ""
    permanence: Mapping[str, str] | None = None
    secret: bool = False

    @property
    def free(self) -> bool:
        """Whether the field is free text, bounded only by the fixed text behind it."""
        return self.regex == FREE_TEXT

    def read(self, value: str) -> str:
        """What ``value`` means: its special reading or the field's meaning, with the unit."""
        if self.special and value in self.special:
            return self.special[value]
        return f"{self.meaning.removesuffix('.')} ({self.unit})." if self.unit else self.meaning


def from_tables(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Field]:
    """The fields of the tables of ``fields.toml``; ``like`` copies another field's keys first."""

    def resolve(name: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
        table = dict(tables[name])
        for key in ("items", "forms"):
            if f"{key}_of" in table:
                other = tables.get(table.pop(f"{key}_of"), {})
                table.update({part: other[part] for part in (key, "separator") if part in other})
        like = table.pop("like", None)
        if like is None or like in seen or like not in tables:
            return table
        return {**resolve(like, (*seen, name)), **table}

    fields = {}
    for name in tables:
        table = resolve(name)
        for key in ("forms", "items"):
            table[key] = tuple(table.get(key, ()))
        fields[name] = Field(name=name, **table)
    return fields
