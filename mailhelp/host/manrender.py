"""Man page sources → plain text, with whatever formatter the host has.

groff formats hundreds of pages in one process, twenty times faster than a process for each page;
mandoc and ``man`` take over where there is no groff, or a page that it stumbles over.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from mailhelp.host.machine import Handle, Host, Output

_BATCH = 300_000
"""Characters of source that one groff gets: enough to hide its start, few enough to share out."""
# tty-char: ASCII look-alikes; cR: one endless sheet without page breaks; -cbou: no bold, no colour
_GROFF = ("groff", "-t", "-mandoc", "-mtty-char", "-Tascii", "-P-cbou", "-rcR=1", "-rLL=78n")
_MANDOC = ("mandoc", "-T", "ascii", "-O", "width=78")
_MAN = {"MANWIDTH": "78", "MAN_KEEP_FORMATTING": "", "MANROFFOPT": "", "GROFF_NO_SGR": "1"}
# neither hyphens nor padding in the text, whatever the page asks for
_PLAIN = ".nh\n.de hy\n..\n.na\n.de ad\n..\n"
_MARK = "@@page {}@@"
_MARKED = re.compile(r"^ *@@page (\d+)@@$", re.MULTILINE)
_SECONDS = 60.0
_STOPPED = 2
"""After how many that hung, or wrote without end, a formatter is given up."""

_OVERSTRIKE = re.compile(r".\x08")
_SGR = re.compile(r"\x1b\[[0-9;]*m")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_INCLUDE = re.compile(r"^\.\s*so .*$", re.MULTILINE)
_MDOC = re.compile(r"^\.\s*Dd\b", re.MULTILINE)


def render(
    host: Host, sources: Mapping[str, str], paths: Mapping[str, Path]
) -> Iterator[tuple[str, str]]:
    """Yield (key, plain text) for each of ``sources``, as they are ready and in no special order.

    ``paths`` are the files of the pages by key. A page that no formatter of the host can render is
    left out. No text has formatting in it, hyphenated words or padded lines.
    """
    left = dict(sources)
    for formatter in (_with_groff, _with_mandoc, _with_man_db, _with_man):
        for key, text in formatter(host, dict(left), paths):
            del left[key]
            yield key, text


def strip_formatting(text: str) -> str:
    """``text`` without overstrikes (``_\\bx``) and SGR sequences (``ESC [ 1 m``)."""
    return _OVERSTRIKE.sub("", _SGR.sub("", text))


def workers() -> int:
    """How many processes may work for us at once: no more than this host has to spare."""
    return min(4, os.cpu_count() or 1)


def _with_groff(
    host: Host, sources: Mapping[str, str], paths: Mapping[str, Path]
) -> Iterator[tuple[str, str]]:
    if not host.which("groff"):
        return
    batches = list(_batches(sources))
    starts = (partial(_start_groff, host, batch, sources) for batch in batches)
    for batch, output in zip(batches, _at_once(starts), strict=False):
        parts = _MARKED.split(output.stdout)[1:]
        # a page that stops groff or swallows the next mark spoils the rest, itself included
        whole = len(batch) if len(parts) == 2 * len(batch) else len(parts) // 2 - 1
        for place in range(whole):
            yield batch[int(parts[2 * place])], strip_formatting(parts[2 * place + 1])


def _with_mandoc(
    host: Host, sources: Mapping[str, str], paths: Mapping[str, Path]
) -> Iterator[tuple[str, str]]:
    if not host.which("mandoc"):
        return
    starts = (partial(host.start, *_MANDOC, stdin=text.encode()) for text in sources.values())
    yield from _successes(sources, _at_once(starts))


def _with_man_db(
    host: Host, sources: Mapping[str, str], paths: Mapping[str, Path]
) -> Iterator[tuple[str, str]]:
    yield from _with_man(host, sources, paths, "--no-hyphenation", "--no-justification")


def _with_man(
    host: Host, sources: Mapping[str, str], paths: Mapping[str, Path], *options: str
) -> Iterator[tuple[str, str]]:
    if not host.which("man"):
        return
    commands = (("man", *options, "-P", "cat", str(paths[key])) for key in sources)
    starts = (partial(host.start, *command, variables=_MAN) for command in commands)
    yield from _successes(sources, _at_once(starts))


def _successes(keys: Iterable[str], outputs: Iterable[Output]) -> Iterator[tuple[str, str]]:
    for key, output in zip(keys, outputs, strict=False):
        if not output.failure and output.stdout.strip():
            yield key, strip_formatting(output.stdout)


def _at_once(starts: Iterable[Callable[[], Handle]]) -> Iterator[Output]:
    """The outputs of commands in their order, with a few of them always on their way.

    It ends early when several had to be stopped: such a program would hang for each of hundreds of pages.
    """
    running: deque[Handle] = deque()
    stopped = 0
    for start in starts:
        if len(running) == workers():
            output = running.popleft().result()
            stopped += output.status is None
            yield output
        if stopped < _STOPPED:
            running.append(start())
        else:
            break
    while running:
        yield running.popleft().result()


def _batches(sources: Mapping[str, str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for key, source in sorted(sources.items(), key=lambda item: -len(item[1])):
        # groff loads one macro package for man pages and another for mdoc pages: never in one batch
        if _MDOC.search(source):
            yield [key]
            continue
        if batch and size + len(source) > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(key)
        size += len(source)
    if batch:
        yield batch


def _start_groff(host: Host, batch: list[str], sources: Mapping[str, str]) -> Handle:
    parts = [_PLAIN]
    for number, key in enumerate(batch):
        source = _NOT_ASCII.sub(_escape, _INCLUDE.sub("", sources[key]))
        parts.append(f".ft R\n.nf\n{_MARK.format(number)}\n.fi\n{source}\n")
    return host.start(*_GROFF, stdin="".join(parts).encode("ascii"), timeout=_SECONDS)


def _escape(found: re.Match[str]) -> str:
    return f"\\[u{ord(found[0]):04X}]"
