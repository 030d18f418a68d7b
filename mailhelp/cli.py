"""The command: a command line and a host → an exit code. Errors become sentences."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from mailhelp import arguments
from mailhelp.arguments import Call
from mailhelp.errors import EXIT_ANSWERED, EXIT_INTERRUPTED, MailhelpError, SourceError, UsageError
from mailhelp.host.machine import Host


def main() -> int:
    """Carry out this process's command line on the machine that it runs on."""
    _open_streams()
    try:
        return run(sys.argv[1:], Host())
    except Exception:  # a fault of ours, whose words may hold what was pasted
        return _traceback()


def run(argv: list[str], host: Host) -> int:
    """Carry out one command line on ``host``; returns its exit code.

    All that it reads and writes goes by way of ``host``; nothing is raised for what a user can meet.
    """
    try:
        try:
            code = _carried_out(argv, host)
            host.stdout.flush()
            return code
        except MailhelpError as error:
            return _report(error, host)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # the reader has gone (| head): nothing is wrong, and nothing more can be said
        return EXIT_ANSWERED
    except OSError as error:  # a full disk behind the output, a disk that cannot be read
        place = f" ({error.filename})" if error.filename else ""
        hint = "See ulimit -n." if error.errno in (errno.EMFILE, errno.ENFILE) else ""
        why = f"Reading or writing failed: {error.strerror}{place}."
        return _report(SourceError(why, hint), host)
    except MemoryError:
        said = SourceError("There is not enough memory for this.", "See ulimit -v, and free -m.")
        return _report(said, host)
    except Exception:
        # a damaged index can hold anything; what is wrong with a whole one is a fault of ours
        from mailhelp.session import damage

        found = damage(host)
        if found is None:
            raise
        return _report(found, host)


def _carried_out(argv: list[str], host: Host) -> int:
    call, rest, options = arguments.read(argv)
    if call is None:
        from contextlib import redirect_stdout

        from mailhelp import app
        from mailhelp.output import NARROWEST, WIDEST

        width = max(NARROWEST, min(host.size[0], WIDEST))
        with redirect_stdout(host.stdout):
            try:
                call = app.read(rest, options, width)
            except UsageError as error:  # which repeats a word that it doesn't know
                app.read(_covered(rest, host), options, width)
                raise UsageError("These words make no call.", error.hint) from error
        if call is None:  # help was asked for, and has been given
            return EXIT_ANSWERED
    return _perform(call, host)


def _covered(words: list[str], host: Host) -> list[str]:
    from mailhelp.session import Session

    session = Session(host)
    try:
        return session.redactor.cover_words(words)
    finally:
        session.close()


def _perform(call: Call, host: Host) -> int:
    from mailhelp import actions
    from mailhelp.output import Output
    from mailhelp.said import is_sentence
    from mailhelp.session import Session

    session = Session(host)
    output = Output(host, call.options)
    host.meanwhile = output.prepare
    try:
        if is_sentence(session, call):
            call = call._replace(command="ask", words=arguments.said(call.command, call.words))
        action: Callable[..., int] = getattr(actions, call.command)
        code = action(session, output, call.words, **call.given)
        host.stdout.flush()
        session.keep()
        return code
    except MailhelpError as error:
        # the sentence may repeat what was pasted
        with suppress(MailhelpError):
            error.args = tuple(map(session.redactor.cover, error.args))
        # one that ends the run is not told twice
        session.notices = [said for said in session.notices if not said.startswith(str(error))]
        raise
    finally:
        session.close()
        _say_notices(session.notices, host)


def _report(error: MailhelpError, host: Host) -> int:
    """Say on stderr what happened and what to do; returns the exit code."""
    from mailhelp.visible import visible

    lines = [f"mailhelp: {visible(str(error))}"]
    lines += [f"  {visible(fault)}" for fault in getattr(error, "faults", ())]
    near = getattr(error, "near", ())
    lines += [f"Near it: {visible(', '.join(near))}"] if near else []
    lines += [visible(error.hint)] if error.hint else []
    with suppress(OSError):  # what cannot be written is what is reported
        host.stdout.flush()
    host.stderr.write("".join(f"{line}\n" for line in lines))
    return error.exit_code


def _traceback() -> int:
    """Say where mailhelp failed, with no character that steers a terminal; returns Python's exit code."""
    import traceback

    from mailhelp.visible import visible

    for line in traceback.format_exc().splitlines():
        sys.stderr.write(f"{visible(line)}\n")
    return 1


def _say_notices(notices: list[str], host: Host) -> None:
    from mailhelp.visible import visible

    for notice in dict.fromkeys(notices):
        host.stderr.write(f"mailhelp: {visible(notice)}\n")


def _open_streams() -> None:
    """Make the standard streams usable: a caller can have closed one, a locale can lack our signs."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            devnull = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115  # open to the end
            setattr(sys, name, devnull)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
