"""One pure function a command: words → answers. Nothing here prints, or reads a terminal.

``ask`` answers any text, ``explain_lines`` a stream of lines; the others are the commands of their names.
Errors of ``mailhelp.errors`` are the answers that a user gets in a sentence and an exit code.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO

from mailhelp import query, shell
from mailhelp.answer import Answer, Command, Result
from mailhelp.errors import NothingFound, SourceError, UsageError
from mailhelp.explain import container, entry, header, page, parameter, search
from mailhelp.explain.log import Explainer
from mailhelp.knowledge.store import Name, Store
from mailhelp.light import NamedTuple
from mailhelp.log.join import lines
from mailhelp.log.read import Read
from mailhelp.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from mailhelp.knowledge.library import Library
    from mailhelp.knowledge.search import Hit
    from mailhelp.log.scan import Plan
    from mailhelp.log.tally import Tally
    from mailhelp.log.trace import Story

RESULTS = 10
_MOST_PROSE = 12
"""Lines of somebody's words that may stand before what was pasted."""
_LONGEST_SHOWN = 60
"""Characters of a question that are repeated when nothing is found for it."""
_QUOTED, _QUOTED_WITH_CODE = (3, 0.75), (2, 0.4)
"""How many of a question's words, and what share of them, a message has in a row if it is what is quoted."""
_LONGEST_REPLY, _MAY_BE_QUOTED = 100, 6
"""Words of a question that are looked at for it, and hits."""
_FEW_PIECES = 2
"""Pieces of a log up to which a second process is not worth its start."""
_WELL, _HARDLY = 0.52, 0.35
"""The share of a question's rare words that its best answer has. Below the first it is said that it fits
badly, below the second nothing is told in full. Tuned on one half of tests/questions.toml and 10 questions
about other things: of the other half 2 of 94 right answers are called weak, and 9 of 10 strangers."""


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
    question = query.recognise(session.library, text)
    if question is None:
        kind = query.held(session.library, [text])
        return (ranked(session, text),) if kind is None else _held(session, kind, [text])
    if question.kind == "lines":
        return tuple(_explained(Explainer(session.library), question.reads))
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
    if question.kind in ("ip-address", "mail-address"):
        return about_address(session, question.kind, question.read_as)
    if question.kind == "coded":
        return (ranked(session, question.read_as, question.names),)
    if question.kind == "all":
        return (everything(session, question.read_as),)
    if question.kind == "command":
        from mailhelp.explain import command

        return (command.explain(session.library, text.strip()),)
    if question.kind == "service":
        return _held(session, "master-cf", [text])
    if question.kind == "setting":
        from mailhelp.explain import config

        return (config.explain_line(session.library, session.host, text.strip()),)
    if question.kind == "list":
        title = f"Names with “{question.read_as or text}” in them"
        answers: tuple[Answer, ...] = (
            search.listing(session.library, text, title, question.names),
        )
    else:
        answers = named(session, question.read_as or text.strip(), question.names)
    # 5.7 is 5.7.0, and all of its kind
    if question.read_as and question.read_as != f"{text.strip()}.0":
        note = f"Nothing is called “{text}”; this is about “{question.read_as}”."
        return tuple(answer._replace(notes=(note, *answer.notes)) for answer in answers)
    return answers


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
    if kind == "dialogue":
        from mailhelp.explain import dialogue

        return dialogue.explain(session, lines)
    if kind in ("main-cf", "master-cf"):
        from mailhelp.explain import config

        return (config.explain_text(session.library, lines),)
    raise SourceError(f"mailhelp cannot explain a whole {kind} yet.")


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
            return None
    return None


def told(session: Session, name: str) -> tuple[Answer, ...]:
    """The stories of the mails called ``name`` in the log at hand; ``NothingFound`` if there is none."""
    from mailhelp.explain.story import explain as explain_story

    logs = logs_at_hand(session)
    found = [story for story in stories(session, logs) if story.named(name)]
    if not found:
        where = f"{name} is not in {logs[0]}." if logs else "No mail log was found on this host."
        hint = f"It looks like a queue ID. Name the log: mailhelp trace {name} FILE"
        raise NothingFound(where, hint)
    return tuple(explain_story(session.library, story) for story in found)


