"""The tally of a whole log → its report, and one of its problems in full."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from mailhelp import shell
from mailhelp.answer import Answer, Command, Finding, Problem, Report, Unrecognised
from mailhelp.explain.log import Explainer
from mailhelp.knowledge.library import Library
from mailhelp.light import Any
from mailhelp.log.read import HEADER
from mailhelp.log.tally import Count, Tally, Traffic

ACT = ("panic", "fatal", "error")
_LOOK = ("warning", "notice")
_MOST_TOP = 5
_MOST_SHAPES = 20
_MOST_DOMAINS = 50
_MOST_DAYS = 31
"""Days of a log whose hours are told one by one."""
_DAY = 24
_MAIL = (
    "received", "delivered", "forwarded", "deferred", "bounced", "rejected", "warned", "held",
    "discarded",
)  # fmt: skip


def explain(library: Library, files: Sequence[str], tally: Tally) -> Answer:
    """The report of the logs ``files``."""
    problems = _problems(library, tally)
    attacks = frozenset(library.table("report")["attacks"]["entries"])
    hours = _hours(tally)
    told = [
        _problem(entry, count, hours, _group(data, entry in attacks), title, data)
        for entry, count, title, data in problems
    ]
    told.sort(key=_urgency)
    unknown = sorted(tally.unknown.items(), key=lambda each: (-each[1].records, each[0]))
    report = Report(
        records=tally.records,
        recognised={how: tally.recognised.get(how, 0) for how in ("entry", "generic", "no")},
        first=tally.first or None,
        last=tally.last or None,
        files=tuple(files),
        mail=_mail(tally),
        problems=tuple(told),
        unrecognised=tuple(
            Unrecognised(shape, count.records, next(iter(count.samples), ""))
            for shape, count in unknown[:_MOST_SHAPES]
        ),
        shapes=len(tally.unknown),
        traffic=_traffic(tally.traffic),
        senders=_domains(library, tally.traffic.senders, _sender),
        recipients=_domains(library, tally.traffic.recipients, _recipient),
        hosts=tally.traffic.hosts,
        domains=(len(tally.traffic.senders), len(tally.traffic.recipients))
        if tally.traffic.hosts
        else (),
        estimated=("deferred",) if tally.deferred.is_estimate else (),
    )
    return Answer(
        kind="report",
        query=" ".join(files),
        recognised="entry" if tally.records else "no",
        title=f"{_named(files)}: {tally.records:,} record{'s' * (tally.records != 1)}",
        severity=told[0].severity if told else None,
        notes=(*tally.faults, *_zones(tally)),
        report=report,
    )


def problem(library: Library, report: Report, tally: Tally, number: int) -> Answer:
    """The problem ``number`` (from 1) of ``report`` in full: its explanation by a record of it, the others, what to trace."""
    told = report.problems[number - 1]
    count = tally.counts[told.entry]
    explainer = Explainer(library)
    read = next(iter(explainer.engine.reads(told.sample.split("\n"))))
    answer = explainer.explain(read)
    trace = []
    for id in count.ids[:2]:
        files = " ".join(shell.file(file) for file in report.files if file != "-")
        told_by = shell.fill("mailhelp trace {id}", {"id": id})
        trace.append(Command(f"{told_by} {files}".rstrip(), "The whole story of one."))
    many = f"{told.count:,} record{'s' * (told.count != 1)}"
    about = "about " if told.estimated else ""
    mails = f" of {about}{told.mails:,} mail{'s' * (told.mails != 1)}" if told.mails else ""
    tops = [
        f"{name.replace('_', ' ')}: {', '.join(f'{value} {times:,}×' for value, times in values)}"
        for name, values in told.top.items()
    ]
    first = f", first {told.first}, last {told.last}" if told.first else ""
    return answer._replace(
        notes=(f"{many}{mails}{first}.", *tops, *answer.notes),
        commands=(*trace, *answer.commands),
        findings=tuple(
            Finding("Another such record", "info", text=text) for text in count.samples[1:]
        ),
    )


def _zones(tally: Tally) -> Iterable[str]:
    if len(tally.zones) > 1:
        zones = ", ".join(sorted(tally.zones)[:_MOST_TOP])
        yield f"The times are told in several zones ({zones}) and shown as they are told."


def _problems(
    library: Library, tally: Tally
) -> Iterable[tuple[str, Count, str, Mapping[str, Any]]]:
    for entry, count in tally.counts.items():
        document = None if entry.startswith(HEADER) else library.document(entry)
        if document is not None and count.records:
            yield entry, count, document.title, document.data


def _group(data: Mapping[str, Any], is_attack: bool) -> str:
    if is_attack:
        return "attack"
    severity = data.get("severity") or "info"
    if (data.get("verdict") or {}).get("harmless") or severity == "info":
        return "harmless"
    return "act" if severity in ACT else "look"


def _problem(
    entry: str,
    count: Count,
    hours: Sequence[str],
    group: str,
    title: str,
    data: Mapping[str, Any],
) -> Problem:
    top = {name: _commonest(values) for name, values in count.top.items()}
    return Problem(
        entry=entry,
        title=title,
        severity=data.get("severity") or "info",
        count=count.records,
        mails=count.mails.count,
        first=count.first or None,
        last=count.last or None,
        harmless=group == "harmless",
        sample=next(iter(count.samples), ""),
        top=top,
        by_hour=_by_hour(count, hours),
        group=group,
        clients=count.clients.count,
        estimated=count.mails.is_estimate or count.clients.is_estimate,
    )


def _commonest(values: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(values.items(), key=lambda each: (-each[1], each[0]))[:_MOST_TOP])


_GROUPS = ("act", "look", "attack", "harmless")
_SEVERITIES = ("panic", "fatal", "error", "warning", "notice", "info")


def _urgency(told: Problem) -> tuple[int, int, int, str]:
    severity = _SEVERITIES.index(told.severity) if told.severity in _SEVERITIES else 9
    return _GROUPS.index(told.group), severity, -told.count, told.entry


def _mail(tally: Tally) -> dict[str, int]:
    totals = {name: tally.totals.get(name, 0) for name in _MAIL}
    totals["deferrals"] = totals["deferred"]
    totals["deferred"] = min(tally.deferred.count, totals["deferrals"]) or totals["deferrals"]
    totals["bytes_received"] = tally.ledger.bytes_received
    totals["bytes_delivered"] = tally.ledger.bytes_delivered
    return totals


def _hours(tally: Tally) -> list[str]:
    """The hours of the log one by one, at least a day of them; none if there are too many."""
    try:
        first, last = date.fromisoformat(tally.first[:10]), date.fromisoformat(tally.last[:10])
    except ValueError:
        return []
    if not 0 <= (last - first).days < _MOST_DAYS:
        return []
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    hours = [f"{day.isoformat()}T{hour:02}" for day in days for hour in range(_DAY)]
    begun = [hour for hour in hours if hour >= tally.first[:13]]
    ended = [hour for hour in begun if hour <= tally.last[:13]]
    if len(ended) >= _DAY:
        return ended
    more = [f"{(last + timedelta(days=1)).isoformat()}T{hour:02}" for hour in range(_DAY)]
    return [*begun, *more][:_DAY]


def _by_hour(count: Count, hours: Sequence[str]) -> tuple[int, ...]:
    if hours:
        return tuple(count.hours.get(hour, 0) for hour in hours)
    found = [0] * _DAY
    for hour, records in count.hours.items():
        if hour[11:13].isdecimal() and int(hour[11:13]) < _DAY:
            found[int(hour[11:13])] += records
    return tuple(found)


def _traffic(traffic: Traffic) -> dict[str, tuple[int, ...]]:
    """The acts that count in the totals, by hour of the day."""
    found = {}
    for act in _MAIL:
        day = [0] * _DAY
        for hour, times in traffic.hours.get(act, {}).items():
            if hour[11:13].isdecimal() and int(hour[11:13]) < _DAY:
                day[int(hour[11:13])] += times
        if any(day):
            found[act] = tuple(day)
    return found


def _domains(
    library: Library, table: Mapping[str, list[float]], row: Callable[[list[float]], Any]
) -> tuple[Any, ...]:
    """The commonest domains; no secret is left in a name that somebody made up."""
    commonest = sorted(table.items(), key=lambda each: (-each[1][0], -each[1][1], each[0]))
    return tuple(
        (library.redactor.cover(domain), *row(values))
        for domain, values in commonest[:_MOST_DOMAINS]
    )


def _sender(values: list[float]) -> tuple[int, int]:
    return int(values[0]), int(values[1])


def _recipient(values: list[float]) -> tuple[int, int, float, float]:
    delivered, deferred, total, most = values
    mean = round(total / delivered, 1) if delivered else 0.0
    return int(delivered), int(deferred), mean, most


def _named(files: Sequence[str]) -> str:
    names = ["standard input" if file == "-" else os.path.basename(file) for file in files]
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]} ({len(names)} files)"
