"""A progress bar on stderr while something takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailhelp.host.machine import Host
from mailhelp.visible import visible

Progress = Callable[[int, int, str], None]


@contextmanager
def shown(
    host: Host, quiet: bool = False, title: str = "Reading this host's manuals"
) -> Iterator[Progress]:
    """A callback ``(done, total, what)`` that draws a bar if stderr is a terminal, else (or if it shall be
    ``quiet``) does nothing.
    """
    if quiet or not host.is_terminal(host.stderr):
        yield lambda done, total, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn(title, markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(file=host.stderr, force_terminal=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=1)
        yield lambda done, total, what: bar.update(
            task, completed=done, total=total, description=visible(what)
        )
