"""The one public call: a text → its answers."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from mailhelp import query
from mailhelp.answer import Answer, Result
from mailhelp.errors import NothingFound, SourceError, UsageError
from mailhelp.explain import container, entry, header, log, page, parameter, search
from mailhelp.knowledge.store import Name
from mailhelp.log.join import Joiner, Numbered, lines
from mailhelp.log.prefix import Record, covered
from mailhelp.session import Session

if TYPE_CHECKING:
    from mailhelp.log.trace import Story

RESULTS = 10


def ask(session: Session, text: str) -> tuple[Answer, ...]:
    """The answers to ``text``: a word, a parameter, a code, log lines, a question.

    Raises ``UsageError`` for an empty text and ``NothingFound`` (with near names) if nothing fits.
    """
    if not text.strip():
        raise UsageError("The question is empty.", "Try: mailhelp queue_lifetime")
    # an argument that is no UTF-8 has half surrogate pairs in it, which nothing can store or find
    text = session.redactor.cover(text.encode("utf-8", "replace").decode())
    kind = query.held(session.library, text.split("\n")) if "\n" in text.strip() else None
    if kind is not None:
        return explain_held(session, kind, text.split("\n"))
    question = query.recognise(session.library, text)
    if question is None:
        kind = query.held(session.library, [text])
        return (ranked(session, text),) if kind is None else explain_held(session, kind, [text])
    if question.kind == "lines":
        return tuple(explain_stream(session, io.BytesIO(text.encode())))
    if question.kind == "queue-id":
        return told(session, text.strip())
    if question.kind == "reply":
        from mailhelp.explain import reply

        quoted = reply.quoted(session.library, text)
        known = (
            reply.explain(session.library, text, quoted)
            if quoted is not None
            else reply.explain_words(session.library, text)
        )
        assert known is not None  # the recogniser has found its entry
        return (known,)
    if question.kind == "command":
        from mailhelp.explain import command

        return (command.explain(session.library, text.strip()),)
    if question.kind == "list":
        title = f"Names with “{question.read_as or text}” in them"
        answers: tuple[Answer, ...] = (
            search.listing(session.library, text, title, question.names),
        )
    else:
        answers = named(session, question.read_as or text.strip(), question.names)
    if question.read_as:
        note = f"Nothing is called “{text}”; this is about “{question.read_as}”."
        return tuple(answer._replace(notes=(note, *answer.notes)) for answer in answers)
    return answers


def explain_held(session: Session, kind: str, lines: Iterable[str]) -> tuple[Answer, ...]:
    """The answers for a whole text of a ``kind`` of ``corpus/shapes.toml``, read line by line."""
    if kind == "queue":
        from mailhelp.explain import queue

        return queue.explain(session, lines)
    if kind == "output":
        from mailhelp.explain import output

        return output.explain(session, lines)
    if kind == "bounce":
        from mailhelp.explain import bounce

        return bounce.explain(session, lines)
    if kind == "dialogue":
        from mailhelp.explain import dialogue

        return dialogue.explain(session, lines)
    raise SourceError(f"mailhelp cannot explain a whole {kind} yet.")


def told(session: Session, name: str) -> tuple[Answer, ...]:
    """The stories of the mails called ``name`` in the log at hand; ``NothingFound`` if there is none."""
    from mailhelp.explain.story import explain as explain_story

    logs = logs_at_hand(session)
    found = [story for story in stories(session, logs) if story.named(name)]
    if not found:
        where = f"{name} is not in {logs[0]}." if logs else "No log of this host can be read."
        hint = f"It looks like a queue ID. Name the log: mailhelp trace {name} FILE"
        raise NothingFound(where, hint)
    return tuple(explain_story(session.library, story) for story in found)


def named(session: Session, text: str, names: tuple[Name, ...]) -> tuple[Answer, ...]:
    """The answers for the documents of ``names``; all parameters among them are read at once."""
    from mailhelp.explain import recipe

    library = session.library
    answers: list[Answer] = []
    parameters: dict[str, list[str]] = {}
    for name in names:
        if name.kind == "parameter":
            parameters.setdefault(name.id, []).append(name.shown)
            continue
        found = library.document(name.id)
        if found is not None and name.kind == "recipe":
            answers.append(recipe.explain(library, session.host, found, {}))
        elif found is not None and name.kind == "page":
            answers.append(page.explain(text, found))
        elif found is not None:
            answers.append(entry.explain(library, text, found))
    asked = []
    for id, shown in parameters.items():
        found = library.document(id)
        if found is not None:
            asked.append(parameter.Asked(found, tuple(shown)))
    if asked:
        answers = [*parameter.explain(library, session.host, text, asked), *answers]
    return tuple(answers)


def ranked(session: Session, text: str) -> Answer:
    """The keyword search. Raises ``NothingFound`` with near names if there is no hit."""
    from mailhelp.knowledge.search import search as find

    folders = session.library.search_folders
    try:
        hits = find(folders, text, RESULTS)
    except SourceError as error:
        if len(folders) == 1:
            raise
        hits = find(folders[:1], text, RESULTS)  # is the bundled one whole at least?
        session.damage(str(error))
    if not hits:
        raise NothingFound(f"Nothing found for “{text.strip()}”.")
    return search.ranked(
        text, [Result(hit.id, hit.kind, hit.title, hit.score, hit.excerpt) for hit in hits]
    )


def explain_stream(session: Session, stream: BinaryIO) -> Iterator[Answer]:
    """An answer for each line of ``stream``; see ``explain_lines``."""
    return explain_lines(session, lines(stream))


def is_record(session: Session, line: str) -> bool:
    """Whether a line by itself is a log record or a mail header field."""
    return query.lines(session.library, line) is not None


def explain_lines(session: Session, source: Iterable[str | None]) -> Iterator[Answer]:
    """An answer for each line, in order; a line that continues a record says so. ``None`` is a pause."""
    hops = 0
    for numbered in records(session, session.redactor.cover_lines(source)):
        answer, hops = explain_record(session, numbered, hops)
        yield answer
        for line in range(1, numbered.lines):
            yield Answer(
                kind=answer.kind,
                recognised=answer.recognised,
                entry=answer.entry,
                text=answer.text.split("\n")[line],
                continues=numbered.line,
            )


def records(session: Session, source: Iterable[str | None]) -> Iterator[Numbered]:
    """The records of the lines ``source``, put together where they were split."""
    library = session.library

    def reach(record: Record) -> int | None:
        if header.field_document(library, record):
            return 0
        found = log.match(library, record)
        return log.reach(library, found) if found and not found.generic else None

    def continuation(tag: str) -> dict[str, str] | None:
        program = library.table("programs").get(library.program(tag) or "", {})
        rule: dict[str, str] | None = program.get("continuation")
        return rule

    for numbered in Joiner(session.host.today, reach, continuation).records(source):
        if numbered.lines > 1:  # a secret may have been broken where the line was
            numbered = numbered._replace(
                record=covered(numbered.record, session.redactor.places(numbered.record.message))
            )
        yield numbered


def stories(session: Session, files: Iterable[str]) -> list[Story]:
    """The stories of the mails in the logs ``files``, in the order in which they begin."""
    from mailhelp.explain.story import read
    from mailhelp.log import trace
    from mailhelp.log.files import open_text

    facts: list[trace.Fact] = []
    for file in files:
        with open_text(file) as stream:
            covered = session.redactor.cover_lines(lines(stream))
            facts += read(session.library, file, records(session, covered))
    return trace.stories(facts)


def logs_at_hand(session: Session) -> list[str]:
    """The log of this host that can be read, if there is one."""
    library = session.library
    known = library.places.values.get("mail_log"), *library.table("places")["mail_log"]["files"]
    for name in dict.fromkeys(name for name in known if name):
        if os.access(name, os.R_OK) and os.path.isfile(name):
            return [name]
    return []


def explain_record(session: Session, numbered: Numbered, hops: int) -> tuple[Answer, int]:
    """The answer for one record or header field; ``hops`` counts the Received fields in a row."""
    record = numbered.record
    field = header.field_document(session.library, record)
    if field is None:
        answer = log.explain(session.library, record)
        return container.applied(session.library, record, answer), 0
    if not field.data.get("hop"):
        return header.explain(session.library, record, field), hops
    hops += 1
    note = f"Hop {hops} from the top of this header: the newest stands first, the oldest last."
    return header.explain(session.library, record, field, note), hops
