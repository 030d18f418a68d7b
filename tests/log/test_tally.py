"""Tallies are bounded, and merge in whatever groups their pieces are merged."""

from __future__ import annotations

import random
from copy import deepcopy

import pytest

from mailhelp.log.tally import FAN, Count, Distinct, Fold, Ledger, Tally, fold


def merged(*parts: Tally) -> Tally:
    whole = Tally()
    for part in parts:
        whole.merge(part)
    return whole


def piece(chance: random.Random) -> Tally:
    tally = Tally()
    for _ in range(40):
        mail = f"Q{chance.randrange(12)}"
        act = chance.choice(("received", "sized", "delivered", "removed"))
        tally.totals[act] = tally.totals.get(act, 0) + 1
        tally.traffic.act(act, f"2026-11-22T{chance.randrange(24):02}", 1)
        tally.traffic.got(f"d{chance.randrange(3)}.example", 1, 0, 2.5, chance.random())
        tally.ledger.take([(act, mail, str(100 + chance.randrange(5)), "")])
        id = f"log/x/{chance.randrange(4)}"
        count = tally.counts.setdefault(id, Count())
        hour = f"2026-11-22T0{chance.randrange(9)}"
        count.add(1, hour, f"{hour}:00", f"{hour}:30")
        count.value("host", f"h{chance.randrange(30)}")
        count.mail((mail,))
        count.sample(f"record {chance.random()}")
        tally.known("entry", 1)
        tally.span(f"{hour}:00", f"{hour}:30")
        shape = tally.shape(f"shape {chance.randrange(9)}")
        assert shape is not None
        shape.add(1, hour, f"{hour}:00", f"{hour}:30")
    return tally


@pytest.mark.parametrize("seed", range(20))
def test_merging_is_associative(seed: int) -> None:
    chance = random.Random(seed)
    a, b, c = (piece(chance) for _ in range(3))
    left = merged(merged(a, b), c)
    right = merged(a, merged(b, c))
    assert left == right
    assert left.ledger.bytes_received == right.ledger.bytes_received
    assert merged(left) == left


def full(chance: random.Random) -> Tally:
    """A tally of so many values that a bound is met when a few are merged."""
    tally = Tally()
    values = tally.counts.setdefault("log/x", Count())
    for _ in range(400):
        values.value("host", f"h{chance.randrange(3000)}")
    tally.known("entry", 400)
    return tally


@pytest.mark.parametrize("many", [0, 1, FAN - 1, FAN, FAN + 1, 15 * FAN + 3, FAN * FAN + 1])
def test_pieces_are_merged_in_one_way_whoever_does_it(many: int) -> None:
    chance = random.Random(many)
    pieces = [full(chance) for _ in range(many)]
    streamed = Fold()
    for each in pieces:
        streamed.add(each)
    level = pieces
    while len(level) > 1:
        level = [fold(level[at : at + FAN]) for at in range(0, len(level), FAN)]
    whole = streamed.whole()
    assert whole == fold(pieces) == merged(*level)
    assert whole.records == 400 * many


def test_merging_leaves_the_later_piece_as_it_is() -> None:
    a, b = piece(random.Random(1)), piece(random.Random(2))
    before = deepcopy(b)
    merged(a, b).counts["log/x/0"].value("host", "new")
    assert b == before


@pytest.mark.parametrize("seed", range(20))
def test_bytes_are_the_same_wherever_a_log_is_cut(seed: int) -> None:
    chance = random.Random(seed)
    acts = [
        (
            chance.choice(("received", "sized", "delivered", "delivered", "removed")),
            f"Q{chance.randrange(5)}",
            str(chance.randrange(1, 99)),
            "example.org",
        )
        for _ in range(60)
    ]
    whole, left, right = Ledger(), Ledger(), Ledger()
    cut = chance.randrange(60)
    for number, act in enumerate(acts):
        whole.take([act])
        (left if number < cut else right).take([act])
    left.merge(right)
    assert left.bytes_received == whole.bytes_received
    assert left.bytes_delivered == whole.bytes_delivered
    assert sorted(left.senders) == sorted(whole.senders)


def test_distinct_values_are_counted_exactly_then_estimated() -> None:
    few, many = Distinct(), Distinct()
    few.add(f"v{n % 1000}" for n in range(3000))
    for start in range(0, 50_000, 1000):
        many.add(f"v{n}" for n in range(start, start + 1000))
    assert few.count == 1000
    assert abs(many.count - 50_000) < 6000
    assert len(many.hashes) < 3000


def test_a_tally_does_not_grow_with_the_log() -> None:
    tally = Tally()
    count = tally.counts["log/x"] = Count()
    for n in range(30_000):
        hour = f"{2000 + n // 8000}-01-01T{n % 8000:04}"
        count.add(1, hour, hour, hour)
        count.value("host", f"h{n}")
        count.sample(f"record {n}")
        count.mail((f"Q{n}",))
        tally.ledger.take([("received", f"Q{n}", "", "")])
        tally.ledger.take([("delivered", f"X{n}", "", "")])
        if tally.shape(f"shape {n}") is None:
            tally.unknown_rest += 1
    tally.ledger.bound()
    sizes = [len(each) for each in (count.hours, count.top["host"], tally.unknown)]
    assert max(sizes) <= 2000
    assert len(tally.ledger.sizes) == len(tally.ledger.heads) == 20_000
    assert (len(count.samples), len(count.ids)) == (3, 3)
    assert count.records == 30_000
    assert tally.unknown_rest == 29_000
