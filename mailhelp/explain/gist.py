"""One line that tells who, what and whom: ``client: sender → recipient   code``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailhelp.patterns.fields import Field
from mailhelp.patterns.holes import Hole, parse
from mailhelp.patterns.values import ValueSpan

_NULL_SENDER = "<>"
_LONGEST, _MOST = 40, 3


class Gist:
    """The corpus's ``gist``: fixed text with holes, of which those without a value vanish.

    With a hole goes the text around it that would tie it to nothing: of the pieces between two values
    that are shown the longest stays, and before the first and after the last there is only what
    touches them. ``hidden`` values count as none.
    """

    def __init__(self, template: str, hidden: Iterable[str] = ()) -> None:
        self._parts = parse(template)
        self._hidden = frozenset(hidden)

    def told(self, values: Mapping[str, str], spans: Iterable[ValueSpan]) -> str:
        """The line with ``values`` by their fields, and the null sender if it is among ``spans``.

        Empty if none of its holes has a value.
        """
        null = [name for _, _, name, value in spans if value == _NULL_SENDER]
        out: list[str] = []
        between = ""
        shown = True  # whether what stands before is shown: then the text behind it may be
        for part in self._parts:
            if isinstance(part, Hole):
                value = values.get(part.name, _NULL_SENDER if part.name in null else None)
                shown = value is not None and value not in self._hidden
                if shown and value is not None:
                    out += (between, value)
                    between = ""
                elif not out:
                    between = ""
            elif (shown or out) and len(part) >= len(between):
                between = part
        return "".join((*out, between if shown and out else ""))


def first_values(values: Iterable[ValueSpan], fields: Mapping[str, Field]) -> str:
    """The first values that are words or names, for a record whose gist has none of its values."""
    found = dict.fromkeys(
        span.value
        for span in values
        if fields[span.name].simple
        and len(span.value) <= _LONGEST
        and any(sign.isalpha() for sign in span.value)
    )
    return "   ".join(list(found)[:_MOST])
