"""The command: options, commands, errors to sentences and exit codes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

from mailhelp import arguments
from mailhelp.arguments import Call, Options
from mailhelp.errors import EXIT_ANSWERED, EXIT_INTERRUPTED, MailhelpError, SourceError


def main() -> None:
    """The entry point of the ``mailhelp`` command."""
    _open_streams()
    sys.exit(run(sys.argv[1:]))


def run(argv: list[str]) -> int:
    """Carry out one command line; returns its exit code. Errors become a sentence on stderr."""

    def action() -> int:
        if "_MAILHELP_COMPLETE" in os.environ:  # a shell asks which words could come next
            return _through_typer(argv, Options())
        call, rest, options = arguments.read(argv)
        return perform(call) if call else _through_typer(rest, options)

    return _code_of(action)


def _code_of(action: Callable[[], int]) -> int:
    """The exit code of ``action``, whichever way it ends."""
    try:
        try:
            code = action()
            sys.stdout.flush()
            return code
        except MailhelpError as error:
            return report(error)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # the reader has gone (| head): nothing is wrong, and nothing more can be said
        _write_no_more()
        return EXIT_ANSWERED
    except OSError as error:  # a full disk behind the output, a disk that cannot be read
        _write_no_more()
        place = f" ({error.filename})" if error.filename else ""
        return report(SourceError(f"Reading or writing failed: {error.strerror}{place}."))


def _write_no_more() -> None:
    """Let what is still to be written go nowhere: Python would try it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_streams() -> None:
    """Make the standard streams usable: a caller can have closed one, a locale can lack our signs."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            devnull = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115  # open to the end
            setattr(sys, name, devnull)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


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


def perform(call: Call, **more: bool | str) -> int:
    """Carry out a call; ``more`` are the command's own options."""
    from mailhelp import commands
    from mailhelp.host.machine import Host
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

    def guarded(call: Call, **more: bool | str) -> int:
        # Typer has codes and words of its own for a closed pipe and an interrupt
        return _code_of(lambda: perform(call, **more))

    try:
        build(options, guarded)(args=words, prog_name="mailhelp")
    except SystemExit as end:  # Typer ends the program itself: with 2 for a mistake in the words
        return end.code if isinstance(end.code, int) else EXIT_ANSWERED
    return EXIT_ANSWERED
