"""Feeds a reader with made-up input for a while:  python -m tests.fuzz.run TARGET MINUTES [FOLDER]

It is guided by what of the code was run (atheris, of the extra ``fuzz``). Inputs that reached something new are
kept in FOLDER (a temporary one without) and tried first next time. What makes the reader fail is written
to a file ``crash-…``; ``python -m tests.fuzz.run TARGET FILE`` tries one again.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import atheris

import mailhelp

with atheris.instrument_imports(include=["mailhelp"]):
    for module in pkgutil.walk_packages(mailhelp.__path__, "mailhelp."):
        if not module.name.endswith("__main__"):  # many are imported late, and would be missed
            importlib.import_module(module.name)
    from tests.fuzz import targets


def main() -> None:
    """Run one target; libFuzzer ends the process and says how many executions there were."""
    name, given = sys.argv[1], sys.argv[2]
    target = targets.TARGETS[name]
    if Path(given).is_file():
        target(Path(given).read_bytes())
        return
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp(prefix="mailhelp-fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    for seed in targets.seeds():
        data = seed.encode("utf-8", "surrogatepass")
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
    targets.session()
    limits = ["-max_len=20000", "-len_control=20", "-timeout=60", "-rss_limit_mb=4096"]
    asked = [f"-max_total_time={round(float(given) * 60)}", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, *asked, str(folder)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
