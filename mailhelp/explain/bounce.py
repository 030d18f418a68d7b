"""A bounce, or a notice of delay or success → its answer: who refused, whose fault it likely is, whom to ask.

``dsn`` takes the mail apart; ``corpus/bounces.toml`` knows in which words mail servers tell of failures, and
``reply`` finds the log entry that explains the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailhelp import shell
from mailhelp.answer import Answer, Finding, Prose, Verdict
from mailhelp.explain import common, dsn, reply
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import Any, regex
from mailhelp.session import Session

_MOST_RECIPIENTS = 500
_MOST_SHOWN = 50
_LONGEST_ITEM = 6000
_MOST_PARAGRAPHS = 400
"""Items without a recipient that are read; the text of a notice is shorter, a pasted mail may not be."""
_ADDRESSED = regex(
    r"<([^<>\s]{1,254})>(?: \(|:|\s*$)|([^\s<>@:;,()\[\]\"]+@[^\s<>:;,()\[\]\"]+)\s*$"
)
_ALONE = regex(r"<?[^<>\s@:]+@[^<>\s:]+>?:?")
_NAMED_CODE = regex(r"\(?#([45]\.\d{1,3}\.\d{1,3})\)?")
_SUBJECT_AND_DETAIL = regex(r"[245]\.(\d{1,3}\.\d{1,3})\b")


class Recipient:
    """What the bounce tells of one recipient; what is not told is empty."""

    def __init__(self, address: str = "") -> None:
        self.address = address
        self.action = ""
        self.status = ""
        self.host = ""
        self.command = ""
        self.reply = ""
        self.reason = ""
        self.gave_up = False

    def add(self, values: Mapping[str, str]) -> None:
        """The values of an item's pattern; what is known already stays."""
        host = values.get("host", "")
        if not host and ("host_name" in values or "host_address" in values):
            address = values.get("host_address", "").rstrip(".")
            host = values.get("host_name", address).rstrip(".")
            host += f"[{address}]" if address and address != host else ""
        point = values.get("session_point", "").partition(":")[0].removesuffix(" command")
        self.reply = self.reply or values.get("reply", "")
        self.reason = self.reason or values.get("bounce_reason", "")
        self.command = self.command or values.get("smtp_command", "") or point
        self.gave_up = self.gave_up or "given_up" in values
        if host and ("[" in host or not self.host):
            self.host = host


