"""Listings of the mail queue: what waits, since when, and why."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mailhelp import api, query
from mailhelp.answer import Answer
from mailhelp.explain import queue
from mailhelp.explain.listing import Commonest, masked
from mailhelp.session import Session
from tests.fakes import FakeHost

QUEUES = Path(__file__).parent.parent / "queues"
HEADING = "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    """A host on the day on which the listings were made."""
    return FakeHost(folder=tmp_path, day=date(2026, 11, 26))


def told(session: Session, text: str) -> Answer:
    """The one answer about a listing, which is recognised as one."""
    lines = text.split("\n")
    assert query.held(session.library, lines) == "queue"
    (answer,) = api.explain_held(session, "queue", lines)
    return answer


def kept(name: str) -> str:
    return (QUEUES / name).read_text(encoding="utf-8")


REFUSED = "The program on this host does not listen there (127.0.0.1)"
TIMED_OUT = "No answer from the other server (mx.example.com)"
UNSURE = "No certain answer from DNS (example.net)"
GREYLISTED = "Greylisted by the other server (mx.example.com)"
TITLES = {
    "empty.txt": "The mail queue is empty: nothing waits.",
    "lab-short.txt": f"7 mails in the queue, the oldest from today; 5 of them: {REFUSED}",
    "lab-long.txt": f"8 mails in the queue, the oldest from today; 6 of them: {REFUSED}",
    "lab-marks.txt": f"7 mails in the queue, the oldest from today; 5 of them: {REFUSED}",
    "lab.json": f"7 mails in the queue, the oldest from today; 5 of them: {REFUSED}",
    "lab-marks.json": f"7 mails in the queue, the oldest from today; 5 of them: {REFUSED}",
    "down.txt": f"8 mails in the queue, the oldest from today; 6 of them: {REFUSED}",
    "stripped.txt": f"7 mails in the queue, the oldest from today; 5 of them: {REFUSED}",
    "timeouts.txt": f"31 mails in the queue, the oldest 4 days old; 29 of them: {TIMED_OUT}",
    "quoted-wrapped.txt": f"1 mail in the queue, the oldest 2 days old; {GREYLISTED}",
    "tail.txt": f"44 mails in the queue, the oldest 2 days old; {TIMED_OUT}",
    "head.txt": f"8 mails in the queue, the oldest 2 days old; 7 of them: {TIMED_OUT}",
    "jq-pretty.json": f"5 mails in the queue, the oldest 5 days old; 2 of them: {UNSURE}",
    "jq-slurped.json": f"5 mails in the queue, the oldest 5 days old; 2 of them: {UNSURE}",
    "jq-compact.json": f"5 mails in the queue, the oldest 5 days old; 2 of them: {UNSURE}",
    "backscatter.txt": "30 mails in the queue, the oldest 2 days old; all of them: "
    "The other server does not listen there",
    "filter-down.txt": "10 mails in the queue, the oldest from today; all of them: "
    "Your content filter does not listen there (127.0.0.1)",
    "utf8.txt": "1 mail in the queue, the oldest 2 days old; "
    "No way to the other server (mx.例子.example)",
    "prompt.txt": "1 mail in the queue, the oldest 2 days old; "
    "A Postfix delivery service is not available",
    "old-heading.txt": "1 mail in the queue, the oldest 2 days old; "
    "some reason that nobody has ever seen: 17",
    "qshape.txt": "7 to deliver, 5 of them for later.example; the oldest at most 5 minutes",
    "qshape-senders.txt": "5 to deliver, 4 of them for local.example; the oldest at most 5 minutes",
    "qshape-active.txt": "No mail in the queues that qshape looked at.",
    "qshape-old.txt": "1,234 to deliver, 900 of them for example.com; the oldest more than 21 hours",
}


@pytest.mark.parametrize("name", TITLES)
def test_title_is_the_answer(session: Session, name: str) -> None:
    assert told(session, kept(name)).title == TITLES[name]


def test_states_sizes_and_bounces_are_counted(session: Session) -> None:
    assert told(session, kept("lab-marks.txt")).gist == (
        "1 on hold (!) · 6 waiting for the next try · 2 forced to expire at the next try · "
        "1 bounce · 2.8 kB"
    )


def test_json_tells_the_same_as_the_text(session: Session) -> None:
    text, lines = told(session, kept("lab-marks.txt")), told(session, kept("lab-marks.json"))
    assert text.gist == lines.gist
    assert text.findings == lines.findings


def test_json_knows_the_queues_that_text_does_not(session: Session) -> None:
    assert told(session, kept("jq-compact.json")).gist.startswith(
        "1 being delivered now (*) · 1 on hold (!) · 2 waiting for the next try · 1 just arrived · 2 bounces"
    )


def test_own_faults_come_first_then_the_commonest(session: Session) -> None:
    findings = told(session, kept("lab-marks.txt")).findings
    assert [(f.entry, f.count) for f in findings] == [
        ("postfix/error/transport-unavailable", 1),
        ("postfix/smtp/connect-refused", 5),
        ("postfix/smtp/look-up-host", 2),
    ]
    assert findings[1].text == "connect to 127.0.0.1[127.0.0.1]:26668: Connection refused"


def test_a_mail_with_three_recipients_counts_once(session: Session) -> None:
    findings = told(session, kept("lab-short.txt")).findings
    assert sum(f.count for f in findings) == 8  # seven mails, one of which has two causes


def test_commonest_cause_says_what_to_do(session: Session) -> None:
    answer = told(session, kept("timeouts.txt"))
    assert "nc -vz -w 10 192.0.2.25 25" in [each.command for each in answer.commands]
    assert "postcat -hq 40A21228E" in [command.command for command in answer.commands]
    assert answer.actions
    assert answer.actions[0].markdown.startswith("All servers time out: port 25 is blocked")
    assert answer.related[0] == "log/postfix/smtp/connect-timed-out"


def test_what_is_mostly_of_one_kind_is_said_first(session: Session) -> None:
    bounces = told(session, kept("backscatter.txt"))
    assert bounces.actions[0].markdown.startswith("Most are bounces")
    assert "topic/bounces-and-backscatter" in bounces.related
    assert not told(session, kept("lab-short.txt")).actions[0].markdown.startswith("Most")

    def one_sender(mails: int, state: str = "") -> str:
        lines = [HEADING]
        for number in range(mails):
            lines.append(f"A1B2C3{number:05X}{state}  399 Thu Nov 26 06:01:02  shop_a@example.org")
            lines.append(f"{'':41}bob{number}@example.com")
            lines.append("")
        return "\n".join([*lines, f"-- 9 Kbytes in {mails} Requests."])

    said = told(session, one_sender(30)).actions[0].blocks[0][1][0][1]
    assert said.startswith("Most are from shop_a@example.org: ")
    assert "Most are from" not in told(session, one_sender(9)).actions[0].markdown
    assert told(session, one_sender(9, "!")).actions[0].markdown.startswith("On hold (\\!), 9: ")


def test_top_domains_and_senders(session: Session) -> None:
    (block,) = told(session, kept("timeouts.txt")).explanation.blocks
    assert block[1][0][1].startswith(
        "To: example.com 29×, example.net 2×. From: list@example.org 2×"
    )


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("tail.txt", "The listing is cut: its last line counts 44 mails, 1 of them is here."),
        (
            "head.txt",
            "The listing is cut: its last line, which counts the mails, is missing.",
        ),
        ("cut.json", "1 line could not be read: the JSON is cut or damaged there."),
        ("down.txt", "Postfix does not run: nothing is being delivered."),
    ],
)
def test_what_is_missing_is_said(session: Session, name: str, note: str) -> None:
    assert told(session, kept(name)).notes == (note,)


def test_a_whole_listing_has_no_notes(session: Session) -> None:
    for name in ("lab-short.txt", "lab-long.txt", "lab.json", "empty.txt"):
        assert told(session, kept(name)).notes == ()


def test_wrapped_reasons_are_put_together(session: Session) -> None:
    findings = told(session, kept("wrapped-terminal.txt")).findings
    assert [f.entry for f in findings] == [
        "postfix/error/transport-unavailable",
        "postfix/smtp/remote-greylisted",
    ]


def test_weekday_gives_the_year(session: Session) -> None:
    text = f"{HEADING}\nA1B2C3D4E5F     399 Mon Dec 29 06:01:02  ann@example.org\n"
    text += f"{'':41}bob@example.com\n\n-- 0 Kbytes in 1 Request.\n"
    assert told(session, text).title == "1 mail in the queue, the oldest 332 days old"


def test_secrets_in_a_reason_are_covered(session: Session) -> None:
    text = f"{HEADING}\nA1B2C3D4E5F     399 Thu Nov 26 06:01:02  ann@example.org\n"
    text += f"(AUTH PLAIN AHRlc3QAc2VjcmV0)\n{'':41}bob@example.com\n\n-- 0 Kbytes in 1 Request.\n"
    assert "AHRlc3QAc2VjcmV0" not in repr(told(session, text).findings)


def test_no_command_has_a_value_that_could_be_an_option(session: Session) -> None:
    line = {
        "queue_name": "deferred",
        "queue_id": "-d ALL; reboot",
        "arrival_time": 1795726743,
        "message_size": 1,
        "forced_expire": False,
        "sender": "\x1b[31m",
        "recipients": [{"address": "$(reboot)@example.com", "delay_reason": "x"}],
    }
    (answer,) = queue.explain(session, [json.dumps(line)])
    assert not [c.command for c in answer.commands if "reboot" in c.command]


@pytest.mark.parametrize(
    "line",
    [
        '{"queue_id": 7}',
        '{"queue_id": "A", "recipients": 7, "arrival_time": 1e400, "message_size": null}',
        '{"queue_id": "A", "arrival_time": 99999999999999999999, "recipients": [7, {}]}',
        '{"queue_id": "A"' + "[" * 100_000,
        "[" * 100_000,
        '{"a":' * 50_000,
    ],
)
def test_damaged_json_does_no_harm(session: Session, line: str) -> None:
    assert queue.explain(session, [line])


def listing(mails: int) -> Iterator[str]:
    """A listing in which every sender, recipient and reason is another one."""
    yield HEADING
    for number in range(mails):
        yield f"{number:012X}    1024 Thu Nov 26 06:01:02  ann{number}@host{number}.example"
        yield f"(connect to mx{number}.example.com[192.0.2.25]:25: Connection timed out)"
        yield f"{'':41}bob{number}@example{number}.com"
        yield ""
    yield f"-- {mails} Kbytes in {mails} Requests."


def test_memory_does_not_grow_with_the_listing(session: Session) -> None:
    queue.explain(session, listing(100))

    def peak(mails: int) -> int:
        tracemalloc.start()
        (answer,) = queue.explain(session, listing(mails))
        assert answer.title.startswith(f"{mails:,} mails in the queue")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small = peak(2_500)
    assert peak(7_500) < small * 1.2 + 100_000


def test_many_that_are_all_different_are_said_to_be(session: Session) -> None:
    (answer,) = queue.explain(session, listing(5_000))
    (block,) = answer.explanation.blocks
    assert block[1][0][1] == (
        "To: more than 2,000, none of them often. From: more than 2,000, none of them often."
    )


def test_reasons_without_end_are_bounded(session: Session) -> None:
    def lines() -> Iterator[str]:
        yield HEADING
        for number in range(6_000):
            yield f"{number:012X}    1024 Thu Nov 26 06:01:02  ann@example.org"
            # words, since numbers and hosts are masked
            yield (
                "(" + f"{number:x}".translate(str.maketrans("0123456789", "ghijklmnop")) + " word)"
            )
            yield f"{'':41}bob@example.com"
            yield ""

    (answer,) = queue.explain(session, lines())
    assert len(answer.findings) == queue.MOST_FINDINGS + 1
    assert any("too many to tell apart" in note for note in answer.notes)


def test_masks_keep_codes_and_words() -> None:
    one = masked(
        "host mx1.example.com[192.0.2.1] said: 451 4.7.1 <ann@example.org> wait 17 seconds"
    )
    two = masked(
        "host mx2.example.net[2001:db8::1] said: 451 4.7.1 <bob@example.net> wait 9 seconds"
    )
    assert one == two == "host … said: 451 4.7.1 … wait … seconds"


def test_the_commonest_values_stay_though_memory_is_bounded() -> None:
    counter = Commonest(100)
    for number in range(50_000):
        counter.add(f"rare{number}")
        if not number % 5:
            counter.add("often")
    assert counter.most(3)[0][0] == "often"
    assert counter.most(3)[0][1] >= 10_000
    assert len(counter.most(1000)) <= 100


def test_a_log_record_that_quotes_a_listing_stays_one(session: Session) -> None:
    line = "Nov 26 06:01:02 mail mailq[1]: Mail queue is empty"
    assert query.held(session.library, [line, line]) is None


def test_a_listing_typed_as_words_is_answered(session: Session) -> None:
    (answer,) = api.ask(session, "-- 12 Kbytes in 3 Requests.")
    assert answer.kind == "queue"
    assert answer.title == "The listing was cut: 3 mails, but none of them is here."


MARKED = """\
4XyZ1k2Bq3z9{active}    1234 Fri Nov 20 02:11:09  ann@example.com
                                         bob@example.net
