"""What a regex cannot do without: texts that are looked for before it is compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants, _parser  # the only way to a regex's parts
from typing import Any

_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


def needed(regex: str) -> list[str]:
    """Texts, case folded, of which whatever ``regex`` matches holds at least one; empty if none can be told."""
    return sorted(_best(_parser.parse(regex, re.DOTALL)))


def _best(parts: Iterable[tuple[Any, Any]]) -> set[str]:
    """Of the texts that each of ``parts`` needs those that are few and long."""
    found: list[set[str]] = [{""}]
    for kind, given in parts:
        if kind is _constants.LITERAL and given < 128:
            letter = chr(given).casefold()
            found[-1] = {text + letter for text in found[-1]}
            continue
        if kind is _constants.SUBPATTERN:
            found.append(_best(given[-1]))
        elif kind is _constants.ATOMIC_GROUP:
            found.append(_best(given))
        elif kind is _constants.BRANCH:
            branches = [_best(branch) for branch in given[1]]
            found.append(set().union(*branches) if all(branches) else set())
        elif kind in _REPEATS and given[0]:
            found.append(_best(given[2]))
        found.append({""})
    best = max(found, key=lambda texts: min(map(len, texts)) / len(texts) if texts else 0)
    return best - {""}
