"""A listing of the mail queue → its answer: how many mails wait, since when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from mailhelp.answer import SEVERITIES, Answer, Command, Finding, Prose, Section, Span, Verdict
from mailhelp.explain import common, ends
from mailhelp.explain.listing import Cause, Reader, Table, Tally
from mailhelp.explain.log import verdict
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import TYPE_CHECKING, Any, NamedTuple
from mailhelp.patterns.values import EMPTY
from mailhelp.shell import say

if TYPE_CHECKING:
    from datetime import date

    from mailhelp.session import Session

MOST_FINDINGS = 12
"""Reasons that are told one by one; the rest is counted together."""
_MOST_NAMES = 5
_SERIOUS = SEVERITIES[:3]
_NEARLY_ALL = 0.9
_LONGEST = 300
"""Characters of a reason that are shown."""


class Group(NamedTuple):
    """The mails that wait for one cause; ``told`` is what the ``document`` says of it, both ``None`` where no entry explains it."""

    cause: Cause
    document: Document | None = None
    told: Answer | None = None

    @property
    def mails(self) -> int:
        """How many they are."""
        return self.cause.mails

    @property
    def severity(self) -> str:
        """How bad that is for the administrator."""
        return str(self.document.data.get("severity") or "info") if self.document else "warning"

    @property
    def about(self) -> str:
        """The host, domain or file that nearly all of the reasons are about, if there is one."""
        cause = self.cause
        return cause.about if cause.about and cause.same >= _NEARLY_ALL * cause.mails else ""

    @property
    def title(self) -> str:
        """What the cause is called; empty where no entry explains it."""
        return self.told.title if self.told else ""


class _Read(NamedTuple):
    """What the catalogue says of a reason."""

    document: Document | None = None
    values: Mapping[str, str] = MappingProxyType({})
    verdict: Verdict | None = None


def explain(session: Session, lines: Iterable[str]) -> tuple[Answer, ...]:
    """The answer about a listing (``postqueue -p``, ``-j``, ``qshape``), of any length, in bounded memory."""
    library = session.library
    rules = library.table("listings")["reasons"]

    def name(reason: str) -> tuple[str, str]:
        read = _read(library, rules, reason, "00000")
        about = next((read.values[key] for key in rules["about"] if key in read.values), "")
        return (read.document.id if read.document else "", about)

    reader = Reader(library, session.host.today, name)
    reader.read(lines)
    if reader.table is not None and not reader.tally.mails:
        return (_ages(library, rules, reader.table),)
    return (_listing(session, rules, reader.tally),)


def _read(library: Library, rules: Mapping[str, Any], reason: str, queue_id: str) -> _Read:
    """The entry that explains ``reason``, as if a delivery agent had logged it."""
    message = say(rules["record"], {"queue_id": queue_id, "delay_reason": reason})
    matches = list(library.catalogue.matches(tuple(rules["programs"]), message))
    # what has no more fixed text than the shape of any delivery knows nothing of the reason
    shape = max((match.literal for match in matches if match.generic), default=0)
    best = next((match for match in matches if not match.generic and match.literal > shape), None)
    document = library.document(best.id) if best else None
    if best is None or document is None:
        return _Read()
    inner = library.engine.splitter.groups(best.found, best.holes)
    values: dict[str, str] = {}
    for span in inner:
        if span.value not in EMPTY and not library.fields[span.name].secret:
            values.setdefault(span.name, span.value)
    return _Read(document, values, verdict(library.fields, document.data.get("verdict"), inner))


def _groups(library: Library, tally: Tally, rules: Mapping[str, Any]) -> list[Group]:
    """The causes: this server's own faults first, then the commonest."""
    groups = []
    for cause in tally.causes.values():
        read = _read(library, rules, cause.text, cause.queue_id)
        group = Group(cause, read.document)
        groups.append(group._replace(told=_told(library, rules, group, read)))
    return sorted(groups, key=lambda group: (group.severity not in _SERIOUS, -group.mails))


def _told(library: Library, rules: Mapping[str, Any], group: Group, read: _Read) -> Answer | None:
    """What the entry says of the cause; where all wait for one program of this host, as it is for that."""
    if read.document is None:
        return None
    values = {**read.values, rules["recipient"]: group.cause.address}
    said = group.cause.text
    parts = {**common.parts(library, read.document, values, said=said), "verdict": read.verdict}
    spans = tuple(Span(0, 0, name, value) for name, value in read.values.items())
    answer = Answer(kind="log", recognised="entry", spans=spans, **parts)
    return ends.applied(library, answer) if group.about else answer


