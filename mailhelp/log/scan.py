"""A piece of a log → its tally, as fast as this language reads lines.

Whether a message fits an entry is decided by the same regexes as in ``catalogue``. What is saved is
the search for them: all messages of a program that hold the same of the words under which patterns
are filed have the same candidates in the same order, and a log has few such sets of words. A line that
is anything but a plain record by itself (wrapped, continued, of another format, repeated) goes through the ``Engine`` with the lines that it may belong to; so the counts are those that reading
record by record gives.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from mailhelp.errors import SourceError
from mailhelp.light import NamedTuple
from mailhelp.log.facts import Documents
from mailhelp.log.files import Chunk, blocks
from mailhelp.log.plain import MOST_KEYS, Plain, Row, Run, Sources, captured
from mailhelp.log.read import Read
from mailhelp.log.reader import Engine
from mailhelp.log.tally import Count, Tally
from mailhelp.patterns.values import EMPTY
from mailhelp.redact import Carried, cover

_MOST_SPLIT = 20_000
_SHAPELESS = re.compile(r"\S*[\d@/<>\[\]\"'=]\S*")
_MOST_WORDS = 12
_OF_RECIPIENTS = frozenset(("delivered", "deferred"))
_OF_MAILS = frozenset(("received", "sized", "delivered", "removed"))
"""The acts of which a mail's size makes bytes."""

_ZONE = len("2026-11-22T06:25:16")
_END = itemgetter(slice(-len("+01:00"), None))

Act = tuple["_Way", "re.Match[str] | tuple[str, ...]"]
"""A record that counts in the totals: its way, and its values by group."""
Acts = list[tuple[str, list[Act]]]
"""Such records in their order, by the hour of their time as the log tells it."""
Providers = tuple[tuple[int, str], ...]
"""The groups that may hold a value, each with its own field."""
Kept = tuple[str, "re.Match[str]", str]
"""A record of which values are kept: its time, its match, its host and tag."""


class Plan(NamedTuple):
    """What a scan needs: it can be pickled.

    ``table`` is ``report.toml``; ``documents`` hold the entries, those that go first first. Only records from ``since`` on and before ``until`` are counted: ISO 8601 as far
    as wanted, without a zone, compared with the times as the log tells them. ``detailed`` counts domains and hosts too.
    """

    engine: Engine
    table: Mapping[str, Any]
    documents: tuple[Documents, ...]
    since: str = ""
    until: str = ""
    detailed: bool = False


def scan(plan: Plan, chunk: Chunk) -> Tally:
    """The tally of a piece of a log; that it could not be read to its end is among the ``faults``."""
    return Scanner(plan).scan(blocks(chunk))


class _Way:
    """A pattern, ready to be tried: its fixed text, its regex, what its entry is counted for.

    ``act`` is an act of the totals, ``acts`` what the group ``act_group`` makes of it where it depends on a
    value; ``in_order`` says that it depends on the record, or counts for its mail. ``put`` takes what is kept of a record.
    """

    __slots__ = (
        "act", "act_group", "acts", "client", "fixed", "generic", "id", "id_group", "in_order",
        "keep", "match", "plain", "put", "sender_group", "size_group", "to", "top", "waited",
    )  # fmt: skip

    def __init__(self, id: str, generic: bool) -> None:
        self.id = id
        self.generic = generic
        self.fixed = ""
        self.match: Callable[[str], re.Match[str] | None] = _no_match
        self.plain = True
        self.act = ""
        self.acts: dict[str, str] = {}
        self.act_group = self.id_group = self.size_group = self.sender_group = 0
        self.to: Providers = ()
        self.waited: Providers = ()
        self.top: tuple[tuple[str, Providers], ...] = ()
        self.client: Providers = ()
        self.keep = False
        self.in_order = False
        self.put: Callable[[Any], None] | None = None


def _no_match(text: str) -> None:
    return None


