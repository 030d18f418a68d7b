"""A stream of answers for reading: what was said once is not said again.

JSON has an answer for every line; a reader wants each explanation once, and no word about blank
lines and prose between the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.answer import Answer, Prose


def condensed(answers: Iterable[Answer]) -> Iterator[Answer]:
    """``answers`` without continuing and blank lines, prose counted, repeated explanations dropped."""
    said: set[str] = set()
    first: Answer | None = None
    count = 0
    for answer in answers:
        if answer.continues is not None or (answer.text and not answer.text.strip()):
            continue
        if answer.kind == "log" and not (answer.text or answer.entry):
            continue
        if _is_prose(answer):
            first, count = first or answer, count + 1
            continue
        yield from _prose(first, count)
        first, count = None, 0
        key = answer.entry or f"{answer.recognised} {answer.title}"
        yield _brief(answer) if key in said else answer
        said.add(key)
    yield from _prose(first, count)


def _is_prose(answer: Answer) -> bool:
    """Whether a line is no record at all: unknown, and with nothing of a prefix."""
    return (
        answer.kind == "log" and answer.recognised == "no" and not (answer.program or answer.time)
    )


def _prose(first: Answer | None, count: int) -> Iterator[Answer]:
    if first is not None and count == 1:
        yield first
    elif first is not None:
        yield Answer(kind="log", title=f"{count} lines that are no log records", text=first.text)


def _brief(answer: Answer) -> Answer:
    """``answer`` without the text that an earlier one of the same entry has; a header keeps its values."""
    spans = answer.spans
    if answer.kind == "log":
        spans = tuple(span._replace(meaning="") for span in spans)
    return answer._replace(
        explanation=Prose(),
        causes=(),
        actions=(),
        sections=(),
        commands=(),
        parameters=(),
        results=(),
        related=(),
        sources=(),
        draft="",
        spans=spans,
    )
