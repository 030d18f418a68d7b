"""Writes answers: chooses the renderer, the colour and the pager, and keeps a stream flowing."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelp.answer import Answer
from mailhelp.arguments import Options
from mailhelp.host.machine import Host
from mailhelp.light import TYPE_CHECKING, regex
from mailhelp.render.lines import cells
from mailhelp.visible import visible

if TYPE_CHECKING:
    from mailhelp.render.many import Gathered
    from mailhelp.render.paint import Look

NARROWEST, WIDEST = 20, 100
"""Columns that answers are laid out for, whatever a terminal says of itself."""

_COLOR = regex(r"\x1b\[[0-9;]*m")


class Output:
    """Where answers go, and how."""

    def __init__(self, host: Host, options: Options) -> None:
        self.host = host
        self.options = options
        self.stream = host.stdout
        self.terminal = host.is_terminal(self.stream)
        self.every = False  # whether each record of a stream is wanted, also in a terminal
        self.is_at_hand = (
            False  # whether no input is waited for: then what is written may wait for more
        )
        self.width = max(NARROWEST, min(host.size[0], WIDEST))

    def prepare(self) -> None:
        """Load what will show the answers, while there is nothing else to do."""
        if not self.options.json:
            from mailhelp.render import paint

            paint.prepare(self.look)

    def answers(self, answers: Iterable[Answer], *, streaming: bool = False) -> int:
        """Write ``answers``; return how many of them are more than an admission of ignorance.

        A stream is flushed after every answer, unless all of it is at hand, and never goes through a pager.
        """
        from mailhelp.render import paint

        look = self.look
        known = 0
        if self.options.json or streaming:
            for number, answer in enumerate(answers):
                known += answer.recognised != "no"
                if number and not self.options.json and look.detail != "line":
                    self.stream.write(paint.between(look) if look.detail == "full" else "\n")
                self.stream.write(self._one(answer))
                if not self.is_at_hand:
                    self.stream.flush()
            self.stream.flush()
            return known
        told = tuple(answers)
        known = sum(answer.recognised != "no" for answer in told)
        if told:
            self._page(paint.text(told, look))
        return known

    @property
    def is_one_screen(self) -> bool:
        """Whether somebody reads here who wants one screen, however many records there are."""
        plain = not (self.options.json or self.options.markdown)
        return not self.every and self.terminal and plain and self.options.detail == "brief"

    def summary(self, answers: Iterable[Answer]) -> Gathered:
        """Write one screen for many ``answers``; return what it was made of."""
        from mailhelp.render import many, paint

        gathered = many.gather(answers)
        self._page(paint.summary(gathered, self.look))
        return gathered

    def redraw(self, answer: Answer) -> None:
        """Write an answer in place of all that is on the terminal, no longer than that."""
        from mailhelp.render import paint

        lines = paint.text((answer,), self.look).split("\n")[: self.host.size[1] - 1]
        self.stream.write("\x1b[H" + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
        self.stream.flush()

    def line(self, text: str) -> None:
        """Write one line, with what could be a control character shown escaped."""
        self.stream.write(f"{visible(text)}\n")

    def say(self, text: str) -> None:
        """Tell the reader something beside the answer, on standard error."""
        self.host.stderr.write(f"{visible(text)}\n")
        self.host.stderr.flush()

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

        return Look(self.options.detail, self.options.markdown, self.colored, self.width)

    @property
    def colored(self) -> bool:
        """Whether to colour: as ``--color`` says, else on a terminal without ``NO_COLOR``."""
        if self.options.color != "auto":
            return self.options.color == "always"
        dumb = self.host.environ.get("TERM") == "dumb"
        return self.terminal and not self.host.environ.get("NO_COLOR") and not dumb

    def _page(self, text: str) -> None:
        """Write ``text``, through a pager if it is longer than the terminal."""
        seen = self.terminal and self.options.pager and self._is_long(text)
        pager = self._pager() if seen else []
        if not pager or not self.host.is_terminal(self.host.stdin):
            self.stream.write(text)
            self.stream.flush()
            return
        import signal
        import subprocess

        if pager[0].endswith("more"):
            text = _COLOR.sub("", text)  # it counts the signs of a colour as columns, or shows them
        # Ctrl-C is the pager's: were mailhelp to die of it, the pager would leave the terminal raw
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            ended = subprocess.run(
                pager,
                input=text.encode("utf-8", "replace"),
                env={"LESS": "FRX", **self.host.environ, "PATH": self.host.search_path},
                check=False,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
            failed = f"ended with exit status {ended.returncode}" if ended.returncode > 0 else ""
        except OSError as error:
            failed = f"cannot be run: {error.strerror}"
        finally:
            signal.signal(signal.SIGINT, before)
        if failed:
            self.stream.write(text)
            self.stream.flush()
            self.say(
                f"mailhelp: The pager {pager[0]} {failed}. Set PAGER to another, or --no-pager."
            )

    def _is_long(self, text: str) -> bool:
        """Whether ``text`` and the prompt after it need more lines than the terminal has."""
        columns, lines = self.host.size
        shown = (cells(_COLOR.sub("", line)) for line in text.splitlines())
        return sum(1 + max(0, width - 1) // columns for width in shown) >= lines

    def _pager(self) -> list[str]:
        """The pager's words: the user's choice, else what this host has; none if it has none."""
        import os
        import shlex

        try:
            pager = shlex.split(self.host.environ.get("PAGER", ""))
        except ValueError:  # quotes that do not close
            pager = []
        found = None
        for words in (pager, ["less"], ["more"]):
            found = found or (self.host.which(words[0]) if words else None)
            if found:
                pager = [found, *words[1:]]
                break
        if pager and os.path.basename(pager[0]) == "less":
            # LESS may say all kinds of things, and none of them is how our colours get through
            pager.append("-R")
        return pager
