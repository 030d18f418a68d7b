"""An SMTP reply outside a log → the document that explains it.

``corpus/replies.toml`` says how replies are quoted, and what a log would hold of them: a reply is looked
up by the log line that it would have made, so that each message is explained in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from mailhelp import regexes as re
from mailhelp import shell
from mailhelp.answer import Answer, Section, Span, Verdict
from mailhelp.explain import common
from mailhelp.explain.common import BY_CODE
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import Any, NamedTuple, regex
from mailhelp.names import wider_codes, words
from mailhelp.patterns.pattern import Shape, parse
from mailhelp.patterns.quoted import holds
from mailhelp.patterns.values import EMPTY

_CODE = regex(r"([2-5]\d\d)(?:[ -]\(?#?([245]\.\d{1,3}\.\d{1,3})\b\)?:?)?")
_REFUSAL = regex(r"[45]\d\d[ -]\S")
_AGAIN = regex(r"\s+([2-5]\d\d)[ -](?:#?[245]\.\d{1,3}\.\d{1,3}\b)?\s*")
_MOST_PROSE = 20
"""Words that somebody may add to a reply that he quotes."""
_LONGEST = 4000
"""Characters of a reply that are looked at; a server may send lines without end."""
_INSIDE = regex(r"(?<![\w.:/#-])(?:([45]\d\d)[ -]+)?\(?#?([45]\.\d{1,3}\.\d{1,3})\)?[:,]?\s+(?=\w)")
"""The codes of a reply inside a sentence, with words after them."""
_LAST_OF_REPLY = " \t,;:.!?-()\"'"
_FEWEST_WORDS, _LONGEST_PROSE, _MANY_WORDS = 3, 12, 5
"""Words of a reply without codes: fewer are a question's; those that somebody adds to a reply, at most; and those that no other message shares."""
_WRITTEN = regex(r"[A-Z:;,<>()\[\]]")
"""What a server's words have, and those of who remembers them have not."""
_COMMAS = 3
_MOSTLY, _MANY_LETTERS = 0.55, 20
"""The share of what is typed that a message has at least, so that no shorter one is taken for it; letters that are enough of
another server's, which may go on in any way."""


class Reply(NamedTuple):
    """What a server said. ``text`` begins with the code and is one line; ``enhanced`` is empty if it
    has no enhanced status code. ``host``, ``command`` and ``recipient`` are empty where they are not told.
    ``lasts`` is how final it is, where the quotation says more of that than the code.
    """

    text: str
    code: str
    enhanced: str = ""
    host: str = ""
    command: str = ""
    recipient: str = ""
    lasts: str = ""


class Explained(NamedTuple):
    """The document that explains a reply or a reason; ``values`` are those that its pattern found.

    ``by_code``: its words are not known, only the code.
    """

    document: Document
    values: Mapping[str, str]
    by_code: bool = False


class Shapes:
    """Patterns of the corpus outside the catalogue: text → the values of the first one that fits."""

    def __init__(self, library: Library, patterns: Iterable[str]) -> None:
        self._shapes = [Shape(pattern, library.fields) for pattern in patterns]

    def read(self, text: str) -> dict[str, str] | None:
        """The values of the first pattern that fits ``text``; ``None`` if none does."""
        for shape in self._shapes:
            found = shape.match(text)
            if found:
                values: dict[str, str] = {}
                for name, value in zip(shape.names, found.groups(), strict=True):
                    values.setdefault(name, value)
                return values
        return None


def of(text: str, host: str = "", command: str = "", recipient: str = "") -> Reply | None:
    """``text``, which begins with a reply code, as a reply; the codes of later lines are left out."""
    text = " ".join(text[:_LONGEST].split())
    found = _CODE.match(text)
    if found is None:
        return None
    head, rest = text[: found.end()], text[found.end() :]

    def joint(again: re.Match[str]) -> str:
        return " " if again[1] == found[1] else again[0]

    # 550-5.7.26 … 550 5.7.26 …: the lines of one reply, joined
    rest = rest.removeprefix("-") if len(head) == 3 else rest
    text = f"{head.replace('-', ' ', 1)} {_AGAIN.sub(joint, rest).strip()}"
    return Reply(text.strip(), found[1], found[2] or "", host, command, recipient)


