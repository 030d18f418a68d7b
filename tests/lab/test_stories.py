"""Many mails of many kinds at once through a real Postfix, amavis, milter and policy service: every story exact.

What each mail must become is known from what was sent (``mails``); which records are its own, from its
unique sender and its ids.
"""

from __future__ import annotations

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

from .conftest import unavailable
from .lab import Lab, missing
from .mails import Exchange, Sent, send_all

ROUNDS = 2


class Log:
    """What the servers wrote, and what was sent."""

    def __init__(self, exchange: Exchange) -> None:
        lab = exchange.lab
        self.mails = send_all(exchange, ROUNDS)
        places = (lab.mail_log_file, lab.directory / "amavis" / "amavis.log", exchange.extra.file)
        self.files = [str(place) for place in places]
        self.lines = {
            file: Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
            for file in self.files
        }


@pytest.fixture(scope="module")
def log() -> Iterator[Log]:
    """The lab's logs after all mails; its servers run until the tests of this module are done."""
    lacks = missing()
    if lacks:
        unavailable(lacks)
    with Lab() as lab, Exchange(lab).running() as exchange:
        yield Log(exchange)


@pytest.fixture(scope="module")
def told(log: Log, bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """The stories in the logs."""
    opened = Session(FakeHost(folder=tmp_path_factory.mktemp("host")), bundled)
    found = [explain(opened.library, story) for story in stories(opened, log.files)]
    opened.close()
    return found


def by_sender(told: list[Answer]) -> dict[str, list[Story]]:
    found: dict[str, list[Story]] = defaultdict(list)
    for answer in told:
        story = answer.story
        assert story is not None
        if story.parents or story.sender == "":
            continue  # made by Postfix because of another mail
        found[story.sender or (story.message_id or "").partition("@")[0]].append(story)
    return found


def test_every_mail_has_one_story_and_its_outcome(log: Log, told: list[Answer]) -> None:
    stories = by_sender(told)
    wrong = []
    for sent in log.mails:
        found = stories.get(sent.sender, [])
        if len(found) != 1:
            wrong.append(f"{sent.sender}: {len(found)} stories")
        for story in found[:1]:
            wrong += [f"{sent.sender}: {fault}" for fault in faults(sent, story)]
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
    known = {sent.sender for sent in log.mails} | {"first@remote.example"}
    assert {sender for sender in by_sender(told) if sender not in known} == set()


def test_each_record_is_told_with_its_mail_and_no_other(log: Log, told: list[Answer]) -> None:
    stories = by_sender(told)
    wrong = []
    for sent in log.mails:
        for story in stories.get(sent.sender, []):
            has = {(record.file, record.line) for record in story.records}
            own = set(story.queue_ids) | set(story.amavis_ids)
            for file, lines in log.lines.items():
                for number, line in enumerate(lines, 1):
                    whose = owner(line)
                    if (file, number) in has:
                        if whose and whose not in own:
                            wrong.append(f"{sent.sender} has {line}")
                    elif whose in own or (not whose and f"from=<{sent.sender}>" in line):
                        wrong.append(f"{sent.sender} lacks {line}")
    assert wrong == []


def owner(line: str) -> str:
    """The queue ID or amavis ID that a record begins with."""
    message = line.partition("]: ")[2]
    found = re.match(r"(?:([0-9A-F]{10,12}): |looked at ([0-9A-F]{10,12})|\((\d+-\d+)\) )", message)
    return next((each for each in found.groups() if each), "") if found else ""


def test_a_notice_is_told_with_the_mail_that_it_is_about(log: Log, told: list[Answer]) -> None:
    stories = by_sender(told)
    (bounced,) = stories["okbounce-0@sink.example"]
    (notice,) = bounced.children
    assert notice.recipients == ("okbounce-0@sink.example",)
    (of_it,) = [
        answer.story
        for answer in told
        if answer.story and notice.queue_id in answer.story.queue_ids
    ]
    assert of_it.parents == bounced.queue_ids
