"""What reads text from outside, and what must hold whatever that text is.

Each target takes bytes and raises if its reader fails: an error that is no sentence for a user, a character
that would steer a terminal, a span that is not where it says, a value that is not one word.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from mailhelp import api, shell, usage
from mailhelp.answer import Answer
from mailhelp.corpus.build import build
from mailhelp.corpus.notes import open_notes
from mailhelp.corpus.read import read
from mailhelp.errors import MailhelpError
from mailhelp.host import mansplit, postfixfiles
from mailhelp.host.manrender import strip_formatting
from mailhelp.last import recall
from mailhelp.log import files
from mailhelp.log.scan import Scanner
from mailhelp.redact import Redactor, expanded
from mailhelp.render import json_, paint
from mailhelp.render.lines import cells, wrap
from mailhelp.render.paint import Look
from mailhelp.session import Session
from mailhelp.visible import visible
from tests.fakes import FakeHost, parsed
from tests.hostile import BAD, unfit

TOP = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 22)
HEAD = "Nov 22 06:25:16 mx"
LOOKS = (
    Look("brief", False, False, 80),
    Look("full", False, False, 80),
    Look("full", True, False, 80),
    Look("line", False, False, 20),
)


@cache
def session() -> Session:
    """The bundled corpus on a host with nothing on it."""
    named = os.environ.get("MAILHELP_TEST_INDEX")
    folder = Path(named) if named else Path(tempfile.mkdtemp(prefix="mailhelp-fuzz-"))
    if not named:
        build(TOP / "corpus", folder)
    opened = Session(FakeHost(folder=folder / "home", day=TODAY), folder)
    assert opened.library
    return opened


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _is_sound(answers: Iterator[Answer] | tuple[Answer, ...]) -> None:
    for answer in answers:
        for start, end in ((span.start, span.end) for span in answer.spans):
            assert 0 <= start < end <= len(answer.text), (answer.text, answer.spans)
        for one, other in pairwise(sorted((s.start, -s.end) for s in answer.spans)):
            assert -other[1] <= -one[1] or other[0] >= -one[1], answer.spans
        shown = json_.render(answer)
        assert unfit(shown) == []
        assert json.loads(shown)["kind"] == answer.kind
        for look in LOOKS:
            assert unfit(paint.text((answer,), look)) == []
        for command in answer.commands:
            shlex.split(command.command)


def _answered(ask: Callable[[], Iterator[Answer] | tuple[Answer, ...]]) -> None:
    with suppress(MailhelpError):  # a sentence and an exit code
        _is_sound(ask())


def question(data: bytes) -> None:
    """Any words that somebody types or pastes."""
    _answered(lambda: api.ask(session(), _text(data)))


def records(data: bytes) -> None:
    """A stream of log lines."""
    _answered(lambda: api.explain_stream(session(), BytesIO(data)))


def message(data: bytes) -> None:
    """What follows the prefix of a program's record: the first line names the program."""
    program, _, said = data.partition(b"\n")
    line = f"{HEAD} ".encode() + (program[:40].split() or [b"x"])[0] + b"[1]: " + said
    _answered(lambda: api.explain_stream(session(), BytesIO(line.replace(b"\n", b" "))))


def prefix(data: bytes) -> None:
    """What a syslog daemon, a journal or a container puts in front."""
    for line in _text(data).split("\n"):
        record = parsed(line, TODAY)
        for at in range(0, len(record.message), 7):
            start, end = record.place(at, at + 1)
            assert 0 <= start <= end <= len(line)


def scanned(data: bytes) -> None:
    """A whole log that is counted."""
    tally = _scanner().scan(files.blocks_of(BytesIO(data)))
    assert tally.records <= data.count(b"\n") + 1


@cache
def _scanner() -> Scanner:
    return Scanner(api.scan_plan(session()))


def pasted(data: bytes) -> None:
    """A text that is read as a whole; its first byte chooses the kind."""
    kinds = ("queue", "output", "bounce", "dialogue", "main-cf", "master-cf", "dovecot", "opendkim")
    kind = kinds[data[0] % len(kinds)] if data else "queue"
    lines = _text(data[1:]).split("\n")
    _answered(lambda: api.explain_held(session(), kind, lines))


