"""What the commands do with words, streams and the last call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailhelp import api
from mailhelp.answer import Answer
from mailhelp.host.machine import Output
from tests.conftest import LINE, Done, Mailhelp

SEED = Path(__file__).parent / "seed"
LISTING = "smtpd_tls"


def results(done: Done) -> list[str]:
    return [each["id"] for each in json.loads(done.out)["results"]]


def entry(done: Done) -> str:
    found: str = json.loads(done.out)["entry"]
    return found


# --- how much of an answer


@pytest.mark.parametrize("words", [("-q", "5.7.1"), ("5.7.1", "-q"), ("--quiet", "5.7.1")])
def test_one_line(mailhelp: Mailhelp, words: tuple[str, ...]) -> None:
    assert mailhelp(*words).out.splitlines() == [
        "5.7.1: Not authorised: refused by policy                        refused for good"
    ]


def test_all_of_it(mailhelp: Mailhelp) -> None:
    brief, full = mailhelp("5.7.1"), mailhelp("-v", "5.7.1")
    assert len(full.out) > len(brief.out)
    assert mailhelp("5.7.1", "-v").out == mailhelp("--verbose", "5.7.1").out == full.out


def test_an_option_of_a_command_that_is_asked_about_stays_its_own(mailhelp: Mailhelp) -> None:
    (answer,) = map(json.loads, mailhelp("--json", "openssl", "version", "-v").out.splitlines())
    assert (answer["kind"], answer["text"]) == ("command", "openssl version -v")


# --- the last call


def test_the_last_answer_again_with_fresh_values(mailhelp: Mailhelp) -> None:
    mailhelp("maximal_queue_lifetime")
    name = "maximal_queue_lifetime"
    mailhelp.host.settings = {"-n": {name: "2d"}, "-d": {name: "5d"}}
    done = mailhelp("-v", "--json")
    assert done.code == 0
    assert json.loads(done.out)["parameters"][0]["value"] == "2d"
    assert mailhelp("-v", "--json").out == done.out  # and again


@pytest.mark.parametrize("terminal", [True, False])
def test_without_a_last_answer(mailhelp: Mailhelp, terminal: bool) -> None:
    mailhelp.host.terminal = terminal
    done = mailhelp("-v")
    assert (done.code, done.out) == (1, "")
    assert "no last answer" in done.err


def test_what_was_piped_is_asked_again(mailhelp: Mailhelp) -> None:
    first = mailhelp("--json", stdin=LINE * 2)
    assert mailhelp("-v", "--json").out == first.out


def test_what_is_piped_goes_before_the_last_answer(mailhelp: Mailhelp) -> None:
    mailhelp("5.7.1")
    assert entry(mailhelp("-v", "--json", stdin=LINE)) == "postfix/smtpd/relay-access-denied"


def test_a_text_that_was_too_long_to_keep(mailhelp: Mailhelp) -> None:
    mailhelp(stdin=LINE * 500)
    done = mailhelp("-v")
    assert done.code == 1
    assert "too long to keep" in done.err


def test_a_command_is_asked_again(mailhelp: Mailhelp) -> None:
    first = mailhelp("--json", "recipe", "starttls-check", "host=mail.example.com")
    assert mailhelp("-v", "--json").out == first.out
    first = mailhelp("--json", "trace", "--all", str(SEED / "accepted.log"))
    assert mailhelp("-v", "--json").out == first.out


def test_a_mistake_is_no_last_answer(mailhelp: Mailhelp) -> None:
    first = mailhelp("--json", "5.7.1")
    mailhelp("recipe", "nosuch")
    assert mailhelp("-v", "--json").out == first.out


def test_a_number_opens_the_last_list(mailhelp: Mailhelp) -> None:
    ids = results(mailhelp("--json", LISTING))
    assert entry(mailhelp("--json", "2")) == ids[1]
    assert entry(mailhelp("--json", "3")) == ids[2]  # the list stays the last one
    assert entry(mailhelp("-v", "--json")) == ids[2]
    assert entry(mailhelp("--json", str(len(ids)))) == ids[-1]


def test_a_number_that_the_list_lacks(mailhelp: Mailhelp) -> None:
    many = len(results(mailhelp("--json", LISTING)))
    done = mailhelp("777")
    assert (done.code, done.out) == (1, "")
    assert f"it had {many} entries" in done.err


def test_a_number_with_a_meaning_of_its_own(mailhelp: Mailhelp) -> None:
    mailhelp("--json", LISTING)
    assert json.loads(mailhelp("--json", "554").out)["kind"] == "status"


# --- files and streams


def test_a_file_is_explained(mailhelp: Mailhelp, tmp_path: Path) -> None:
    path = tmp_path / "some.log"
    path.write_text(LINE)
    assert mailhelp(str(path)).out == mailhelp("explain", str(path)).out


def test_a_file_in_this_folder(
    mailhelp: Mailhelp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.log").write_text(LINE)
    (tmp_path / "maximal_queue_lifetime").write_text(LINE)
    assert entry(mailhelp("--json", "some.log")) == "postfix/smtpd/relay-access-denied"
    # a name that mailhelp knows is the name
    assert entry(mailhelp("--json", "maximal_queue_lifetime")).startswith("parameter/")
    assert entry(mailhelp("--json", "./maximal_queue_lifetime")).startswith("postfix/smtpd/")


def test_a_file_is_asked_again_from_any_folder(
    mailhelp: Mailhelp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.log").write_text(LINE)
    for words in (("./some.log",), ("explain", "some.log"), ("trace", "--all", "some.log")):
        monkeypatch.chdir(tmp_path)
        first = mailhelp("--json", *words)
        monkeypatch.chdir("/")
        again = mailhelp("-v", "--json")
        assert (again.code, len(again.out.splitlines())) == (0, len(first.out.splitlines()))


def test_a_missing_path_is_said(mailhelp: Mailhelp) -> None:
    done = mailhelp("/no/such/file")
    assert done.code == 3
    assert "/no/such/file cannot be read" in done.err


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The texts that were explained as a whole: those with a line ``WHOLE``."""
    seen: list[list[str]] = []

    def held(library: object, lines: list[str]) -> str | None:
        # as the table of shapes does, it takes a line in the midst of others too
        return (
            "bounce"
            if "WHOLE" in (lines[0], lines[-1].strip()) or "WHOLE one" in lines[0]
            else None
        )

    def explain_held(session: object, kind: str, lines: object) -> tuple[Answer, ...]:
        seen.append(list(lines))  # type: ignore[call-overload]
        return (Answer(kind=kind, recognised="entry", title="A whole"),)

    monkeypatch.setattr(api.query, "held", held)
    monkeypatch.setattr(api, "explain_held", explain_held)
    return seen


