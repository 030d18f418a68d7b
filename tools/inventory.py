#!/usr/bin/env python3
"""Bring the message inventory of a program family up to date: corpus/messages/FAMILY/PROGRAM.toml.

    tools/inventory.py FAMILY MESSAGES.jsonl

MESSAGES.jsonl has one message a line, as extracted from the source: `component` (the program that it is
filed under), `program` (one that writes it), `kind`, `level`, `template` (its format), `example` and
`versions`. Each example is explained by this checkout's mailhelp (compile the corpus first); the entry that knows
it goes into the inventory. A reason that somebody wrote there is kept while no entry knows the message.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from mailhelp.corpus import messages  # noqa: E402

_MARKED = ("warning", "error", "fatal", "panic")


def main(family: str, source: str) -> None:
    rows = [json.loads(line) for line in Path(source).read_text(encoding="utf-8").splitlines()]
    newest = max((version for row in rows for version in row["versions"]), key=_number)
    oldest = min((version for row in rows for version in row["versions"]), key=_number)
    kept = {
        (each.path.stem, each.kind, each.format): str(each.known)
        for each in messages.read(TOP / "corpus")
        if isinstance(each, messages.Message) and each.path.parent.name == family and each.reason
    }
    files: dict[str, dict[str, dict[str, tuple[str, str]]]] = defaultdict(lambda: defaultdict(dict))
    for row, entry in zip(rows, _entries(family, rows), strict=True):
        format = row["template"].replace("\n", " ")
        if row["level"] in _MARKED and not format.startswith(f"{row['level']}:"):
            format = f"{row['level']}: {format}"
        name, kind = row["component"], row["kind"]
        known = entry or kept.get((name, kind, format), messages.NOT_YET)
        versions = row["versions"]
        note = ""
        if newest not in versions:
            note = f"  # gone after {max(versions, key=_number)}"
        elif oldest not in versions:
            note = f"  # new after {oldest}"
        before = files[name][kind].get(format)
        if before is None or before[0].startswith("("):
            files[name][kind][format] = (known, note)
    folder = TOP / "corpus" / messages.FOLDER / family
    folder.mkdir(parents=True, exist_ok=True)
    for name, kinds in files.items():
        lines = [f"# What {family}/{name} can write: format = entry, or (why it has none)."]
        for kind in sorted(kinds):
            lines += ["", f"[{kind}]"]
            for format, (known, note) in sorted(kinds[kind].items()):
                lines.append(f"{_quoted(format)} = {_quoted(known)}{note}")
        (folder / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _entries(family: str, rows: list[dict[str, str]]) -> list[str]:
    """The entry that knows each message's example; empty where none does."""
    feed = "".join(
        f"Nov 22 06:25:16 mail {family}/{row['program']}[1234]: {_one_line(row['example'])}\n"
        for row in rows
    )
    done = subprocess.run(
        [sys.executable, "-m", "mailhelp", "--json", "explain", "-"],
        input=feed.encode(),
        stdout=subprocess.PIPE,
        cwd=TOP,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(rows):
        sys.exit(f"{len(rows)} messages went in, {len(answers)} answers came out")
    return [
        f"log/{answer['entry']}" if answer["recognised"] == "entry" else "" for answer in answers
    ]


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
