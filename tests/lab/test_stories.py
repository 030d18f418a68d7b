"""Many mails of many kinds at once through a real Postfix, amavis, milter and policy service: every story exact.

What each mail must become is known from what was sent (``mails``); which records are its own, from its
unique sender and its ids.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelp.answer import Answer, Story
from mailhelp.api import stories
from mailhelp.explain.story import explain
from mailhelp.session import Session
from tests.fakes import FakeHost

from .conftest import POSTFIXES, chosen
from .kinds import Sent
from .mails import FIRST, Exchange, send_all

ROUNDS = 4
ID = "[0-9A-F]{10,12}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{14,18}"
"""A queue ID, short or long."""


class Log:
    """What the servers wrote, and what was sent."""

    def __init__(self, exchange: Exchange) -> None:
        self.mails = send_all(exchange, ROUNDS)
        places = [_packed(path) if path.suffix == ".1" else path for path in exchange.logs()]
        self.files = [str(place) for place in places]
        self.lines = {str(place): _text(place).splitlines() for place in places}


def _packed(log: Path) -> Path:
    """A rotated log as it lies about: compressed."""
    packed = log.with_name(f"{log.name}.gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    return packed


def _text(log: Path) -> str:
    data = log.read_bytes()
    return (gzip.decompress(data) if log.suffix == ".gz" else data).decode(errors="replace")


@pytest.fixture(scope="module", params=POSTFIXES)
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """The lab's logs after all mails, with each Postfix; its servers run until its tests are done."""
    other = request.param != "own"  # queue IDs of the other kind as well
    with chosen(request.param) as lab, Exchange(lab, long_ids=other).running() as exchange:
        yield Log(exchange)


@pytest.fixture(scope="module")
def told(log: Log, bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """The stories in the logs."""
    opened = Session(FakeHost(folder=tmp_path_factory.mktemp("host")), bundled)
    found = [explain(opened.library, story) for story in stories(opened, log.files)]
    opened.close()
    return found


def by_mark(log: Log, told: list[Answer]) -> dict[str, list[Story]]:
    """The stories of mails that were sent, by what marks each: its sender, or its Message-ID."""
    marks = {sent.mark for sent in log.mails}
    found: dict[str, list[Story]] = defaultdict(list)
    for answer in told:
        story = answer.story
        assert story is not None
        if story.parents:
            continue  # made by Postfix because of another mail
        if story.message_id in marks:
            found[story.message_id].append(story)
        elif story.sender:
            found[story.sender].append(story)
    return found


def test_every_mail_has_one_story_and_its_outcome(log: Log, told: list[Answer]) -> None:
    stories = by_mark(log, told)
    wrong = []
    for sent in log.mails:
        found = stories.get(sent.mark, [])
        if len(found) != 1:
            wrong.append(f"{sent.mark}: {len(found)} stories")
        for story in found[:1]:
            wrong += [f"{sent.mark}: {fault}" for fault in faults(sent, story)]
    assert wrong == []


def faults(sent: Sent, story: Story) -> Iterator[str]:
    """What of a story is not as it must be."""
    said = {row.address: row.status for row in story.recipients}
    children = [child.outcome for child in story.children]
    if story.outcome != sent.outcome:
        yield f"{story.outcome}, not {sent.outcome}"
    if said != sent.recipients:
        yield f"recipients {said}, not {sent.recipients}"
    if sent.queue_ids is not None and len(story.queue_ids) != sent.queue_ids:
        yield f"queue IDs {story.queue_ids}"
    if children != sent.children:
        yield f"children {children}, not {sent.children}"
    if story.missing:
        yield f"missing {story.missing}"


def test_no_mail_was_invented(log: Log, told: list[Answer]) -> None:
    known = {sent.mark for sent in log.mails} | {FIRST}
    assert {sender for sender in by_mark(log, told) if sender not in known} == set()


def test_each_record_is_told_with_its_mail_and_no_other(log: Log, told: list[Answer]) -> None:
    stories = by_mark(log, told)
    wrong = []
    for sent in log.mails:
        for story in stories.get(sent.mark, []):
            has = {(record.file, record.line) for record in story.records}
            own = set(story.queue_ids) | set(story.amavis_ids)
            for file, lines in log.lines.items():
                for number, line in enumerate(lines, 1):
                    whose = owner(line)
                    if (file, number) in has:
                        if whose and whose not in own:
                            wrong.append(f"{sent.mark} has {line}")
                    elif whose in own or (not whose and f"from=<{sent.mark}>" in line):
                        wrong.append(f"{sent.mark} lacks {line}")
    assert wrong == []


def owner(line: str) -> str:
    """The queue ID or amavis ID that a record begins with."""
    message = line.partition("]: ")[2]
    found = re.match(rf"(?:({ID}): |looked at ({ID})|\((\d+-\d+)\) )", message)
    return next((each for each in found.groups() if each), "") if found else ""


def test_a_notice_is_told_with_the_mail_that_it_is_about(log: Log, told: list[Answer]) -> None:
    stories = by_mark(log, told)
    (bounced,) = stories["okbounce-0@sink.example"]
    (notice,) = bounced.children
    assert notice.recipients == ("okbounce-0@sink.example",)
    (of_it,) = [
        answer.story
        for answer in told
        if answer.story and notice.queue_id in answer.story.queue_ids
    ]
    assert of_it.parents == bounced.queue_ids
