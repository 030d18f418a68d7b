"""Whole logs, as ratios within one run: ``python benchmarks/logs.py [--rounds N] [RECORDS …]``.

A log of RECORDS records (100,000 without a number) is made up, always the same one: mail that comes, passes,
waits and bounces, refusals, guesses of passwords, faults. Every command runs once in each round, in turn, so that what
else the machine does meets all of them alike; shown are medians of the CPU seconds (user and system, of all
processes), of the wall seconds, the peak memory of the largest process, and the ratio to pflogsumm's CPU seconds with its smallest
and largest value. Several RECORDS show how each grows. Then it is compared whether pflogsumm counts the same totals.
``--write FILE RECORDS`` only writes the log. Rows for what the machine lacks say so.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

MAILHELP = [sys.executable, "-m", "mailhelp"]
EXPLAINED = 10_000
LARGEST = 2**20
"""Characters of an output that are kept."""
LOOP = (
    "import re, sys\n"
    "find = re.compile(r'^(\\S+ +\\d+ \\S+|\\S+) (\\S+) ([^\\[:]+)(?:\\[\\d+\\])?: (.*)').match\n"
    "print(sum(find(line) is not None for line in open(sys.argv[1], errors='replace')))\n"
)
"""The least that a program in Python does with each line: one regex."""
OURS, THEIRS = "mailhelp log --jobs 1", "pflogsumm"
COMMANDS = {
    "grep -c status=deferred": ["grep", "-c", "status=deferred"],
    "a loop with one regex": [sys.executable, "-c", LOOP],
    THEIRS: ["pflogsumm"],
    "lnav, records by program": [
        "lnav", "-n", "-c", ";SELECT log_procname, count(*) FROM syslog_log GROUP BY 1",
    ],
    OURS: [*MAILHELP, "log", "--jobs", "1"],
    "mailhelp log --jobs 2": [*MAILHELP, "log", "--jobs", "2"],
    "mailhelp log -v --jobs 1": [*MAILHELP, "log", "-v", "--jobs", "1"],
}  # fmt: skip
FEW = {
    "mailhelp explain --json": [*MAILHELP, "explain", "--json"],
    "mailhelp explain --only-problems --json": [*MAILHELP, "explain", "--only-problems", "--json"],
}
"""Commands that tell each record: they get the first 10,000 alone."""
TOTALS = ("received", "delivered", "forwarded", "bounced", "rejected", "held", "discarded")


def records(count: int, seed: int = 7) -> Iterator[str]:
    """``count`` lines of a mail log of the days before 22 November 2026."""
    chance = random.Random(seed)
    clock = datetime(2026, 11, 20)
    step = timedelta(hours=40) / max(count, 1)
    for number, line in zip(range(count), _endless(chance), strict=False):
        clock += step
        shown = (
            clock.strftime("%b %e %H:%M:%S")
            if number < count // 2
            else clock.isoformat(timespec="microseconds") + "+01:00"
        )
        yield f"{shown} mx {line}\n"


def _endless(chance: random.Random) -> Iterator[str]:
    domains = [f"d{n}.example" for n in range(300)]
    while True:
        kind = chance.random()
        pid, port = chance.randrange(1000, 99999), chance.randrange(1024, 65535)
        address = f"198.51.100.{chance.randrange(256)}"
        sender = f"user{chance.randrange(4000)}@{chance.choice(domains)}"
        recipient = f"box{chance.randrange(900)}@example.org"
        smtpd = f"postfix/smtpd[{pid}]"
        if kind < 0.55:
            yield from _mail(chance, smtpd, address, sender, recipient)
        elif kind < 0.75:
            yield f"{smtpd}: connect from unknown[{address}]"
            reason = chance.choice(
                (
                    f"554 5.7.1 <{recipient}>: Relay access denied",
                    f"450 4.1.1 <{recipient}>: Recipient address rejected: User unknown in local recipient table",
                    f"554 5.7.1 Service unavailable; Client host [{address}] blocked using zen.example.net; listed",
                )
            )
            yield (
                f"{smtpd}: NOQUEUE: reject: RCPT from unknown[{address}]: {reason}; from=<{sender}> "
                f"to=<{recipient}> proto=ESMTP helo=<mx.{chance.choice(domains)}>"
            )
            yield f"{smtpd}: disconnect from unknown[{address}] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"
        elif kind < 0.9:
            yield f"{smtpd}: connect from unknown[{address}]"
            yield (
                f"{smtpd}: warning: unknown[{address}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, "
                f"sasl_username=user{chance.randrange(50)}"
            )
            yield f"{smtpd}: lost connection after AUTH from unknown[{address}]"
            yield f"{smtpd}: disconnect from unknown[{address}] ehlo=1 auth=0/1 commands=1/2"
        elif kind < 0.97:
            yield (
                f"dovecot: imap-login: Login: user=<box{chance.randrange(900)}>, method=PLAIN, rip={address}, "
                f"lip=192.0.2.1, mpid={pid}, TLS, session=<{port}>"
            )
            yield f"postfix/anvil[{pid}]: statistics: max connection rate 1/60s for (smtp:{address}) at Nov 22 06:25:16"
        elif kind < 0.99:
            yield "postfix/trivial-rewrite[77]: warning: do not list domain example.org in BOTH mydestination and virtual_mailbox_domains"
        elif kind < 0.995:
            yield f"postfix/smtpd[{pid}]: fatal: open database /etc/aliases.db: No such file or directory"
        else:
            yield f"somefilter[{pid}]: job {port} took {chance.random():.3f} s for {recipient}"


def _mail(
    chance: random.Random, smtpd: str, address: str, sender: str, recipient: str
) -> Iterator[str]:
    id = f"{chance.randrange(16**9):09X}"
    name = f"mx.{sender.partition('@')[2]}"
    yield f"{smtpd}: connect from {name}[{address}]"
    yield f"{smtpd}: {id}: client={name}[{address}]"
    yield f"postfix/cleanup[88]: {id}: message-id=<{id}.{chance.randrange(10**6)}@{name}>"
    size = chance.randrange(600, 90_000)
    yield f"postfix/qmgr[99]: {id}: from=<{sender}>, size={size}, nrcpt=1 (queue active)"
    yield f"{smtpd}: disconnect from {name}[{address}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
    delays = f"delay={chance.random():.2f}, delays=0.1/0/0.5/0.2"
    end = chance.random()
    if end < 0.05:
        yield (
            f"postfix/smtp[66]: {id}: to=<{recipient}>, relay=none, {delays}, dsn=4.4.1, status=deferred "
            f"(connect to mail.example.net[{address}]:25: Connection timed out)"
        )
        yield f"postfix/qmgr[99]: {id}: from=<{sender}>, size={size}, nrcpt=1 (queue active)"
    if end < 0.08 and end > 0.05:
        yield (
            f"postfix/smtp[66]: {id}: to=<{recipient}>, relay=mail.example.net[{address}]:25, {delays}, dsn=5.1.1, "
            f"status=bounced (host mail.example.net[{address}] said: 550 5.1.1 <{recipient}>: Recipient address "
            "rejected: User unknown (in reply to RCPT TO command))"
        )
    else:
        yield (
            f"postfix/smtp[66]: {id}: to=<{recipient}>, relay=mail.example.net[{address}]:25, {delays}, dsn=2.0.0, "
            f"status=sent (250 2.0.0 Ok: queued as {chance.randrange(16**9):09X})"
        )
    yield f"postfix/qmgr[99]: {id}: removed"


class Spent(NamedTuple):
    """What a command took."""

    cpu: float
    wall: float
    peak: float


def run(words: list[str], log: Path) -> Spent | None:
    """What a command takes on ``log``; ``None`` if it is not installed or fails."""
    if shutil.which(words[0]) is None:
        return None
    began = time.perf_counter()
    with tempfile.TemporaryFile() as written:  # grep counts nothing for the null device
        process = subprocess.Popen([*words, str(log)], stdout=written, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    took = time.perf_counter() - began
    return (
        Spent(usage.ru_utime + usage.ru_stime, took, usage.ru_maxrss / 1024) if not status else None
    )


def output(words: list[str], log: Path) -> str:
    """What a command writes of ``log``."""
    done = subprocess.run([*words, str(log)], capture_output=True, text=True, check=True)
    return done.stdout[:LARGEST]


def measured(commands: Mapping[str, list[str]], log: Path, rounds: int) -> dict[str, list[Spent]]:
    """What each command takes in each round; nothing for those that are not here."""
    found: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, words in commands.items():
            spent = run(words, log)
            if spent is not None:
                found[name].append(spent)
    return found


def table(count: int, found: Mapping[str, list[Spent]]) -> Iterator[str]:
    """The rows of a Markdown table."""
    base = found.get(THEIRS, [])
    for name, spent in found.items():
        if not spent:
            yield f"| {count:,} | {name} | not installed | | | | |"
            continue
        cpu, wall, peak = (statistics.median(each[n] for each in spent) for n in range(3))
        ratio = ""
        if base:
            pairs = sorted(b.cpu / s.cpu for b, s in zip(base, spent, strict=True))
            ratio = f"{statistics.median(pairs):.2f} ({pairs[0]:.2f}–{pairs[-1]:.2f})"
        speed = f"{count / cpu:,.0f}" if cpu else ""
        yield f"| {count:,} | {name} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {speed} | {ratio} |"


def summary(text: str) -> dict[str, int]:
    """The grand totals that pflogsumm writes."""
    found = re.findall(r"^\s*(\d+)([kmg]?)\s+([a-z ]+?)(?:\s+\(.*\))?$", text, re.MULTILINE)
    return {name: int(number) for number, unit, name in found if not unit}


def compared(log: Path) -> Iterator[str]:
    """Whether the grand totals are those of pflogsumm."""
    if shutil.which("pflogsumm") is None:
        yield "pflogsumm is not installed: the totals are not compared."
        return
    ours = json.loads(output([*MAILHELP, "log", "--json"], log))["report"]["mail"]
    said = summary(output(["pflogsumm"], log))
    for name in TOTALS:
        sign = "=" if ours[name] == said.get(name, 0) else "≠"
        yield f"{name} {ours[name]:,} {sign} {said.get(name, 0):,}"


def written(path: Path, count: int) -> None:
    """Write a log of ``count`` records."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(records(count))


def main(argv: list[str]) -> None:
    if argv[:1] == ["--write"]:
        written(Path(argv[1]), int(argv[2]))
        return
    rounds = 3
    if argv[:1] == ["--rounds"]:
        rounds, argv = int(argv[1]), argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "mail.log"
        print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {rounds} rounds.\n")
        print(
            "| records | command | CPU s | wall s | MiB | records a CPU second | times as fast as pflogsumm |"
        )
        print("|---:|---|---:|---:|---:|---:|---:|")
        for count in [int(each) for each in argv] or [100_000]:
            written(log, count)
            for row in table(count, measured(COMMANDS, log, rounds)):
                print(row, flush=True)
        totals = list(compared(log))
        written(log, EXPLAINED)
        for row in table(EXPLAINED, measured(FEW, log, rounds)):
            print(row)
        print("\nTotals of the largest log, mailhelp's and pflogsumm's: " + ", ".join(totals) + ".")
        print(f"Load {os.getloadavg()[0]:.1f} at the end.")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(sys.argv[1:])