class _Bounce:
    """What has been read so far."""

    def __init__(self, library: Library) -> None:
        table = library.table("bounces")
        kinds = (
            "systems",
            "recipients",
            "addressed",
            "bare",
            "replies",
            "servers",
            "delays",
            "failures",
            "ends",
            "places",
            "attempted",
        )
        self._shapes = {kind: reply.Shapes(library, table[kind]["patterns"]) for kind in kinds}
        self.recipients: dict[str, Recipient] = {}
        self.message: dict[str, str] = {}
        self.returned: dict[str, str] = {}
        self.reporter = ""
        self.delayed = self.failed = False
        self.left_out = 0
        self._last: Recipient | None = None
        self._waiting: dict[str, str] = {}
        self._item: list[str] = []
        self._group: list[str] = []
        self._returned: list[str] = []
        self._over = False
        self._paragraphs = 0

    # --- lines ---

    def words(self, line: str) -> None:
        if self._over:
            self._head_of_returned(line)
            return
        if self._group:
            if line.strip() and not _ADDRESSED.match(line.strip()):
                self._group.append(line)
                return
            self.end_group()
        elif dsn.status_field(line):
            self.end_item()
            self._group.append(line)
            return
        if self._shapes["ends"].read(line.strip()) is not None:
            self.end_item()
            self._over = True
            return
        if not line.strip():
            self.end_item()
            return
        begun = _ADDRESSED.match(line.strip())
        if begun and self._item and not self._goes_on(line, begun[1] or begun[2]):
            self.end_item()
        if sum(map(len, self._item)) < _LONGEST_ITEM:
            self._item.append(line)

    def _goes_on(self, line: str, address: str) -> bool:
        """Whether a line with an address belongs to the item, as a reply that repeats the address does."""
        first = self._item[0]
        deeper = len(line) - len(line.lstrip()) > len(first) - len(first.lstrip())
        return deeper or (
            address.lower() in first.lower() and _ADDRESSED.match(first.strip()) is not None
        )

    def status(self, line: str) -> None:
        if line.strip():
            if len(self._group) < _MOST_PARAGRAPHS:
                self._group.append(line)
        else:
            self.end_group()

    def head(self, line: str) -> None:
        if line.lower().startswith("x-failed-recipients:"):
            for address in line.partition(":")[2].split(","):
                self._recipient(address.strip())

    def _head_of_returned(self, line: str) -> None:
        if len(self._returned) < _MOST_PARAGRAPHS:
            self._returned.append(line)

    def returned_line(self, line: str) -> None:
        self._head_of_returned(line)

    # --- what lines make ---

    def end_group(self) -> None:
        fields = dsn.unfolded(self._group)
        self._group = []
        address = fields.get("original-recipient") or fields.get("final-recipient")
        if not address:
            for name, value in fields.items():
                self.message.setdefault(name, value)
            if "reporting-mta" in fields:
                self.reporter = dsn.typed(fields["reporting-mta"])
            if not fields.keys() & {"action", "status", "diagnostic-code", "remote-mta"}:
                return
        final = dsn.typed(fields.get("final-recipient") or address or "")
        one = self._recipient(final, dsn.typed(address or ""))
        if one is None:
            return
        one.action = fields.get("action", "").split(" ")[0].lower() or one.action
        one.status = fields.get("status", "").split(" ")[0] or one.status
        one.host = one.host or dsn.typed(fields.get("remote-mta", ""))
        kind, sign, diagnostic = fields.get("diagnostic-code", "").partition(";")
        diagnostic = diagnostic.strip() if sign else kind.strip()
        if diagnostic and not (one.reply or one.reason):
            if reply.of(diagnostic) is not None:
                one.reply = diagnostic
            else:
                one.reason = diagnostic

    def end_item(self) -> None:
        if not self._item:
            return
        text = " ".join(" ".join(self._item).split())
        alone = len(self._item) > 1 and _ALONE.fullmatch(self._item[0].strip()) is not None
        self._item = []
        if self._paragraphs >= _MOST_PARAGRAPHS and not _ADDRESSED.search(text[:300]):
            return
        self._paragraphs += 1
        self.delayed = self.delayed or self._shapes["delays"].read(text) is not None
        self.failed = self.failed or self._shapes["failures"].read(text) is not None
        system = self._shapes["systems"].read(text)
        if system is not None:
            self.reporter = self.reporter or system["reporting_server"].rstrip(".")
            return
        values = self._shapes["recipients"].read(text)
        if values is None and alone:
            values = self._shapes["addressed"].read(text)
        if values is not None:
            one = self._recipient(values.get("recipient") or values.get("bare_address", ""))
            self._tell(one, values)
            return
        values = self._shapes["replies"].read(text)
        if values is not None:
            self._tell(self._last, values)
            return
        values = self._shapes["servers"].read(text)
        if values is not None:
            self._waiting = values
            return
        values = self._shapes["bare"].read(text)
        if values is not None:
            self._last = self._recipient(values.get("bare_address") or values.get("recipient", ""))

    def _tell(self, one: Recipient | None, values: Mapping[str, str]) -> None:
        one = one or self._recipient("")
        if one is not None:
            one.add({**self._waiting, **values})
            self._waiting = {}
            self._last = one

    def _recipient(self, address: str, other: str = "") -> Recipient | None:
        """The recipient ``address``, which the words of the bounce may call ``other``."""
        for key in (address.lower(), other.lower()):
            if key and key in self.recipients:
                return self.recipients[key]
        nameless = self.recipients.pop("", None) if address else self.recipients.get("")
        if nameless is None:
            if len(self.recipients) >= _MOST_RECIPIENTS:
                self.left_out += 1
                return None
            nameless = Recipient()
        nameless.address = address
        self.recipients[address.lower()] = nameless
        return nameless

    def end(self) -> None:
        self.end_item()
        if self._group:
            self.end_group()
        self.returned = dsn.unfolded(self._returned)
        for one in self.recipients.values():
            found = self._shapes["attempted"].read(one.reply)
            if found is not None:
                one.reply = one.host = ""
                one.add(found)

    def is_own(self, host: str) -> bool:
        """Whether ``host`` is the reporting machine itself: a filter or a mail store."""
        return self._shapes["places"].read(host) is not None


def explain(session: Session, lines: Iterable[str]) -> tuple[Answer, ...]:
    """The answer for the ``lines`` of a bounce, in constant memory."""
    library = session.library
    bounce = _Bounce(library)
    for piece in dsn.pieces(dsn.unquoted(_covered(session, lines))):
        if piece.kind == dsn.WORDS:
            bounce.words(piece.line)
        elif piece.kind == dsn.STATUS:
            bounce.status(piece.line)
        elif piece.kind == dsn.RETURNED:
            bounce.returned_line(piece.line)
        else:
            bounce.head(piece.line)
    bounce.end()
    return (_answer(library, bounce),)


def _covered(session: Session, lines: Iterable[str]) -> Iterable[str]:
    return (line or "" for line in session.redactor.cover_lines(lines))


