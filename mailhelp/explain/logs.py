"""Whole logs, counted: the report of files, of the journal, of a log that grows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from mailhelp.answer import Answer
from mailhelp.errors import NothingFound, SourceError, together
from mailhelp.explain.records import explain_lines
from mailhelp.light import TYPE_CHECKING, BinaryIO, NamedTuple
from mailhelp.session import Session

if TYPE_CHECKING:
    from mailhelp.log.files import Chunk
    from mailhelp.log.scan import Plan
    from mailhelp.log.tally import Tally

_LARGE = 8 << 20
"""Bytes of logs from which on a second process is worth its start."""
_SAME_FILES = "The workers read the files: each of them has to find them by this name."
JOURNAL = "journal"
"""What the journal is called where files are named."""

Progress = Callable[[int, int, str], None]


class Log(NamedTuple):
    """A whole log that was counted: its report, and what the report is made of."""

    answer: Answer
    tally: Tally


def log(
    session: Session,
    files: Sequence[str],
    *,
    since: str = "",
    until: str = "",
    jobs: int = 0,
    cluster: str = "",
    detailed: bool = False,
    progress: Progress = lambda done, total, what: None,
) -> Log:
    """What is in the logs ``files``, of which ``-`` is standard input; rotated ones are read oldest first.

    ``since`` and ``until`` are ISO 8601 as far as wanted; ``detailed`` counts domains and hosts too; no ``jobs`` are two processes for large files.
    ``cluster`` is the address of a scheduler whose workers do it all; they find the files. Raises ``SourceError`` if
    none of the files can be read, and ``NothingFound`` without records.
    """
    from mailhelp.explain import report

    plan = session.library.plan(since, until, detailed)
    if cluster:
        ordered, tally = _by_cluster(session, cluster, plan, files, progress)
    else:
        ordered, tally = _here(session, plan, files, jobs, progress)
    if not tally.records and tally.faults:
        raise together([SourceError(fault) for fault in tally.faults])
    if not tally.records:
        named = ", ".join("standard input" if file == "-" else file for file in ordered)
        raise NothingFound(
            f"There is no record{' of that time' if since or until else ''} in {named}."
        )
    return Log(report.explain(session.library, ordered, tally), tally)


def _here(
    session: Session, plan: Plan, files: Sequence[str], jobs: int, progress: Progress
) -> tuple[list[str], Tally]:
    """``files`` in their order, and what is counted of them on this host."""
    from mailhelp.log import files as log_files
    from mailhelp.log import pool
    from mailhelp.log.scan import Scanner

    scanner = Scanner(plan)
    faults: list[SourceError] = []
    chunks: list[Chunk] = []
    ordered = log_files.oldest_first(files)
    for file in ordered:
        if file == "-" or is_journal((file,)):
            continue
        try:
            chunks += log_files.chunks(file, scanner.begins, log_files.PIECE)
        except SourceError as error:
            faults.append(error)
    if faults and len(faults) == len(ordered):
        raise together(faults)
    if not jobs:
        size = sum(
            os.path.getsize(file)
            for file in {chunk.file for chunk in chunks}
            if os.path.isfile(file)
        )
        jobs = 2 if size >= _LARGE and (os.cpu_count() or 1) > 1 else 1
    tally = pool.tally(plan, chunks, jobs, _counted(progress, len(chunks)))
    if "-" in ordered:
        tally.merge(scanner.scan(log_files.blocks_of(session.stdin)))
    if is_journal(ordered):
        with journal(session, plan.since) as stream:
            tally.merge(scanner.scan(log_files.blocks_of(stream)))
        if not tally.records and not plan.since:
            tally.faults.append(
                "The journal shows no mail: perhaps only root and the groups adm and systemd-journal may read it."
            )
    tally.faults += (str(fault) for fault in faults)
    return ordered, tally


def _by_cluster(
    session: Session, address: str, plan: Plan, words: Sequence[str], progress: Progress
) -> tuple[list[str], Tally]:
    """The files that ``words`` name there in their order, and what the workers count of them."""
    from mailhelp import __version__
    from mailhelp.cluster.client import connected
    from mailhelp.cluster.work import Order, Release
    from mailhelp.log.files import PIECE, oldest_first

    library = session.library
    notes = library.notes.content if library.notes else b""
    release = Release(__version__, library.bundled.sum)
    today = plan.engine.today
    order = Order(release, notes, today, plan.since, plan.until, plan.detailed, PIECE)
    with connected(address, order) as cluster:
        ordered = oldest_first(cluster.named(words))
        cuts = cluster.cut(ordered)
        faults = [cut for cut in cuts if cut.fault]
        if len(faults) == len(ordered):
            raise together([SourceError(cut.fault, cut.hint or _SAME_FILES) for cut in faults])
        chunks = [chunk for cut in cuts for chunk in cut.chunks]
        tally = cluster.tally(chunks, _counted(progress, len(chunks)))
    tally.faults += (cut.fault for cut in faults)
    return ordered, tally


def _counted(progress: Progress, total: int) -> Callable[[Chunk], None]:
    """What tells ``progress`` of each piece that is finished."""
    done = 0

    def finished(chunk: Chunk) -> None:
        nonlocal done
        done += 1
        progress(done, total, os.path.basename(chunk.file))

    return finished


class Live:
    """A log that is counted while it grows. Raises ``SourceError`` if it cannot be read."""

    def __init__(self, session: Session, file: str, since: str = "") -> None:
        from mailhelp.log.follow import Follower
        from mailhelp.log.scan import Scanner
        from mailhelp.log.tally import Tally

        self._session = session
        self._file = file
        self._scanner = Scanner(session.library.plan(since))
        self._tally = Tally()
        self._follower = Follower(file)

    def look(self) -> Answer | None:
        """The report with what was added; ``None`` if nothing was."""
        from mailhelp.explain import report

        grown = False
        while block := self._follower.grown():
            self._tally.merge(self._scanner.scan((block,)))
            grown = True
        return report.explain(self._session.library, (self._file,), self._tally) if grown else None

    def close(self) -> None:
        """Close the log."""
        self._follower.close()

    def nothing(self) -> Answer:
        """The report of an empty log."""
        from mailhelp.explain import report

        return report.explain(self._session.library, (self._file,), self._tally)


def is_journal(files: Sequence[str]) -> bool:
    """Whether the journal is meant among ``files``."""
    return JOURNAL in files and not os.path.exists(JOURNAL)


def has_journal(session: Session) -> bool:
    """Whether the journal of this host takes the place of a log file."""
    return "mail_log" in session.library.places.streams


def journal(session: Session, since: str = "") -> BinaryIO:
    """What the journal of this host has of mail, as text. Raises ``SourceError``."""
    words = session.library.table("places")["mail_log"]["journal_lines"].split()
    if session.host.which(words[0]) is None:
        raise SourceError("There is no journalctl on this host.", "Name a log file.")
    begin = (f"--since={since[:19].replace('T', ' ')}",) if since else ()
    return session.host.stream(*words, *begin)


def log_problem(session: Session, found: Log, number: int) -> Answer:
    """The problem ``number`` of a log in full. Raises ``NothingFound`` if there are not so many."""
    from mailhelp.explain import here, report

    told = found.answer.report
    assert told is not None
    many = len(told.problems)
    if many < number <= many + len(told.unrecognised):
        line = told.unrecognised[number - many - 1].sample
        return next(iter(explain_lines(session, line.split("\n"))))
    if not 0 < number <= many:
        raise NothingFound(
            f"There is no problem {number}: the log has {many}.", "mailhelp log FILE lists them."
        )
    answer = report.problem(session.library, told, found.tally, number)
    (completed,) = here.completed(session, (answer,))
    return completed
