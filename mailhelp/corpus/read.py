"""Reads a corpus folder: one entry a file, Markdown with TOML front matter.

``corpus/README.md`` describes the files for contributors. This module knows their shape and
reports every fault with file and line; what the entries mean is ``compile``'s business.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = {
    "log": "log",
    "parameters": "parameter",
    "recipes": "recipe",
    "status": "status",
    "topics": "topic",
    "headers": "header",
    "rules": "rule",
    "parts": "part",
}
TABLES = (
    "fields", "programs", "defaults", "secrets", "manpages", "tools", "logs", "shapes",
    "drafts", "gists", "formats", "spaces", "stories",
)  # fmt: skip

_FENCE = re.compile(r"^(```|~~~)")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a corpus file; ``line`` counts from 1."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the corpus: its front matter, its text before the first heading, its sections.

    ``id`` is ``kind/name``, from the file's place: ``log/postfix/smtpd/connect``.
    """

    path: Path
    kind: str
    id: str
    front: dict[str, Any]
    text: str
    sections: dict[str, str]
    source: str = field(repr=False)
    patch: bool = False

    def line_of(self, fragment: str) -> int:
        """The first line of the file that holds ``fragment``; 1 if none does."""
        for number, line in enumerate(self.source.splitlines(), 1):
            if fragment in line:
                return number
        return 1

    def fault(self, text: str, at: str = "") -> Fault:
        """A fault of this entry, at the line that holds ``at``."""
        return Fault(self.path, self.line_of(at) if at else 1, text)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that a corpus folder holds; ``faults`` are the files that could not be read."""

    entries: tuple[Entry, ...]
    tables: dict[str, dict[str, Any]]
    faults: tuple[Fault, ...]


def read(folder: Path) -> Corpus:
    """Read the corpus in ``folder``; a file with a fault is left out and its fault reported."""
    faults: list[Fault] = []
    tables: dict[str, dict[str, Any]] = {}
    for name in TABLES:
        path = folder / f"{name}.toml"
        tables[name] = _read_table(path, faults) if path.exists() else {}
    entries = []
    for path in _files(folder):
        entry = _read_entry(folder, path, faults)
        if entry is not None:
            entries.append(entry)
    return Corpus(tuple(entries), tables, tuple(faults))


def _files(folder: Path) -> Iterator[Path]:
    for place in KINDS:
        for path in sorted((folder / place).rglob("*.md")):
            if not path.name.startswith(("_", ".")) and path.name != "README.md":
                yield path


def _read_table(path: Path, faults: list[Fault]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        faults.append(Fault(path, _line(error, 0), f"cannot be read: {error}"))
        return {}


def _line(error: Exception, offset: int) -> int:
    found = _TOML_LINE.search(str(error))
    return int(found[1]) + offset if found else 1


def _read_entry(folder: Path, path: Path, faults: list[Fault]) -> Entry | None:
    try:
        source = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        faults.append(Fault(path, 1, f"cannot be read: {error}"))
        return None
    if not source.startswith("+++\n") or "\n+++\n" not in source[3:]:
        faults.append(Fault(path, 1, "must begin with TOML between two lines of '+++'"))
        return None
    head, _, body = source[3:].partition("\n+++\n")
    try:
        front = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(path, _line(error, 0), f"front matter: {error}"))
        return None
    text, sections = split_sections(body)
    name = path.relative_to(folder)
    kind = KINDS[name.parts[0]]
    patch = name.name.endswith(".patch.md")
    stem = name.name.removesuffix(".md").removesuffix(".patch")
    id = "/".join((kind, *name.parts[1:-1], stem))
    return Entry(path, kind, id, front, text, sections, source, patch)


def split_sections(body: str) -> tuple[str, dict[str, str]]:
    """The text before the first ``## `` heading, and the text below each by its heading."""
    text: list[str] = []
    sections: dict[str, list[str]] = {}
    into = text
    fence = ""
    for line in body.splitlines():
        opened = _FENCE.match(line)
        if opened and fence in ("", opened[1]):
            fence = "" if fence else opened[1]
        if line.startswith("## ") and not fence:
            into = sections.setdefault(line[3:].strip(), [])
        else:
            into.append(line)
    joined = {heading: "\n".join(lines).strip() for heading, lines in sections.items()}
    return "\n".join(text).strip(), joined
