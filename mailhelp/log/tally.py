"""What is counted of a log: plain, bounded data that can be merged and sent to another process.

Merging the tallies of two pieces of a log, the earlier one first, gives the tally of both; it is
associative as long as no bound cuts something off (thousands of distinct values, shapes or hours). Then the
counts that are left are right or too low, and depend on what is merged with what. So pieces are always merged
in the same way, as ``Fold`` does it, whoever scans them.
"""

from __future__ import annotations

# as hashlib has it, without all that hashlib loads
from _blake2 import blake2b
from collections.abc import Iterable, Mapping
from itertools import islice

from mailhelp.light import Any

_MOST_DISTINCT, _MOST_DEFERRED = 1024, 65_536
"""Distinct values of an entry, and deferred mails, that are counted exactly; of more, their number is estimated (within 3 in 100)."""
_MOST_VALUES = 1000
"""Values of a field that are counted for one entry."""
_MOST_SHAPES = 1000
_MOST_DOMAINS = 10_000
_MOST_HOURS = 2000
_MOST_SAMPLES = 3
_MOST_OPEN = 20_000
"""Mails whose size is remembered until they leave the queue."""
_MOST_ZONES = 50
_SECONDS = len("2026-11-22T06:25:16")
_SPACE = 1 << 64
FAN = 16
"""Tallies that are merged into one before this one is merged with others."""


