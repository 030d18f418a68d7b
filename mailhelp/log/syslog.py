"""Syslog prefixes: a line of text → the record that a program wrote.

Read are the traditional form, RFC 3339 and RFC 5424, ``journalctl`` (short, short-iso, short-full,
short-unix, json), Postfix's ``maillog_file``, what Docker, Compose, Kubernetes and ``grep`` put in
front, records without any prefix, ``message repeated N times: [ … ]`` and records in several
pieces. Nothing here knows what a mail program says.
"""

import re
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

# compiled at first use: most questions are no log lines
_regex = cache(re.compile)
_TAG = r"(?P<tag>[^\s:\[\]\"=<>(),]+)(?:\[(?P<pid>\d+)\])?:(?:\s|$)"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# What other programs put in front of a whole line. Each is tried once, in this order.
_WRAPPERS = (
    r"\s*\[(?:pod|container)/[^\]\s]+\]\s+",  # kubectl logs --prefix
    r"[\w.-]+\s+\|\s",  # docker compose
    r"(?:[\w./-]*[\w-]:)(?:\d+:)?(?=(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\dT))",  # grep
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\s(?:stdout|stderr)\s[FP]\s",
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)\s",  # docker logs --timestamps
    r"<\d{1,3}>(?!\d )",  # the priority of RFC 3164
)
_RFC5424 = (
    r"<\d{1,3}>\d{1,2} (?P<time>\S+) (?P<host>\S+) (?P<tag>\S+) (?P<pid>\S+) \S+ "
    r"(?:-|(?:\[(?:[^\]\"]|\"(?:[^\"\\]|\\.)*+\")*+\])+)(?: (?:\ufeff)?|$)"
)
_TIME = (
    r"(?P<time>(?P<month>[A-Z][a-z]{2})\s{1,2}(?P<day>\d{1,2})\s(?:(?P<year>\d{4})\s)?"
    r"(?P<clock>\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?)\s"
    r"|(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\s?(?:Z|[+-]\d\d:?\d\d)?)\s"
    r"|[A-Z][a-z]{2} (?P<full>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?P<zone>[A-Z]{2,5}|[+-]\d\d)\s"
    r"|(?P<unix>\d{9,11}\.\d{3,9})\s"
)
_HOST_AND_TAG = r"(?P<host>[^\s:\[\]]+)\s+" + _TAG
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
_JSON_STRING = r'"MESSAGE"\s*:\s*"|"log"\s*:\s*"'
_JSON_ESCAPE = r"\\(?:u[0-9a-fA-F]{4}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?|.)"


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
    ``tag`` is the program as the line names it; ``repeated`` how often the record stands for.
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

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where ``message[start:end]`` stands in ``text``."""
        return self._map(start), self._map(end - 1) + 1 if end > start else self._map(start)

    def _map(self, index: int) -> int:
        piece = bisect_right(self.offsets, (index, len(self.text) + 1)) - 1
        message_index, text_index = self.offsets[max(piece, 0)]
        return text_index + index - message_index


def parse(line: str, today: date) -> Record:
    """The record in ``line`` (without its line end); a line with no known prefix is all message.

    ``today`` gives the year where the prefix has none: the latest that is not in the future.
    """
    record = _from_json(line, today) if line.lstrip().startswith("{") else None
    return _plain_blanks(record or _parse_text(line, today))


def joined(first: Record, text: str, message_start: int, glue: str = "") -> Record:
    """``first`` with the line ``text`` added, of which the record goes on at ``message_start``."""
    start = len(first.message) + len(glue)
    whole = f"{first.text}\n{text}"
    return first._replace(
        text=whole,
        message=first.message + glue + text[message_start:],
        offsets=(*first.offsets, (start, len(first.text) + 1 + message_start)),
    )


def cut(record: Record, length: int) -> Record:
    """``record`` with only the first ``length`` characters of its message."""
    return record._replace(message=record.message[:length])


def _parse_text(line: str, today: date) -> Record:
    position = 0
    places: list[Place] = []
    time = host = tag = None
    pid: int | None = None
    match = _regex(_RFC5424).match(line) if line.startswith("<") else None
    if match:
        time = _iso(match["time"])
        host, tag = _nil(match["host"]), _nil(match["tag"])
        pid = int(match["pid"]) if match["pid"].isdigit() else None
        places += _places(match, ("time", "host", "tag", "pid"))
        position = match.end()
    else:
        plain = line[:1].isupper() and _regex(_TIME).match(line)
        for wrapper in () if plain else _WRAPPERS:
            match = _regex(wrapper).match(line, position)
            if match:
                position = match.end()
                if "time" in match.re.groupindex:
                    time = _iso(match["time"])
                    places += _places(match, ("time",))
        match = _regex(_TIME).match(line, position)
        if match:
            time = _time(match, today)
            places = _places(match, ("time", "iso", "full", "unix"))
            position = match.end()
            named = _regex(_HOST_AND_TAG).match(line, position) or _regex(_TAG).match(
                line, position
            )
        else:
            named = _regex(_TAG_SURE).match(line, position)
        if named:
            found = named.groupdict()
            host, tag = (
                found.get("host"),
                found.get("tag") or found.get("path") or found.get("command"),
            )
            pid = int(found["pid"]) if found.get("pid") else None
            places += _places(named, ("host", "tag", "path", "command", "pid"))
            position = named.end()
        elif match:
            last_repeated = _regex(_HOST_LAST_REPEATED).match(line, position)
            if last_repeated:
                host = last_repeated["host"]
                places += _places(last_repeated, ("host",))
                position = last_repeated.end()
    message, repeated, last = line[position:], 1, False
    match = _regex(_REPEATED).match(message)
    if match and message.endswith("]"):
        repeated = int(match["count"][:9])
        position += match.end()
        message = message[match.end() : -1]
    else:
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
    )


def _places(match: re.Match[str], names: tuple[str, ...]) -> list[Place]:
    """The places of the groups ``names`` that took part, under the names that answers use."""
    shown = {
        "iso": "time",
        "full": "time",
        "unix": "time",
        "host": "logging_host",
        "tag": "program",
        "path": "program",
        "command": "program",
        "pid": "process_id",
    }
    return [
        Place(match.start(name), match.end(name), shown.get(name, name), match[name])
        for name in names
        if match.re.groupindex.get(name) and match[name] is not None and match[name] != "-"
    ]


def _plain_blanks(record: Record) -> Record:
    """``record`` with the no-break spaces of its message, as a web page or a mail puts them there, plain.

    One that stands beside a space is dropped: pages write two blanks as one of each.
    """
    if not _regex(_PAGE_BLANK).search(record.message):
        return record
    message, position = "", 0
    offsets = []
    for blank in _regex(_PAGE_BLANK).finditer(record.message):
        message += record.message[position : blank.start()] + " "
        position = blank.end()
        offsets.append((len(message), record.place(position, position)[0]))
    offsets += [pair for pair in record.offsets if pair[0] == 0]
    return record._replace(
        message=message + record.message[position:], offsets=tuple(sorted(offsets))
    )


def _nil(value: str) -> str | None:
    return None if value == "-" else value


def _time(match: re.Match[str], today: date) -> str | None:
    if match["iso"]:
        return _iso(match["iso"])
    if match["full"]:
        return match["full"].replace(" ", "T")
    if match["unix"]:
        return datetime.fromtimestamp(float(match["unix"]), UTC).isoformat(timespec="seconds")
    if match["month"] not in _MONTHS:
        return None
    month, day = _MONTHS.index(match["month"]) + 1, int(match["day"])
    year = int(match["year"] or today.year)
    if not match["year"]:
        tomorrow = today + timedelta(days=1)
        if (month, day) > (tomorrow.month, tomorrow.day):
            year -= 1
        while (month, day) == (2, 29) and year % 4:  # right until 2100
            year -= 1
    return f"{year:04}-{month:02}-{day:02}T{match['clock']}"


def _iso(text: str) -> str:
    """ISO 8601 as this project writes it: a ``T``, no blanks, a point before the fraction."""
    return "T".join(text.split(" ", 1)).replace(" ", "").replace(",", ".") if text != "-" else ""


def _from_json(line: str, today: date) -> Record | None:
    """A record of ``journalctl -o json`` or of Docker's json-file log; ``None`` if it is neither."""
    import json

    try:
        table = json.loads(line)
    except ValueError:
        return None
    if not isinstance(table, dict):
        return None
    message = table.get("MESSAGE", table.get("log"))
    found = _regex(_JSON_STRING).search(line)
    if not isinstance(message, str) or found is None:
        return None
    if "MESSAGE" not in table:
        inner = _parse_text(message.rstrip("\n"), today)
        start = inner.offsets[0][1]
        return inner._replace(
            text=line,
            offsets=_json_offsets(line, found.end(), start),
            time=inner.time or _text(table.get("time")),
            prefix=(),
        )
    stamp, pid = _text(table.get("__REALTIME_TIMESTAMP")), _text(table.get("_PID"))
    pid = _text(table.get("SYSLOG_PID")) or pid
    time = None
    if stamp and stamp.isdigit() and len(stamp) < 18:
        time = datetime.fromtimestamp(int(stamp) / 1e6, UTC).isoformat(timespec="milliseconds")
    return Record(
        text=line,
        message=message,
        offsets=_json_offsets(line, found.end(), 0),
        time=time,
        host=_text(table.get("_HOSTNAME")),
        tag=_text(table.get("SYSLOG_IDENTIFIER")),
        pid=int(pid) if pid and pid.isdigit() and len(pid) < 12 else None,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


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
