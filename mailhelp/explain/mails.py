"""Logs → the stories of the mails in them: all, or those that somebody asks for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from mailhelp import shell
from mailhelp.answer import Answer
from mailhelp.errors import NothingFound, SourceError, together
from mailhelp.light import TYPE_CHECKING, BinaryIO, NamedTuple
from mailhelp.log.join import lines
from mailhelp.session import Session

if TYPE_CHECKING:
    from mailhelp.log.facts import Fact, Teller
    from mailhelp.log.find import Text
    from mailhelp.log.trace import Story

_COPIED, _HEAD = 1 << 20, 1 << 13


class Wanted(NamedTuple):
    """Which mails: with one of ``ids`` (any name of a mail), from ``sender``, to ``recipient`` (addresses, or
    ``@domain``), in the log between ``since`` and ``until`` (ISO 8601, as far as wanted).
    """

    ids: tuple[str, ...] = ()
    sender: str = ""
    recipient: str = ""
    since: str = ""
    until: str = ""

    def names(self) -> tuple[str, ...]:
        """What a record of such a mail holds, if that is known: the log is searched for it."""
        return self.ids or tuple(filter(None, (self.sender or self.recipient,)))

    def fits(self, story: Story, answer: Answer) -> bool:
        """Whether a mail is meant."""
        told = answer.story
        assert told is not None
        if self.ids and not any(story.named(id) for id in self.ids):
            return False
        if self.sender and not _is_address(self.sender, told.sender or ""):
            return False
        if self.recipient and not any(
            _is_address(self.recipient, each)
            for row in told.recipients
            for each in (row.address, row.original)
        ):
            return False
        times = [fact.time for fact, _ in story.facts if fact.time]
        if not times or not (self.since or self.until):
            return True
        return (not self.since or max(times) >= self.since) and (
            not self.until or min(times)[: len(self.until)] <= self.until
        )


def told(session: Session, name: str) -> tuple[Answer, ...]:
    """The stories of the mails called ``name`` in the log at hand; ``NothingFound`` if there is none."""
    logs = logs_at_hand(session)
    if logs:
        try:
            return tuple(trace_here(session, (name,), logs[0]))
        except NothingFound:
            pass
    where = f"{name} is not in {logs[0]}." if logs else "No mail log was found on this host."
    hint = f"It looks like a queue ID. Name the log: mailhelp trace {name} FILE"
    raise NothingFound(where, hint)


def stories(session: Session, files: Iterable[str]) -> list[Story]:
    """The stories of the mails in the logs ``files``, in the order in which they begin."""
    return sorted(_stories(session, list(files), (), []), key=lambda story: story.number)


def trace_here(
    session: Session, ids: Sequence[str], log: str, wanted: Wanted | None = None
) -> Iterator[Answer]:
    """As ``trace``, in this host's ``log`` and what was rotated away from it: the last file first, which
    has most of what is asked for, and all of them if it is in neither.
    """
    from mailhelp.log.files import rotation

    files = rotation(log)
    try:
        return trace(session, ids, files[-2:], False, wanted)
    except NothingFound:
        if len(files) <= 2:
            raise
        return trace(session, ids, files, False, wanted)


def trace(
    session: Session,
    ids: Sequence[str],
    files: Sequence[str],
    every: bool = False,
    wanted: Wanted | None = None,
) -> Iterator[Answer]:
    """The stories of the mails that have one of ``ids`` and are ``wanted``, or of ``every`` mail, in ``files``.

    Raises ``NothingFound`` if there is none, and ``SourceError``, after all that could be told, if a file
    could not be read.
    """
    from mailhelp.explain.story import explain as explain_story

    asked = (wanted or Wanted())._replace(ids=() if every else tuple(ids))
    faults: list[SourceError] = []
    found = (
        answer
        for story in _stories(session, files, asked.names(), faults)
        if asked.fits(story, answer := explain_story(session.library, story))
    )
    first = next(found, None)
    if first is None:
        if faults:
            raise together(faults)
        where = ", ".join("standard input" if file == "-" else file for file in files)
        what = f"No mail with {' or '.join(ids)}" if ids else "No such mail"
        what = what if ids or any(wanted or ()) else "No mail"
        raise NothingFound(f"{what} in {where}.", _where_named(session, ids, files))
    return _with_faults(first, found, faults)


def _where_named(session: Session, ids: Sequence[str], files: Sequence[str]) -> str:
    """What to do with the lines that hold one of ``ids`` and tell of no mail; empty if there are none."""
    names = [name for id in ids if (name := id.strip("<>[]"))]
    for file in (file for file in files if file != "-"):
        text = _text(session, file, [])
        if text is None:
            continue
        try:
            for name in names:
                if next(text.find_any_case(name), None) is not None:
                    asked, where = shell.file(name), shell.file(file)
                    # zgrep reads what is packed as well
                    return f"Lines of another kind name it: zgrep -iF -- {asked} {where} | mailhelp"
        finally:
            text.close()
    return ""


def _with_faults(
    first: Answer, rest: Iterator[Answer], faults: list[SourceError]
) -> Iterator[Answer]:
    yield first
    yield from rest
    if faults:
        raise together(faults)


def _stories(
    session: Session, files: Sequence[str], names: Sequence[str], faults: list[SourceError]
) -> Iterator[Story]:
    """The stories in ``files`` as they end; only those that have to do with ``names``, if there are any.

    ``faults`` gets what could not be read.
    """
    from mailhelp.log import facts, order, trace  # fmt: skip
    from mailhelp.log import files as log_files

    library = session.library
    teller = facts.Teller(
        library.engine, library, library.table("spaces"), library.table("stories")
    )
    logs = log_files.sets(files)
    opened: list[Text] = []
    tracer = trace.Tracer(teller.spaces)
    try:
        found = _searched(session, logs, teller, names, faults, opened) if names else None
        streams = found or [_facts(session, log, teller, faults) for log in logs]
        for fact in order.merged(streams):
            yield from tracer.feed(fact)
        yield from tracer.end()
    finally:
        for text in opened:
            text.close()
    if faults and len(faults) == len(files):
        raise together(faults)


def _facts(
    session: Session, log: Sequence[str], teller: Teller, faults: list[SourceError]
) -> Iterator[Fact]:
    """The facts in the files of one log, one after the other."""
    for file in log:
        try:
            with session.open(file) as stream:
                for read in session.library.engine.reads(lines(stream)):
                    fact = teller.fact(file, read)
                    if fact is not None:
                        yield fact
        except SourceError as error:
            faults.append(error)


def _searched(
    session: Session,
    logs: Sequence[Sequence[str]],
    teller: Teller,
    names: Sequence[str],
    faults: list[SourceError],
    opened: list[Text],
) -> list[Iterator[Fact]] | None:
    """The facts of mails with ``names``, log by log; ``None`` if the logs must be read from end to end.

    ``opened`` gets what must be closed after them.
    """
    from mailhelp.log.find import Finder

    if any("-" in log for log in logs):
        return None
    seen: list[SourceError] = []
    texts = [[text for file in log if (text := _text(session, file, seen))] for log in logs]
    opened += (text for log in texts for text in log)
    if any(_is_newest_first(session, text) for text in opened):
        return None
    gaps = session.library.table("stories")["gaps"]["words"]
    found = Finder(texts, session.library.engine, teller).facts(names, gaps)
    if found is not None:
        faults += seen
    return found


def _is_newest_first(session: Session, text: Text) -> bool:
    """Whether a log is written the other way round, as its first lines show."""
    from mailhelp.log.facts import seconds
    from mailhelp.log.order import is_newest_first

    head = text.read(0, _HEAD).decode("utf-8", "replace").split("\n")[:-1]
    times = (seconds(session.library.engine.parse(line).time) for line in head)
    return is_newest_first([time for time in times if time is not None])


def _text(session: Session, file: str, faults: list[SourceError]) -> Text | None:
    """The bytes of a file; what is compressed, or a pipe, is copied to a file without a name."""
    import stat
    import tempfile

    from mailhelp.log.find import Text

    try:
        stream = session.open(file)
    except SourceError as error:
        faults.append(error)
        return None
    try:
        if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return Text(file, stream)
    except OSError:  # it is unpacked while it is read
        pass
    copy: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - whoever gets it closes it
    try:
        with stream:
            while data := stream.read1(_COPIED):  # type: ignore[attr-defined]  # what came before a fault
                copy.write(data)
    except SourceError as error:
        faults.append(error)
    copy.flush()
    return Text(file, copy)


def logs_at_hand(session: Session) -> list[str]:
    """The log of this host, if there is one. Raises ``SourceError`` if it may not be read."""
    library = session.library
    known = library.places.values.get("mail_log"), *library.table("places")["mail_log"]["files"]
    for name in dict.fromkeys(name for name in known if name):
        if os.path.isfile(name):
            session.open(name).close()
            return [name]
    return []


def _is_address(wanted: str, address: str) -> bool:
    """Whether ``address`` is the one that is wanted; ``@domain`` is any address in it."""
    wanted, address = wanted.strip("<>").casefold(), address.strip("<>").casefold()
    return address.endswith(wanted) if wanted.startswith("@") else address == wanted
