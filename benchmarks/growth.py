"""Whether hostile input stays cheap:  python benchmarks/growth.py [readers|commands|patterns] [WORD]

Shown is how much longer 16 times as much takes, as the least of several runs of processor time; 16 is in
proportion, 256 would be its square. ``readers`` asks one reader after the other in this process; ``commands`` runs
``mailhelp`` on a line of 160 MB, on packed and endless input, and shows its peak memory too, which must not
grow; ``patterns`` tries every pattern of the corpus, whole, with lines that are made to hurt it, and shows the worst.
Without a word all three; WORD chooses the cases that have it in their name.
"""

from __future__ import annotations

import io
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from mailhelp import api, shell, usage  # noqa: E402
from mailhelp.corpus.compile import Compiled, compile_corpus  # noqa: E402
from mailhelp.corpus.read import read  # noqa: E402
from mailhelp.errors import MailhelpError  # noqa: E402
from mailhelp.host import mansplit, postfixfiles  # noqa: E402
from mailhelp.host.machine import Host  # noqa: E402
from mailhelp.host.manrender import strip_formatting  # noqa: E402
from mailhelp.log import files, prefix  # noqa: E402
from mailhelp.log.scan import Scanner  # noqa: E402
from mailhelp.patterns.pattern import is_open, parse, to_regex  # noqa: E402
from mailhelp.render import paint  # noqa: E402
from mailhelp.render.paint import Look  # noqa: E402
from mailhelp.session import Session  # noqa: E402
from mailhelp.visible import visible  # noqa: E402

TIMES = 16
RUNS = 3
HEAD = "Nov 22 06:25:16 mx postfix/smtp[1]: 4F2A1B3C5: to=<bob@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=5.1.1, status=bounced (host mx.example.net[192.0.2.1] said: "
LOOK = Look("full", False, False, 80)


class Case(NamedTuple):
    """What is read, at a ``size``; ``make`` makes it, ``use`` reads it."""

    name: str
    size: int
    make: Callable[[int], str]
    use: Callable[[str], object]


