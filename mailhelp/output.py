"""Writes answers: chooses the renderer, the colour and the pager, and keeps a stream flowing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeGuard

from mailhelp.answer import Answer
from mailhelp.arguments import Options
from mailhelp.host.machine import Host
from mailhelp.render.lines import visible

_NARROWEST, _WIDEST = 40, 100
_PAGERS = ("less", "more")


class Output:
    """Where answers go, and how."""

    def __init__(self, host: Host, options: Options, stream: TextIO | None = None) -> None:
        self.host = host
        self.options = options
        self.stream = stream or sys.stdout
        self.terminal = host.is_terminal(self.stream)
        self.width = max(_NARROWEST, min(host.width, _WIDEST))

    def answers(self, answers: Iterable[Answer], *, streaming: bool = False) -> int:
        """Write ``answers``; return how many of them are more than an admission of ignorance.

        A stream is flushed after every answer and never goes through a pager.
        """
        known = 0
        pieces: list[str] = []
        if _is_choice(answers) and not self.options.json:
            titles = ", ".join(answer.title.partition(":")[0] for answer in answers)
            pieces.append(f"{len(answers)} answers: {visible(titles)}\n\n")
        for number, answer in enumerate(answers):
            known += answer.recognised != "no"
            text = self._text(answer, first=number == 0)
            pieces.append(text)
            if streaming or not self.terminal:
                self.stream.write("".join(pieces))
                self.stream.flush()
                pieces.clear()
        if pieces:
            self._page("".join(pieces))
        return known

    def _text(self, answer: Answer, first: bool) -> str:
        if self.options.json:
            from mailhelp.render import json_

            return json_.render(answer) + "\n"
        lines = "\n".join(self._renderer()(answer)) + "\n"
        if first:
            return lines
        rule = "---" if self.options.markdown else "─" * min(self.width, 40)
        return f"\n{rule}\n\n{lines}"

    def _renderer(self) -> Callable[[Answer], Iterator[str]]:
        if self.options.markdown:
            from mailhelp.render import markdown

            return markdown.render
        if self.colored:
            from mailhelp.render import terminal

            return lambda answer: terminal.render(answer, self.width)
        from mailhelp.render import plain

        return lambda answer: plain.render(answer, self.width)

    @property
    def colored(self) -> bool:
        """Whether to colour: as ``--color`` says, else on a terminal without ``NO_COLOR``."""
        if self.options.color != "auto":
            return self.options.color == "always"
        dumb = self.host.environ.get("TERM") == "dumb"
        return self.terminal and not self.host.environ.get("NO_COLOR") and not dumb

    def _page(self, text: str) -> None:
        """Write ``text``, through a pager if it is longer than the terminal."""
        import os
        import shlex
        import shutil
        import signal
        import subprocess

        try:
            asked = shlex.split(self.host.environ.get("PAGER", ""))
        except ValueError:  # quotes that do not close
            asked = []
        found = next((path for name in _PAGERS if (path := self.host.which(name))), None)
        pager = asked or ([found] if found else [])
        if (
            not self.options.pager
            or not pager
            or not self.host.is_terminal(sys.stdin)
            or text.count("\n") < shutil.get_terminal_size().lines
        ):
            self.stream.write(text)
            self.stream.flush()
            return
        environment = {"LESS": "FRX", **os.environ}
        # Ctrl-C is the pager's: were mailhelp to die of it, the pager would leave the terminal raw
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            subprocess.run(
                pager,
                input=text.encode(),
                env=environment,
                check=False,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        except OSError:
            self.stream.write(text)
            self.stream.flush()
        finally:
            signal.signal(signal.SIGINT, before)


def _is_choice(answers: Iterable[Answer]) -> TypeGuard[tuple[Answer, ...]]:
    """Whether these are several things of one name, of which a reader may want only one."""
    several = isinstance(answers, tuple) and len(answers) > 1
    return several and all(answer.kind not in ("log", "header") for answer in answers)
