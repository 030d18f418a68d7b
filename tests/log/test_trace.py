"""One mail's records are told from another's, and what ties them is said."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from mailhelp.api import stories
from mailhelp.explain.story import explain
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
