"""What Postfix's own ``postconf`` command says about this host: settings, complaints, templates.

Read when asked, never stored, so never stale. Nothing is raised: every answer has a ``reason``, in
words, that is empty if all of it could be read. Source: postconf(1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from mailhelp.host.machine import Handle, Host, Output
from mailhelp.knowledge.document import Document
from mailhelp.light import NamedTuple, regex

_SECONDS = 3.0
FOLDER = "/etc/postfix"
"""Where main.cf and master.cf are unless MAIL_CONFIG says otherwise."""
_LEVEL = "compatibility_level"
"""The parameter that many defaults depend on."""
_NAME = regex(r"\w+")
_SETTING = regex(r"^(\w+) =(?: (.*))?$")
_LINE = regex(r"(?m)^(\w+)[ \t]*=")
_OVERRIDE = regex(r"^([^/\s]+)/([^/\s]+)/(\w+) =(?: (.*))?$")
_TEMPLATE = regex(r"(?ms)^(\w+) = <<EOF\n(.*?)^EOF$")
_SUBJECT = regex(r"(?m)^Subject: (.*)$")
_WARNING = regex(r"(?m)^postconf: warning: (.*)$")
_FAULT = regex(r"(?m)^postconf: (?:fatal|error): (.*)$")


class ParameterValue(NamedTuple):
    """A parameter of main.cf on this host.

    ``value`` is in force, with every ``$name`` filled in, ``default`` is what holds without a setting; either is
    ``None`` if it could not be read. ``set`` says that main.cf sets it, be it to the default, and ``raw``
    is the setting as it is written, ``None`` without one.
    """

    value: str | None = None
    default: str | None = None
    set: bool = False
    raw: str | None = None


class Values(NamedTuple):
    """Parameters by name; unknown names are missing. ``reason`` says why values are unknown.

    ``overrides`` are what master.cf sets for single services: (``submission/inet``, name, value).
    """

    parameters: Mapping[str, ParameterValue] = MappingProxyType({})
    reason: str = ""
    overrides: tuple[tuple[str, str, str], ...] = ()


class Complaints(NamedTuple):
    """What postconf finds wrong with main.cf and master.cf, each once; ``reason`` says why it can't read them."""

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
    asked = [name for name in dict.fromkeys(names) if _NAME.fullmatch(name)]
    if not asked:
        return Values
    effective = asked if _LEVEL in asked else [*asked, _LEVEL]
    started = [_start(host, "-d", *asked), _start(host, "-x", *effective)]
    text = host.text_of(f"{_folder(host)}/main.cf")
    own = _start(host, "-n", *asked) if text is None else None
    services = _start(host, "-P") if _in_master_cf(host, asked) else None

    def read() -> Values:
        written = Output() if own is None else own.result()
        ours = _settings(written) if text is None else _written(text)
        defaults, expanded = (handle.result() for handle in started)
        failed = expanded if own is None else written
        rows = _overrides(services.result()) if services else ()
        overrides = tuple(row for row in rows if row[1] in asked)
        known = _values(asked, ours, _settings(defaults), _settings(expanded), bool(failed.failure))
        return Values(known, _reason(failed, defaults), overrides)

    return read


def in_force(host: Host, names: Iterable[str]) -> Values:
    """The values in force of ``names`` (of all parameters if there are none), without their defaults.

    Which of them main.cf sets is read from the file itself: that spares a postconf.
    """
    asked = [name for name in dict.fromkeys(names) if _NAME.fullmatch(name)]
    reading = _start(host, "-x", *asked)
    services = _start(host, "-P") if _in_master_cf(host, asked) else None
    text = host.text_of(f"{_folder(host)}/main.cf")
    if text is None:
        ours = set(_settings(_start(host, "-n", *asked).result()))
    else:
        ours = set(_LINE.findall(text))
    output = reading.result()
    known = {
        name: ParameterValue(value, None, name in ours) for name, value in _settings(output).items()
    }
    rows = _overrides(services.result()) if services else ()
    overrides = tuple(row for row in rows if not asked or row[1] in asked)
    return Values(known, _reason(output), overrides)


def complaints(host: Host) -> Callable[[], Complaints]:
    """Begin to let postconf look for faults; calling the result waits for what it found."""
    started = [_start(host, "-n"), _start(host, "-M")]

    def read() -> Complaints:
        outputs = [handle.result() for handle in started]
        said = (line for output in outputs for line in _WARNING.findall(output.stderr))
        return Complaints(tuple(dict.fromkeys(said)), _reason(*outputs))

    return read


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


def _written(text: str) -> dict[str, str]:
    """What a main.cf sets, as it is written."""
    from mailhelp.host.postfixfiles import main_cf

    return main_cf(text.split("\n")).values


def _values(
    asked: Iterable[str],
    ours: Mapping[str, str],
    usual: Mapping[str, str],
    expanded: Mapping[str, str],
    unread: bool,
) -> dict[str, ParameterValue]:
    level = {_LEVEL: expanded.get(_LEVEL)}
    found = {}
    for name in asked:
        if name not in usual and name not in ours:
            continue
        default = usual.get(name)
        if default is not None and "$" in default:  # what it comes to on this host
            from mailhelp.host.postfixfiles import expand

            default = expand(default, level.get) or default
        raw = None if unread else ours.get(name, usual.get(name))
        value = None if unread else expanded.get(name, raw)
        found[name] = ParameterValue(value, default, name in ours, ours.get(name))
    return found


def _in_master_cf(host: Host, names: Iterable[str]) -> bool:
    """Whether master.cf may set one of ``names``: a look at it spares most questions a third postconf."""
    text = host.text_of(f"{_folder(host)}/master.cf")
    if text is None:
        return True
    written = "\n".join(line for line in text.split("\n") if line[:1] != "#")
    names = list(names)
    return "-o" in written and (not names or any(name in written for name in names))


def _folder(host: Host) -> str:
    return host.environ.get("MAIL_CONFIG") or FOLDER


def _overrides(output: Output) -> Iterator[tuple[str, str, str]]:
    """What ``postconf -P`` says: (service/type, parameter, value)."""
    for line in output.stdout.splitlines():
        found = _OVERRIDE.match(line)
        if found:
            yield f"{found[1]}/{found[2]}", found[3], found[4] or ""


def _reason(*outputs: Output) -> str:
    """Why the first that failed did, as a sentence, in postconf's own words if it has any."""
    for output in outputs:
        if output.failure:
            said = _FAULT.search(output.stderr)
            return f"postconf says: {said[1]}." if said else f"{output.failure}."
    return ""
