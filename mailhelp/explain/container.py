"""Records that were written in a container: the answer's commands are given for it.

How a container shows in a log, and how a command is given there, is in ``corpus/containers.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from mailhelp import shell
from mailhelp.answer import Answer, Command
from mailhelp.knowledge.library import Library
from mailhelp.light import Any, NamedTuple
from mailhelp.log.prefix import Record
from mailhelp.patterns.pattern import Shape

_RULES = ("commands", "addresses")
"""Tables of ``containers.toml`` that are no way to run containers."""
_LONGEST = 300
"""Characters of a line that can be its prefix."""
_CONTROL = frozenset(";&<>`\n()")
"""Signs outside quotes that make a command more than programs in a pipe; ``$`` too, inside double quotes as well."""


class Logs(NamedTuple):
    """What commands read a host's log from: the ``files`` where it may be, and the commands that print a journal."""

    files: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()


class Container(NamedTuple):
    """A container of one ``kind`` (a table of ``containers.toml``) and the names that the log tells of it."""

    kind: str
    names: Mapping[str, str]


def applied(library: Library, record: Record, answer: Answer) -> Answer:
    """``answer`` with its commands given for the container that wrote ``record``, if one did."""
    container = of(library, record)
    if container is None:
        return answer
    table = library.table("containers")
    way, rules, addresses = table[container.kind], table["commands"], table["addresses"]
    named = {name: row["files"] for name, row in library.table("places").items() if "files" in row}
    logs = Logs(
        tuple(
            path for name, paths in named.items() for path in (library.places.values[name], *paths)
        ),
        tuple(library.places.streams.values()),
    )
    notes = [*answer.notes, way["note"]]
    hidden = next((s.value for s in answer.spans if s.name == addresses["field"]), "")
    if hidden and _within(hidden, addresses["networks"]):
        notes.append(shell.say(addresses["note"], {addresses["field"]: hidden}))
    commands = (given(command, container, way, rules, logs) for command in answer.commands)
    return answer._replace(
        commands=tuple(command for command in commands if command is not None), notes=tuple(notes)
    )


def of(library: Library, record: Record) -> Container | None:
    """The container that wrote ``record``, as far as what stands before it, or its host, tells."""
    text = record.text[:_LONGEST]
    for way in _ways(library):
        for shape in way.prefixes:
            found = shape.match(text)
            if found is not None:
                values = (value.strip() for value in found.groups())
                return Container(way.kind, dict(zip(shape.names, values, strict=True)))
        for name, shape in way.hosts if record.host else ():
            found = shape.match(record.host or "")
            if found is not None:
                return Container(way.kind, {name: found[1]})
    return None


class _Way(NamedTuple):
    """How one kind of container shows in a log."""

    kind: str
    prefixes: tuple[Shape, ...]
    hosts: tuple[tuple[str, Shape], ...]


@lru_cache(maxsize=4)
def _ways(library: Library) -> tuple[_Way, ...]:
    def shape(pattern: str) -> Shape:
        return Shape(pattern, library.fields)

    return tuple(
        _Way(
            kind,
            tuple(map(shape, way["prefixes"])),
            tuple((name, shape(pattern)) for name, pattern in way.get("hosts", {}).items()),
        )
        for kind, way in library.table("containers").items()
        if kind not in _RULES
    )


def given(
    command: Command,
    container: Container,
    way: Mapping[str, Any],
    rules: Mapping[str, Any],
    logs: Logs,
) -> Command | None:
    """``command`` as it is given for ``container``; ``None`` if it is of no use there.

    A command that reads one of ``logs`` gets the container's log through a pipe. One that can run anywhere
    stays as it is.
    """
    values = {**way["unknown"], **container.names}
    stages = _stages(command.command)
    words = command.command.split()
    log = next((word for word in words if word in logs.files), "")
    reads = any(command.command.startswith(f"{reader} ") for reader in rules["readers"])
    if stages is not None and stages[0] in logs.streams:
        return command._replace(command=_piped(way, values, stages[1:]))
    if stages is not None and (log or reads):
        return command._replace(command=_reading(stages, log, way, rules, values))
    first = words[0] if words else ""
    if command.runs_on != "server" or first in rules["outside"]:
        return command
    if first in rules["useless"]:
        return None
    prefix = _filled(way["run"], values)
    if stages is not None and all(stage.split()[0] in rules["filters"] for stage in stages[1:]):
        return command._replace(command=f"{prefix} {command.command}")
    return command._replace(command=f"{prefix} {rules['shell']} {shell.quote(command.command)}")


def _reading(
    stages: list[str],
    log: str,
    way: Mapping[str, Any],
    rules: Mapping[str, Any],
    values: Mapping[str, str],
) -> str:
    """A pipe whose first program read the file ``log``, reading the container's log in its place."""
    first, *rest = stages
    words = first.split()
    if any(word in rules["followers"].get(words[0], ()) for word in words):
        return " | ".join((_filled(way["follow"], values), *rest))
    reader = " ".join(word for word in first.split(" ") if word != log) if log else first
    return _piped(way, values, [reader, *rest])


def _piped(way: Mapping[str, Any], values: Mapping[str, str], stages: list[str]) -> str:
    return " | ".join((f"{_filled(way['log'], values)} 2>&1", *stages))


def _filled(run: str, values: Mapping[str, str]) -> str:
    """``run`` for the container of ``values``; a name that it cannot have is shown in capitals."""
    filled = shell.fill(run, values, missing="show")
    assert filled is not None
    return filled


def _stages(command: str) -> list[str] | None:
    """The programs of a pipe; ``None`` if the command is more than that to the shell."""
    stages, start, quote = [], 0, ""
    for place, sign in _signs(command):
        if quote:
            if sign == quote:
                quote = ""
            elif quote == '"' and sign in "$`":
                return None
        elif sign in "'\"":
            quote = sign
        elif sign in _CONTROL or sign == "$":
            return None
        elif sign == "|":
            stages.append(command[start:place].strip())
            start = place + 1
    stages.append(command[start:].strip())
    return None if quote or not all(stages) else stages


def _signs(command: str) -> Iterator[tuple[int, str]]:
    """The characters of ``command`` with their places, without those after a backslash."""
    escaped = False
    for place, sign in enumerate(command):
        if escaped or sign == "\\":
            escaped = not escaped
            continue
        yield place, sign


def _within(address: str, networks: Iterable[str]) -> bool:
    """Whether ``address`` is in one of ``networks``."""
    import ipaddress

    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ranges = (ipaddress.ip_network(network) for network in networks)
    return any(found.version == each.version and found in each for each in ranges)