def _listing(session: Session, rules: Mapping[str, Any], tally: Tally) -> Answer:
    library, today = session.library, session.host.today
    document = library.document(rules["entry"])
    assert document is not None  # the corpus names it
    groups = _groups(library, tally, rules)
    commonest = max(groups, key=lambda group: group.mails, default=None)
    values = {"queue_id": tally.oldest_id} if tally.oldest_id else {}
    base = common.parts(library, document, values)
    answer = Answer(kind="queue", recognised="entry", entry=_named(document), **base)
    answer = answer._replace(
        title=_title(tally, commonest, today),
        severity=_severity(groups),
        verdict=commonest.told.verdict if commonest and commonest.told else None,
        notes=tuple(_notes(tally)),
    )
    if not tally.mails:
        return answer._replace(explanation=Prose(), actions=(), commands=(), sections=())
    answer = answer._replace(
        gist=_gist(library, tally),
        findings=tuple(_findings(session, groups, rules)),
        explanation=common.plain(session.redactor.cover(_summary(tally))),
        sections=(Section(document.title, answer.explanation), *answer.sections),
    )
    hints = list(_hints(session, tally))
    # what is true of a few comes after what most of them wait for
    said = tuple(common.plain(hint.text) for hint in hints if hint.most)
    some = tuple(common.plain(hint.text) for hint in hints if not hint.most)
    usual = answer.actions if groups or not hints else ()
    answer = answer._replace(
        actions=(*said, *some, *usual),
        commands=_commands(library, answer.commands, hints),
        related=tuple(dict.fromkeys((*(hint.row["related"] for hint in hints), *answer.related))),
    )
    if commonest is None or commonest.document is None or commonest.told is None:
        return answer
    own = commonest.told
    commands = {
        command.command: command
        for command in (*own.commands[:2], *answer.commands, *own.commands[2:])
    }
    return answer._replace(
        causes=own.causes,
        actions=(*said, *own.actions[:1], *some, *own.actions[1:], *usual),
        commands=tuple(commands.values()),
        parameters=own.parameters,
        related=tuple(dict.fromkeys((commonest.document.id, *answer.related))),
        sources=tuple(dict.fromkeys((*answer.sources, *own.sources))),
    )


def _title(tally: Tally, commonest: Group | None, today: date) -> str:
    if not tally.mails:
        if tally.empty and tally.down:
            return "Postfix does not run. The mail queue is empty."
        if tally.empty:
            return "The mail queue is empty: nothing waits."
        if tally.unavailable:
            return "The queue could not be listed: Postfix does not run."
        return (
            f"The listing was cut: {_count(tally.stated or 0, 'mail')}, but none of them is here."
        )
    title = f"{_count(max(tally.mails, tally.stated or 0), 'mail')} in the queue"
    if tally.oldest is not None:
        title += f", the oldest {_age((today - tally.oldest).days)}"
    if commonest is not None:
        share = "all" if commonest.mails == tally.mails > 1 else f"{commonest.mails:,}"
        what = commonest.title or commonest.cause.text[:60]
        about = f" ({commonest.about})" if commonest.about else ""
        title += f"; {what}{about}" if tally.mails == 1 else f"; {share} of them: {what}{about}"
    return title


def _gist(library: Library, tally: Tally) -> str:
    words: Mapping[str, str] = library.table("listings")["states"]
    known = [(words[state], tally.states[state]) for state in words if state in tally.states]
    known += [(state, count) for state, count in tally.states.items() if state not in words]
    pieces = [f"{count:,} {state}" for state, count in known]
    if tally.bounces:
        pieces.append(_count(tally.bounces, "bounce"))
    return " · ".join((*pieces, _bytes(tally.size)))


def _summary(tally: Tally) -> str:
    """Where the mails are to go and whom they are from, the commonest first."""
    sentences = []
    for label, counter in (("To", tally.domains), ("From", tally.senders)):
        most = counter.most(_MOST_NAMES)
        if most and not (len(most) == _MOST_NAMES and most[0][1] == 1):  # all alike say nothing
            named = ", ".join(f"{name[:80]} {count:,}×" for name, count in most)
            sentences.append(f"{label}: {named}{'.' if len(most) < _MOST_NAMES else ', …'}")
        elif counter.slack:
            sentences.append(f"{label}: more than {counter.capacity:,}, none of them often.")
    return " ".join(sentences)


def _commands(
    library: Library, commands: tuple[Command, ...], hints: Iterable[_Hint]
) -> tuple[Command, ...]:
    """The commands for a listing and its hints: a hint's come first where all mails are of its kind."""
    found = commands
    for hint in hints:
        own = common.filled(library, hint.row.get("commands", []), hint.values)
        useless = tuple(hint.row.get("useless", ())) if hint.all else ()
        kept = [each for each in found if not (useless and each.command.startswith(useless))]
        place = 0 if hint.all else 1
        found = (*kept[:place], *own, *kept[place:])
    return tuple(dict.fromkeys(found))


