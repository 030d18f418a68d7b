"""Where things are on this host, for the commands that name them: ``{mail_log}``, ``{queue_directory}``.

Read from files alone, since every answer with such a command asks: main.cf's own text says where it
differs from the usual. Which places there are is said by ``corpus/places.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailhelp.host.machine import Host
from mailhelp.light import Any, NamedTuple, regex

_CONFIGURATION = "config_directory"
"""The place that holds main.cf; the environment may name another one."""
_VARIABLE = "MAIL_CONFIG"

Rows = Mapping[str, Mapping[str, Any]]


class Places(NamedTuple):
    """``values``: each place's path by its name. ``streams``: for a file that this host lacks, the command
    that prints what would be in it."""

    values: Mapping[str, str] = MappingProxyType({})
    streams: Mapping[str, str] = MappingProxyType({})


def usual(rows: Rows) -> Places:
    """The places of a host that nobody knows."""
    return Places({name: row["default"] for name, row in rows.items()})


def places(host: Host, rows: Rows) -> Places:
    """The places of ``host``; the usual ones where it does not say."""
    values = dict(usual(rows).values)
    streams: dict[str, str] = {}
    folder = host.environ.get(_VARIABLE)
    if folder and _CONFIGURATION in values:
        values[_CONFIGURATION] = folder
    settings = host.text_of(f"{values.get(_CONFIGURATION, '')}/main.cf")
    for name, row in rows.items():
        set_to = _setting(settings or "", row.get("setting", ""))
        files = row.get("files", ())
        if not files:
            values[name] = set_to or values[name]
            continue
        found = next((path for path in (set_to, *files) if path and host.is_file(path)), None)
        if found:
            values[name] = found
        elif settings is not None and any(host.is_folder(path) for path in row.get("journals", ())):
            streams[name] = row["journal"]
    return Places(values, streams)


def streamed(run: str, streams: Mapping[str, str]) -> str:
    """The command ``run`` reading from a stream in place of a file: where the file is the last word of its first part."""
    for name, source in streams.items():
        first, bar, rest = run.partition(" | ")
        file = f" {{{name}}}"
        if first.endswith(file) and file not in rest:
            return f"{source} | {first.removesuffix(file)}{bar}{rest}"
    return run


_SET = regex(r"(?m)^(\w+)[ \t]*=[ \t]*(\S+)[ \t]*$")


def _setting(text: str, name: str) -> str:
    """What main.cf sets ``name`` to, the last time; empty if it does not, or by way of other parameters."""
    if not name:
        return ""
    found = [value for each, value in _SET.findall(text) if each == name]
    return found[-1] if found and found[-1].startswith("/") else ""
