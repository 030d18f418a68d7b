"""The layout of one mail's story."""

from __future__ import annotations

from collections.abc import Iterator

from mailhelp.answer import Hop, Joined, Recipient, Story
from mailhelp.render.lines import INDENT, Line, Run, bullets, columns, heading, wrap


def draw(story: Story, width: int) -> Iterator[Line]:
    """The lines of a story below its title."""
    steps = [_process(step) for step in story.flow]
    yield []
    yield from wrap(_flow(story.client, steps), width, INDENT, 4)
    if story.filter:
        yield from heading("What the filter said")
        yield from bullets(story.filter, width)
    if story.told:
        yield from heading("What the client was told")
        yield from wrap([("value", story.told)], width, INDENT, 2)
    if story.recipients:
        yield from heading("Recipients")
        for row in story.recipients:
            yield from wrap(list(_recipient(row)), width, INDENT, 4)
    yield from heading("Its ids")
    for name, value in _ids(story):
        yield from columns([("name", name)], [("value", value)], 14, width)
    yield from heading("Who took part")
    for step in story.flow:
        yield from columns([("name", _process(step))], [("", step.role)], 30, width)
    yield from heading("Its records, in order")
    for record in story.records:
        clock = (record.time or "").partition("T")[2][:8]
        place = f"{record.line:>5}  {clock:8}  "
        runs: list[Run] = [("name", _process(record)), ("", f"  {record.title}")]
        runs.append(("dim", f"  ({record.joined_by})"))
        yield from columns([("dim", place)], runs, len(place) + 1, width)
    if story.links:
        yield from heading("What ties them together")
        yield from bullets(story.links, width)
    if story.missing:
        yield from heading("Not in this log")
        yield from bullets(story.missing, width)


def _flow(client: str | None, steps: list[str]) -> list[Run]:
    runs: list[Run] = [("value", f"client {client or 'unknown'}")]
    for step in steps:
        runs += [("dim", " → "), ("name", step)]
    return runs


def _recipient(row: Recipient) -> Iterator[Run]:
    yield ("name", row.address)
    if row.status:
        yield ("", f"  {row.status}")
    if row.relay:
        yield ("dim", f"  by {row.relay} after {row.delay_s:g} s")
    if row.reply:
        yield ("", f": {row.reply}")


def _ids(story: Story) -> Iterator[tuple[str, str]]:
    for name, key in (
        ("queue ID", "queue_ids"),
        ("amavis ID", "amavis_ids"),
        ("mail_id", "mail_ids"),
    ):
        yield from ((name, value) for value in getattr(story, key))
    if story.message_id:
        yield "Message-ID", story.message_id


def _process(row: Hop | Joined) -> str:
    short = row.program.rpartition("/")[2]
    return f"{short}[{row.pid}]" if row.pid is not None else short
