"""The command: options, commands, errors to sentences and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from mailhelp import arguments
from mailhelp.arguments import Call, Options
from mailhelp.errors import EXIT_ANSWERED, EXIT_INTERRUPTED, MailhelpError


def main() -> None:
    """The entry point of the ``mailhelp`` command."""
    sys.exit(run(sys.argv[1:]))


def run(argv: list[str]) -> int:
    """Carry out one command line; returns its exit code. Errors become a sentence on stderr."""
    try:
        call, rest, options = arguments.read(argv)
        code = perform(call) if call else _through_typer(rest, options)
        sys.stdout.flush()
        return code
    except MailhelpError as error:
        return report(error)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # the reader has gone (| head): nothing is wrong, and nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ANSWERED


def report(error: MailhelpError) -> int:
    """Say on stderr what happened and what to do; returns the exit code."""
    from mailhelp.render.lines import visible

    sys.stdout.flush()
    print(f"mailhelp: {visible(str(error))}", file=sys.stderr)
    for fault in getattr(error, "faults", ()):
        print(f"  {visible(fault)}", file=sys.stderr)
    near = getattr(error, "near", ())
    if near:
        print(f"Near it: {visible(', '.join(near))}", file=sys.stderr)
    if error.hint:
        print(visible(error.hint), file=sys.stderr)
    return error.exit_code


def perform(call: Call, **more: bool) -> int:
    """Carry out a call; ``more`` are the command's own options."""
    from mailhelp import commands
    from mailhelp.host import Host
    from mailhelp.output import Output
    from mailhelp.session import Session

    session = Session(Host())
    action: Callable[..., int] = getattr(commands, call.command)
    try:
        return action(session, Output(session.host, call.options), call.words, **more)
    finally:
        session.close()
        _say_notices(session.notices)


def _say_notices(notices: list[str]) -> None:
    from mailhelp.render.lines import visible

    for notice in dict.fromkeys(notices):
        print(f"mailhelp: {visible(notice)}", file=sys.stderr)


def _through_typer(words: list[str], options: Options) -> int:
    from mailhelp.app import build

    try:
        build(options, perform)(args=words, prog_name="mailhelp")
    except SystemExit as end:  # Typer ends the program itself: with 2 for a mistake in the words
        return end.code if isinstance(end.code, int) else EXIT_ANSWERED
    return EXIT_ANSWERED