4XyZ2k2Bq3z9{held}    2234 Thu Nov 19 02:11:09  ann@example.com
                                         carl@example.org
-- 3 Kbytes in 2 Requests.
"""


def test_mail_on_hold_is_released(session: Session) -> None:
    some = told(session, MARKED.format(active="*", held="!"))
    commands = [each.command for each in some.commands]
    assert "postsuper -H 4XyZ2k2Bq3z9" in commands
    whole = told(session, MARKED.format(active="!", held="!"))
    commands = [each.command for each in whole.commands]
    assert commands[:2] == ["postsuper -H 4XyZ1k2Bq3z9", "grep -F 4XyZ1k2Bq3z9 /var/log/mail.log"]
    # nothing tries what is on hold
    assert not any(each == "postqueue -f" for each in commands)


def test_mail_that_is_being_delivered_needs_patience_alone(session: Session) -> None:
    answer = told(session, MARKED.format(active="*", held="*"))
    assert "look again in a minute" in answer.actions[0].markdown
    assert not any("-H" in each.command or "-i" in each.command for each in answer.commands)


def test_an_empty_queue_of_a_postfix_that_is_down(session: Session) -> None:
    down = "postqueue: warning: Mail system is down -- accessing queue directly (Connect to the Postfix showq service: Connection refused)"
    assert told(session, f"{down}\nMail queue is empty").title.startswith("Postfix does not run.")
