"""What a larger corpus costs:  python benchmarks/corpora.py [ROUNDS]

Corpora of 1, 2, 3 and 5 times the size are compiled into a folder of their own: each log entry, topic, recipe and parameter
once more with other words in its patterns and another name, and with the same prose, which is the worst that a search can
meet. Commands run in turn on each; shown is the median of CPU seconds, and of the ratios to the corpus as it is within a round.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from benchmarks.logs import written  # noqa: E402
from benchmarks.startup import LINE  # noqa: E402
from mailhelp.corpus import write  # noqa: E402
from mailhelp.corpus.compile import compile_corpus  # noqa: E402
from mailhelp.corpus.read import Corpus, Entry, read  # noqa: E402
from mailhelp.knowledge import names_file  # noqa: E402
from mailhelp.knowledge.store import CATALOGUE, Store  # noqa: E402

SIZES = (1, 2, 3, 5)
RECORDS = 100_000
COPIED = ("log", "topic", "recipe", "parameter")
COMMANDS = {
    "one pasted line": ([], LINE),
    "mailhelp queue_lifetime": (["queue_lifetime"], ""),
    "mailhelp why is my mail deferred": (["why", "is", "my", "mail", "deferred"], ""),
    f"mailhelp log, {RECORDS:,} records": (["log", "--jobs", "1", "--json", "LOG"], ""),
}
_HOLE = re.compile(r"(\{\{|\}\}|\{[^{}]*\})")
_WORD = re.compile(r"[A-Za-z]{3,}")


def larger(corpus: Corpus, times: int) -> Corpus:
    """``corpus`` with each of its entries ``times`` times; fields of one entry are its copies' too."""
    copied = [entry for entry in corpus.entries if entry.kind in COPIED]
    copies = (_copy(entry, number) for number in range(1, times) for entry in copied)
    fields = tuple(replace(field, owner="") for field in corpus.fields)
    return replace(corpus, entries=(*corpus.entries, *copies), fields=fields)


def _copy(entry: Entry, number: int) -> Entry:
    """An entry that no line and no name of ``entry`` fits."""
    front = dict(entry.front)
    if "patterns" in front:
        front["patterns"] = [_other_words(pattern, number) for pattern in front["patterns"]]
    if "names" in front:
        front["names"] = [_other_words(name, number) for name in front["names"]]
    folder, _, name = entry.id.rpartition("/")
    return replace(entry, id=f"{folder}/{_other_words(name, number)}", front=front)


def _other_words(pattern: str, number: int) -> str:
    """``pattern`` with each word of its fixed text made longer."""
    pieces = _HOLE.split(pattern)
    pieces[::2] = [_WORD.sub(r"\g<0>" + "q" * number, piece) for piece in pieces[::2]]
    return "".join(pieces)


def build(corpus: Corpus, folder: Path) -> str:
    """Compile ``corpus`` into ``folder``; what it holds."""
    compiled = compile_corpus(corpus)
    folder.mkdir()
    store = Store.create(folder / CATALOGUE)
    write.fill(store, compiled, fingerprint=str(folder))
    store.close()
    names_file.write(folder, (row for each in compiled.documents for row in names_file.rows(each)))
    megabytes = (folder / CATALOGUE).stat().st_size / 2**20
    return (
        f"{len(compiled.documents):,} documents, {len(compiled.patterns):,} patterns, {megabytes:.1f} MiB, "
        f"{len(compiled.faults)} entries left out"
    )


def cpu(words: list[str], text: str, index: Path) -> float:
    """CPU seconds of a command that is asked of ``index``."""
    environment: Mapping[str, str] = {**os.environ, "MAILHELP_INDEX": str(index)}
    process = subprocess.Popen(
        [sys.executable, "-m", "mailhelp", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(text)
    process.stdin.close()
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit(f"{words} ended with {status}: {said}")
    return usage.ru_utime + usage.ru_stime


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "mail.log"
        written(log, RECORDS)
        corpus = read(TOP / "corpus")
        for size in SIZES:
            print(f"{size} times: {build(larger(corpus, size), folder / str(size))}", flush=True)
        print(f"\nLoad {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {rounds} rounds.\n")
        print(f"| command | CPU s | {' | '.join(f'{size} times' for size in SIZES[1:])} |")
        print(f"|---|---:|{'---:|' * (len(SIZES) - 1)}")
        for command, (words, text) in COMMANDS.items():
            given = [str(log) if word == "LOG" else word for word in words]
            found: dict[int, list[float]] = {size: [] for size in SIZES}
            for round_ in range(rounds + 1):
                for size in SIZES:
                    spent = cpu(given, text, folder / str(size))
                    if round_:  # the first one warms up
                        found[size].append(spent)
            ratios = (
                statistics.median(
                    large / own for large, own in zip(found[size], found[1], strict=True)
                )
                for size in SIZES[1:]
            )
            shown = " | ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"| {command} | {statistics.median(found[1]):.3f} | {shown} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
