"""What Postfix's own ``postconf`` command says about this host: settings, services, templates.

Read when asked, never stored, so never stale. Nothing is raised: every answer has a ``reason``, in
words, that is empty if all of it could be read. Source: postconf(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from mailhelp.host.machine import Handle, Host, Output
from mailhelp.knowledge.document import Document
from mailhelp.light import NamedTuple

_SECONDS = 3.0
_USUAL_FOLDER = "/etc/postfix"
_SETTING = r"^(\w+) =(?: (.*))?$"
_OVERRIDE = r"^([^/\s]+)/([^/\s]+)/(\w+) =(?: (.*))?$"
_TEMPLATE = r"(?ms)^(\w+) = <<EOF\n(.*?)^EOF$"
_SUBJECT = r"(?m)^Subject: (.*)$"
_WARNING = r"(?m)^postconf: warning: (.*)$"
_FAULT = r"(?m)^postconf: (?:fatal|error): (.*)$"


class ParameterValue(NamedTuple):
    """A parameter of main.cf on this host, ``$name`` not expanded.

    ``value`` is in force, ``default`` is what holds without a setting; either is ``None`` if it
    could not be read. ``set`` says that main.cf sets it, be it to the default.
    """

    value: str | None = None
    default: str | None = None
    set: bool = False


class Values(NamedTuple):
    """Parameters by name; unknown names are missing. ``reason`` says why values are unknown.

    ``overrides`` are what master.cf sets for single services: (``submission/inet``, name, value).
    """

    parameters: Mapping[str, ParameterValue] = MappingProxyType({})
    reason: str = ""
    overrides: tuple[tuple[str, str, str], ...] = ()


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


def values(host: Host, names: Iterable[str]) -> Callable[[], Values]:
    """Begin to read the parameters ``names``; calling the result waits for their values and defaults.

    Between the two there is time for other work: it takes postconf some milliseconds.
    """
    asked = [name for name in dict.fromkeys(names) if re.fullmatch(r"\w+", name)]
    if not asked:
        return Values
    started = [_start(host, "-n", *asked), _start(host, "-d", *asked)]
    if _in_master_cf(host, asked):
        started.append(_start(host, "-P"))

    def read() -> Values:
        own, defaults, *services = (handle.result() for handle in started)
        rows = (row for output in services for row in _overrides(output))
        overrides = tuple(row for row in rows if row[1] in asked)
        return Values(_values(own, defaults), _reason(own, defaults), overrides)

    return read


def configuration(host: Host) -> Configuration:
    """All that main.cf sets, with the defaults, and all services of master.cf."""
    own, defaults, services, overrides = _together(
        _start(host, flag) for flag in ("-n", "-d", "-M", "-P")
    )
    known = _values(own, defaults)
    said = (
        line
        for output in (own, services, overrides)
        for line in re.findall(_WARNING, output.stderr)
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
        for name, text in re.findall(_TEMPLATE, filled.stdout)
    }
    documents = []
    for name, text in re.findall(_TEMPLATE, raw.stdout):
        subject = re.search(_SUBJECT, text)
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
    found = (re.match(_SETTING, line) for line in output.stdout.splitlines())
    return {setting[1]: setting[2] or "" for setting in found if setting}


def _values(own: Output, defaults: Output) -> dict[str, ParameterValue]:
    ours, usual = _settings(own), _settings(defaults)
    unread = bool(own.failure)
    return {
        name: ParameterValue(
            ours.get(name, None if unread else usual.get(name)), usual.get(name), name in ours
        )
        for name in (*usual, *(name for name in ours if name not in usual))
    }


def _in_master_cf(host: Host, names: Iterable[str]) -> bool:
    """Whether master.cf may set one of ``names``: a look at it spares most questions a third postconf."""
    folder = host.environ.get("MAIL_CONFIG") or _USUAL_FOLDER
    text = host.text_of(f"{folder}/master.cf")
    return text is None or any(name in text for name in names)


def _overrides(output: Output) -> Iterator[tuple[str, str, str]]:
    """What ``postconf -P`` says: (service/type, parameter, value)."""
    for line in output.stdout.splitlines():
        found = re.match(_OVERRIDE, line)
        if found:
            yield f"{found[1]}/{found[2]}", found[3], found[4] or ""


def _services(services: Output, overrides: Output) -> tuple[Service, ...]:
    options: dict[str, dict[str, str]] = {}
    for service, name, value in _overrides(overrides):
        options.setdefault(service, {})[name] = value
    found_services = []
    for line in services.stdout.splitlines():
        columns = line.split(None, 7)
        if len(columns) == 8:
            name, type_, private, unprivileged, chroot, wakeup, maxproc, command = columns
            own = options.get(f"{name}/{type_}", {})
            found_services.append(
                Service(name, type_, private, unprivileged, chroot, wakeup, maxproc, command, own)
            )
    return tuple(found_services)


def _reason(*outputs: Output) -> str:
    """Why the first that failed did, as a sentence, in postconf's own words if it has any."""
    for output in outputs:
        if output.failure:
            said = re.search(_FAULT, output.stderr)
            return f"postconf says: {said[1]}." if said else f"{output.failure}."
    return ""
