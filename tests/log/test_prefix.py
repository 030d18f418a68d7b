"""Every prefix that a mail log comes with is read, and values keep their places."""

from datetime import date

import pytest

from mailhelp.log.prefix import Record
from tests.fakes import parsed as parse

TODAY = date(2026, 11, 22)
MESSAGE = "connect from unknown[192.0.2.7]"

PREFIXES = {
    "traditional": "Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "one digit day": "Feb  8 13:18:10 mx postfix/smtpd[123]: ",
    "priority": "<22>Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "rfc 3339": "2026-02-28T13:18:10.123456+01:00 mx postfix/smtpd[123]: ",
    "rfc 5424": "<22>1 2026-02-28T13:18:10Z mx postfix/smtpd 123 - - ",
    "rfc 5424 with data": '<22>1 2026-02-28T13:18:10Z mx postfix/smtpd 123 - [a@1 b="c\\"]"] ',
    "short-iso": "2026-02-28T13:18:10+0100 mx postfix/smtpd[123]: ",
    "short-full": "Sat 2026-02-28 13:18:10 CET mx postfix/smtpd[123]: ",
    "short-precise": "Feb 28 13:18:10.123456 mx postfix/smtpd[123]: ",
    "short-unix": "1772284690.123456 mx postfix/smtpd[123]: ",
    "compose": "mail-1  | Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "docker": "2026-02-28T12:18:10.123456789Z Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "kubernetes": "2026-02-28T12:18:10.123456789Z stdout F Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "kubectl": "[pod/mail-0/postfix] Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "quoted in a mail": "> Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "quoted twice": ">> Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "quoted, indented": ">   Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "indented": "    Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "item of a list": "- Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "bullet": " \u2022 2026-02-28T13:18:10+01:00 mx postfix/smtpd[123]: ",
    "asterisk in a quote": "> * Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "backtick": "`Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "fence in the line": "```2026-02-28 13:18:10 mx postfix/smtpd[123]: ",
    "indented docker": "  mail-1  | Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "rfc 5424, the program in the text": "<22>1 2026-02-28T13:18:10Z mx postfix 9 - - postfix/smtpd[123]: ",
    "rfc 5424 without priority": "1 2026-02-28T13:18:10Z mx postfix/smtpd 123 - - ",
    "facility and level": "Feb 28 13:18:10 mx mail.info postfix/smtpd[123]: ",
    "facility and level, rfc 3339": "2026-02-28T13:18:10+01:00 mx mail.warn postfix/smtpd[123]: ",
    "syslogd -v of FreeBSD": "Feb 28 13:18:10 <mail.info> mx postfix/smtpd[123]: ",
    "short-full with a fraction": "Sat 2026-02-28 13:18:10.123456 CET mx postfix/smtpd[123]: ",
    "swarm": "mail_mx.1.abc123def456@node1    | Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "stern": "mail-0 postfix Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "doubled": "Feb 28 13:19:10 relay Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "doubled by a container's logger": "Feb 28 13:19:10 node docker[99]: 2026-02-28T13:18:10+01:00 mx postfix/smtpd[123]: ",
    "solaris": "Feb 28 13:18:10 mx postfix/smtpd[123]: [ID 197553 mail.info] ",
    "grep": "/var/log/mail.log:Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "grep -n": "mail.log.1:77:Feb 28 13:18:10 mx postfix/smtpd[123]: ",
    "no-break spaces of a web page": "Feb\u00a0 28 13:18:10 mx\u00a0 postfix/smtpd[123]: ",
}


def value(record: Record, name: str) -> str | None:
    return next((place.value for place in record.prefix if place.name == name), None)


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES)
def test_prefix(prefix: str) -> None:
    record = parse(prefix + MESSAGE, TODAY)
    assert record.message == MESSAGE
    assert (record.host, record.tag, record.pid) == ("mx", "postfix/smtpd", 123)
    assert record.time is not None
    assert record.time.startswith("2026-02-")
    assert record.time[13:19] == ":18:10"
    for place in record.prefix:
        assert record.text[place.start : place.end] == place.value
    start = record.message.index("192")
    left, right = record.place(start, start + 9)
    assert record.text[left:right] == "192.0.2.7"


def test_a_host_without_a_time() -> None:
    record = parse(f"mail-1  | mx postfix/smtpd[123]: {MESSAGE}", TODAY)
    assert (record.host, record.tag, record.pid, record.message) == (
        "mx",
        "postfix/smtpd",
        123,
        MESSAGE,
    )


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("Feb 28 13:18:10.123456", "2026-02-28T13:18:10.123456"),
        ("Feb 28 13:18:10,123", "2026-02-28T13:18:10.123"),
        ("1772284690", "2026-02-28T13:18:10+00:00"),
        ("1772284690.123456", "2026-02-28T13:18:10.123456+00:00"),
    ],
)
def test_fractions_of_seconds_are_kept(stamp: str, time: str) -> None:
    assert parse(f"{stamp} mx postfix/smtpd[123]: {MESSAGE}", TODAY).time == time


