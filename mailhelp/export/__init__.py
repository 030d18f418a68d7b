"""What the corpus knows of logs, in the languages of engines that people already run.

To add an engine: a module that writes ``Rules``, a row here, a word in ``commands.FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from mailhelp import __version__
from mailhelp.export import grok, lnav
from mailhelp.export.rules import Rules, rules

if TYPE_CHECKING:
    from mailhelp.knowledge.library import Library

WRITERS: dict[str, Callable[[Rules, str], Iterator[str]]] = {"grok": grok.write, "lnav": lnav.write}


def export(library: Library, format: str, programs: Iterable[str] = ()) -> Iterator[str]:
    """The lines of what ``library`` knows of ``programs`` (all without any), in one of the formats of ``WRITERS``.

    Raises ``UsageError`` for a program that is not known.
    """
    return WRITERS[format](rules(library, programs), f"Made by mailhelp {__version__}.")
