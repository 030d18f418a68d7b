"""The machine: its commands, folders, streams, terminal and date, behind one object that tests replace.

Every command of mailhelp imports this module, so it imports what it needs where it needs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property

from mailhelp import trust
from mailhelp.errors import SourceError, UnusableFolder
from mailhelp.host.program import OUTPUT_LIMIT, Running
from mailhelp.host.program import Handle as Handle
from mailhelp.host.program import Output as Output
from mailhelp.light import IO, TYPE_CHECKING, BinaryIO, TextIO, cast

if TYPE_CHECKING:
    from datetime import date, datetime

TIMEOUT = 10.0
"""Seconds a command may take unless its caller knows better."""
_SCREEN = (80, 24)
_SYSTEM_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
# What a command needs to find the user's files and the configuration that the user works with.
_KEPT = ("HOME", "USER", "LOGNAME", "TMPDIR", "MANPATH", "MAIL_CONFIG")
# The folders among them in which commands look for files by fixed names, or make some of their own.
_READ_BELOW = ("HOME", "TMPDIR")


def read_file(path: str | os.PathLike[str]) -> str:
    """The text of a file. Raises ``OSError`` if it cannot be read, or is a pipe or device that could last for ever."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if os.fstat(descriptor).st_mode & 0o170000 != 0o100000:
        os.close(descriptor)
        raise OSError(f"{path} is no file")
    with open(descriptor, encoding="utf-8", errors="replace") as stream:
        return stream.read(OUTPUT_LIMIT)


def refuse_device(name: str, stream: BinaryIO) -> None:
    """Raise ``SourceError``, and close ``stream``, if what is called ``name`` is a device that could last for ever.

    A terminal is none, nor is the null device.
    """
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):  # closed, or in memory
        return
    kind = status.st_mode & 0o170000
    if kind == 0o020000:
        endless = status.st_rdev != os.stat(os.devnull).st_rdev and not stream.isatty()
    else:
        endless = kind == 0o060000
    if endless:
        stream.close()
        raise SourceError(f"{name} is a device, not a file.", "Name a log or another text file.")


