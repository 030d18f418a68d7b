"""Syslog prefixes: a line of text → the record that a program wrote.

Read are the traditional form, RFC 3339 and RFC 5424, ``journalctl`` (short, short-iso, short-full,
short-unix, json), Postfix's ``maillog_file``, what Docker, Compose, Kubernetes, ``grep`` and a second
logger put in front, records without any prefix, ``message repeated N times: [ … ]`` and records in several
pieces. Nothing here knows what a mail program says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from mailhelp import regexes as re
from mailhelp.light import TYPE_CHECKING, Any, NamedTuple, regex
from mailhelp.redact import cover

if TYPE_CHECKING:
    from datetime import date

# compiled at first use: most questions are no log lines
_regex = cache(re.compile)
_TAG = (
    # SOGo puts a blank between them
    r"(?P<tag>[^\s:\[\]\"=<>(),]+)(?: ?\[(?P<pid>\d+)\])?:(?:\s|$)"
    r"(?:\[ID \d+ \w+\.\w+\] )?"  # Solaris
)
_COMMON = (
    r"(?:([A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"|([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:?[0-9]{2}))) "
    r"([^\s:\[\]<-][^\s:\[\]]*+) ([^\s:\[\]\"=<>(),-][^\s:\[\]\"=<>(),]*+)(?:\[([0-9]{1,18})\])?+: "
)
"""What most lines begin with: they are read by it alone, if nothing in them may be read in another way."""
TIMED = regex(
    r"\d{4}-\d\d-\d\d[T ]|[^\W\d_]{2,5}+\.?\s{1,2}(?:\d{1,2}\s|\d{4}-)|\d{9,11}[. ]|\[ *\d"
)
"""How a message begins that may have a prefix of its own: all times, and more."""
_MOST_SHAPES = 2000
_FENCE = r"[ \t]*+(?>(?:>[ \t]?)*)(?:`{3,}+|~{3,}+)\w{0,20}\s*+"
_RFC5424 = (
    r"(?:<\d{1,3}>\d{1,2}|1(?= \d{4}-\d\d-\d\dT)) (?P<time>\S+) (?P<host>\S+) (?P<tag>\S+) (?P<pid>\S+) \S+ "
    r"(?:-|(?:\[(?>(?:[^\]\"]|\"(?>(?:[^\"\\]|\\.)*)\")*)\])+)(?: (?:\ufeff)?|$)"
)
_TIME = (
    r"(?P<time>(?P<month>[^\W\d_]{3,5}\.?)\s{1,2}(?P<day>\d{1,2})\s(?:(?P<year>\d{4})\s)?"
    r"(?P<clock>\d\d:\d\d:\d\d(?:[.,]\d{1,9})?))\s(?:<[a-z0-7]+\.[a-z]+> )?"  # FreeBSD: syslogd -v
    r"|(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\s?(?:Z|[+-]\d\d:?\d\d)?)\s"
    r"|[^\W\d_]{2,4}\.? (?P<full>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) (?P<zone>[A-Z]{2,5}|[+-]\d\d)\s"
    r"|(?P<unix>\d{9,11}(?:\.\d{3,9}|(?= [\w.-]{1,100} [\w./-]{1,100}\[\d{1,10}\]: )))\s"
    r"|\[ *\d+\.\d{3,9}\]\s"  # journalctl -o short-monotonic: time since the machine started
)
_LEVEL = (  # of rsyslog's templates and of busybox
    r"(?:(?:kern|user|mail|daemon|auth|authpriv|syslog|cron|local[0-7])\."
    r"(?:emerg|alert|crit|err|error|warn|warning|notice|info|debug)\s+)?"
)
_HOST_AND_TAG = r"(?P<host>[^\s:\[\]]+)\s+" + _LEVEL + _TAG
_HOST_BEFORE_TAG = r"(?P<host>[\w.-]{1,100})\s+(?P<tag>[\w./-]{1,100})\[(?P<pid>\d{1,10})\]:\s"
_HOST = r"[^\s:\[\]]{1,255}\s+"
# Without a time in front, a word and a colon may be the message's own: a tag needs its pid or a slash.
_TAG_SURE = (
    r"(?P<tag>[^\s:\[\]\"=<>(),]+)\[(?P<pid>\d+)\]:\s|(?P<path>[\w.-]+(?:/[\w.-]+)+):\s"
    # what a command writes to the terminal: postmap: fatal: …, /usr/sbin/postconf: warning: …
    r"|(?P<command>[\w./-]+):\s(?=(?:warning|error|fatal|panic): )"
)
_REPEATED = r"message repeated (?P<count>\d+) times: \[ ?"
_HOST_LAST_REPEATED = r"(?P<host>[^\s:\[\]]+)\s+(?=last message repeated )"
_LAST_REPEATED = r"last message repeated (?P<count>\d+) times?\s*\Z"
_PAGE_BLANK = r" ?[\u00a0\u2007\u202f] ?"
_JSON_STRING = {key: rf'"{key}"\s*:\s*"' for key in ("MESSAGE", "log", "message")}
# a character beyond U+FFFF is written as a pair of surrogates
_JSON_ESCAPE = r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)"
_MOST_DIGITS = 18
"""Of a process id or a time stamp: more is no number of a computer's."""
_LATEST = 10**17
"""Microseconds since 1970 up to which a time stamp is read: the year 5138."""


