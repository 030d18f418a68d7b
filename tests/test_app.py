"""Typer reads the same calls as the short way in; help and mistakes are its own."""

import pytest

from mailhelp import app, arguments
from mailhelp.arguments import Options
from mailhelp.commands import COMMANDS
from mailhelp.errors import UsageError

CALLS = [
    ["explain"],
    ["explain", "-"],
    ["explain", "--only-problems", "a.log", "b.log"],
    ["explain", "--all", "mail.log"],
    ["log"],
    ["log", "--last", "2h", "mail.log", "3"],
    ["log", "--since=06:00", "--until", "07:00", "--jobs", "2"],
    ["trace", "--all"],
    ["trace", "4F2A", "--all", "mail.log"],
    ["trace", "--", "--all"],
    ["recipe", "starttls-check", "host=a"],
    ["man", "5", "postconf"],
    ["template"],
    ["config"],
    ["doctor"],
    ["index"],
    ["check"],
    ["check", "corpus"],
    ["export", "grok", "postfix"],
    ["completion", "bash"],
]


@pytest.mark.parametrize("words", CALLS)
def test_both_ways_read_the_same(words: list[str]) -> None:
    call, _, _ = arguments.read(words)
    assert call is not None
    assert app.read(words, Options(), 80) == call


def test_every_command_is_among_the_calls() -> None:
    assert {words[0] for words in CALLS} == set(COMMANDS)


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (["--zap"], "--zap", "mailhelp --help"),
        (["trace", "--zap"], "--zap", "mailhelp trace --help"),
        (["doctor", "x"], "unexpected", "mailhelp doctor --help"),
        (["trace", "--all=3"], "--all", "mailhelp trace --help"),
    ],
)
def test_mistakes_are_sentences(words: list[str], said: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        app.read(words, Options(), 80)
    assert said in str(caught.value)
    assert str(caught.value)[-1] in ".?"
    assert "\n" not in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize("words", [["--help"], ["trace", "-h"]])
def test_help_is_printed_and_is_no_call(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.read(words, Options(), 80) is None
    assert "Usage: mailhelp" in capsys.readouterr().out