class _Told:
    """One recipient, explained."""

    def __init__(self, library: Library, bounce: _Bounce, one: Recipient) -> None:
        table = library.table("bounces")
        self.one = one
        self.said = reply.of(one.reply, one.host, one.command, one.address) if one.reply else None
        named = _NAMED_CODE.search(one.reason)
        self.code = one.status or (named[1] if named else "")
        if self.said is not None:
            self.code = self.said.enhanced or self.code or self.said.code
        explained = None
        if self.said is not None:
            host = one.host or table["unnamed"]["host"]
            explained = reply.find(library, self.said._replace(host=host))
        elif one.reason:
            explained = reply.find_reason(library, one.reason, self.code, one.address)
        is_over = one.gave_up or (bounce.failed and not bounce.delayed)
        waits = (bounce.delayed or self.code.startswith("4")) and not is_over
        action = one.action or ("delayed" if waits else "failed")
        if action not in table["actions"]:  # RFC 3464 knows no other
            action = "failed"
        self.expired = action == "failed" and self.code.startswith("4")
        self.action: Mapping[str, Any] = table["actions"][action]
        self.failed = action in ("failed", "delayed")
        self.document: Document | None = explained.document if explained and self.failed else None
        self.by_code = False
        if self.document is None and self.failed and self.code:
            asked = self.said or reply.Reply(self.code, "", self.code)
            codes = reply.status_of(
                library, asked._replace(enhanced=self.code if "." in self.code else "")
            )
            self.document = codes[0] if codes else None
            self.by_code = bool(codes)
        # without words it is not told who decided
        who = "remote-server" if self.said else ""
        if explained is not None or not self.failed or (one.reason and not self.by_code):
            who = who or "this-server"
        self.verdict = Verdict(who, self.action["permanence"])
        if explained is not None and self.failed:
            decided = reply.verdict(library, explained, self.code).who
            if decided == "remote-server" and self.said is None:
                decided = who = ""  # no server has answered
            self.verdict = self.verdict._replace(who=decided or who)
        self.own_filter = bool(one.host) and bounce.is_own(one.host)
        if self.own_filter:
            self.verdict = self.verdict._replace(who="this-server")

    @property
    def reason(self) -> str:
        """What the answer that is known says; else what became of the mail."""
        if self.failed and self.document is not None:
            return self.document.title
        return str(self.action["title"])

    @property
    def title(self) -> str:
        title = str(self.action["expired"]) if self.expired else self.reason
        return f"{title}: {self.one.address}" if self.one.address else title

    @property
    def codes(self) -> str:
        if self.said is None:
            return self.code
        return f"{self.said.code} {self.said.enhanced}".strip()

    @property
    def entry(self) -> str | None:
        return self.document.id if self.document is not None else None

    @property
    def words(self) -> str:
        return self.said.text if self.said is not None else self.one.reason


def _answer(library: Library, bounce: _Bounce) -> Answer:
    table = library.table("bounces")
    told = [_Told(library, bounce, one) for one in bounce.recipients.values()]
    told.sort(key=lambda each: _URGENCY.index(each.verdict.permanence))
    if not told:
        return Answer(kind="bounce", recognised="no", title=table["words"]["nothing"])
    first = told[0]
    document = first.document
    values = _values(table, bounce, first)
    parts: dict[str, Any] = (
        common.parts(library, document, values, said=first.words) if document else {}
    )
    advice = _advice(table, first) if first.failed else {}
    texts = [shell.say(text, values) for text in _sentences(table, first, advice, bounce.reporter)]
    notes = [
        shell.say(
            table["words"]["more"], {"count": f"{bounce.left_out + len(told) - _MOST_SHOWN:,}"}
        )
    ]
    shown = told[:_MOST_SHOWN]
    parts |= {
        "title": _title(table, told, len(told) + bounce.left_out),
        "severity": first.action["severity"],
        "verdict": first.verdict,
        "brief": common.plain(" ".join(texts)),
        "explanation": _joined(texts, parts.get("explanation", Prose())),
        "actions": _actions(advice, first, values, parts.get("actions", ())),
        "commands": (
            *common.filled(library, table["commands"], values),
            *parts.get("commands", ()),
        ),
        "notes": tuple(notes if bounce.left_out + len(told) > _MOST_SHOWN else ()),
    }
    return Answer(
        kind="bounce",
        query=first.words,
        text=first.words,
        recognised="entry" if document is not None or not first.failed else "generic",
        entry=(first.entry or "").removeprefix("log/") or None,
        gist=_gist(bounce, first),
        event="rejected" if first.said is not None and first.failed else None,
        findings=tuple(_finding(each) for each in shown),
        **parts,
    )


