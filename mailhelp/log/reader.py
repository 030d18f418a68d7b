"""The log engine: lines → records → what is known of each, once.

An ``Engine`` needs no session, no library and no answer: patterns, fields, programs, the rules for
secrets and a date are all that it is made of, and it can be pickled and sent to another process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailhelp.light import TYPE_CHECKING, Any, regex
from mailhelp.log.catalogue import Catalogue
from mailhelp.log.join import Joiner
from mailhelp.log.prefix import Formats, Record, covered, parse, part
from mailhelp.log.read import Hit, Read
from mailhelp.patterns.fields import Field
from mailhelp.patterns.values import Splitter, ValueSpan
from mailhelp.redact import Carried, Redactor, cover

if TYPE_CHECKING:
    from datetime import date

_HEADER_FIELD = regex(r"\s*([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*")
_ALONE = 12
"""Characters of fixed text beside free text that tell a message where no program is named: another one's
words begin so too ("warning: …").
"""
_MOST_NAMES = 1000
"""Names of programs and header fields that are remembered: a hostile log has no end of them."""


def tags(programs: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Syslog tags → the programs of ``programs.toml`` that write under them."""
    return {tag: name for name, row in programs.items() for tag in (*row["tags"], name)}


def tagged(named: Mapping[str, str], tag: str) -> str | None:
    """The program that ``tag`` stands for; of one with slashes the last part counts unless all of it is known."""
    return named.get(tag) or named.get(tag.rpartition("/")[2])