class Place(NamedTuple):
    """Where a value of the prefix stands in the record's text."""

    start: int
    end: int
    name: str
    value: str


class Record(NamedTuple):
    """One record of a log.

    ``text`` is the input as given (several lines where the record was split); ``message`` is what
    the program wrote. ``offsets`` maps the second into the first: pairs (index into message, index
    into text), sorted, each valid up to the next. ``time`` is ISO 8601 as far as the line tells.
    ``tag`` is the program as the line names it; ``repeated`` how many records it stands for.
    ``container`` is the name of the container whose log the line is of (``pod/…`` in Kubernetes), empty
    where that is not told, ``None`` if it is of none. ``quotes`` counts the ``>`` that a mail put in front.
    """

    text: str
    message: str
    offsets: tuple[tuple[int, int], ...] = ((0, 0),)
    time: str | None = None
    host: str | None = None
    tag: str | None = None
    pid: int | None = None
    prefix: tuple[Place, ...] = ()
    repeated: int = 1
    repeats_last: bool = False
    container: str | None = None
    quotes: int = 0

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where ``message[start:end]`` stands in ``text``."""
        if len(self.offsets) == 1:
            shift = self.offsets[0][1] - self.offsets[0][0]
            return start + shift, max(start, end) + shift
        if end <= start:
            return self._map(start), self._map(start)
        last = self._map(end - 1)
        behind = self._map(end)
        # a character that JSON escapes is several in the text; a new line is no part of a value
        escaped = self.text[last : last + 1] == "\\" and "\n" not in self.text[last:behind]
        return self._map(start), behind if escaped else last + 1

    def message_places(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where what stands in ``text[start:end]`` is in ``message``: a piece for each of the text's."""
        starts = [index for index, _ in self.offsets]
        found = []
        for (index, place), behind in zip(
            self.offsets, [*starts[1:], len(self.message)], strict=True
        ):
            left = max(start - place, 0) + index
            right = min(end - place + index, behind)
            if left < right:
                found.append((left, right))
        return found

    def _map(self, index: int) -> int:
        piece = bisect_right(self.offsets, (index, len(self.text) + 1)) - 1
        message_index, text_index = self.offsets[max(piece, 0)]
        return text_index + index - message_index


