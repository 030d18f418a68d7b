"""Fields: the typed holes of ``corpus/fields.toml``."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

FREE_TEXT = ".*"
FREE_TEXT_SHORTEST = ".*?"
_OWN = ("space", "relation")


class Field(NamedTuple):
    """One kind of value.

    ``regex`` is what a hole of this field matches; ``forms`` are patterns that split a value into
    further fields; ``items`` are patterns of which the value is a list, parted by ``separator``.
    ``special`` reads particular values; ``lookup`` names the kind of document (status, rule,
    parameter) that tells what a value means; ``permanence`` reads a code's first character as how
    final it is; ``secret`` values are never shown. ``space`` and ``relation`` say, for a value that
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


class Fields(Mapping[str, Field]):
    """The fields of the tables of ``fields.toml``, each made when it is first asked for.

    ``like`` copies another field's keys first. Raises ``TypeError`` for a key that no field has.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self._tables = tables
        self._made: dict[str, Field] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Fields, (self._tables,)

    def __getitem__(self, name: str) -> Field:
        field = self._made.get(name)
        if field is None:
            table = self._resolved(name, ())
            for key in ("forms", "items"):
                table[key] = tuple(table.get(key, ()))
            field = self._made[name] = Field(name=name, **table)
        return field

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def _resolved(self, name: str, seen: tuple[str, ...]) -> dict[str, Any]:
        table = dict(self._tables[name])
        for key in ("items", "forms"):
            if f"{key}_of" in table:
                other = self._tables.get(table.pop(f"{key}_of"), {})
                table.update({part: other[part] for part in (key, "separator") if part in other})
        like = table.pop("like", None)
        if like is None or like in seen or like not in self._tables:
            return table
        # what a value is an id of is said where it is: another field of the same shape names another thing
        kept = {
            key: value
            for key, value in self._resolved(like, (*seen, name)).items()
            if key not in _OWN
        }
        return {**kept, **table}


def from_tables(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Field]:
    """All fields of ``tables`` at once: what is wrong with any of them shows here."""
    return dict(Fields(tables))
