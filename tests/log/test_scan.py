"""A scan counts what reading record by record gives, however odd the log is."""

from __future__ import annotations

import pickle
import random
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from mailhelp.log import files
from mailhelp.log.files import Chunk, blocks, blocks_of
from mailhelp.log.join import lines
from mailhelp.log.scan import Plan, Scanner, scan
from mailhelp.log.tally import Tally
from mailhelp.session import Session

SEED = Path(__file__).parent.parent / "seed"
PLAIN = (SEED / "accepted.log").read_text() + (SEED / "after-queue.log").read_text()
HEAD = "Nov 22 06:25:16 mx postfix/smtpd[123]: "


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.library.plan()


def counted(tally: Tally) -> Counter[str]:
    found = Counter({id: count.records for id, count in tally.counts.items()})
    found["no"] = tally.recognised.get("no", 0)
    return +found


def lines_of(text: bytes) -> list[str]:
    return list(lines(BytesIO(text)))


def one_by_one(plan: Plan, text: bytes) -> Counter[str]:
    found: Counter[str] = Counter()
    before = None
    for read in plan.engine.reads(lines(BytesIO(text))):
        if not read.record.text.strip():
            continue
        times = read.record.repeated
        if not read.record.repeats_last:
            before = read
        elif before is None or before.record.host != read.record.host:
            before = None
            continue
        hit = before.hit
        found[hit.entry if hit else "no"] += times if hit else 1
    return found


def tallied(plan: Plan, text: bytes) -> Tally:
    return Scanner(plan).scan(blocks_of(BytesIO(text)))


TOLD = [
    f"{HEAD}warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: password=hunter2, sasl_username=ann",
    f"{HEAD}warning: unknown[192.0.2.7]: SASL PLAIN authentication failed: x, sasl_username=hunter3",
    f"{HEAD}NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 <bob@example.net>: Relay access denied; "
    "from=<password=hunter2@example.org> to=<bob@example.net> proto=ESMTP helo=<password=hunter2>",
    f"{HEAD}fatal: open database /x/ password=hunter2.db: No such file or directory",
    "Nov 22 06:25:16 mx other[77]: the password is hunter2hunter",
    "Nov 22 06:25:16 mx other[77]: the password is hunter3",
    "Nov 22 06:25:16 mx password: hunter2",
    f"{HEAD}> a.example[192.0.2.7]: 1 LOGIN ann {{7}}",
]
"""Records that tell what must not be shown."""

ODD = [
    f"{HEAD}connect from mx.example.com[192.0.2.7]",
    f"{HEAD}connect from mx.example.com[192.0.2.7]  ",
    f"{HEAD}connect from mx.example.com[192.0.2.7]\r",
    "2026-11-22T06:25:16.123456+01:00 mx postfix/qmgr[9]: 4Vx2Kq3YbHz5tRs: removed",
    "2026-11-22T06:25:16.123456789Z mx postfix/qmgr[9]: 4Vx2Kq3YbHz5tRs: removed",
    "2026-11-22T06:25:16Z stdout F mx postfix/qmgr[9]: 4Vx2Kq3YbHz5tRs: removed",
    "Okt 22 06:25:16 mx postfix/qmgr[9]: 4Vx2Kq3YbHz5tRs: removed",
    "Xyz 22 06:25:16 mx postfix/qmgr[9]: 4Vx2Kq3YbHz5tRs: removed",
    "Nov 22 06:25:16 mx last message repeated 3 times",
    f"{HEAD}message repeated 2 times: [ connect from mx.example.com[192.0.2.7]]",
    "Nov 22 06:25:16 mx postfix/smtpd[1]: [ID 197553 mail.info] connect from a.example[192.0.2.7]",
    "Nov 22 06:25:16 mx amavis[77]: (00077-01) Passed CLEAN {RelayedInbound}, [192.0.2.7]:4 <a@example.org>...",
    "Nov 22 06:25:16 mx amavis[77]: (00077-01) ... -> <b@example.net>, mail_id: abc, Hits: -1, size: 5, 9 ms",
    "Nov 22 06:25:16 mx other[77]: something that no entry knows 17",
    "    folded under it",
    "from=<ann@example.org>, size=5, nrcpt=1 (queue active)",
    "",
    "   ",
    "Received: from a.example (a.example [192.0.2.7]) by mx.example.com;",
    " Sun, 22 Nov 2026 06:25:16 +0100",
    '{"MESSAGE":"connect from a[192.0.2.7]","SYSLOG_IDENTIFIER":"postfix/smtpd","_PID":"9"}',
    "<22>1 2026-02-28T13:18:10Z mx postfix/smtpd 9 - - connect from a[192.0.2.7]",
    "> Nov 22 06:25:16 mx postfix/qmgr[9]: 4Vx2Kq3YbHz5tRs: removed",
    f"{HEAD}connect from\u00a0mx.example.com[192.0.2.7]",
    f"{HEAD}warning: unknown[192.0.2.7]: request longer than 2048: AUTH PLAIN AHRlc3QAc2VjcmV0AHRlc3Q=",
    f"{HEAD}> a.example[192.0.2.7]: 334 VXNlcm5hbWU6",
    f"{HEAD}< a.example[192.0.2.7]: dGVzdA==",
    "dGVzdA==",
    "```",
    f"{HEAD}connect from {'x' * 70_000}[192.0.2.7]",
    f"{HEAD}warning: \udcff unknown".encode("utf-8", "surrogateescape").decode("latin-1"),
    "Nov 22 06:25:16 mx postfix/qmgr[9]: 4Vx2Kq3YbHz5tRs: from=<ann@exam",
    "ple.org>, size=577, nrcpt=1 (queue active)",
    "Nov 22 06:25:16 tag: message without a host",
]