class _Hint(NamedTuple):
    """What is said of a listing with mails of one kind: ``most`` of them, or even ``all``."""

    text: str
    row: Mapping[str, Any]
    values: Mapping[str, str]
    most: bool
    all: bool


def _hints(session: Session, tally: Tally) -> Iterable[_Hint]:
    """What to do about a listing that has many mails of one kind."""
    top = tally.senders.most(1)
    counts = {
        "bounces": tally.bounces,
        "sender": top[0][1] if top else 0,
        **tally.states,
    }
    for kind, row in session.library.table("listings")["hints"].items():
        count = counts.get(kind, 0)
        if count < row["least"] or count < row["share"] * tally.mails:
            continue
        values = {"count": f"{count:,}", "sender": top[0][0][:80] if top else ""}
        values["queue_id"] = tally.firsts.get(kind, "")
        text = session.redactor.cover(say(row["text"], values))
        yield _Hint(text, row, values, count * 2 >= tally.mails, count == tally.mails)


def _findings(session: Session, groups: list[Group], rules: Mapping[str, Any]) -> Iterable[Finding]:
    for group in groups[:MOST_FINDINGS]:
        title = group.title or rules["unknown"]
        domains = ", ".join(
            f"{name[:80]} {count:,}×" for name, count in group.cause.domains.most(3)
        )
        yield Finding(
            f"{title} ({group.about})" if group.about else title,
            group.severity,
            session.redactor.cover(group.cause.text[:_LONGEST]),
            f"To {domains}" if domains else "",
            group.mails,
            _named(group.document) if group.document else None,
        )
    rest = groups[MOST_FINDINGS:]
    if rest:
        mails = sum(group.mails for group in rest)
        yield Finding(f"{len(rest)} other reasons", "info", count=mails)


def _notes(tally: Tally) -> Iterable[str]:
    text = tally.mails and not tally.json
    if tally.stated is not None and tally.stated != tally.mails:
        yield (
            f"The listing is cut: its last line counts {_count(tally.stated, 'mail')}, "
            f"{tally.mails:,} of them {'is' if tally.mails == 1 else 'are'} here."
        )
    elif text and tally.stated is None:
        yield "The listing is cut: its last line, which counts the mails, is missing."
    if tally.broken:
        yield f"{_count(tally.broken, 'line')} could not be read: the JSON is cut or damaged there."
    if tally.down:
        yield "Postfix does not run: nothing is being delivered."
    if tally.more:
        yield f"{_count(tally.more, 'recipient')} wait for reasons that are too many to tell apart."


def _severity(groups: list[Group]) -> str:
    severities = {group.severity for group in groups}
    return next((each for each in SEVERITIES if each in severities), SEVERITIES[-1])


def _ages(library: Library, rules: Mapping[str, Any], table: Table) -> Answer:
    """The answer about a table of ``qshape``."""
    document = library.document(rules["ages"])
    assert document is not None  # the corpus names it
    answer = Answer(
        kind="queue",
        recognised="entry",
        entry=_named(document),
        **common.parts(library, document, {}),
    )
    total, *rows = table.rows.items() or [("", (0,))]
    _, counts = total
    if not counts[0]:
        return answer._replace(
            title="No mail in the queues that qshape looked at.", severity="info"
        )
    oldest = _oldest(table, counts)
    title = f"{counts[0]:,} to deliver"
    if rows:
        title += f", {rows[0][1][0]:,} of them for {rows[0][0]}"
    return answer._replace(
        title=f"{title}; the oldest {oldest}",
        severity="notice",
        findings=tuple(
            Finding(name, "info", f"the oldest {_oldest(table, counts)}", "", counts[0])
            for name, counts in rows[:MOST_FINDINGS]
        ),
    )


def _oldest(table: Table, counts: tuple[int, ...]) -> str:
    """The age of the oldest mail of a row, as its last column that is not zero says it."""
    column = max((place for place, count in enumerate(counts) if place and count), default=0)
    limit = table.minutes[column]
    if not column:
        return "of unknown age"
    if limit.endswith("+"):
        return f"more than {_minutes(limit[:-1])}"
    return f"at most {_minutes(limit)}"


def _minutes(text: str) -> str:
    minutes = int(text or 0)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 2880 else f"{minutes / 1440:.0f} days"


def _named(document: Document) -> str:
    """The id under which answers name a document: that of a log entry goes without its kind."""
    return document.id.removeprefix("log/")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _age(days: int) -> str:
    return "from today" if days == 0 else f"{days:,} day{'' if days == 1 else 's'} old"


def _bytes(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
