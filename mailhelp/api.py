"""One pure function a command: words → answers. Nothing here prints, or reads a terminal.

``ask`` answers any text, ``explain_lines`` a stream of lines; the others are the commands of their names.
Errors of ``mailhelp.errors`` are the answers that a user gets in a sentence and an exit code.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence

from mailhelp import query
from mailhelp.answer import Answer, Result
from mailhelp.asking import ask as ask
from mailhelp.asking import explain_held as explain_held
from mailhelp.asking import shape_of as shape_of
from mailhelp.errors import NothingFound, SourceError, UsageError
from mailhelp.knowledge.store import Name, Store
from mailhelp.light import TYPE_CHECKING, late
from mailhelp.names import fold
from mailhelp.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from mailhelp.explain.logs import JOURNAL as JOURNAL
    from mailhelp.explain.logs import Live as Live
    from mailhelp.explain.logs import Log as Log
    from mailhelp.explain.logs import has_journal as has_journal
    from mailhelp.explain.logs import is_journal as is_journal
    from mailhelp.explain.logs import log as log
    from mailhelp.explain.logs import log_problem as log_problem
    from mailhelp.explain.mails import Wanted as Wanted
    from mailhelp.explain.mails import logs_at_hand as logs_at_hand
    from mailhelp.explain.mails import stories as stories
    from mailhelp.explain.mails import trace as trace
    from mailhelp.explain.mails import trace_here as trace_here
    from mailhelp.explain.records import Passed as Passed
    from mailhelp.explain.records import explain_lines as explain_lines
    from mailhelp.explain.records import explain_stream as explain_stream
else:  # a word is answered without what reads logs
    __getattr__ = late(
        "mailhelp.explain.logs: JOURNAL Live Log has_journal is_journal log log_problem",
        "mailhelp.explain.mails: Wanted logs_at_hand stories trace trace_here",
        "mailhelp.explain.records: Passed explain_lines explain_stream",
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


def is_recipe(session: Session, name: str) -> bool:
    """Whether a recipe has this ``name``."""
    return bool(session.library.named(name, "recipe"))


def is_a_word(session: Session, word: str) -> bool:
    """Whether an entry has ``word`` in it."""
    return word.casefold() in session.library.vocabulary


def is_record(session: Session, line: str) -> bool:
    """Whether a line by itself is a log record or a mail header field."""
    return query.is_record(session.library, line)


def is_prompt(line: str) -> bool:
    """Whether a line is a command with the prompt of a shell before it."""
    return query.is_prompt(line)


def is_of_file(session: Session, text: str) -> bool:
    """Whether each line of a text is one of a lookup table or of a DNS zone."""
    return query.line_of_file(session.library, text) is not None


def recipes(session: Session) -> tuple[Answer, ...]:
    """The list of all recipes."""
    from mailhelp.explain import search

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
        begun = [hit for hit in begun if fold(hit.shown).startswith(fold(name))] or begun
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
    from mailhelp.explain import page

    listing = page.listing(_host_index(session))
    if not listing.results:
        raise SourceError("No man page about mail is indexed here.", "Run: mailhelp index")
    return (listing,)


def man(session: Session, asked: str) -> tuple[Answer, ...]:
    """The man pages called ``asked``: ``postconf``, ``postconf(5)``, ``postconf.5``, ``5 postconf``, or
    a file that a page describes; else what is found of its words, phrases and wildcards in all pages.
    Raises ``NothingFound`` with near names.
    """
    from mailhelp.explain import page

    library = session.library
    _host_index(session)
    text, words = asked, asked.split()
    if len(words) == 2 and words[0][:1].isdigit():
        asked = f"{words[1]}({words[0]})"
    for row in library.table("manpages").values():
        asked = row.get("files", {}).get(asked, asked)
    documents = [library.document(hit.id) for hit in library.named(asked, "page")]
    if not documents:
        from mailhelp.explain.question import in_manuals  # needs more than a page does

        hits = in_manuals(session, text)
        if hits and hits[0].share == 1.0:
            results = [Result(hit.id, hit.kind, hit.title, hit.score, hit.excerpt) for hit in hits]
            return (page.found(text, results),)
        raise NothingFound(
            f"There is no man page “{asked[:60]}”, and none has all of these words.",
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
    from mailhelp import query
    from mailhelp.host import othersettings

    lines = None if os.path.isdir(place) else config.lines_of(place)
    kind = query.held(session.library, lines) if lines is not None else None
    if kind is not None and kind in othersettings.READERS:
        other = config.explain_other(session.library, kind, lines or ())
        return (other._replace(query=place),)
    return (config.explain_place(session.library, session.host, place, lines),)


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

    from mailhelp.explain import page
    from mailhelp.knowledge import host_index
    from mailhelp.knowledge.store import CATALOGUE, Store

    folder = host_index.build(session.host, session.library.table("manpages"), progress)
    if folder is None:
        raise SourceError("Another mailhelp is building this host's index right now.")
    with closing(Store(f"{folder}/{CATALOGUE}")) as catalogue:
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


def export(session: Session, format: str, programs: Iterable[str] = ()) -> Iterable[str]:
    """The lines of the log entries of ``programs`` (all without any) in ``format``.

    Raises ``UsageError`` for a format or a program that is not known.
    """
    from mailhelp import export

    if format not in export.WRITERS:
        known = " or ".join(export.WRITERS)
        raise UsageError(f"Which format? {known}.", "For example: mailhelp export lnav >FILE")
    return export.export(session.library, format, programs)


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
