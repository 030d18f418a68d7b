"""The one public call: a text → its answers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from mailhelp import query
from mailhelp.answer import Answer, Result
from mailhelp.errors import NothingFound, SourceError, UsageError
from mailhelp.explain import container, entry, header, page, parameter, search
from mailhelp.explain.log import Explainer
from mailhelp.knowledge.store import Name
from mailhelp.log.join import lines
from mailhelp.log.read import Read
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
        return tuple(_explained(Explainer(session.library), question.reads))
    if question.kind == "queue-id":
        return told(session, text.strip())
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


class Passed:
    """What went by in a stream: how many lines, how many of them are known, how many were answered."""

    def __init__(self) -> None:
        self.lines = self.known = self.shown = 0


def explain_lines(
    session: Session,
    source: Iterable[str | None],
    *,
    only_problems: bool = False,
    brief: bool = False,
    passed: Passed | None = None,
) -> Iterator[Answer]:
    """An answer for each line, in order; a line that continues a record says so. ``None`` is a pause.

    ``only_problems`` leaves out records that tell of no trouble, ``brief`` the lines that only continue
    a record, and the explanation of an entry that was explained before: no answer is made for them.
    """
    explainer = Explainer(session.library)
    reads = explainer.engine.reads(source)
    return _explained(explainer, reads, only_problems, brief, passed or Passed())


def _explained(
    explainer: Explainer,
    reads: Iterable[Read],
    only_problems: bool = False,
    brief: bool = False,
    passed: Passed | None = None,
) -> Iterator[Answer]:
    passed = passed or Passed()
    hops = 0
    said: set[str] = set()
    for read in reads:
        passed.lines += read.lines
        passed.known += read.lines * (read.recognised != "no")
        if only_problems and not explainer.is_problem(read):
            continue
        passed.shown += 1
        if read.is_header:
            hop = header.counts_hops(explainer, read)
            hops += hop
            answer = header.explain(explainer, read, hops if hop else 0)
        else:
            hops = 0
            entry = read.hit.entry if read.hit else read.recognised
            known = brief and entry in said
            answer = explainer.explain(read, brief=known)
            if not known:
                answer = container.applied(explainer.library, read.record, answer)
            if read.record.text.strip():
                said.add(entry)
        yield answer
        if read.lines > 1 and not brief and not only_problems:
            yield from _continuing(answer, read)


def _continuing(answer: Answer, read: Read) -> Iterator[Answer]:
    """The answers for the lines of a record after its first."""
    for line in answer.text.split("\n")[1 : read.lines]:
        yield Answer(
            kind=answer.kind,
            recognised=answer.recognised,
            entry=answer.entry,
            text=line,
            continues=read.line,
        )


def stories(session: Session, files: Iterable[str]) -> list[Story]:
    """The stories of the mails in the logs ``files``, in the order in which they begin."""
    from mailhelp.log import facts, trace
    from mailhelp.log.files import open_text

    library = session.library
    tables = library.table("spaces"), library.table("stories")
    teller = facts.Teller(library.engine, library, *tables)
    found: list[facts.Fact] = []
    for file in files:
        with open_text(file) as stream:
            told = (teller.fact(file, read) for read in library.engine.reads(lines(stream)))
            found += (fact for fact in told if fact is not None)
    return trace.stories(teller.spaces, found)


def logs_at_hand(session: Session) -> list[str]:
    """The log of this host that can be read, if there is one."""
    library = session.library
    known = library.places.values.get("mail_log"), *library.table("places")["mail_log"]["files"]
    for name in dict.fromkeys(name for name in known if name):
        if os.access(name, os.R_OK) and os.path.isfile(name):
            return [name]
    return []
