"""One line that tells who, what and whom: ``client: sender → recipient   code``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailhelp.patterns.holes import Hole, parse
from mailhelp.patterns.values import EMPTY, ValueSpan

_NULL_SENDER = "<>"


class Gist:
    """The corpus's ``gist``: fixed text with holes, of which those without a value vanish.

    With a hole goes the text around it that would tie it to nothing: of what stands between two values
    that are shown the last piece stays, and before the first and after the last there is only what
    touches them.
    """

    def __init__(self, template: str) -> None:
        self._parts = parse(template)

    def told(self, values: Iterable[ValueSpan]) -> str:
        """The line with the first value of each field; empty if none of its holes has one."""
        found: dict[str, str] = {}
        for span in values:
            if span.value not in EMPTY or span.value == _NULL_SENDER:
                found.setdefault(span.name, span.value)
        return self.filled(found)

    def filled(self, values: Mapping[str, str]) -> str:
        """The line with ``values`` by the names of their fields."""
        out: list[str] = []
        between = ""
        shown = True
        for part in self._parts:
            if isinstance(part, Hole):
                shown = part.name in values
                if shown:
                    out += (between, values[part.name])
                    between = ""
                elif not out:
                    between = ""
            elif shown or out:
                between = part
        return "".join((*out, between if shown and out else ""))
