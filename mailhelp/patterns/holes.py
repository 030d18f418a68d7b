"""Text with holes, ``postqueue -i {queue_id}``, taken apart.

``{{`` and ``}}`` stand for braces. The same notation serves log patterns and commands.
"""

from __future__ import annotations

from functools import lru_cache

from mailhelp.errors import CorpusError
from mailhelp.light import NamedTuple, regex


class Hole(NamedTuple):
    """A place that holds a value of the field or placeholder ``name``.

    ``fixed``, written ``{name:text}``, is the one value that may stand there: fixed text of a
    pattern that has a meaning of its own.
    """

    name: str
    fixed: str = ""


Part = str | Hole

_TOKEN = regex(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)(?::([^{}]+))?\}|[{}]")


@lru_cache(maxsize=1000)
def parse(text: str) -> tuple[Part, ...]:
    """Split ``text`` into fixed text and holes.

    Raises ``CorpusError`` for a brace that opens or closes nothing.
    """
    parts: list[Part] = []
    literal = ""
    position = 0
    for token in _TOKEN.finditer(text):
        literal += text[position : token.start()]
        position = token.end()
        if token[1]:
            if literal:
                parts.append(literal)
            parts.append(Hole(token[1], token[2] or ""))
            literal = ""
        elif len(token[0]) == 2:
            literal += token[0][0]
        else:
            raise CorpusError(f"a single {token[0]} in {text!r}; write {token[0] * 2} for the sign")
    literal += text[position:]
    if literal:
        parts.append(literal)
    return tuple(parts)


def holes(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """The names of the holes, in order."""
    return tuple(part.name for part in parts if isinstance(part, Hole))
