"""What the programs around Postfix can log, from their sources: ``formats/NAME.tsv``.

    python -m tests.coverage.extract FOLDER [NAME…]

FOLDER holds the unpacked sources, one folder a package, as ``apt-get source`` or ``dpkg -x`` leave them
(``dovecot-2.3.19.1+dfsg1/``). A table in ``programs/`` says which functions of a program log. Written is one
format a line: level, source file, what stands before, text. A value is a typed hole, ``{path}``; ``holes.toml`` has an example of each.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from tests.coverage import literals

HERE = Path(__file__).resolve().parent
_SUFFIXES = {
    "c": (".c", ".h", ".cc", ".cxx", ".hxx", ".cpp", ".m"),
    "lua": (".lua",),
    "python": (".py",),
    "perl": (),
}


class Format(NamedTuple):
    """One thing that a program can log: ``text`` with typed holes, after what this part of it writes before each."""

    level: str
    file: str
    before: str
    text: str


def tables(names: list[str] | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tables of the programs, by name."""
    for path in sorted((HERE / "programs").glob("*.toml")):
        if not names or path.stem in names:
            yield path.stem, tomllib.loads(path.read_text(encoding="utf-8"))


def formats(name: str) -> list[Format]:
    """What was extracted of a program."""
    path = HERE / "formats" / f"{name}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Format(*line.split("\t", 3)) for line in lines if not line.startswith("#")]


def holes() -> Mapping[str, Any]:
    """The typed holes: an example of each, and what values of a source are which."""
    return tomllib.loads((HERE / "holes.toml").read_text(encoding="utf-8"))


def extract(table: Mapping[str, Any], folder: Path, known: Mapping[str, Any]) -> list[Format]:
    """The formats that ``table`` finds in the sources under ``folder``; those that nobody sees by default left out."""
    found: dict[str, Format] = {}
    for source in table["source"]:
        language = source["language"]
        calls = {call: row.get("format", 0) for call, row in source["calls"].items()}
        for top, path in _files(source, folder):
            text = path.read_text(encoding="utf-8", errors="replace")
            name, lines = path.relative_to(top).as_posix(), text.split("\n")
            for each in _found(language, text, calls, source, top):
                row = source["calls"][each.call]
                if "quiet" in source and re.search(source["quiet"], lines[each.line - 1]):
                    continue
                level = row.get("level", "info")
                if "levels" in row:
                    level = next(
                        (
                            row["levels"][word]
                            for word in re.findall(r"-?\w+", ",".join(each.head).replace(" ", ""))
                            if word in row["levels"]
                        ),
                        level,
                    )
                if level == "debug":
                    continue
                record = _record(each, source, known)
                if not re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}", "", record)):
                    continue
                if any(re.search(skipped, record) for skipped in table.get("skip", ())):
                    continue
                before = _before(name, level, table)
                if "prefixed_by" in row:
                    record = each.head[row["prefixed_by"]].strip("'\"") + ": " + record
                for prefix in row.get("prefix", [""]):
                    whole = " ".join(f"{prefix}{record}".split())
                    found.setdefault(before + whole, Format(level, name, before, whole))
    for given in table.get("given", ()):
        found.setdefault(
            given["text"], Format(given.get("level", "info"), given["file"], "", given["text"])
        )
    return sorted(found.values(), key=lambda each: (each.file, each.text))


def _before(name: str, level: str, table: Mapping[str, Any]) -> str:
    """What a record of this source file and level begins with."""
    process = next(
        (text for pattern, text in table.get("processes", ()) if fnmatch(name, pattern)), ""
    )
    word = table.get("levels", {}).get(level, "")
    return process.replace("{level}", word) if "{level}" in process else process + word


def _files(source: Mapping[str, Any], folder: Path) -> Iterator[tuple[Path, Path]]:
    tops = [top for pattern in source["folder"] for top in sorted(folder.glob(pattern))]
    for top in tops[:1]:
        for pattern in source["files"]:
            for path in sorted(top.glob(pattern)):
                name = path.relative_to(top).as_posix()
                suffixes = _SUFFIXES[source["language"]]
                if (
                    path.is_file()
                    and not any(fnmatch(name, each) for each in source.get("not", ()))
                    and (not suffixes or path.suffix in suffixes)
                ):
                    yield top, path


_defined: dict[Path, dict[str, str]] = {}


def _found(
    language: str, text: str, calls: Mapping[str, int], source: Mapping[str, Any], top: Path
) -> Iterator[literals.Found]:
    if language == "c":
        if top not in _defined:
            _defined[top] = {}
            for path in (*top.rglob("*.h"), *top.rglob("*.c")):
                _defined[top].update(
                    literals.defines(path.read_text(encoding="utf-8", errors="replace"))
                )
        yield from literals.in_c(text, calls, _defined[top], source.get("rspamd", False))
    elif language == "perl":
        yield from literals.in_perl(text, calls)
    elif language == "lua":
        yield from literals.in_lua(text, calls)
    else:
        yield from literals.in_python(text, calls)


def _record(found: literals.Found, source: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    text = ""
    for index, piece in enumerate(found.pieces):
        text += piece.replace("{", "(").replace("}", ")") if source.get("braces") else piece
        if index < len(found.values):
            text += "{" + _kind(found.values[index], text, known) + "}"
    return text.strip()


def _kind(value: str, before: str, known: Mapping[str, Any]) -> str:
    """The kind of hole of an expression that stands after the text ``before``."""
    conversion, _, expression = value.partition(" ") if value.startswith("%") else ("", "", value)
    for row in known["kinds"]:
        if "conversion" in row and not re.fullmatch(row["conversion"], conversion):
            continue
        if "before" in row and not re.search(row["before"], before):
            continue
        if "value" in row and not re.search(row["value"], expression):
            continue
        return str(row["is"])
    return "text"


def main(folder: str, *names: str) -> None:
    """Writes the formats of the programs ``names``, or of all whose sources are there."""
    for name, table in tables(list(names)):
        found = extract(table, Path(folder), holes())
        if not found:
            print(f"{name}: no sources in {folder}")
            continue
        lines = [f"# {table['versions']}"] + ["\t".join(each) for each in found]
        (HERE / "formats" / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}: {len(found)} formats")


if __name__ == "__main__":
    main(*sys.argv[1:])
