"""Whole logs, as ratios within one run: ``python benchmarks/logs.py [RECORDS] [ROUNDS]``.

A log of RECORDS records (100,000 without a number) is made up, always the same one: mail that comes, passes,
waits and bounces, refusals, guesses of passwords, faults. Shown are records a second and peak memory of
``mailhelp log`` by one process and by two, of ``pflogsumm`` and ``grep -c`` where they are installed, and of
``mailhelp explain --json`` on the first 10,000 records; and whether pflogsumm counts the same totals.
``--write FILE`` only writes the log.
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
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

MAILHELP = [sys.executable, "-m", "mailhelp"]
EXPLAINED = 10_000
LARGEST = 2**20
"""Characters of an output that are kept."""
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


def timed(words: list[str], log: Path, rounds: int) -> tuple[float, float, str]:
    """The median of the CPU seconds of a command, its peak memory in MiB, and what it wrote."""
    spent = []
    out = ""
    peak = 0.0
    for _ in range(rounds):
        began = time.perf_counter()
        with tempfile.TemporaryFile("w+") as written:
            process = subprocess.Popen(
                [*words, str(log)], stdout=written, stderr=subprocess.DEVNULL
            )
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
            written.seek(0)
            out = written.read(LARGEST)  # what this process holds counts as its children's memory
        spent.append((usage.ru_utime + usage.ru_stime, time.perf_counter() - began))
        peak = usage.ru_maxrss / 1024
    cpu = statistics.median(each[0] for each in spent)
    wall = statistics.median(each[1] for each in spent)
    print(f"  {' '.join(words[-3:]):44} {cpu:8.2f} s CPU {wall:8.2f} s wall {peak:6.0f} MiB")
    return cpu, wall, out


def summary(text: str) -> dict[str, int]:
    """The grand totals that pflogsumm writes."""
    found = re.findall(r"^\s*(\d+)([kmg]?)\s+([a-z ]+?)(?:\s+\(.*\))?$", text, re.MULTILINE)
    return {name: int(number) for number, unit, name in found if not unit}


def main(argv: list[str]) -> None:
    if argv[:1] == ["--write"]:
        count = int(argv[2]) if len(argv) > 2 else 100_000
        with open(argv[1], "w", encoding="utf-8") as stream:
            stream.writelines(records(count))
        return
    count = int(argv[0]) if argv else 100_000
    rounds = int(argv[1]) if len(argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        log, few = Path(folder) / "mail.log", Path(folder) / "few.log"
        with few.open("w", encoding="utf-8") as stream:
            stream.writelines(records(EXPLAINED))
        with log.open("w", encoding="utf-8") as stream:
            stream.writelines(records(count))
        print(
            f"{count:,} records, {log.stat().st_size / 2**20:.0f} MiB, load {os.getloadavg()[0]:.1f}"
        )
        print(f"  {'':44} medians of {rounds}; memory of the largest process")
        one, wall_one, out = timed([*MAILHELP, "log", "--json", "--jobs", "1"], log, rounds)
        _, wall_two, _ = timed([*MAILHELP, "log", "--json", "--jobs", "2"], log, rounds)
        explained, _, _ = timed([*MAILHELP, "explain", "--json"], few, rounds)
        print(f"mailhelp log           {count / one:12,.0f} records a CPU second")
        print(f"two processes          {wall_one / wall_two:12.2f} x as fast as one")
        print(f"mailhelp explain --json{EXPLAINED / explained:12,.0f} records a CPU second")
        if shutil.which("grep"):
            grep, _, _ = timed(["grep", "-c", "status=deferred"], log, rounds)
            print(f"grep -c                {one / grep:12.1f} x faster")
        if not shutil.which("pflogsumm"):
            print("pflogsumm is not installed")
            return
        theirs, _, text = timed(["pflogsumm"], log, rounds)
        print(f"pflogsumm              {theirs / one:12.2f} x as long as mailhelp log")
        ours, said = json.loads(out)["report"]["mail"], summary(text)
        for name in TOTALS:
            sign = "=" if ours[name] == said.get(name, 0) else "!="
            print(f"  {name:12} {ours[name]:10,} {sign} {said.get(name, 0):,}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(sys.argv[1:])