def configuration(data: bytes) -> None:
    """main.cf and master.cf, and values with other parameters in them."""
    text = _text(data)
    found = postfixfiles.main_cf(text.split("\n"))
    table = {each.name: each.value for each in found.settings}
    for value in table.values():
        postfixfiles.expand(value, table.get)
    postfixfiles.master_cf(text.split("\n"))


def command(data: bytes) -> None:
    """A command line, split as a shell does it, and read as its program does."""
    text = _text(data)
    for simple in shell.commands(text):
        for word in simple.words:
            assert 0 <= word.start <= word.end <= len(text)
    usage.read_all(text, usage.TableTools(session().library.table))


def value(data: bytes) -> None:
    """A value in a command is one word."""
    text = _text(data)
    template = "x --a={v} y{v} {w}"
    filled = shell.fill(template, {"v": text, "w": "z"})
    if filled is not None and not shell.unfit(template, {"v": text}):
        assert shlex.split(filled) == ["x", f"--a={text}", f"y{text}", "z"]
    assert filled is None or unfit(filled) == []


def secrets(data: bytes) -> None:
    """The redaction: nothing but its stars changes, and a covered text has nothing more to cover."""
    text = _text(data)
    redactor = _redactor()
    covered = redactor.cover(text)
    assert len(covered) == len(text)
    assert all(old == new or new == "*" for old, new in zip(text, covered, strict=True))
    streamed = "\n".join(line or "" for line in redactor.cover_lines(text.split("\n")))
    assert len(streamed) == len(text)


@cache
def _redactor() -> Redactor:
    return Redactor(expanded(tomllib.loads((TOP / "corpus/secrets.toml").read_text("utf-8"))))


def page(data: bytes) -> None:
    """A man page of this host, formatted."""
    for piece in mansplit.split(strip_formatting(_text(data))):
        assert piece.text


def note(data: bytes) -> None:
    """A file among the user's notes."""
    with tempfile.TemporaryDirectory() as home:
        host = FakeHost(folder=Path(home), day=TODAY)
        folder = host.config_dir / "notes/log/postfix/smtpd"
        folder.mkdir(parents=True)
        (folder / "x.md").write_bytes(data)
        store, faults = open_notes(host, session().library.bundled)
        assert all(isinstance(fault, str) for fault in faults)
        if store is not None:
            store.close()


def last_call(data: bytes) -> None:
    """The kept last call, spoilt by somebody."""
    with tempfile.TemporaryDirectory() as home:
        host = FakeHost(folder=Path(home), day=TODAY)
        host.cache_dir.mkdir()
        (host.cache_dir / "last.json").write_bytes(data)
        recall(host)


def packed(data: bytes) -> None:
    """A log file, packed or not."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with suppress(MailhelpError):
            for _ in files.blocks(files.Chunk(file.name)):
                pass


def shown(data: bytes) -> None:
    """Any text on a terminal."""
    text = data.decode("utf-8", "surrogateescape")
    assert unfit(visible(text).replace("\n", "")) == []
    for line in wrap([("", text)], 40):
        assert unfit("".join(piece for _, piece in line)) == []
    assert cells(visible(text)) >= 0


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        question, records, message, prefix, scanned, pasted, configuration, command, value, secrets,
        page, note, last_call, packed, shown,
    )
}  # fmt: skip


@cache
def seeds() -> tuple[str, ...]:
    """Texts to begin with: samples of the corpus, commands, and files that other tests read."""
    corpus = read(TOP / "corpus")
    lines = [
        f"{HEAD} {entry.id.split('/', 1)[1].rpartition('/')[0]}[1]: {sample.line}"
        for entry in corpus.entries
        if entry.kind == "log"
        for sample in entry.samples[:2]
    ]
    random.Random(9).shuffle(lines)
    runs = [row.get("run") for entry in corpus.entries for row in entry.front.get("commands", ())]
    kept = [
        path.read_text("utf-8", "replace")
        for folder in ("bounces", "dialogues", "outputs", "queues", "recorded")
        for path in sorted((TOP / "tests" / folder).rglob("*"))
        if path.is_file() and path.stat().st_size < 8000
    ]
    notes = [path.read_text("utf-8") for path in sorted((TOP / "corpus").rglob("_template.md"))]
    return (*lines[:600], *filter(None, map(str, runs[:300])), *kept, *notes, *BAD)
