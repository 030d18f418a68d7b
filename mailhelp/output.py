"""Writes answers: chooses the renderer, the colour and the pager, and keeps a stream flowing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from mailhelp.answer import Answer
from mailhelp.arguments import Options
from mailhelp.host.machine import Host

if TYPE_CHECKING:
    from mailhelp.render.paint import Look

_NARROWEST, _WIDEST = 20, 100
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
        from mailhelp.render import paint

        look = self.look
        known = 0
        if self.options.json or streaming:
            for number, answer in enumerate(answers):
                known += answer.recognised != "no"
                if number and not self.options.json:
                    self.stream.write(paint.between(look) if look.detail == "full" else "\n")
                self.stream.write(self._one(answer))
                self.stream.flush()
            return known
        told = tuple(answers)
        known = sum(answer.recognised != "no" for answer in told)
        if told:
            self._page(paint.text(told, look))
        return known

    def _one(self, answer: Answer) -> str:
        if self.options.json:
            from mailhelp.render import json_

            return json_.render(answer) + "\n"
        from mailhelp.render import paint

        return paint.record(answer, self.look)

    @property
    def look(self) -> Look:
        """How answers are shown here."""
        from mailhelp.render.paint import Look

        detail = getattr(self.options, "detail", "brief")
        return Look(detail, self.options.markdown, self.colored, self.width)

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