class Formats:
    """What ``corpus/formats.toml`` says of prefixes: what other programs put in front, names of months."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self.wrappers: tuple[Mapping[str, Any], ...] = tuple(table.get("wrappers", {}).values())
        self.months = {
            name: number
            for number, names in enumerate(table["months"].values(), 1)
            for name in names
        }

        self._bare: dict[str, bool] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Formats, (self._table,)

    def is_bare(self, line: str, shape: str) -> bool:
        """Whether a line has nothing of other programs in front; it is looked at once for all lines of a ``shape``."""
        found = self._bare.get(shape)
        if found is None:
            if len(self._bare) >= _MOST_SHAPES:
                self._bare.clear()
            matches = (_regex(wrapper["regex"]).match(line) for wrapper in self.wrappers)
            found = self._bare[shape] = not any(match and match.end() for match in matches)
        return found


def parse(line: str, today: date, formats: Formats) -> Record:
    """The record in ``line`` (without its line end); a line with no known prefix is all message.

    ``today`` gives the year where the prefix has none: the latest that is not in the future.
    """
    common = _common(line, today, formats)
    if common is not None:
        return common
    record = _from_json(line, today, formats) if line.lstrip(" \t[").startswith("{") else None
    return _plain_blanks(record or _parse_text(line, today, formats))


def unquoted(record: Record, quotes: int) -> Record:
    """``record`` without the marks of a mail that quotes it, of which there are up to ``quotes``."""
    marks = _regex(rf"[ \t]*+(?:>[ \t]?){{1,{quotes}}}").match(record.message) if quotes else None
    return part(record, marks.end()) if marks else record


def joined(first: Record, next: Record, start: int, glue: str = "") -> Record:
    """``first`` with the record ``next`` added, whose message goes on with it from ``start`` on."""
    rest = part(next, start)
    message_start, text_start = len(first.message) + len(glue), len(first.text) + 1
    added = ((message_start + index, text_start + place) for index, place in rest.offsets)
    return first._replace(
        text=f"{first.text}\n{next.text}",
        message=first.message + glue + rest.message,
        offsets=(*first.offsets, *added),
    )


def cut(record: Record, length: int) -> Record:
    """``record`` with only the first ``length`` characters of its message."""
    return record._replace(message=record.message[:length])


def _common(line: str, today: date, formats: Formats) -> Record | None:
    """The record in a line of the commonest form, as all the rest of this module reads it; ``None`` if it may be another."""
    found = _regex(_COMMON).match(line)
    if found is None or " repeated " in line or not line.isascii():
        return None
    month, iso, host, tag, pid = found.groups()
    start = found.end()
    if TIMED.match(line, start) or line.startswith("[ID ", start):
        return None
    if month is None:
        time = iso
        if not formats.is_bare(line, f"{len(iso)} {iso[19]} {host} {tag}"):
            return None
    else:
        day = _day(month[:6], today, formats)
        if day is None:
            return None
        time = day + month[7:]
    at = len(month or iso)
    ended = at + 1 + len(host)
    places = [
        Place(0, at, "time", month or iso),
        Place(at + 1, ended, "logging_host", host),
        Place(ended + 1, ended + 1 + len(tag), "program", tag),
    ]
    if pid is not None:
        places.append(Place(start - 3 - len(pid), start - 3, "process_id", pid))
    return Record(
        line,
        line[start:],
        ((0, start),),
        time,
        host,
        tag,
        int(pid) if pid else None,
        tuple(places),
    )


@lru_cache(maxsize=400)
def _day(text: str, today: date, formats: Formats) -> str | None:
    """The beginning of an ISO 8601 time on a day such as ``Nov 22``; ``None`` if there is no such month."""
    month = formats.months.get(text[:3])
    return None if month is None else f"{_date(month, int(text[4:]), 0, today)}T"


def _parse_text(line: str, today: date, formats: Formats) -> Record:
    if ("```" in line or "~~~" in line) and _regex(_FENCE).fullmatch(line):
        return Record(text=line, message="", offsets=((0, len(line)),))
    position = 0
    places: list[Place] = []
    time = host = tag = container = None
    pid: int | None = None
    quotes = 0
    closes = ""
    match = _regex(_RFC5424).match(line) if line.startswith(("<", "1 ")) else None
    if match:
        time = _iso(match["time"])
        host, tag = _nil(match["host"]), _nil(match["tag"])
        pid = _number(match["pid"])
        places += _places(match, ("time", "host", "tag", "pid"))
        position = match.end()
        # the name is the package's, and the program stands in the text: smtpd[123]: …
        named = _regex(_TAG_SURE).match(line, position)
        if named and (named["pid"] or named["path"]):
            tag, pid = named["tag"] or named["path"], _number(named["pid"]) or pid
            places = [place for place in places if place.name not in ("program", "process_id")]
            places += _places(named, ("tag", "path", "pid"))
            position = named.end()
    else:
        match = _time_at(line, 0, formats) if line[:1].isalpha() else None
        if match is None:
            for wrapper in formats.wrappers:
                wrapped = _regex(wrapper["regex"]).match(line, position)
                if wrapped is None or wrapped.end() == position:
                    continue
                position = wrapped.end()
                found = wrapped.groupdict()
                quotes += (found.get("quote") or "").count(">")
                if wrapper.get("container"):
                    container = found.get("container") or container or ""
                if found.get("time"):
                    time = _iso(found["time"])
                    places += _places(wrapped, ("time",))
                if wrapper.get("closes") and line[position - 1 : position] == wrapper["closes"]:
                    closes = wrapper["closes"]
            match = _time_at(line, position, formats)
        if match:
            time = _time(match, today, formats)
            places = _places(match, ("time", "iso", "full", "unix"))
            position = match.end()
            named = _regex(_HOST_AND_TAG).match(line, position) or _regex(_TAG).match(
                line, position
            )
            inner = _inner(
                line, position if named is None else named.end(), named is None, today, formats
            )
            if inner:
                return inner._replace(
                    container=container if inner.container is None else inner.container,
                    quotes=quotes,
                )
        else:
            named = _regex(_TAG_SURE).match(line, position) or _regex(_HOST_BEFORE_TAG).match(
                line, position
            )
        if named:
            found = named.groupdict()
            host, tag = (
                found.get("host"),
                found.get("tag") or found.get("path") or found.get("command"),
            )
            pid = _number(found.get("pid"))
            places += _places(named, ("host", "tag", "path", "command", "pid"))
            position = named.end()
        elif match:
            last_repeated = _regex(_HOST_LAST_REPEATED).match(line, position)
            if last_repeated:
                host = last_repeated["host"]
                places += _places(last_repeated, ("host",))
                position = last_repeated.end()
    message, repeated, last = line[position:], 1, False
    if closes:
        message = message.rstrip().rstrip(closes)
    match = _regex(_REPEATED).match(message) if " repeated " in message else None
    if match and message.endswith("]"):
        repeated = int(match["count"][:9])
        position += match.end()
        message = message[match.end() : -1]
    elif " repeated " in message:
        match = _regex(_LAST_REPEATED).match(message)
        if match:
            repeated, last = int(match["count"][:9]), True
    return Record(
        text=line,
        message=message,
        offsets=((0, position),),
        time=time,
        host=host,
        tag=tag,
        pid=pid,
        prefix=tuple(places),
        repeated=repeated,
        repeats_last=last,
        container=container,
        quotes=quotes,
    )


def _inner(
    line: str, position: int, has_host: bool, today: date, formats: Formats
) -> Record | None:
    """The record that was logged with its own prefix behind another one, which ends at ``position``."""
    if has_host:
        host = _regex(_HOST).match(line, position)
        position = host.end() if host else position
    elif line.startswith("[", position):  # a program's own seconds, as the kernel's
        return None
    if _time_at(line, position, formats) is None:
        return None
    inner = _parse_text(line[position:], today, formats)
    if inner.tag is None:
        return None
    return inner._replace(
        text=line,
        offsets=tuple((index, place + position) for index, place in inner.offsets),
        prefix=tuple(
            place._replace(start=place.start + position, end=place.end + position)
            for place in inner.prefix
        ),
    )


def _time_at(line: str, position: int, formats: Formats) -> re.Match[str] | None:
    """The time that stands at ``position``; what has the shape of a date and no month's name is none."""
    match = _regex(_TIME).match(line, position)
    return None if match and match["month"] and match["month"] not in formats.months else match


