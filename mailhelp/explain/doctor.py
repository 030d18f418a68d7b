"""What was found on this host: programs, versions, processes, the log, what Postfix says, the first faults; what is missing.

Each line is a result of its group, so that all of it is one screen.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailhelp.answer import Answer, Command, Result
from mailhelp.conditions import SEVERE
from mailhelp.errors import SourceError
from mailhelp.explain import config
from mailhelp.host import postconf
from mailhelp.host.machine import Handle, Host
from mailhelp.knowledge.library import Library
from mailhelp.light import regex

_VERSION = regex(r"(?<![\w.])v?(\d+(?:\.\d+)+[\w.-]*)")
_SAID = regex(r"(?m)^(?:postfix[\w/-]*: )?((?:warning|fatal|error): .+)$")
_SECONDS = 3.0
_MOST = 3
"""Faults that are told; the rest is a command away."""
_MOST_SAID = 2
"""Complaints of Postfix that are told."""
_PROGRAMS, _LOG, _POSTFIX, _FAULTS, _TOOLS = (
    "Programs", "Log", "Postfix says", "Faults of the configuration", "Tools of mailhelp",
)  # fmt: skip


def explain(library: Library, host: Host, indexed: bool) -> Answer:
    """The answer about this host's programs, its log, its configuration and its index."""
    started = _versions(library, host)
    checked = _start_check(host)
    commands: list[Command] = []
    tools = list(_tools(library, host, indexed, commands))
    results = [*_programs(library, host, started), *_log(library, host, commands)]
    reason = postconf.values(host, ("mail_version",))().reason
    notes = (f"Postfix's settings cannot be read: {reason}",) if reason else ()
    results += [*_said(host, checked), *_faults(library, host), *tools]
    sound = not notes and all(each.score for each in results)
    return Answer(
        kind="doctor",
        notes=notes,
        recognised="entry",
        title="All is here and well" if sound else "What is here, and what needs a look",
        results=tuple(results),
        commands=tuple(commands),
    )


def _versions(library: Library, host: Host) -> dict[str, Handle]:
    """The commands that tell versions, all on their way."""
    rows = library.table("doctor").items()
    return {
        name: host.start(*row["version"], timeout=_SECONDS)
        for name, row in rows
        if host.which(row["version"][0]) is not None
    }


def _programs(library: Library, host: Host, started: dict[str, Handle]) -> Iterator[Result]:
    running = host.running
    for name, row in library.table("doctor").items():
        runs = bool(running & set(row["processes"]))
        if name not in started and not runs and not row.get("needed"):
            continue
        found = None
        if name in started:
            said = started[name].result()
            found = _VERSION.search(f"{said.stdout}\n{said.stderr}")
        state = "runs" if runs else "does not run" if running else "whether it runs is not known"
        if name not in started:
            state = f"{state}, not installed" if not runs else state
        version = f"{found[1]}  " if found else ""
        # what only lies there, or runs on another host, is no fault
        score = 0.0 if row.get("needed") and not runs and running else 1.0
        yield Result(f"program/{name}", "program", name, score, f"{version}{state}", _PROGRAMS)


def _log(library: Library, host: Host, commands: list[Command]) -> Iterator[Result]:
    places = library.places
    path = places.values["mail_log"]
    if "mail_log" in places.streams:
        state, good = f"in the journal: {places.streams['mail_log']}", True
    elif not host.is_file(path):
        state, good = "not found, and no journal either", False
    elif host.can_read(path):
        state, good = "can be read", True
    else:
        state, good = "cannot be read by this user", False
        why = "Lets you read the logs, after the next login."
        commands.append(Command("adduser $USER adm", why, changes=True))
    yield Result("log/mail", "log", path, float(good), state, _LOG)


def _start_check(host: Host) -> Handle | None:
    """``postfix check`` on its way; only root may run it."""
    if not host.is_root or host.which("postfix") is None:
        return None
    return host.start("postfix", "check", timeout=_SECONDS * 3)


def _said(host: Host, checked: Handle | None) -> Iterator[Result]:
    """What postconf and ``postfix check`` complain about."""
    if host.which("postconf") is None:
        return
    complaints = postconf.complaints(host)()
    said = [complaints.reason] if complaints.reason else []
    said += complaints.warnings
    if checked is not None:
        written = checked.result()
        said += _SAID.findall(f"{written.stdout}\n{written.stderr}")
    said = list(dict.fromkeys(said))
    for each in said[:_MOST_SAID]:
        yield Result("postfix/says", "postfix", each, 0.0, "", _POSTFIX)
    if len(said) > _MOST_SAID:
        more = f"and {len(said) - _MOST_SAID} more: postfix check"
        yield Result("postfix/says", "postfix", more, 0.0, "", _POSTFIX)
    if not said:
        asked = "postconf and postfix check" if checked is not None else "postconf"
        told = "" if checked is not None else "(postfix check needs root)"
        yield Result("postfix/says", "postfix", f"nothing, asked by {asked}", 1.0, told, _POSTFIX)


def _faults(library: Library, host: Host) -> Iterator[Result]:
    """The worst findings of ``mailhelp config``."""
    try:
        answer = config.explain_here(library, host)
    except SourceError:
        return
    severe = [each for each in answer.findings if each.severity in SEVERE]
    for each in severe[:_MOST]:
        where = each.file or ""
        if each.line is not None:
            where = f"{where}:{each.line}"
        yield Result("config/fault", "config", where, 0.0, each.title, _FAULTS)
    left = len(severe) - _MOST
    if left > 0:
        yield Result("config/fault", "config", f"and {left} more", 0.0, "mailhelp config", _FAULTS)
    if not severe:
        yield Result("config/fault", "config", "none found", 1.0, "mailhelp config", _FAULTS)


def _tools(
    library: Library, host: Host, indexed: bool, commands: list[Command]
) -> Iterator[Result]:
    """The programs that mailhelp asks or names, and its index: those that are here on one line."""
    here = []
    for name, row in library.table("tools").items():
        if host.which(name) is not None:
            here.append(name)
            continue
        yield Result(f"tool/{name}", "tool", name, 0.0, "missing", _TOOLS)
        commands.append(Command(row["install"], row["why"], changes=True))
    if here:
        yield Result("tool/here", "tool", ", ".join(here), 1.0, "here", _TOOLS)
    state = "up to date" if indexed else "not built, or older than this host's manuals"
    yield Result("tool/index", "tool", "this host's index", float(indexed), state, _TOOLS)
    if not indexed:
        commands.append(Command("mailhelp index", "Index this host's manuals.", changes=True))
