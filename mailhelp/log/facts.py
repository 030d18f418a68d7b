"""Reads → facts: what a story keeps of a record, with typed references to what it names.

Which field is an id of what, and what a message means for a story, is said in the corpus:
``space`` and ``relation`` of a field, ``event`` and ``role`` of an entry, ``spaces.toml``, ``stories.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from mailhelp import regexes as re
from mailhelp.knowledge.document import Document
from mailhelp.light import NamedTuple
from mailhelp.log.read import Read
from mailhelp.log.reader import Engine
from mailhelp.patterns.values import EMPTY

EVENTS = (
    "session-open",
    "session-close",
    "receive",
    "filter-accepted",
    "filter-refused",
    "filter-discarded",
    "rejected",
    "filter-receive",
    "filter-forward",
    "filter-passed",
    "filter-blocked",
    "written",
    "queued",
    "delivery",
    "passed-on",
    "thrown-away",
    "held",
    "released",
    "requeued",
    "discarded",
    "expired",
    "deleted",
    "removed",
    "notified",
    "lost",
    "too-large",
    "redirected",
    "screened",
    "gap",
)
"""What an entry's ``event`` can say."""
RELATIONS = ("own", "next", "earlier", "child", "mentions", "names")
"""How the mail of a record is tied to the one that it names. ``names`` is a word that looks like an id, in a
record that has no id of its own: it counts if there is such a mail.
"""


_MOST_NAMED = 8
"""Words of a record that are looked up as ids."""
_LONGEST_TITLE = 72


class Ref(NamedTuple):
    """A name in a record: what it is an id of (``space``), its value, and one of ``RELATIONS``."""

    space: str
    value: str
    relation: str


class Fact(NamedTuple):
    """What a story keeps of a record.

    ``file`` and ``line`` (from 1) are its place, ``seconds`` its time since some epoch (``None`` if it
    tells none), ``entry`` the id of its document, ``values`` the (field, value) pairs that stories
    tell, ``said`` the words of whoever decided.
    """

    file: str
    line: int
    program: str
    pid: int | None = None
    host: str | None = None
    seconds: float | None = None
    time: str | None = None
    event: str = ""
    refs: tuple[Ref, ...] = ()
    entry: str = ""
    title: str = ""
    role: str = ""
    values: tuple[tuple[str, str], ...] = ()
    said: str = ""

    def value(self, *names: str) -> str:
        """The first value of one of these fields, empty if there is none."""
        return next((value for field, value in self.values if field in names), "")

    def is_called(self, name: str) -> bool:
        """Whether it names ``name``: an id, an address, a client by its name or address, whatever the case."""
        wanted = name.strip("<>[]").casefold()
        for ref in self.refs:
            value = ref.value.strip("<>").casefold()
            if value and wanted in (value, value.partition("[")[0], _in_brackets(value)):
                return True
        return False

    @property
    def process(self) -> str:
        """The process that wrote the record, as logs name it."""
        return f"{self.program}[{self.pid}]" if self.pid is not None else self.program

    def named(self, *relations: str) -> Iterable[Ref]:
        """The references of these relations."""
        return (ref for ref in self.refs if ref.relation in relations)


def _in_brackets(client: str) -> str:
    return client.rpartition("[")[2].partition("]")[0]


class Space(NamedTuple):
    """What ids of one kind are, and how long they may be used: a row of ``spaces.toml``.

    Times are in seconds; ``None`` is no limit.
    """

    name: str
    called: str = ""
    process: bool = False
    opens: frozenset[str] = frozenset()
    closes: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    begins: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    reach: float = 0.0
    life: float | None = None
    linger: float | None = None
    kept: float = 0.0
    programs: frozenset[str] = frozenset()
    elsewhere: str = "mentions"
    none: Mapping[str, str] | None = None
    place: int = 0
    waits: frozenset[str] = frozenset()
    one: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    lone: bool = True
    tells: frozenset[str] = frozenset()
    screens: frozenset[str] = frozenset()
    confirms: bool = False
    named_by: str = ""
    quoted: str = ""
    sender: str = ""
    recipient: str = ""
    counts: str = ""
    relay: str = ""


_SETS = (
    "opens", "closes", "holds", "begins", "ends", "programs", "waits", "one", "tells", "screens", "first"
)  # fmt: skip


def spaces(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Space]:
    """The spaces of ``spaces.toml``, in its order."""
    made = {}
    for name, row in table.items():
        keys: dict[str, Any] = {
            key: frozenset(value) if key in _SETS else value for key, value in row.items()
        }
        made[name] = Space(name, **keys)
    return made


class Documents(Protocol):
    """Where entries come from: a ``Library`` or a ``Store``."""

    def document(self, id: str) -> Document | None: ...


class _Known(NamedTuple):
    """What an entry says of its records for stories."""

    title: str
    role: str
    event: str
    by: Mapping[str, str]


