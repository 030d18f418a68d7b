"""What ``doveconf -n`` and ``opendkim.conf`` say → settings, each with its place. Pure.

A setting in sections is named by its way: ``service auth/unix_listener /path/mode``. A section without its name
is the list of the names that there are: ``service auth/unix_listener``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from mailhelp.host.postfixfiles import MOST_LINES, Logical

Settings = dict[str, tuple[str, Logical]]


def dovecot(lines: Iterable[str]) -> Settings:
    """The settings of ``doveconf -n``, by their names in small letters."""
    found: Settings = {}
    way: list[str] = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if number > MOST_LINES or len(way) > 20:
            break
        if not text or text.startswith("#"):
            continue
        logical = Logical(((number, 0, text),))
        if text == "}":
            way = way[:-1]
        elif text.endswith("{"):
            section = " ".join(text[:-1].split())
            kind, _, name = section.partition(" ")
            listed = "/".join([*way, kind]).casefold()
            before = found[listed][0] + " " if listed in found else ""
            if name:
                found[listed] = (before + name, logical)
            way = [*way, section]
        else:
            name, sign, value = text.partition("=")
            if sign:
                found["/".join([*way, name.strip()]).casefold()] = (value.strip(), logical)
    return found


def opendkim(lines: Iterable[str]) -> Settings:
    """The settings of an opendkim.conf, by their names in small letters."""
    found: Settings = {}
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if number > MOST_LINES:
            break
        name, _, value = text.partition(" ") if " " in text else text.partition("\t")
        if name and value.strip():
            found[name.casefold()] = (value.strip(), Logical(((number, 0, text),)))
    return found


READERS: Mapping[str, Callable[[Iterable[str]], Settings]] = MappingProxyType(
    {"dovecot": dovecot, "opendkim": opendkim}
)
"""Program → the reader of its settings."""