class Host:
    """The machine that mailhelp runs on.

    ``meanwhile`` is done when a command is waited for: it should be short, and of use later.
    """

    meanwhile: Callable[[], None] | None = None

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables."""
        return os.environ

    @property
    def today(self) -> date:
        """The date, in this host's time zone."""
        from datetime import date

        return date.today()

    @property
    def now(self) -> datetime:
        """The time, in this host's time zone."""
        from datetime import datetime

        return datetime.now()

    @property
    def stdin(self) -> BinaryIO:
        """Standard input, as bytes: what is piped or pasted has any encoding."""
        return sys.stdin.buffer

    @property
    def stdout(self) -> TextIO:
        """Standard output."""
        return sys.stdout

    @property
    def stderr(self) -> TextIO:
        """Standard error."""
        return sys.stderr

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines of the terminal (``COLUMNS`` and ``LINES`` count first); 80 × 24 if unknown."""
        try:
            real: tuple[int, int] = os.get_terminal_size(1)
        except OSError:  # standard output is no terminal
            real = _SCREEN
        said = (self.environ.get("COLUMNS", ""), self.environ.get("LINES", ""))
        columns, lines = (
            (int(asked) if asked.isdecimal() and len(asked) < 10 else 0) or own or usual
            for asked, own, usual in zip(said, real, _SCREEN, strict=True)
        )
        return columns, lines

    @property
    def cache_dir(self) -> str | os.PathLike[str]:
        """The folder for what can be built again. ``UnusableFolder`` if there is no home directory."""
        return self._folder("MAILHELP_CACHE_DIR", "user_cache_path")

    @property
    def config_dir(self) -> str | os.PathLike[str]:
        """The folder of the user's own entries. ``UnusableFolder`` if there is no home directory."""
        return self._folder("MAILHELP_CONFIG_DIR", "user_config_path")

    def is_terminal(self, stream: IO[str] | IO[bytes]) -> bool:
        """Whether ``stream`` is a terminal; a closed stream is none."""
        try:
            return stream.isatty()
        except ValueError:
            return False

    def which(self, name: str) -> str | None:
        """The path of the program ``name``, looked for in the administrator's directories too.

        A ``name`` with a slash in it is its path, if that is absolute and nobody else can write it.
        """
        if "/" in name:
            if name[0] != "/" or trust.distrust(name):
                return None
            places = [name]
        else:
            places = [f"{folder}/{name}" for folder in self.search_path.split(":")]
        for path in places:
            if os.access(path, os.X_OK) and os.path.isfile(path):
                return path
        return None

    def text_of(self, path: str) -> str | None:
        """The text of a file of this host, ``None`` if it cannot be read."""
        try:
            return read_file(path)
        except (OSError, ValueError):
            return None

    def is_file(self, path: str) -> bool:
        """Whether this host has a regular file of this name."""
        return os.path.isfile(path)

    def is_folder(self, path: str) -> bool:
        """Whether this host has a folder of this name."""
        return os.path.isdir(path)

    def stat(self, path: str) -> os.stat_result:
        """What is known of a file. ``OSError``: ``FileNotFoundError`` if there is none."""
        return os.stat(path)

    def can_read(self, path: str) -> bool:
        """Whether the user may read this file."""
        return os.access(path, os.R_OK)

    @property
    def is_root(self) -> bool:
        """Whether the user is root."""
        return os.geteuid() == 0

    @property
    def running(self) -> frozenset[str]:
        """The names of the programs that run here; empty where that cannot be told (no /proc)."""
        found = set()
        processes: list[str] = []
        with suppress(OSError):
            processes = [name for name in os.listdir("/proc") if name[0].isdigit()]
        for number in processes:
            for name in ("comm", "cmdline"):
                with suppress(OSError), open(f"/proc/{number}/{name}", "rb") as file:
                    text = file.read().split(b"\0")[0].decode("utf-8", "replace")
                    first = text.split()[0] if text.split() else ""
                    found.add(os.path.basename(first))
        return frozenset(found - {""})

    def run(
        self,
        *argv: str,
        timeout: float = TIMEOUT,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        last_words: str = "",
    ) -> Output:
        """Run a command to its end; see ``start``."""
        return self.start(
            *argv, timeout=timeout, stdin=stdin, variables=variables, last_words=last_words
        ).result()

    def start(
        self,
        *argv: str,
        timeout: float = TIMEOUT,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        last_words: str = "",
    ) -> Handle:
        """Start a command: fixed arguments, no shell, the C locale, a process group of its own.

        It may take ``timeout`` seconds from now and reads ``stdin`` or nothing. ``variables`` are
        added to its environment. A line on stderr that begins with ``last_words`` ends the wait:
        some commands sleep after a fatal error. Nothing is raised: ``Output.failure`` says what
        went wrong.
        """
        environment = {**self._environment(), **(variables or {})}
        return Running(argv, timeout, stdin, environment, last_words, self.meanwhile)

    def stream(self, *argv: str) -> BinaryIO:
        """What a command writes, as it comes: without a time limit, else as ``start`` runs one.

        Raises ``SourceError`` if it cannot be started.
        """
        import subprocess

        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment(),
            )
        except OSError as error:
            raise SourceError(f"{argv[0]} cannot be run: {error.strerror}.") from error
        assert process.stdout is not None
        return cast(BinaryIO, process.stdout)

    def leave_running(self, *argv: str, variables: Mapping[str, str] | None = None) -> None:
        """Start a command that goes on when this one has ended, and that nobody hears of or waits for.

        It has a session of its own (closing the terminal does not end it), the lowest claim on the
        processor, ``variables`` beside those of the environment, and writes nowhere. ``OSError`` if
        it cannot be started.
        """
        import subprocess

        nice = self.which("nice")
        subprocess.Popen(
            ((nice, "-n", "19") if nice else ()) + argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**self.environ, **(variables or {})},
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: self.environ[name] for name in _KEPT if name in self.environ}
        for name in _READ_BELOW:
            # man takes its helpers from a file there, groff its macros: never those of somebody else
            if name in kept and trust.distrust(kept[name]):
                del kept[name]
        return {**kept, "PATH": self.search_path, "LC_ALL": "C"}

    @cached_property
    def search_path(self) -> str:
        """The folders of programs: those of ``PATH`` and the administrator's.

        A relative or empty element would run programs from the current directory. And root runs none
        from a folder that another user can write, in whosever environment.
        """
        asked = [place for place in self.environ.get("PATH", "").split(":") if place[:1] == "/"]
        if os.geteuid() == 0:
            asked = [place for place in asked if not trust.distrust(place)]
        return ":".join(dict.fromkeys((*asked, *_SYSTEM_PATH)))

    def _folder(self, variable: str, finder: str) -> str:
        chosen = self.environ.get(variable)
        if chosen:
            return os.path.abspath(chosen)
        folder = self._linux_folder(finder) or self._platform_folder(finder)
        if folder[:1] != "/":
            raise UnusableFolder(
                "There is no home folder for what mailhelp keeps.",
                "Set HOME, or MAILHELP_CACHE_DIR and MAILHELP_CONFIG_DIR.",
            )
        return folder

    def _linux_folder(self, finder: str) -> str:
        """What platformdirs says on Linux, without its import: that costs 5 ms of every command's 70."""
        if sys.platform != "linux":
            return ""
        name, usual = {
            "user_cache_path": ("XDG_CACHE_HOME", ".cache"),
            "user_config_path": ("XDG_CONFIG_HOME", ".config"),
        }[finder]
        base = self.environ.get(name, "").strip()
        if not base:
            home = self.environ.get("HOME") or os.path.expanduser("~")
            # a home that is not there is never made
            base = f"{home}/{usual}" if os.path.isdir(home) else "~"
        return f"{base.rstrip('/')}/mailhelp"

    @staticmethod
    def _platform_folder(finder: str) -> str:
        import platformdirs

        return str(getattr(platformdirs, finder)("mailhelp", appauthor=False))