def quoted(library: Library, text: str) -> Reply | None:
    """The reply that ``text`` quotes, with or without the server that gave it; ``None`` if it is none."""
    if not _REFUSAL.search(text):
        return None
    lines = [line.strip() for line in text.strip().split("\n")]
    values = Shapes(library, library.table("replies")["quoted"]["patterns"]).read(
        " ".join(line for line in lines if line)[:_LONGEST]
    )
    if values is None:
        return None
    said = of(
        values["reply"],
        values.get("host", ""),
        values.get("smtp_command", ""),
        values.get("recipient", ""),
    )
    readings = ((library.fields[name].permanence or {}, values[name]) for name in values)
    lasts = next((reading.get(value[:1], "") for reading, value in readings if reading), "")
    return said._replace(lasts=lasts) if said is not None else None


def inside(library: Library, text: str) -> Reply | None:
    """The reply that a sentence quotes: codes, and as many of the words after them as an entry knows; ``None`` if none does."""
    for codes in islice(_INSIDE.finditer(text[:_LONGEST]), 3):
        code = codes[1] or f"{codes[2][0]}50"
        words = text[codes.end() : _LONGEST].split()
        whole = of(" ".join((*filter(None, (code, codes[2])), *words)))
        if (
            whole is not None
            and not _WRITTEN.search(whole.text)
            and _remembered(library, whole, text[: codes.start()])
        ):
            return whole
        fewest = 2 if codes[1] else _FEWEST_WORDS
        for count in range(len(words), max(len(words) - _MOST_PROSE, fewest - 1), -1):
            ended = words[count - 1][-1] in _LAST_OF_REPLY
            if not ended and 2 * count < len(words):
                continue  # what is left out would be most of it
            said = " ".join(words[:count]).rstrip(_LAST_OF_REPLY)
            for each in dict.fromkeys((said[:1].upper() + said[1:], said)):
                reply = of(" ".join(filter(None, (code, codes[2], each))))
                known = find(library, reply) if reply is not None else None
                if known is not None and not known.by_code:
                    return reply
    return None


def find_typed(library: Library, reply: Reply) -> Explained | None:
    """The log entry that explains a ``reply`` that may be typed from memory: of the one that fits by a pattern and the one that fits by
    its words alone the one with more of them.
    """
    by_words = _remembered(library, reply)
    if by_words is not None and not _WRITTEN.search(reply.text):
        return by_words
    found = find(library, reply)
    if by_words is None or found is None or found.by_code:
        return by_words or found
    text = " ".join(words(reply.text))
    return max(found, by_words, key=lambda each: _most_letters(library, each.document.id, text))


def _most_letters(library: Library, id: str, text: str) -> int:
    """Letters of the longest message of the entry ``id`` that stands in ``text``, both without case and signs."""
    messages = library.table("remembered").get(id, {}).get("messages", ())
    return max((_letters(each) for each in messages if holds(text, each.split("\n"))), default=0)


def _letters(message: str) -> int:
    return sum(map(len, message.split()))


def find(library: Library, reply: Reply) -> Explained | None:
    """The log entry that explains ``reply``: our own server's words first, if nobody else said them."""
    table = library.table("replies")
    if not reply.host:
        coded = _with_its_code(library, reply)
        if coded is not None:
            return coded
        # typed without the address that stands before the words
        found = _CODE.match(reply.text)
        words = reply.text[found.end() :].strip() if found else ""
        coded = table["own"]["coded"]
        said = reply.text
        if not reply.command:
            starts = (words, *_without_prose(words))
            own_words = next((start for start in starts if _own(library, start, coded)), words)
            said = said.removesuffix(words.removeprefix(own_words)).strip()
            words = own_words
        own = _look_up(library, table["own"], {"reply": said})
        own = own or _own(library, words, coded)
        if own is None and len(words.split()) >= _MANY_WORDS:
            own = _own(library, words, table["own"]["begun"])
        if own is not None:
            return own
    return _look_up(library, table["logged"], _values(reply))


def _with_its_code(library: Library, reply: Reply) -> Explained | None:
    """The entry of another server's reply whose message has the enhanced status code in its fixed text: with another code the
    same words may be ours.
    """
    if not reply.enhanced:
        return None
    row = library.table("replies")["logged"]
    return _look_up(library, row, _values(reply), needed=re.escape(reply.enhanced))


def _values(reply: Reply) -> dict[str, str]:
    return {
        "reply": reply.text,
        "host": reply.host,
        "smtp_command": reply.command,
        "recipient": reply.recipient,
        "enhanced_status_code": reply.enhanced,
    }


