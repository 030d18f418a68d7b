"""The command as a whole process: exit codes, streams, sentences instead of tracebacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CORPUS

LINE = (
    "Nov 22 06:25:16 mx postfix/smtpd[123]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: "
    "554 5.7.1 <bob@example.net>: Relay access denied; from=<ann@example.org> "
    "to=<bob@example.net> proto=ESMTP helo=<mx>\n"
)


class Command:
    """Runs ``python -m mailhelp`` with a home, a bundled index and a path of the test's own."""

    def __init__(self, home: Path, bundled: Path) -> None:
        self.home = home
        self.environment = {
            "HOME": str(home),
            "PATH": str(home / "bin"),
            "MAILHELP_INDEX": str(bundled),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(CORPUS.parent),
        }

    def __call__(
        self, *words: str, stdin: str | bytes = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "mailhelp", *words],
            input=data,
            capture_output=True,
            env={**self.environment, **variables},
            timeout=120,
            check=False,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)


@pytest.fixture
def mailhelp(tmp_path: Path, bundled: Path) -> Command:
    (tmp_path / "bin").mkdir()
    return Command(tmp_path, bundled)


def test_an_answer(mailhelp: Command) -> None:
    done = mailhelp("queue_lifetime")
    assert done.returncode == 0
    assert "maximal_queue_lifetime" in done.stdout
    assert "bounce_queue_lifetime" in done.stdout


def test_a_piped_line(mailhelp: Command) -> None:
    done = mailhelp(stdin=LINE)
    assert done.returncode == 0
    assert done.stdout.startswith("Relay access denied")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "empty"),
        (("",), 2, "empty"),
        (("xyzzyplugh",), 1, "Nothing found"),
        (("explain", "no-such-file"), 3, "cannot be read"),
        (("explain", "."), 3, "is a directory"),
        (("recipe", "no-such-recipe"), 1, "no recipe"),
        (("recipe", "starttls-check", "hots=a"), 2, "no placeholder"),
        (("recipe", "starttls-check", "host=a b"), 2, "will not do"),
        (("recipe", "starttls-check", "host"), 2, "KEY=VALUE"),
        (("trace",), 2, "Which mail?"),
        (("--color", "red", "x"), 2, "--color"),
        (("explain", "--no-such-option"), 2, "No such option"),
        (("man",), 3, "mailhelp index"),
        (("template",), 3, "doctor"),
    ],
)
def test_mistakes_get_a_sentence_and_a_code(
    mailhelp: Command, words: tuple[str, ...], code: int, said: str
) -> None:
    done = mailhelp(*words)
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == ""


def test_near_recipes_are_suggested(mailhelp: Command) -> None:
    assert "starttls-check" in mailhelp("recipe", "starttls-chek").stderr


def test_a_binary_file(mailhelp: Command, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 40)
    done = mailhelp("explain", str(tmp_path / "binary"))
    assert done.returncode == 3
    assert "binary" in done.stderr


@pytest.mark.parametrize("module", ["gzip", "bz2", "lzma"])
def test_a_compressed_log(mailhelp: Command, tmp_path: Path, module: str) -> None:
    import importlib

    packed = importlib.import_module(module).compress(LINE.encode() * 3)
    (tmp_path / "mail.log.1.gz").write_bytes(packed)
    done = mailhelp("explain", "--json", str(tmp_path / "mail.log.1.gz"))
    assert [json.loads(line)["recognised"] for line in done.stdout.splitlines()] == ["entry"] * 3


def test_nul_and_bad_utf8_in_a_log_are_no_obstacle(mailhelp: Command) -> None:
    done = mailhelp("--json", stdin=b"\x00\x00\xff\xfe\n" + LINE.encode())
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["recognised"] == "no"
    assert second["entry"] == "postfix/smtpd/relay-access-denied"


@pytest.mark.parametrize("words", [(), ("--color", "always"), ("--json",), ("--markdown",)])
def test_no_control_character_of_the_input_reaches_the_output(
    mailhelp: Command, words: tuple[str, ...]
) -> None:
    hostile = LINE.replace("helo=<mx>", "helo=<\x1b]0;owned\x07\x9b31m\u202e[bold]x[/bold]>")
    done = mailhelp(*words, stdin=hostile)
    assert done.returncode == 0
    for sign in ("\x1b]", "\x07", "\x9b", "\u202e"):
        assert sign not in done.stdout


def test_rich_markup_in_a_line_is_shown_as_it_is(mailhelp: Command) -> None:
    done = mailhelp("--color", "always", stdin=LINE.replace("helo=<mx>", "helo=<[red]mx[/red]>"))
    assert "[red]mx[/red]" in done.stdout


def test_words_of_a_shell_in_a_line_stay_words(mailhelp: Command) -> None:
    hostile = LINE.replace("192.0.2.7", "1;touch${IFS}owned").replace("bob@", "$(id)@")
    for line in mailhelp("--json", stdin=hostile).stdout.splitlines():
        for command in json.loads(line)["commands"]:
            assert "$(id)" not in command["command"].replace("'$(id)@example.net'", "")


def test_a_closed_pipe_ends_quietly(mailhelp: Command) -> None:
    script = f"exec '{sys.executable}' -m mailhelp --json explain - | head -n 1"
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        input=(LINE * 5000).encode(),
        capture_output=True,
        env={**mailhelp.environment, "PATH": os.defpath},
        timeout=120,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


