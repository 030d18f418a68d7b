"""What each command does: words → answers → output → exit code."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from mailhelp.answer import Answer, Result
from mailhelp.arguments import COMMANDS
from mailhelp.errors import (
    EXIT_ANSWERED,
    EXIT_NOTHING_FOUND,
    EXIT_SOURCE,
    NothingFound,
    SourceError,
    UsageError,
)
from mailhelp.names import near_words
from mailhelp.output import Output
from mailhelp.render.lines import visible
from mailhelp.session import Session

Words = tuple[str, ...]

_LOG_ENDINGS = (".log", ".gz", ".bz2", ".xz", ".txt", ".1")


def ask(session: Session, output: Output, words: Words) -> int:
    """A question in words; without words, standard input."""
    if words:
        meant = next(near_words(words[0], COMMANDS), None) if len(words) > 1 else None
        if meant and len(words[0]) > 3:
            session.notices.append(f"Did you mean: mailhelp {meant} {' '.join(words[1:])}")
        code = _answered(session, output, " ".join(words))
        _index_after(session, output)
        return code
    if not session.host.is_terminal(sys.stdin):
        return _piped(session, output)
    print("Paste log lines, mail headers or a question, then press Ctrl-D:", file=sys.stderr)
    text = sys.stdin.buffer.read().decode("utf-8", "replace").strip("\n")
    return _answered(session, output, text)


def explain(session: Session, output: Output, words: Words, *, only_problems: bool = False) -> int:
    """Every record of the files (standard input without any), in order."""
    from mailhelp.log.files import open_text
    from mailhelp.log.join import lines, live_lines

    if not words and session.host.is_terminal(sys.stdin):
        print("Paste log lines or mail headers, then press Ctrl-D:", file=sys.stderr)
    codes = []
    for name in words or ("-",):
        with open_text(name) as stream:
            source = live_lines(0) if _is_pipe(stream) else lines(stream)
            codes.append(_explained(session, output, source, only_problems))
    return min(codes)


def _answered(session: Session, output: Output, text: str) -> int:
    """Write the answers to a question; for a reader, each explanation only once."""
    from mailhelp.api import ask as ask_for
    from mailhelp.condense import condensed

    answers = ask_for(session, text)
    return _written(output.answers(answers if output.options.json else tuple(condensed(answers))))


def _piped(session: Session, output: Output) -> int:
    """Standard input: a single line is answered as a question is, all else is explained."""
    from itertools import chain

    from mailhelp.log.join import lines, live_lines

    live = _is_pipe(sys.stdin.buffer)
    source: Iterator[str | None] = live_lines(0) if live else lines(sys.stdin.buffer)
    head: list[str | None] = []
    for line in source:
        if line is not None or head:
            head.append(line)
        if len(head) == 2:
            return _explained(session, output, chain(head, source), only_problems=False)
    if head and head[0] and head[0].strip():
        return _answered(session, output, head[0])
    return _explained(session, output, head, only_problems=False)


def _is_pipe(stream: BinaryIO) -> bool:
    """Whether ``stream`` is standard input and no file: one that can pause."""
    if stream is not sys.stdin.buffer:
        return False
    try:
        return not stat.S_ISREG(os.fstat(0).st_mode)
    except OSError:
        return False


def _explained(
    session: Session, output: Output, lines: Iterable[str | None], only_problems: bool
) -> int:
    """Write the answers for ``lines``; for a reader, each explanation only once."""
    from mailhelp.api import Passed, explain_lines
    from mailhelp.condense import condensed

    passed, brief = Passed(), not output.options.json
    answers = explain_lines(session, lines, only_problems=only_problems, brief=brief, passed=passed)
    output.answers(condensed(answers) if brief else answers, streaming=True)
    if not passed.lines:
        raise UsageError("There is nothing to explain: the input is empty.")
    if only_problems and not passed.shown:
        lines_read = f"{passed.lines} line{'s' * (passed.lines != 1)}"
        print(f"mailhelp: no trouble in {lines_read}.", file=sys.stderr)
    return EXIT_ANSWERED if passed.known else EXIT_NOTHING_FOUND


def trace(session: Session, output: Output, words: Words, *, every: bool = False) -> int:
    """The stories of the mails that the ids among ``words`` name, in the files among them."""
    from mailhelp.api import stories
    from mailhelp.explain.story import explain as explain_story

    ids = [word for word in words if not _is_file(word)]
    files = [word for word in words if _is_file(word)] or _logs_at_hand(session)
    if not ids and not every:
        raise UsageError(
            "Which mail? Name a queue ID, an amavis ID, a Message-ID or an address.",
            "Or give --all for every mail in the log.",
        )
    found = stories(session, files)
    chosen = [story for story in found if every or any(story.named(id) for id in ids)]
    if not chosen:
        where = ", ".join("standard input" if file == "-" else file for file in files)
        what = f"No mail with {' or '.join(ids)}" if ids else "No mail"
        raise NothingFound(f"{what} in {where}.")
    return _written(output.answers(explain_story(session.library, story) for story in chosen))


def recipe(session: Session, output: Output, words: Words) -> int:
    """All recipes, or one filled in."""
    from mailhelp.explain import recipe as explain_recipe
    from mailhelp.explain import search
    from mailhelp.knowledge.store import Name

    library = session.library
    if not words:
        names = [
            Name(doc.id, "recipe", doc.id.partition("/")[2]) for doc in library.all_of("recipe")
        ]
        return _written(output.answers([search.listing(library, "", "Recipes", names)]))
    name, *given = words
    hits = library.named(name, "recipe")
    if not hits:
        like = library.named_like(name, "recipe")
        near = [
            hit.shown
            for reading in library.corrected(name)
            for hit in library.named_like(reading, "recipe")
        ]
        raise NothingFound(
            f"There is no recipe “{name}”.",
            "'mailhelp recipe' lists them all.",
            tuple(dict.fromkeys([*(hit.shown for hit in like), *near])),
        )
    document = library.document(hits[0].id)
    assert document is not None  # its name has just been found
    values = dict(_pair(word) for word in given)
    return _written(
        output.answers([explain_recipe.explain(library, session.host, document, values)])
    )


def man(session: Session, output: Output, words: Words) -> int:
    """This host's man pages about mail, or one of them."""
    from mailhelp.explain import page

    library = session.library
    if library.host is None:
        raise SourceError("This host's man pages are not indexed yet.", "Run: mailhelp index")
    if not words:
        listing = page.listing(library.host)
        if not listing.results:
            raise SourceError("No man page about mail is indexed here.", "Run: mailhelp index")
        return _written(output.answers([listing]))
    asked = " ".join(words)
    documents = [library.document(hit.id) for hit in library.named(asked, "page")]
    if not documents:
        near = [hit.shown for hit in library.named_like(asked, "page")][:8]
        raise NothingFound(
            f"There is no man page “{asked}”.", "'mailhelp man' lists them.", tuple(near)
        )
    found = (page.explain(asked, document) for document in documents if document is not None)
    return _written(output.answers(found))


