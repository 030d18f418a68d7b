"""Whole logs, counted: the report of files, of the journal, of a log that grows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from mailhelp.answer import Answer
from mailhelp.errors import NothingFound, SourceError
from mailhelp.explain.records import explain_lines
from mailhelp.light import TYPE_CHECKING, BinaryIO, NamedTuple
from mailhelp.session import Session

if TYPE_CHECKING:
    from mailhelp.log.scan import Plan
    from mailhelp.log.tally import Tally

_FEW_PIECES = 2
"""Pieces of a log up to which a second process is not worth its start."""
JOURNAL = "journal"
"""What the journal is called where files are named."""


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
    detailed: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> Log:
    """What is in the logs ``files``, of which ``-`` is standard input; rotated ones are read oldest first.

    ``since`` and ``until`` are ISO 8601 as far as wanted; ``detailed`` counts domains and hosts too; no ``jobs`` are two processes for large files.
    Raises ``SourceError`` if none of the files can be read, and ``NothingFound`` without records.
    """
    from mailhelp.explain import report
    from mailhelp.log import files as log_files
    from mailhelp.log import pool
    from mailhelp.log.scan import Scanner

    plan = scan_plan(session, since, until, detailed)
    scanner = Scanner(plan)
    faults: list[SourceError] = []
    chunks: list[log_files.Chunk] = []
    ordered = log_files.oldest_first(files)
    for file in ordered:
        if file == "-" or is_journal((file,)):
            continue
        try:
            chunks += log_files.chunks(file, scanner.begins)
        except SourceError as error:
            faults.append(error)
    if faults and len(faults) == len(ordered):
        raise faults[0]
    if not jobs:
        jobs = 2 if len(chunks) > _FEW_PIECES and (os.cpu_count() or 1) > 1 else 1
    done = 0

    def finished(chunk: log_files.Chunk) -> None:
        nonlocal done
        done += 1
        progress(done, len(chunks), os.path.basename(chunk.file))

    tally = pool.tally(plan, chunks, jobs, finished)
    if "-" in ordered:
        tally.merge(scanner.scan(log_files.blocks_of(session.stdin)))
    if is_journal(ordered):
        with journal(session, since) as stream:
            tally.merge(scanner.scan(log_files.blocks_of(stream)))
        if not tally.records and not since:
            tally.faults.append(
                "The journal shows no mail: perhaps only root and the groups adm and systemd-journal may read it."
            )
    tally.faults += (str(fault) for fault in faults)
    if not tally.records and not tally.faults:
        named = ", ".join("standard input" if file == "-" else file for file in ordered)
        raise NothingFound(
            f"There is no record{' of that time' if since or until else ''} in {named}."
        )
    return Log(report.explain(session.library, ordered, tally), tally)


class Live:
    """A log that is counted while it grows. Raises ``SourceError`` if it cannot be read."""

    def __init__(self, session: Session, file: str, since: str = "") -> None:
        from mailhelp.log.follow import Follower
        from mailhelp.log.scan import Scanner
        from mailhelp.log.tally import Tally

        self._session = session
        self._file = file
        self._scanner = Scanner(scan_plan(session, since))
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


def scan_plan(session: Session, since: str = "", until: str = "", detailed: bool = False) -> Plan:
    """What it takes to scan logs, here or in another process."""
    from mailhelp.log.scan import Plan

    library = session.library
    return Plan(library.engine, library.table("report"), library.layers, since, until, detailed)


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