class Engine:
    """Reads logs and mail headers.

    ``catalogue`` has the patterns; ``fields`` are those of the patterns'
    holes; ``programs`` is ``corpus/programs.toml``, ``formats`` made of ``formats.toml``; ``today`` gives the year where a log has none.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        fields: Mapping[str, Field],
        programs: Mapping[str, Mapping[str, Any]],
        formats: Formats,
        redactor: Redactor,
        today: date,
    ) -> None:
        self.catalogue = catalogue
        self.splitter = Splitter(fields)
        self.fields = fields
        self.programs = programs
        self.formats = formats
        self.redactor = redactor
        self.today = today
        self._tags = tags(programs)
        self._secret: dict[str, bool] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._headers: dict[str, str | None] = {}
        # lines without a prefix come again: they are looked at to tell what a text is, too
        self._bare: dict[str, Read] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        made_of = (self.catalogue, self.fields, self.programs, self.formats, self.redactor)
        return Engine, (*made_of, self.today)

    def reads(
        self,
        source: Iterable[str | None],
        *,
        is_covered: bool = False,
        carried: Carried | None = None,
        first: int = 1,
    ) -> Iterator[Read]:
        """What is known of the records of the lines ``source``, of which ``first`` is the first's number; ``None`` is a pause.

        They are matched as they are, and covered as they are handed on: what a record means does not depend
        on its secrets. ``is_covered`` says that none is left in the lines, ``carried`` what the lines before say of them.
        """
        if carried is None and not is_covered:
            carried = Carried(self.redactor)
        for read in Joiner(_Uncovered(self)).reads(source, first):
            yield self._without_secrets(read, carried)

    def parse(self, line: str) -> Record:
        """The record in a line."""
        return parse(line, self.today, self.formats)

    def read(self, record: Record, line: int = 1, lines: int = 1) -> Read:
        """What is known of ``record``, whose first line has the number ``line``."""
        read = self.uncovered(record, line, lines)
        return self._covered(read, self._secret_values(read))

    def uncovered(self, record: Record, line: int, lines: int) -> Read:
        """What ``read`` gives, with what its values hide."""
        if record.tag is not None or record.time is not None:
            return self._matched(record, line, lines)
        found = self._bare.get(record.text)
        if found is None:
            if len(self._bare) >= _MOST_NAMES:
                self._bare.clear()
            found = self._header(record) or self._matched(record, line, lines)
            self._bare[record.text] = found
        return found._replace(line=line, lines=lines)

    def _matched(self, record: Record, line: int, lines: int) -> Read:
        match = self.catalogue.match(self.keys(record.tag), record.message)
        if match is None:
            return Read(line, record, lines=lines)
        values = tuple(self.splitter.groups(match.found, match.holes))
        hit = Hit(match.id, match.generic, match.literal, match.shared, match.holes)
        if record.tag is None and hit.literal < _ALONE and self._says_little(values):
            return Read(line, record, lines=lines)
        return Read(line, record, hit, values, lines)

    def _says_little(self, values: Iterable[ValueSpan]) -> bool:
        """Whether most of what was matched is free text."""
        return any(self.fields[span.name].free for span in values)

    def reach(self, read: Read) -> int | None:
        """Where in the message the last value ends that is neither free text nor made of others.

        ``None`` if no entry knows the record.
        """
        if read.is_header:
            return 0
        if read.hit is None or read.hit.generic:
            return None
        ends = (span.end for span in read.values if self.fields[span.name].simple)
        return max(ends, default=0)

    def program(self, tag: str | None) -> str | None:
        """The program that a syslog tag stands for, or ``None`` if it is not known."""
        if tag is None:
            return None
        return tagged(self._tags, tag)

    def keys(self, tag: str | None) -> tuple[str, ...]:
        """The keys under which patterns for ``tag`` are filed; none for no tag means all programs."""
        if tag is None:
            return ()
        keys = self._keys.get(tag)
        if keys is None:
            if len(self._keys) >= _MOST_NAMES:
                self._keys.clear()
            keys = self._keys[tag] = self._filed(tag)
        return keys

    def continuation(self, tag: str) -> Mapping[str, str] | None:
        """How one piece of a long record of the program ends and the next begins, if it splits them."""
        row = self.programs.get(self.program(tag) or "")
        rule: Mapping[str, str] | None = row.get("continuation") if row else None
        return rule

    def similar(self, record: Record) -> list[str]:
        """The ids of entries that share rare words with ``record``."""
        return self.catalogue.similar(self.keys(record.tag), record.message)

    def _is_secret(self, name: str) -> bool:
        secret = self._secret.get(name)
        if secret is None:
            secret = self._secret[name] = self.fields[name].secret
        return secret

    def _filed(self, tag: str) -> tuple[str, ...]:
        program = self.program(tag)
        if program is None:
            # a program of a known family that nobody knows may write what any of the family writes
            family, _, own = tag.partition("/")
            others = (name for name in self.programs if name.startswith(f"{family}/"))
            return (tag, f"{family}/any", *others) if own else (tag,)
        family, _, own = program.partition("/")
        return (program, f"{family}/any") if own else (program,)

    def _header(self, record: Record) -> Read | None:
        """The mail header field that ``record`` is, its name and values; ``None`` if it is none known."""
        named = _HEADER_FIELD.match(record.message)
        entry = self._header_entry(named[1]) if named else None
        if named is None or entry is None:
            return None
        start = named.end()
        value = part(record, start).message
        values = [ValueSpan(named.start(1), named.end(1), "header_name", named[1])]
        match = self.catalogue.match((entry,), value)
        if match is None:
            generic = self.catalogue.knows((entry,))
            return Read(1, record, Hit(entry, generic), tuple(values))
        values += (
            span._replace(start=span.start + start, end=span.end + start)
            for span in self.splitter.groups(match.found, match.holes)
        )
        hit = Hit(entry, False, match.literal, match.shared, match.holes)
        return Read(1, record, hit, tuple(values))

    def line(self, text: str, entries: Iterable[str]) -> Read | None:
        """A line of a file, by the patterns of ``entries`` (ids); ``None`` if it fits none of them. Its secrets are covered."""
        match = self.catalogue.match(tuple(entries), text)
        if match is None:
            return None
        values = tuple(self.splitter.groups(match.found, match.holes))
        hit = Hit(match.id, False, match.literal, match.shared, match.holes)
        read = Read(1, Record(text, text), hit, values)
        return self._covered(read, self._secret_values(read))

    def _header_entry(self, name: str) -> str | None:
        folded = name.casefold()
        if folded not in self._headers:
            if len(self._headers) >= _MOST_NAMES:
                self._headers.clear()
            self._headers[folded] = self.catalogue.named(name, "header")
        return self._headers[folded]

    def _secret_values(self, read: Read) -> list[tuple[int, int]]:
        known = self._secret
        return [
            (start, end)
            for start, end, name, _ in read.values
            if known.get(name, True) and self._is_secret(name)
        ]

    def _without_secrets(self, read: Read, carried: Carried | None) -> Read:
        """``read`` covered by what its lines and values hold, and by what is ``carried`` from the lines before."""
        places = self._secret_values(read)
        if carried is not None:
            read, found = self._line_secrets(read, carried)
            places += found
        if len(read.record.offsets) > 1:
            # a secret may have been broken where the line was, or hidden by the escapes of JSON
            places += self.redactor.places(read.record.message)
        return self._covered(read, places)

    def _line_secrets(self, read: Read, carried: Carried) -> tuple[Read, list[tuple[int, int]]]:
        """``read`` with the secrets of its lines covered in the text, and where they are in the message."""
        record = read.record
        places: list[tuple[int, int]] = []
        start = 0
        for line in record.text.split("\n"):
            own = self.redactor.places(line)
            places += ((start + a, start + b) for a, b in (*own, *carried.places(line, own)))
            start += len(line) + 1
        if not places:
            return read, []
        text = cover(record.text, places)
        first = self.parse(text.partition("\n")[0])
        record = record._replace(
            text=text,
            time=first.time,
            host=first.host,
            tag=first.tag,
            pid=first.pid,
            prefix=first.prefix,
            container=first.container,
        )
        found = [piece for a, b in places for piece in record.message_places(a, b)]
        return read._replace(record=record), found

    def _covered(self, read: Read, places: Iterable[tuple[int, int]]) -> Read:
        """``read`` with ``places`` of its message covered in the record and in its values."""
        record = covered(read.record, places)
        if record is read.record:
            return read
        values = (
            span._replace(value=record.message[span.start : span.end]) for span in read.values
        )
        return read._replace(record=record, values=tuple(values))


class _Uncovered:
    """An engine as the joiner asks it, which hides nothing yet."""

    def __init__(self, engine: Engine) -> None:
        self.parse = engine.parse
        self.read = engine.uncovered
        self.reach = engine.reach
        self.continuation = engine.continuation
