"""Mails by their names, in the log that is at hand."""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Thread

import pytest

from mailhelp.answer import Answer
from mailhelp.api import ask
from mailhelp.errors import NothingFound, SourceError
from mailhelp.explain.mails import Wanted, trace, trace_here
from mailhelp.session import Session


def test_a_queue_id_without_a_log_says_how_to_name_one(session: Session) -> None:
    with pytest.raises(NothingFound) as caught:
        ask(session, "5419B66")
    assert "mailhelp trace 5419B66 FILE" in caught.value.hint


def test_a_queue_id_with_a_log_at_hand(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Path(__file__).parent.parent / "seed" / "accepted.log"
    monkeypatch.setitem(
        session.library.table("places"), "mail_log", {"files": [str(log)], "default": "/log"}
    )
    (answer,) = ask(session, "5419B66")
    assert (answer.kind, answer.story and answer.story.amavis_ids) == ("story", ("13915-15",))


def test_a_mail_that_is_nowhere(session: Session) -> None:
    log = Path(__file__).parent.parent / "seed" / "accepted.log"
    with pytest.raises(NothingFound, match="No mail with 3kMXLC3YQ6z9sR1w in "):
        trace(session, ["3kMXLC3YQ6z9sR1w"], [str(log)])


def test_every_mail_or_those_of_an_address(session: Session) -> None:
    log = [str(Path(__file__).parent.parent / "seed" / "accepted.log")]
    everything = list(trace(session, [], log, every=True))
    (one,) = trace(session, ["5419B66"], log)
    assert one in everything


def log_of(folder: Path, name: str, id: str, sender: str, to: str, day: str) -> Path:
    file = folder / name
    file.write_text(
        f"Nov {day} 10:00:00 mx postfix/qmgr[3]: {id}: from=<{sender}>, size=500, nrcpt=1 (queue active)\n"
        f"Nov {day} 10:00:01 mx postfix/virtual[4]: {id}: to=<{to}>, relay=virtual, delay=0.1, "
        "delays=0.1/0/0/0, dsn=2.0.0, status=sent (delivered to maildir)\n"
        f"Nov {day} 10:00:01 mx postfix/qmgr[3]: {id}: removed\n"
    )
    return file


@pytest.fixture
def three(tmp_path: Path) -> list[str]:
    """A log with two files that were rotated away from it, oldest last."""
    return [
        str(log_of(tmp_path, "mail.log", "AAAAA1", "ann@example.net", "b@example.com", "20")),
        str(log_of(tmp_path, "mail.log.1", "BBBBB2", "bob@example.net", "b@example.com", "19")),
        str(log_of(tmp_path, "mail.log.2", "CCCCC3", "cid@example.org", "c@example.org", "18")),
    ]


def senders(answers: Iterable[Answer]) -> list[str | None]:
    return [answer.story.sender for answer in answers if answer.story]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(sender="ann@example.net"), ["ann@example.net"]),
        (Wanted(sender="@example.net"), ["bob@example.net", "ann@example.net"]),
        (Wanted(recipient="B@example.com"), ["bob@example.net", "ann@example.net"]),
        (Wanted(sender="@example.net", recipient="@example.org"), []),
        (Wanted(since="2026-11-19"), ["bob@example.net", "ann@example.net"]),
        (Wanted(until="2026-11-19"), ["cid@example.org", "bob@example.net"]),
        (Wanted(sender="@example.net", since="2026-11-20"), ["ann@example.net"]),
    ],
)
def test_which_mails_are_wanted(
    session: Session, three: list[str], wanted: Wanted, found: list[str]
) -> None:
    if not found:
        with pytest.raises(NothingFound):
            trace(session, (), three, False, wanted)
        return
    assert senders(trace(session, (), three, False, wanted)) == found


def test_what_was_rotated_away_is_searched(session: Session, three: list[str]) -> None:
    for id, sender in (("AAAAA1", "ann@example.net"), ("CCCCC3", "cid@example.org")):
        assert senders(trace_here(session, (id,), three[0])) == [sender]
    with pytest.raises(NothingFound):
        trace_here(session, ("DDDDD4",), three[0])


def test_a_file_that_is_gone_is_said_after_what_the_others_tell(
    session: Session, three: list[str], tmp_path: Path
) -> None:
    files = [str(tmp_path / "gone.log"), *three]
    for ids, every in ((("AAAAA1",), False), ((), True)):
        answers = trace(session, ids, files, every)
        assert next(answers).story is not None
        with pytest.raises(SourceError, match="gone"):
            list(answers)
    with pytest.raises(SourceError, match="gone"):
        trace(session, ("AAAAA1",), files[:1])


def stories_and_fault(
    session: Session, id: str, files: list[Path]
) -> tuple[list[Answer], SourceError]:
    """What is told of a mail before the sentence about what could not be read."""
    told: list[Answer] = []
    with pytest.raises(SourceError) as caught:
        told.extend(trace(session, [id], list(map(str, files))))  # it keeps what came before
    return told, caught.value


