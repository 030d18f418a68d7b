"""The table of commands: complete, and what README shows."""

import pytest

from mailhelp import actions
from mailhelp.commands import COMMANDS, GLOBAL, Subcommand, table
from tests.conftest import CORPUS

README = CORPUS.parent / "README.md"


def test_readme_shows_the_table() -> None:
    assert table() in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_every_command_is_carried_out_and_says_what_it_does(command: Subcommand) -> None:
    assert callable(getattr(actions, command.name))
    assert command.help.endswith(".")
    assert all(each.startswith(f"mailhelp {command.name}") for each in command.examples)
    flags = [flag for each in (*command.switches, *GLOBAL) for flag in each.flags]
    assert len(flags) == len(set(flags))


def test_examples_can_be_typed() -> None:
    from mailhelp.arguments import read

    for command in COMMANDS.values():
        for example in command.examples:
            call, _, _ = read(example.split(">")[0].split()[1:])
            assert call is not None
            assert call.command == command.name