class Scanner:
    """Scans pieces of logs; what it learns of one it knows for the next."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.engine = plan.engine
        table = plan.table
        self._mail, self._totals, self._top = table["mail"], table["totals"], table["top"]
        self._attacks = frozenset(table["attacks"]["entries"])
        self._who: str = table["attacks"]["who"]
        self._none = frozenset((*self._mail["none"], *EMPTY, ""))
        self._plain = Plain(self.engine, self._way)
        self.begins = self._plain.begins
        self._made: dict[str, _Way] = {}
        self._slow: dict[tuple[str, bool, tuple[str, ...]], _Way] = {}
        self._split: dict[tuple[str, str], dict[str, str]] = {}
        self._values: dict[tuple[str, Providers], dict[Any, str]] = {}
        self._known_values = self._searched = 0
        self._carried = Carried(self.engine.redactor)
        self._bounded = bool(plan.since or plan.until)
        self._before: Read | None = None  # the record that "last message repeated" may be about

    def scan(self, source: Iterable[bytes]) -> Tally:
        """The tally of ``source``: blocks of whole lines."""
        self._tally = Tally()
        self._carried = Carried(self.engine.redactor)
        self._plain.begin()
        for block in self._read_whole(source):
            text = block.decode("utf-8", "replace").removesuffix("\n")
            if "\r" in text:
                text = text.replace("\r\n", "\n").removesuffix("\r")
            self._block(text)
        self._through_engine(self._plain.rest())
        self._tally.settle()
        return self._tally

    def by_record(self, lines: Iterable[str]) -> Tally:
        """What ``scan`` counts, record by record: for those who want to compare."""
        self._tally = Tally()
        self._carried = Carried(self.engine.redactor)
        self._through_engine(list(lines))
        self._tally.settle()
        return self._tally

    def _read_whole(self, source: Iterable[bytes]) -> Iterator[bytes]:
        """``source`` as far as it can be read."""
        try:
            yield from source
        except SourceError as error:
            self._tally.faults.append(str(error))

    def _block(self, text: str) -> None:
        """Count the records of ``text``, but for the last one, and the one that was left before."""
        columns: dict[str, dict[_Way, list[Any]]] = {}
        acts: Acts = []
        self._searched = 0
        rows, parts = self._plain.block(text)
        for part in parts:
            if isinstance(part, Run):
                self._fast(text, rows[part.start : part.end], columns, acts)
            else:
                self._through_engine(part, acts)
        self._count(columns, text)
        self._take(acts)
        self._tally.settle()

    def _fast(
        self,
        text: str,
        rows: list[Row],
        columns: dict[str, dict[_Way, list[Any]]],
        acts: Acts,
    ) -> None:
        """Find the entries of plain records; what is counted of them is put in columns by hour."""
        self._carried = Carried(self.engine.redactor)  # a plain record says nothing of the next
        wheres, canonical = self._plain.wheres, self._plain.canonical
        if self._bounded:
            rows = [row for row in rows if self._within(canonical(row[0]))]
        if self.plan.detailed:
            for where, times in Counter(map(itemgetter(1), rows)).items():
                self._tally.traffic.host(where.partition(" ")[0], times)
        hour, last = "\0", ""
        column: dict[_Way, list[Any]] = {}
        sources: Sources[_Way] | None = None
        intersection = frozenset[str]().intersection
        known: dict[frozenset[str], tuple[_Way, ...]] = {}
        for time, where, message, _ in rows:
            if not time.startswith(hour):
                hour = time[:13] if time[4] == "-" else time[:9]
                for way in column:
                    way.put = None
                column = columns.setdefault(hour, {})
                here: list[Act] = []
                acts.append((time, here))
                for way, values in column.items():
                    way.put = values.append
            if where != last:
                sources, last = wheres[where], where
                assert sources is not None
                intersection, known = sources.filing.intersection, sources.ways
            key = intersection(message.split())
            ways = known.get(key)
            if ways is None:
                assert sources is not None
                ways = self._plain.ways(sources, key, message)
            for way in ways:
                if way.fixed in message:
                    found = way.match(message)
                    if found:
                        break
            else:
                self._unknown(time, where, message, text)
                continue
            put = way.put
            if put is None:
                if not way.plain:
                    self._one_by_engine(message, text, acts)
                    acts.append((time, here := []))
                    continue
                values = column[way] = []
                put = way.put = values.append
                self._sample(way, text, message)
            put((time, found, where) if way.keep else time)
            if way.in_order:
                here.append((way, found))
        for way in column:
            way.put = None
        self._carried = Carried(self.engine.redactor)

    def _take(self, acts: Acts) -> None:
        """Count the acts that depend on a record, or count for its mail, in the order of their records."""
        none = self._none
        told: list[tuple[str, str, str, str]] = []
        deferred: list[str] = []
        for time, records in acts:
            counted: dict[str, int] = {}
            for way, found in records:
                act = way.act
                if way.act_group:
                    act = way.acts.get(found[way.act_group] or "", act)
                    if not act:
                        continue
                    counted[act] = counted.get(act, 0) + 1
                    if way.to and act in _OF_RECIPIENTS:
                        self._recipient(act, way, found)
                if act == "deferred" and way.id_group:
                    deferred.append(found[way.id_group] or "")
                if act in _OF_MAILS and way.id_group:
                    mail = found[way.id_group]
                    if mail and mail not in none:
                        size = found[way.size_group] if way.size_group else ""
                        sender = _domain(found[way.sender_group]) if way.sender_group else ""
                        told.append((act, mail, size or "", sender))
            hour = self._plain.canonical(time)[:13] if counted and time else ""
            for act, times in counted.items():
                self._act(act, hour, times)
        self._tally.ledger.take(told)
        self._tally.deferred.add(deferred)

    def _act(self, act: str, hour: str, times: int) -> None:
        """Count acts of an hour in the grand totals."""
        totals = self._tally.totals
        totals[act] = totals.get(act, 0) + times
        self._tally.traffic.act(act, hour, times)

    def _recipient(self, act: str, way: _Way, found: Any) -> None:
        """Count a delivery for the domain of its recipient."""
        name, waited = self._mail["recipient"], self._mail["delay"]
        told: dict[str, str] = {}
        for group, hole in (*way.to, *way.waited):
            value = found[group]
            if value and hole in (name, waited):
                told.setdefault(hole, value)
            elif value and not told:
                told = self.engine.splitter.pick(hole, (name, waited), value)
        to, said = _domain(told.get(name)), told.get(waited, "")
        delay = float(said) if said.replace(".", "", 1).isdecimal() and len(said) < 20 else 0.0
        is_delivered = act == "delivered"
        self._tally.traffic.got(to, is_delivered, not is_delivered, delay * is_delivered, delay)

    def _way(self, row: Any) -> _Way:
        name = f"{row.id}\n{row.generic}\n{row.regex}"
        way = self._made.get(name)
        if way is None:
            way = self._made[name] = self._planned(row.id, row.generic, row.holes)
            way.fixed = row.fixed
            regex, way.match = row.regex, _no_match
            way.match = _Late(way, captured(regex, _groups(way)))
        return way

    def _planned(self, id: str, generic: bool, holes: tuple[str, ...]) -> _Way:
        """What is counted of the records of an entry that have these holes; groups are numbered as the holes."""
        way = _Way(id, generic)
        data = self._data(id)
        harmless = bool((data.get("verdict") or {}).get("harmless"))
        way.plain = not any(self._is_secret(hole) for hole in holes)
        way.id_group = _group(holes, self._mail["id"])
        way.size_group = _group(holes, self._mail["size"])
        for act, row in self._totals.items():
            if id in row.get("entries", ()) or data.get("event") in row.get("events", ("\0",)):
                way.act = act
                break
            group = _group(holes, row["field"]) if "field" in row else 0
            if group and way.act_group in (0, group):
                way.act_group = group
                for value in row["values"]:
                    way.acts.setdefault(value, act)
        if self.plan.detailed:
            way.sender_group = _group(holes, self._mail["sender"])
            if way.act_group:
                way.to = self._providers(holes, self._mail["recipient"])
                way.waited = self._providers(holes, self._mail["delay"])
        by_mail = way.act in _OF_MAILS or way.act == "deferred"
        way.in_order = bool(way.act_group or (by_mail and way.id_group))
        way.keep = not harmless and data.get("severity") not in (None, "info")
        if way.keep:
            names = [name for name in self._top["fields"] if self._providers(holes, name)]
            way.top = tuple(
                (name, self._providers(holes, name)) for name in names[: self._top["most"]]
            )
            if id in self._attacks:
                way.client = self._providers(holes, self._who)
        return way

    def _providers(self, holes: tuple[str, ...], name: str) -> Providers:
        """The groups that may hold a value of the field ``name``, each with its own field."""
        parts = self.engine.splitter.parts
        return tuple((n, hole) for n, hole in enumerate(holes, 1) if name in parts(hole))

    def _is_secret(self, hole: str) -> bool:
        return any(self.engine.fields[part].secret for part in self.engine.splitter.parts(hole))

    def _data(self, id: str) -> Mapping[str, Any]:
        """What the corpus says of an entry."""
        for source in self.plan.documents:
            document = source.document(id)
            if document is not None and not document.data.get("patch"):
                data: Mapping[str, Any] = document.data
                return data
        return {}

    def _within(self, time: str) -> bool:
        """Whether a time is one that is asked for."""
        plan = self.plan
        return (not plan.since or time >= plan.since) and (not plan.until or time < plan.until)

    def _is_asked(self, time: str | None) -> bool:
        """Whether a record of this time is to be counted; one without a time is not, where times are asked for."""
        return not self._bounded or bool(time and self._within(time))

    def _count(self, columns: dict[str, dict[_Way, list[Any]]], text: str) -> None:
        """Count what the columns hold."""
        tally = self._tally
        for column in columns.values():
            for way, values in column.items():
                count = self._counted(way)
                times = [value[0] for value in values] if way.keep else values
                first, last = self._plain.canonical(min(times)), self._plain.canonical(max(times))
                count.add(len(times), first[:13], first, last)
                if way.act and not way.act_group:
                    self._act(way.act, first[:13], len(times))
                tally.span(first, last)
                if first[_ZONE:] or last[_ZONE:]:
                    tally.zoned(set(map(_END, times)))
                tally.known("generic" if way.generic else "entry", len(times))
                if way.keep:
                    self._count_values(count, way, values)

    def _counted(self, way: _Way) -> Count:
        counts = self._tally.counts
        count = counts.get(way.id)
        if count is None:
            count = counts[way.id] = Count(way.generic)
        return count

    def _count_values(self, count: Count, way: _Way, kept: list[Kept]) -> None:
        """Count mails, clients and the commonest values of records of one kind."""
        if way.id_group:
            firsts: dict[Any, Kept] = {}
            for each in kept:
                firsts.setdefault(each[1][way.id_group], each)
            mails = [mail for mail in firsts if mail not in self._none]
            if count.has_ids or not any(self._places([firsts[mail] for mail in mails])):
                count.mail(mails)
        for name, providers in way.top:
            raws = self._raw_values(kept, providers)
            inner = self._inner_of(raws, name, providers)
            values = [
                (raw, times, value)
                for (raw, times), value in zip(raws.items(), inner, strict=True)
                if value
            ]
            new = {value: raw for raw, _, value in reversed(values) if not count.knows(name, value)}
            places: dict[Any, list[tuple[int, int]]] = {}
            if new:
                firsts = {_taken(each, providers): each for each in reversed(kept)}
                found = self._places([firsts[raw] for raw in new.values()])
                places = dict(zip(new.values(), found, strict=True))
            for raw, times, value in values:
                if not count.knows(name, value):
                    own = places[raw] if raw in places else self._places([firsts[raw]])[0]
                    if own:
                        shown = tuple(
                            _covered(firsts[raw][1], group, own) for group, _ in providers
                        )
                        value = self._inner_of([_one_of(shown)], name, providers)[0]
                if value:
                    count.value(name, value, times)
        if way.client:
            raws = self._raw_values(kept, way.client)
            count.clients.add(filter(None, self._inner_of(raws, self._who, way.client)))

    def _raw_values(self, kept: list[Kept], providers: Providers) -> Counter[Any]:
        """How often each combination of what ``providers`` have is in records."""
        if len(providers) == 1:
            group = providers[0][0]
            return Counter([found[group] for _, found, _ in kept])
        return Counter([_taken(each, providers) for each in kept])

    def _inner_of(self, raws: Iterable[Any], name: str, providers: Providers) -> list[str]:
        """For each of ``raws`` the first value of the field ``name`` in values of ``providers``; empty if there is none."""
        if self._known_values >= _MOST_SPLIT:
            self._values.clear()
            self._known_values = 0
        known = self._values.setdefault((name, providers), {})
        found = []
        for raw in raws:
            value = known.get(raw)
            if value is None:
                inner = (
                    self._inner(hole, each, name)
                    for (_, hole), each in zip(providers, _several(raw), strict=True)
                )
                value = known[raw] = next(filter(None, inner), "")
                self._known_values += 1
            found.append(value)
        return found

    def _places(self, kept: Iterable[Kept]) -> list[list[tuple[int, int]]]:
        """Where secrets are in the message of each record; a plain record tells nothing of the next."""
        heads = [(f"{time} {where}: ", found.string) for time, found, where in kept]
        places = self.engine.redactor.places_of([head + message for head, message in heads])
        return [
            [(max(start - len(head), 0), end - len(head)) for start, end in each]
            for (head, _), each in zip(heads, places, strict=True)
        ]

    def _inner(self, hole: str, value: str | None, name: str) -> str:
        """The first value of the field ``name`` inside a value of ``hole``; empty if there is none."""
        if not value or hole == name:
            return value or ""
        if not self.engine.splitter.may_hold(hole, name, value):
            return ""
        known = self._split.get((hole, value))
        if known is None:
            if len(self._split) >= _MOST_SPLIT:
                self._split.clear()
            known = self._split[hole, value] = {}
            for span in self.engine.splitter.split(hole, value):
                if span.value not in EMPTY:
                    known.setdefault(span.name, span.value)
        return known.get(name, "")

    def _sample(self, way: _Way, text: str, message: str) -> None:
        """Keep the record of ``message`` as a sample of its entry."""
        count = self._counted(way)
        if not count.has_samples:
            count.sample(self.engine.redactor.cover(self._line_of(text, message)))

    def _unknown(self, time: str, where: str, message: str, text: str) -> None:
        time, tag = self._plain.canonical(time), where.partition(" ")[2]
        if _shape_of(tag, message) in self._tally.unknown:
            self._shape(tag, message, time, "")
            return
        head = f"{time} {where}: "
        covered = self.engine.redactor.cover(head + message)[len(head) :]
        line = self._line_of(text, message)
        self._shape(tag, covered, time, line[: len(line) - len(message)] + covered)

    def _line_of(self, text: str, message: str) -> str:
        """The first line of ``text`` that ends with ``message``, from the one on that was asked for before.

        Records are asked for in their order, so a block is searched once, however many shapes it has.
        """
        wanted = f": {message}\n"
        at = text.find(wanted, self._searched)
        if at < 0:
            at = len(text) - len(wanted) + 1
        else:
            self._searched = at
        return text[text.rfind("\n", 0, at) + 1 : at + len(wanted) - 1]

    def _shape(self, tag: str, message: str, time: str, sample: str) -> None:
        """Count a record that nothing knows by its shape."""
        tally = self._tally
        tally.known("no", 1)
        tally.span(time, time)
        count = tally.shape(_shape_of(tag, message))
        if count is None:
            tally.unknown_rest += 1
            return
        if not count.samples:
            count.sample(sample)
        count.add(1, time[:13], time, time)

    def _one_by_engine(self, message: str, text: str, acts: Acts) -> None:
        """Count a plain record whose values have to be covered."""
        self._before = None
        for read in self.engine.reads([self._line_of(text, message)], carried=self._carried):
            self._read(read, acts)

    def _through_engine(self, lines: list[str], acts: Acts | None = None) -> None:
        """Count the records of ``lines``, which belong to no record before or behind them."""
        if not lines:
            return
        own: Acts = [] if acts is None else acts
        self._before = None
        for read in self.engine.reads(lines, carried=self._carried):
            if read.record.text.strip():
                self._read(read, own)
                if self.plan.detailed and read.record.host and self._is_asked(read.record.time):
                    self._tally.traffic.host(read.record.host, 1)
        if acts is None:
            self._take(own)

    def _read(self, read: Read, acts: Acts) -> None:
        """Count a record that the engine has read."""
        record, hit, tally = read.record, read.hit, self._tally
        time = record.time or ""
        if not self._is_asked(time):
            return
        before, self._before = self._before, None
        if record.repeats_last:
            if before is None or before.record.host != record.host:
                tally.known("generic", 1)
                tally.span(time, time)
                return
            again = before.record._replace(repeated=record.repeated, time=record.time)
            self._read(before._replace(record=again), acts)
            return
        self._before = read
        if hit is None:
            self._shape(record.tag or "", record.message, time, record.text)
            return
        name = (hit.entry, hit.generic, hit.holes)
        way = self._slow.get(name)
        if way is None:
            if len(self._slow) >= MOST_KEYS:
                self._slow.clear()
            way = self._slow[name] = self._planned(*name)
        count = self._counted(way)
        times = record.repeated  # the syslog daemon wrote it once for so many
        count.add(times, time[:13], time, time)
        count.sample(record.text)
        tally.span(time, time)
        tally.known(read.recognised, times)
        values = read.first()
        groups = ("", *(values.get(hole, "") for hole in hit.holes))
        mail = groups[way.id_group]
        if way.act and not way.act_group:
            self._act(way.act, time[:13], times)
        if way.in_order:
            acts.append((time, [(way, groups)]))
        if not way.keep:
            return
        if mail not in self._none:
            count.mail((mail,))
        for field, _ in way.top:
            if field in values:
                count.value(field, values[field], times)
        if way.client and self._who in values:
            count.clients.add((values[self._who],))


class _Late:
    """The match of a way whose regex is compiled when it is first tried."""

    __slots__ = ("regex", "way")

    def __init__(self, way: _Way, regex: str) -> None:
        self.way = way
        self.regex = regex

    def __call__(self, text: str) -> re.Match[str] | None:
        match = self.way.match = re.compile(self.regex, re.DOTALL).match
        return match(text)


def _groups(way: _Way) -> list[int]:
    """The groups of a way that are asked for, numbered from then on in this order."""
    asked = {way.act_group, way.id_group, way.size_group, way.sender_group}
    asked |= {group for group, _ in (*way.to, *way.waited)}
    asked |= {group for _, providers in way.top for group, _ in providers}
    asked |= {group for group, _ in way.client}
    groups = sorted(asked - {0})
    new = {group: number for number, group in enumerate(groups, 1)} | {0: 0}
    way.act_group, way.id_group = new[way.act_group], new[way.id_group]
    way.size_group, way.sender_group = new[way.size_group], new[way.sender_group]
    way.to = tuple((new[group], hole) for group, hole in way.to)
    way.waited = tuple((new[group], hole) for group, hole in way.waited)
    way.top = tuple(
        (name, tuple((new[group], hole) for group, hole in providers))
        for name, providers in way.top
    )
    way.client = tuple((new[group], hole) for group, hole in way.client)
    return groups


def _covered(found: re.Match[str], group: int, places: list[tuple[int, int]]) -> str | None:
    """The value of a ``group`` of a record without what its message has at ``places``."""
    if found[group] is None:
        return None
    return cover(found.string, places)[slice(*found.span(group))]


def _taken(kept: Kept, providers: Providers) -> Any:
    """What a record has of ``providers``: a value, or several."""
    return _one_of(tuple([kept[1][group] for group, _ in providers]))


def _one_of(values: tuple[str | None, ...]) -> Any:
    return values if len(values) > 1 else values[0]


def _several(values: Any) -> tuple[str | None, ...]:
    return values if isinstance(values, tuple) else (values,)


def _domain(address: str | None) -> str:
    """The domain of an address, small; an address without one as it is, the empty one as ``<>``."""
    return (address or "<>").rpartition("@")[2].lower()


def _shape_of(tag: str, message: str) -> str:
    """The shape of a record: the words that are no values."""
    words = _SHAPELESS.sub("…", message[:400]).split()[:_MOST_WORDS]
    return " ".join((*((f"{tag}:",) if tag else ()), *words))


def _group(holes: tuple[str, ...], name: str) -> int:
    """The number of the group of the field ``name``; 0 if there is none."""
    return holes.index(name) + 1 if name in holes else 0
