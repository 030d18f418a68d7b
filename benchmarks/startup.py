"""Start-up times as ratios within one run: ``python benchmarks/startup.py [ROUNDS]``.

Each round runs every command once, in turn, so that a drift of the machine's speed meets all of
them alike. Postfix, where it is installed, has a main.cf of its own here, since what a host sets is told
and looked at. The row “the least” is what a Python program costs that opens the catalogue, asks postconf
for one value and prints: nothing that does this can be faster. Shown is the median wall time, and its ratio to ``python -c pass`` and to
``man 5 postconf | cat`` at 100 columns. Rows for what the machine lacks say so.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mailhelp.knowledge.library import bundled_folder

LINE = (
    "Nov 22 06:25:16 mail postfix/smtpd[123]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 "
    "5.7.1 <bob@example.net>: Relay access denied; from=<ann@example.org> to=<bob@example.net> "
    "proto=ESMTP helo=<mx>\n"
)
PYTHON = sys.executable
MAILHELP = str(Path(PYTHON).with_name("mailhelp"))
CATALOGUE = f"{bundled_folder()}/catalogue.db"
BARE, MAN = "python -c pass", "man 5 postconf | cat"
HALF, WHOLE = 0.5, 1.0

LEAST = "the least"
PROGRAM = """
import json, os, re, sys
import _sqlite3
path, name = sys.argv[1:]
found = None
for place in ("/usr/sbin/postconf", "/usr/local/sbin/postconf"):
    if os.path.exists(place):
        ours, theirs = os.pipe()
        actions = [(os.POSIX_SPAWN_DUP2, theirs, 1)]
        os.posix_spawn(place, ["postconf", "-x", name], os.environ, file_actions=actions)
        os.close(theirs)
        found = ours
        break
db = _sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
row = db.execute("SELECT data FROM documents WHERE id = ?", (f"parameter/{name}",)).fetchone()
told = json.loads(row[0]) if row else {}
said = os.read(found, 65536).decode() if found is not None else ""
sys.stdout.write(f"{said}{told.get('explanation', {}).get('markdown', '')}")
sys.stdout.flush()
os._exit(0)
"""
MAIN_CF = """\
compatibility_level = 3.6
myhostname = mail.example.com
mydestination = $myhostname, localhost
mynetworks = 127.0.0.0/8
maximal_queue_lifetime = 3d
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination
"""
"""What a host sets; its master.cf is the installed one."""

TAB = "a TAB (bash)"
ASKED = {
    "_MAILHELP_COMPLETE": "complete_bash",
    "COMP_WORDS": "mailhelp\nrecipe\nstarttls-check\nho",
    "COMP_CWORD": "3",
}

# name → argument list, input, budget as a share of man's time
COMMANDS: dict[str, tuple[list[str], str, float | None]] = {
    BARE: ([PYTHON, "-c", "pass"], "", None),
    MAN: (["sh", "-c", "man 5 postconf | cat"], "", None),
    LEAST: ([PYTHON, "-c", PROGRAM, CATALOGUE, "maximal_queue_lifetime"], "", None),
    "mailhelp --version": ([MAILHELP, "--version"], "", None),
    TAB: ([MAILHELP], "", None),
    "mailhelp queue_lifetime": ([MAILHELP, "queue_lifetime"], "", HALF),
    "mailhelp queue_lifetime, in colour": (
        [MAILHELP, "--color", "always", "queue_lifetime"],
        "",
        HALF,
    ),
    "one pasted line": ([MAILHELP], LINE, HALF),
    "one pasted line, as JSON": ([MAILHELP, "--json"], LINE, HALF),
    "mailhelp 5.7.1": ([MAILHELP, "5.7.1"], "", HALF),
    "mailhelp recipe starttls-check": (
        [MAILHELP, "recipe", "starttls-check", "host=mail.example.com"],
        "",
        HALF,
    ),
    "mailhelp why is my mail deferred": (
        [MAILHELP, "why", "is", "my", "mail", "deferred"],
        "",
        WHOLE,
    ),
}


def main(rounds: int) -> None:
    """Measure ``rounds`` rounds after one that warms up, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        _measure(rounds, {**os.environ, "MANWIDTH": "100", "COLUMNS": "100", **_postfix(folder)})


def _postfix(folder: str) -> dict[str, str]:
    """The variable that gives Postfix a configuration in ``folder``; none if it is not installed."""
    installed = "/etc/postfix/master.cf"
    if not os.path.exists(installed):
        return {}
    shutil.copy(installed, folder)
    Path(folder, "main.cf").write_text(MAIN_CF, encoding="utf-8")
    return {"MAIL_CONFIG": folder}


def _measure(rounds: int, environment: dict[str, str]) -> None:
    have_man = shutil.which("man") and not _run(COMMANDS[MAN][0], "", environment)[1]
    if not have_man:
        print("man or the manual postconf(5) is not here: no ratio to it is shown.")
    names = [name for name in COMMANDS if have_man or name != MAN]
    times: dict[str, list[float]] = {name: [] for name in names}
    for round_ in range(rounds + 1):
        for name in names:
            argv, text, _ = COMMANDS[name]
            asked = {**environment, **ASKED} if name == TAB else environment
            seconds, status = _run(argv, text, asked)
            if status:
                sys.exit(f"{name} ended with exit status {status}")
            if round_:
                times[name].append(seconds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{'command':36} {'ms':>6} {'x python':>9} {'x man':>7}  budget")
    for name, seconds in medians.items():
        share = seconds / medians[MAN] if have_man else None
        budget = COMMANDS[name][2]
        verdict = ""
        if budget is not None and share is not None:
            verdict = f"{budget:g} x man: {'met' if share <= budget else 'MISSED'}"
        print(
            f"{name:36} {seconds * 1000:6.1f} {seconds / medians[BARE]:9.1f} "
            f"{'' if share is None else f'{share:7.2f}':>7}  {verdict}"
        )


def _run(argv: list[str], text: str, environment: dict[str, str]) -> tuple[float, int]:
    """Seconds and exit status of one run."""
    # no time limit here: waiting with one looks at the process only every 50 ms
    with tempfile.TemporaryFile() as stdin:
        stdin.write(text.encode())
        stdin.seek(0)
        start = time.perf_counter()
        status = subprocess.call(
            argv,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        return time.perf_counter() - start, status


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
