"""The command line in this process: exit codes, streams, sentences instead of tracebacks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mailhelp.host.machine import Output
from tests.conftest import CORPUS, LINE, Mailhelp

SEED = Path(__file__).parent / "seed"


def test_an_answer(mailhelp: Mailhelp) -> None:
    done = mailhelp("queue_lifetime")
    assert done.code == 0
    assert "maximal_queue_lifetime" in done.out
    assert "bounce_queue_lifetime" in done.out


def test_a_piped_line(mailhelp: Mailhelp) -> None:
    done = mailhelp(stdin=LINE)
    assert done.code == 0
    assert done.out.startswith("Relay access denied")
    assert "\x1b" not in done.out


@pytest.mark.parametrize("question", ["4.2.2", "queue_lifetime", "why is mail deferred"])
def test_a_piped_question_is_answered(mailhelp: Mailhelp, question: str) -> None:
    done = mailhelp(stdin=f"{question}\n")
    assert done.code == 0
    assert done.out == mailhelp(question).out


def test_an_endless_line_in_a_pipe_is_cut(mailhelp: Mailhelp) -> None:
    done = mailhelp("--json", stdin="x" * 300_000 + "\n" + LINE)
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert (first["recognised"], len(first["text"])) == ("no", 65_536)
    assert second["recognised"] == "entry"


def test_only_problems(mailhelp: Mailhelp) -> None:
    connect = "Nov 22 06:25:16 mx postfix/smtpd[123]: connect from unknown[192.0.2.7]\n"
    done = mailhelp("explain", "--only-problems", stdin=connect + LINE)
    assert done.out.startswith("Relay access denied")
    done = mailhelp("explain", "--only-problems", stdin=connect)
    assert (done.code, done.out) == (0, "")
    assert "no trouble in 1 line." in done.err
    done = mailhelp("explain", "--only-problems", stdin=connect.replace("connect from", "frobbed"))
    assert "no entry" in done.out
    assert "no trouble" not in done.err


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
    mailhelp: Mailhelp, words: tuple[str, ...], code: int, said: str
) -> None:
    done = mailhelp(*words)
    assert done.code == code
    assert said in done.err
    assert done.out == ""


def test_help_shows_every_command_in_a_whole_sentence(mailhelp: Mailhelp) -> None:
    done = mailhelp("--help", COLUMNS="80")
    assert done.code == 0
    assert "..." not in done.out.partition("Commands:")[2]


def test_near_recipes_are_suggested(mailhelp: Mailhelp) -> None:
    assert "starttls-check" in mailhelp("recipe", "starttls-chek").err


def test_a_binary_file(mailhelp: Mailhelp, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 40)
    done = mailhelp("explain", str(tmp_path / "binary"))
    assert done.code == 3
    assert "binary" in done.err


@pytest.mark.parametrize("module", ["gzip", "bz2", "lzma"])
def test_a_compressed_log(mailhelp: Mailhelp, tmp_path: Path, module: str) -> None:
    import importlib

    packed = importlib.import_module(module).compress(LINE.encode() * 3)
    (tmp_path / "mail.log.1.gz").write_bytes(packed)
    done = mailhelp("explain", "--json", str(tmp_path / "mail.log.1.gz"))
    assert [json.loads(line)["recognised"] for line in done.out.splitlines()] == ["entry"] * 3


def test_nul_and_bad_utf8_in_a_log_are_no_obstacle(mailhelp: Mailhelp) -> None:
    done = mailhelp("--json", stdin=b"\x00\x00\xff\xfe\n" + LINE.encode())
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert first["recognised"] == "no"
    assert second["entry"] == "postfix/smtpd/relay-access-denied"


@pytest.mark.parametrize("words", [(), ("--color", "always"), ("--json",), ("--markdown",)])
def test_no_control_character_of_the_input_reaches_the_output(
    mailhelp: Mailhelp, words: tuple[str, ...]
) -> None:
    hostile = LINE.replace("helo=<mx>", "helo=<\x1b]0;owned\x07\x9b31m\u202e[bold]x[/bold]>")
    done = mailhelp(*words, stdin=hostile)
    assert done.code == 0
    for sign in ("\x1b]", "\x07", "\x9b", "\u202e"):
        assert sign not in done.out


def test_rich_markup_in_a_line_is_shown_as_it_is(mailhelp: Mailhelp) -> None:
    done = mailhelp(
        "--markdown", "--color", "always", stdin=LINE.replace("helo=<mx>", "helo=<[red]mx[/red]>")
    )
    assert "[red]mx[/red]" in done.out


def test_words_of_a_shell_in_a_line_stay_words(mailhelp: Mailhelp) -> None:
    hostile = LINE.replace("192.0.2.7", "1;touch${IFS}owned").replace("bob@", "$(id)@")
    for line in mailhelp("--json", stdin=hostile).out.splitlines():
        for command in json.loads(line)["commands"]:
            assert "$(id)" not in command["command"].replace("'$(id)@example.net'", "")


def test_a_broken_note_is_named_and_the_rest_answers(mailhelp: Mailhelp, tmp_path: Path) -> None:
    notes = tmp_path / "config/notes/topics"
    notes.mkdir(parents=True)
    (notes / "broken.md").write_text("no front matter\n")
    (notes / "our-relay.md").write_text(
        '+++\ntitle = "Our relay"\nasked_as = ["which relay"]\nsources = ["us"]\n+++\nrelay.example\n'
    )
    done = mailhelp("our-relay")
    assert done.code == 0
    assert "relay.example" in done.out
    assert "broken.md:1" in done.err
    assert mailhelp("our-relay").out == done.out  # now from the cache
    assert "Our relay" in mailhelp("which", "relay", "do", "we", "use").out


def test_a_note_answers_a_question_in_its_words(mailhelp: Mailhelp, tmp_path: Path) -> None:
    notes = tmp_path / "config/notes/topics"
    notes.mkdir(parents=True)
    (notes / "smarthost.md").write_text(
        '+++\ntitle = "Our smarthost and who pays for it"\nasked_as = ["smarthost login expired"]\n'
        'sources = ["us"]\n+++\nAll mail goes over relay.example.net. Ask Dora.\n'
    )
    for words in ("smarthost login expired", "who pays for the smarthost", "our smarthost"):
        assert mailhelp(*words.split()).out.startswith("Our smarthost"), words
    # another question is not the note's
    assert not mailhelp("is", "my", "server", "an", "open", "relay").out.startswith("Our")


def test_a_note_replaces_or_adds(mailhelp: Mailhelp, tmp_path: Path) -> None:
    notes = tmp_path / "config/notes/parameters"
    notes.mkdir(parents=True)
    (notes / "maximal_queue_lifetime.patch.md").write_text(
        "+++\n+++\nHere it is always two days.\n"
    )
    (notes / "bounce_queue_lifetime.md").write_text(
        '+++\ntitle = "Ours"\nasked_as = ["x"]\nsources = ["us"]\n+++\nAsk the postmaster.\n'
    )
    done = mailhelp("queue_lifetime")
    assert "Here it is always two days." in done.out
    assert "The longest time that a mail may stay in the queue" in done.out
    assert "Ask the postmaster." in mailhelp("bounce_queue_lifetime").out
    assert "null sender" not in mailhelp("bounce_queue_lifetime").out


def test_check_names_file_line_and_fault(mailhelp: Mailhelp, tmp_path: Path) -> None:
    folder = tmp_path / "notes/log/postfix/smtpd"
    folder.mkdir(parents=True)
    (folder / "mine.md").write_text(
        '+++\ntitle = "Mine"\npatterns = ["frob {nothing}"]\nseverity = "info"\n'
        'verdict = { who = "client" }\nsources = ["us"]\n+++\nText.\n\n## Samples\n\n```\nfrob x\n```\n'
    )
    done = mailhelp("check", str(tmp_path / "notes"))
    assert done.code == 3
    assert "mine.md:3: {nothing} is no field" in done.out


def test_index_and_check_speak_json_too(mailhelp: Mailhelp, tmp_path: Path) -> None:
    import jsonschema

    schema = json.loads((CORPUS.parent / "mailhelp/schema.json").read_text())
    (tmp_path / "notes/topics").mkdir(parents=True)
    (tmp_path / "notes/topics/x.md").write_text("nothing")
    for words in (("index",), ("check", str(tmp_path / "notes")), ("doctor",)):
        done = mailhelp("--json", *words)
        table = json.loads(done.out)
        jsonschema.validate(table, schema)
        assert table["kind"] == words[0]
    assert mailhelp("--json", "check", str(tmp_path / "notes")).code == 3


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A checkout with a corpus of one entry, and the tables of the real one."""
    corpus = tmp_path / "checkout/corpus"
    (corpus / "topics").mkdir(parents=True)
    front = "title = 'Wombats'\nasked_as = ['what frobs']\nsources = ['us']\n"
    (corpus / "topics/wombat.md").write_text(f"+++\n{front}+++\nThey frob.\n")
    for table in CORPUS.glob("*.toml"):
        (corpus / table.name).symlink_to(table)
    for folder in ("fields", "options"):
        (corpus / folder).symlink_to(CORPUS / folder)
    return corpus