def about_address(session: Session, kind: str, address: str) -> tuple[Answer, ...]:
    """The stories of an IP or mail address in the log at hand; without any, what can be done with it."""
    from mailhelp.explain import recipe

    try:
        return told(session, address)
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
    follow = Command(f"mailhelp trace -- {shell.quote(address)} FILE", "Follow its mails in a log")
    return (
        answer._replace(
            query=address, commands=(follow, *answer.commands), notes=(note, *answer.notes)
        ),
    )


def everything(session: Session, name: str) -> Answer:
    """The list of all that the row ``name`` of the corpus' lists says."""
    library = session.library
    row = library.table("words")["lists"][name]
    documents = [document for kind in row["kinds"] for document in library.all_of(kind)]
    names = []
    for document in documents:
        stem = document.id.partition("/")[2]
        shown = document.data.get("names") or document.data.get("codes") or (stem,)
        names += [Name(document.id, document.kind, each) for each in shown]
    if not names:
        raise NothingFound(row["none"])
    return search.listing(library, name, row["title"], names)


def named(session: Session, text: str, names: Iterable[Name]) -> tuple[Answer, ...]:
    """The answers for the documents of ``names``; all parameters among them are read at once.

    This host's man pages of the same name are among what is related.
    """
    from mailhelp.explain import recipe, template

    library = session.library
    answers: list[Answer] = []
    parameters: dict[str, list[str]] = {}
    for name in names:
        found = library.document(name.id)
        if found is None:
            continue
        if name.kind == "parameter":
            known = name.shown in found.data["names"]
            parameters.setdefault(name.id, []).append(
                name.shown if known else found.data["names"][0]
            )
        elif name.kind == "recipe":
            answers.append(recipe.explain(library, session.host, found, {}))
        elif name.kind == "page":
            answers.append(page.explain(text, found))
        elif name.kind == "template":
            answers.append(template.explain(library, found))
        else:
            answers.append(entry.explain(library, text, found))
    asked = []
    for id, shown in parameters.items():
        found = library.document(id)
        if found is not None:
            asked.append(parameter.Asked(found, tuple(dict.fromkeys(shown))))
    if asked:
        answers = [*parameter.explain(library, session.host, text, asked), *answers]
    pages = tuple(name.id for name in library.named(text, "page"))
    return tuple(
        answer._replace(related=tuple(dict.fromkeys((*answer.related, *pages))))
        if answer.kind != "page"
        else answer
        for answer in answers
    )


def ranked(session: Session, text: str, codes: tuple[Name, ...] = ()) -> Answer:
    """The answer to a question: the best hit of the search told in full, the next ones as results.

    The message that a question quotes comes first, then ``codes``, the status codes that stood in it. A question in another language is read as English,
    which is said. Raises ``NothingFound`` with near names if there is no hit.
    """
    library = session.library
    if text.strip().isdigit() and not codes:  # a number that has no name says too little
        raise NothingFound(
            f"Nothing is called {_short(text)}.",
            "'mailhelp codes' lists the status codes, 'mailhelp topics' the ports.",
            library.near(text),
        )
    from mailhelp.knowledge import words
    from mailhelp.knowledge.search import Hit, terms
    from mailhelp.knowledge.search import search as find

    table = library.table("words")
    reading = words.read_as(table.get("languages", {}), text, library.vocabulary)
    asked = reading.text if reading else text
    equals = _equals(table.get("equals", {}).get("groups", ()))
    folders = library.search_folders
    try:
        hits = find(folders, asked, RESULTS, equals=equals)
    except SourceError as error:
        if len(folders) == 1:
            raise
        hits = find(
            folders[:1], asked, RESULTS, equals=equals
        )  # is the bundled one whole at least?
        session.damage(str(error))
    quoted = tuple(terms(asked))[:_LONGEST_REPLY]
    least = _QUOTED_WITH_CODE if codes else _QUOTED
    first = [hit for hit in hits[:_MAY_BE_QUOTED] if _quotes(library, hit.id, quoted, *least)][:1]
    if first and not codes:
        hits = list({hit.id: hit for hit in (*first, *hits)}.values())
    if codes:
        own = [
            Hit(name.id, name.kind, f"{name.shown}: {library.title(name.id)}", 0.0, "")
            for name in codes
        ]
        hits = list({hit.id: hit for hit in (*first, *own, *hits)}.values())[:RESULTS]
    if not hits:
        raise NothingFound(
            f"Nothing found for “{_short(text)}”.",
            "'mailhelp topics' and 'mailhelp recipes' list what there is.",
            library.near(text),
        )
    wanted = frozenset(terms(asked))
    results = [
        Result(hit.id, hit.kind, _title(library, hit, wanted, terms), hit.score, hit.excerpt)
        for hit in hits
    ]
    notes = [f"Read as: {_short(reading.text)}"] if reading else []
    best = hits[0]
    if best.share < _HARDLY:
        return search.ranked(text, results)._replace(notes=tuple(notes))
    if best.share < _WELL:
        notes.append("Nothing fits well; this is the nearest.")
    shown = _asked_name(library, best.id, wanted, terms)
    (answer, *_) = named(session, shown, (Name(best.id, best.kind, shown),))
    return search.fitted(answer, asked, terms)._replace(
        query=text, results=tuple(results[1:]), notes=(*notes, *answer.notes)
    )


