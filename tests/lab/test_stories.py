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

from .kinds import Sent
from .mails import FIRST, Traffic, text

ID = "[0-9A-F]{10,12}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{14,18}"
"""A queue ID, short or long."""


@pytest.fixture(scope="module")
def told(sent: Traffic, bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """The stories in the logs."""
    opened = Session(FakeHost(folder=tmp_path_factory.mktemp("host")), bundled)
    found = [explain(opened.library, story) for story in stories(opened, map(str, sent.files))]
    opened.close()
    return found


def by_mark(sent: Traffic, told: list[Answer]) -> dict[str, list[Story]]:
    """The stories of mails that were sent, by what marks each: its sender, or its Message-ID."""
    marks = {mail.mark for mail in sent.mails}
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


def test_every_mail_has_one_story_and_its_outcome(sent: Traffic, told: list[Answer]) -> None:
    stories = by_mark(sent, told)
    wrong = []
    for mail in sent.mails:
        found = stories.get(mail.mark, [])
        if len(found) != 1:
            wrong.append(f"{mail.mark}: {len(found)} stories")
        for story in found[:1]:
            wrong += [f"{mail.mark}: {fault}" for fault in faults(mail, story)]
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


def test_no_mail_was_invented(sent: Traffic, told: list[Answer]) -> None:
    known = {mail.mark for mail in sent.mails} | {FIRST}
    assert {sender for sender in by_mark(sent, told) if sender not in known} == set()


def test_each_record_is_told_with_its_mail_and_no_other(sent: Traffic, told: list[Answer]) -> None:
    stories = by_mark(sent, told)
    lines = [
        (str(file), number, line, owner(line))
        for file in sent.files
        for number, line in enumerate(text(file).splitlines(), 1)
    ]
    wrong = []
    for mail in sent.mails:
        for story in stories.get(mail.mark, []):
            has = {(record.file, record.line) for record in story.records}
            own = set(story.queue_ids) | set(story.amavis_ids)
            for file, number, line, whose in lines:
                if (file, number) in has:
                    if whose and whose not in own:
                        wrong.append(f"{mail.mark} has {line}")
                elif whose in own or (not whose and f"from=<{mail.mark}>" in line):
                    wrong.append(f"{mail.mark} lacks {line}")
    assert wrong == []


def owner(line: str) -> str:
    """The queue ID or amavis ID that a record begins with."""
    message = line.partition("]: ")[2]
    found = re.match(rf"(?:({ID}): |looked at ({ID})|\((\d+-\d+)\) )", message)
    return next((each for each in found.groups() if each), "") if found else ""


def test_a_notice_is_told_with_the_mail_that_it_is_about(sent: Traffic, told: list[Answer]) -> None:
    stories = by_mark(sent, told)
    (bounced,) = stories["okbounce-0@sink.example"]
    (notice,) = bounced.children
    assert notice.recipients == ("okbounce-0@sink.example",)
    (of_it,) = [
        answer.story
        for answer in told
        if answer.story and notice.queue_id in answer.story.queue_ids
    ]
    assert of_it.parents == bounced.queue_ids
