"""The whole head of a mail → one answer: what speaks against the mail, and how long it was where.

The answers for its fields, one by one, come after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from mailhelp.answer import SEVERITIES, Answer, Finding
from mailhelp.explain import common, header, records
from mailhelp.explain.log import Explainer
from mailhelp.light import TYPE_CHECKING, Any, NamedTuple
from mailhelp.patterns.values import EMPTY
from mailhelp.shell import say

if TYPE_CHECKING:
    from mailhelp.session import Session

MOST_LINES = 5_000
"""Lines of a head that are read; a real one has some hundred."""
_SLOW_S = 60
"""Seconds between two hops from which on it is told where the mail was."""


class _Hop(NamedTuple):
    """Where the mail was taken, and when (seconds since 1970; ``None`` where that can't be read)."""

    host: str
    told: str
    entry: str | None
    at: float | None = None


def explain(session: Session, lines: Iterable[str]) -> tuple[Answer, ...]:
    """The head that begins ``lines`` as a whole, then an answer for each of its fields.

    What comes after the first blank line is the mail's body, and is not read.
    """
    table = session.library.table("heads")
    explainer = Explainer(session.library)
    answers = tuple(records.explained(explainer, explainer.engine.reads(_head(lines))))
    own = [answer for answer in answers if answer.kind == "header"]
    hops = [hop for hop in (_hop(table["about"], each) for each in own) if hop]
    rows = {name: row for name, row in table.items() if not row.get("alone")}
    faults = header.faults(rows, ((each.entry, _values(each)) for each in own))
    bad = (*(finding for finding, _ in faults), *_wait(table["about"], hops))
    way = (Finding(hop.told, entry=hop.entry) for hop in hops)
    whole = Answer(
        kind="header",
        recognised="entry",
        title=header.told(bad[0]) if bad else table["about"]["none"],
        severity=min((each.severity for each in bad), key=SEVERITIES.index, default=None),
        gist=_gist(own, hops),
        findings=(*bad, *way),
        explanation=common.plain(table["about"]["text"]),
        actions=tuple(common.plain(row["do"]) for _, row in faults if "do" in row),
        commands=next((each.commands for each in own if each.commands), ()),
        related=tuple(dict.fromkeys(id for each in own for id in each.related)),
        whole=True,
    )
    return (whole, *answers)


def _head(lines: Iterable[str]) -> Iterator[str]:
    """The lines up to the first blank one after the first field."""
    begun = False
    for number, line in enumerate(lines):
        blank = not line.strip(" \t>|")
        if (begun and blank) or number >= MOST_LINES:
            return
        if not blank:
            begun = True
            yield line


def _values(answer: Answer) -> dict[str, str]:
    """The values of a field by name, the first of each."""
    spans = (span for span in reversed(answer.spans) if span.value not in EMPTY)
    return {span.name: span.value for span in spans}


def _hop(about: Mapping[str, Any], answer: Answer) -> _Hop | None:
    values = _values(answer)
    if "receiving_host" not in values or "date" not in values:
        return None
    from email.utils import parsedate_to_datetime

    told = next(filter(None, (header.filled(text, values) for text in about["hops"])), "")
    hop = _Hop(values["receiving_host"], told, answer.entry)
    try:
        return hop._replace(at=parsedate_to_datetime(values["date"]).timestamp())
    except (ValueError, OverflowError, OSError):
        return hop


def _wait(about: Mapping[str, Any], hops: list[_Hop]) -> tuple[Finding, ...]:
    """The longest wait between two hops, if it is long; the newest hop comes first."""
    waits = [
        (later.at - earlier.at, earlier, later)
        for later, earlier in pairwise(hops)
        if later.at is not None and earlier.at is not None
    ]
    longest = max(waits, key=lambda each: each[0], default=None)
    if longest is None or longest[0] < _SLOW_S:
        return ()
    values = {"time": _time(longest[0]), "earlier": longest[1].host, "later": longest[2].host}
    return (Finding(say(about["wait"], values), "notice"),)


def _gist(own: Iterable[Answer], hops: list[_Hop]) -> str:
    """Who wrote to whom, over how many hops in what time."""
    values = [_values(answer) for answer in own]
    sender, recipient = (
        next((each[name] for each in values if each.get(name)), "")
        for name in ("sender", "recipient")
    )
    who = f"{sender} → {recipient}".strip() if recipient else sender
    times = [hop.at for hop in hops if hop.at is not None]
    way = f"{len(hops)} hop{'s' * (len(hops) != 1)}" if hops else ""
    if len(times) > 1 and times[0] >= times[-1]:
        way += f" in {_time(times[0] - times[-1])}"
    return "   ".join(filter(None, (who, way)))


def _time(seconds: float) -> str:
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
