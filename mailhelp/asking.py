"""Any text → its answers: what it is is recognised, and the explainer of that kind asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from mailhelp import query, shell
from mailhelp import regexes as re
from mailhelp.answer import Answer, Command
from mailhelp.errors import NothingFound, SourceError, UsageError
from mailhelp.explain import named
from mailhelp.knowledge.store import Name
from mailhelp.light import TYPE_CHECKING, NamedTuple, regex
from mailhelp.session import Session

if TYPE_CHECKING:
    from mailhelp.log.read import Read

_IN_WORDS = regex(r"\s*[a-z]+(?: [a-z]+)+\??\s*")
"""Plain words in small letters: asked, and not pasted."""
_IN_SMALL = regex(r"[a-z0-9 .?'-]+")
_MOST_PROSE = 12
"""Lines of somebody's words that may stand before what was pasted."""


def ask(session: Session, text: str) -> tuple[Answer, ...]:
    """The answers to ``text``: a word, a parameter, a code, log lines, a question.

    Raises ``UsageError`` for an empty text and ``NothingFound`` (with near names) if nothing fits.
    """
    from mailhelp.explain import here

    return here.completed(session, _asked(session, text))


def _asked(session: Session, text: str) -> tuple[Answer, ...]:
    if not text.strip():
        raise UsageError("The question is empty.", "Try: mailhelp queue_lifetime")
    # an argument that is no UTF-8 has half surrogate pairs in it, which nothing can store or find
    text = session.redactor.cover(text.encode("utf-8", "replace").decode())
    pasted = text.split("\n")
    shape = shape_of(session, pasted) if len(pasted) > 1 else None
    if shape is not None:
        return _held(session, shape.kind, pasted[shape.start :])
    said = [line for line in pasted if line.strip() and line.lstrip()[0] != "#"]
    if len(said) == 1 < len(pasted):  # a setting with a comment above it
        alone = query.setting(session.library, said[0])
        text = said[0] if alone is not None else text
    meant = query.recognise(session.library, text)
    if meant is None:
        kind = None if _IN_WORDS.fullmatch(text) else query.held(session.library, [text])
        held = _held(session, kind, [text]) if kind is not None else ()
        # one line of what a shape may hold is often half remembered
        is_known = any(answer.recognised != "no" for answer in held)
        return held if is_known else _ranked(session, text)
    if meant.kind == "lines":
        if len(meant.reads) == 1 and query.is_unknown(meant.reads[0]):
            from mailhelp.explain import question

            if question.names_message(session, text):
                return _ranked(session, text)
        return tuple(_explained(session, meant.reads))
    if meant.kind == "line":
        from mailhelp.explain import header
        from mailhelp.explain.log import Explainer

        explainer = Explainer(session.library)
        return tuple(header.explain(explainer, read) for read in meant.reads)
    if meant.kind == "cut":
        return tuple(_of_piece(session, text, meant.reads))
    if meant.kind == "queue-id":
        from mailhelp.explain import mails

        return mails.told(session, text.strip())
    if meant.kind == "reply":
        from mailhelp.explain import reply

        if _IN_SMALL.fullmatch(text):  # remembered: an entry may be asked so, word for word
            from mailhelp.explain import question

            if question.is_asked(session, text):
                return _ranked(session, text)
        text = meant.read_as or text
        quoted = reply.quoted(session.library, text)
        known = (
            reply.explain(session.library, text, quoted)
            if quoted is not None
            else reply.explain_words(session.library, text)
        )
        assert known is not None  # the recogniser has found its entry
        return (known,)
    if meant.kind in ("ip-address", "mail-address"):
        return about_address(session, meant.kind, meant.read_as)
    if meant.kind == "coded":
        from mailhelp.explain import question

        if question.is_asked(session, text):
            return _ranked(session, text)
        is_broad = query.are_broad(session.library, meant.names)
        return _ranked(session, text if is_broad else meant.read_as, meant.names, is_broad)
    if meant.kind == "all":
        return (named.everything(session, meant.read_as),)
    single = meant.read_as or text.strip()
    if meant.kind == "command":
        from mailhelp.explain import command

        return (command.explain(session.library, single),)
    if meant.kind == "service":
        return _held(session, "master-cf", [single])
    if meant.kind == "setting":
        from mailhelp.explain import config

        return (config.explain_line(session.library, session.host, single),)
    if meant.kind == "other-setting":
        return _held(session, meant.read_as, [text])
    if meant.kind == "list":
        from mailhelp.explain import search

        title = f"Names with “{meant.read_as or text}” in them"
        answers: tuple[Answer, ...] = (search.listing(session.library, text, title, meant.names),)
    else:
        answers = named.explain(session, meant.read_as or text.strip(), meant.names)
    # 5.7 is 5.7.0, and all of its kind
    if meant.read_as and meant.read_as != f"{text.strip()}.0":
        note = f"Nothing is called “{text}”; this is about “{meant.read_as}”."
        return tuple(answer._replace(notes=(note, *answer.notes)) for answer in answers)
    return answers


