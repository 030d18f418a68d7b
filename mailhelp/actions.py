"""What each command does with its answers: words → api → output → exit code."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from mailhelp import api, inputs, last
from mailhelp.answer import Answer
from mailhelp.arguments import Call, read, trailing_detail
from mailhelp.commands import COMMANDS
from mailhelp.errors import (
    EXIT_ANSWERED,
    EXIT_NOTHING_FOUND,
    EXIT_SOURCE,
    NothingFound,
    SourceError,
    UnusableFolder,
    UsageError,
)
from mailhelp.inputs import Lines
from mailhelp.light import BinaryIO
from mailhelp.names import near_words
from mailhelp.output import Output
from mailhelp.said import is_log
from mailhelp.session import Session
from mailhelp.shell import quote

Words = tuple[str, ...]

_SCREEN = 20
"""Records above which a file at a terminal is told as a whole."""
_LARGE = 20_000_000
"""Bytes of logs above which a bar says how far it is."""
_LOOK_S = 1.0
"""Seconds between two looks at a log that grows."""


def ask(session: Session, output: Output, words: Words) -> int:
    """A question in words; without words, standard input (for ``-v`` alone, the last question)."""
    if not words:
        return _without_words(session, output)
    if all(_is_path(word) for word in words):
        return explain(session, output, words)
    call = _quoted_call(session, words[0]) if len(words) == 1 else None
    if call is not None:
        perform: Callable[..., int] = globals()[call.command]
        return perform(session, output, call.words, **call.given)
    detail = trailing_detail(words)
    # an option of mailhelp, if what stands before it is no command of its own
    if detail and not all(api.is_command(session, " ".join(each)) for each in (words, words[:-1])):
        output.options = output.options._replace(detail=detail)
        words = words[:-1]
    known = session.before if len(words) == 1 and words[0].isdecimal() else None
    if known is not None and known.numbered:
        return _opened(session, output, words[0], known)
    if known is not None and len(words[0]) == 1 and not api.is_known(session, words[0]):
        raise NothingFound(
            "The last answer had no list.", f"'mailhelp -- {words[0]}' asks about the number."
        )
    if len(words) == 1 and _is_file(words[0]) and not api.is_named(session, words[0]):
        return explain(session, output, words)
    meant = next(near_words(words[0], COMMANDS), None) if len(words) > 1 else None
    # long is near to log, and a word of its own
    if meant and len(words[0]) > 3 and words[0].casefold() not in session.library.vocabulary:
        rest = " ".join(map(quote, words[1:]))
        session.notices.append(f"Did you mean: mailhelp {meant} {rest}")
    return _asked(session, output, " ".join(words))


def _quoted_call(session: Session, text: str) -> Call | None:
    """The call of another command that stands in quotes as one word: ``'recipe ptr-check address=192.0.2.7'``.

    Its words must be what that command takes, a name or a file that there is: else it is a question.
    """
    first, _, rest = text.strip().partition(" ")
    if first not in COMMANDS or not rest or "\n" in text:
        return None
    operand = COMMANDS[first].operand
    try:
        call, _, _ = read([first, *rest.split()])
    except UsageError:
        return None
    if operand is None or call is None or call.command != first or not call.words:
        return None
    if operand.completes == "file":
        taken = any(_is_file(word) or os.path.isdir(word) for word in call.words)
    else:
        name, *given = call.words
        taken = all("=" in word for word in given) and api.is_named(session, name)
    return call if taken else None


def _asked(session: Session, output: Output, question: str, numbered: Words = ()) -> int:
    """Answer a question and keep it; ``numbered`` is a list that stays the last one."""
    from mailhelp.condense import condensed

    answers = api.ask(session, question)
    code = _told(session, output, answers)
    short = len(question) <= last.LONGEST_TEXT
    session.last = last.Last(
        "ask",
        (question,) if short else (),
        dropped=not short,
        numbered=numbered or _numbered(tuple(condensed(answers))),
    )
    _index_later(session, output)
    return code


def _numbered(answers: tuple[Answer, ...]) -> Words:
    """What the numbers on the screen of ``answers`` open."""
    if len(answers) == 1:
        return last.numbered(answers)
    from mailhelp.render.many import gather

    return last.numbered(gather(answers).answers, counted=True)


def _opened(session: Session, output: Output, number: str, known: last.Last) -> int:
    """What ``number`` opens: one of the last list, else what it means by itself."""
    if len(number) < 6 and 0 < int(number) <= len(known.numbered):
        id = known.numbered[int(number) - 1]
        if not id:
            raise NothingFound(f"Nothing more is known of the last list's {number}.")
        return _asked(session, output, id, known.numbered)
    if api.is_known(session, number):
        return _asked(session, output, number)
    many = len(known.numbered)
    raise NothingFound(
        f"The last list has no {number}: it had {many} {'entry' if many == 1 else 'entries'}.",
        f"'mailhelp 1' opens the first; 'mailhelp -- {number}' asks about the number.",
    )


def _without_words(session: Session, output: Output) -> int:
    if session.replayed is not None or not session.host.is_terminal(session.host.stdin):
        return _piped(session, output)
    if output.options.detail == "full":
        return _again(session, output)
    output.say("Paste log lines, mail headers or a question, then press Ctrl-D:")
    text = session.host.stdin.read().decode("utf-8", "replace").strip("\n")
    return _asked(session, output, text)


def _again(session: Session, output: Output) -> int:
    """The last call once more; its values are fresh."""
    before = session.before
    if before is None or (before.command != "ask" and before.command not in COMMANDS):
        raise NothingFound(
            "There is no last answer to show in full.", "Ask first: mailhelp queue_lifetime"
        )
    if before.dropped:
        raise NothingFound(
            "The last text was too long to keep.", "Give it once more: mailhelp -v <FILE"
        )
    session.replayed = before.text
    if before.command == "ask" and before.words:
        code = _told(session, output, api.ask(session, before.words[0]))
    else:
        action: Callable[..., int] = globals()[before.command]
        # what another release kept may have options that this one lacks
        own = COMMANDS[before.command].switches if before.command in COMMANDS else ()
        given = {each.name: before.given[each.name] for each in own if each.name in before.given}
        code = action(session, output, before.words, **given)
    session.last = before
    return code


def explain(
    session: Session,
    output: Output,
    words: Words,
    *,
    only_problems: bool = False,
    every: bool = False,
) -> int:
    """What stands in the files (standard input without any), in order. At a terminal a log that is longer
    than a screen is told as a whole, unless ``every`` record is asked for.
    """
    from mailhelp.log.join import lines

    if not words and session.replayed is None and session.host.is_terminal(session.host.stdin):
        output.say("Paste log lines or mail headers, then press Ctrl-D:")
    output.every = every
    at_once = output.is_one_screen and not only_problems
    if at_once and words and all(_is_long_log(session, name) for name in words):
        return log(session, output, words)
    codes: list[int] = []
    numbered: list[str] = []
    for name in words or ("-",):
        if name == "-":
            source = inputs.standard_input(session)
            output.is_at_hand = inputs.pipe(session.stdin) is None
            codes.append(_explained(session, output, source, numbered, only_problems))
        else:
            with session.open(name) as stream:
                output.is_at_hand = inputs.pipe(stream) is None
                codes.append(_explained(session, output, lines(stream), numbered, only_problems))
    own = tuple(numbered) if len(codes) == 1 else ()
    given = {"only_problems": only_problems, "every": every}
    _keep(session, Call("explain", words, given=given), own)
    return min(codes)


def _piped(session: Session, output: Output) -> int:
    """Standard input: a single line that is no record is a question, lines of a table or a zone are, all else is explained."""
    source = inputs.standard_input(session)
    head, ended = inputs.head(source, alone=lambda line: not api.is_record(session, line))
    known = [line for line in head if line]
    if ended and known and not api.is_record(session, known[0]):
        text = "\n".join(known)
        if len(head) == 1 or api.is_of_file(session, text):
            return _asked(session, output, text)
    if not known and output.options.detail == "full" and session.replayed is None:
        return _again(session, output)
    numbered: list[str] = []
    code = _explained(session, output, source, numbered, head=head)
    _keep(session, Call("ask", ()), tuple(numbered))
    return code


def _explained(
    session: Session,
    output: Output,
    lines: Lines,
    numbered: list[str],
    only_problems: bool = False,
    head: list[str | None] | None = None,
) -> int:
    """Write the answers for ``lines``, which go on after ``head`` if that was read from them already.

    ``numbered`` gets the ids behind the numbers on the screen.
    """
    if head is None:
        head, _ = inputs.head(lines, alone=lambda line: not api.is_record(session, line))
    if len(head) > 1 and head[0] and head[1] and api.is_prompt(head[0]):
        # the command that wrote the records is none of them
        head = head[1:] if api.is_record(session, head[1]) else head
    whole: Lines = chain(head, lines)
    text = [line for line in head if line is not None]
    # a single record is what most people pipe, and the shapes take time to compile
    several = len(text) > 1 or (text and not api.is_record(session, text[0]))
    shape = api.shape_of(session, text) if several and not only_problems else None
    if shape is not None:
        covered = session.redactor.cover_lines(line for line in whole if line is not None)
        rest = (line for line in covered if line is not None)
        for _ in range(shape.start):
            next(rest)
        answers = api.explain_held(session, shape.kind, rest)
        numbered += last.numbered(answers)
        return _told(session, output, answers)
    return _stream(session, output, whole, numbered, only_problems)


def _stream(
    session: Session, output: Output, lines: Lines, numbered: list[str], only_problems: bool
) -> int:
    """Write an answer for each record of ``lines``; for a reader, each explanation only once.

    In a terminal all that is there already is one screen; what a pipe brings after a pause follows
    record by record.
    """
    from mailhelp.condense import condensed

    passed, brief = api.Passed(), not output.options.json
    source = inputs.collected(lines)

    def answers(source: Lines) -> Iterator[Answer]:
        told = api.explain_lines(
            session, source, only_problems=only_problems, brief=brief, passed=passed
        )
        return condensed(told) if brief else told

    pause = inputs.Pause()
    if output.is_one_screen:
        gathered = output.summary(answers(pause.before(source)))
        numbered += last.numbered(gathered.answers, counted=len(gathered.each) > 1)
    if output.is_one_screen and pause.met:
        output.line("")
    if not output.is_one_screen or pause.met:
        output.answers(answers(source), streaming=True)
    if not passed.lines:
        raise UsageError("There is nothing to explain: the input is empty.")
    if only_problems and not passed.shown:
        output.say(f"mailhelp: no trouble in {passed.lines} line{'s' * (passed.lines != 1)}.")
    return EXIT_ANSWERED if passed.known else EXIT_NOTHING_FOUND


def log(
    session: Session,
    output: Output,
    words: Words,
    *,
    since: str | None = None,
    until: str | None = None,
    last: str | None = None,
    jobs: str | None = None,
    cluster: str | None = None,
    follow: bool = False,
) -> int:
    """What is in whole logs, worst first; with a number, that problem in full."""
    from mailhelp.log.files import named
    from mailhelp.progress import shown
    from mailhelp.times import moment, span

    number = 0
    if words and words[-1].isdecimal() and len(words[-1]) < 6 and not os.path.exists(words[-1]):
        number, words = int(words[-1]), words[:-1]
    if jobs is not None and not (jobs.isdecimal() and 0 < int(jobs) < 1000):
        raise UsageError(f"--jobs takes a number of processes; not “{jobs}”.")
    now = session.host.now
    begin = moment(since, now) if since else ""
    if last:
        begin = max(begin, span(last, now))
    end = moment(until, now) if until else ""
    if cluster:
        _refuse_beside_cluster(words, jobs, follow)
        files = list(words)
    else:
        files = [file for word in words for file in named(word)] or _logs_since(session, begin)
    if follow:
        return _followed(session, output, files, begin)
    session.heard.dropped = "-" in files
    is_small = not cluster and sum(map(_size, files)) < _LARGE
    quiet = output.options.detail == "line" or is_small
    with shown(session.host, quiet, "Reading the log") as progress:
        found = api.log(
            session,
            files,
            since=begin,
            until=end,
            jobs=int(jobs or 0),
            cluster=cluster or "",
            detailed=output.options.detail == "full",
            progress=progress,
        )
    report = found.answer.report
    assert report is not None
    answer = api.log_problem(session, found, number) if number else found.answer
    code = _written(output.answers((answer,)))
    given = {"since": since, "until": until, "last": last, "jobs": jobs, "cluster": cluster}
    call = Call(
        "log",
        (*words, *((str(number),) if number else ())),
        given={k: v for k, v in given.items() if v},
    )
    _keep(session, call, tuple(each.entry for each in report.problems))
    for fault in () if output.terminal else found.tally.faults:
        output.say(f"mailhelp: {fault}")
    return EXIT_SOURCE if found.tally.faults else code


def _refuse_beside_cluster(files: Words, jobs: str | None, follow: bool) -> None:
    """Raises ``UsageError`` for what does not go with ``--cluster``."""
    if not files or "-" in files:
        raise UsageError(
            "--cluster reads files that its workers find, and none is named.",
            "mailhelp log --cluster tcp://scheduler:8786 '/srv/logs/mx*/mail.log*'",
        )
    if jobs or follow:
        raise UsageError(f"{'--jobs' if jobs else '--follow'} does not go with --cluster.")


def _followed(session: Session, output: Output, files: list[str], begin: str) -> int:
    """A screen that is drawn again whenever the log has grown, until it is interrupted."""
    import time

    if not output.terminal:
        raise UsageError(
            "--follow draws on a terminal.", "In a pipe: tail -F FILE | mailhelp explain"
        )
    if len(files) != 1 or files[0] == "-" or api.is_journal(files):
        raise UsageError("--follow takes one file.", "mailhelp log --follow /var/log/mail.log")
    inputs.collect_cycles()
    live = api.Live(session, files[0], begin)
    answer: Answer | None = live.look() or live.nothing()
    while True:
        if answer is not None:
            output.redraw(answer)
        time.sleep(_LOOK_S)
        answer = live.look()


def _logs_since(session: Session, begin: str) -> list[str]:
    """What is piped, else this host's log, with what was rotated away from it since ``begin``."""
    files = _logs(session, journal=True)
    if not begin or files == ["-"] or api.is_journal(files):
        return files
    from datetime import datetime

    from mailhelp.log.files import rotation

    oldest = datetime.fromisoformat(begin).timestamp()
    older = [name for name in rotation(files[0]) if name != files[0]]
    return [*(name for name in older if os.path.getmtime(name) >= oldest), *files]