def _remembered(library: Library, reply: Reply, around: str = "") -> Explained | None:
    """The entry of a reply that somebody types as he remembers it, in small letters and without its signs: the one
    whose message has most of its words (and of those ``around`` it), each piece of fixed text in a row. Our own server's goes first.
    """
    if reply.host:
        return None
    typed = words(reply.text)
    text = " ".join(typed)
    said = sum(len(word) for word in (*typed, *words(around)) if not word[0].isdigit())
    best, most = None, (0, False)
    for id, row in library.table("remembered").items():
        least = said * _MOSTLY if row["own"] else min(said * _MOSTLY, _MANY_LETTERS)
        for message in row["messages"]:
            letters = _letters(message)
            if letters < least or (letters, row["own"]) <= most:
                continue
            if holds(text, message.split("\n")):
                document = library.document(id)
                if document is not None and not _contradicts(document, reply.text):
                    best, most = document, (letters, row["own"])
    return Explained(best, {}) if best is not None else None


def find_reason(library: Library, reason: str, enhanced: str, recipient: str) -> Explained | None:
    """The log entry that explains the ``reason`` that a delivery agent gives, which is no reply."""
    table = library.table("replies")
    values = {"reason": reason, "enhanced_status_code": enhanced, "recipient": recipient}
    told = _look_up(library, table["told"], values)
    if told is not None:
        return told
    # a mail program's own reason in the words that it also answers with
    named = _look_up(
        library, table["logged"], {"reply": shell.say(table["named"]["reply"], values)}
    )
    return named if named is not None and not named.by_code else None


def find_words(library: Library, words: str) -> Explained | None:
    """The entry of our own server's reply that is typed without its codes, all of it fixed text."""
    row = library.table("replies")["own"]
    # few words, of a longer text: who knows which
    few = len(words.split()) <= _FEWEST_WORDS
    return _own(library, words, row["coded" if few else "codeless"])


def _without_prose(words: str) -> Iterator[str]:
    """``words`` without the last ones, where these may be what somebody says about the reply: ``when I send by phone``."""
    yield from before_commas(words)
    said = words.split()
    for count in range(len(said) - 1, max(len(said) - _LONGEST_PROSE, _FEWEST_WORDS) - 1, -1):
        if said[count].isalpha() and said[count].islower():
            yield " ".join(said[:count])


def before_commas(text: str) -> Iterator[str]:
    """``text`` up to each of its last few commas, the longest first: what follows one may be somebody's own words."""
    at = len(text)
    for _ in range(_COMMAS):
        at = text.rfind(", ", 0, at)
        if at < 0:
            return
        yield text[:at]


def _own(library: Library, words: str, forms: Iterable[str]) -> Explained | None:
    """The entry of our own server's reply that ``words`` make in one of ``forms``, nearly all of it fixed text."""
    if len(words.split()) < _FEWEST_WORDS:
        return None
    row = library.table("replies")["own"]
    for form in forms:
        line = form.replace("{words}", words[:1].upper() + words[1:])
        start = form.index("{words}")
        for match in library.catalogue.matches(tuple(row["program"]), line):
            document = library.document(match.id)
            if match.generic or document is None:
                continue
            spans = [match.found.span(group + 1) for group in range(len(match.holes))]
            free = sum(
                min(end, start + len(words)) - max(begin, start)
                for begin, end in spans
                if begin < start + len(words) and end > start
            )
            if free * 3 <= len(words):
                return Explained(document, {})
    return None


def status_of(library: Library, reply: Reply) -> list[Document]:
    """The status documents of a reply's codes, the one that says more first."""
    found: dict[str, Document] = {}
    for code in filter(None, (reply.enhanced, reply.code)):
        for name in (code, *wider_codes(code)):
            documents = [library.document(hit.id) for hit in library.named(name, "status")]
            for document in documents:
                if document is not None:
                    found[document.id] = document
            if documents:
                break
    return list(found.values())


def permanence(code: str) -> str:
    """How final a reply code or enhanced status code is, by its first digit (RFC 5321, RFC 3463)."""
    return {"4": "temporary", "5": "permanent"}.get(code[:1], "none")


def verdict(library: Library, explained: Explained, code: str) -> Verdict:
    """The verdict of the entry, where it goes by the code with that of ``code``."""
    stored: Mapping[str, Any] = explained.document.data.get("verdict") or {}
    final = str(stored.get("permanence", BY_CODE))
    return Verdict(
        str(stored.get("who", "remote-server")),
        permanence(code) if final == BY_CODE else final,
        bool(stored.get("harmless", False)),
    )


def explain(library: Library, text: str, reply: Reply) -> Answer | None:
    """The answer for a pasted or typed reply; ``None`` if no entry knows its words."""
    explained = find_typed(library, reply)
    return _answer(library, text, reply, explained) if explained is not None else None