def _ranked(
    session: Session, text: str, codes: tuple[Name, ...] = (), are_broad: bool = False
) -> tuple[Answer, ...]:
    from mailhelp.explain import question

    return (question.explain(session, text, codes, are_broad),)


def _explained(session: Session, reads: Iterable[Read]) -> Iterator[Answer]:
    from mailhelp.explain.log import Explainer
    from mailhelp.explain.records import explained

    return explained(Explainer(session.library), reads)


def _of_piece(session: Session, text: str, reads: Iterable[Read]) -> Iterator[Answer]:
    """The answers for a piece of a record, without what was made up so that it could be read."""
    made_up = session.library.table("words")["cut"]["made_up"]

    def told(words: str) -> bool:
        return not any(each in words for each in made_up)

    for answer in _explained(session, reads):
        parts = (part for part in re.split(r"   | → ", answer.gist) if told(part))
        yield answer._replace(
            query=text,
            text=text,
            spans=(),
            time=None,
            host=None,
            gist="   ".join(parts),
            commands=tuple(each for each in answer.commands if told(each.command)),
        )


def explain_held(session: Session, kind: str, lines: Iterable[str]) -> tuple[Answer, ...]:
    """The answers for a whole text of a ``kind`` of ``corpus/shapes.toml``, read line by line."""
    from mailhelp.explain import here

    return here.completed(session, _held(session, kind, lines))


def _held(session: Session, kind: str, lines: Iterable[str]) -> tuple[Answer, ...]:
    if kind == "queue":
        from mailhelp.explain import queue

        return queue.explain(session, lines)
    if kind == "output":
        from mailhelp.explain import output

        return output.explain(session, lines)
    if kind == "bounce":
        from mailhelp.explain import bounce

        return bounce.explain(session, lines)
    if kind == "head":
        from mailhelp.explain import head

        return head.explain(session, lines)
    if kind == "dialogue":
        return _dialogue(session, iter(lines))
    if kind in ("main-cf", "master-cf"):
        from mailhelp.explain import config

        return (config.explain_text(session.library, lines),)
    from mailhelp.host import othersettings

    if kind in othersettings.READERS:
        from mailhelp.explain import config

        return (config.explain_other(session.library, kind, lines),)
    raise SourceError(f"mailhelp cannot explain a whole {kind} yet.")


def _dialogue(session: Session, lines: Iterator[str]) -> tuple[Answer, ...]:
    """The answers for a dialogue; of one without a turn, such as telnet's own lines alone, what they are as an output."""
    from mailhelp.explain import dialogue

    head = list(islice(lines, _MOST_PROSE))
    answers = dialogue.explain(session, chain(head, lines))
    if any(answer.recognised != "no" for answer in answers):
        return answers
    from mailhelp.explain import output

    return output.explain(session, head) if output.is_known(session, head) else answers


class Shape(NamedTuple):
    """What a text is as a whole: a ``kind`` of ``corpus/shapes.toml``, and the line (from 0) where it begins."""

    kind: str
    start: int


def shape_of(session: Session, head: Sequence[str]) -> Shape | None:
    """What the lines that begin with ``head`` are as a whole; ``None`` for log records and all else.

    Words before it (“Hello, we got this:”) do not hide it.
    """
    library = session.library
    for start, line in enumerate(head[:_MOST_PROSE]):
        if not line.strip():
            continue
        record = library.engine.parse(line)
        if record.tag is not None and record.time is not None:
            return None  # a log, whatever its records quote
        kind = query.held(library, head[start:])
        if kind is not None:
            return Shape(kind, start)
        if query.is_record(library, line):
            return Shape("head", start) if query.is_head(library, head[start:]) else None
    from mailhelp.explain import output

    return Shape("output", 0) if output.is_known(session, head) else None


def about_address(session: Session, kind: str, address: str) -> tuple[Answer, ...]:
    """The stories of an IP or mail address in the log at hand; without any, what can be done with it."""
    from mailhelp.explain import mails, recipe

    try:
        return mails.told(session, address)
    except NothingFound as nothing:
        note = str(nothing)
    row = session.library.table("words")["asked"][kind]
    found = session.library.document(row["recipe"])
    if found is None:
        raise NothingFound(
            f"Nothing is known of {address}.", f"Try: mailhelp trace -- {address} FILE"
        )
    given = {row["placeholder"]: address}
    answer = recipe.explain(session.library, session.host, found, given)
    run = shell.fill("mailhelp trace -- {address} FILE", {"address": address}, missing="show")
    follow = Command(run or "", "Follow its mails in a log")
    return (
        answer._replace(
            query=address, commands=(follow, *answer.commands), notes=(note, *answer.notes)
        ),
    )
