"""A program that was started: heard while it runs, ended in time, its words for what went wrong.

The C library starts it and a bare thread hears it: ``subprocess``, ``threading`` and ``selectors`` take longer to
import than postconf takes to answer.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from mailhelp.light import Any, NamedTuple, Protocol

OUTPUT_LIMIT = 8 * 1024 * 1024
"""Bytes of output after which a command is stopped; postconf(5) has 700 kB."""

_CHUNK = 65536
_IGNORED, _SIGKILL = (13, 25), 9
"""SIGPIPE and SIGXFSZ, which Python ignores and what it starts should not; and SIGKILL. ``signal`` takes long to import."""
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.0002, 0.05


class Output(NamedTuple):
    """What a command wrote, and how it ended.

    ``status`` is its exit status, ``None`` if it never ran or was stopped; ``failure`` says in
    words why it gave no good answer and is empty if it ended with status 0.
    """

    stdout: str = ""
    stderr: str = ""
    status: int | None = 0
    failure: str = ""


class Handle(Protocol):
    """A command on its way."""

    def result(self) -> Output:
        """Wait for the command to end (or for its time to be up) and give what it wrote."""


class Running:
    """A started command with a thread that collects its output, so that several run at once.

    ``argv`` begins with its path, or its name in a folder of the ``PATH`` in ``environment``; see ``Host.start``.
    ``meanwhile`` is done when somebody waits for it.
    """

    def __init__(
        self,
        argv: tuple[str, ...],
        timeout: float,
        stdin: bytes,
        environment: dict[str, str],
        last_words: str,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        self._meanwhile = meanwhile
        self._name = os.path.basename(argv[0])
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._last_words = last_words.encode()
        self._output: Output | None = None
        self._status: int | None = None
        try:
            self._pid, *pipes = _start(argv, environment, bool(stdin))
        except (OSError, ValueError) as error:
            self._output = Output(status=None, failure=self._not_started(error))
            return
        self._ended_lock = allocate_lock()
        self._ended_lock.acquire()
        try:
            start_new_thread(lambda: self._collect(stdin, *pipes), ())
        except RuntimeError:  # there is no room for one more: then one after the other
            self._collect(stdin, *pipes)

    def result(self) -> Output:
        """See ``Handle``. The command is stopped if the wait is interrupted."""
        if self._output is None:
            if self._meanwhile is not None:
                self._meanwhile()
            try:
                with self._ended_lock:
                    pass
            except BaseException:
                self._kill()
                raise
        assert self._output is not None
        return self._output

    def _collect(self, stdin: bytes, into: int, *out: int) -> None:
        try:
            self._output = self._heard(stdin, into, out)
        except (OSError, MemoryError) as error:  # no file or memory is left
            self._kill()
            self._output = Output(status=None, failure=self._not_started(error))
        finally:
            self._ended_lock.release()

    def _heard(self, stdin: bytes, into: int, out: tuple[int, ...]) -> Output:
        written, trouble = _exchange(stdin, into, out, self._deadline, self._last_words)
        # a process can close its output and stay
        trouble = trouble or ("" if self._wait(self._deadline) else "time")
        if trouble:
            self._kill()
            self._wait()
        if trouble == "size":  # no answer that anybody asked for
            written = (b"", written[1][:_CHUNK])
        stdout, stderr = (data.decode("utf-8", "replace") for data in written)
        if trouble == "time":
            failure = f"{self._name} did not end within {self._timeout:g} seconds"
        elif trouble == "last words":
            failure = f"{self._name} failed: {_last_line(stderr)}"
        elif trouble:
            failure = f"{self._name} was stopped after {OUTPUT_LIMIT // 2**20} MiB of output"
        else:
            failure = self._ended(self._status or 0, stderr)
        return Output(stdout, stderr, None if trouble else self._status, failure)

    def _wait(self, deadline: float | None = None) -> bool:
        """Wait for the process to end, up to ``deadline`` if there is one; whether it has ended."""
        pause = _SHORTEST_WAIT_S
        while self._status is None:
            pid, status = os.waitpid(self._pid, 0 if deadline is None else os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
            elif deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                time.sleep(min(pause, left))
                pause = min(2 * pause, _LONGEST_WAIT_S)
        return True

    def _kill(self) -> None:
        # it may have ended by itself, or changed its user
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, _SIGKILL)

    def _not_started(self, error: Exception) -> str:
        if isinstance(error, FileNotFoundError):
            return f"{self._name} was not found on this host"
        reason = error.strerror if isinstance(error, OSError) else str(error) or "no memory is left"
        return f"{self._name} cannot be run: {reason}"

    def _ended(self, status: int, stderr: str) -> str:
        if status == 0:
            return ""
        if status < 0:
            return f"{self._name} was ended by signal {-status}"
        said = _last_line(stderr)
        return f"{self._name} ended with exit status {status}" + (f": {said}" if said else "")


def _start(argv: tuple[str, ...], environment: dict[str, str], is_fed: bool) -> tuple[int, ...]:
    """Start a program; its process id and our ends of the pipes to it (-1 for none) and from its two outputs."""
    path = _path(argv[0], environment)
    null = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    actions: list[Any] = [] if is_fed else [null]
    ours, theirs = [], []
    try:
        for number in (1, 2, 0) if is_fed else (1, 2):
            ends = _pipe()
            ours.append(ends[0 if number else 1])
            theirs.append(ends[1 if number else 0])
            actions.append((os.POSIX_SPAWN_DUP2, theirs[-1], number))
        spawn = partial(
            os.posix_spawn, path, argv, environment, file_actions=actions, setsigdef=_IGNORED
        )
        try:
            pid = spawn(setsid=True)
        except NotImplementedError:  # a C library without it: a group of its own will do
            pid = spawn(setpgroup=0)
    except BaseException:
        for descriptor in ours:
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return pid, ours[2] if is_fed else -1, ours[0], ours[1]


def _path(name: str, environment: Mapping[str, str]) -> str:
    """The path of the program ``name``. Raises ``FileNotFoundError`` if none of the folders has it."""
    if "/" in name:
        return name
    for folder in environment["PATH"].split(":"):
        path = f"{folder}/{name}"
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    raise FileNotFoundError(name)


def _pipe() -> tuple[int, int]:
    """The two ends of a pipe, none of which is a standard stream's number."""
    ends = os.pipe()
    if min(ends) > 2:
        return ends
    try:
        return _pipe()
    finally:
        for end in ends:
            os.close(end)


