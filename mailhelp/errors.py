"""Every error that a user can meet, and the exit codes of the command."""

from __future__ import annotations

EXIT_ANSWERED = 0
EXIT_NOTHING_FOUND = 1
EXIT_USAGE = 2
EXIT_SOURCE = 3
EXIT_INTERRUPTED = 130
_MOST_TOLD = 5


class MailhelpError(Exception):
    """Something the user should read: what happened (``str(error)``) and what to do (``hint``).

    ``exit_code`` is the code the command ends with when nothing catches the error.
    """

    exit_code = EXIT_SOURCE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(MailhelpError):
    """The words of the command line do not make a question."""

    exit_code = EXIT_USAGE


class NothingFound(MailhelpError):
    """No answer; ``near`` holds names that resemble what was asked."""

    exit_code = EXIT_NOTHING_FOUND

    def __init__(self, message: str, hint: str = "", near: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.near = near


class SourceError(MailhelpError):
    """A file, an index or a program of the host could not be read."""


class OtherRelease(SourceError):
    """An index that another release of mailhelp built: nothing is wrong, it is built anew."""


class UnusableFolder(SourceError):
    """A folder of the user's own that is missing, cannot be written, or that somebody else can write."""


def together(faults: list[SourceError]) -> SourceError:
    """Several sources that could not be read, as one error; of many the first few are named."""
    if len(faults) == 1:
        return faults[0]
    told = dict.fromkeys(str(fault) for fault in faults)
    more = f" So it is with {len(told) - _MOST_TOLD} more." if len(told) > _MOST_TOLD else ""
    return SourceError(" ".join(list(told)[:_MOST_TOLD]) + more, faults[0].hint)


class CorpusError(MailhelpError):
    """The corpus has faults; ``faults`` holds them as ``path:line: text``."""

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message, "Run 'mailhelp check' to see each fault with its file and line.")
        self.faults = faults
