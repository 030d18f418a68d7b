"""Reads a corpus folder: one entry a file, Markdown with TOML front matter.

``corpus/README.md`` describes the files for contributors. This module knows their shape and
reports every fault with file and line; what the entries mean is ``compile``'s business.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mailhelp.corpus.beside import in_parts

KINDS = {
    "log": "log",
    "parameters": "parameter",
    "recipes": "recipe",
    "status": "status",
    "topics": "topic",
    "headers": "header",
    "lines": "line",
    "rules": "rule",
    "parts": "part",
}
TABLES = (
    "bounces",
    "commands",
    "containers",
    "dangers",
    "defaults",
    "dialogues",
    "doctor",
    "drafts",
    "ends",
    "everyday",
    "formats",
    "gists",
    "heads",
    "listings",
    "manpages",
    "places",
    "programs",
    "ranking",
    "replies",
    "secrets",
    "settings",
    "shapes",
    "spaces",
    "report",
    "stories",
    "subjects",
    "tools",
    "words",
)
"""The tables at the top of a corpus, ``NAME.toml``."""
OPTIONS = "options"
"""The folder of what commands' options do: a table a program, kept as the table ``options/PROGRAM``."""
CHECKS = "checks"
"""The folder of what a configuration is looked at for: kept as one table, a check by ``FILE/NAME``."""
FIELDS = "fields"
"""The folder of the fields that entries share, and the key under which one entry keeps its own."""
SAMPLES = "Samples"
"""The heading below which an entry's samples are, at its end."""
INNER = "..."
"""What a sample begins with that is only what stands inside a part's frames."""
BLANK = "\N{SYMBOL FOR SPACE}"
"""Written in a sample for a blank at the end of a line, which could not be seen."""

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
class Sample:
    """A line that the entry is for, and the values that must come out of it.

    ``inner``: it is only what stands inside the frames of the entry's parts. ``made``: nobody saw it,
    it was made from the message's format. ``number`` is its line in the file, from 1.
    """

    line: str
    values: dict[str, str]
    number: int
    inner: bool = False
    made: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the corpus: its front matter, its text before the first heading, its sections, samples.

    ``faults`` is what is wrong below the front matter.

    ``id`` is ``kind/name``, from the file's place: ``log/postfix/smtpd/connect``.
    """

    path: Path
    kind: str
    id: str
    front: dict[str, Any]
    text: str
    sections: dict[str, str]
    samples: tuple[Sample, ...]
    source: str = field(repr=False)
    patch: bool = False
    faults: tuple[Fault, ...] = ()

    def fault(self, text: str, at: str | int = 1) -> Fault:
        """A fault of this entry, at a line, or at the first line that holds ``at``."""
        return Fault(self.path, at if isinstance(at, int) else line_of(self.source, at), text)


@dataclass(frozen=True, slots=True)
class FieldTable:
    """A field as a file defines it; ``owner`` is the id of the entry that alone may use it, or empty."""

    name: str
    table: Any
    path: Path
    line: int
    owner: str = ""

    def fault(self, text: str) -> Fault:
        """A fault of this field, where it is defined."""
        return Fault(
            self.path, self.line, f"[{FIELDS + '.' if self.owner else ''}{self.name}] {text}"
        )


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that a corpus folder holds; ``faults`` are the files that could not be read."""

    folder: Path
    entries: tuple[Entry, ...]
    fields: tuple[FieldTable, ...]
    tables: dict[str, dict[str, Any]]
    faults: tuple[Fault, ...]


def read_files(folder: Path, paths: Iterable[Path]) -> Corpus:
    """Of the corpus in ``folder`` only the entries in the files ``paths``."""
    faults: list[Fault] = []
    entries = [entry for path in paths if (entry := _read_entry(folder, path, faults))]
    fields = [field for entry in entries for field in _own_fields(entry)]
    return Corpus(folder, tuple(entries), tuple(fields), {}, tuple(faults))


def folder_of(path: Path) -> Path | None:
    """The corpus that the entry file ``path`` belongs to: what holds the folder of its kind."""
    kinds = (folder.parent for folder in path.absolute().parents if folder.name in KINDS)
    return next(kinds, None) if path.suffix == ".md" else None


def is_whole(folder: Path) -> bool:
    """Whether ``folder`` is a corpus that stands alone, and no user's notes on the bundled one."""
    return (folder / "defaults.toml").exists()


