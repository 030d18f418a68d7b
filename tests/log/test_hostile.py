"""Records that somebody made up to do harm, or that are merely odd, are read like any other."""

import io
import json
from contextlib import closing
from datetime import date

import pytest

from mailhelp.answer import Answer
from mailhelp.api import ask, explain_stream
from mailhelp.knowledge.store import Store
from mailhelp.log import trace
from mailhelp.log.catalogue import Catalogue
from mailhelp.log.facts import Fact, Ref, spaces
from mailhelp.render import json_
from mailhelp.session import Session
from tests.fakes import parsed as parse

TODAY = date(2026, 11, 22)
TOKEN = "AHRlc3QAc2VjcmV0"
AUTH = f"request longer than 2048: AUTH PLAIN {TOKEN}{TOKEN}"
HEAD = "Nov 22 06:25:16 mx postfix/smtpd[123]: warning: unknown[192.0.2.7]:"


def explained(session: Session, text: str) -> list[Answer]:
    return list(explain_stream(session, io.BytesIO(text.encode())))


@pytest.mark.parametrize(
    "line",
    [
        f"Nov 22 06:25:16 mx postfix/smtpd[{'1' * 5000}]: connect from a[192.0.2.7]",
        f"<22>1 2026-02-28T13:18:10Z mx postfix/smtpd {'1' * 5000} - - connect from a[192.0.2.7]",
        "<22>1 2026-02-28T13:18:10Z mx postfix/smtpd ² - - connect from a[192.0.2.7]",
        '{"MESSAGE":"connect from a[192.0.2.7]","_PID":"²","__REALTIME_TIMESTAMP":"²"}',
    ],
)
def test_a_number_that_is_none_is_left_out(line: str) -> None:
    record = parse(line, TODAY)
    assert (record.pid, record.message) == (None, "connect from a[192.0.2.7]")


def test_json_that_is_nested_too_deeply_is_text() -> None:
    line = '{"MESSAGE":' + "[" * 60_000
    assert parse(line, TODAY).message == line


def test_half_a_surrogate_pair_is_no_character() -> None:
    line = '{"MESSAGE":"a \\ud800 b","SYSLOG_IDENTIFIER":"x\\udc00","_HOSTNAME":"\\ud801"}'
    record = parse(line, TODAY)
    assert (record.message, record.tag, record.host) == ("a ? b", "x?", "?")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('{"MESSAGE":"say \\"hi\\"","_PID":"9"}', '"hi"'),
        ('{"MESSAGE":"say \\ud83d\\ude00\\u00e9 here","_PID":"9"}', "here"),
        ('{"MESSAGE":"\\"q\\"\u00a0 \\"x\\" and 192.0.2.7","_PID":"9"}', "192.0.2.7"),
        ('{"log":"elsewhere","MESSAGE":"from 192.0.2.7"}', "192.0.2.7"),
        ('{"X":{"MESSAGE":"no"},"MESSAGE":"from 192.0.2.7"}', "192.0.2.7"),
    ],
)
def test_values_in_json_keep_their_places(line: str, value: str) -> None:
    record = parse(line, TODAY)
    start = record.message.index(value)
    left, right = record.place(start, start + len(value))
    assert json.loads(f'"{line[left:right]}"') == value


def test_pieces_of_a_long_record_in_json(session: Session) -> None:
    pieces = (
        "(00022-01) Passed CLEAN {RelayedInbound}, [192.0.2.7]:4711 [192.0.2.7] <a@example.org> ->...",
        "(00022-01) ... <b@example.com>, Message-ID: <x@example.org>, mail_id: vJWxdMp5DNHC, "
        "Hits: -0.2, size: 1234, queued_as: 5419B66, 705 ms",
    )
    rows = [
        {"_HOSTNAME": "mx", "SYSLOG_IDENTIFIER": "amavis", "MESSAGE": piece, "_PID": "22"}
        for piece in pieces
    ]
    first, second = explained(session, "".join(f"{json.dumps(row)}\n" for row in rows))
    assert (first.entry, second.continues) == ("amavis/passed-clean", 1)
    values = {span.name: first.text[span.start : span.end] for span in first.spans}
    assert (values["queued_as"], values["recipient"]) == ("5419B66", "b@example.com")


@pytest.mark.parametrize("glue", ["\n", "\n    "])
@pytest.mark.parametrize("shift", range(-5, len(TOKEN) * 2 - 2, 3))
def test_a_secret_broken_over_two_lines(session: Session, shift: int, glue: str) -> None:
    line = f"{HEAD} {AUTH}"
    place = line.index(TOKEN) + (shift if glue == "\n" else max(shift, 0))
    for answer in ask(session, line[:place] + glue + line[place:]):
        shown = json_.render(answer)
        for size in (4, 8):
            assert not any(TOKEN[n : n + size] in shown for n in range(len(TOKEN) - size))


def test_a_secret_is_in_no_part_of_an_answer(session: Session) -> None:
    for line in (f"{HEAD} {AUTH}", f"{HEAD} frobbed AUTH PLAIN {TOKEN}", f"password = {TOKEN}"):
        for answer in explained(session, line):
            assert TOKEN not in json_.render(answer)


def test_names_of_programs_do_not_fill_the_memory() -> None:
    with closing(Store()) as store:
        catalogue = Catalogue([store])
        for number in range(2000):
            catalogue.match((f"x{number}",), "connect from a")
        assert len(catalogue._programs) <= 500


def test_a_story_of_many_records_is_told_in_time(session: Session) -> None:
    """Were the work quadratic, this would not come to an end while anybody waits."""
    at = {"host": "mx", "seconds": 0.0}
    facts = [
        Fact("-", n, "amavis", event="filter-passed", refs=(Ref("filter", "22-01", "own"),), **at)
        for n in range(6_000)
    ]
    for n in range(6_000):
        refs = Ref("queue", f"A{n:06}", "own"), Ref("queue", f"B{n:06}", "next")
        facts.append(Fact("-", n, "postfix/smtp", event="delivery", refs=refs, **at))
    assert len(trace.stories(spaces(session.library.table("spaces")), facts)) == 6_001
