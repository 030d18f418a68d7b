"""A host that exists only in a test: commands answer with recorded output."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import IO, BinaryIO, TextIO

from mailhelp.host.machine import Host, Output
from mailhelp.log.prefix import Formats, Record, parse

FORMATS = Formats(
    tomllib.loads((Path(__file__).parent.parent / "corpus/formats.toml").read_text("utf-8"))
)
RECORDED = Path(__file__).parent / "recorded"


def parsed(line: str, today: date) -> Record:
    """The record in a line, by the corpus's formats."""
    return parse(line, today, FORMATS)


def recorded(name: str) -> Output:
    """What a command wrote when it was recorded: ``tests/recorded/NAME``, exit status 0."""
    return Output((RECORDED / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Finished:
    """A handle whose command has ended."""

    output: Output

    def result(self) -> Output:
        return self.output


@dataclass
class FakeHost(Host):
    """``commands`` maps a command's words, or its name alone, to its output; others are not found.

    ``settings`` are what postconf prints by its flag (``-n``, ``-d``, ``-x``, ``-P``), whatever names are asked for.
    ``asked`` lists the commands that were run, in order, and ``left`` those that were left running.
    ``piped``, ``written`` and ``said`` are its streams; ``terminal`` says of all three that they are one.
    """

    commands: dict[tuple[str, ...], Output] = field(default_factory=dict)
    folder: Path = Path("/nowhere")
    variables: dict[str, str] = field(default_factory=dict)
    day: date = date(2024, 2, 29)
    screen: tuple[int, int] = (80, 24)
    terminal: bool = False
    piped: BytesIO = field(default_factory=BytesIO)
    written: StringIO = field(default_factory=StringIO)
    said: StringIO = field(default_factory=StringIO)
    files: dict[str, str] = field(default_factory=dict)
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    left: list[tuple[str, ...]] = field(default_factory=list)
    programs: frozenset[str] = frozenset()
    root: bool = False

    @property
    def environ(self) -> Mapping[str, str]:
        return self.variables

    @property
    def stdin(self) -> BinaryIO:
        return self.piped

    @property
    def stdout(self) -> TextIO:
        return self.written

    @property
    def stderr(self) -> TextIO:
        return self.said

    @property
    def today(self) -> date:
        return self.day

    @property
    def now(self) -> datetime:
        return datetime.combine(self.day, time(12, 30))

    @property
    def size(self) -> tuple[int, int]:
        return self.screen

    @property
    def cache_dir(self) -> Path:
        return self.folder / "cache"

    @property
    def config_dir(self) -> Path:
        return self.folder / "config"

    def is_terminal(self, stream: IO[str] | IO[bytes]) -> bool:
        return self.terminal

    def which(self, name: str) -> str | None:
        there = any(argv[0] == name for argv in self.commands)
        there = there or (name == "postconf" and bool(self.settings))
        return f"/usr/bin/{name}" if there else None

    @property
    def running(self) -> frozenset[str]:
        return self.programs

    @property
    def is_root(self) -> bool:
        return self.root

    def can_read(self, path: str) -> bool:
        return path in self.files

    def stat(self, path: str) -> os.stat_result:
        raise OSError("this host knows nothing of its files")

    @property
    def search_path(self) -> str:
        return "/usr/bin"

    def is_file(self, path: str) -> bool:
        return path in self.files

    def is_folder(self, path: str) -> bool:
        return any(name.startswith(f"{path}/") for name in self.files)

    def text_of(self, path: str) -> str | None:
        return self.files.get(path)

    def stream(self, *argv: str) -> BinaryIO:
        self.asked.append(argv)
        return BytesIO(self.commands[argv[:1]].stdout.encode())

    def leave_running(self, *argv: str, variables: Mapping[str, str] | None = None) -> None:
        self.left.append(argv)

    def start(
        self,
        *argv: str,
        timeout: float = 0.0,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        last_words: str = "",
    ) -> Finished:
        self.asked.append(argv)
        if argv[0] == "postconf" and self.settings and argv not in self.commands:
            return Finished(self._postconf(*argv[1:]))
        missing = Output(status=None, failure=f"{argv[0]} was not found on this host")
        return Finished(self.commands.get(argv, self.commands.get(argv[:1], missing)))

    def _postconf(self, flag: str, *names: str) -> Output:
        table = self.settings.get(flag, {})
        if flag == "-x" and not table:
            table = {**self.settings.get("-d", {}), **self.settings.get("-n", {})}
        rows = (
            f"{name} = {value}\n" for name, value in table.items() if not names or name in names
        )
        return Output("".join(rows))
