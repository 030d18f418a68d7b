"""One mail is found in a log by its bytes, and its story is the same as if all had been read."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelp.explain import mails
from mailhelp.log import find
from mailhelp.log.find import BLOCK, Text
from mailhelp.log.trace import Story
from mailhelp.session import Session

from .test_stories import ANN, BOB, CASES, lines, mail, sent, whole


def stories(session: Session, files: list[Path], *names: str) -> list[Story]:
    found = mails._stories(session, [str(file) for file in files], names, [])
    return sorted(found, key=lambda story: (story.facts[0][0].file, story.facts[0][0].line))


def told(story: Story) -> list[tuple[str, int, str]]:
    return [(fact.file, fact.line, why) for fact, why in story.facts]


@pytest.mark.parametrize("case", CASES)
def test_each_name_gives_the_same_story_as_all_of_the_log(
    session: Session, tmp_path: Path, case: str
) -> None:
    files = []
    for name, text in CASES[case][0].items():
        (tmp_path / name).write_text(text)
        files.append(tmp_path / name)
    everything = stories(session, files)
    names = {
        ref.value
        for story in everything
        for fact, _ in story.facts
        for ref in fact.refs
        if ref.space in ("queue", "filter", "filter_mail", "message", "address", "client")
        and ref.value
    }
    for name in sorted(names):
        expected = [told(story) for story in everything if story.named(name)]
        searched = [story for story in stories(session, files, name) if story.named(name)]
        assert [told(story) for story in searched] == expected, name
        gaps = [story.gaps for story in everything if story.named(name)]
        assert [story.gaps for story in searched] == gaps, name


def test_a_mail_in_a_long_log_is_found_without_reading_the_rest(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "mail.log"
    filling = "".join(
        lines(*whole(f"F{n:06X}", BOB, f"0{n % 10}:00:0"), day="Nov 19 ") for n in range(2000)
    )
    log.write_text(filling + lines(*whole("AAAAA1", ANN)) + filling.replace("Nov 19", "Nov 21"))
    read = 0
    engine = session.library.engine
    reads = type(engine).reads

    def counted(self: object, source: Iterator[str]) -> Iterator[object]:
        nonlocal read
        for each in reads(engine, source):
            read += 1
            yield each

    monkeypatch.setattr(type(engine), "reads", counted)
    (story,) = stories(session, [log], "AAAAA1")
    assert len(story.facts) == 7
    assert story.facts[0][0].line == 7 * 2000 + 1
    assert read < 200


def test_a_mail_that_waited_while_much_was_logged_is_found_by_its_bounce(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "NEAR", 2000)
    log = tmp_path / "mail.log"
    refused = "connect to mx2.example.org[198.51.100.9]:25: Connection timed out"
    log.write_text(
        lines(*mail("AAAAA1", ANN), f"10:00:04 smtp[5]: {sent('AAAAA1', 'x@example.org', refused, 'deferred', 'none')}")
        + "".join(lines(*whole(f"F{n:06X}", BOB, "11:00:0")) for n in range(50))
        + lines(
            f"12:00:00 qmgr[3]: AAAAA1: from=<{ANN}>, status=expired, returned to sender",
            "12:00:00 cleanup[2]: CCCCC3: message-id=<c@mx>",
            "12:00:00 bounce[9]: AAAAA1: sender non-delivery notification: CCCCC3",
            "12:00:00 qmgr[3]: CCCCC3: from=<>, size=2000, nrcpt=1 (queue active)",
            "12:00:00 qmgr[3]: AAAAA1: removed",
            f"12:00:01 virtual[4]: {sent('CCCCC3', ANN)}",
            "12:00:01 qmgr[3]: CCCCC3: removed",
        )
    )  # fmt: skip
    expired, bounce = stories(session, [log], "CCCCC3")
    assert (len(expired.facts), len(bounce.facts)) == (9, 4)


def test_rotated_and_packed_files_are_searched(session: Session, tmp_path: Path) -> None:
    first, last = CASES["rotated while it waited"][0].values()
    (tmp_path / "mail.log").write_text(first)
    (tmp_path / "mail.log.2.gz").write_bytes(gzip.compress(last.encode()))
    files = [tmp_path / "mail.log", tmp_path / "mail.log.2.gz"]
    (story,) = stories(session, files, "AAAAA1")
    assert len(story.facts) == 8
    assert {fact.file.rpartition("/")[2] for fact, _ in story.facts} == {
        "mail.log",
        "mail.log.2.gz",
    }


def text(path: Path, data: bytes) -> Text:
    path.write_bytes(data)
    return Text(str(path), path.open("rb"))


def test_words_are_found_at_the_edges_of_blocks(tmp_path: Path) -> None:
    filling = b"x" * (BLOCK - 4)
    found = text(tmp_path / "log", b"AAAAA1 " + filling + b" AAAAA1 BAAAAA1 AAAAA12\nAAAAA1")
    places = list(found.find(b"AAAAA1"))
    assert [found.read(place, place + 6) for place in places] == [b"AAAAA1"] * 3
    assert list(found.find_any_case("aaaaa1")) == places
    assert list(found.find_back(b" AAAAA1 ", found.size)) == [places[1] - 1]
    found.close()


def test_lines_and_their_numbers(tmp_path: Path) -> None:
    found = text(tmp_path / "log", b"one\n" + b"y" * 2000 + b"\nthree")
    assert found.line(1) == (0, 3)
    assert found.line(1000) == (4, 2004)
    assert found.line(found.size - 1) == (2005, found.size)
    assert found.numbers([0, 4, 2005]) == [1, 2, 3]
    found.close()
