"""One mail's records are told from another's, and what ties them is said."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from mailhelp.api import stories
from mailhelp.explain.story import explain
from mailhelp.log.facts import Fact, Ref, Space, spaces
from mailhelp.log.trace import Story, Tracer
from mailhelp.render import json_
from mailhelp.session import Session

SEED = Path(__file__).parent.parent / "seed"


def told(session: Session, *files: Path) -> list[dict[str, Any]]:
    found = [explain(session.library, story) for story in stories(session, map(str, files))]
    return [json_.plain(answer.story) for answer in found]


def steps(story: dict[str, Any]) -> list[tuple[str, int]]:
    return [(step["program"], step["pid"]) for step in story["flow"]]


def check_accepted(story: dict[str, Any]) -> None:
    assert steps(story) == [
        ("postfix/smtpd", 14432),
        ("amavis", 13915),
        ("postfix/smtpd", 14438),
        ("postfix/cleanup", 14439),
        ("postfix/qmgr", 1491),
    ]
    assert story["queue_ids"] == ["5419B66"]
    assert story["amavis_ids"] == ["13915-15"]
    assert story["mail_ids"] == ["vJWxdMp5DNHC"]
    assert story["message_id"] == "5de199bf16c44d40@remote.example"
    assert story["client"] == "unknown[]"
    assert (story["sender"], story["size"]) == ("test@remote.example", 31190)
    assert story["told"].startswith("250 2.0.0 from MTA")
    assert len(story["records"]) == 17
    roles = {step["pid"]: step["role"] for step in story["flow"]}
    assert "client" in roles[14432]
    assert "second" in roles[14438]
    assert any("delivery" in text for text in story["missing"])


def check_rejected(story: dict[str, Any]) -> None:
    assert story["outcome"] == "rejected"
    assert steps(story) == [("postfix/smtpd", 14438), ("amavis", 13915)]
    assert story["told"] == "554 5.7.0 Reject, id=13915-15 - spam"
    assert story["filter"] == ["amavis stopped spam (997.65 points)"]
    assert story["queue_ids"] == []
    assert len(story["records"]) == 3


def test_the_accepted_mail(session: Session) -> None:
    (story,) = told(session, SEED / "accepted.log")
    check_accepted(story)
    assert story["outcome"] == "incomplete"
    assert all(record["joined_by"] for record in story["records"])


def test_the_rejected_mail(session: Session) -> None:
    (story,) = told(session, SEED / "rejected.log")
    check_rejected(story)


def test_both_in_two_files(session: Session) -> None:
    accepted, rejected = told(session, SEED / "accepted.log", SEED / "rejected.log")
    check_accepted(accepted)
    check_rejected(rejected)


@pytest.mark.parametrize("offset", range(0, 17, 3))
def test_both_interleaved(session: Session, tmp_path: Path, offset: int) -> None:
    accepted = (SEED / "accepted.log").read_text().splitlines()
    rejected = (SEED / "rejected.log").read_text().splitlines()
    mixed = accepted[:offset]
    for pair in zip_longest(accepted[offset:], rejected):
        mixed += [line for line in pair if line]
    log = tmp_path / "mixed.log"
    log.write_text("\n".join(mixed) + "\n")
    first, second = told(session, log)
    check_accepted(first)
    check_rejected(second)


def test_two_mails_in_the_same_seconds(session: Session, tmp_path: Path) -> None:
    """The same mail twice at the same time, told apart by nothing but ids and process ids."""
    one = (SEED / "accepted.log").read_text().splitlines()
    swaps = {"14432": "24432", "13915": "23915", "14438": "24438", "14439": "24439",
             "5419B66": "6B8A177", "vJWxdMp5DNHC": "aaWxdMp5DNHC", "5de199": "6de199"}  # fmt: skip
    other = []
    for line in one:
        for old, new in swaps.items():
            line = line.replace(old, new)
        other.append(line)
    log = tmp_path / "mixed.log"
    log.write_text("\n".join(line for pair in zip(one, other, strict=True) for line in pair) + "\n")
    first, second = told(session, log)
    check_accepted(first)
    assert second["queue_ids"] == ["6B8A177"]
    assert second["amavis_ids"] == ["23915-15"]
    assert len(second["records"]) == 17


def lines(*records: str) -> str:
    return "".join(f"Nov 22 06:25:{n:02} mx postfix/{record}\n" for n, record in enumerate(records))


def test_a_queue_id_that_is_used_again_is_another_mail(session: Session, tmp_path: Path) -> None:
    once = (
        "smtpd[1]: 5419B66: client=mail.example.net[192.0.2.1]",
        "cleanup[2]: 5419B66: message-id=<{0}@example.net>",
        "qmgr[3]: 5419B66: from=<a@example.net>, size=1, nrcpt=1 (queue active)",
        "local[4]: 5419B66: to=<b@example.com>, relay=local, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, "
        "status=sent (delivered to mailbox)",
        "qmgr[3]: 5419B66: removed",
    )
    log = tmp_path / "mail.log"
    log.write_text(lines(*(line.replace("{0}", n) for n in ("one", "two") for line in once)))
    first, second = told(session, log)
    assert (first["message_id"], second["message_id"]) == ("one@example.net", "two@example.net")
    assert first["outcome"] == second["outcome"] == "delivered"
    assert first["recipients"][0]["relay"] == "local"


def test_recipients_with_different_ends_are_mixed(session: Session, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(
        lines(
            "qmgr[3]: 5419B66: from=<a@example.net>, size=1, nrcpt=2 (queue active)",
            "local[4]: 5419B66: to=<b@example.com>, relay=local, delay=0.1, delays=0.1/0/0/0, "
            "dsn=2.0.0, status=sent (delivered to mailbox)",
            "smtp[5]: 5419B66: to=<c@example.org>, relay=none, delay=30, delays=0.1/0/30/0, "
            "dsn=4.4.1, status=deferred (connect to mx.example.org[192.0.2.9]:25: Connection timed out)",
        )
    )
    (story,) = told(session, log)
    assert story["outcome"] == "mixed"
    assert [row["status"] for row in story["recipients"]] == ["sent", "deferred"]
    assert story["recipients"][1]["enhanced_status_code"] == "4.4.1"


def test_one_connection_that_brings_several_mails(session: Session, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(
        lines(
            "smtpd[1]: connect from localhost[127.0.0.1]",
            "smtpd[1]: 5419B66: client=localhost[127.0.0.1]",
            "cleanup[2]: 5419B66: message-id=<one@example.net>",
            "smtpd[1]: 6419B67: client=localhost[127.0.0.1]",
            "cleanup[2]: 6419B67: message-id=<two@example.net>",
            "smtpd[1]: disconnect from localhost[127.0.0.1] ehlo=1 mail=2 rcpt=2 data=2 quit=1 commands=8",
        )
    )
    first, second = told(session, log)
    assert (first["queue_ids"], second["queue_ids"]) == (["5419B66"], ["6419B67"])
    assert [record["line"] for record in first["records"]] == [1, 2, 3, 6]
    assert [record["line"] for record in second["records"]] == [1, 4, 5, 6]


def test_a_filter_behind_the_queue(session: Session) -> None:
    (story,) = told(session, SEED / "after-queue.log")
    assert story["queue_ids"] == ["4A1B22C", "5B2C33D"]
    assert story["amavis_ids"] == ["00200-07"]
    programs = [step["program"].rpartition("/")[2] for step in story["flow"]]
    assert programs == [
        "smtpd", "cleanup", "qmgr", "smtp", "amavis", "smtpd", "cleanup", "local"
    ]  # fmt: skip
    assert (story["outcome"], story["missing"]) == ("delivered", [])
    assert len(story["records"]) == 15


def test_a_story_is_found_by_any_of_its_names(session: Session) -> None:
    (story,) = stories(session, [str(SEED / "accepted.log")])
    for name in ("5419B66", "13915-15", "vJWxdMp5DNHC", "<5de199bf16c44d40@remote.example>",
                 "test@local.example", "TEST@remote.example"):  # fmt: skip
        assert story.named(name), name
    assert not story.named("other@example.com")


@pytest.fixture
def rules(session: Session) -> dict[str, Space]:
    return spaces(session.library.table("spaces"))


def said(
    event: str, seconds: float, *refs: Ref, program: str = "postfix/qmgr", pid: int = 3
) -> Fact:
    return Fact("mail.log", int(seconds), program, pid, "mx", seconds, event=event, refs=refs)


def own(queue_id: str) -> Ref:
    return Ref("queue", queue_id, "own")


def fed(tracer: Tracer, *facts: Fact) -> list[Story]:
    return [story for fact in facts for story in tracer.feed(fact)]


def keys(stories: list[Story]) -> list[list[str]]:
    return [[strand.key for strand in story.strands] for story in stories]


def test_a_finished_mail_leaves_memory_while_the_log_goes_on(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    found: list[Story] = []
    most = 0
    for number in range(8_000):
        at = number * 30.0
        found += fed(
            tracer, said("receive", at, own(f"A{number}")), said("removed", at, own(f"A{number}"))
        )
        most = max(most, tracer.held)
    assert most < 6000
    assert len(found) > 7_000
    assert keys(found[:2]) == [["A0"], ["A1"]]
    assert len([*found, *tracer.end()]) == 8_000
    assert tracer.held == 0


def test_a_mail_that_is_not_done_stays_in_memory_for_its_lifetime(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    fed(tracer, said("receive", 0.0, own("4F2")))
    for hour in range(1, 4000):
        fed(
            tracer,
            said("receive", hour * 60.0, own(f"A{hour}")),
            said("removed", hour * 60.0, own(f"A{hour}")),
        )
    found = fed(tracer, said("removed", 240_000.0, own("4F2")))
    (story,) = [story for story in (*found, *tracer.end()) if story.named("4F2")]
    assert len(story.facts) == 2


def test_a_link_is_found_whichever_side_comes_first(rules: dict[str, Space]) -> None:
    naming = said("delivery", 5.0, own("A1"), Ref("queue", "B2", "next"), program="postfix/smtp")
    named = said("receive", 5.0, own("B2"), program="postfix/smtpd")
    for facts in ((naming, named), (named, naming)):
        tracer = Tracer(rules)
        fed(tracer, *facts)
        assert keys(list(tracer.end())) == [["A1", "B2"]]


def test_an_id_out_of_reach_is_another_mail_s(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    fed(
        tracer,
        said("delivery", 0.0, own("A1"), Ref("queue", "B2", "next")),
        said("receive", rules["queue"].reach + 1, own("B2")),
    )
    assert keys(list(tracer.end())) == [["A1"], ["B2"]]


def test_an_id_used_again_links_the_nearest_life(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    fed(
        tracer,
        said("receive", 0.0, own("B2")),
        said("removed", 1.0, own("B2")),
        said("delivery", 1000.0, own("A1"), Ref("queue", "B2", "next")),
        said("receive", 1001.0, own("B2")),
        said("removed", 1002.0, own("B2")),
    )
    stories = list(tracer.end())
    assert keys(stories) == [["B2"], ["A1", "B2"]]
    assert stories[1].strands[1].first == 1001.0


@pytest.mark.parametrize("events", [("receive", "receive"), ("receive", "removed", "queued")])
def test_a_life_ends_with_the_next_beginning_or_with_time(
    rules: dict[str, Space], events: tuple[str, ...]
) -> None:
    tracer = Tracer(rules)
    fed(tracer, *(said(event, number * 100.0, own("B2")) for number, event in enumerate(events)))
    assert keys(list(tracer.end())) == [["B2"], ["B2"]]


def test_a_late_record_still_belongs_to_the_mail(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    fed(tracer, said("removed", 0.0, own("B2")), said("delivery", 1.0, own("B2")))
    assert keys(list(tracer.end())) == [["B2"]]


def test_a_bounce_is_another_mail_and_is_found_by_its_id(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    fed(
        tracer,
        said("notified", 0.0, own("A1"), Ref("queue", "B2", "child")),
        said("queued", 0.0, own("B2")),
    )
    stories = list(tracer.end())
    assert keys(stories) == [["A1"], ["B2"]]
    assert all(story.named("B2") for story in stories)


def test_an_earlier_id_goes_first(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    fed(
        tracer,
        said("receive", 1.0, own("B2"), Ref("queue", "A1", "earlier")),
        said("queued", 2.0, own("A1")),
    )
    assert keys(list(tracer.end())) == [["A1", "B2"]]


def test_links_in_a_circle_are_one_mail(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    fed(
        tracer,
        said("delivery", 1.0, own("A1"), Ref("queue", "B2", "next")),
        said("delivery", 2.0, own("B2"), Ref("queue", "A1", "next")),
    )
    assert keys(list(tracer.end())) == [["A1", "B2"]]


def test_sessions_without_end_do_not_fill_the_memory(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    for number in range(10_000):
        fed(tracer, said("session-open", number * 60.0, program="postfix/smtpd", pid=number))
    assert len(tracer._sessions) < 6000


def test_records_without_a_time_are_told_at_the_end(rules: dict[str, Space]) -> None:
    tracer = Tracer(rules)
    fed(tracer, *(said("queued", 0.0, own(f"A{n}"))._replace(seconds=None) for n in range(5000)))
    assert len(list(tracer.end())) == 5000