def template(session: Session, output: Output, words: Words) -> int:
    """This host's bounce templates, or those that are named."""
    from mailhelp.explain.template import explain as explain_template
    from mailhelp.host import postconf

    templates = postconf.templates(session.host)
    if templates.reason and not templates.documents:
        raise SourceError(
            f"The templates cannot be read: {templates.reason}", "Try: mailhelp doctor"
        )
    wanted = [word.removesuffix("_template") for word in words]
    chosen = [
        document
        for document in templates.documents
        if not wanted or document.names[0].removesuffix("_template") in wanted
    ]
    if not chosen:
        near = tuple(document.names[0] for document in templates.documents)
        raise NothingFound(f"There is no template “{' '.join(words)}”.", near=near)
    return _written(output.answers(explain_template(session.library, each) for each in chosen))


def config(session: Session, output: Output, words: Words) -> int:
    """What main.cf sets on this host, explained."""
    from mailhelp.explain.config import explain as explain_config
    from mailhelp.host import postconf

    found = postconf.configuration(session.host)
    if found.reason and not found.parameters:
        raise SourceError(f"The settings cannot be read: {found.reason}", "Try: mailhelp doctor")
    return _written(output.answers([explain_config(session.library, found)]))


def doctor(session: Session, output: Output, words: Words) -> int:
    """What was found on this host, and what is missing."""
    from mailhelp.explain.doctor import explain as explain_host

    library = session.library
    return _written(output.answers([explain_host(library, session.host, session.indexed)]))