def is_command(session: Session, text: str) -> bool:
    """Whether ``text`` is a shell command that can be explained."""
    return query.shell_command(session.library, text) is not None


def is_named(session: Session, text: str) -> bool:
    """Whether ``text`` is the id or exact name of something."""
    return query.exact(session.library, text) is not None


def is_known(session: Session, text: str) -> bool:
    """Whether ``text`` is recognised as anything but a question for the search."""
    return query.recognise(session.library, text) is not None


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST_SHOWN else f"{words[:_LONGEST_SHOWN]}…"


def _equals(groups: Iterable[Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Word → the words that mean the same."""
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        words = tuple(group)
        for word in words:
            found[word] = (*found.get(word, ()), *(other for other in words if other != word))
    return found


def _quotes(library: Library, id: str, words: tuple[str, ...], least: int, share: float) -> bool:
    """Whether that many and that share of ``words`` stand in a row in the message of the log entry ``id``."""
    from mailhelp.knowledge.search import terms

    document = library.document(id) if id.startswith("log/") else None
    says = document.data.get("says", ()) if document is not None else ()
    most = max((search.longest_run(words, tuple(terms(text))) for text in says), default=0)
    return most >= least and most >= share * len(words)


def _title(library: Library, hit: Hit, wanted: frozenset[str], terms: search.Terms) -> str:
    """The title of a hit; a parameter's name goes before it."""
    if hit.kind != "parameter":
        return hit.title
    name = _asked_name(library, hit.id, wanted, terms)
    return hit.title if name in hit.title else f"{name}: {hit.title}"


def _asked_name(library: Library, id: str, wanted: frozenset[str], terms: search.Terms) -> str:
    """The name of the document ``id`` that has most of the ``wanted`` terms, the first of its best ones."""
    document = library.document(id)
    names = (document.data.get("names") if document else None) or [id.partition("/")[2]]
    return str(max(names, key=lambda name: len(wanted.intersection(terms(name)))))


def explain_stream(session: Session, stream: BinaryIO) -> Iterator[Answer]:
    """An answer for each line of ``stream``; see ``explain_lines``."""
    return explain_lines(session, lines(stream))


def is_record(session: Session, line: str) -> bool:
    """Whether a line by itself is a log record or a mail header field."""
    return query.is_record(session.library, line)


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
    from mailhelp.explain import here

    explainer = Explainer(session.library)
    reads = explainer.engine.reads(source)
    answers = _explained(explainer, reads, only_problems, brief, passed or Passed())
    return here.streamed(session, answers)


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

    library = session.library
    tables = library.table("spaces"), library.table("stories")
    teller = facts.Teller(library.engine, library, *tables)
    found: list[facts.Fact] = []
    for file in files:
        with session.open(file) as stream:
            told = (teller.fact(file, read) for read in library.engine.reads(lines(stream)))
            found += (fact for fact in told if fact is not None)
    return trace.stories(teller.spaces, found)


class Log(NamedTuple):
    """A whole log that was counted: its report, and what the report is made of."""

    answer: Answer
    tally: Tally


def log(
    session: Session,
    files: Sequence[str],
    *,
    since: str = "",
    until: str = "",
    jobs: int = 0,
    detailed: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> Log:
    """What is in the logs ``files``, of which ``-`` is standard input; rotated ones are read oldest first.

    ``since`` and ``until`` are ISO 8601 as far as wanted; ``detailed`` counts domains and hosts too; no ``jobs`` are two processes for large files.
    Raises ``SourceError`` if none of the files can be read, and ``NothingFound`` without records.
    """
    from mailhelp.explain import report
    from mailhelp.log import files as log_files
    from mailhelp.log import pool
    from mailhelp.log.scan import Scanner

    plan = scan_plan(session, since, until, detailed)
    scanner = Scanner(plan)
    faults: list[SourceError] = []
    chunks: list[log_files.Chunk] = []
    ordered = log_files.oldest_first(files)
    for file in ordered:
        if file == "-" or is_journal((file,)):
            continue
        try:
            chunks += log_files.chunks(file, scanner.begins)
        except SourceError as error:
            faults.append(error)
    if faults and len(faults) == len(ordered):
        raise faults[0]
    if not jobs:
        jobs = 2 if len(chunks) > _FEW_PIECES and (os.cpu_count() or 1) > 1 else 1
    done = 0

    def finished(chunk: log_files.Chunk) -> None:
        nonlocal done
        done += 1
        progress(done, len(chunks), os.path.basename(chunk.file))

    tally = pool.tally(plan, chunks, jobs, finished)
    if "-" in ordered:
        tally.merge(scanner.scan(log_files.blocks_of(session.stdin)))
    if is_journal(ordered):
        with journal(session, since) as stream:
            tally.merge(scanner.scan(log_files.blocks_of(stream)))
        if not tally.records and not since:
            tally.faults.append(
                "The journal shows no mail: perhaps only root and the groups adm and systemd-journal may read it."
            )
    tally.faults += (str(fault) for fault in faults)
    if not tally.records and not tally.faults:
        named = ", ".join("standard input" if file == "-" else file for file in ordered)
        raise NothingFound(
            f"There is no record{' of that time' if since or until else ''} in {named}."
        )
    return Log(report.explain(session.library, ordered, tally), tally)


class Live:
    """A log that is counted while it grows. Raises ``SourceError`` if it cannot be read."""

    def __init__(self, session: Session, file: str, since: str = "") -> None:
        from mailhelp.log.follow import Follower
        from mailhelp.log.scan import Scanner
        from mailhelp.log.tally import Tally

        self._session = session
        self._file = file
        self._scanner = Scanner(scan_plan(session, since))
        self._tally = Tally()
        self._follower = Follower(file)

    def look(self) -> Answer | None:
        """The report with what was added; ``None`` if nothing was."""
        from mailhelp.explain import report

        grown = False
        while block := self._follower.grown():
            self._tally.merge(self._scanner.scan((block,)))
            grown = True
        return report.explain(self._session.library, (self._file,), self._tally) if grown else None

    def nothing(self) -> Answer:
        """The report of an empty log."""
        from mailhelp.explain import report

        return report.explain(self._session.library, (self._file,), self._tally)


JOURNAL = "journal"
"""What the journal is called where files are named."""


def is_journal(files: Sequence[str]) -> bool:
    """Whether the journal is meant among ``files``."""
    return JOURNAL in files and not os.path.exists(JOURNAL)


def journal(session: Session, since: str = "") -> BinaryIO:
    """What the journal of this host has of mail, as text. Raises ``SourceError``."""
    words = session.library.table("places")["mail_log"]["journal_lines"].split()
    if session.host.which(words[0]) is None:
        raise SourceError("There is no journalctl on this host.", "Name a log file.")
    begin = (f"--since={since[:19].replace('T', ' ')}",) if since else ()
    return session.host.stream(*words, *begin)


def scan_plan(session: Session, since: str = "", until: str = "", detailed: bool = False) -> Plan:
    """What it takes to scan logs, here or in another process."""
    from mailhelp.log.scan import Plan

    library = session.library
    return Plan(library.engine, library.table("report"), library.layers, since, until, detailed)


def log_problem(session: Session, found: Log, number: int) -> Answer:
    """The problem ``number`` of a log in full. Raises ``NothingFound`` if there are not so many."""
    from mailhelp.explain import here, report

    told = found.answer.report
    assert told is not None
    many = len(told.problems)
    if many < number <= many + len(told.unrecognised):
        line = told.unrecognised[number - many - 1].sample
        return ask(session, line)[0]
    if not 0 < number <= many:
        raise NothingFound(
            f"There is no problem {number}: the log has {many}.", "mailhelp log FILE lists them."
        )
    answer = report.problem(session.library, told, found.tally, number)
    (completed,) = here.completed(session, (answer,))
    return completed


def logs_at_hand(session: Session) -> list[str]:
    """The log of this host, if there is one. Raises ``SourceError`` if it may not be read."""
    library = session.library
    known = library.places.values.get("mail_log"), *library.table("places")["mail_log"]["files"]
    for name in dict.fromkeys(name for name in known if name):
        if os.path.isfile(name):
            session.open(name).close()
            return [name]
    return [JOURNAL] if "mail_log" in library.places.streams else []


def trace(
    session: Session, ids: Sequence[str], files: Sequence[str], every: bool = False
) -> Iterator[Answer]:
    """The stories of the mails that have one of ``ids``, or of ``every`` mail, in the logs ``files``.

    Raises ``NothingFound`` if there is none.
    """
    from mailhelp.explain.story import explain as explain_story

    found = stories(session, files)
    chosen = [story for story in found if every or any(story.named(id) for id in ids)]
    if not chosen:
        where = ", ".join("standard input" if file == "-" else file for file in files)
        what = f"No mail with {' or '.join(ids)}" if ids else "No mail"
        raise NothingFound(f"{what} in {where}.")
    return (explain_story(session.library, story) for story in chosen)


def recipes(session: Session) -> tuple[Answer, ...]:
    """The list of all recipes."""
    documents = session.library.all_of("recipe")
    names = [Name(doc.id, "recipe", doc.id.partition("/")[2]) for doc in documents]
    return (search.listing(session.library, "", "Recipes", names),)


def recipe(session: Session, name: str, values: Mapping[str, str]) -> tuple[Answer, ...]:
    """One recipe, with ``values`` (placeholder → value) filled in.

    Raises ``NothingFound`` with near names, and ``UsageError`` for a value that will not do.
    """
    from mailhelp.explain import recipe as explain_recipe

    library = session.library
    hits = library.named(name, "recipe")
    if not hits:  # its beginning will do, where it is that of one alone
        begun = library.named_from(name, "recipe")
        hits = begun if len({hit.id for hit in begun}) == 1 else []
    document = library.document(hits[0].id) if hits else None
    if document is None:
        raise NothingFound(
            f"There is no recipe “{name}”.",
            "'mailhelp recipe' lists them all.",
            library.near(name, "recipe"),
        )
    return (explain_recipe.explain(library, session.host, document, values),)


def pages(session: Session) -> tuple[Answer, ...]:
    """The list of this host's man pages about mail. Raises ``SourceError`` if none is indexed."""
    listing = page.listing(_host_index(session))
    if not listing.results:
        raise SourceError("No man page about mail is indexed here.", "Run: mailhelp index")
    return (listing,)


def man(session: Session, asked: str) -> tuple[Answer, ...]:
    """The man pages called ``asked``: ``postconf``, ``postconf(5)``, ``postconf.5``, ``5 postconf``, or
    a file that a page describes. Raises ``NothingFound`` with near names.
    """
    library = session.library
    _host_index(session)
    words = asked.split()
    if len(words) == 2 and words[0][:1].isdigit():
        asked = f"{words[1]}({words[0]})"
    for row in library.table("manpages").values():
        asked = row.get("files", {}).get(asked, asked)
    documents = [library.document(hit.id) for hit in library.named(asked, "page")]
    if not documents:
        raise NothingFound(
            f"There is no man page “{asked}”.",
            "'mailhelp man' lists them.",
            library.near(words[-1], "page"),
        )
    return tuple(page.explain(asked, document) for document in documents if document is not None)


def _host_index(session: Session) -> Store:
    if session.library.host is None:
        raise SourceError("This host's man pages are not indexed yet.", "Run: mailhelp index")
    return session.library.host


def template(session: Session, names: Sequence[str]) -> tuple[Answer, ...]:
    """This host's bounce templates, or those of ``names``. Raises ``NothingFound`` with their names."""
    from mailhelp.explain.template import explain as explain_template
    from mailhelp.host import postconf

    templates = postconf.templates(session.host)
    if templates.reason and not templates.documents:
        raise SourceError(
            f"The templates cannot be read: {templates.reason}", "Try: mailhelp doctor"
        )
    wanted = [name.removesuffix("_template") for name in names]
    chosen = [
        document
        for document in templates.documents
        if not wanted or document.names[0].removesuffix("_template") in wanted
    ]
    if not chosen:
        near = tuple(document.names[0] for document in templates.documents)
        raise NothingFound(f"There is no template “{' '.join(names)}”.", near=near)
    return tuple(explain_template(session.library, each) for each in chosen)


def config(session: Session, place: str | None = None) -> tuple[Answer, ...]:
    """The faults of main.cf and master.cf and what they set: of this host, or of a copied folder or file.

    Raises ``SourceError`` if there is nothing that can be read.
    """
    from mailhelp.explain import config

    if place is None:
        return (config.explain_here(session.library, session.host),)
    return (config.explain_place(session.library, place),)


def doctor(session: Session) -> tuple[Answer, ...]:
    """What was found on this host, and what is missing."""
    from mailhelp.explain.doctor import explain as explain_host

    library = session.library
    return (explain_host(library, session.host, session.indexed),)


def index(session: Session, progress: Callable[[int, int, str], None]) -> tuple[Answer, ...]:
    """Build this host's index now; pages that cannot be rendered are left out and named.

    ``progress`` is told how many sources are done, of how many, and the last one's name.
    """
    import json
    from contextlib import closing

    from mailhelp.knowledge import host_index
    from mailhelp.knowledge.store import CATALOGUE, Store

    folder = host_index.build(session.host, session.library.table("manpages"), progress)
    if folder is None:
        raise SourceError("Another mailhelp is building this host's index right now.")
    with closing(Store(folder / CATALOGUE)) as catalogue:
        skipped = json.loads(catalogue.meta("skipped") or "[]")
    left_out = ", ".join(page.reference_of(id) for id in skipped)
    notes = (f"Left out, because they cannot be rendered: {left_out}",) if skipped else ()
    title = f"This host's index is ready: {folder}"
    return (Answer(kind="index", recognised="entry", title=title, notes=notes),)


def check(session: Session, paths: Sequence[Path]) -> tuple[Answer, ...]:
    """A corpus, notes to lay over the bundled one, or entries of either, validated; the faults are the
    results.
    """
    from mailhelp.corpus import messages
    from mailhelp.corpus.base import Base
    from mailhelp.corpus.check import check as check_corpus
    from mailhelp.corpus.check import check_files
    from mailhelp.corpus.read import folder_of, is_whole

    base = Base(session.library.bundled)
    if len(paths) == 1 and paths[0].is_dir():
        folder = paths[0]
        compiled, faults = check_corpus(folder, None if is_whole(folder) else base)
    else:
        folders = {folder_of(path) if path.is_file() else None for path in paths}
        found = folders.pop()
        if found is None or folders:
            raise SourceError(
                f"There is no folder {paths[0]}, and it is no entry of a corpus.",
                "Name the folder of a corpus, or entries (.md) of one corpus.",
            )
        folder = found
        compiled, faults = check_files(folder, paths, base)
    entries = sum(
        document.kind != "parameter" or "explanation" in document.data
        for document in compiled.documents
    )
    title = f"{entries} entries, {len(compiled.patterns)} patterns, {len(faults)} faults"
    if is_whole(folder) and paths[0].is_dir():
        title += f", {messages.missing(folder).total()} messages without an entry yet"
    results = tuple(Result(f"{f.path}:{f.line}", "fault", f.text) for f in faults)
    return (Answer(kind="check", recognised="entry", title=title, results=results),)


def patterns(session: Session, folder: Path, id: str) -> Iterable[str]:
    """The patterns of the entry ``id`` in the corpus or notes ``folder``, expanded, a line each."""
    from mailhelp.corpus.base import Base
    from mailhelp.corpus.show import patterns as shown

    return shown(folder, id, Base(session.library.bundled))


def schema(kind: str) -> str:
    """The JSON Schema of a ``kind`` of entry or table. Raises ``UsageError`` for another word."""
    import json

    from mailhelp.corpus.schema import ENTRIES, ROWS, json_schema

    known = (*ENTRIES, *ROWS)
    if kind not in known:
        raise UsageError(f"There is no schema of “{kind}”.", f"There is: {', '.join(known)}")
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False)
