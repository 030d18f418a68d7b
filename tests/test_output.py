"""Where answers go: width, colour, pager."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from mailhelp.answer import Answer, Command
from mailhelp.arguments import Options
from mailhelp.host import machine
from mailhelp.output import Output
from tests.fakes import FakeHost

LONG = Answer("topic", recognised="entry", title="Long", notes=tuple(map(str, range(100))))
SHORT = Answer("topic", recognised="entry", title="Short")


def on(host: FakeHost, **options: Any) -> Output:
    return Output(host, Options(**{"detail": "full", **options}))


@pytest.mark.parametrize(("columns", "width"), [(1, 20), (20, 20), (80, 80), (300, 100)])
def test_a_sane_width_whatever_the_terminal(host: FakeHost, columns: int, width: int) -> None:
    host.screen = (columns, 24)
    assert on(host).width == width


@pytest.mark.parametrize(
    ("said", "columns"),
    [("132", 132), ("0", 80), ("-5", 80), ("", 80), ("9" * 30, 80), ("wide", 80)],
)
def test_a_terminal_that_lies(said: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_terminal(descriptor: int) -> Any:
        raise OSError

    monkeypatch.setattr(machine.os, "get_terminal_size", no_terminal)
    monkeypatch.setenv("COLUMNS", said)
    monkeypatch.setenv("LINES", "0")
    assert machine.Host().size == (columns, 24)


def test_the_detail_is_handed_on(host: FakeHost) -> None:
    for detail in ("line", "brief", "full"):
        assert on(host, detail=detail).look.detail == detail


class Pager:
    """Stands for the program that pages; remembers how it was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.words: list[str] = []
        self.text = ""
        self.environment: dict[str, str] = {}
        self.status = 0
        monkeypatch.setattr(subprocess, "run", self.run)

    def run(
        self, words: list[str], *, input: bytes, env: dict[str, str], **_: Any
    ) -> subprocess.CompletedProcess[bytes]:
        self.words, self.text, self.environment = words, input.decode(), env
        return subprocess.CompletedProcess(words, self.status)


@pytest.fixture
def pager(monkeypatch: pytest.MonkeyPatch, host: FakeHost) -> Pager:
    host.terminal = True
    host.commands = {("less",): machine.Output(), ("more",): machine.Output()}
    return Pager(monkeypatch)


def test_what_fits_the_screen_is_not_paged(host: FakeHost, pager: Pager) -> None:
    on(host).answers([SHORT])
    assert pager.words == []
    assert "Short" in host.written.getvalue()


def test_a_long_answer_goes_through_less_that_keeps_colour(host: FakeHost, pager: Pager) -> None:
    host.variables["LESS"] = "-i"
    on(host).answers([LONG])
    assert pager.words == ["/usr/bin/less", "-R"]
    assert pager.environment["LESS"] == "-i"
    assert "\x1b[" in pager.text
    assert host.written.getvalue() == ""


def test_what_counts_are_the_lines_of_the_screen(host: FakeHost, pager: Pager) -> None:
    # a command is never broken: twenty lines of it take a hundred on this screen
    commands = tuple(Command("x" * 100) for _ in range(20))
    answer = Answer("topic", recognised="entry", title="x", commands=commands)
    host.screen = (200, 60)
    on(host).answers([answer])
    assert pager.words == []
    host.screen = (20, 60)
    on(host).answers([answer])
    assert pager.words


def test_colours_take_no_room(host: FakeHost, pager: Pager) -> None:
    # each command is as wide as the screen; with its colour codes it would be two lines
    commands = tuple(Command("x" * 78) for _ in range(15))
    answer = Answer("topic", recognised="entry", title="x", commands=commands)
    on(host, pager=False).answers([answer])
    host.screen = (80, host.written.getvalue().count("\n") + 1)
    on(host).answers([answer])
    assert pager.words == []
    assert "\x1b[" in host.written.getvalue()


def test_the_users_pager(host: FakeHost, pager: Pager) -> None:
    host.variables["PAGER"] = "less -S"
    on(host).answers([LONG])
    assert pager.words == ["/usr/bin/less", "-S", "-R"]
    host.commands["most",] = machine.Output()
    host.variables["PAGER"] = "most"
    on(host).answers([LONG])
    assert pager.words == ["/usr/bin/most"]


def test_a_pager_that_is_not_here_is_replaced(host: FakeHost, pager: Pager) -> None:
    host.variables["PAGER"] = "most -x"
    on(host).answers([LONG])
    assert pager.words == ["/usr/bin/less", "-R"]


def test_a_pager_gets_no_path_into_the_current_directory(host: FakeHost, pager: Pager) -> None:
    host.variables["PATH"] = ".::/usr/bin"
    on(host).answers([LONG])
    assert pager.environment["PATH"] == host.search_path


def test_what_a_pager_failed_to_show_is_written(host: FakeHost, pager: Pager) -> None:
    pager.status = 1
    on(host).answers([LONG])
    assert "Long" in host.written.getvalue()
    assert "less ended with exit status 1" in host.said.getvalue()


def test_more_gets_no_colour(host: FakeHost, pager: Pager) -> None:
    del host.commands["less",]
    on(host).answers([LONG])
    assert pager.words == ["/usr/bin/more"]
    assert "\x1b" not in pager.text


@pytest.mark.parametrize("options", [{"pager": False}, {"json": True, "pager": False}])
def test_no_pager_where_none_is_wanted(
    host: FakeHost, pager: Pager, options: dict[str, bool]
) -> None:
    on(host, **options).answers([LONG])
    assert pager.words == []


def test_a_pager_that_cannot_be_run(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise FileNotFoundError

    host.terminal = True
    host.commands["nosuch",] = machine.Output()
    host.variables["PAGER"] = "nosuch"
    monkeypatch.setattr(subprocess, "run", broken)
    on(host).answers([LONG])
    assert "Long" in host.written.getvalue()


@pytest.mark.parametrize(
    ("color", "terminal", "variables", "colored"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_colour_only_where_it_is_wanted(
    host: FakeHost, color: str, terminal: bool, variables: dict[str, str], colored: bool
) -> None:
    host.terminal = terminal
    host.variables.update(variables)
    assert on(host, color=color).colored is colored
    on(host, color=color, pager=False).answers([SHORT._replace(severity="error")])
    assert ("\x1b[" in host.written.getvalue()) is colored
