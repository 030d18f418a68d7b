"""What Postfix's own ``postconf`` command says about this host: settings, services, templates.

Read when asked, never stored, so never stale. Nothing is raised: every answer has a ``reason``, in
words, that is empty if all of it could be read. Source: postconf(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from mailhelp.document import Document
from mailhelp.host import Handle, Host, Output

_SECONDS = 10.0
_SETTING = re.compile(r"^(\w+) =(?: (.*))?$")
_NAME = re.compile(r"^\w+$")
_OVERRIDE = re.compile(r"^([^/\s]+)/([^/\s]+)/(\w+) =(?: (.*))?$")
_TEMPLATE = re.compile(r"^(\w+) = <<EOF\n(.*?)^EOF$", re.MULTILINE | re.DOTALL)
_SUBJECT = re.compile(r"^Subject: (.*)$", re.MULTILINE)
_WARNING = re.compile(r"^postconf: warning: (.*)$", re.MULTILINE)
_FAULT = re.compile(r"^postconf: (?:fatal|error): (.*)$", re.MULTILINE)


class ParameterValue(NamedTuple):
    """A parameter of main.cf on this host, ``$name`` not expanded.

    ``value`` is in force, ``default`` is what holds without a setting; either is ``None`` if it
    could not be read. ``set`` says that main.cf sets it, be it to the default.
    """

    value: str | None = None
    default: str | None = None
    set: bool = False


class Values(NamedTuple):
    """Parameters by name; unknown names are missing. ``reason`` says why values are unknown."""

    parameters: Mapping[str, ParameterValue] = MappingProxyType({})
    reason: str = ""


class Service(NamedTuple):
    """A service of master.cf: its eight columns, and the parameters that ``-o`` sets for it.

    ``chroot`` and the other flags are as written: ``y``, ``n`` or ``-`` for the default.
    """

    name: str
    type: str
    private: str
    unprivileged: str
    chroot: str
    wakeup: str
    maxproc: str
    command: str
    overrides: Mapping[str, str] = MappingProxyType({})


class Configuration(NamedTuple):
    """The whole of main.cf and master.cf; ``warnings`` are postconf's own, each once."""

    parameters: Mapping[str, ParameterValue] = MappingProxyType({})
    services: tuple[Service, ...] = ()
    warnings: tuple[str, ...] = ()
    reason: str = ""


class Templates(NamedTuple):
    """The bounce templates as documents: ``data`` has ``text`` and, filled in, ``filled``."""

    documents: tuple[Document, ...] = ()
    reason: str = ""


def values(host: Host, names: Iterable[str]) -> Values:
    """The values and defaults of the parameters ``names`` on this host."""
    asked = [name for name in dict.fromkeys(names) if _NAME.match(name)]
    if not asked:
        return Values()
    in_force, own, defaults = _together(
        _start(host, *flag, *asked) for flag in ((), ("-n",), ("-d",))
    )
    return Values(_values(in_force, own, defaults), _reason(in_force, own, defaults))


def configuration(host: Host) -> Configuration:
    """All that main.cf sets, with the defaults, and all services of master.cf."""
    own, defaults, services, overrides = _together(
        _start(host, flag) for flag in ("-n", "-d", "-M", "-P")
    )
    known = _values(own, own, defaults)
    said = (
        line for output in (own, services, overrides) for line in _WARNING.findall(output.stderr)
    )
    return Configuration(
        {name: known[name] for name in _settings(own)},
        _services(services, overrides),
        tuple(dict.fromkeys(said)),
        _reason(own, defaults, services, overrides),
    )


def templates(host: Host) -> Templates:
    """The texts of bounces and delay warnings, as they are and with this host's values."""
    raw, filled = _together(_start(host, flag) for flag in ("-t", "-b"))
    expanded = {
        name.removeprefix("expanded_").removesuffix("_text"): text
        for name, text in _TEMPLATE.findall(filled.stdout)
    }
    documents = []
    for name, text in _TEMPLATE.findall(raw.stdout):
        subject = _SUBJECT.search(text)
        title = f"{name}: {subject[1]}" if subject else name
        data = {"text": text, "filled": expanded.get(name.removesuffix("_template"), "")}
        documents.append(Document(f"template/{name}", "template", title, (name,), (), text, data))
    return Templates(tuple(documents), _reason(raw))


def _start(host: Host, *arguments: str) -> Handle:
    # a fatal postconf sleeps for a second before it ends
    return host.start("postconf", *arguments, timeout=_SECONDS, last_words="postconf: fatal: ")


def _together(started: Iterable[Handle]) -> list[Output]:
    """The outputs of commands that run at once."""
    return [handle.result() for handle in list(started)]


def _settings(output: Output) -> dict[str, str]:
    found = (_SETTING.match(line) for line in output.stdout.splitlines())
    return {setting[1]: setting[2] or "" for setting in found if setting}


def _values(in_force: Output, own: Output, defaults: Output) -> dict[str, ParameterValue]:
    now, ours, usual = _settings(in_force), _settings(own), _settings(defaults)
    return {
        name: ParameterValue(now.get(name), usual.get(name), name in ours)
        for name in (*now, *(name for name in usual if name not in now))
    }


def _services(services: Output, overrides: Output) -> tuple[Service, ...]:
    options: dict[tuple[str, str], dict[str, str]] = {}
    for line in overrides.stdout.splitlines():
        found = _OVERRIDE.match(line)
        if found:
            options.setdefault((found[1], found[2]), {})[found[3]] = found[4] or ""
    found_services = []
    for line in services.stdout.splitlines():
        columns = line.split(None, 7)
        if len(columns) == 8:
            name, type_, private, unprivileged, chroot, wakeup, maxproc, command = columns
            own = options.get((name, type_), {})
            found_services.append(
                Service(name, type_, private, unprivileged, chroot, wakeup, maxproc, command, own)
            )
    return tuple(found_services)


def _reason(*outputs: Output) -> str:
    """Why the first that failed did, as a sentence, in postconf's own words if it has any."""
    for output in outputs:
        if output.failure:
            said = _FAULT.search(output.stderr)
            return f"postconf says: {said[1]}." if said else f"{output.failure}."
    return ""
