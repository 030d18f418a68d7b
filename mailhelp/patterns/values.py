"""Splits matched values into the spans of their parts, as the forms and items of their fields say."""

from __future__ import annotations

from collections.abc import Mapping

from mailhelp import regexes as re
from mailhelp.light import Any, NamedTuple
from mailhelp.patterns.fields import Field
from mailhelp.patterns.holes import holes
from mailhelp.patterns.pattern import parse, to_regex

# A list of more items than this in one value is not a mail log's; the bound keeps the work linear.
_MOST_ITEMS = 400
# Characters that items which do not fit may have looked at in one value, beside some times its own length:
# each may look to its end, and a sender can write the beginnings of many.
_MOST_LOOKED_AT, _TIMES = 20_000, 64

EMPTY = ("<>", "[]", "()", '""')


class ValueSpan(NamedTuple):
    """A value's place (offsets into the text that was matched), its field's name and the value."""

    start: int
    end: int
    name: str
    value: str


class _Shape:
    """One form or item of a composite field; compiled when its first fixed text is met."""

    def __init__(self, pattern: str, end: str, fields: Mapping[str, Field]) -> None:
        parts = parse(pattern)
        self.literal = parts[0] if isinstance(parts[0], str) else ""
        self.names = holes(parts)
        self._source = (parts, fields, end)
        self._regex: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self._regex is None:
            self._regex = re.compile(to_regex(*self._source), re.DOTALL)
        return self._regex

    def match(self, text: str, start: int, end: int) -> re.Match[str] | None:
        if not text.startswith(self.literal, start, end):
            return None
        return self.regex.match(text, start, end)


class _Items:
    """The items of a list: those whose fixed text begins with the same two characters lie together."""

    def __init__(self, field: Field, fields: Mapping[str, Field]) -> None:
        separators = f"[{re.escape(field.separator)}]"
        self.shapes = [_Shape(item, rf"(?={separators}|\Z)", fields) for item in field.items]
        self.skip = re.compile(f"[^{separators[1:-1]}]*{separators}*")
        self._by_head = {
            shape.literal[:2]: [each for each in self.shapes if _may_begin(each, shape.literal[:2])]
            for shape in self.shapes
        }
        self._others = [shape for shape in self.shapes if len(shape.literal) < 2]

    def at(self, text: str, start: int) -> list[_Shape]:
        """The items that may stand at ``start``."""
        return self._by_head.get(text[start : start + 2], self._others)


def _may_begin(shape: _Shape, head: str) -> bool:
    return len(shape.literal) < 2 or shape.literal.startswith(head)


class Splitter:
    """Splits the values of ``fields``; compiles the shapes of a field when it first meets one."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self._shapes: dict[str, tuple[list[_Shape], _Items | None]] = {}
        self._parts: dict[str, frozenset[str]] = {}
        self._signs: dict[tuple[str, str], tuple[str, ...]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Splitter, (self.fields,)

    def groups(self, match: re.Match[str], names: tuple[str, ...]) -> list[ValueSpan]:
        """The spans of all groups of ``match``, whose fields are ``names``, and of their parts."""
        found: list[ValueSpan] = []
        self._add_groups(found, match, names)
        return found

    def split(self, name: str, value: str) -> list[ValueSpan]:
        """The spans of a ``value`` of the field ``name`` by itself, and of its parts."""
        found: list[ValueSpan] = []
        self._add(found, name, value, 0, len(value))
        return found

    def parts(self, name: str) -> frozenset[str]:
        """The fields that a value of the field ``name`` may hold, itself included."""
        known = self._parts.get(name)
        if known is None:
            self._parts[name] = frozenset((name,))  # a field may stand in its own items
            field = self.fields[name]
            inner = {each for text in (*field.forms, *field.items) for each in holes(parse(text))}
            known = frozenset((name, *(part for each in inner for part in self.parts(each))))
            self._parts[name] = known
        return known

    def pick(self, name: str, parts: tuple[str, ...], value: str) -> dict[str, str]:
        """The first values of the fields ``parts`` among the items of a ``value`` of the field ``name``; only as much of it
        is looked at as is needed.
        """
        shapes = self._shapes.get(name)
        if shapes is None:
            shapes = self._shapes[name] = _shapes(self.fields[name], self.fields)
        found: dict[str, str] = {}
        items, start, end = shapes[1], 0, len(value)
        left = _MOST_LOOKED_AT + _TIMES * end
        while items is not None and len(found) < len(parts) and left > 0:
            for shape in items.at(value, start):
                match = shape.match(value, start, end)
                left -= (match.end() if match else end) - start
                if match:
                    for each, inner in zip(shape.names, match.groups(), strict=True):
                        if each in parts and inner:
                            found.setdefault(each, inner)
                    start = match.end()
                    break
            behind = items.skip.match(value, start, end)
            if behind is None or behind.end() == start:
                break
            start = behind.end()
        return found

    def may_hold(self, name: str, part: str, value: str) -> bool:
        """Whether a value of the field ``name`` may hold one of the field ``part``: else it need not be split."""
        signs = self._signs.get((name, part))
        if signs is None:
            field = self.fields[name]
            shapes = [parse(text) for text in (*field.forms, *field.items)]
            signs = self._signs[name, part] = tuple(
                shape[0] if isinstance(shape[0], str) else ""
                for shape in shapes
                if any(part in self.parts(each) for each in holes(shape))
            )
        return any(sign in value for sign in signs)

    def _add_groups(
        self, found: list[ValueSpan], match: re.Match[str], names: tuple[str, ...]
    ) -> None:
        text = match.string
        for name, (start, end) in zip(names, match.regs[1:], strict=True):
            if start >= 0:
                self._add(found, name, text, start, end)

    def _add(self, found: list[ValueSpan], name: str, text: str, start: int, end: int) -> None:
        """Add the span of the value itself, then those of its parts.

        An empty value is shown by the brackets around it (``<>``, ``[]``), or not at all.
        """
        if start == end:
            if text[max(start - 1, 0) : end + 1] in EMPTY:
                found.append(ValueSpan(start - 1, end + 1, name, text[start - 1 : end + 1]))
            return
        found.append(ValueSpan(start, end, name, text[start:end]))
        shapes = self._shapes.get(name)
        if shapes is None:
            shapes = self._shapes[name] = _shapes(self.fields[name], self.fields)
        forms, items = shapes
        for form in forms:
            match = form.match(text, start, end)
            if match:
                self._add_groups(found, match, form.names)
                break
        if items is not None:
            self._add_items(found, items, text, start, end)

    def compile(self, name: str) -> None:
        """Compile all forms and items of a field, which raises whatever is wrong with them."""
        forms, items = _shapes(self.fields[name], self.fields)
        for shape in (*forms, *(items.shapes if items else ())):
            _ = shape.regex

    def _add_items(
        self, found: list[ValueSpan], items: _Items, text: str, start: int, end: int
    ) -> None:
        left = _MOST_LOOKED_AT + _TIMES * (end - start)
        for _ in range(_MOST_ITEMS):
            for shape in items.at(text, start):
                match = shape.match(text, start, end)
                left -= (match.end() if match else end) - start
                if match:
                    self._add_groups(found, match, shape.names)
                    start = match.end()
                    break
            behind = items.skip.match(text, start, end)
            if behind is None or behind.end() == start or left < 0:
                return
            start = behind.end()


def _shapes(field: Field, fields: Mapping[str, Field]) -> tuple[list[_Shape], _Items | None]:
    """The forms of a field and its items, if it is a list."""
    forms = [_Shape(form, r"\Z", fields) for form in field.forms]
    return forms, _Items(field, fields) if field.items else None