def _has_line(text: bytes, beginning: bytes) -> bool:
    """Whether a whole line of ``text`` begins so."""
    return any(line.startswith(beginning) for line in text.split(b"\n")[:-1])


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _exchange(
    stdin: bytes, into: int, out: tuple[int, ...], deadline: float, last_words: bytes
) -> tuple[tuple[bytes, bytes], str]:
    """Feed ``stdin``, gather what comes from the two pipes ``out``, close all; with the reason if that is not taken to the end.

    The reason is ``time``, ``size`` or ``last words``, empty if the pipes were closed at the other end.
    """
    import select

    gathered = {descriptor: bytearray() for descriptor in out}
    rest = memoryview(stdin)
    trouble = ""
    is_open = set(out)
    poll = select.poll()
    for descriptor in out:
        poll.register(descriptor, select.POLLIN)
    if into >= 0:
        is_open.add(into)
        os.set_blocking(into, False)
        poll.register(into, select.POLLOUT)
    try:
        while is_open and not trouble:
            left = deadline - time.monotonic()
            for descriptor, _ in poll.poll(max(0.0, left) * 1000):
                if descriptor == into:
                    try:
                        rest = rest[os.write(into, rest[:_CHUNK]) :]
                    except BrokenPipeError:
                        rest = rest[:0]
                    ended = not rest
                else:
                    data = os.read(descriptor, _CHUNK)
                    gathered[descriptor] += data
                    ended = not data
                if ended:
                    poll.unregister(descriptor)
                    is_open.remove(descriptor)
                    os.close(descriptor)
            if left <= 0:
                trouble = "time"
            elif sum(map(len, gathered.values())) > OUTPUT_LIMIT:
                trouble = "size"
            elif last_words and _has_line(bytes(gathered[out[1]]), last_words):
                trouble = "last words"
    finally:
        for descriptor in is_open:
            os.close(descriptor)
    return (bytes(gathered[out[0]]), bytes(gathered[out[1]])), trouble