@pytest.mark.parametrize("prose", ["", "Hello,\n\nwe got this:\n"])
@pytest.mark.parametrize("way", ["piped", "explain", "file", "word"])
def test_a_whole_text_of_a_shape(
    mailhelp: Mailhelp, shapes: list[list[str]], tmp_path: Path, prose: str, way: str
) -> None:
    text = f"{prose}WHOLE one\ntwo\n" + "three\n" * 1000
    path = tmp_path / "held.txt"
    path.write_text(text)
    done = {
        "piped": lambda: mailhelp(stdin=text),
        "explain": lambda: mailhelp("explain", stdin=text),
        "file": lambda: mailhelp("explain", str(path)),
        "word": lambda: mailhelp(str(path)),
    }[way]()
    assert done.code == 0
    assert done.out.startswith("A whole\n")
    assert shapes == [["WHOLE one", "two", *["three"] * 1000]]


def test_a_log_that_quotes_a_shape_stays_a_log(mailhelp: Mailhelp, shapes: list[list[str]]) -> None:
    done = mailhelp("--json", stdin=f"{LINE}{LINE}WHOLE\n")
    assert len(done.out.splitlines()) == 3
    assert shapes == []


def test_trouble_that_was_shown_is_not_called_none(mailhelp: Mailhelp) -> None:
    unknown = "Nov 22 06:25:16 mx postfix/smtpd[123]: frob: wombat\n"
    assert "no trouble" not in mailhelp("explain", "--only-problems", stdin=unknown).err


