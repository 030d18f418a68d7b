"""Splits matched values into the spans of their parts, as the forms and items of their fields say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailhelp.light import NamedTuple
from mailhelp.patterns.fields import Field
from mailhelp.patterns.holes import holes
from mailhelp.patterns.pattern import parse, to_regex

# A list of more items than this in one value is not a mail log's; the bound keeps the work linear.
_MOST_ITEMS = 400

EMPTY = ("<>", "[]", "()", '""')


class ValueSpan(NamedTuple):
    """A value's place (offsets into the text that was matched), its field's name and the value."""

    start: int
    end: int
    name: str
    value: str


class _Shape(NamedTuple):
    """One form or item of a composite field, compiled."""

    literal: str
    regex: re.Pattern[str]
    names: tuple[str, ...]


class Splitter:
    """Splits the values of ``fields``; compiles the shapes of a field when it first meets one."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self._forms: dict[str, list[_Shape]] = {}
        self._items: dict[str, tuple[list[_Shape], re.Pattern[str]]] = {}

    def groups(self, match: re.Match[str], names: tuple[str, ...]) -> Iterator[ValueSpan]:
        """The spans of all groups of ``match``, whose fields are ``names``, and of their parts."""
        for group, name in enumerate(names, 1):
            start, end = match.span(group)
            if start >= 0:
                yield from self.value(name, match.string, start, end)

    def value(self, name: str, text: str, start: int, end: int) -> Iterator[ValueSpan]:
        """The span of the value itself, then those of its parts.

        An empty value is shown by the brackets around it (``<>``, ``[]``), or not at all.
        """
        if start == end:
            if text[max(start - 1, 0) : end + 1] not in EMPTY:
                return
            yield ValueSpan(start - 1, end + 1, name, text[start - 1 : end + 1])
            return
        yield ValueSpan(start, end, name, text[start:end])
        field = self.fields[name]
        if field.forms:
            yield from self._by_form(field, text, start, end)
        if field.items:
            yield from self._by_item(field, text, start, end)

    def _by_form(self, field: Field, text: str, start: int, end: int) -> Iterator[ValueSpan]:
        if field.name not in self._forms:
            self._forms[field.name] = [self._shape(form, r"\Z") for form in field.forms]
        for shape in self._forms[field.name]:
            match = shape.regex.match(text, start, end)
            if match:
                yield from self.groups(match, shape.names)
                return

    def _by_item(self, field: Field, text: str, start: int, end: int) -> Iterator[ValueSpan]:
        if field.name not in self._items:
            separators = f"[{re.escape(field.separator)}]"
            self._items[field.name] = (
                [self._shape(item, rf"(?={separators}|\Z)") for item in field.items],
                re.compile(f"[^{separators[1:-1]}]*{separators}*"),
            )
        shapes, skip = self._items[field.name]
        for _ in range(_MOST_ITEMS):
            for shape in shapes:
                match = text.startswith(shape.literal, start, end) and shape.regex.match(
                    text, start, end
                )
                if match:
                    yield from self.groups(match, shape.names)
                    start = match.end()
                    break
            behind = skip.match(text, start, end)
            if behind is None or behind.end() == start:
                return
            start = behind.end()

    def _shape(self, pattern: str, end: str) -> _Shape:
        parts = parse(pattern)
        literal = parts[0] if isinstance(parts[0], str) else ""
        regex = re.compile(to_regex(parts, self.fields, end), re.DOTALL)
        return _Shape(literal, regex, holes(parts))
