"""Which rows of ``corpus/dangers.toml`` a setting fits. Pure; nothing is known here of any parameter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

SEVERE = ("fatal", "error", "warning")
"""Dangers that go before everything else; others are worth knowing."""
UNITS = {"s": ("seconds", 1), "m": ("minutes", 60), "h": ("hours", 3600)}
UNITS |= {"d": ("days", 86400), "w": ("weeks", 604800)}
"""The letters after a time, in words and in seconds. Source: conv_time.c."""
NUMBER = re.compile(r"\s*[+-]?\d+")
TIME = re.compile(r"\s*\+?(\d+)([smhdw]?)")


@lru_cache(maxsize=1000)
def _regex(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\\.|\*)", pattern)
    return re.compile("".join(map(_part, parts)), re.DOTALL)


def _part(part: str) -> str:
    if part == "*":
        return ".*"
    return re.escape(part[1:] if part.startswith("\\") else part)


def fits(pattern: str, value: str) -> bool:
    """Whether ``value`` is what ``pattern`` says: ``*`` is anything, ``\\*`` a star."""
    return _regex(pattern).fullmatch(value) is not None


def items(value: str) -> list[str]:
    """The items of a list: parted by commas and blanks, but not inside braces (mystrtokq)."""
    found: list[str] = []
    item: list[str] = []
    depth = 0
    for char in f"{value} ":
        depth += (char == "{") - (char == "}")
        if depth <= 0 and (char.isspace() or char == ","):
            if item:
                found.append("".join(item))
                item = []
        else:
            item.append(char)
    return [*found, "".join(item)] if item else found


def of_setting(
    rows: Mapping[str, Mapping[str, Any]],
    name: str,
    value: str,
    other: Callable[[str], str | None] = lambda name: None,
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows of the dangers that the setting ``name = value`` fits, each with its name.

    ``other`` gives the values of other parameters, ``None`` where they are not known.
    """
    for key, row in rows.items():
        if name in row.get("parameter", ()) and _holds(row, value, other):
            yield key, row


def _holds(row: Mapping[str, Any], value: str, other: Callable[[str], str | None]) -> bool:
    words = items(value)
    checks: list[Callable[[], bool]] = []
    if "is" in row:
        checks.append(lambda: any(_whole(pattern, value) for pattern in row["is"]))
    if "has" in row:
        checks.append(lambda: _has(words, row["has"], row.get("unless_after", ())))
    if "lacks" in row:
        checks.append(lambda: not _has(words, row["lacks"], ()))
    if "network" in row:
        checks.append(lambda: any(_wide(word, row["addresses"]) for word in words))
    if "below" in row:
        checks.append(lambda: _less(value, row["below"], other))
    if "above" in row:
        checks.append(lambda: _less(row["above"], value, other))
    if "more_than" in row:
        checks.append(lambda: _more(value, other(row["more_than"])))
    if "other" in row:
        checks.append(lambda: _other_lacks(row, other))
    for name, wanted in row.get("with", {}).items():
        checks.append(lambda name=name, wanted=wanted: _with(other(name), wanted))  # type: ignore[misc]
    return bool(checks) and all(check() for check in checks)


def _whole(pattern: str, value: str) -> bool:
    if pattern.endswith("?"):  # at least one character
        return bool(value) and fits(pattern[:-1], value)
    return fits(pattern, value) or fits(pattern, value.casefold())


def _has(words: Sequence[str], wanted: Iterable[str], unless_after: Iterable[str]) -> bool:
    for number, word in enumerate(words):
        if number and words[number - 1] == "warn_if_reject":
            continue
        if any(_whole(pattern, word) for pattern in unless_after):
            return False
        if any(_whole(pattern, word) for pattern in wanted):
            return True
    return False


def _wide(word: str, addresses: int) -> bool:
    """Whether ``word`` is a network of more than ``addresses`` public addresses."""
    import ipaddress

    if word.startswith("!"):
        return False
    try:
        network = ipaddress.ip_network(word.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return False
    size = network.num_addresses if network.version == 4 else network.num_addresses >> 72
    return bool(size > addresses and network.prefixlen and network.is_global)


def _seconds(text: str | None) -> int | None:
    found = TIME.match(text or "")
    return int(found[1]) * UNITS[found[2]][1] if found and found[2] else None


def _plain(text: str | None) -> int | None:
    return int(text) if text is not None and NUMBER.fullmatch(text) else None


def _less(left: str, right: str, other: Callable[[str], str | None]) -> bool:
    one, two = _seconds(left), _seconds(right)
    if one is None or two is None:  # one of them is a bare number
        one_plain, two_plain = _plain(left), _plain(right)
        if one_plain is not None and two_plain is not None:
            return one_plain < two_plain
        if one_plain == 0 or two_plain == 0:
            return (0 if one is None else one) < (0 if two is None else two)
        return False
    return one < two


def _more(value: str, limit: str | None) -> bool:
    one, two = _plain(value), _plain(limit)
    if one is None or two is None:
        one, two = _seconds(value), _seconds(limit)
        return one is not None and two is not None and one > two
    return two != 0 and (one > two or one == 0)


def _other_lacks(row: Mapping[str, Any], other: Callable[[str], str | None]) -> bool:
    value = other(row["other"])
    return value is not None and not _has(items(value), row["other_lacks"], ())


def _with(value: str | None, wanted: Iterable[str]) -> bool:
    return value is not None and any(_whole(pattern, value) for pattern in wanted)