def test_a_row_of_mailcow() -> None:
    line = (
        f'{{"time":"1772284690","program":"postfix/smtpd","priority":"info","message":"{MESSAGE}"}}'
    )
    for text in (line, f"[{line},"):
        record = parse(text, TODAY)
        assert (record.tag, record.message) == ("postfix/smtpd", MESSAGE)
        assert record.time == "2026-02-28T13:18:10+00:00"
        start, end = record.place(0, 7)
        assert record.text[start:end] == "connect"


def test_journal_json_in_bytes_is_decoded() -> None:
    message = "connect from mü[192.0.2.7]"
    line = f'{{"SYSLOG_IDENTIFIER":"postfix/smtpd","_HOSTNAME":"mx","MESSAGE":{list(message.encode())}}}'
    record = parse(line, TODAY)
    assert (record.host, record.tag, record.message) == ("mx", "postfix/smtpd", message)
    start, end = record.place(13, 15)
    assert record.text[start:end] == "mü"


def test_the_text_of_a_journal_export() -> None:
    assert parse(f"MESSAGE={MESSAGE}", TODAY).message == MESSAGE


def test_a_date_in_a_message_is_no_second_prefix() -> None:
    record = parse("Feb 28 13:18:10 mx app[1]: Feb 28 13:18:10 was a Saturday", TODAY)
    assert (record.tag, record.message) == ("app", "Feb 28 13:18:10 was a Saturday")


def test_time_since_the_start_of_the_machine_is_no_date() -> None:
    record = parse(f"[ 1234.567890] mx postfix/smtpd[123]: {MESSAGE}", TODAY)
    assert (record.time, record.host, record.pid, record.message) == (None, "mx", 123, MESSAGE)


def test_journal_json_with_escapes_keeps_the_places() -> None:
    line = (
        '{"_HOSTNAME":"mx","MESSAGE":"warning: \\"x\\" \\u00e9 from 192.0.2.7","_PID":"9",'
        '"SYSLOG_IDENTIFIER":"postfix/smtpd","__REALTIME_TIMESTAMP":"1772284690123456"}'
    )
    record = parse(line, TODAY)
    assert record.message == 'warning: "x" é from 192.0.2.7'
    assert (record.host, record.tag, record.pid) == ("mx", "postfix/smtpd", 9)
    assert record.time == "2026-02-28T13:18:10.123+00:00"
    start = record.message.index("192")
    left, right = record.place(start, start + 9)
    assert line[left:right] == "192.0.2.7"


def test_docker_json_file() -> None:
    line = '{"log":"Feb 28 13:18:10 mx postfix/qmgr[5]: 4F1: removed\\n","stream":"stdout"}'
    record = parse(line, TODAY)
    assert (record.tag, record.message) == ("postfix/qmgr", "4F1: removed")


@pytest.mark.parametrize(
    ("line", "tag", "message"),
    [
        ("NOQUEUE: reject: RCPT from x", None, "NOQUEUE: reject: RCPT from x"),
        ("warning: hostname x", None, "warning: hostname x"),
        ("postfix/smtpd[12]: lost connection", "postfix/smtpd", "lost connection"),
        ("Nov 22 06:25:16 auth: Error: no", "auth", "Error: no"),
        ("Nov 22 06:25:16 mx dovecot: auth: x", "dovecot", "auth: x"),
        ("Nov 22 06:25:16 mx /usr/sbin/amavisd[9]: (9-1) x", "/usr/sbin/amavisd", "(9-1) x"),
        ("postmap: fatal: open x: No such file", "postmap", "fatal: open x: No such file"),
        ("/usr/sbin/postconf: warning: x", "/usr/sbin/postconf", "warning: x"),
        ("", None, ""),
    ],
)
def test_tags(line: str, tag: str | None, message: str) -> None:
    record = parse(line, TODAY)
    assert (record.tag, record.message) == (tag, message)


def test_a_record_that_stands_for_several() -> None:
    record = parse("Nov 22 06:25:16 mx a[1]: message repeated 3 times: [ warning: x]", TODAY)
    assert (record.message, record.repeated) == ("warning: x", 3)
    last = parse("Nov 22 06:25:16 mx last message repeated 4 times", TODAY)
    assert (last.repeats_last, last.repeated, last.host) == (True, 4, "mx")


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("Nov 22 06:25:16", "2026-11-22T06:25:16"),
        ("Dec 31 23:59:59", "2025-12-31T23:59:59"),
        ("Nov 23 00:00:01", "2026-11-23T00:00:01"),  # the log's zone may be ahead of ours
        ("Feb 29 12:00:00", "2024-02-29T12:00:00"),
        ("Feb 28 2016 12:00:00", "2016-02-28T12:00:00"),
    ],
)
def test_a_year_that_is_not_written_is_the_latest_possible(stamp: str, time: str) -> None:
    assert parse(f"{stamp} mx a[1]: x", TODAY).time == time


@pytest.mark.parametrize("line", ["\x00" * 50, "{" * 1000, '{"MESSAGE": 5}', "<" * 200, "[" * 99])
def test_garbage_is_all_message(line: str) -> None:
    assert parse(line, TODAY).message.strip() == line.strip()


