"""Standard input and other streams of lines: remembered on their way, looked at, parted at a pause."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator

from mailhelp.light import BinaryIO
from mailhelp.session import Session

Lines = Iterator[str | None]

HEAD_LINES, _HEAD_S = 200, 1.0
"""Lines and seconds of a stream that are looked at before it is said what it is."""


def standard_input(session: Session) -> Lines:
    """The lines of standard input, remembered on their way; ``None`` where a pipe pauses."""
    from mailhelp.log.join import lines, live_lines

    stream = session.stdin
    descriptor = pipe(stream)
    return session.heard.listen(lines(stream) if descriptor is None else live_lines(descriptor))


def pipe(stream: BinaryIO) -> int | None:
    """The descriptor of ``stream`` if it is one that can pause, and no file."""
    try:
        descriptor = stream.fileno()
        return None if stat.S_ISREG(os.fstat(descriptor).st_mode) else descriptor
    except (OSError, ValueError):  # one of the memory's, or closed
        return None


def head(source: Lines, alone: Callable[[str], bool] = bool) -> tuple[list[str | None], bool]:
    """The first lines of ``source``, and whether it ended with them.

    A pipe that pauses after them, or trickles, is not waited for; a single line that ``alone`` holds for is
    worth waiting for a second one.
    """
    import time

    head: list[str | None] = []
    begun = 0.0
    for line in source:
        if line is None:
            if sum(1 for each in head if each) > 1 or (head and not alone(head[-1] or "")):
                return [*head, None], False
            continue
        begun = begun or time.monotonic()
        head.append(line)
        if len(head) >= HEAD_LINES or (len(head) > 1 and time.monotonic() - begun > _HEAD_S):
            return head, False
    return head, True


class Pause:
    """Parts a stream at its first pause."""

    def __init__(self) -> None:
        self.met = False

    def before(self, source: Lines) -> Lines:
        """The lines before the first pause; the rest stays in ``source``."""
        for line in source:
            self.met = line is None
            yield line
            if line is None:
                return


def collected(lines: Lines) -> Lines:
    """``lines``; when they are many, what is no longer used is collected from then on."""
    for number, line in enumerate(lines):
        if number == HEAD_LINES:
            collect_cycles()
        yield line


def collect_cycles() -> None:
    """From now on: ``start`` keeps the collector off, and a stream may last for days."""
    import gc

    if not gc.isenabled():
        gc.freeze()
        # each record leaves hundreds of tuples and few cycles: a look at every 700 took 4 % of the time
        gc.set_threshold(20_000, 20, 20)
        gc.enable()