def hostile(chance: random.Random, count: int) -> bytes:
    """Plain records with odd lines among them, some of filing words thrown together."""
    plain = [line for line in PLAIN.splitlines() if line]
    vocabulary = sorted({word for line in (*plain, *ODD) for word in line.split()})
    made = []
    for _ in range(count):
        kind = chance.random()
        if kind < 0.6:
            made.append(chance.choice(plain))
        elif kind < 0.85:
            made.append(chance.choice(ODD))
        elif kind < 0.95:
            words = " ".join(chance.choices(vocabulary, k=chance.randrange(1, 9)))
            made.append(f"{HEAD if chance.random() < 0.7 else ''}{words}")
        else:
            line = chance.choice(plain)
            made.append(line[: chance.randrange(len(line))])
    return "\n".join(made).encode("utf-8", "replace") + b"\n" * chance.randrange(2)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("block", [1 << 20, 3000])
def test_counts_are_those_of_reading_record_by_record(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, seed: int, block: int
) -> None:
    monkeypatch.setattr(files, "_BLOCK", block)
    text = hostile(random.Random(seed), 400)
    assert counted(tallied(plan, text)) == one_by_one(plan, text)


def test_a_record_written_once_for_several_counts_as_these(plan: Plan) -> None:
    failed = "warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: x, sasl_username=ann"
    text = f"{HEAD}{failed}\n{HEAD}message repeated 5 times: [ {failed}]\n"
    count = tallied(plan, text.encode()).counts["log/postfix/smtpd/sasl-auth-failed"]
    assert count.records == 6
    assert sum(count.hours.values()) == 6


@pytest.mark.parametrize("seed", range(6))
def test_all_that_is_counted_is_what_records_give_one_by_one(plan: Plan, seed: int) -> None:
    chance = random.Random(seed)
    lines = [*hostile(chance, 200).decode().split("\n"), *chance.choices(TOLD, k=60)]
    chance.shuffle(lines)
    text = "\n".join(lines).encode("utf-8", "replace")
    found, slow = tallied(plan, text), Scanner(plan)
    expected = slow.by_record(lines_of(text))
    for tally in (found, expected):
        assert "hunter2" not in repr(tally)
        for id, count in tally.counts.items():
            for sample in count.samples:
                if sample.startswith("Nov 22") and "**" not in sample:
                    assert one_by_one(plan, sample.encode())[id], sample
            count.samples.clear()
            count.ids.sort()
        for count in tally.unknown.values():
            count.samples.clear()
    assert found == expected


@pytest.mark.parametrize("first", range(len(ODD)))
def test_each_odd_line_beside_plain_ones(plan: Plan, first: int) -> None:
    plain = PLAIN.splitlines()[0]
    for second in ODD[first : first + 3]:
        text = "\n".join((plain, ODD[first], second, plain, ODD[first], plain)).encode()
        assert counted(tallied(plan, text)) == one_by_one(plan, text)


@pytest.mark.parametrize(
    "unit", ["a plain text\n", "<22>1 2026-02-28T13:18:10Z mx t 9 - - x\n", " \n"]
)
def test_a_log_without_a_plain_record(plan: Plan, unit: str) -> None:
    text = unit.encode() * 1700
    assert counted(tallied(plan, text)) == one_by_one(plan, text)


