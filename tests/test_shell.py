"""Commands are filled so that a value stays one word and can't become an option."""

import subprocess

import pytest

from mailhelp.answer import escape_markdown
from mailhelp.errors import CorpusError
from mailhelp.patterns.holes import Hole, parse
from mailhelp.shell import fill, quoted_hole

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
    assert fill("postcat -q {queue_id}", {"queue_id": "-v"}) is None
    assert fill("grep -- {queue_id}", {"queue_id": "-v"}) == "grep -- -v"
    assert fill("swaks --to={to}", {"to": "-x"}) == "swaks --to=-x"


@pytest.mark.parametrize(
    "value", ["\x1b]0;x\x07", "a\nb", "a\x00b", "\u202egnp.exe", "\x9b31m", ""]
)
def test_control_characters_and_nothing_never_reach_a_command(value: str) -> None:
    assert fill("grep -- {text}", {"text": value}) is None


def test_a_missing_value_drops_the_command_or_is_shown_in_capitals() -> None:
    assert fill("postcat -q {queue_id}", {}) is None
    assert fill("postcat -q {queue_id}", {}, missing="show") == "postcat -q QUEUE_ID"


def test_a_hole_inside_quotes_is_noticed() -> None:
    assert quoted_hole(parse("echo '{name}'")) == "name"
    assert quoted_hole(parse("echo 'a' {name}")) is None


def test_markdown_of_data_shows_itself() -> None:
    assert escape_markdown("[x](http://a)*b*") == "\\[x\\](http://a)\\*b\\*"


def test_a_value_can_not_become_an_operand_of_dig() -> None:
    assert fill("dig {domain}", {"domain": "+trace"}) is None


def test_a_value_cannot_end_the_options_for_the_next_one() -> None:
    assert fill("prog {a} {b}", {"a": "x -- y", "b": "-rf"}) is None
    assert fill("prog -- {a} {b}", {"a": "x", "b": "-rf"}) == "prog -- x -rf"