_SHOWN = {
    "iso": "time",
    "full": "time",
    "unix": "time",
    "host": "logging_host",
    "tag": "program",
    "path": "program",
    "command": "program",
    "pid": "process_id",
}
"""Under which names answers know the groups of the prefixes' regexes."""


def _places(match: re.Match[str], names: tuple[str, ...]) -> list[Place]:
    """The places of the groups ``names`` that took part."""
    groups = match.re.groupindex
    found = []
    for name in names:
        value = match[name] if name in groups else None
        if value is not None and value != "-":
            found.append(Place(*match.span(name), _SHOWN.get(name, name), value))
    return found


def _plain_blanks(record: Record) -> Record:
    """``record`` with the no-break spaces of its message, as a web page or a mail puts them there, plain.

    One that stands beside a space is dropped: pages write two blanks as one of each.
    """
    if record.message.isascii() or not _regex(_PAGE_BLANK).search(record.message):
        return record
    pieces: list[str] = []
    offsets: list[tuple[int, int]] = []
    left = list(reversed(record.offsets))
    position = dropped = 0
    for blank in _regex(_PAGE_BLANK).finditer(record.message):
        pieces += (record.message[position : blank.start()], " ")
        while left and left[-1][0] < blank.end():
            index, place = left.pop()
            if index <= blank.start():
                offsets.append((index - dropped, place))
        position = blank.end()
        dropped += len(blank[0]) - 1
        offsets.append((position - dropped, record.place(position, position)[0]))
    offsets += [(index - dropped, place) for index, place in reversed(left)]
    pieces.append(record.message[position:])
    return record._replace(message="".join(pieces), offsets=tuple(dict(offsets).items()))


