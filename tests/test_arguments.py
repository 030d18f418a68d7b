"""The short way in reads a command line as Typer would."""

import pytest

from mailhelp.arguments import Options, read
from mailhelp.errors import UsageError


@pytest.mark.parametrize(
    ("argv", "command", "words"),
    [
        (["queue_lifetime"], "ask", ("queue_lifetime",)),
        (["Relay", "access", "denied"], "ask", ("Relay", "access", "denied")),
        ([], "ask", ()),
        (["--", "recipe"], "ask", ("recipe",)),
        (["--", "--help"], "ask", ("--help",)),
        (["recipe", "starttls-check", "host=a"], "recipe", ("starttls-check", "host=a")),
        (["explain", "-"], "explain", ("-",)),
        (["openssl", "s_client", "-connect", "a:25"], "ask", ("openssl", "s_client", "-connect", "a:25")),
        (["--version"], "version", ()),
    ],
)  # fmt: skip
def test_plain_calls(argv: list[str], command: str, words: tuple[str, ...]) -> None:
    call, _, options = read(argv)
    assert call is not None
    assert (call.command, call.words, options) == (command, words, Options())


def test_global_options_stand_anywhere_before_two_dashes() -> None:
    call, _, options = read(["queue", "--json", "--color=never", "--no-pager"])
    assert call is not None
    assert (call.words, options) == (("queue",), Options(json=True, color="never", pager=False))
    call, _, options = read(["--", "--json"])
    assert call is not None
    assert (call.words, options.json) == (("--json",), False)


@pytest.mark.parametrize(
    "argv", [["--help"], ["trace", "--al", "x"], ["index", "x"], ["-x"], ["completion", "a", "b"]]
)
def test_the_rest_is_typers(argv: list[str]) -> None:
    call, rest, _ = read(argv)
    assert (call, rest) == (None, argv)


@pytest.mark.parametrize(
    "first",
    [
        "- Nov 22 06:25:16 mx postfix/smtpd[1]: connect from unknown[192.0.2.7]",
        "-Queue ID-  --Size-- ----Arrival Time----\n-- 0 Kbytes",
        "-Queue",
        "---",
        "--4B12C21E.1764/mx.example.org",
        "--Apple-Mail=_12\nContent-Type: text/plain",
        "--password hunter2 and so on",
    ],
)
def test_a_text_that_begins_with_a_dash_is_no_option(first: str) -> None:
    for before in ([], ["--json"]):
        call, _, _ = read([*before, first, "more"])
        assert call is not None
        assert (call.command, call.words) == ("ask", (first, "more"))
    call, _, _ = read(["trace", first])
    assert call is not None
    assert call.words == (first,)


def test_a_lone_dash_is_standard_input() -> None:
    for argv in (["-"], ["-", "--json"]):
        call, _, _ = read(argv)
        assert call is not None
        assert (call.command, call.words) == ("ask", ())


@pytest.mark.parametrize("argv", [["--color"], ["--color", "red"], ["--color="]])
def test_color_wants_one_of_its_values(argv: list[str]) -> None:
    with pytest.raises(UsageError):
        read(argv)
