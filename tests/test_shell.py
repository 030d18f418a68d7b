"""Commands are filled so that a value stays one word and can't become an option."""

import subprocess

import pytest

from mailhelp.answer import escape_markdown
from mailhelp.errors import CorpusError
from mailhelp.patterns.holes import Hole, parse
from mailhelp.shell import commands, file, fill, quoted_hole, split_hole, unfit

HOSTILE = [
    "$(touch /tmp/owned)",
    "`id`",
    "a; rm -rf /",
    "it's",
    'say "hi"',
    "two words",
    "*",
    "~root",
    "a|b&c",
    "\\",
    "ünïcode",
]


def test_text_and_holes_are_parted() -> None:
    assert parse("a {b} {{c}}") == ("a ", Hole("b"), " {c}")


@pytest.mark.parametrize("text", ["{", "a } b", "{Upper}", "{}"])
def test_a_stray_brace_is_a_fault(text: str) -> None:
    with pytest.raises(CorpusError):
        parse(text)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_shell_reads_a_filled_value_as_it_was(value: str) -> None:
    command = fill("printf %s {value}", {"value": value})
    assert command is not None
    for shell in ("sh", "bash"):
        done = subprocess.run([shell, "-c", command], capture_output=True, check=True, timeout=10)
        assert done.stdout.decode() == value


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_inside_a_word_is_quoted_too(value: str) -> None:
    command = fill("printf %s name={value}", {"value": value})
    assert command is not None
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True, timeout=10)
    assert done.stdout.decode() == f"name={value}"


def test_a_value_can_not_become_an_option() -> None:
    assert fill("postcat -q {queue_id}", {"queue_id": "-v"}) == "postcat -q QUEUE_ID"
    assert "an option" in unfit("postcat -q {queue_id}", {"queue_id": "-v"})["queue_id"]
    assert fill("grep -- {queue_id}", {"queue_id": "-v"}) == "grep -- -v"
    assert fill("swaks --to={to}", {"to": "-x"}) == "swaks --to=-x"


@pytest.mark.parametrize(
    "value",
    [
        "\x1b]0;x\x07",
        "a\nb",
        "a\x00b",
        "\u202egnp.exe",
        "\x9b31m",
        "a\u00a0b",
        "e" + "\u0301" * 9,
        "\ue000",
    ],
)
def test_what_cannot_be_seen_never_reaches_a_command(value: str) -> None:
    assert fill("grep -- {text}", {"text": value}) == "grep -- TEXT"
    assert "cannot be seen" in unfit("grep -- {text}", {"text": value})["text"]


def test_a_value_that_is_not_what_it_should_be_is_left_to_the_reader() -> None:
    checks = {"host": r"[\w.-]+"}
    assert (
        fill("dig {host} {type}", {"host": "@evil", "type": "mx"}, checks=checks) == "dig HOST mx"
    )
    assert fill("dig {host}", {"host": "mx.example"}, checks=checks) == "dig mx.example"
    assert list(unfit("dig {host}", {"host": "@evil"}, checks)) == ["host"]


def test_a_file_is_no_option_and_is_called_what_is_seen() -> None:
    assert [file(name) for name in ("-rf", "a b", "x\x1b[2J")] == ["./-rf", "'a b'", "FILE"]


def test_a_missing_value_drops_the_command_or_is_shown_in_capitals() -> None:
    assert fill("postcat -q {queue_id}", {}) is None
    assert fill("postcat -q {queue_id}", {"queue_id": ""}) is None
    assert fill("{a} -q {queue_id}", {"a": "-x"}) is None
    assert fill("postcat -q {queue_id}", {}, missing="show") == "postcat -q QUEUE_ID"


def test_a_hole_inside_quotes_is_noticed() -> None:
    assert quoted_hole(parse("echo '{name}'")) == "name"
    assert quoted_hole(parse("echo 'a' {name}")) is None


def test_markdown_of_data_shows_itself() -> None:
    assert escape_markdown("[x](http://a)*b*") == "\\[x\\](http://a)\\*b\\*"


def test_a_value_can_not_become_an_operand_of_dig() -> None:
    assert fill("dig {domain}", {"domain": "+trace"}) == "dig DOMAIN"


def test_a_value_cannot_end_the_options_for_the_next_one() -> None:
    assert fill("prog {a} {b}", {"a": "x -- y", "b": "-rf"}) == "prog 'x -- y' B"
    assert fill("prog -- {a} {b}", {"a": "x", "b": "-rf"}) == "prog -- x -rf"


@pytest.mark.parametrize("sign", ["| ", "; ", "&& ", "$(", "`", "> f; "])
def test_that_no_options_follow_holds_for_one_command(sign: str) -> None:
    assert fill(f"grep -- {{a}} f {sign}grep {{b}}", {"a": "-x", "b": "-f"}).endswith("grep B")


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("df $(dirname -- {path})", "path"),
        ('df "$(dirname -- {path})"', None),
        ('df "$(x $(dirname -- {path}))"', "path"),
        ("for m in $(postconf -h {name}); do echo $m; done", None),
        ('d=$(dirname -- {path}); df "$d"', None),
    ],
)
def test_what_is_split_into_words_again_is_noticed(template: str, name: str | None) -> None:
    assert split_hole(parse(template)) == name


def words(text: str) -> list[list[str]]:
    return [[word.value for word in each.words] for each in commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("a | b && c; d & e", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("a \"$(b 'c d')\" `e`", [["a", "$(b 'c d')", "`e`"]]),
        ("a <<EOF | b\nit's; rm -rf /\nEOF\nc", [["a"], ["b"], ["c"]]),
        ("a <<-'E F'\n\tx\n\tE F\nb", [["a"], ["b"]]),
        ("a # b c\nd", [["a"], ["d"]]),
        ("a\\\n b", [["a", "b"]]),
        ("x=1 y=2 a b=3", [["a", "b=3"]]),
        ("diff <(a) <(b)", [["diff", "<(a)", "<(b)"]]),
        ("for i in a; do rm $i; done", [["for", "i", "in", "a"], ["rm", "$i"]]),
        ("a 'never closed", [["a", "never closed"]]),
        ("a $(never closed", [["a", "$(never closed"]]),
        ("", []),
    ],
)
def test_words_are_split_as_the_shell_does(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ['a \'b c\' "d$e" f\\ g x="y z"', "a b\\'c ''", 'a "b\\"c"'])
def test_a_shell_splits_the_same(text: str) -> None:
    script = f"e=E; set -- {text}; printf '%s\\n' \"$@\""
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert [word.replace("$e", "E") for word in words(text)[0]] == done.stdout.split("\n")[:-1]


def test_places_are_those_of_the_text() -> None:
    text = "sudo rm -rf 'a b' > /dev/null 2>&1"
    (found,) = commands(text)
    assert [text[word.start : word.end] for word in found.words] == ["sudo", "rm", "-rf", "'a b'"]
    assert [(each.operator, each.target and each.target.value) for each in found.redirections] == [
        (">", "/dev/null"),
        ("2>&", "1"),
    ]


def test_commands_inside_words_are_found_by_their_places() -> None:
    text = 'kill "$(cat /run/x.pid)"'
    (found,) = commands(text)
    ((start, end),) = found.words[1].inner
    assert text[start:end] == "cat /run/x.pid"
    assert words(text[start:end]) == [["cat", "/run/x.pid"]]