def _number(text: str | None) -> int | None:
    """A decimal number, ``None`` if it is none or too long to be one."""
    return int(text) if text and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _nil(value: str) -> str | None:
    return None if value == "-" else value


def _date(month: int, day: int, year: int, today: date) -> str:
    """ISO 8601 of a day; without a ``year`` (0) it is the last such day before tomorrow's end."""
    from datetime import timedelta

    if not year:
        year = today.year
        tomorrow = today + timedelta(days=1)
        if (month, day) > (tomorrow.month, tomorrow.day):
            year -= 1
        while (month, day) == (2, 29) and year % 4:  # right until 2100
            year -= 1
    return f"{year:04}-{month:02}-{day:02}"


def _time(match: re.Match[str], today: date, formats: Formats) -> str | None:
    if match["iso"]:
        return _iso(match["iso"])
    if match["full"]:
        return match["full"].replace(" ", "T")
    if match["unix"]:
        return _utc(float(match["unix"]), "auto")
    if not match["month"]:
        return None
    day = _date(formats.months[match["month"]], int(match["day"]), int(match["year"] or 0), today)
    return f"{day}T{match['clock'].replace(',', '.')}"


def _utc(seconds: float, precision: str) -> str:
    """ISO 8601 of a time since 1970."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=precision)


def _iso(text: str) -> str:
    """ISO 8601 as this project writes it: a ``T``, no blanks, a point before the fraction."""
    return "T".join(text.split(" ", 1)).replace(" ", "").replace(",", ".") if text != "-" else ""


def _from_json(line: str, today: date, formats: Formats) -> Record | None:
    """A record of ``journalctl -o json``, Docker's json-file log or mailcow; ``None`` if it is none."""
    import json

    start = line.index("{")
    try:
        table, end = json.JSONDecoder().raw_decode(line, start)
    except (ValueError, RecursionError):
        return None
    if not isinstance(table, dict) or line[end:].strip(" \t,]"):
        return None
    key = next((key for key in _JSON_STRING if key in table), "log")
    raw = table.get(key)
    if key == "message" and "program" not in table:
        return None
    if isinstance(raw, list):  # journalctl writes what is no UTF-8 as numbers
        return _from_bytes(table, raw)
    message = _text(raw)
    decode = json.JSONDecoder().raw_decode
    strings = _regex(_JSON_STRING[key]).finditer(line)
    found = next((each for each in strings if decode(line, each.end() - 1)[0] == raw), None)
    if message is None or found is None:
        return None
    if key == "message":  # as mailcow keeps and shows logs
        return Record(
            text=line,
            message=message,
            offsets=_json_offsets(line, found.end(), 0),
            time=_since_1970(table.get("time"), 1),
            tag=_text(table.get("program")),
        )
    if key == "log":
        inner = _parse_text(message.rstrip("\n"), today, formats)
        start = inner.offsets[0][1]
        return inner._replace(
            text=line,
            offsets=_json_offsets(line, found.end(), start),
            time=inner.time or _text(table.get("time")),
            prefix=(),
            container=inner.container or "",
        )
    return _of_journal(table, line, message, _json_offsets(line, found.end(), 0))


