"""Puts small faults into the code, one at a time, and shows which of them the tests notice.

    python tools/mutate.py [--only NAME] [--jobs N]

The faults are in ``tools/faults.toml``: the file, the piece of code (found exactly once), what replaces it,
and what a user would miss. Each is tried in a copy of the checkout: the tests that mirror the module first,
then all but the lab's. The index is compiled once for the faults that it cannot depend on. Ends with 1 if fewer than ``at_least`` of them are noticed, or if a piece of code
is not found any more.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

TOP = Path(__file__).resolve().parent.parent
COPIED = ("mailhelp", "tests", "corpus", "index", "tools", "pyproject.toml", "README.md", "docs")
SECONDS = 600


def main() -> int:
    """Try the faults; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", help="try the faults with this in their name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    table = tomllib.loads((TOP / "tools/faults.toml").read_text(encoding="utf-8"))
    faults = {name: row for name, row in table["faults"].items() if (options.only or "") in name}
    lost = [name for name, row in faults.items() if not _places(row)]
    for name in lost:
        print(f"not found  {name}: its piece of {faults[name]['file']} is not there exactly once")
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        index = Path(folder, "index")
        makers = _compiled(index)
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(options.jobs):
            copies.put(_copy(Path(folder, str(number))))
        with ThreadPoolExecutor(options.jobs) as pool:
            tried = {name: row for name, row in faults.items() if name not in lost}
            results = pool.map(
                lambda row: _try(row, copies, None if _makes(row["file"], makers) else index),
                tried.values(),
            )
            survived = []
            for name, noticed in zip(tried, results, strict=True):
                if not noticed:
                    survived.append(name)
                    print(f"survived   {name}: {faults[name]['missed']}", flush=True)
    print(f"{len(tried) - len(survived)} of {len(faults)} faults are noticed by the tests")
    least = table["at_least"] if not options.only else len(faults)
    return int(bool(lost) or len(tried) - len(survived) < least)


def _places(row: dict[str, str]) -> bool:
    return (TOP / row["file"]).read_text(encoding="utf-8").count(row["code"]) == 1


def _copy(folder: Path) -> Path:
    folder.mkdir()
    for name in COPIED:
        source = TOP / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, folder / name)
    compileall.compile_dir(folder, quiet=2)
    return folder


def _compiled(index: Path) -> frozenset[str]:
    """Compile the corpus into ``index``; returns the modules that take part in it."""
    program = (
        "import sys; from pathlib import Path; from mailhelp.corpus.build import build; "
        "build(Path('corpus'), Path(sys.argv[1])); print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, str(index)]
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    done = subprocess.run(
        command, cwd=TOP, env=environment, capture_output=True, text=True, check=True
    )
    return frozenset(done.stdout.split())


def _makes(file: str, makers: frozenset[str]) -> bool:
    """Whether the index depends on ``file``."""
    return file.startswith("corpus/") or file.removesuffix(".py").replace("/", ".") in makers


def _try(row: dict[str, str], copies: SimpleQueue[Path], index: Path | None) -> bool:
    """Whether the tests notice the fault ``row``; ``index`` is one that it cannot change."""
    copy = copies.get()
    path = copy / row["file"]
    whole = path.read_text(encoding="utf-8")
    try:
        path.write_text(whole.replace(row["code"], row["fault"]), encoding="utf-8")
        mirror = _mirror(copy, row["file"])
        return (bool(mirror) and not _pass(copy, mirror, index)) or not _pass(
            copy, ["tests"], index
        )
    finally:
        path.write_text(whole, encoding="utf-8")
        copies.put(copy)


def _mirror(copy: Path, file: str) -> list[str]:
    """The test module of the module ``file``; the corpus has none of its own."""
    if not file.startswith("mailhelp/"):
        return []
    module = Path(file).relative_to("mailhelp")
    name = f"test_{module.stem.rstrip('_')}.py"
    return [str(path) for path in [copy / "tests" / module.parent / name] if path.exists()]


def _pass(copy: Path, tests: list[str], index: Path | None) -> bool:
    """Whether ``tests`` pass, but for those of the tools: they miss any code that a fault has replaced."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    if index is not None:
        environment["MAILHELP_TEST_INDEX"] = str(index)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, "--ignore=tests/lab", "--ignore=tests/test_tools.py", *tests],
            cwd=copy, env=environment, capture_output=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
