"""The parts of a bounce, read line by line: its words, its delivery status, the head of what it returns.

A bounce is a ``multipart/report`` (RFC 3464, RFC 6522), one of its parts by itself, or plain text. It is
read in constant memory: of the returned message only the head is kept, of every other part a bounded piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from mailhelp import regexes as re
from mailhelp.light import NamedTuple, regex

HEAD, WORDS, STATUS, RETURNED = "head", "words", "status", "returned"

_FIELD = regex(r"([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*(.*)")
_QUOTE = regex(r"(?:[ \t]*>)+ ?")
_PART_FIELD = regex(r"content-[a-z-]+:", re.IGNORECASE)
_BOUNDARY = regex(r"boundary=(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_LOOKED_AT = 200
_MOST_LINES = 4000
"""Lines of one encoded part that are kept."""
_MOST_HEADER = 400
_LONGEST = 4000
_MOST_BOUNDARIES = 16
# RFC 3464 and what Postfix and Exchange add: what begins a line of a delivery status and no mail header
STATUS_FIELDS = frozenset(
    (
        *("final-recipient", "original-recipient", "action", "status", "remote-mta"),
        *("diagnostic-code", "last-attempt-date", "final-log-id", "will-retry-until"),
        *("reporting-mta", "dsn-gateway", "received-from-mta", "arrival-date"),
        *("original-envelope-id", "x-postfix-queue-id", "x-postfix-sender"),
        *("x-display-name", "x-supplementary-info", "x-actual-recipient"),
    )
)


class Piece(NamedTuple):
    """A line of a bounce: of its own ``head``, of its ``words``, its delivery ``status``, the head of what is ``returned``."""

    kind: str
    line: str


def unquoted(lines: Iterable[str]) -> Iterator[str]:
    """``lines`` without the quotes and the indent that all of the first ones have."""
    stream = iter(lines)
    head = [line.rstrip("\r\n").expandtabs() for line in islice(stream, _LOOKED_AT)]
    shown = [line for line in head if line.strip()]
    quoted = bool(shown) and sum(bool(_QUOTE.match(line)) for line in shown) * 10 >= len(shown) * 9
    if quoted:
        shown = [_QUOTE.sub("", line, count=1) for line in shown]
    indent = min((len(line) - len(line.lstrip()) for line in shown), default=0)
    for line in _chained(head, stream):
        if quoted:
            line = _QUOTE.sub("", line, count=1)
        yield line[:indent].lstrip() + line[indent:]


def pieces(lines: Iterable[str]) -> Iterator[Piece]:
    """The lines of a bounce that matter, decoded, each with the part that it belongs to."""
    reader = _Reader()
    stream = iter(lines)
    line = next(stream, None)
    while line is not None:
        following = next(stream, None)
        yield from reader.feed(line[:_LONGEST], following or "")
        line = following
    yield from reader.end()


class _Reader:
    """The state: which part a line belongs to, and how its text is encoded."""

    def __init__(self) -> None:
        self._boundaries: list[str] = []
        self._place = "start"
        self._header: list[str] = []
        self._encoded: list[str] = []
        self._part_header: list[str] = []

    def feed(self, line: str, following: str) -> Iterator[Piece]:
        if self._place == "start":
            if not line.strip():
                return
            found = _FIELD.match(line)
            whole = found is not None and found[1].lower() not in STATUS_FIELDS
            mbox = line.startswith("From ") and bool(_FIELD.match(following))
            self._place = "header" if whole or mbox else WORDS
        if self._is_boundary(line, following):
            yield from self.end()
            self._place, self._header = "header", []
            return
        if self._place == "header":
            if line.strip():
                if len(self._header) < _MOST_HEADER:
                    self._header.append(line)
                return
            if not self._part_header:
                for shown in self._header:
                    yield Piece(HEAD, shown)
            self._open()
            return
        if self._place == "encoded":
            if len(self._encoded) < _MOST_LINES:
                self._encoded.append(line)
        elif self._place in (WORDS, STATUS, RETURNED):
            if self._place == RETURNED and not line.strip():
                self._place = "nothing"  # the head is over: the mail itself is not read
                return
            yield Piece(self._place, line)

    def end(self) -> Iterator[Piece]:
        """What an encoded part held, when it is over."""
        if self._place == "encoded":
            for line in _decoded(self._part_header, self._encoded).splitlines():
                yield Piece(WORDS, line[:_LONGEST])
        self._encoded = []

    def _open(self) -> None:
        """The header of a part is over: what will its body be?"""
        fields = unfolded(self._header)
        kind = fields.get("content-type", "text/plain").partition(";")[0].strip().lower()
        # the boundaries of a mail that is returned are its own business
        boundary = _BOUNDARY.search(fields.get("content-type", ""))
        if boundary and len(self._boundaries) < _MOST_BOUNDARIES:
            self._boundaries.append(boundary[1] or boundary[2])
        self._part_header = self._header
        encoding = fields.get("content-transfer-encoding", "").strip().lower()
        if kind.startswith("multipart/"):
            self._place = "nothing"
        elif kind in ("message/delivery-status", "message/global-delivery-status"):
            self._place = STATUS
        elif kind.startswith(("message/", "text/rfc822-headers")):
            self._place = RETURNED
        elif kind == "text/plain" or not kind.startswith(("text/", "image/", "application/")):
            self._place = "encoded" if encoding in ("base64", "quoted-printable") else WORDS
        else:
            self._place = "nothing"

    def _is_boundary(self, line: str, following: str) -> bool:
        if not line.startswith("--"):
            return False
        token = line.rstrip()[2:]
        if token in self._boundaries or token.removesuffix("--") in self._boundaries:
            return True
        if self._place in (RETURNED, "nothing") and self._boundaries:
            return False
        # a bounce pasted without its own header: its parts tell their boundary
        if token and _PART_FIELD.match(following) and len(self._boundaries) < _MOST_BOUNDARIES:
            self._boundaries.append(token)
            return True
        return False


def _chained(head: list[str], stream: Iterator[str]) -> Iterator[str]:
    yield from head
    for line in stream:
        yield line.rstrip("\r\n").expandtabs()


def _decoded(header: list[str], body: list[str]) -> str:
    from email import message_from_string  # takes long to import, seldom needed

    part = message_from_string("\n".join((*header, "", *body)))
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return "\n".join(body)
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a character set that nobody knows
        return payload.decode("utf-8", "replace")


def unfolded(lines: Iterable[str]) -> dict[str, str]:
    """Header fields by their names in lower case; a line that begins none goes on with the one before."""
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        found = _FIELD.match(line)
        if found and not line[:1].isspace():
            name = found[1].lower()
            fields.setdefault(name, "")
            fields[name] = f"{fields[name]} {found[2]}".strip()[:_LONGEST]
        elif name:
            fields[name] = f"{fields[name]} {line.strip()}".strip()[:_LONGEST]
    return fields


def status_field(line: str) -> str | None:
    """The name, in lower case, of the delivery-status field that ``line`` begins."""
    found = _FIELD.match(line)
    name = found[1].lower() if found else ""
    return name if name in STATUS_FIELDS else None


def typed(value: str) -> str:
    """``rfc822; bob@example.net`` without the type in front of it."""
    kind, sign, rest = value.partition(";")
    plain = rest.strip() if sign and re.fullmatch(r"[\w.-]{1,40}", kind.strip()) else value.strip()
    return plain.strip("<>") if plain.startswith("<") and plain.endswith(">") else plain