class Teller:
    """Makes facts of reads; ``stories`` is ``stories.toml``."""

    def __init__(
        self,
        engine: Engine,
        documents: Documents,
        space_table: Mapping[str, Mapping[str, Any]],
        stories: Mapping[str, Any],
    ) -> None:
        self.spaces = spaces(space_table)
        self._engine = engine
        self._documents = documents
        self._known: dict[str, _Known | None] = {}
        self._told = {name for names in stories.get("tells", {}).values() for name in names}
        for space in self.spaces.values():
            self._told |= {space.sender, space.recipient, space.counts, space.relay}
        self._named = [
            (
                space.name,
                re.compile(rf"(?<![\w-])(?:{engine.fields[space.named_by].regex})(?![\w-])"),
            )
            for space in self.spaces.values()
            if space.named_by in engine.fields
        ]
        self._quoted = [
            (space.name, _quoting(space.quoted, engine))
            for space in self.spaces.values()
            if space.quoted
        ]
        self._said = {
            event: row for row in stories.get("said", {}).values() for event in row["events"]
        }

    def fact(self, file: str, read: Read) -> Fact | None:
        """The fact in a record; ``None`` if it tells nothing of a mail: nobody knows it, and it names none."""
        record = read.record
        if record.tag is None or record.repeats_last:
            return None
        known = self._entry(read.hit.entry) if read.hit is not None else None
        program = self._engine.program(record.tag) or record.tag
        first: dict[str, str] = {}
        places: dict[str, tuple[int, int]] = {}
        refs: dict[Ref, None] = {}
        told: list[tuple[str, str]] = []
        for span in read.values:
            first.setdefault(span.name, span.value)
            places.setdefault(span.name, (span.start, span.end))
            if span.name in self._told:
                told.append((span.name, span.value))
            ref = self._ref(span.name, span.value, program)
            if ref is not None:
                refs[ref] = None
        own = any(ref.relation == "own" for ref in refs)
        if not own:
            for space, shape in self._named:
                found = islice(shape.finditer(record.message), _MOST_NAMED)
                refs |= {Ref(space, each[0], "names"): None for each in found}
        if known is None and not refs:
            return None
        event = said = ""
        if known is not None:
            event = known.event or known.by.get(first.get(known.by.get("field", ""), ""), "")
            said = _said(self._said.get(event), record.message, places)
        if said and own and self._quoted:
            for space, shape in self._quoted:
                if quote := shape.search(said):
                    refs[Ref(space, quote[1], "next")] = None
        return Fact(
            file=file,
            line=read.line,
            program=program,
            pid=record.pid,
            host=record.host,
            seconds=seconds(record.time),
            time=record.time,
            event=event,
            refs=tuple(refs),
            entry=read.hit.entry if known is not None and read.hit is not None else "",
            title=known.title if known is not None else record.message[:_LONGEST_TITLE],
            role=(known.role if known is not None else "")
            or self._engine.programs.get(program, {}).get("role", ""),
            values=tuple(told),
            said=said,
        )

    def looks_like(self, space: str, value: str) -> bool:
        """Whether ``value`` has the shape of the ids of a space."""
        return any(name == space and shape.fullmatch(value) for name, shape in self._named)

    def _entry(self, id: str) -> _Known | None:
        if id not in self._known:
            document = self._documents.document(id)
            data = document.data if document else {}
            self._known[id] = document and _Known(
                document.title,
                str(data.get("role") or ""),
                str(data.get("event") or ""),
                data.get("event_by") or {},
            )
        return self._known[id]

    def _ref(self, name: str, value: str, program: str) -> Ref | None:
        field = self._engine.fields[name]
        space = self.spaces.get(field.space)
        if space is None or value in EMPTY:
            return None
        relation = field.relation
        if relation == "own" and space.programs and program not in space.programs:
            relation = space.elsewhere
        if space.none and value in space.none:
            return Ref(space.none[value], "", relation)
        return Ref(space.name, value, relation)


def _quoting(quoted: str, engine: Engine) -> re.Pattern[str]:
    """What finds an id in another's words: ``id={field}`` is fixed text and the shape of a field."""
    before, _, name = quoted.partition("{")
    return re.compile(rf"{re.escape(before)}({engine.fields[name.rstrip('}')].regex})")


def _said(
    row: Mapping[str, Any] | None, message: str, values: Mapping[str, tuple[int, int]]
) -> str:
    """The words of a message that ``row`` of ``stories.toml`` asks for; ``values`` are the places of its fields."""
    if row is None:
        return ""
    start = 0
    if "fields" in row:
        start = next((values[name][0] for name in row["fields"] if name in values), 0)
        ends = (values[name][1] for name in row["behind"] if name in values)
        start = start or next(ends, 0)
    elif "after" in row:
        at = message.find(row["after"])
        start = len(message) if at < 0 else at + len(row["after"])
    words = message[start:]
    for sign in row.get("before", ()):
        words = words.partition(sign)[0]
    return words.removesuffix(row.get("end", "")).lstrip(": ").rstrip()


def seconds(time: str | None) -> float | None:
    """An ISO 8601 time as seconds of some epoch; one without a zone is read as UTC: only differences count."""
    if not time:
        return None
    try:
        moment = datetime.fromisoformat(time[:26] + time[29:] if time[26:29].isdigit() else time)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else (moment - _EPOCH).total_seconds()


_EPOCH = datetime(1970, 1, 1)
