"""The commands as Typer reads them: help, and mistakes told in words. Built from the table of commands."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, cast

import typer

from mailhelp.arguments import Call, Options
from mailhelp.commands import COMMANDS, GLOBAL, Subcommand, Switch
from mailhelp.errors import UsageError

_HELP = """Offline help for mail administrators.

mailhelp WORDS… explains anything: a parameter or a part of one (queue_lifetime), a log line,
an SMTP code (5.7.1), a mail header, a question. Without words it reads what you pipe or paste;
mailhelp -v alone shows the last answer in full, mailhelp 2 the second of the last list.
"""
_EPILOG = "Exit codes: 0 answered, 1 nothing found, 2 usage, 3 a source could not be read."

# Typer keeps the classes of Click's errors to itself, and has had them in different places
_ClickError = cast(
    type[typer.BadParameter],
    next(each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException"),
)


def read(words: list[str], options: Options, width: int) -> Call | None:
    """The call that ``words`` make; ``None`` if they ask for help, which has then been printed.

    ``width`` is that of the help, in columns. Raises ``UsageError`` for words that make no call.
    """
    calls: list[Call] = []
    try:
        build(options, calls.append, width)(args=words, prog_name="mailhelp", standalone_mode=False)
    except _ClickError as error:
        said = " ".join(error.format_message().split())
        command = f" {words[0]}" if words[0] in COMMANDS else ""
        raise UsageError(
            said if said.endswith((".", "?")) else f"{said}.",
            f"What it takes: mailhelp{command} --help",
        ) from error
    return calls[0] if calls else None


def build(options: Options, found: Callable[[Call], None], width: int = 80) -> typer.Typer:
    """The application; it hands the call that it reads to ``found``, with the global ``options``."""
    app = typer.Typer(
        help=_HELP,
        no_args_is_help=True,
        add_completion=False,  # ``mailhelp completion`` is faster and knows names
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "terminal_width": width},
        epilog=_EPILOG,
    )

    def everything(**given: Any) -> None:
        """The global options are read by ``arguments``; here they are shown."""

    app.callback()(_with_signature(everything, [_parameter(switch) for switch in GLOBAL], _HELP))
    for command in COMMANDS.values():
        app.command(command.name, epilog=_examples(command))(_function(command, options, found))
    return app


def _function(
    command: Subcommand, options: Options, found: Callable[[Call], None]
) -> Callable[..., None]:
    def call(**given: Any) -> None:
        words = given.pop(command.operand.name) if command.operand else None
        operands = (words,) if isinstance(words, str) else tuple(words or ())
        # only what was given, as the short way in has it
        own = {each.name: each.default for each in command.switches}
        chosen = {name: value for name, value in given.items() if value != own[name]}
        found(Call(command.name, operands, options, chosen))

    parameters = [_parameter(switch) for switch in command.switches]
    if command.operand:
        type_ = list[str] | None if command.operand.many else str | None
        shown = typer.Argument(metavar=command.operand.metavar, help=command.operand.help)
        parameters.insert(0, _keyword(command.operand.name, Annotated[type_, shown], None))
    return _with_signature(call, parameters, f"{command.help}\n\n{command.more}".strip())


def _parameter(switch: Switch) -> inspect.Parameter:
    """An option as Typer reads it from a function's signature."""
    choices = f" {', '.join(switch.choices)}." if switch.choices else ""
    shown = typer.Option(
        *switch.flags, help=f"{switch.help}{choices}", metavar=switch.metavar or None
    )
    type_ = bool if switch.type is bool else str | None
    return _keyword(switch.name, Annotated[type_, shown], switch.default)


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _with_signature(
    function: Callable[..., None], parameters: list[inspect.Parameter], help: str
) -> Callable[..., None]:
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in parameters}
    function.__doc__ = help
    return function


def _examples(command: Subcommand) -> str | None:
    # \b: Click keeps the lines of this paragraph
    return (
        "\b\nFor example:\n" + "\n".join(f"  {each}" for each in command.examples)
        if command.examples
        else None
    )