def test_a_plan_and_a_tally_can_be_sent(plan: Plan, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(PLAIN)
    there: Plan = pickle.loads(pickle.dumps(plan))
    tally = pickle.loads(pickle.dumps(scan(there, Chunk(str(log)))))
    assert counted(tally) == counted(scan(plan, Chunk(str(log))))


@pytest.mark.parametrize("seed", range(3))
def test_pieces_give_the_whole(plan: Plan, tmp_path: Path, seed: int) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(hostile(random.Random(seed), 500))
    scanner = Scanner(plan)
    whole = scanner.scan(blocks(Chunk(str(log))))
    pieces = files.chunks(str(log), scanner.begins, 2000)
    assert len(pieces) > 3
    merged = Tally()
    for piece in pieces:
        merged.merge(scanner.scan(blocks(piece)))
    assert counted(merged) == counted(whole)
    assert merged.totals == whole.totals
    assert (merged.ledger.bytes_received, merged.ledger.bytes_delivered) == (
        whole.ledger.bytes_received,
        whole.ledger.bytes_delivered,
    )


def test_the_grand_totals(plan: Plan) -> None:
    tally = tallied(plan, (SEED / "after-queue.log").read_bytes())
    assert tally.totals["received"] == tally.totals["delivered"] == 2
    assert tally.ledger.bytes_received == tally.ledger.bytes_delivered > 0


def test_what_is_counted_of_an_entry(plan: Plan) -> None:
    line = (
        "Nov 22 0{hour}:25:16 mx postfix/smtp[9]: 4Vx2Kq3YbHz5tR{id}: to=<bob@example.net>, relay=none, delay=1, "
        "delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mail.example.net[192.0.2.{id}]:25: Connection "
        "timed out)\n"
    )
    text = "".join(line.format(hour=n, id=n % 2) for n in (3, 1, 2, 5))
    tally = tallied(plan, text.encode())
    (count,) = tally.counts.values()
    assert (count.first, count.last) == ("2026-11-22T01:25:16", "2026-11-22T05:25:16")
    assert count.hours == {f"2026-11-22T0{n}": 1 for n in (1, 2, 3, 5)}
    assert (count.records, count.mails.count, tally.deferred.count) == (4, 2, 2)
    assert count.top["host_address"] == {"192.0.2.1": 3, "192.0.2.0": 1}
    assert count.samples[0] == line.format(hour=3, id=1).rstrip()


def test_only_records_of_a_time(session: Session) -> None:
    text = "".join(
        f"Nov 22 0{hour}:00:00 mx {rest}\n"
        for hour in range(8)
        for rest in ("postfix/smtpd[1]: connect from a.example[192.0.2.7]", "x: what 1", "no tag")
    )
    plan = session.library.plan("2026-11-22T02", "2026-11-22T05:00:00")
    tally = tallied(plan, text.encode())
    assert tally.records == 9
    assert (tally.first, tally.last) == ("2026-11-22T02:00:00", "2026-11-22T04:00:00")


def test_no_secret_is_kept(plan: Plan) -> None:
    text = "\n".join((*ODD, f"{HEAD}> a.example[192.0.2.7]: 334 UGFzc3dvcmQ6", "c2VjcmV0c2VjcmV0"))
    kept = repr(tallied(plan, text.encode()))
    assert "AHRlc3QAc2VjcmV0" not in kept
    assert "c2VjcmV0c2VjcmV0" not in kept


@pytest.mark.parametrize("block", [1 << 20, 100])
def test_a_key_told_record_by_record_is_not_kept(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(files, "_BLOCK", block)
    head = "Nov 22 06:25:16 mx odd[1]: "
    told = ["what 1", "-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"]
    pieces = [f"u8dYk1x2bQIDAQABAoIBAF{n}abcdefgh" for n in range(5)]
    text = "".join(f"{head}{each}\n" for each in (*told, *pieces))
    assert "abcdefgh" not in repr(tallied(plan, text.encode()))


def test_unknown_records_are_counted_by_their_shape(plan: Plan) -> None:
    text = "".join(
        f"Nov 22 06:00:00 mx odd[9]: job {n} of <a{n}@example.org> is late\n" for n in range(9)
    )
    tally = tallied(plan, text.encode())
    ((shape, count),) = tally.unknown.items()
    assert (shape, count.records) == ("odd: job … of … is late", 9)


def test_a_log_that_breaks_off_is_counted_as_far_as_it_goes(plan: Plan) -> None:
    from mailhelp.errors import SourceError

    def broken() -> Iterator[bytes]:
        yield PLAIN.encode()
        raise SourceError("mail.log.1.gz cannot be read: it is cut off.")

    tally = Scanner(plan).scan(broken())
    assert tally.records == sum(1 for line in PLAIN.splitlines() if line)
    assert tally.faults == ["mail.log.1.gz cannot be read: it is cut off."]


def test_the_zones_of_times_are_known_however_a_record_is_read(plan: Plan) -> None:
    times = ("16+01:00", "17.5+0100", "18.123456Z", "19-05:00", "20+01:00")
    lines = [f"2026-11-22T06:25:{time} mx postfix/qmgr[9]: 4A1B22C: removed" for time in times]
    lines.append("Nov 22 06:25:21 mx postfix/qmgr[9]: 4A1B22C: removed")
    text = "".join(f"{line}\n" for line in lines).encode()
    assert Scanner(plan).scan([text]).zones == {"+01:00", "+0100", "Z", "-05:00"}
    assert Scanner(plan).by_record(lines).zones == {"+01:00", "+0100", "Z", "-05:00"}


def test_a_record_that_the_syslog_daemon_says_was_repeated_counts_as_often(
    session: Session,
) -> None:
    failed = f"{HEAD}warning: unknown[203.0.113.1]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
    again = "Nov 22 06:25:16 mx last message repeated 5 times"
    other = "Nov 22 06:25:16 other last message repeated 5 times"
    log = "\n".join((again, failed, again, again, failed, other, ""))
    tally = Scanner(session.library.plan()).scan([log.encode()])
    [(_, count)] = [each for each in tally.counts.items() if "sasl" in each[0]]
    assert count.records == 1 + 5 + 5 + 1
    assert tally.recognised["generic"] == 2