@pytest.mark.parametrize("every", [False, True])
def test_the_story_as_far_as_a_packed_log_goes(
    session: Session, tmp_path: Path, every: bool
) -> None:
    whole = log_of(tmp_path, "mail.log", "AAAAA1", "ann@example.net", "b@example.com", "20")
    cut_off = tmp_path / "mail.log.1.gz"
    packed = gzip.compress(whole.read_bytes() + b"x" * 100)
    cut_off.write_bytes(packed[:-9])
    answers = trace(session, [] if every else ["AAAAA1"], [str(cut_off)], every)
    told: list[Answer] = []
    with pytest.raises(SourceError, match="is damaged or cut off"):
        told.extend(answers)
    assert [answer.story.sender for answer in told if answer.story] == ["ann@example.net"]


def test_a_mail_beside_files_that_cannot_be_read(session: Session, tmp_path: Path) -> None:
    whole = log_of(tmp_path, "mail.log", "AAAAA1", "ann@example.net", "b@example.com", "20")
    told, fault = stories_and_fault(session, "AAAAA1", [whole, tmp_path, tmp_path / "none.log"])
    assert len(told) == 1
    assert "is a directory." in str(fault)
    assert "none.log cannot be read: No such file or directory." in str(fault)


def test_a_mail_in_a_pipe(session: Session, tmp_path: Path) -> None:
    whole = log_of(tmp_path, "mail.log", "AAAAA1", "ann@example.net", "b@example.com", "20")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(SourceError, match="is a pipe that nothing writes into"):
        trace(session, ["AAAAA1"], [str(pipe)])
    writer = Thread(target=lambda: pipe.write_bytes(whole.read_bytes()))
    writer.start()
    (answer,) = trace(session, ["AAAAA1"], [str(pipe)])
    writer.join()
    assert answer.story is not None


def test_a_mail_over_new_year_in_logs_of_several_zones(session: Session, tmp_path: Path) -> None:
    logs = []
    for name, zone, day, hour, ids in (
        ("a.log", "+01:00", "2026-01-01", "00", ("AAAAA1", "BBBBB2")),
        ("b.log", "-05:00", "2025-12-31", "18", ("BBBBB2", "")),
    ):
        own, after = ids
        end = f"sent (250 2.0.0 Ok: queued as {after})" if after else "sent (delivered to mailbox)"
        relay = "mx.example.com[192.0.2.2]:25" if after else "local"
        log = tmp_path / name
        late = 10 if name == "b.log" else 0
        log.write_text(
            f"{day}T{hour}:00:{late + 10}{zone} mx postfix/qmgr[3]: {own}: from=<ann@example.net>, size=5, nrcpt=1 (queue active)\n"
            f"{day}T{hour}:00:{late + 11}{zone} mx postfix/{'smtp' if after else 'local'}[4]: {own}: to=<b@example.com>, "
            f"relay={relay}, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status={end}\n"
        )
        logs.append(str(log))
    (answer,) = trace(session, ["AAAAA1"], logs)
    assert answer.story is not None
    assert [row.status for row in answer.story.recipients][-1:] == ["sent"]
    assert answer.story.queue_ids == ("AAAAA1", "BBBBB2")


REDIRECTED = """\
Nov 22 06:25:00 mx postfix/smtpd[1]: connect from a.example[192.0.2.10]
Nov 22 06:25:00 mx postfix/smtpd[1]: NOQUEUE: redirect: RCPT from a.example[192.0.2.10]: <bob@example.com>: Recipient address triggers REDIRECT eve@example.com; from=<ann@example.net> to=<bob@example.com> proto=ESMTP helo=<a.example>
Nov 22 06:25:00 mx postfix/smtpd[1]: 4A1B2C3D4E: client=a.example[192.0.2.10]
Nov 22 06:25:00 mx postfix/qmgr[3]: 4A1B2C3D4E: from=<ann@example.net>, size=15, nrcpt=1 (queue active)
Nov 22 06:25:01 mx postfix/virtual[4]: 4A1B2C3D4E: to=<eve@example.com>, relay=virtual, delay=0.5, delays=0.4/0/0/0.1, dsn=2.0.0, status=sent (delivered to maildir)
Nov 22 06:25:01 mx postfix/qmgr[3]: 4A1B2C3D4E: removed
Nov 22 06:25:01 mx postfix/smtpd[1]: disconnect from a.example[192.0.2.10]
"""


def test_a_redirected_mail_is_found_by_the_address_that_it_was_sent_to(
    session: Session, tmp_path: Path
) -> None:
    log = tmp_path / "mail.log"
    log.write_text(REDIRECTED)
    [found] = trace(session, ["bob@example.com"], [str(log)])
    assert found.story is not None
    assert [row.address for row in found.story.recipients] == ["eve@example.com"]
    assert any("redirects" in row.title and row.matters for row in found.story.records)


def test_a_name_in_lines_of_no_mail_leads_to_them(session: Session, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(
        "Nov 22 06:25:00 mx dovecot: imap-login: Login: user=<Bob@example.com>, method=PLAIN\n"
    )
    with pytest.raises(NothingFound) as caught:
        list(trace(session, ["bob@example.com"], [str(log)]))
    assert caught.value.hint.endswith(f"zgrep -iF -- bob@example.com {log} | mailhelp")
    with pytest.raises(NothingFound) as caught:
        list(trace(session, ["eve@example.com"], [str(log)]))
    assert caught.value.hint == ""