class _Counted:
    """What is counted: plain data that can be compared and shown. ``dataclasses`` would cost a short log a tenth of its time."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({shown})"


class Distinct(_Counted):
    """How many different values there were: kept are the smallest of their hashes, up to ``most``."""

    __slots__ = ("hashes", "most")

    def __init__(self, most: int = _MOST_DISTINCT) -> None:
        self.most = most
        self.hashes: set[int] = set()

    def add(self, values: Iterable[str]) -> None:
        """Take ``values``, of which any may have been there before."""
        self.hashes.update(
            int.from_bytes(blake2b(value.encode("utf-8", "replace"), digest_size=8).digest())
            for value in values
        )
        self._trim(2 * self.most)

    def merge(self, other: Distinct) -> None:
        """Take the values of ``other`` too."""
        self.hashes |= other.hashes
        self._trim(self.most)

    def _trim(self, most: int) -> None:
        """Keep the smallest, and one more that says that there were others, if there are above ``most``."""
        if len(self.hashes) > most:
            self.hashes = set(sorted(self.hashes)[: self.most + 1])

    @property
    def is_estimate(self) -> bool:
        """Whether there were too many to count them one by one."""
        return len(self.hashes) > self.most

    @property
    def count(self) -> int:
        """How many there were."""
        if not self.is_estimate:
            return len(self.hashes)
        largest = sorted(self.hashes)[self.most - 1]
        return (self.most - 1) * _SPACE // largest


class Traffic(_Counted):
    """Who exchanges mail with whom: for the domain of a sender its mails and their bytes; for the domain of a
    recipient its deliveries, deferrals, and the delays of the deliveries added up; of both the longest delay in seconds; for a
    host of the log its records. ``hours`` has the acts of the grand totals by hour.
    """

    __slots__ = ("hosts", "hours", "recipients", "senders")

    def __init__(self) -> None:
        self.hours: dict[str, dict[str, int]] = {}
        self.senders: dict[str, list[float]] = {}
        self.recipients: dict[str, list[float]] = {}
        self.hosts: dict[str, int] = {}

    def act(self, act: str, hour: str, times: int) -> None:
        """Count acts of an hour."""
        hours = self.hours.setdefault(act, {})
        if hour and (hour in hours or len(hours) < _MOST_HOURS):
            hours[hour] = hours.get(hour, 0) + times

    def sent(self, domain: str, mails: float, size: float) -> None:
        """Count mails whose senders are of a domain."""
        row = self._row(self.senders, domain, 2)
        if row is not None:
            row[0] += mails
            row[1] += size

    def got(
        self, domain: str, delivered: float, deferred: float, total: float, most: float
    ) -> None:
        """Count deliveries and deferrals of recipients of a domain."""
        row = self._row(self.recipients, domain, 4)
        if row is not None:
            row[0] += delivered
            row[1] += deferred
            row[2] += total
            row[3] = max(row[3], most)

    def host(self, host: str, records: int) -> None:
        """Count records of a host."""
        if host in self.hosts or len(self.hosts) < _MOST_VALUES:
            self.hosts[host] = self.hosts.get(host, 0) + records

    def merge(self, other: Traffic) -> None:
        """Take what a later piece counted."""
        for act, hours in other.hours.items():
            for hour, times in hours.items():
                self.act(act, hour, times)
        for domain, (mails, size) in other.senders.items():
            self.sent(domain, mails, size)
        for domain, (delivered, deferred, total, most) in other.recipients.items():
            self.got(domain, delivered, deferred, total, most)
        for host, records in other.hosts.items():
            self.host(host, records)

    @staticmethod
    def _row(table: dict[str, list[float]], domain: str, columns: int) -> list[float] | None:
        row = table.get(domain)
        if row is None and len(table) < _MOST_DOMAINS:
            row = table[domain] = [0] * columns
        return row


class Ledger(_Counted):
    """Bytes received and delivered: a mail's size is told once, and used at each delivery.

    A mail is known from the record of its arrival, or of its end, on: ``sizes`` has its size (0 if that is not
    told yet), ``expected`` those whose size counts as received. What a piece says of a mail that came before it
    waits in ``heads``: deliveries before its size is told, the size, deliveries after that, the sender's domain.
    ``senders`` are those of mails that count as received, where the domain is asked for.
    """

    __slots__ = ("delivered", "expected", "heads", "received", "senders", "sizes")

    def __init__(self) -> None:
        self.received = 0
        self.delivered = 0
        self.sizes: dict[str, int] = {}
        self.expected: dict[str, None] = {}
        self.heads: dict[str, tuple[int, int, int, str]] = {}
        self.senders: list[tuple[str, int]] = []

    @property
    def bytes_received(self) -> int:
        """Of mails whose arrival is in the log."""
        return self.received

    @property
    def bytes_delivered(self) -> int:
        """The size of each mail as often as it was delivered."""
        return self.delivered + sum(size * after for _, size, after, _ in self.heads.values())

    def take(self, acts: Iterable[tuple[str, str, str, str]]) -> None:
        """Records in their order: an act, its mail, the mail's size and sender's domain where it is ``sized``."""
        sizes, expected = self.sizes, self.expected
        for act, mail, value, sender in acts:
            if act == "received":
                sizes[mail] = 0
                expected[mail] = None
            elif act == "removed":
                sizes[mail] = 0
                expected.pop(mail, None)
            elif act == "sized":
                if not sizes.get(mail):
                    self._head(mail, 0, int(value[:18]) if value.isdecimal() else 0, 0, sender)
            elif act == "delivered":
                known = sizes.get(mail)
                if known:
                    self.delivered += known
                else:
                    self._head(mail, 1, 0, 0, "")

    def _head(self, mail: str, before: int, size: int, after: int, sender: str) -> None:
        """So many deliveries of a mail, its size, and more deliveries."""
        known = self.sizes.get(mail)
        if known is None:
            first, told, last, own = self.heads.get(mail, (0, 0, 0, ""))
            if told:
                self.heads[mail] = (first, told, last + before + after, own)
            else:
                self.heads[mail] = (first + before, size, after, sender)
        elif known:
            self.delivered += (before + after) * known
        elif size:
            self.sizes[mail] = size
            self.delivered += after * size
            if mail in self.expected:
                del self.expected[mail]
                self.received += size
                if sender:
                    self.senders.append((sender, size))

    def bound(self) -> None:
        """Forget the oldest of what is kept, where it is too much."""
        tables: tuple[dict[str, Any], ...] = (self.sizes, self.expected, self.heads)
        for table in tables:
            for mail in list(islice(table, max(len(table) - _MOST_OPEN, 0))):
                del table[mail]

    def merge(self, other: Ledger) -> None:
        """Take what a later piece says."""
        for mail, head in other.heads.items():
            self._head(mail, *head)
        self.senders += other.senders
        self.received += other.received
        self.delivered += other.delivered
        for mail in other.sizes:
            self.expected.pop(mail, None)
        self.sizes.update(other.sizes)
        self.expected.update(other.expected)
        self.bound()


class Count(_Counted):
    """The records of one entry. Times are ISO 8601 as the log tells them; ``hours`` are their first 13
    characters. ``top`` has, for a field, how often each of its values was there; ``mails`` and ``clients``
    are counted for entries that may tell of trouble; ``ids`` are a few of their queue IDs.
    """

    __slots__ = (
        "clients", "first", "generic", "hours", "ids",
        "last", "mails", "records", "samples", "top",
    )  # fmt: skip

    def __init__(self, generic: bool = False) -> None:
        self.generic = generic
        self.records = 0
        self.first = ""
        self.last = ""
        self.hours: dict[str, int] = {}
        self.samples: list[str] = []
        self.ids: list[str] = []
        self.top: dict[str, dict[str, int]] = {}
        self.mails = Distinct()
        self.clients = Distinct()

    def add(self, records: int, hour: str, first: str, last: str) -> None:
        """Count ``records`` of one ``hour`` (empty if they tell no time)."""
        self.records += records
        if hour:
            self.span(first, last)
            if hour in self.hours or len(self.hours) < _MOST_HOURS:
                self.hours[hour] = self.hours.get(hour, 0) + records

    def span(self, first: str, last: str) -> None:
        """Stretch the time from the first record to the last."""
        self.first = min(self.first, first) if self.first and first else self.first or first
        self.last = max(self.last, last)

    def value(self, name: str, value: str, times: int = 1) -> None:
        """Count a value of the field ``name``."""
        values = self.top.setdefault(name, {})
        if value in values or len(values) < _MOST_VALUES:
            values[value] = values.get(value, 0) + times

    def knows(self, name: str, value: str) -> bool:
        """Whether a value of the field ``name`` was counted, or will not be."""
        values = self.top.get(name, {})
        return value in values or len(values) >= _MOST_VALUES

    @property
    def has_ids(self) -> bool:
        """Whether there is no room for another queue ID."""
        return len(self.ids) >= _MOST_SAMPLES

    @property
    def has_samples(self) -> bool:
        """Whether there is no room for another sample."""
        return len(self.samples) >= _MOST_SAMPLES

    def sample(self, text: str) -> None:
        """Keep a record, if there is room."""
        if text and not self.has_samples and text not in self.samples:
            self.samples.append(text)

    def mail(self, mails: Iterable[str]) -> None:
        """Count queue IDs."""
        found = list(mails)
        self.mails.add(found)
        for mail in found:
            if len(self.ids) >= _MOST_SAMPLES:
                break
            if mail not in self.ids:
                self.ids.append(mail)

    def merge(self, other: Count) -> None:
        """Take the records of a later piece."""
        self.records += other.records
        self.span(other.first, other.last)
        for hour, records in other.hours.items():
            if hour in self.hours or len(self.hours) < _MOST_HOURS:
                self.hours[hour] = self.hours.get(hour, 0) + records
        for sample in other.samples:
            self.sample(sample)
        for name, values in other.top.items():
            for value, times in values.items():
                self.value(name, value, times)
        for mail in other.ids:
            if len(self.ids) < _MOST_SAMPLES and mail not in self.ids:
                self.ids.append(mail)
        self.mails.merge(other.mails)
        self.clients.merge(other.clients)


class Tally(_Counted):
    """What is counted of a log, or of a piece of one.

    ``counts`` has the entries by id (a part where only the shape is understood), ``unknown`` the shapes of
    records that nothing knows, ``unknown_rest`` how many records had yet other shapes; ``totals`` the acts
    of ``report.toml``, ``faults`` why something could not be read, ``zones`` those in which times are told.
    """

    __slots__ = (
        "counts", "deferred", "faults", "first", "last", "ledger", "recognised",
        "records", "totals", "traffic", "unknown", "unknown_rest", "zones",
    )  # fmt: skip

    def __init__(self, faults: Iterable[str] = ()) -> None:
        self.records = 0
        self.first = ""
        self.last = ""
        self.recognised: dict[str, int] = {}
        self.counts: dict[str, Count] = {}
        self.unknown: dict[str, Count] = {}
        self.unknown_rest = 0
        self.totals: dict[str, int] = {}
        self.deferred = Distinct(_MOST_DEFERRED)
        self.ledger = Ledger()
        self.traffic = Traffic()
        self.faults = list(faults)
        self.zones: set[str] = set()

    def known(self, how: str, records: int) -> None:
        """Count records as ``entry``, ``generic`` or ``no``."""
        self.records += records
        self.recognised[how] = self.recognised.get(how, 0) + records

    def span(self, first: str, last: str) -> None:
        """Stretch the time of the log."""
        if first:
            self.first = min(self.first, first) if self.first else first
            self.last = max(self.last, last)
            self.zoned({first[_SECONDS:], last[_SECONDS:]})

    def zoned(self, ends: set[str]) -> None:
        """Take the zones at the ends of times."""
        for end in ends:
            zone = end.lstrip(".:0123456789")
            if zone and len(self.zones) < _MOST_ZONES:
                self.zones.add(zone)

    def settle(self) -> None:
        """Forget what is no longer needed of mails, once their senders are counted."""
        for sender, size in self.ledger.senders:
            self.traffic.sent(sender, 1, size)
        self.ledger.senders.clear()
        self.ledger.bound()

    def shape(self, shape: str) -> Count | None:
        """The count of an unknown shape; ``None`` if there are too many of them."""
        found = self.unknown.get(shape)
        if found is None:
            if len(self.unknown) >= _MOST_SHAPES:
                return None
            found = self.unknown[shape] = Count()
        return found

    def merge(self, other: Tally) -> Tally:
        """This tally with that of the piece that follows it, which is left as it is."""
        self.records += other.records
        self.span(other.first, other.last)
        _add(self.recognised, other.recognised)
        _add(self.totals, other.totals)
        self.unknown_rest += other.unknown_rest
        self.zones = set(sorted(self.zones | other.zones)[:_MOST_ZONES])
        self.faults += (fault for fault in other.faults if fault not in self.faults)
        self.deferred.merge(other.deferred)
        self.traffic.merge(other.traffic)
        self.ledger.merge(other.ledger)
        self.settle()
        for id, count in other.counts.items():
            if id not in self.counts:
                self.counts[id] = Count(count.generic)
            self.counts[id].merge(count)
        for shape, count in other.unknown.items():
            own = self.shape(shape)
            if own is None:
                self.unknown_rest += count.records
            else:
                own.merge(count)
        return self


class Fold:
    """The tallies of pieces, added in their order, merged as a tree: ``FAN`` neighbours into one, of these again.

    Whoever merges neighbours elsewhere gets the same. Few tallies are kept at a time. What is added may be of
    one piece each, or each of as many as ``FAN`` to the power of ``height``.
    """

    def __init__(self) -> None:
        self._levels: list[tuple[Tally, int]] = []

    def add(self, tally: Tally, level: int = 0) -> None:
        """Take the next one."""
        if level == len(self._levels):
            self._levels.append((Tally(), 0))
        own, count = self._levels[level]
        own.merge(tally)
        self._levels[level] = own, count + 1
        if count + 1 == FAN:
            self._levels[level] = Tally(), 0
            self.add(own, level + 1)

    def whole(self) -> Tally:
        """The tally of all; nothing is added afterwards."""
        level = 0
        while level + 1 < len(self._levels):  # the last one may go up a level yet
            tally, count = self._levels[level]
            if count:
                self.add(tally, level + 1)
            level += 1
        return self._levels[-1][0] if self._levels else Tally()


def fold(tallies: Iterable[Tally]) -> Tally:
    """``tallies`` of neighbours, folded."""
    folded = Fold()
    for tally in tallies:
        folded.add(tally)
    return folded.whole()


def _add(table: dict[str, int], other: Mapping[str, int]) -> None:
    for name, number in other.items():
        table[name] = table.get(name, 0) + number
