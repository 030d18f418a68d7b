"""The first and the last act of the command, where milliseconds are.

Nothing is imported here before it is known to be needed. A short run makes no cycles worth looking
for, so the collector stays off until a long one begins (``actions``); and an interpreter that ends
takes its modules apart one by one, so the command leaves without that once all is written. Together
they are a fifth of an answer's time.
"""

import gc
import os
import sys


def main() -> None:
    """The entry point of the ``mailhelp`` command."""
    try:
        leave(_answered())
    except KeyboardInterrupt:  # while modules are loaded
        leave(130)


def _answered() -> int:
    gc.disable()
    if sys.argv[1:] == ["--version"]:
        from mailhelp import __version__

        print(f"mailhelp {__version__}")
        return 0
    if "_MAILHELP_COMPLETE" in os.environ:  # a shell asks which words could come next
        from mailhelp.completion import main as complete

        return complete(os.environ)
    from mailhelp.cli import main as answer

    return answer()


def leave(code: int) -> None:
    """End the process with ``code``, once what was written has gone out.

    Programs that were started have been waited for (``Host.start``), but for those that
    are meant to stay; files were closed by who opened them.
    """
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105  # contextlib takes a millisecond to import
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # closed, full or never there: it has been said, or there is nobody to hear it
    os._exit(code)