def test_a_stream_in_lines(mailhelp: Mailhelp) -> None:
    connect = "Nov 22 06:25:16 mx postfix/smtpd[123]: connect from unknown[192.0.2.7]\n"
    assert len(mailhelp("-q", stdin=LINE + connect).out.splitlines()) == 2


# --- trace


@pytest.mark.parametrize("word", ["192.0.2.1", "mx.example.log", "ann@example.log"])
def test_an_address_is_no_file(mailhelp: Mailhelp, word: str) -> None:
    done = mailhelp("trace", word, stdin=LINE)
    assert done.code == 1
    assert f"No mail with {word} in standard input." in done.err
    if word != "mx.example.log":  # beside an id, it could be a log that is missing
        assert "or 5419B66 in standard input." in mailhelp("trace", word, "5419B66", stdin=LINE).err


def test_at_a_terminal_this_hosts_log_is_read(
    mailhelp: Mailhelp, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailhelp.host.terminal = True
    monkeypatch.setattr(api, "logs_at_hand", lambda session: [str(SEED / "accepted.log")])
    assert mailhelp("--json", "trace", "5419B66").code == 0


def test_no_log_on_this_host(mailhelp: Mailhelp, monkeypatch: pytest.MonkeyPatch) -> None:
    mailhelp.host.terminal = True
    monkeypatch.setattr(api, "logs_at_hand", lambda session: [])
    done = mailhelp("trace", "5419B66")
    assert (done.code, done.err) == (
        3,
        "mailhelp: No mail log was found on this host.\nName the log's file.\n",
    )


# --- a terminal

LOG = (LINE * 3 + LINE.replace("[192.0.2.7]", "[198.51.100.7]")) * 5


def test_many_records_are_one_screen_at_a_terminal(mailhelp: Mailhelp, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(LOG, encoding="utf-8")
    mailhelp.host.terminal = True
    (tmp_path / "cache/host").mkdir(parents=True)
    done = mailhelp("explain", str(log), NO_COLOR="1")
    assert done.out.startswith("20 records")
    assert len(done.out.splitlines()) <= 20
    assert mailhelp("1", NO_COLOR="1").out.startswith("Relay access denied")
    assert mailhelp(str(log), NO_COLOR="1").out == done.out
    assert mailhelp("explain", str(log), "-v").out.count("Relay access denied") >= 20
    mailhelp.host.terminal = False
    assert mailhelp("explain", str(log)).out.count("Relay access denied") == 20


def test_what_comes_after_a_pause_follows_record_by_record(
    mailhelp: Mailhelp, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailhelp import inputs

    lines = [*[LINE.strip()] * 12, None, LINE.strip(), LINE.strip()]
    monkeypatch.setattr(inputs, "standard_input", lambda session: iter(lines))
    monkeypatch.setattr("mailhelp.output.Output.is_one_screen", True)
    out = mailhelp("explain", "-").out
    assert out.startswith("12 records")
    assert out.count("Relay access denied") == 2 + 2


@pytest.mark.parametrize("number", ["2", "7"])
def test_a_number_after_an_answer_without_a_list(mailhelp: Mailhelp, number: str) -> None:
    mailhelp("greylisting")
    done = mailhelp(number)
    assert (done.code, "had no list" in done.err) == (1, True)


def test_a_mistake_is_told_without_the_secrets_in_it(mailhelp: Mailhelp) -> None:
    done = mailhelp("recipe", "AUTH PLAIN AGFubgBodW50ZXIy")
    assert done.code == 1
    assert "AGFubgBodW50ZXIy" not in done.err


def test_a_recipe_is_found_by_its_beginning(mailhelp: Mailhelp) -> None:
    assert mailhelp("recipe", "dkim").out == mailhelp("recipe", "dkim-dns").out


# --- first words


@pytest.mark.parametrize("word", ["help", "commands", "--help", "-h"])
def test_help(mailhelp: Mailhelp, word: str) -> None:
    done = mailhelp(word)
    assert done.code == 0
    assert "Usage: mailhelp" in done.out


def test_help_of_a_command(mailhelp: Mailhelp) -> None:
    assert mailhelp("help", "trace").out == mailhelp("trace", "--help").out


def test_recipes(mailhelp: Mailhelp) -> None:
    assert mailhelp("recipes").out == mailhelp("recipe").out


@pytest.mark.parametrize(
    "words", [("postconf",), ("5", "postconf"), ("postconf.5",), ("postconf(5)",), ("main.cf",)]
)
def test_a_man_page_however_it_is_called(
    mailhelp: Mailhelp, tmp_path: Path, words: tuple[str, ...]
) -> None:
    from mailhelp.knowledge.document import Document
    from mailhelp.knowledge.store import CATALOGUE, SEARCH, Store

    build = mailhelp.host.cache_dir / "host/x-1"
    (build / SEARCH).mkdir(parents=True)
    (build.parent / "current").write_text(build.name)
    store = Store.create(build / CATALOGUE)
    names = ("postconf", "postconf.5", "postconf(5)")
    data = {"page": "postconf", "section": "5", "text": "All parameters."}
    store.add([Document("page/postconf.5", "page", "postconf(5)", names, data=data)])
    store.close()
    done = mailhelp("man", *words)
    assert "All parameters." in done.out


@pytest.fixture
def manual(mailhelp: Mailhelp) -> Mailhelp:
    """A host with an index of two pieces of a man page."""
    from mailhelp.knowledge import manuals
    from mailhelp.knowledge.document import Document
    from mailhelp.knowledge.store import CATALOGUE, SEARCH, Store

    build = mailhelp.host.cache_dir / "host/x-1"
    data = {"page": "wombat", "section": "5"}
    pages = [
        Document(
            f"page/wombat.5/{name}",
            "page",
            f"wombat(5): {name}",
            (name,),
            text=text,
            data={**data, "text": text},
        )
        for name, text in (
            ("burrow_depth", "How deep the zyzzyva gauge digs."),
            ("burrow_width", "The gauge of a zyzzyva."),
        )
    ]
    manuals.build(build / SEARCH, pages)
    (build.parent / "current").write_text(build.name)
    store = Store.create(build / CATALOGUE)
    store.add(pages)
    store.close()
    return mailhelp


def test_words_are_looked_for_in_the_manuals(manual: Mailhelp) -> None:
    both = manual("man", "zyzzyva", "gauge").out
    assert "burrow_depth" in both
    assert "burrow_width" in both
    assert "How deep" in manual("1").out + manual("2").out
    row = manual("man", '"zyzzyva gauge"').out
    assert "burrow_depth" in row
    assert "burrow_width" not in row
    assert "burrow_width" in manual("man", "zyzz*", "burrow_width*").out
    nothing = manual("man", "zyzzyva", "pangolin")
    assert nothing.code == 1
    assert "none has all of these words" in nothing.err


def test_what_no_entry_knows_is_told_by_a_manual(manual: Mailhelp) -> None:
    assert "wombat(5)" in manual("zyzzyva", "gauge").out
    assert "wombat(5)" not in manual("relay", "access", "denied").out


@pytest.mark.parametrize("words", ["the of why", '*:()"~', "?! …", "zyzzyva " * 10_000])
def test_what_says_nothing_is_said_to_find_nothing(mailhelp: Mailhelp, words: str) -> None:
    done = mailhelp(words)
    assert done.code == 1
    assert "Nothing found" in done.err


def test_a_question_of_ten_thousand_words_is_answered(mailhelp: Mailhelp) -> None:
    assert mailhelp("why is mail deferred " * 2500).code == 0


# --- this host's index


def test_the_index_is_built_in_the_background_once(mailhelp: Mailhelp) -> None:
    mailhelp.host.terminal = True
    first, second = mailhelp("5.7.1"), mailhelp("5.7.1")
    assert "in the background" in first.err
    assert "in the background" not in second.err
    ((python, *words),) = mailhelp.host.left
    assert words == ["-P", "-m", "mailhelp", "--quiet", "index"]
    assert "python" in python


def test_nothing_is_started_where_nobody_sits(mailhelp: Mailhelp) -> None:
    assert mailhelp("5.7.1").code == 0
    assert mailhelp.host.left == []


def test_one_file_that_is_known_is_enough(mailhelp: Mailhelp, tmp_path: Path) -> None:
    known, unknown = tmp_path / "known.log", tmp_path / "unknown.log"
    known.write_text(LINE)
    unknown.write_text("wombats frobbed the zork\n")
    assert mailhelp("explain", str(unknown)).code == 1
    assert mailhelp("explain", str(unknown), str(known)).code == 0
    assert mailhelp("explain", str(known), str(unknown)).code == 0


# --- whole logs

FATAL = "Nov 22 {hour:02}:00:00 mx postfix/smtpd[9]: fatal: open database /etc/aliases.db: No such file or directory\n"


@pytest.fixture
def long_log(tmp_path: Path) -> str:
    path = tmp_path / "mail.log"
    path.write_text("".join(FATAL.format(hour=n % 12) for n in range(30)) + LINE)
    return str(path)


def report(done: Done) -> dict[str, object]:
    found: dict[str, object] = json.loads(done.out)["report"]
    return found


def test_a_log_as_a_whole(mailhelp: Mailhelp, long_log: str) -> None:
    done = mailhelp("log", long_log)
    assert done.code == 0
    assert done.out.startswith("mail.log: 31 records, 22 Nov 00:00 to 11:00\n")
    assert "Act now" in done.out
    assert report(mailhelp("log", "--json", long_log))["records"] == 31
    assert "Act now" in mailhelp("log", "--markdown", long_log).out


def test_a_problem_of_a_log_and_what_numbers_open_afterwards(
    mailhelp: Mailhelp, long_log: str
) -> None:
    done = mailhelp("log", long_log, "1")
    assert done.out.splitlines()[0].startswith("A lookup table file can't be opened")
    assert "30 records" in done.out
    mailhelp("log", long_log)
    assert mailhelp("-q", "1").out.startswith("A lookup table file can't be opened")
    assert mailhelp("log", long_log, "7").code == 1


def test_a_log_from_standard_input(mailhelp: Mailhelp) -> None:
    assert report(mailhelp("log", "--json", "-", stdin=LINE * 3))["records"] == 3


@pytest.mark.parametrize(
    ("words", "records"),
    [
        (("--since", "06:00"), 13),
        (("--since", "2026-11-22 06:00", "--until", "08:00"), 5),
        (("--since", "yesterday", "--until", "today"), 0),
        (("--last", "2h"), 2),
    ],
)
def test_a_time_of_a_log(
    mailhelp: Mailhelp, long_log: str, words: tuple[str, ...], records: int
) -> None:
    done = mailhelp("log", "--json", *words, long_log)
    assert done.code == (0 if records else 1)
    if records:
        assert report(done)["records"] == records


@pytest.mark.parametrize("words", [("--last", "soon"), ("--since", "x"), ("--jobs", "none")])
def test_options_of_a_log_that_mean_nothing(
    mailhelp: Mailhelp, long_log: str, words: tuple[str, ...]
) -> None:
    done = mailhelp("log", *words, long_log)
    assert done.code == 2
    assert words[1] in done.err


def test_two_processes_say_the_same(mailhelp: Mailhelp, long_log: str) -> None:
    one, two = (mailhelp("log", "--json", "--jobs", n, long_log) for n in "12")
    assert one.out == two.out


def test_the_journal_where_there_is_no_file(mailhelp: Mailhelp) -> None:
    host = mailhelp.host
    host.terminal = True
    host.files |= {"/etc/postfix/main.cf": "", "/var/log/journal/1/system.journal": ""}
    line = LINE.replace("Nov 22 06:25:16", "2026-11-22T06:25:16.123456+0100")
    host.commands["journalctl",] = Output(line * 4)
    assert "journal: 4 records" in mailhelp("log", "--last", "7h").out
    (asked,) = [argv for argv in host.asked if argv[0] == "journalctl"]
    assert "--since=2026-11-22 05:30:00" in asked
    host.commands["journalctl",] = Output("")
    assert mailhelp("log").code == 3
    del host.commands["journalctl",]
    assert mailhelp("log", "journal").code == 3


def test_a_pattern_that_no_shell_filled_in(mailhelp: Mailhelp, long_log: str) -> None:
    done = mailhelp("log", "--json", long_log[:-3] + "*")
    assert report(done)["records"] == 31


def test_following_needs_a_terminal_and_one_file(mailhelp: Mailhelp, long_log: str) -> None:
    assert mailhelp("log", "--follow", long_log).code == 2


def test_a_source_of_several_that_fails(mailhelp: Mailhelp, long_log: str) -> None:
    done = mailhelp("log", long_log, "/nowhere/mail.log")
    assert done.code == 3
    assert "31 records" in done.out
    assert "/nowhere/mail.log cannot be read" in done.err


def test_a_long_log_at_a_terminal_is_told_as_a_whole(mailhelp: Mailhelp, long_log: str) -> None:
    piped = mailhelp(long_log)
    mailhelp.host.terminal = True
    done = mailhelp("--color", "never", long_log)
    assert done.out.startswith("mail.log: 31 records")
    assert f"mailhelp log {long_log} 1" in done.out or "mailhelp log FILE 1" in done.out
    assert mailhelp("--color", "never", "explain", long_log).out == done.out
    everything = mailhelp("--color", "never", "explain", "--all", long_log)
    assert everything.out == piped.out != done.out


def test_a_mail_is_told_though_a_file_is_gone(mailhelp: Mailhelp, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(
        "Nov 20 10:00:00 mx postfix/qmgr[3]: AAAAA1: from=<a@example.net>, size=500, nrcpt=1 (queue active)\n"
    )
    done = mailhelp("trace", "AAAAA1", str(tmp_path / "gone.log"), str(log))
    assert done.code == 3
    assert done.out.partition(": ")[2].startswith("mail from a@example.net")
    assert "gone.log cannot be read" in done.err


@pytest.mark.parametrize("name", ["message_size_limit", "smtpd_relay_restrictions"])
def test_an_option_after_a_setting_is_mailhelps_own(mailhelp: Mailhelp, name: str) -> None:
    assert mailhelp(name, "-v").out == mailhelp("-v", name).out


def test_a_call_in_quotes_is_made(mailhelp: Mailhelp, tmp_path: Path) -> None:
    whole = mailhelp("recipe", "starttls-check", "host=mail.example.com").out
    assert mailhelp("recipe starttls-check host=mail.example.com").out == whole
    (tmp_path / "main.cf").write_text("mynetworks = 0.0.0.0/0\n", encoding="utf-8")
    told = mailhelp(f"config {tmp_path / 'main.cf'}").out
    assert told == mailhelp("config", "-c", str(tmp_path / "main.cf")).out
    assert told == mailhelp("config", str(tmp_path / "main.cf")).out
    assert "mynetworks" in told


def test_words_that_name_no_file_are_a_question(mailhelp: Mailhelp) -> None:
    assert "Where the logs are" in mailhelp("log files of debian").out


def test_a_copy_is_named_once(mailhelp: Mailhelp) -> None:
    assert mailhelp("config", "-c", "/a", "/b").code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [("explain the y in master.cf chroot column", "chroot"), ("check if blacklisted", "blocklist")],
)
def test_words_after_a_command_that_takes_files_are_a_question(
    mailhelp: Mailhelp, words: str, told: str
) -> None:
    done = mailhelp(*words.split())
    assert done.code == 0
    assert told in done.out.casefold()


def test_a_word_that_is_near_to_a_command_is_no_slip_of_it(mailhelp: Mailhelp) -> None:
    assert "Did you mean" not in mailhelp("long", "queue", "ids", "what", "for").err
    assert "Did you mean: mailhelp trace" in mailhelp("trase", "4B12C21E0A").err


def test_a_missing_log_after_explain_is_said(mailhelp: Mailhelp) -> None:
    done = mailhelp("explain", "/nowhere/mail.log", "/nowhere/mail.log.1")
    assert done.code == 3
    assert "/nowhere/mail.log cannot be read" in done.err


def test_words_after_log_that_are_no_files_are_a_question(mailhelp: Mailhelp) -> None:
    done = mailhelp("log", "says", "lost", "connection", "after", "BDAT")
    assert done.code == 0
    assert "BDAT" in done.out


def test_the_prompt_before_a_piped_record_is_no_record(mailhelp: Mailhelp) -> None:
    record = "postfix/postfix-script: fatal: the Postfix mail system is already running"
    done = mailhelp(stdin=f"root@mail:~# postfix start\n{record}\n")
    assert done.out.startswith("Postfix is already running")
