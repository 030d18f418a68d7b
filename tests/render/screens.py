"""Answers that the tests of a screen tell, and what is read of them."""

from __future__ import annotations

from mailhelp.answer import (
    Answer,
    Command,
    Prose,
    Verdict,
)
from mailhelp.render import plain, screen


def prose(text: str) -> Prose:
    return Prose(text, (["p", [["", text]]],))


def shown(*answers: Answer, width: int = 80) -> list[str]:
    return list(plain.paint(screen.screen(answers, width), width))


LONG = " ".join(f"Sentence number {number} says a little about it." for number in range(40))
DENIED = Answer(
    kind="log",
    recognised="entry",
    entry="postfix/smtpd/relay-access-denied",
    title="Relay access denied",
    severity="notice",
    event="rejected",
    verdict=Verdict("this-server", "permanent"),
    gist="unknown[192.0.2.7]: ann@example.org → bob@example.net   554 5.7.1",
    text="NOQUEUE: reject: RCPT from unknown[192.0.2.7]",
    explanation=prose(LONG),
    causes=tuple(prose(f"Cause {number} of it.") for number in range(9)),
    actions=tuple(prose(f"Action {number} to take.") for number in range(9)),
    commands=tuple(Command(f"postconf name{number}", f"Read {number}.") for number in range(9)),
    related=("topic/relay-and-submission", "recipe/relay-test"),
)
CONNECT = Answer(
    kind="log", recognised="entry", entry="postfix/smtpd/connect", title="A client connected",
    severity="info", verdict=Verdict("client", "none", True), explanation=prose("It came."),
)  # fmt: skip