def _size(name: str) -> int:
    return os.path.getsize(name) if _is_file(name) else 0


def _is_long_log(session: Session, name: str) -> bool:
    """Whether the file ``name`` is a log of more records than a screen shows."""
    from mailhelp.log.join import lines

    if name == "-":
        return False
    with session.open(name) as stream:
        head = list(islice(lines(stream), inputs.HEAD_LINES))
    parsed = (session.library.engine.parse(line) for line in head)
    records = sum(record.tag is not None and record.time is not None for record in parsed)
    return records > _SCREEN and api.shape_of(session, head) is None


def trace(
    session: Session,
    output: Output,
    words: Words,
    *,
    every: bool = False,
    sender: str | None = None,
    recipient: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> int:
    """The stories of the mails that the ids among ``words`` name, in the files among them."""
    from mailhelp.times import moment

    given = {
        "every": every, "sender": sender, "recipient": recipient, "since": since, "until": until
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value}
    alone = len(words) == 1 and not given
    ids = [word for word in words if not is_log(word, alone=alone)]
    files = [word for word in words if word not in ids]
    if not ids and not given:
        raise UsageError(
            "Which mail? Name a queue ID, an amavis ID, a Message-ID or an address.",
            "Or give --all for every mail in the log.",
        )
    now = session.host.now
    begin = moment(since, now) if since else ""
    wanted = api.Wanted(
        (), sender or "", recipient or "", begin, moment(until, now) if until else ""
    )
    here = not files
    files = files or _logs_since(session, begin)
    session.heard.dropped = "-" in files
    if here and ids and files != ["-"] and not begin:
        answers = api.trace_here(session, ids, files[0], wanted)
    else:
        answers = api.trace(session, ids, files, every, wanted)
    faults: list[SourceError] = []
    code = _written(output.answers(_as_far_as(answers, faults)))
    _keep(session, Call("trace", words, given=given))
    for fault in faults:
        output.say(f"mailhelp: {fault}")
    return EXIT_SOURCE if faults else code


def _as_far_as(answers: Iterable[Answer], faults: list[SourceError]) -> Iterator[Answer]:
    """``answers`` up to where a source fails, which is told in ``faults``."""
    try:
        yield from answers
    except SourceError as error:
        faults.append(error)


def recipe(session: Session, output: Output, words: Words) -> int:
    """All recipes, or one filled in."""
    answers = (
        api.recipe(session, words[0], dict(_pair(word) for word in words[1:]))
        if words
        else api.recipes(session)
    )
    return _shown(session, output, Call("recipe", words), answers)


def man(session: Session, output: Output, words: Words) -> int:
    """This host's man pages about mail, or one of them."""
    if session.library.host is None:
        _index_later(session, output)
    answers = api.man(session, " ".join(words)) if words else api.pages(session)
    return _shown(session, output, Call("man", words), answers)


def template(session: Session, output: Output, words: Words) -> int:
    """This host's bounce templates, or those that are named."""
    return _shown(session, output, Call("template", words), api.template(session, words))


def config(session: Session, output: Output, words: Words, *, place: str | None = None) -> int:
    """The faults of main.cf and master.cf and what they set: of this host, or of a copy."""
    if words and place is not None:
        raise UsageError("config looks at one copy; both a word and -c name one.")
    place = words[0] if words else place
    words = ()
    own = {"place": place} if place is not None else {}
    call = Call("config", words, given=own)
    return _shown(session, output, call, api.config(session, place))


def doctor(session: Session, output: Output, words: Words) -> int:
    """What was found on this host, and what is missing."""
    return _shown(session, output, Call("doctor", words), api.doctor(session))


def index(session: Session, output: Output, words: Words) -> int:
    """Build this host's index now."""
    from mailhelp.progress import shown

    with shown(session.host, quiet=output.options.detail == "line") as progress:
        answers = api.index(session, progress)
    return _written(output.answers(answers))


def check(
    session: Session, output: Output, words: Words, *, show: str = "", schema: str = ""
) -> int:
    """Validate a corpus, entries of one, or the user's own notes; or show what an entry is made of."""
    from pathlib import Path

    if schema:
        for line in api.schema(schema).split("\n"):
            output.line(line)
        return EXIT_ANSWERED
    paths = [Path(word) for word in words] or [Path(session.host.config_dir, "notes")]
    if show:
        for line in api.patterns(session, paths[0], show):
            output.line(line)
        return EXIT_ANSWERED
    (answer,) = api.check(session, paths)
    if output.options.json:
        output.answers([answer])
    else:
        # one fault a line, as compilers write them, so that editors can jump to it
        for fault in answer.results:
            output.line(f"{fault.id}: {fault.title}")
        output.say(answer.title)
    return EXIT_SOURCE if answer.results else EXIT_ANSWERED


def completion(session: Session, output: Output, words: Words) -> int:
    """The script that makes a shell complete mailhelp's words."""
    from mailhelp.completion import SCRIPTS

    script = SCRIPTS.get(words[0]) if words else None
    if script is None:
        raise UsageError(
            "Which shell? bash, zsh or fish.", "For example: mailhelp completion bash >>~/.bashrc"
        )
    output.stream.write(script)
    return EXIT_ANSWERED


def export(session: Session, output: Output, words: Words) -> int:
    """What is known of logs, in the language of another engine."""
    format, *programs = words or ("",)
    lines = api.export(session, format, programs)
    if output.terminal:
        raise UsageError(
            "That is two megabytes: let it go to a file.",
            f"mailhelp export {' '.join(map(quote, words))} >FILE",
        )
    for line in lines:
        output.stream.write(f"{line}\n")
    return EXIT_ANSWERED


def version(session: Session, output: Output, words: Words) -> int:
    """The version of mailhelp."""
    from mailhelp import __version__

    output.line(f"mailhelp {__version__}")
    return EXIT_ANSWERED


def _shown(session: Session, output: Output, call: Call, answers: tuple[Answer, ...]) -> int:
    """Write the answers of a command, and keep the call with what it numbered."""
    code = _written(output.answers(answers))
    _keep(session, call, last.numbered(answers))
    return code


def _told(session: Session, output: Output, answers: tuple[Answer, ...]) -> int:
    """Write the answers to a text; for a reader, each explanation only once."""
    from mailhelp.condense import condensed

    return _written(output.answers(answers if output.options.json else tuple(condensed(answers))))


def _keep(session: Session, call: Call, numbered: Words = ()) -> None:
    heard = session.heard
    # asked again, it may be in another folder
    command = COMMANDS.get(call.command)
    words = call.words
    if command and command.operand and command.operand.completes == "file":
        words = tuple(os.path.abspath(word) if _is_file(word) else word for word in words)
    session.last = last.Last(
        call.command, words, call.given, heard.text, heard.dropped, numbered=numbered
    )


def _written(known: int) -> int:
    return EXIT_ANSWERED if known else EXIT_NOTHING_FOUND


def _pair(word: str) -> tuple[str, str]:
    key, sign, value = word.partition("=")
    if not sign or not key:
        raise UsageError(f"“{word}” is not KEY=VALUE.", "For example: host=mail.example.com")
    return key.replace("-", "_"), value


def _is_path(word: str) -> bool:
    """Whether ``word`` is the path of a file or folder: it has a slash, and is there or begins like one."""
    if "/" not in word or len(word) < 2:
        return False
    begins = word.startswith(("/", "./", "../")) and not any(map(str.isspace, word))
    return begins or os.path.exists(word)


def _is_file(word: str) -> bool:
    return os.path.isfile(word)


def _logs(session: Session, journal: bool = False) -> list[str]:
    """What is piped, else this host's log, or its ``journal``. Raises ``SourceError`` if there is none."""
    stdin = session.host.stdin
    if session.replayed is None and not _is_nothing(session.host.is_terminal(stdin), stdin):
        return ["-"]
    found = api.logs_at_hand(session)
    if not found and journal and api.has_journal(session):
        return [api.JOURNAL]
    if not found:
        raise SourceError("No mail log was found on this host.", "Name the log's file.")
    return found


def _is_nothing(terminal: bool, stream: BinaryIO) -> bool:
    """Whether a log can't come by ``stream``: a terminal, or the null device that cron and ssh give."""
    try:
        return terminal or stat.S_ISCHR(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return terminal


def _index_later(session: Session, output: Output) -> None:
    """Have this host's index built in the background when somebody sits there and it is not up to date.

    That is said once, and what hinders it each time.
    """
    from mailhelp.knowledge import host_index

    if session.indexed or not (output.terminal and session.host.is_terminal(session.host.stderr)):
        return
    try:
        if host_index.build_later(session.host):
            session.notices.append(
                "This host's manuals are being read in the background, for the next answers."
            )
    except UnusableFolder as error:
        session.unusable(error)