def test_a_sound_corpus_has_nothing_to_show(mailhelp: Mailhelp, small: Path) -> None:
    done = mailhelp("check", str(small))
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("1 entries, 0 patterns, 0 faults, 0 messages without an entry yet")
    sound = str(CORPUS / "log/postfix/smtpd/relay-access-denied.md")
    assert mailhelp("check", sound).code == 0


def test_a_damaged_bundled_index_is_a_sentence(mailhelp: Mailhelp, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index/catalogue.db").write_bytes(b"SQLite format 3\x00" + b"\x55" * 5000)
    done = mailhelp("queue_lifetime", MAILHELP_INDEX=str(tmp_path / "index"))
    assert done.code == 3
    assert "damaged" in done.err
    assert "Install mailhelp again" in done.err


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh leaves it open
def test_a_damaged_index_of_this_host_is_done_without_and_that_is_said(
    mailhelp: Mailhelp, tmp_path: Path
) -> None:
    assert mailhelp("index").code == 0
    top = tmp_path / "cache/host"
    folder = top / (top / "current").read_text().strip()
    for path in (folder / "search").iterdir():
        path.write_bytes(b"\x55" * 64)
    done = mailhelp("wombat", "in", "the", "mail", "garden")  # no entry knows: manuals are searched
    assert done.code == 0
    assert "bundled index answers" in done.err
    (folder / "catalogue.db").write_bytes(b"SQLite format 3\x00" + b"\x55" * 5000)
    done = mailhelp("queue_lifetime")
    assert done.code == 0
    assert "damaged" in done.err
    assert "maximal_queue_lifetime" in done.out


def test_a_checkout_builds_its_damaged_index_again(mailhelp: Mailhelp, small: Path) -> None:
    checkout = small.parent
    (checkout / "index").mkdir()
    (checkout / "index/catalogue.db").write_bytes(b"no database")
    index = str(checkout / "index")
    done = mailhelp("wombat", MAILHELP_INDEX=index)
    assert done.code == 0
    assert "They frob." in done.out
    assert "built again" in done.err
    assert mailhelp("wombat", MAILHELP_INDEX=index).err == ""


def test_a_missing_log_is_said_by_trace(mailhelp: Mailhelp) -> None:
    for words in (("5419B66", "nosuch.log"), ("--all", "nosuch.log")):
        done = mailhelp("trace", *words)
        assert done.code == 3
        assert "nosuch.log cannot be read" in done.err


def test_a_postconf_that_fails_is_quoted(mailhelp: Mailhelp) -> None:
    said = "postconf: fatal: open main.cf: No such file\n"
    failed = Output("", said, 1, "postconf ended with exit status 1")
    mailhelp.host.commands[("postconf",)] = failed
    done = mailhelp("-v", "maximal_queue_lifetime")
    assert done.code == 0
    assert "open main.cf: No such file" in " ".join(done.out.split())
    assert "not read here" in mailhelp("maximal_queue_lifetime").out.splitlines()[0]


@pytest.mark.parametrize("module", ["gzip", "bz2", "lzma"])
@pytest.mark.parametrize("damage", ["cut off", "spoilt", "from the start"])
def test_a_damaged_compressed_log(
    mailhelp: Mailhelp, tmp_path: Path, module: str, damage: str
) -> None:
    import importlib
    import random

    noise = random.Random(1).randbytes(15_000).hex()
    text = "".join(f"{LINE[:-1]} {noise[n : n + 60]}\n" for n in range(0, 30_000, 60))
    packed = importlib.import_module(module).compress(text.encode())
    packed = {
        "cut off": packed[: len(packed) * 3 // 4],
        "spoilt": packed[: len(packed) * 3 // 4] + b"x" * 1000,
        "from the start": packed[:6] + b"garbage" * 10,
    }[damage]
    (tmp_path / "mail.log.1").write_bytes(packed)
    done = mailhelp("explain", "--json", str(tmp_path / "mail.log.1"))
    assert done.code == 3
    # what comes before the damage is read, if anything does
    assert re.search(r"mail\.log\.1 (cannot be read|is damaged or cut off)", done.err)


@pytest.mark.parametrize("size", [300, 5000, 60_000])
def test_words_of_any_length_are_no_mistake(mailhelp: Mailhelp, size: int) -> None:
    assert mailhelp("a" * size).code == 1
    assert mailhelp("a_" * (size // 2)).code == 1
    assert mailhelp("trace", "a" * size, str(SEED / "accepted.log")).code == 1


def test_an_argument_that_is_no_utf8(mailhelp: Mailhelp) -> None:
    assert mailhelp("\udcff").code == 1
    assert mailhelp("recipe", "\udcff").code == 1
    assert mailhelp(LINE.replace("<mx>", "<\udcff>")).code == 0


def test_numbers_of_a_mail_that_are_none(mailhelp: Mailhelp, tmp_path: Path) -> None:
    head = "Nov 22 06:25:16 mx postfix/"
    digits = "9" * 5000
    (tmp_path / "mail.log").write_text(
        f"{head}qmgr[1]: 5419B66: from=<a@example.net>, size={digits}, nrcpt=1 (queue active)\n"
        f"{head}smtp[1]: 5419B66: to=<b@example.com>, relay=none, delay={digits}, "
        "delays=0/0/0/0, dsn=4.4.1, status=deferred (x)\n"
    )
    done = mailhelp("--json", "trace", "5419B66", str(tmp_path / "mail.log"))
    assert done.code == 0
    json.loads(done.out, parse_constant=pytest.fail)


TOPIC = 'title = "T"\nasked_as = ["t"]\nsources = ["us"]\n'
LOG = 'title = "L"\nseverity = "info"\nverdict = { who = "client" }\nsources = ["us"]\n'
SAMPLES = "\n+++\nText.\n## Samples\n```\n"
RECIPE = f'{TOPIC}requires = ["x"]\noptions = {{}}\ncommands = [{{ run = "x {{h}}", why = "y" }}]\n'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("topics/a.md", f"{TOPIC}commands = [1]"),
        ("topics/a.md", f"{TOPIC}names = [1]"),
        ("topics/a.md", f"{TOPIC}related = [1]"),
        ("topics/a.md", f'{TOPIC}use = [["a"]]'),
        ("topics/a.md", f'{TOPIC}commands = [{{ run = 1, why = "x" }}]'),
        ("topics/a.md", f'{TOPIC}commands = [{{ run = "x", why = "y", changes = "no" }}]'),
        ("log/postfix/smtpd/a.md", f'{LOG}patterns = ["zork"]'),
        ("log/postfix/smtpd/a.md", f"{LOG}patterns = [1]{SAMPLES}zork\n```"),
        ("log/postfix/smtpd/a.md", f'{LOG}patterns = ["zork"]{SAMPLES}zork\n  value\n```'),
        ("log/postfix/smtpd/a.md", f'{LOG}patterns = ["zork"]\nfields = {{ x = 1 }}{SAMPLES}zork\n```'),
        ("topics/a.md", f"{TOPIC}[fields.x]\nmeaning = 'no regex'"),
        ("recipes/a.md", f"{RECIPE}outputs = [1]"),
        ("recipes/a.md", f"{RECIPE}outputs = []\nplaceholders = {{ h = 1 }}"),
        ("recipes/a.md",
         RECIPE + 'outputs = [{ result = "good", pattern = "x", sample = "x", meaning = "y" }]\n'
         'placeholders = { h = { check = "text" } }'),
        ("status/a.md", 'title = "S"\ncodes = [5]\nsources = ["us"]'),
        ("fields.toml", "[x]\nregex = 'x'"),
        ("fields/a.toml", "x = 1"),
        ("fields/a.toml", "[x]\nregex = 1"),
        ("fields/a.toml", "[x]\nlike = 'x'"),
        ("programs.toml", '[x]\nmeaning = "no tags"'),
        ("secrets.toml", '[x]\nregex = "("'),
        ("secrets.toml", '[x]\nregex = "no group"'),
    ],
)  # fmt: skip
def test_a_note_of_the_wrong_shape_is_a_fault_and_stops_nothing(
    mailhelp: Mailhelp, tmp_path: Path, path: str, text: str
) -> None:
    notes = tmp_path / "config/notes"
    (notes / path).parent.mkdir(parents=True)
    whole = path.endswith(".toml") or "+++" in text
    (notes / path).write_text(
        text if path.endswith(".toml") else f"+++\n{text}" + ("" if whole else "\n+++\nText.\n")
    )
    (notes / "link.md").symlink_to("nowhere")
    assert mailhelp("queue_lifetime").code == 0
    assert mailhelp(stdin=LINE).code == 0
    assert mailhelp("check").code == 3