def read(folder: Path) -> Corpus:
    """Read the corpus in ``folder``; a file with a fault is left out and its fault reported."""
    faults: list[Fault] = []
    tables: dict[str, dict[str, Any]] = {}
    for name in TABLES:
        path = folder / f"{name}.toml"
        tables[name] = _read_table(path, faults) if path.exists() else {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in TABLES:
            faults.append(Fault(path, 1, f"nothing reads it; fields are in {FIELDS}/*.toml"))
    tables |= _read_options(folder / OPTIONS, faults)
    tables[CHECKS] = {
        f"{path.stem}/{name}": row
        for path in sorted((folder / CHECKS).glob("*.toml"))
        for name, row in _read_table(path, faults).items()
    }
    fields = list(_read_fields(folder / FIELDS, faults))

    def of(paths: Sequence[Path]) -> tuple[list[Entry], list[Fault]]:
        wrong: list[Fault] = []
        found = (_read_entry(folder, path, wrong) for path in paths)
        return [entry for entry in found if entry is not None], wrong

    entries: list[Entry] = []
    for found, wrong in in_parts(of, list(_files(folder))):
        entries += found
        faults += wrong
    for entry in entries:
        fields += _own_fields(entry)
    return Corpus(folder, tuple(entries), tuple(fields), tables, tuple(faults))


def place_of(folder: Path, table: str, key: str) -> tuple[Path, int]:
    """The file and line of a row of a table."""
    path = folder / f"{table}.toml"
    if table == CHECKS:
        stem, _, key = key.partition("/")
        path = folder / CHECKS / f"{stem}.toml"
    if not path.exists():
        return path, 1
    source = path.read_text(encoding="utf-8", errors="replace")
    return path, line_of(source, f"[{key}]") if f"[{key}]" in source else line_of(source, key)


def _read_options(folder: Path, faults: list[Fault]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        for program, table in _read_table(path, faults).items():
            name = f"{OPTIONS}/{program}"
            if not isinstance(table, dict) or not isinstance(table.get("does"), str):
                faults.append(Fault(path, 1, f"[{program}] must say what the program 'does'"))
            elif name in tables:
                faults.append(Fault(path, 1, f"[{program}] is in another file too"))
            else:
                tables[name] = table
    return tables


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


def _read_fields(folder: Path, faults: list[Fault]) -> Iterator[FieldTable]:
    """The fields that entries share, of all families."""
    for path in sorted(folder.glob("*.toml")):
        table = _read_table(path, faults)
        source = path.read_text(encoding="utf-8", errors="replace") if table else ""
        for name, row in table.items():
            yield FieldTable(name, row, path, line_of(source, f"[{name}]"))


def _own_fields(entry: Entry) -> Iterator[FieldTable]:
    own = entry.front.get(FIELDS)
    for name, row in own.items() if isinstance(own, dict) else ():
        line = line_of(entry.source, f"[{FIELDS}.{name}]")
        yield FieldTable(name, row, entry.path, line, entry.id)


def line_of(source: str, fragment: str) -> int:
    """The first line of ``source`` that holds ``fragment``, from 1; 1 if none does."""
    for number, line in enumerate(source.split("\n"), 1):
        if fragment in line:
            return number
    return 1


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
    samples: tuple[Sample, ...] = ()
    own_faults = []
    if SAMPLES in sections:
        number = source[: source.rfind(f"\n## {SAMPLES}")].count("\n") + 2
        try:
            if list(sections)[-1] != SAMPLES:
                raise SampleError(number, f"'## {SAMPLES}' must be the last section")
            samples = tuple(read_samples(source.split("\n")[number:], number + 1))
        except SampleError as error:
            own_faults.append(Fault(path, error.number, error.text))
        del sections[SAMPLES]
    for heading, below in sections.items():
        if not below:
            line = line_of(source, f"## {heading}")
            own_faults.append(Fault(path, line, f"'## {heading}' is empty: fill it or take it out"))
    name = path.absolute().relative_to(folder.absolute())
    kind = KINDS[name.parts[0]]
    patch = name.name.endswith(".patch.md")
    stem = name.name.removesuffix(".md").removesuffix(".patch")
    id = "/".join((kind, *name.parts[1:-1], stem))
    return Entry(path, kind, id, front, text, sections, samples, source, patch, tuple(own_faults))


class SampleError(Exception):
    """A line below ``## Samples`` that is no sample; ``number`` counts from 1."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number, self.text = number, text


def read_samples(lines: list[str], first: int) -> Iterator[Sample]:
    """The samples of a section whose first line has the number ``first`` in its file.

    They are in fences. A line that is not indented is a sample, as the program wrote it; the indented
    lines below say ``name = value`` of values that must come out, or ``made = true``. What is between
    the fences is for readers. Raises ``SampleError``.
    """
    sample: Sample | None = None
    fenced = False
    for number, raw in enumerate(lines, first):
        if _FENCE.match(raw):
            fenced = not fenced
            continue
        if not fenced or not raw.strip():
            continue
        if not raw[0].isspace():
            if sample:
                yield sample
            inner = raw.startswith(f"{INNER} ")
            line = raw[len(INNER) + 1 :] if inner else raw
            sample = Sample(line.replace(BLANK, " "), {}, number, inner)
            continue
        name, sign, value = raw.strip().partition("=")
        name, value = name.strip(), value.strip().replace(BLANK, " ")
        if sample is None:
            raise SampleError(number, "a sample is not indented; only its values, below it, are")
        if not sign or not value:
            raise SampleError(number, "below a sample are its values, each written 'name = value'")
        if name == "made" and value == "true":
            sample = replace(sample, made=True)
        elif name in sample.values:
            raise SampleError(number, f"the sample has '{name}' twice")
        else:
            sample.values[name] = value
    if fenced:
        raise SampleError(first, f"'## {SAMPLES}' has a fence (```) that does not end")
    if sample is None:
        raise SampleError(first, f"'## {SAMPLES}' holds no line between two fences (```)")
    yield sample


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
