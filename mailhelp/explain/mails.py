"""Logs → the stories of the mails in them, all or those of a name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mailhelp.answer import Answer
from mailhelp.errors import NothingFound
from mailhelp.log.join import lines
from mailhelp.session import Session

if TYPE_CHECKING:
    from mailhelp.log.trace import Story


def told(session: Session, name: str) -> tuple[Answer, ...]:
    """The stories of the mails called ``name`` in the log at hand; ``NothingFound`` if there is none."""
    from mailhelp.explain.story import explain as explain_story

    logs = logs_at_hand(session)
    found = [story for story in stories(session, logs) if story.named(name)]
    if not found:
        where = f"{name} is not in {logs[0]}." if logs else "No mail log was found on this host."
        hint = f"It looks like a queue ID. Name the log: mailhelp trace {name} FILE"
        raise NothingFound(where, hint)
    return tuple(explain_story(session.library, story) for story in found)


def stories(session: Session, files: Iterable[str]) -> list[Story]:
    """The stories of the mails in the logs ``files``, in the order in which they begin."""
    from mailhelp.log import facts, trace

    library = session.library
    tables = library.table("spaces"), library.table("stories")
    teller = facts.Teller(library.engine, library, *tables)
    found: list[facts.Fact] = []
    for file in files:
        with session.open(file) as stream:
            told = (teller.fact(file, read) for read in library.engine.reads(lines(stream)))
            found += (fact for fact in told if fact is not None)
    return trace.stories(teller.spaces, found)


def logs_at_hand(session: Session) -> list[str]:
    """The log of this host, if there is one. Raises ``SourceError`` if it may not be read."""
    library = session.library
    known = library.places.values.get("mail_log"), *library.table("places")["mail_log"]["files"]
    for name in dict.fromkeys(name for name in known if name):
        if os.path.isfile(name):
            session.open(name).close()
            return [name]
    return []


def trace(
    session: Session, ids: Sequence[str], files: Sequence[str], every: bool = False
) -> Iterator[Answer]:
    """The stories of the mails that have one of ``ids``, or of ``every`` mail, in the logs ``files``.

    Raises ``NothingFound`` if there is none.
    """
    from mailhelp.explain.story import explain as explain_story

    found = stories(session, files)
    chosen = [story for story in found if every or any(story.named(id) for id in ids)]
    if not chosen:
        where = ", ".join("standard input" if file == "-" else file for file in files)
        what = f"No mail with {' or '.join(ids)}" if ids else "No mail"
        raise NothingFound(f"{what} in {where}.")
    return (explain_story(session.library, story) for story in chosen)
