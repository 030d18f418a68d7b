"""What mailhelp found on this host, what is missing, and the command that installs it."""

from __future__ import annotations

from mailhelp.answer import Answer, Command, Result
from mailhelp.host import postconf
from mailhelp.host.machine import Host
from mailhelp.knowledge.library import Library


def explain(library: Library, host: Host, indexed: bool) -> Answer:
    """The answer about this host's programs and its index."""
    results, commands = [], []
    for name, row in library.table("tools").items():
        path = host.which(name)
        results.append(
            Result(f"tool/{name}", "tool", name, 1.0 if path else 0.0, path or "missing")
        )
        if path is None:
            commands.append(Command(row["install"], row["why"], changes=True))
    state = "up to date" if indexed else "not built, or older than this host's manuals"
    results.append(Result("tool/index", "tool", "this host's index", float(indexed), state))
    if not indexed:
        commands.append(Command("mailhelp index", "Index this host's manuals.", changes=True))
    values = postconf.values(host, ("mail_version",))()
    notes = (f"Postfix's settings cannot be read: {values.reason}",) if values.reason else ()
    return Answer(
        kind="doctor",
        notes=notes,
        recognised="entry",
        title="All is here" if not (commands or notes) else "What is here, and what is missing",
        results=tuple(results),
        commands=tuple(commands),
    )
