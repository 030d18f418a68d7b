"""Fields: the typed holes of patterns, as ``corpus/fields/`` and single entries define them."""

from __future__ import annotations

from collections.abc import Mapping

from mailhelp.light import Any, NamedTuple

FREE_TEXT = ".*"
FREE_TEXT_SHORTEST = ".*?"
_OWN = ("space", "relation")


class Field(NamedTuple):
    """One kind of value.

    ``regex`` is what a hole of this field matches; ``forms`` are patterns that split a value into
    further fields; ``items`` are patterns of which the value is a list, parted by ``separator``.
    ``special`` reads particular values; ``lookup`` names the kind of document (status, rule,
    parameter) that tells what a value means; ``permanence`` reads a code's first character as how
    final it is; ``secret`` values are never shown; those that can be another program's
    ``message`` are explained as such. ``argument`` is what a value must match to stand in a
    command: what a log holds need not be what it should be. ``space`` and ``relation`` say, for a value that
    names a mail (or what belongs to one), what it is an id of and how the record's mail is tied to it.
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
    message: bool = False
    argument: str = ""
    space: str = ""
    relation: str = "mentions"

    @property
    def free(self) -> bool:
        """Whether the field is free text, bounded only by the fixed text behind it."""
        return self.regex == FREE_TEXT

    @property
    def simple(self) -> bool:
        """Whether the field is one value: neither free text nor made of others."""
        return not (self.forms or self.items or self.regex == FREE_TEXT)

    def read(self, value: str) -> str:
        """What ``value`` means: its special reading or the field's meaning, with the unit."""
        if self.special and value in self.special:
            return self.special[value]
        return f"{self.meaning.removesuffix('.')} ({self.unit})." if self.unit else self.meaning


def from_tables(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Field]:
    """The fields of ``tables``, by name; ``like`` copies another field's keys first.

    Raises ``TypeError`` for a key that no field has.
    """

    def resolve(name: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
        table = dict(tables[name])
        for key in ("items", "forms"):
            if f"{key}_of" in table:
                other = tables.get(table.pop(f"{key}_of"), {})
                table.update({part: other[part] for part in (key, "separator") if part in other})
        like = table.pop("like", None)
        if like is None or like in seen or like not in tables:
            return table
        # what a value is an id of is said where it is: a field of the same shape may name another thing
        kept = {key: own for key, own in resolve(like, (*seen, name)).items() if key not in _OWN}
        return {**kept, **table}

    fields = {}
    for name in tables:
        fields[name] = from_table(name, resolve(name))
    return fields


def from_table(name: str, table: Mapping[str, Any]) -> Field:
    """The field ``name`` of a table that refers to no other."""
    lists = {key: tuple(table.get(key, ())) for key in ("forms", "items")}
    return Field(name=name, **{**table, **lists})


def to_table(field: Field) -> dict[str, Any]:
    """The table that ``from_table`` makes the same field of; it refers to no other."""
    table = field._asdict()
    del table["name"]
    return {key: value for key, value in table.items() if value != Field._field_defaults.get(key)}