@pytest.mark.parametrize(
    ("prefix", "container"),
    [
        ("", None),
        ("> ", None),
        ("mail-1  | ", "mail-1"),
        ("[pod/mail-0/postfix] ", "pod/mail-0/postfix"),
        ("2026-02-28T12:18:10.123456789Z ", ""),
        ("2026-02-28T12:18:10.123456789Z stdout F ", ""),
    ],
)
def test_the_container_is_known(prefix: str, container: str | None) -> None:
    line = f"{prefix}Feb 28 13:18:10 mx postfix/smtpd[123]: {MESSAGE}"
    assert parse(line, TODAY).container == container


def test_a_log_file_of_docker_is_a_container_s() -> None:
    assert parse('{"log":"postfix/qmgr[5]: 4F1: removed\\n"}', TODAY).container == ""


@pytest.mark.parametrize(
    ("month", "number"),
    [("Mär", 3), ("févr.", 2), ("Dez", 12), ("дек", 12), ("lis", 11), ("sept.", 9)],
)
def test_months_of_other_languages(month: str, number: int) -> None:
    record = parse(f"{month} 12 13:18:10 mx postfix/smtpd[123]: {MESSAGE}", TODAY)
    assert (record.message, record.tag) == (MESSAGE, "postfix/smtpd")
    assert record.time is not None
    assert record.time[5:10] == f"{number:02}-12"


def test_what_only_looks_like_a_date_is_text() -> None:
    line = "Kap. 12 13:18:10 mx postfix: x"
    assert parse(line, TODAY).message == line


def test_a_record_in_backticks_ends_before_the_last_one() -> None:
    assert parse(f"`Feb 28 13:18:10 mx a[1]: {MESSAGE}`", TODAY).message == MESSAGE


@pytest.mark.parametrize("line", ["```", "```log", "> ```", "~~~~"])
def test_a_fence_holds_nothing(line: str) -> None:
    assert parse(line, TODAY).message == ""


@pytest.mark.parametrize("line", ["> mx.example[192.0.2.7]:25: EHLO x", "- not a record", "* x: y"])
def test_marks_before_what_is_no_record_stay(line: str) -> None:
    assert parse(line, TODAY).message == line


@pytest.mark.parametrize("piece", ["> ", "- ", "`", " ", "[", "a", "1", "- `", ">> "])
def test_marks_without_end_are_read_in_time(piece: str) -> None:
    """Were it quadratic, this would not come to an end while anybody waits."""
    parse(piece * (200_000 // len(piece)), TODAY)


HEADS = [
    "Nov 22 06:25:16 mx ", "Nov  2 06:25:16 mx ", "Feb 29 06:25:16 mx ", "Xyz 22 06:25:16 mx ", "Nov 02 06:25:16 mail.info ",
    "2026-11-22T06:25:16.123456+01:00 mx ", "2026-11-22T06:25:16Z stdout F ", "2026-11-22T06:25:16Z mx ",
    "2026-11-22T06:25:16+0100 mx ", "Nov 22 06:25:16 - ", "Nov 22 06:25:16 <mail.info> ", "Nov 22 06:25:16 mx mail.info ",
    "Nov 22 2026 06:25:16 mx ", "Nov 31 06:25:16 mx ", "Dec 01 06:25:16 -x ", "Dec 01 06:25:16 \u00e4 ",
]  # fmt: skip
TAGS = [
    "postfix/smtpd[1]: ", "postfix/smtpd: ", "-[3]: ", "-: ", "tag[99999999999999999999]: ", "a(b): ", "z:\t", "z:", "[1]: ",
    "x: Nov 22 06:25:16 mx postfix/smtpd[2]: ", "y[1]: [ID 12 mail.info] ", "-a[2]: ", "F: ", "smtp[\u0663]: ", "q[1]:  two ",
    "q[1]: [ 12.345] ", "w: Mi 2026-01-02 10:11:12 CET a b[1]: ", "w: 1700000000.123 a b[1]: ",
    "v[1]: message repeated 3 times: [ ", "v: last message repeated 3 times",
]  # fmt: skip


def test_the_commonest_form_is_read_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        f"{head}{tag}{end}"
        for head in HEADS
        for tag in TAGS
        for end in (MESSAGE, f"{MESSAGE}]", "", "a\u00a0b")
    ]
    found = [parse(line, TODAY) for line in lines]
    monkeypatch.setattr("mailhelp.log.prefix._common", lambda *_: None)
    assert found == [parse(line, TODAY) for line in lines]


def test_the_kernels_own_seconds_begin_no_record_of_their_own() -> None:
    line = "Nov 22 06:25:16 mail kernel: [12345.678901] imap[4711]: segfault at 0 ip 0 sp 0 error 4"
    record = parse(line, TODAY)
    assert record.tag == "kernel"
    assert record.message.startswith("[12345.678901] imap[4711]: ")


def test_a_blank_before_the_process_id_is_sogos() -> None:
    record = parse("Nov 22 06:25:16 sogod [123]: |SOGo| starting", TODAY)
    assert (record.tag, record.pid, record.message) == ("sogod", 123, "|SOGo| starting")