def test_a_read_only_home_answers(mailhelp: Command, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        done = mailhelp("queue_lifetime", HOME="/proc/nowhere")
    finally:
        tmp_path.chmod(0o700)
    assert done.returncode == 0
    assert "maximal_queue_lifetime" in done.stdout


def test_a_broken_note_is_named_and_the_rest_answers(mailhelp: Command, tmp_path: Path) -> None:
    notes = tmp_path / ".config/mailhelp/notes/topics"
    notes.mkdir(parents=True)
    (notes / "broken.md").write_text("no front matter\n")
    (notes / "our-relay.md").write_text(
        '+++\ntitle = "Our relay"\nasked_as = ["which relay"]\nsources = ["us"]\n+++\nrelay.example\n'
    )
    done = mailhelp("our-relay")
    assert done.returncode == 0
    assert "relay.example" in done.stdout
    assert "broken.md:1" in done.stderr
    assert mailhelp("our-relay").stdout == done.stdout  # now from the cache


def test_a_note_replaces_or_adds(mailhelp: Command, tmp_path: Path) -> None:
    notes = tmp_path / ".config/mailhelp/notes/parameters"
    notes.mkdir(parents=True)
    (notes / "maximal_queue_lifetime.patch.md").write_text(
        "+++\n+++\nHere it is always two days.\n"
    )
    (notes / "bounce_queue_lifetime.md").write_text(
        '+++\ntitle = "Ours"\nasked_as = ["x"]\nsources = ["us"]\n+++\nAsk the postmaster.\n'
    )
    done = mailhelp("queue_lifetime")
    assert "Here it is always two days." in done.stdout
    assert (
        "longest time that mail may stay" in " ".join(done.stdout.split()) or "queue" in done.stdout
    )
    assert "Ask the postmaster." in done.stdout
    assert "null sender" not in mailhelp("bounce_queue_lifetime").stdout


def test_check_names_file_line_and_fault(mailhelp: Command, tmp_path: Path) -> None:
    folder = tmp_path / "notes/log/postfix/smtpd"
    folder.mkdir(parents=True)
    (folder / "mine.md").write_text(
        '+++\ntitle = "Mine"\npatterns = ["frob {nothing}"]\nseverity = "info"\n'
        'verdict = { who = "client" }\nsources = ["us"]\n[[samples]]\nline = "frob x"\n+++\nText.\n'
    )
    done = mailhelp("check", str(tmp_path / "notes"))
    assert done.returncode == 3
    assert "mine.md:3: {nothing} is not in fields.toml" in done.stdout


def test_check_of_the_corpus_itself(mailhelp: Command) -> None:
    done = mailhelp("check", str(CORPUS))
    assert (done.returncode, done.stdout) == (0, "")


def test_a_damaged_bundled_index_is_a_sentence(mailhelp: Command, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index/catalogue.db").write_bytes(b"SQLite format 3\x00" + b"\x55" * 5000)
    done = mailhelp("queue_lifetime", MAILHELP_INDEX=str(tmp_path / "index"))
    assert done.returncode == 3
    assert "damaged" in done.stderr
    assert "Install mailhelp again" in done.stderr


def test_a_damaged_index_of_this_host_is_done_without_and_that_is_said(
    mailhelp: Command, tmp_path: Path
) -> None:
    assert mailhelp("index").returncode == 0
    top = tmp_path / ".cache/mailhelp/host"
    folder = top / (top / "current").read_text().strip()
    for path in (folder / "search").iterdir():
        path.write_bytes(b"\x55" * 64)
    done = mailhelp("why", "is", "mail", "deferred")
    assert done.returncode == 0
    assert "bundled index answers" in done.stderr
    (folder / "catalogue.db").write_bytes(b"SQLite format 3\x00" + b"\x55" * 5000)
    done = mailhelp("queue_lifetime")
    assert done.returncode == 0
    assert "damaged" in done.stderr
    assert "maximal_queue_lifetime" in done.stdout


def test_a_postconf_that_fails_is_quoted(mailhelp: Command, tmp_path: Path) -> None:
    script = tmp_path / "bin/postconf"
    script.write_text("#!/bin/sh\necho 'postconf: fatal: open main.cf: No such file' >&2\nexit 1\n")
    script.chmod(0o755)
    done = mailhelp("maximal_queue_lifetime")
    assert done.returncode == 0
    assert "open main.cf: No such file" in done.stdout


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("--version",), ""),
        ((), LINE),
        (("5.7.1",), ""),
        (("recipe", "starttls-check", "host=mail.example.com"), ""),
        (("queue_lifetime",), ""),
    ],
)
def test_a_plain_answer_never_loads_what_is_slow_to_import(
    mailhelp: Command, words: tuple[str, ...], stdin: str
) -> None:
    script = (
        "import sys; from mailhelp.cli import run; run(sys.argv[1:]);"
        "slow = {'typer', 'whoosh', 'markdown_it', 'rich.console', 'tomllib', 'dataclasses'};"
        "sys.exit(f'loaded: {slow & set(sys.modules)}' if slow & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        input=stdin.encode(),
        capture_output=True,
        env=mailhelp.environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
