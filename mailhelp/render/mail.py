"""How the story of one mail looks: its way, its delay as a bar, each recipient's end, the records that matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from mailhelp.answer import Before, Joined, Offspring, Recipient, Story
from mailhelp.render import words
from mailhelp.render.blocks import Block, Bullets, Gap, Heading, Pairs, Row, Run, Runs, Text
from mailhelp.render.sheet import Sheet, cut_words

_BAR = 20
"""Columns of the bar of the four delays."""
_SHADES = "█▓▒░"
_SHORT_S = 0.005
_SAME = 3
"""So many processes of one program in a row are named one by one."""
_IN_FULL = 2
"""So many recipients are told on two lines each."""
_FEW, _CHILDREN, _MISSING = 4, 2, 3
"""Recipients, notifications and gaps on a first screen."""


def fill(sheet: Sheet, story: Story) -> None:
    """The first screen of a mail: what does not fit is left out, the least telling first."""
    shown = story.recipients[:_FEW]
    if len(shown) <= _IN_FULL:
        told = (cut_words(recipient(row), sheet.width - 6, 2) for row in shown)
        sheet.add(*(Text(runs, 2, 4) for runs in told))
    else:
        sheet.add(*(Row(recipient(row), 2) for row in shown))
    if len(story.recipients) > len(shown):
        sheet.add(Text((("aside", f"and {len(story.recipients) - len(shown)} more"),), 2))
    sheet.add(Gap(), Text(flow(story), 2, 4))
    slow = max(story.recipients, key=lambda row: row.delay_s or 0.0, default=None)
    if slow is not None and any(slow.delays):
        sheet.add(Text(bar(slow), 2, 4, keep=True))
    for row in shown:
        if row.before is not None:
            whose = row if len(story.recipients) > 1 else None
            sheet.add(Text(cut_words(before(row.before, whose), sheet.width - 6, 2), 2, 4))
    if story.told:
        sheet.add(Row((("aside", "client told  "), ("value", story.told)), 2))
    for text in story.filter[:1]:
        sheet.add(Row((("aside", "filter said  "), ("value", text)), 2))
    for child in story.children[:_CHILDREN]:
        sheet.add(Row(offspring(child), 2))
    if story.missing:
        lines = [Row((("", text),), 4) for text in story.missing[:_MISSING]]
        sheet.add(Text((("title", "Not in this log"),), 2), *lines)
    rows = [Row(record(row), 2) for row in story.records if row.matters]
    named = " · ".join(f"{name} {value}" for name, value in _ids(story))
    ids: tuple[Block, ...] = (Gap(), Text((("aside", named),), 2, 4)) if named else ()
    room = sheet.left - sheet.size(ids) - 1
    if rows and room > 1:
        sheet.add(Gap(), *rows[-room:])
    sheet.add(*ids)


def whole(story: Story) -> Iterator[Block]:
    """All that is told of a mail."""
    yield Gap()
    yield Text(flow(story), 2, 4)
    if story.filter:
        yield Heading("What the filter said")
        yield Bullets(tuple((("", text),) for text in story.filter))
    if story.told:
        yield Heading("What the client was told")
        yield Text((("value", story.told),), 2, 2)
    if story.recipients:
        yield Heading("Recipients")
        for row in story.recipients:
            yield Text(recipient(row), 2, 4)
            if row.before is not None:
                yield Text(before(row.before), 4, 2)
            if any(row.delays):
                yield Text(bar(row), 4, 2)
    if story.children:
        yield Heading("Mails made because of it")
        for child in story.children:
            yield Text(offspring(child), 2, 4)
    if story.parents:
        yield Heading("Made because of")
        yield Text((("value", ", ".join(story.parents)),), 2)
    yield Heading("Its ids")
    yield Pairs(tuple(((("name", name),), (("value", value),)) for name, value in _ids(story)))
    yield Heading("Who took part")
    yield Pairs(
        tuple(
            ((("name", words.process(step)),), (("", step.role), ("aside", _spent(step.seconds))))
            for step in story.flow
        )
    )
    yield Heading("Its records, in order")
    files = len({row.file for row in story.records}) > 1
    yield Pairs(
        tuple(
            (
                (("aside", f"{_place(row, files)}  {_clock(row)}"),),
                (
                    ("name", words.process(row)),
                    ("", f"  {row.title}"),
                    ("aside", f"  ({row.joined_by})"),
                ),
            )
            for row in story.records
        )
    )
    if story.received:
        yield Heading("Received headers that it carries, the last one on top")
        for text in story.received:
            yield Text((("value", text),), 2, 4)
    for name, texts in (
        ("What ties them together", story.links),
        ("Not in this log", story.missing),
    ):
        if texts:
            yield Heading(name)
            yield Bullets(tuple((("", text),) for text in texts))


def flow(story: Story) -> Runs:
    """The way that the mail took, from client to last process, with the seconds that it spent in each."""
    runs: list[Run] = [("value", f"client {story.client or 'unknown'}")]
    for _, group in groupby(story.flow, lambda step: step.program):
        steps = list(group)
        if len(steps) > _SAME:  # a mail that was tried for days met as many processes
            seconds = sum(step.seconds or 0.0 for step in steps)
            named = f"{words.process(steps[0]._replace(pid=None))} × {len(steps)}"
            spent = _spent(round(seconds, 3))
            runs += [("aside", " → "), ("name", named), ("aside", spent)]
            continue
        for step in steps:
            runs += [("aside", " → "), ("name", words.process(step))]
            if step.seconds and step.seconds >= _SHORT_S:
                runs.append(("aside", _spent(step.seconds)))
    return tuple(runs)


def bar(row: Recipient) -> Runs:
    """The four parts of a delay, as long as each took."""
    total = sum(row.delays)
    shades = []
    for shade, part in zip(_SHADES, row.delays, strict=False):
        shades.append(shade * round(_BAR * part / total))
    parts = [
        f"{shade} {part:g} {name}"
        for shade, part, name in zip(_SHADES, row.delays, row.delay_names, strict=False)
        if part >= max(_SHORT_S, total / _BAR)
    ]
    return (
        ("aside", f"delay {row.delay_s or 0:g} s  "),
        ("value", "".join(shades)),
        ("aside", f"  {', '.join(parts)}" if parts else ""),
    )


def recipient(row: Recipient) -> Runs:
    """How the mail ended for one recipient."""
    runs: list[Run] = [("name", row.address)]
    if row.original and row.original.casefold() != row.address.casefold():
        runs.append(("aside", f" (for {row.original})"))
    runs.append(("", f"  {row.status or 'not known'}"))
    if row.relay and row.relay != "none" and row.relay.partition(":")[0] not in (row.reply or ""):
        runs.append(("aside", f"  by {row.relay}"))
    if row.delay_s:
        runs.append(("aside", f" after {row.delay_s:g} s"))
    if row.reply:
        runs.append(("", f": {row.reply}"))
    return tuple(runs)


def before(told: Before, whose: Recipient | None = None) -> Runs:
    """The tries before: ``deferred 3 times before, 22 Nov 10:00 to 11:10: …``."""
    times = "once" if told.tries == 1 else f"{told.tries} times"
    runs: list[Run] = [("name", f"{whose.address}  ")] if whose else []
    runs.append(("", f"{told.status} {times} before"))
    if told.first and told.last:
        first, last = (f"{words.day(each)} {each[11:16]}" for each in (told.first, told.last))
        same_day = told.first[:10] == told.last[:10]
        end = "" if first == last else f" to {last[-5:] if same_day else last}"
        runs.append(("aside", f", {first}{end}"))
    if told.reply:
        runs.append(("", f": {told.reply}"))
    return tuple(runs)


def offspring(child: Offspring) -> Runs:
    """A mail that was made because of this one, and how that ended."""
    to = f" to {', '.join(child.recipients)}" if child.recipients else ""
    end = f": {child.outcome}" if child.outcome else ""
    return (("", child.title), ("aside", f"  {child.queue_id}{to}"), ("value", end))


def record(row: Joined) -> Runs:
    """A record on one line."""
    clock = _clock(row)
    return (("aside", f"{clock}  " if clock.strip() else ""), ("name", words.process(row)), ("", f"  {row.title}"))  # fmt: skip


def _clock(row: Joined) -> str:
    return f"{(row.time or '').partition('T')[2][:8]:8}"


def _place(row: Joined, files: bool) -> str:
    if not files:
        return f"{row.line:>5}"
    return f"{row.file.rpartition('/')[2]}:{row.line}"


def _spent(seconds: float | None) -> str:
    return f" {seconds:g} s" if seconds and seconds >= _SHORT_S else ""


def _ids(story: Story) -> Iterator[tuple[str, str]]:
    named: Sequence[tuple[str, tuple[str, ...]]] = (
        ("queue ID", story.queue_ids),
        ("amavis ID", story.amavis_ids),
        ("mail_id", story.mail_ids),
    )
    for name, values in named:
        if values:
            yield name, " → ".join(values)
    if story.message_id:
        yield "Message-ID", story.message_id