def readers() -> Iterator[Case]:
    """One case for each reader and for each kind of text that could hurt it."""
    session = Session(Host())
    library = session.library
    redactor, tools = session.redactor, usage.TableTools(library.table)
    formats = prefix.Formats(library.table("formats"))
    scanner = Scanner(session.library.plan())

    def parsed(text: str) -> object:
        return prefix.parse(text, date(2026, 11, 22), formats)

    def explained(text: str) -> object:
        return [
            paint.text((each,), LOOK)
            for each in api.explain_stream(session, io.BytesIO(text.encode()))
        ]

    def asked(text: str) -> object:
        try:
            return [paint.text((each,), LOOK) for each in api.ask(session, text)]
        except MailhelpError:
            return None

    def held(kind: str) -> Callable[[str], object]:
        def reads(text: str) -> object:
            try:
                return api.explain_held(session, kind, text.split("\n"))
            except MailhelpError:
                return None

        return reads

    def expanded(text: str) -> object:
        found = postfixfiles.main_cf(text.split("\n"))
        table = {each.name: each.value for each in found.settings}
        return [postfixfiles.expand(value, table.get) for value in table.values()]

    def repeated(*pieces: str) -> Callable[[int], str]:
        return lambda size: (
            (pieces[0] if len(pieces) > 1 else "") + pieces[-1] * (size // len(pieces[-1]))
        )

    for sign in ("a", " ", "[", "1:", "<a@", '"', "\\", "é", "Nov 22 ", '{"a":', "]: ", "| "):
        yield Case(f"syslog prefix {sign!r}", 20_000, repeated(sign), parsed)
    yield Case("syslog prefix after a head", 20_000, repeated("Nov 22 06:25:16 mx ", "x[1"), parsed)
    for sign in (
        "a",
        "pass ",
        "auth ",
        "://a:",
        "AUTH LOGIN ",
        "334 ",
        '"',
        "=",
        "-p ",
        "MII",
        "a.b:c ",
        "$6$",
        "echo ",
        "+ ",
    ):
        yield Case(f"redaction {sign!r}", 20_000, repeated(sign), redactor.cover)
        yield Case(
            f"redaction of lines {sign!r}", 20_000, repeated(sign.strip() + "\n"), redactor.cover
        )
    yield Case(
        "redaction in a key",
        20_000,
        repeated("-----BEGIN PRIVATE KEY-----\n", "MIIEvQIBADAN\n"),
        redactor.cover,
    )
    for sign in ("a", "e\u0301", "\u0301", "\u202e", "日", "\x1b"):
        yield Case(f"shown {sign!r}", 200_000, repeated(sign), visible)
    for sign in (
        "x ",
        "host a[1] said: 550 ",
        "(",
        "<a@b>",
        '\\"',
        "550 5.1.1 ",
        "[192.0.2.1]:25: ",
        ", status=",
        "; ",
    ):
        yield Case(f"record with {sign!r}", 2_000, repeated(HEAD, sign), explained)
    yield Case(
        "replies nested",
        1_000,
        lambda size: HEAD + "host a said: (" * (size // 14) + ")" * (size // 14),
        explained,
    )
    yield Case(
        "query of words",
        4_000,
        lambda size: "why " + " ".join(f"word{n % 977}" for n in range(size // 6)),
        asked,
    )
    yield Case("query of one word", 2_000, repeated("x"), asked)
    yield Case("query of known words", 1_000, repeated("relay access denied "), asked)
    yield Case(
        "mail header",
        2_000,
        repeated("Received: ", "from a (b [192.0.2.1]) by c with ESMTP; "),
        asked,
    )
    yield Case(
        "mail header of lines",
        4_000,
        repeated("Received: from a\n", "\tby mx.example.net (Postfix)\n"),
        asked,
    )
    for sign in (
        "a ",
        "'",
        '"',
        "$(",
        "`",
        "| a ",
        "{",
        "<<E\n",
        "a=b ",
        "sudo ",
        "-x ",
        "\\",
        "a\n",
        "sh -c '",
        "((",
    ):
        yield Case(
            f"command {sign!r}",
            2_000,
            repeated("rm ", sign),
            lambda text: (shell.commands(text), usage.read_all(text, tools)),
        )
    yield Case(
        "main.cf of settings",
        20_000,
        lambda size: "".join(f"name{n} = $name{n + 1}\n" for n in range(size // 20)),
        held("main-cf"),
    )
    yield Case(
        "main.cf of one setting", 20_000, repeated("relayhost = a\n", " b, c\n"), held("main-cf")
    )
    yield Case("main.cf of the same setting", 20_000, repeated("relayhost = a\n"), held("main-cf"))
    for sign in ("${a?", "${", "$a", "{", "${{a}=={b}?{"):
        yield Case(f"main.cf expanded {sign!r}", 10_000, repeated("a = ", sign), expanded)
    yield Case(
        "main.cf expanded twice over",
        40,
        lambda size: "a0 = x\n" + "".join(f"a{n} = $a{n - 1}$a{n - 1}\n" for n in range(1, size)),
        expanded,
    )
    yield Case(
        "master.cf", 20_000, repeated("smtp inet n - y - - smtpd\n  -o a=b\n"), held("master-cf")
    )
    yield Case(
        "bounce",
        20_000,
        repeated(
            "This is the mail system at host mx.\n\n",
            "<a@example.net>: host mx[192.0.2.1] said: 550 no\n",
        ),
        held("bounce"),
    )
    yield Case(
        "bounce of one line",
        20_000,
        repeated("This is the mail system at host mx.\n\n<a@b>: ", "said: 550 ("),
        held("bounce"),
    )
    yield Case(
        "queue listing",
        20_000,
        repeated(
            "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n",
            "4AbCdE1234  1234 Sun Nov 22 06:25:16  a@example.org\n  (connect to x)\n    bob@example.net\n\n",
        ),
        held("queue"),
    )
    yield Case(
        "queue listing, one mail",
        20_000,
        repeated(
            "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n4AbCdE1234  1234 Sun Nov 22 06:25:16  a@example.org\n",
            "    bob@example.net\n",
        ),
        held("queue"),
    )
    yield Case(
        "SMTP dialogue", 20_000, repeated("220 mx\n", "EHLO a\n250-x\n250 y\n"), held("dialogue")
    )
    yield Case(
        "SMTP dialogue, one reply",
        20_000,
        repeated("220 mx\nEHLO a\n", "250-x\n"),
        held("dialogue"),
    )
    yield Case(
        "output of a command",
        20_000,
        repeated("depth=0 CN=a\nverify error:num=18:self signed\n"),
        held("output"),
    )
    for sign in (" ", "   -f  x\n", "NAME\n", "a\b", "\x1b[1m", "       x (default: y)\n", "A\n"):
        yield Case(
            f"man page {sign!r}",
            20_000,
            repeated("NAME\n       a - b\n\nOPTIONS\n", sign),
            lambda text: mansplit.split(strip_formatting(text)),
        )

    def scanned(text: str) -> object:
        return scanner.scan(files.blocks_of(io.BytesIO(text.encode())))

    yield Case(
        "log of shapes",
        50_000,
        lambda size: "".join(
            f"Nov 22 06:25:16 mx x{n}[1]: {random.Random(n).random()} w{n}a v{n}b\n"
            for n in range(size // 50)
        ),
        scanned,
    )
    yield Case("log of one record", 50_000, repeated(HEAD, "x "), scanned)
    yield Case(
        "log of queue IDs",
        50_000,
        lambda size: "".join(
            f"Nov 22 06:25:16 mx postfix/qmgr[1]: {n:010X}: removed\n" for n in range(size // 50)
        ),
        scanned,
    )


def seconds(case: Case, size: int) -> float:
    text = case.make(size)
    least = float("inf")
    for _ in range(RUNS):
        start = time.thread_time()
        case.use(text)
        least = min(least, time.thread_time() - start)
        if least > 5:
            break
    return max(least, 1e-6)


def measure_readers(word: str) -> None:
    worst = 0.0
    print(f"{'reader':44}  at once      16 ×  growth")
    for case in readers():
        if word not in case.name:
            continue
        small = seconds(case, case.size)
        large = seconds(case, case.size * TIMES)
        growth = large / max(small, 0.0005)  # what is quicker than that is not worth a second look
        worst = max(worst, growth)
        print(
            f"{case.name[:44]:44} {small * 1e3:6.1f} ms {large * 1e3:6.0f} ms {growth:7.1f}",
            flush=True,
        )
    print(f"worst growth at {TIMES} times the length: {worst:.1f}")


class Run(NamedTuple):
    """How ``mailhelp`` ended: processor time, peak memory."""

    code: int
    seconds: float
    megabytes: float


def run(words: list[str], feed: Callable[[io.BufferedWriter], None] | None = None) -> Run:
    """Run ``mailhelp`` and feed its standard input."""
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailhelp", "--no-pager", *words],
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": home, "PYTHONPATH": str(TOP)},
        )

        def feeds() -> None:
            assert process.stdin is not None
            try:
                feed(process.stdin)  # type: ignore[arg-type, misc]
                process.stdin.close()
            except BrokenPipeError:
                pass

        if feed:
            threading.Thread(target=feeds, daemon=True).start()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Run(process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


PACKS = """
import gzip, lzma, sys
with {".gz": gzip.open, ".xz": lzma.open}[sys.argv[2]](sys.argv[1], "wb") as file:
    for _ in range(int(sys.argv[3])):
        file.write(b"x" * (1 << 20))
"""


def packed(folder: Path, ending: str, megabytes: int) -> str:
    """A file that unpacks to so many megabytes of one byte."""
    path = folder / f"bomb{megabytes}{ending}"
    if ending == ".zst":
        script = f"head -c {megabytes << 20} /dev/zero | tr '\\0' x | zstd -qc >{path}"
        subprocess.run(["sh", "-c", script], check=True)
    else:
        # not here: what this process has in memory would be counted for the one that is measured
        subprocess.run([sys.executable, "-c", PACKS, path, ending, str(megabytes)], check=True)
    return str(path)


def measure_commands(word: str) -> None:
    def line(megabytes: int) -> Callable[[io.BufferedWriter], None]:
        def feeds(stream: io.BufferedWriter) -> None:
            stream.write(HEAD.encode())
            for _ in range(megabytes):
                stream.write(b"a" * (1 << 20))
            stream.write(b")\n")

        return feeds

    def shapes(thousands: int) -> Callable[[io.BufferedWriter], None]:
        def feeds(stream: io.BufferedWriter) -> None:
            for n in range(thousands * 1000):
                stream.write(b"Nov 22 06:25:16 mx x[1]: w%da q%db v%dc\n" % (n, n * 7, n * 13))

        return feeds

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases: dict[str, Callable[[int], Run]] = {
            "a line of N MB, piped": lambda n: run([], line(n)),
            "a line of N MB, mailhelp explain": lambda n: run(["explain", "-"], line(n)),
            "a line of N MB, mailhelp log": lambda n: run(["log", "-"], line(n)),
            "a line of N MB, mailhelp trace": lambda n: run(["trace", "4F2A1B3C5", "-"], line(n)),
            "N × 10,000 shapes, mailhelp log": lambda n: run(["log", "-"], shapes(n * 10)),
            "a gzip bomb of N × 10 MB": lambda n: run(["log", packed(folder, ".gz", n * 10)]),
            "an xz bomb of N × 10 MB": lambda n: run(["log", packed(folder, ".xz", n * 10)]),
            "a zstd bomb of N × 10 MB": lambda n: run(["log", packed(folder, ".zst", n * 10)]),
            "a gzip bomb of N × 10 MB, trace": lambda n: run(
                ["trace", "x", packed(folder, ".gz", n * 10)]
            ),
        }
        print(f"{'mailhelp on':40} {'N = 10':>16} {'N = 160':>18}   growth of time, memory")
        for what, measured in cases.items():
            if word not in what:
                continue
            small, large = measured(10), measured(160)
            print(
                f"{what:40} {small.seconds:6.1f} s {small.megabytes:5.0f} MB {large.seconds:8.1f} s "
                f"{large.megabytes:5.0f} MB   {large.seconds / small.seconds:5.1f}  {large.megabytes / small.megabytes:5.2f}",
                flush=True,
            )


PUMPS = (
    "a",
    "1",
    "<",
    ">",
    "a.",
    "1.",
    "[",
    "]",
    '"',
    "\\",
    "(a",
    ": ",
    "; ",
    " a=",
    "<a@b>,",
    "a@",
    "-",
    " ",
    "é",
    '\\"',
)
TYPICAL = (
    "unknown[192.0.2.7]",
    "192.0.2.7",
    "a@b.example",
    "mx.example",
    "4AbCdE12",
    "554",
    "5.7.1",
    "1",
    "a",
    "x y",
    "/a/b",
    "hash:/a",
    "a=b",
    "1/2/3/4",
    "0.1",
    "2026-11-22",
    "A",
    "x:",
    "",
)


def hostile_lines(
    compiled: Compiled,
) -> Iterator[tuple[str, re.Pattern[str], Callable[[int], str]]]:
    """Each whole pattern with the lines to try: each hole is filled with what could hurt there."""
    for id, forms in compiled.forms.items():
        for form in forms:
            parts = parse(form.text)
            regex = re.compile(to_regex(parts, compiled.fields), re.DOTALL)
            texts = [part if isinstance(part, str) else part.fixed for part in parts]
            places = [place for place, part in enumerate(parts) if is_open(part)]
            for place in places:
                own = compiled.fields[parts[place][0]].regex
                texts[place] = next((text for text in TYPICAL if re.fullmatch(own, text)), "x")
            fixed = [
                text for place, text in enumerate(texts) if place not in places and text.strip()
            ]
            for place in places:
                before, after = "".join(texts[:place]), "".join(texts[place + 1 :])
                for pump in dict.fromkeys(
                    (*PUMPS, *fixed, *(text[:-1] for text in fixed if len(text) > 2))
                ):
                    for end in ("\0", after, after + "\0"):
                        yield (
                            id,
                            regex,
                            lambda size, b=before, p=pump, e=end: b + p * (size // len(p)) + e,
                        )  # type: ignore[misc]


def measure_patterns(word: str) -> None:
    compiled = compile_corpus(read(TOP / "corpus"))
    tried = 0
    found: list[tuple[float, float, str, str]] = []
    for id, regex, line in hostile_lines(compiled):
        if word not in id:
            continue
        tried += 1
        large = matched(regex, line(16_000))
        if (
            large < 0.002
        ):  # a line of 1,000 characters takes 1/256 of that or more, if it is not in proportion
            continue
        small = matched(regex, line(1_000))
        found.append((large / max(small, 1e-5), large, id, line(60)))
    found.sort(reverse=True)
    patterns = sum(map(len, compiled.forms.values()))
    print(
        f"{patterns} patterns, {tried} lines; {len(found)} take more than 2 ms at 16,000 characters"
    )
    for growth, large, id, shown in found[:10]:
        print(f"{growth:7.1f}  {large * 1e3:6.1f} ms  {id}  {shown!r}")


def matched(regex: re.Pattern[str], line: str) -> float:
    least = float("inf")
    for _ in range(RUNS):
        start = time.thread_time()
        regex.match(line)
        least = min(least, time.thread_time() - start)
        if least < 0.002:
            break
    return least


def main() -> None:
    """Measure what is asked for."""
    kinds = {"readers": measure_readers, "commands": measure_commands, "patterns": measure_patterns}
    chosen = [word for word in sys.argv[1:] if word in kinds] or list(kinds)
    word = next((word for word in sys.argv[1:] if word not in kinds), "")
    for kind in chosen:
        kinds[kind](word)


if __name__ == "__main__":
    main()
