"""Many answers → what one screen tells of them: a row each or, of more than fit, a row for each entry."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelp.answer import Answer
from mailhelp.light import NamedTuple
from mailhelp.render import words
from mailhelp.render.blocks import (
    Block,
    Row,
    Run,
    Runs,
)
from mailhelp.render.body import PREFIX, is_of_file
from mailhelp.render.sheet import Sheet

EACH = 9
"""Answers that get a line each, at most."""
_KINDS = 8
"""Lines of a summary of more than these."""


class Told(NamedTuple):
    """What is told in one line: an answer, its place among all (from 1), how often it came."""

    answer: Answer
    number: int
    times: int = 1


class Gathered(NamedTuple):
    """A stream of answers, as far as a screen tells of them.

    ``each`` are the first ones one by one, ``entries`` all of them by what they tell; ``since`` and ``until`` are
    the times of the first record and of the last.
    """

    each: tuple[Told, ...]
    entries: tuple[Told, ...]
    since: str | None = None
    until: str | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers behind the numbers of the rows, in their order."""
        return tuple(told.answer for told in self.rows)

    @property
    def rows(self) -> tuple[Told, ...]:
        """What gets a line: every answer or, of more than fit, every entry, the worst and commonest first."""
        if len(self.each) <= EACH:
            return self.each

        def place(told: Told) -> tuple[object, ...]:
            return (*urgency(told.answer)[:4], told.times)

        return tuple(sorted(self.entries, key=place, reverse=True))


def add_summary(sheet: Sheet, gathered: Gathered) -> None:
    """How many records of when, and what they tell of, by entry, worst first."""
    rows = gathered.rows
    total = sum(told.times for told in gathered.entries)
    mails = all(told.answer.story for told in rows)
    when = [each.replace("T", " ")[:16] for each in (gathered.since, gathered.until) if each]
    span = f", {' to '.join(dict.fromkeys(when))}" if when else ""
    sheet.add(Row((("title", f"{total:,} {'mails' if mails else 'records'}{span}, worst first"),)))
    shown = rows if len(rows) <= _KINDS else rows[: _KINDS - 1]
    for number, told in enumerate(shown, 1):
        sheet.add(counted_row(told, number))
    rest = rows[len(shown) :]
    if rest:
        what = "harmless ones" if all(is_harmless(told.answer) for told in rest) else "kinds"
        count = sum(told.times for told in rest)
        of = "mails" if mails else "records"
        sheet.add(Row((("aside", f"     and {len(rest)} more {what}, {count:,} {of}"),)))


def is_harmless(answer: Answer) -> bool:
    """Whether nobody need do anything about it."""
    return bool(answer.verdict and answer.verdict.harmless)


def gather(answers: Iterable[Answer]) -> Gathered:
    """``answers``, counted by what they tell; of one that sums up those after it, it alone."""
    each: list[Told] = []
    entries: dict[tuple[str, str], Told] = {}
    number = 0
    since = until = None
    for answer in answers:
        if answer.continues is not None:
            continue
        if answer.whole:
            told = Told(answer, 1)
            return Gathered((told,), (told,))
        number += 1
        since, until = since or answer.time, answer.time or until
        if len(each) <= EACH:
            each.append(Told(answer, number))
        # mails are told by how they ended, whoever they were for
        key = (answer.kind, ended(answer) if answer.story else words.title(answer))
        before = entries.get(key)
        if before is None:
            entries[key] = Told(answer, number)
        else:
            entries[key] = before._replace(times=before.times + 1)
    return Gathered(tuple(each), tuple(entries.values()), since, until)


def told_row(told: Told) -> Block:
    """A numbered line for one answer of a few."""
    answer = told.answer
    runs: list[Run] = [("aside", f"{told.number:>3}  ")]
    is_line = is_of_file(answer)  # the lines of one table have one title
    title = answer.text if is_line else words.title(answer)
    runs.append((words.urgency(answer.severity), title))
    return Row(tuple(runs) if is_line and not answer.gist else (*runs, *_aside(answer)))


def ended(answer: Answer) -> str:
    """How a mail ended, without whose it was."""
    return answer.title.partition(": mail from ")[0]


def _aside(answer: Answer) -> Runs:
    """What tells an answer from others with its title: its gist or, of an unknown record, the message."""
    if answer.gist:
        return (("value", f"  {answer.gist}"),)
    if answer.kind == "header":
        return (("value", f"  {answer.text.partition(':')[2].strip()}"),)
    if answer.kind != "log" or answer.title:
        return ()
    prefix = (span.end for span in answer.spans if span.name in (*PREFIX, "program"))
    message = answer.text[max(prefix, default=0) :].lstrip(" :]")
    return (("value", f"  {message}"),)


def counted_row(told: Told, number: int) -> Block:
    """A numbered line for one entry of many records: how bad, how often, what."""
    answer = told.answer
    severity = answer.severity or ("unknown" if answer.recognised == "no" else "")
    severity = "harmless" if is_harmless(answer) else severity
    runs: list[Run] = [("aside", f"{number:>3}  ")]
    runs.append((words.urgency(answer.severity), f"{severity:9}"))
    title = ended(answer) if answer.story and told.times > 1 else words.title(answer)
    runs += [("aside", f"{told.times:>6,}×  "), (words.urgency(answer.severity), title)]
    return Row((*runs, *(_aside(answer) if told.times == 1 else ())))


def urgency(answer: Answer) -> tuple[bool, bool, int, bool, int]:
    """What is told before other answers: danger, trouble by how bad it is, what is known, what has most to say."""
    lasts = answer.verdict is not None and answer.verdict.permanence != "none"
    rank = words.rank(answer.severity)
    return (
        bool(answer.danger),
        not is_harmless(answer),
        -min(rank, words.rank("warning")) if lasts else -rank,
        lasts,
        len(answer.explanation.markdown),
    )