def index(session: Session, output: Output, words: Words) -> int:
    """Build this host's index now; pages that cannot be rendered are left out and named."""
    import json
    from contextlib import closing

    from mailhelp.explain.page import reference_of
    from mailhelp.knowledge import host_index
    from mailhelp.knowledge.store import CATALOGUE, Store
    from mailhelp.progress import shown

    table = session.library.table("manpages")
    with shown(session.host) as progress:
        folder = host_index.build(session.host, table, progress)
    if folder is None:
        raise SourceError("Another mailhelp is building this host's index right now.")
    with closing(Store(folder / CATALOGUE)) as catalogue:
        skipped = json.loads(catalogue.meta("skipped") or "[]")
    pages = ", ".join(reference_of(id) for id in skipped)
    notes = (f"Left out, because they cannot be rendered: {pages}",) if skipped else ()
    title = f"This host's index is ready: {folder}"
    return _written(
        output.answers([Answer(kind="index", recognised="entry", title=title, notes=notes)])
    )


def check(session: Session, output: Output, words: Words) -> int:
    """Validate a corpus, or the user's own notes."""
    from mailhelp.corpus.base import Base
    from mailhelp.corpus.check import check as check_corpus
    from mailhelp.corpus.read import is_whole

    folder = Path(words[0]) if words else session.host.config_dir / "notes"
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}.", "Name the folder of a corpus.")
    base = None if is_whole(folder) else Base(session.library.bundled)
    compiled, faults = check_corpus(folder, base)
    entries = sum(
        document.kind != "parameter" or "explanation" in document.data
        for document in compiled.documents
    )
    title = f"{entries} entries, {len(compiled.patterns)} patterns, {len(faults)} faults"
    if output.options.json:
        results = tuple(Result(f"{f.path}:{f.line}", "fault", f.text) for f in faults)
        output.answers([Answer(kind="check", recognised="entry", title=title, results=results)])
    else:
        # one fault a line, as compilers write them, so that editors can jump to it
        for fault in faults:
            print(visible(str(fault)))
        print(title, file=sys.stderr)
    return EXIT_SOURCE if faults else EXIT_ANSWERED


def version(session: Session, output: Output, words: Words) -> int:
    """The version of mailhelp."""
    from mailhelp import __version__

    print(f"mailhelp {__version__}")
    return EXIT_ANSWERED


def _written(known: int) -> int:
    return EXIT_ANSWERED if known else EXIT_NOTHING_FOUND


def _pair(word: str) -> tuple[str, str]:
    key, sign, value = word.partition("=")
    if not sign or not key:
        raise UsageError(f"“{word}” is not KEY=VALUE.", "For example: host=mail.example.com")
    return key.replace("-", "_"), value


def _is_file(word: str) -> bool:
    try:
        found = word == "-" or Path(word).is_file()
    except OSError:  # too long for a name, or in a folder that may not be searched
        found = False
    # a name that can only be a file's is one, so that a missing log is said and not looked for as an id
    named = word.startswith(("/", "./", "../")) or word.endswith(_LOG_ENDINGS)
    return found or (named and "@" not in word)


def _logs_at_hand(session: Session) -> list[str]:
    from mailhelp.api import logs_at_hand

    if not session.host.is_terminal(sys.stdin):
        return ["-"]
    found = logs_at_hand(session)
    if not found:
        raise SourceError("No mail log was found on this host.", "Name the log's file.")
    return found


def _index_after(session: Session, output: Output) -> None:
    """Build this host's index when somebody sits there and the answer has been given."""
    from mailhelp.knowledge import host_index
    from mailhelp.progress import shown

    if session.indexed or not (output.terminal and session.host.is_terminal(sys.stderr)):
        return
    try:
        with shown(session.host) as progress:
            build = host_index.build if session.damaged else host_index.ensure
            build(session.host, session.library.table("manpages"), progress)
    except SourceError as error:
        session.notices.append(str(error))
