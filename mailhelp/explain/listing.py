"""Queue listings, read line by line into counts of a bounded size: ``postqueue -p`` (``mailq``), ``-j``, ``qshape``.

The lines, marks and keys of a listing are those of ``corpus/listings.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mailhelp import regexes as re
from mailhelp.explain.common import MONTHS, unquoted
from mailhelp.knowledge.library import Library
from mailhelp.light import TYPE_CHECKING, Any, regex
from mailhelp.patterns.pattern import parse, to_regex

if TYPE_CHECKING:
    from datetime import date

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CODE = r"(?<![\d.])[245](?:\d\d|\.\d{1,3}\.\d{1,3})(?![\d.])"
_MASKED = regex(
    rf"(?P<code>{_CODE})|<?[^\s<>()@]+@[^\s<>()]+>?|[\w-]+(?:\.[\w-]+)+\.?(?:\[[^\]\s]*\])?(?::\d+)?"
    r"|\[[0-9A-Fa-f:.]+\]|\S*\d\S*"
)
MASK = "…"
_LONGEST = 2000
"""Characters of a reason or address that are looked at."""
_MOST_LINES = 20
"""Lines that one reason may be wrapped into."""
_LONGEST_OBJECT = 1 << 20
"""Characters of one JSON object that is spread over several lines."""
_TERMINAL = 80
"""A line of at least so many characters was broken by a terminal, where a word may go on."""


class Commonest:
    """How often values occur, in bounded memory: of many rare values only some are kept.

    The Space-Saving counter of Metwally et al.: what occurs more often than once in ``capacity`` is
    always kept, and its count is too high by at most ``slack``.
    """

    def __init__(self, capacity: int = 2000) -> None:
        self.capacity = capacity
        self.slack = 0
        self._counts: dict[str, int] = {}

    def add(self, value: str) -> None:
        """Count ``value`` once."""
        counts = self._counts
        if value in counts:
            counts[value] += 1
        elif len(counts) < self.capacity:
            counts[value] = self.slack + 1
        else:  # the rare half makes room at once, so that this costs little for each value
            ordered = sorted(counts.values())
            self.slack = ordered[len(ordered) // 2]
            self._counts = {key: count for key, count in counts.items() if count > self.slack}
            self._counts[value] = self.slack + 1

    def most(self, number: int) -> list[tuple[str, int]]:
        """The commonest values with their counts; once values were dropped only those that are sure."""
        sure = [item for item in self._counts.items() if not self.slack or item[1] > 2 * self.slack]
        return sorted(sure, key=lambda item: -item[1])[:number]


class Cause:
    """Mails that wait for one cause, which ``key`` names, and the first reason that told of it.

    ``about`` is the host or the like in that first reason; ``same`` counts the mails whose reason holds it too.
    """

    def __init__(self, key: str, about: str, text: str, queue_id: str, address: str) -> None:
        self.key = key
        self.about = about
        self.text = text
        self.queue_id = queue_id
        self.address = address
        self.mails = self.same = 0
        self.last = 0  # the number of the mail that was counted last
        self.domains = Commonest(100)


class Tally:
    """What is in a listing. Sizes are in bytes, ``stated`` in mails as the last line says.

    ``firsts`` has the first queue ID in each state. ``name`` gives, for a reason, the name of its cause and whom it is about; it is asked once for all
    reasons of one mask. Causes and masks are bounded: ``more`` counts the mails of those beyond.
    """

    most_causes = 500
    most_masks = 5000

    def __init__(self, bounces: Iterable[str], name: Callable[[str], tuple[str, str]]) -> None:
        self.mails = self.recipients = self.size = self.bounces = 0
        self.states: dict[str, int] = {}
        self.firsts: dict[str, str] = {}
        self.oldest: date | None = None
        self.oldest_id = ""
        self.domains = Commonest()
        self.senders = Commonest()
        self.causes: dict[str, Cause] = {}
        self.more = 0
        self.stated: int | None = None
        self.broken = 0
        self.json = self.heading = self.empty = self.unavailable = self.down = False
        self._bounces = frozenset(bounces)
        self._name = name
        self._masks: dict[str, Cause] = {}
        self._id = ""

    def mail(
        self, queue_id: str, states: Iterable[str], size: int, day: date | None, sender: str
    ) -> None:
        """A mail begins."""
        self.mails += 1
        self.size += size
        self._id = queue_id
        for state in states:
            self.states[state] = self.states.get(state, 0) + 1
            self.firsts.setdefault(state, queue_id)
        if day is not None and (self.oldest is None or day < self.oldest):
            self.oldest, self.oldest_id = day, queue_id
        if sender in self._bounces:
            self.bounces += 1
        else:
            self.senders.add(sender[:_LONGEST])

    def recipient(self, address: str, reason: str) -> None:
        """A recipient of the last mail, and why it waits (empty if the listing does not say)."""
        self.recipients += 1
        address = address[:_LONGEST]
        domain = address.rpartition("@")[2].lower()
        self.domains.add(domain)
        if not reason:
            return
        cause = self._cause(reason[:_LONGEST], address)
        if cause is None:
            self.more += 1
        elif cause.last != self.mails:
            cause.last = self.mails
            cause.mails += 1
            cause.same += cause.about in reason
            cause.domains.add(domain)

    def _cause(self, reason: str, address: str) -> Cause | None:
        mask = masked(reason)
        found = self._masks.get(mask)
        if found is None and len(self._masks) < self.most_masks:
            key, about = self._name(reason)
            key = key or mask
            found = self.causes.get(key)
            if found is None and len(self.causes) < self.most_causes:
                found = self.causes[key] = Cause(key, about, reason, self._id, address)
            if found is not None:
                self._masks[mask] = found
        return found


def masked(reason: str) -> str:
    """``reason`` without what differs from mail to mail: addresses, hosts, numbers; codes stay."""
    return _MASKED.sub(lambda found: found["code"] or MASK, reason)


class Table:
    """What ``qshape`` prints: ``minutes`` are the heads of its columns, ``rows`` domain → counts."""

    def __init__(self, minutes: tuple[str, ...]) -> None:
        self.minutes = minutes
        self.rows: dict[str, tuple[int, ...]] = {}


class Reader:
    """Reads listings as ``corpus/listings.toml`` describes them; ``today`` gives the year, which they lack."""

    def __init__(
        self, library: Library, today: date, name: Callable[[str], tuple[str, str]]
    ) -> None:
        table = library.table("listings")
        self._regexes = {
            name: [
                re.compile(to_regex(parse(text), library.fields), re.DOTALL) for text in patterns
            ]
            for name, patterns in table["lines"].items()
        }
        self._marks: Mapping[str, str] = table["marks"]
        self._flags: Mapping[str, str] = table["flags"]
        self._keys: Mapping[str, str] = table["keys"]
        self._unmarked: str = table["reasons"]["unmarked"]
        self._today = today
        self.tally = Tally(table["reasons"]["bounce_senders"], name)
        self.table: Table | None = None

    def read(self, lines: Iterable[str]) -> None:
        """Count what the ``lines`` list, in ``tally``, or in ``table`` for a table of ages."""
        inside = False
        reason, opened, pieces, width = "", False, 0, 0
        buffer: list[str] = []
        indent = ""
        length = 0
        for raw in lines:
            line = unquoted(raw.rstrip("\r\n"))
            text = line.strip()
            if buffer or text == "{":
                if not buffer:
                    indent, length = line[: len(line) - len(line.lstrip())], 0
                buffer.append(line)
                length += len(line)
                if (text[:1] == "}" and line.startswith(f"{indent}}}")) or length > _LONGEST_OBJECT:
                    self._object("".join(buffer))
                    buffer = []
                continue
            if text.startswith(('{"', '[{"')):
                self._object(text)
                continue
            if not text:
                inside = opened = False
                continue
            if opened and pieces < _MOST_LINES and not self._fits("mail", text):
                # a mail program breaks lines earlier, and between words
                reason += line.rstrip() if width >= _TERMINAL else f" {text}"
                pieces, width = pieces + 1, len(line)
                if text.endswith(")"):
                    reason, opened = reason.strip()[1:-1], False
                elif len(line) >= _TERMINAL:
                    reason += line[len(line.rstrip()) :]
                continue
            if inside and text[0] == "(":
                opened = not text.endswith(")")
                reason = line.lstrip() if opened else text[1:-1]
                pieces, width = 1, len(line)
                continue
            if opened:  # it never ended: what there is of it serves
                reason, opened = reason[1:], False
            found = self._fits("mail", text)
            if found:
                self._mail(found)
                inside, reason = True, ""
            elif self._other(text):
                inside = False
            elif inside and (line[:1].isspace() or "@" in text):
                self.tally.recipient(text, reason)
        if buffer:
            self.tally.broken += 1

    def _fits(self, kind: str, text: str) -> re.Match[str] | None:
        for each in self._regexes[kind]:
            found = each.match(text)
            if found:
                return found
        return None

    def _other(self, text: str) -> bool:
        """Whether a line is one that frames a listing or belongs to a table of ages."""
        tally = self.tally
        if self._fits("total", text):
            numbers = re.findall(r"\d+", text)
            tally.stated = (tally.stated or 0) + int(numbers[-1][:18])
        elif self._fits("heading", text):
            tally.heading = True
        elif self._fits("empty", text):
            tally.empty = True
        elif self._fits("unavailable", text):
            tally.unavailable = True
        elif self._fits("down", text):
            tally.down = True
        elif self._fits("ages", text):
            self.table = self.table or Table(tuple(text.split()))
        elif self.table is not None and self._fits("shape", text):
            name, *counts = text.split()
            if len(counts) == len(self.table.minutes):
                self.table.rows[name] = tuple(int(count[:18]) for count in counts)
        else:
            return False
        return True

    def _mail(self, found: re.Match[str]) -> None:
        marked, size, time, sender = found.groups()
        queue_id = marked.rstrip("".join((*self._marks, *self._flags)))
        signs = marked[len(queue_id) :]
        states = [self._marks[sign] for sign in signs if sign in self._marks] or [self._unmarked]
        states += [self._flags[sign] for sign in signs if sign in self._flags]
        self.tally.mail(queue_id, states, int(size[-18:]), self._day(time), sender.strip())

    def _day(self, time: str) -> date | None:
        """The day of ``Thu Nov 26 20:59:03``: the latest one with that name that has come already."""
        from datetime import date, timedelta

        name, month, day = time.split()[:3]
        if month not in MONTHS or name not in _DAYS:
            return None
        tomorrow = self._today + timedelta(days=1)  # the host may be in another time zone
        for year in range(tomorrow.year, tomorrow.year - 12, -1):
            try:
                found = date(year, MONTHS.index(month) + 1, int(day))
            except ValueError:
                continue
            if found <= tomorrow and _DAYS[found.weekday()] == name:
                return min(found, self._today)
        return None

    def _object(self, text: str) -> None:
        """One mail as JSON, or several of them in a list."""
        import json

        text = text.strip().rstrip(",")
        found = None
        # one object of a list has the list's bracket before or after it
        for whole in (text, text.removeprefix("["), text.removesuffix("]")):
            try:
                found = json.loads(whole)
            except (ValueError, RecursionError):
                continue
            break
        for mail in found if isinstance(found, list) else [found]:
            if isinstance(mail, dict) and self._keys["id"] in mail:
                self._from_json(mail)
            else:
                self.tally.broken += 1

    def _from_json(self, mail: Mapping[str, Any]) -> None:
        keys, tally = self._keys, self.tally
        tally.json = True
        states = [str(mail.get(keys["queue"], self._unmarked))[:40]]
        if mail.get(keys["expired"]) is True:
            states += self._flags.values()
        size = mail.get(keys["size"])
        sender = mail.get(keys["sender"])
        tally.mail(
            str(mail[keys["id"]])[:40],
            states,
            size if isinstance(size, int) else 0,
            self._day_of(mail.get(keys["time"])),
            sender if isinstance(sender, str) else "",
        )
        recipients = mail.get(keys["recipients"])
        for recipient in recipients if isinstance(recipients, list) else ():
            if isinstance(recipient, dict):
                address = recipient.get(keys["recipient"])
                reason = recipient.get(keys["reason"])
                tally.recipient(str(address or ""), reason if isinstance(reason, str) else "")

    def _day_of(self, seconds: object) -> date | None:
        from datetime import date

        if not isinstance(seconds, int) or seconds <= 0:
            return None
        try:
            return min(date.fromtimestamp(seconds), self._today)
        except (OverflowError, OSError, ValueError):
            return None
