"""No byte of what mailhelp reads reaches the terminal as it is: in any answer, in any form."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest

from mailhelp import cli
from mailhelp.app import read
from mailhelp.arguments import Options
from mailhelp.completion import main as complete
from mailhelp.errors import UsageError
from mailhelp.host.machine import Output
from mailhelp.progress import shown
from tests.conftest import LINE, Mailhelp
from tests.hostile import BAD, colours_removed, unfit

KINDS = (
    LINE.replace("helo=<mx>", "helo=<{}>"),
    LINE.replace("postfix/smtpd", "postfix/{}"),
    "Nov 22 06:25:16 mx postfix/smtp[1]: 4AbC: to=<a@example.net>, relay=none, delay=1, status=bounced ({})\n",
    "Subject: {}\n",
    "550 5.7.1 {}\n",
    "myhostname = {}\nmydestination = {}\nrelayhost = [{}]\nsmtpd_banner = {}\n",
    "smtp inet n - y - - smtpd\n  -o {}={}\n",
    "postqueue -p | grep {}\n",
    "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n4AbCdE  1234 Sun Nov 22 06:25:16  {}\n       ({})\n     bob@example.net\n",
    "220 mx {}\nEHLO {}\n250 {}\n",
    "This is the mail system at host {}.\n\n<{}@example.net>: host mx.example[192.0.2.1] said: 550 5.1.1 {}\n",
    "what is {}\n",
    "{}\n",
)
TOGETHER = tuple("".join(BAD[start::4]) for start in range(4))
HOW = ((), ("-v",), ("--markdown",), ("--json",), ("--color", "always"))
SEED = 9


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_gets_through(mailhelp: Mailhelp, kind: str) -> None:
    choose = random.Random(SEED + KINDS.index(kind))
    for how in HOW:
        value = "".join(choose.sample(BAD, 3))
        text = kind.replace("{}", value)
        for done in (
            mailhelp(*how, stdin=text.encode("utf-8", "surrogatepass")),
            mailhelp(*how, text.replace("\x00", "") + "\udc9b\ud800"),
        ):
            assert unfit(colours_removed(done.out)) == [], (how, text)
            assert unfit(done.err) == [], (how, text)


@pytest.mark.parametrize(
    "words",
    [
        ("--{}",),
        ("trace", "--{}"),
        ("explain", "/{}", "{}"),
        ("trace", "{}", "{}", "{}"),
        ("recipe", "{}"),
        ("recipe", "queue-delete", "{}={}"),
        ("recipe", "mx-lookup", "domain={}"),
        ("man", "{}"),
        ("template", "{}"),
        ("doctor", "{}"),
        ("completion", "{}"),
        ("--color", "{}", "x"),
        ("check", "/{}"),
        ("{}", "{}"),
    ],
)
def test_errors_let_nothing_through(mailhelp: Mailhelp, words: tuple[str, ...]) -> None:
    for bad in BAD:
        value = bad.replace("\x00", "")
        done = mailhelp(*(word.replace("{}", value) for word in words))
        assert unfit(done.out) == unfit(done.err) == [], (words, bad)
        assert done.err or done.out


@pytest.mark.parametrize("bad", TOGETHER, ids=range(4))
def test_names_of_files_let_nothing_through(mailhelp: Mailhelp, bad: str) -> None:
    name = "mail" + re.sub(r"[/\0]", "", bad).replace("\u0301" * 40, "\u0301" * 9) + "\udc9b.log"
    path = str(mailhelp.home / name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(LINE * 2)
    for words in (
        (path,),
        ("explain", path),
        ("log", path),
        ("-v", "log", path),
        ("log", path, "1"),
        ("-v", "log", path, "1"),
        ("trace", "192.0.2.7", path),
        ("-v", "trace", "192.0.2.7", path),
        ("explain", f"{path}x"),
        ("log", f"{path}x", path),
        ("log", "--since", bad.replace("\0", ""), path),
        ("trace", bad.replace("\0", "") or "x", path),
        ("config", "-c", path),
        ("check", path),
    ):
        done = mailhelp(*words)
        assert unfit(done.out) == unfit(done.err) == [], words
        assert done.out or done.err
        again = mailhelp("-v")
        assert unfit(again.out) == unfit(again.err) == []


@pytest.mark.parametrize("bad", TOGETHER, ids=range(4))
def test_what_this_host_says_lets_nothing_through(mailhelp: Mailhelp, bad: str) -> None:
    host = mailhelp.host
    value = bad.replace("\0", "\x01").replace("\n", " ")
    host.settings = {
        "-n": {"myhostname": value, "relayhost": value, "mynetworks": value, "smtpd_banner": value},
        "-d": {"relayhost": value, "queue_directory": "/x"},
        "-P": {"smtp/inet/mynetworks": value},
    }
    host.commands = {
        ("postconf", "-t"): Output(f"failure_template = <<EOF\nSubject: {value}\n\n{value}\nEOF\n"),
        ("postconf", "-b"): Output(f"expanded failure_template = <<EOF\n{value}\nEOF\n"),
        ("postconf", "-M"): Output(f"smtp inet n - y - - smtpd {value}\n"),
        ("postfix",): Output(value, status=1, failure=value),
        ("openssl",): Output(value),
        ("apropos",): Output(f"{value} (8postfix) - {value}\nsmtpd (8postfix) - {value}\n"),
    }
    for words in (
        ("relayhost",),
        ("-v", "mynetworks"),
        ("--markdown", "myhostname"),
        ("-v", "config"),
        ("config",),
        ("-v", "doctor"),
        ("-v", "template"),
        ("--json", "doctor"),
        ("man",),
        ("man", value),
        ("-v", "recipe", "reload-and-check"),
        ("index",),
    ):
        done = mailhelp(*words)
        assert unfit(done.out) == unfit(done.err) == [], words


@pytest.mark.parametrize("bad", TOGETHER, ids=range(4))
def test_notes_let_nothing_through(mailhelp: Mailhelp, bad: str) -> None:
    folder = mailhelp.notes / "topics"
    folder.mkdir(parents=True)
    title = json.dumps(bad)
    text = f'+++\ntitle = {title}\nasked_as = [{title}]\nsources = ["x"]\n+++\n{bad}\n\n```\n{bad}\n```\n'
    name = re.sub(r"[/\0]", "", bad).replace("\u0301" * 40, "\u0301" * 9)
    (folder / "zork.md").write_text(text, encoding="utf-8")
    (folder / f"faulty{name}.md").write_text(f"+++\n{bad} = 1\n+++\nx\n", encoding="utf-8")
    for words in (("zork",), ("-v", "zork"), ("--markdown", "zork"), ("topics",), ("check",)):
        done = mailhelp(*words)
        assert unfit(done.out) == unfit(done.err) == [], words
        assert done.out or done.err


def test_a_word_that_a_terminal_would_not_show_is_not_completed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"topic\tzork{bad}\t{bad}\n".replace("\r", "") for bad in BAD]
    (tmp_path / "completion.txt").write_text("".join([*rows, "topic\tzork-good\tA title\n"]))
    for shell in ("bash", "zsh", "fish"):
        environ = {
            "MAILHELP_INDEX": str(tmp_path),
            "MAILHELP_CACHE_DIR": str(tmp_path),
            "COMP_WORDS": "mailhelp zo",
            "_MAILHELP_COMPLETE": f"complete_{shell}",
        }
        complete(environ)
        out = capsys.readouterr().out
        assert unfit(out.replace("\t", "")) == []
        assert "zork-good" in out


class Seen:
    """Stands in for the screen of a terminal emulator: which of its functions were called."""

    def __init__(self) -> None:
        self.called: set[str] = set()

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **more: self.called.add(name)


def emulated(text: str) -> set[str]:
    """What ``text`` makes a terminal do."""
    seen = Seen()
    pyte.Stream(seen).feed(text.replace("\n", "\r\n"))
    return seen.called


WRITES = {"draw", "linefeed", "carriage_return", "select_graphic_rendition"}


def test_the_emulator_sees_what_steers() -> None:
    assert [bad for bad in (BAD[1], BAD[4], BAD[5], BAD[6]) if not emulated(bad) - WRITES] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_terminal_only_writes_and_colours(mailhelp: Mailhelp, kind: str) -> None:
    mailhelp.host.terminal = True
    choose = random.Random(SEED - KINDS.index(kind))
    for how in ((), ("-v",), ("-q",)):
        text = kind.replace("{}", "".join(choose.sample(BAD, 4)))
        done = mailhelp("--no-pager", *how, "--", text.replace("\0", ""))
        innocent = mailhelp("--no-pager", *how, "--", kind.replace("{}", "innocent"))
        assert emulated(done.out) <= WRITES
        assert emulated(done.err) <= WRITES
        assert emulated(innocent.out) <= WRITES
        # no colour goes on into the next line
        for line in done.out.split("\n"):
            codes = re.findall(r"\x1b\[([0-9;]*)m", line)
            assert not codes or codes[-1] == "0"


def test_a_progress_bar_shows_a_files_name_escaped(mailhelp: Mailhelp) -> None:
    mailhelp.host.terminal = True
    for bad in BAD:
        with shown(mailhelp.host) as progress:
            progress(1, 2, bad)
    steers = emulated(mailhelp.host.said.getvalue()) - WRITES
    # what Rich itself does: the cursor hidden, the line drawn once more
    assert steers <= {"set_mode", "reset_mode", "erase_in_line", "cursor_up"}
    assert unfit(re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]|\r", "", mailhelp.host.said.getvalue())) == []


def test_a_fault_of_ours_shows_its_words_escaped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(argv: list[str], host: object) -> int:
        raise ValueError("".join(BAD))

    monkeypatch.setattr(cli, "run", fails)
    assert cli.main() == 1
    said = capsys.readouterr().err
    assert unfit(said) == []
    assert said.startswith("Traceback")


def test_typers_own_words_are_an_error_of_ours() -> None:
    with pytest.raises(UsageError, match="No such option"):
        read(["trace", "--\u202ex"], Options(), 80)