def _from_bytes(table: dict[str, Any], numbers: list[Any]) -> Record | None:
    """A record of the journal whose text is a list of bytes; its text is what they say."""
    if not all(isinstance(each, int) and 0 <= each < 256 for each in numbers):
        return None
    message = bytes(numbers).decode("utf-8", "replace")
    return _of_journal(table, message, message, ((0, 0),))


def _of_journal(
    table: dict[str, Any], text: str, message: str, offsets: tuple[tuple[int, int], ...]
) -> Record:
    return Record(
        text=text,
        message=message,
        offsets=offsets,
        time=_since_1970(table.get("__REALTIME_TIMESTAMP"), 1e6),
        host=_text(table.get("_HOSTNAME")),
        tag=_text(table.get("SYSLOG_IDENTIFIER")),
        pid=_number(_text(table.get("SYSLOG_PID")) or _text(table.get("_PID"))),
    )


def _since_1970(stamp: Any, parts: float) -> str | None:
    """ISO 8601 of a time stamp in JSON, a number or a string, in ``parts`` of a second."""
    number = _number(str(stamp)) if isinstance(stamp, str | int) else None
    if number is None or number * 1e6 / parts >= _LATEST:
        return None
    return _utc(number / parts, "milliseconds" if parts > 1 else "seconds")


def _text(value: Any) -> str | None:
    """A string of JSON; half a surrogate pair, which is no character, becomes a question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _json_offsets(line: str, start: int, skip: int) -> tuple[tuple[int, int], ...]:
    """The offsets of a JSON string that begins at ``start``, from its ``skip``-th character on."""
    offsets = [(0, start)]
    decoded, position = 0, start
    for escape in _regex(_JSON_ESCAPE).finditer(line, start):
        decoded += escape.start() - position + 1
        position = escape.end()
        offsets.append((decoded, position))
    kept = [pair for pair in offsets if pair[0] > skip]
    head = [pair for pair in offsets if pair[0] <= skip][-1]
    return ((0, head[1] + skip - head[0]), *((index - skip, place) for index, place in kept))


def part(record: Record, start: int) -> Record:
    """``record`` with only what stands in its message from ``start`` on."""
    place, _ = record.place(start, start)
    kept = [(index - start, text) for index, text in record.offsets if index > start]
    return record._replace(message=record.message[start:], offsets=((0, place), *kept))


def covered(record: Record, places: Iterable[tuple[int, int]]) -> Record:
    """``record`` with ``places`` of its message covered there and in its text."""
    found = [(start, end) for start, end in places if start < end]
    if not found:
        return record
    return record._replace(
        message=cover(record.message, found),
        text=cover(record.text, [record.place(start, end) for start, end in found]),
    )