_URGENCY = ("permanent", "temporary", "none")


def _title(table: Mapping[str, Any], told: list[_Told], count: int) -> str:
    if len(told) == 1:
        return told[0].title
    reasons = {(each.entry or each.action["title"], each.expired) for each in told}
    if len(reasons) == 1:
        return f"{told[0].title}, {told[1].one.address}" + (", …" if told[2:] else "")
    values = {"count": f"{count:,}", "reasons": str(len(reasons))}
    return shell.say(table["words"]["several"], values)


def _sentences(
    table: Mapping[str, Any], told: _Told, advice: Mapping[str, Any], reporter: str
) -> list[str]:
    """The sentences before the entry's own: who refused, whose fault it likely is."""
    words = table["words"]
    if not told.failed:
        return [told.action["meaning"]]
    if "told" in advice:
        texts = [advice["told"]]
    elif told.said is None:
        texts = [words["not_delivered"]]
    elif told.expired:
        texts = [words["last"]]
    elif told.one.host:
        texts = [words["refused"], *([words["reported"]] if reporter else ())]
    else:
        texts = [words["refused_somewhere"], *([words["told_by"]] if reporter else ())]
    if told.own_filter:
        texts.append(words["own_filter"])
    elif advice:
        texts.append(advice["fault"])
    if not told.words and told.by_code is False:
        texts.append(words["no_reason"])
    if "note" in told.action:
        texts.insert(0, told.action["note"])
    return texts


def _actions(
    advice: Mapping[str, Any],
    told: _Told,
    values: Mapping[str, str],
    own: tuple[Prose, ...],
) -> tuple[Prose, ...]:
    """What to do: the advice for sender and postmaster, and the entry's ``own``, which is for the sending side."""
    if told.expired:  # what the entry says is for a mail that still waits
        own = ()
    texts = list(advice.get("actions", ()))
    if texts and "sender" in told.action:
        texts[0] = told.action["sender"]
    advised = tuple(common.plain(shell.say(text, values)) for text in texts)
    return (*own, *advised) if advice.get("entry_first") else (*advised, *own)


def _advice(table: Mapping[str, Any], told: _Told) -> Mapping[str, Any]:
    """The row of the advice for mail given up, the entry, else for the code, else for the one who decided."""
    rows: list[Mapping[str, Any]] = list(table["advice"].values())
    if told.expired and not told.own_filter and told.said is not None:
        return table["advice"]["expired"]  # type: ignore[no-any-return]
    entry = (told.entry or "").partition("/")[2]
    found = _SUBJECT_AND_DETAIL.match(told.code)
    for row in rows:
        if entry in row.get("entries", ()):
            return row
    if not told.own_filter and (told.by_code or not told.entry):
        for row in rows:
            if found and found[1] in row.get("codes", ()):
                return row
    return next((row for row in rows if row.get("who") == told.verdict.who), {})


def _values(table: Mapping[str, Any], bounce: _Bounce, told: _Told) -> dict[str, str]:
    one = told.one
    sender = dsn.typed(bounce.message.get("x-postfix-sender", ""))
    values = {
        "server": one.host,
        "host_name": one.host.partition("[")[0],
        "recipient": one.address,
        "recipient_domain": one.address.rpartition("@")[2],
        "sender": sender,
        "reporter": bounce.reporter,
        "codes": told.codes,
        "reason": told.reason,
        "queue_id": bounce.message.get("x-postfix-queue-id", ""),
        "message_id": bounce.returned.get("message-id", "").strip("<>"),
    }
    values = {name: value for name, value in values.items() if value}
    return {**table["unnamed"], **values}


def _gist(bounce: _Bounce, told: _Told) -> str:
    """``reporter → server: codes at COMMAND``, as far as it is known."""
    way = " → ".join(filter(None, (bounce.reporter, told.one.host)))
    when = f"at {told.one.command}" if told.one.command else ""
    words = "" if told.said or not told.by_code else told.words
    what = " ".join(filter(None, (told.codes, when, words)))
    return ": ".join(filter(None, (way, what)))


def _finding(told: _Told) -> Finding:
    one = told.one
    text = "  ".join(filter(None, (one.address, told.codes)))
    meaning = told.words or str(told.action.get("meaning", ""))
    title = told.document.title if told.failed and told.document else str(told.action["title"])
    return Finding(title, told.action["severity"], text, meaning, entry=told.entry)


def _joined(texts: list[str], explanation: Prose) -> Prose:
    """A paragraph of plain ``texts``, then the ``explanation``."""
    own = common.plain(" ".join(texts))
    markdown = f"{own.markdown}\n\n{explanation.markdown}".strip()
    return Prose(markdown, (*own.blocks, *explanation.blocks))