def explain_words(library: Library, text: str) -> Answer | None:
    """The answer for the words of our own server's reply, typed without codes."""
    explained = find_words(library, text.strip())
    return _answer(library, text, None, explained) if explained is not None else None


def _answer(library: Library, text: str, reply: Reply | None, explained: Explained) -> Answer:
    document = explained.document
    values = dict(explained.values)
    parts = common.parts(library, document, values, said=text)
    codes = status_of(library, reply) if reply is not None else []
    sections = [
        Section(_heading(code, reply), common.prose(code.data["explanation"]))
        for code in codes
        if code.data.get("explanation", {}).get("markdown")
    ]
    parts["sections"] = (*parts["sections"], *sections)
    parts["related"] = tuple(dict.fromkeys((*parts["related"], *(code.id for code in codes))))
    if reply is not None:
        told = verdict(library, explained, reply.enhanced or reply.code)
        parts["verdict"] = told._replace(permanence=reply.lasts or told.permanence)
    elif parts["verdict"] and parts["verdict"].permanence == BY_CODE:
        parts["verdict"] = parts["verdict"]._replace(permanence="none")
    return Answer(
        kind="log",
        query=text,
        text=text,
        recognised="entry",
        entry=document.id.partition("/")[2],
        event="rejected",
        gist=gist(reply) if reply is not None else "",
        spans=_spans(library, text, reply, values),
        **parts,
    )


def gist(reply: Reply) -> str:
    """One line: who said which code, about whom, when."""
    codes = f"{reply.code} {reply.enhanced}".strip()
    who = f"{reply.host}: " if reply.host else ""
    when = f" to {reply.command}" if reply.command else ""
    whom = f", about {reply.recipient}" if reply.recipient else ""
    return f"{who}{codes}{when}{whom}"


def _heading(document: Document, reply: Reply | None) -> str:
    codes = document.data.get("codes", ())
    shown = next((c for c in codes if reply and c in (reply.enhanced, reply.code)), None)
    return f"{shown or ', '.join(codes)}: {document.title}"


def _spans(
    library: Library, text: str, reply: Reply | None, values: Mapping[str, str]
) -> tuple[Span, ...]:
    """The values of the reply that are in ``text`` as they are."""
    if reply is None:
        return ()
    from mailhelp.explain.log import meaning  # a question looks for a reply, and seldom finds one

    known = {
        "reply_code": reply.code,
        "enhanced_status_code": reply.enhanced,
        "host": reply.host,
        "smtp_command": reply.command,
        "recipient": reply.recipient,
        "address": values.get("address", ""),
        "listed_address": values.get("listed_address", ""),
    }
    spans: list[Span] = []
    for name, value in known.items():
        start = text.find(value) if value else -1
        end = start + len(value)
        if start >= 0 and all(end <= span.start or start >= span.end for span in spans):
            spans.append(
                Span(start, end, name, value, meaning(library, library.fields[name], value))
            )
    return tuple(sorted(spans))


def _look_up(
    library: Library, row: Mapping[str, Any], given: Mapping[str, str], needed: str = ""
) -> Explained | None:
    """The entry whose pattern fits one of the row's lines, filled with ``given`` or the row's own; its regex has ``needed``."""
    for line in row["lines"]:
        filled = "".join(_filled(parse(line), row, given))
        for match in library.catalogue.matches(tuple(row["program"]), filled):
            document = library.document(match.id)
            if match.generic or document is None or match.id in row.get("catch_all", ()):
                continue
            if needed not in match.found.re.pattern:
                continue
            if _contradicts(document, given.get("reply", "")):
                continue
            values: dict[str, str] = {}
            for span in library.engine.splitter.groups(match.found, match.holes):
                ours = span.value in EMPTY or not any(span.value in v for v in given.values() if v)
                if not ours:
                    values.setdefault(span.name, span.value)
            # one hole took all of it: the pattern knows none of the words
            whole = given.get("reply") or given.get("reason", "")
            by_code = whole in match.found.groups()
            if by_code and "reply" not in given:
                continue
            return Explained(document, values, by_code)
    return None


def _contradicts(document: Document, text: str) -> bool:
    """Whether the entry is for replies that are less, or more, final than the one in ``text``."""
    stored = (document.data.get("verdict") or {}).get("permanence", BY_CODE)
    return bool(text) and stored in ("temporary", "permanent") and stored != permanence(text)


def _filled(
    parts: Sequence[Any], row: Mapping[str, Any], given: Mapping[str, str]
) -> Iterator[str]:
    for part in parts:
        yield part if isinstance(part, str) else given.get(part.name) or str(row[part.name])
