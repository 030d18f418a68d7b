"""Answers → the blocks of one screen: the answer in line 1, then only what fits below it.

What is told is chosen by whole sentences and whole commands, the likeliest and worst first; the last
line says how to get the rest. ``outline`` tells all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.answer import Answer, Command, Finding, Parameter, Prose, Result, Span
from mailhelp.light import NamedTuple
from mailhelp.render import outline, report, words
from mailhelp.render.blocks import (
    Block,
    Bullets,
    Code,
    Commands,
    Gap,
    Headline,
    Marked,
    Pairs,
    Row,
    Run,
    Runs,
    Text,
    plain,
)
from mailhelp.render.layout import cut, draw, innermost
from mailhelp.render.lines import cells, wrap
from mailhelp.render.sentences import paragraphs, sentences

HEIGHT = 20
"""Lines of an answer on the first screen, the last one included that leads to the rest."""
_MEANING, _ITEM = 4, 2
"""Lines of what it means, and of one item of a list, at most."""
_COMMANDS = 4
_ROWS = 6
"""Findings, values or recipients that are told one by one, at most."""
_OTHERS = 3
"""Other entries offered beside an answer."""
_EACH = 9
"""Answers that get a line each, at most."""
_KINDS = 8
"""Lines of a summary of more than these."""
_PARAMETERS = 4
_RECORD = 12
"""Lines of a record in a stream."""
_LONGEST_HERE, _LONGEST_NAME = 40, 26
_PREFIX = ("time", "logging_host", "process_id")
_LISTS = ("search", "list", "doctor", "check")


class _Told(NamedTuple):
    """What is told in one line: an answer, its place among all (from 1), how often it came."""

    answer: Answer
    number: int
    times: int = 1


def line(answers: Iterable[Answer], width: int) -> Iterator[Block]:
    """Line 1 of each answer, and nothing else."""
    for answer in answers:
        if answer.danger:
            yield from _danger(answer)
        elif answer.continues is None:
            yield from _first_lines(answer)


class Gathered(NamedTuple):
    """A stream of answers, as far as a screen tells of them.

    ``each`` are the first ones one by one, ``entries`` all of them by what they tell; ``since`` and ``until`` are
    the times of the first record and of the last.
    """

    each: tuple[_Told, ...]
    entries: tuple[_Told, ...]
    since: str | None = None
    until: str | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers behind the numbers of the rows, in their order."""
        return tuple(told.answer for told in self.rows)

    @property
    def rows(self) -> tuple[_Told, ...]:
        """What gets a line: every answer or, of more than fit, every entry, the worst and commonest first."""
        if len(self.each) <= _EACH:
            return self.each

        def place(told: _Told) -> tuple[object, ...]:
            return (*_urgency(told.answer)[:3], told.times)

        return tuple(sorted(self.entries, key=place, reverse=True))


def screen(answers: Iterable[Answer] | Gathered, width: int, height: int = HEIGHT) -> list[Block]:
    """One screen for ``answers``: one is told; of several each gets a line, and the worst is told.

    More than fit are told by entry, with counts, worst first. Memory grows with the entries alone.
    """
    gathered = answers if isinstance(answers, Gathered) else gather(answers)
    each, entries = gathered.each, gathered.entries
    if not each:
        return []
    worst = max((told.answer for told in entries), key=_urgency)
    sheet = _Sheet(width, height)
    if worst.report and len(each) == 1:
        return report.screen(worst, width, height)
    if len(each) == 1:
        return _one(worst, width, height)
    if all(told.answer.kind == "parameter" for told in each) and len(each) <= _PARAMETERS:
        for told in each:
            sheet.add(*_danger(told.answer), *_top(told.answer))
        return [*sheet.blocks, *_one(worst, width, sheet.left, top=False)]
    rows = gathered.rows
    if len(each) <= _EACH:
        sheet.add(*(_told(told) for told in rows))
    else:
        _summary(sheet, gathered)
    sheet.add(Gap())
    return [*sheet.blocks, *_one(worst, width, sheet.left, numbers=len(rows))]


def _summary(sheet: _Sheet, gathered: Gathered) -> None:
    """How many records of when, and what they tell of, by entry, worst first."""
    rows = gathered.rows
    total = sum(told.times for told in gathered.entries)
    mails = all(told.answer.story for told in rows)
    when = [each.replace("T", " ")[:16] for each in (gathered.since, gathered.until) if each]
    span = f", {' to '.join(dict.fromkeys(when))}" if when else ""
    sheet.add(Row((("title", f"{total:,} {'mails' if mails else 'records'}{span}, worst first"),)))
    shown = rows if len(rows) <= _KINDS else rows[: _KINDS - 1]
    for number, told in enumerate(shown, 1):
        sheet.add(_counted(told, number))
    rest = rows[len(shown) :]
    if rest:
        what = "harmless ones" if all(_harmless(told.answer) for told in rest) else "kinds"
        count = sum(told.times for told in rest)
        of = "mails" if mails else "records"
        sheet.add(Row((("aside", f"     and {len(rest)} more {what}, {count:,} {of}"),)))


def _harmless(answer: Answer) -> bool:
    return bool(answer.verdict and answer.verdict.harmless)


def gather(answers: Iterable[Answer]) -> Gathered:
    """``answers``, counted by what they tell."""
    each: list[_Told] = []
    entries: dict[tuple[str, str], _Told] = {}
    number = 0
    since = until = None
    for answer in answers:
        if answer.continues is not None:
            continue
        number += 1
        since, until = since or answer.time, answer.time or until
        if len(each) <= _EACH:
            each.append(_Told(answer, number))
        key = (answer.kind, words.title(answer))
        before = entries.get(key)
        if before is None:
            entries[key] = _Told(answer, number)
        else:
            entries[key] = before._replace(times=before.times + 1)
    return Gathered(tuple(each), tuple(entries.values()), since, until)


def record(answer: Answer, width: int) -> list[Block]:
    """One record of a stream: told briefly, without a way to the rest of it."""
    return _one(answer, width, _RECORD, more=False)


def _told(told: _Told) -> Block:
    answer = told.answer
    runs: list[Run] = [("aside", f"{told.number:>3}  ")]
    runs.append((words.urgency(answer.severity), words.title(answer)))
    return Row((*runs, *_aside(answer)))


def _aside(answer: Answer) -> Runs:
    """What tells an answer from others with its title: its gist or, of an unknown record, the message."""
    if answer.gist:
        return (("value", f"  {answer.gist}"),)
    if answer.kind == "header":
        return (("value", f"  {answer.text.partition(':')[2].strip()}"),)
    if answer.kind != "log" or answer.title:
        return ()
    prefix = (span.end for span in answer.spans if span.name in (*_PREFIX, "program"))
    message = answer.text[max(prefix, default=0) :].lstrip(" :]")
    return (("value", f"  {message}"),)


def _counted(told: _Told, number: int) -> Block:
    answer = told.answer
    severity = answer.severity or ("unknown" if answer.recognised == "no" else "")
    severity = "harmless" if _harmless(answer) else severity
    runs: list[Run] = [("aside", f"{number:>3}  ")]
    runs.append((words.urgency(answer.severity), f"{severity:9}"))
    runs += [
        ("aside", f"{told.times:>6,}×  "),
        (words.urgency(answer.severity), words.title(answer)),
    ]
    return Row((*runs, *(_aside(answer) if told.times == 1 else ())))


def _urgency(answer: Answer) -> tuple[bool, bool, int, int]:
    """What is told before other answers: danger, trouble, what is known, what has most to say."""
    return (
        bool(answer.danger),
        not _harmless(answer),
        -words.rank(answer.severity)
        + 2 * (answer.verdict is not None and answer.verdict.permanence != "none"),
        len(answer.explanation.markdown),
    )


class _Sheet:
    """Blocks, as long as they fit."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.left = width, height
        self.blocks: list[Block] = []

    def add(self, *new: Block) -> bool:
        """Add ``new`` if all of it fits."""
        size = self.size(new)
        if size > self.left:
            return False
        self.blocks += new
        self.left -= size
        return True

    def size(self, new: Iterable[Block]) -> int:
        """Lines that ``new`` takes; what is wider than the terminal takes several."""
        sizes = (sum(cells(text) for _, text in line) for line in draw(new, self.width))
        return sum(max(1, -(-size // self.width)) for size in sizes)


def _one(
    answer: Answer,
    width: int,
    height: int,
    *,
    top: bool = True,
    more: bool = True,
    numbers: int = 0,
) -> list[Block]:
    """One answer; ``numbers`` is how many are numbered above it."""
    sheet = _Sheet(width, height)
    tail = _Sheet(width, height)
    if more and (numbers or _has_more(answer)):
        tail.add(Gap(), _more(answer, width, numbers))
    if top:
        sheet.add(*_danger(answer))
        sheet.add(*_top(answer))
    # what master.cf sets for single services is no fault
    notes = answer.notes
    if answer.kind == "config" and len(answer.findings) > 1:
        notes = () if answer.text else notes[:1]
    for note in notes[:2]:
        sheet.add(Text(_item((("", note),), width)))
    others = list(_others(answer))
    commands = _chosen_commands(answer, width)
    if answer.kind != "recipe":
        for count in range(len(commands), 0, -1):
            block: tuple[Block, ...] = (Gap(), Commands(commands[:count], short=True))
            if tail.size((*block, *others)) <= (sheet.left - tail.size(tail.blocks)) * 2 // 3:
                tail.blocks = [*block, *tail.blocks]
                break
    tail.blocks = [*others, *tail.blocks]
    sheet.left -= tail.size(tail.blocks)
    _fill(sheet, answer)
    return [*sheet.blocks, *tail.blocks]


def _danger(answer: Answer) -> Iterator[Block]:
    if answer.danger:
        yield Text((("act", f"Danger: {answer.danger}"),))


def _first_lines(answer: Answer) -> Iterator[Block]:
    """Line 1: what it is and how bad; of settings one each, with its value."""
    asked = [each for each in answer.parameters if each.asked]
    for each in asked:
        shown = words.value(each)
        runs: Runs = (("name", f"{each.name} = {shown}" if shown else each.name),)
        yield Headline(runs, (("", words.origin(each)),))
    if not asked:
        style = "title" if answer.story else words.urgency(answer.severity)
        yield Headline(((style, words.title(answer)),), (("", words.verdict(answer)),))


def _top(answer: Answer) -> Iterator[Block]:
    """Line 1, and what the setting is for, or the line that tells who and whom."""
    yield from _first_lines(answer)
    if any(each.asked for each in answer.parameters):
        if answer.title:
            yield Text((("", answer.title),), 2)
    elif answer.gist:
        yield Text((("value", answer.gist),), 2, 2, keep=True)


def _fill(sheet: _Sheet, answer: Answer) -> None:
    """What stands between line 1 and the commands, as its kind needs it."""
    if answer.kind == "recipe":
        _recipe(sheet, answer)
        return
    if answer.kind in _LISTS:
        _list(sheet, answer)
        return
    if answer.kind == "page":
        _page(sheet, answer)
        return
    if answer.kind == "template":
        lines = answer.text.split("\n")[: max(sheet.left - 1, 0)]
        sheet.add(Gap(), Marked("\n".join(lines), keep=True))
        return
    if answer.story:
        _story(sheet, answer)
        return
    findings = _findings(answer, sheet.width, sheet.left - 1)
    for count in range(min(len(findings), _ROWS + 4), 0, -1):
        if sheet.add(Gap(), *findings[:count]):
            break
    if answer.kind in ("command", "header") or answer.recognised != "entry":
        _values(sheet, answer)
    _meaning(sheet, answer)
    before = sheet.left
    _items(sheet, "What to do", answer.actions)
    _items(sheet, "Why", answer.causes)
    if sheet.left == before:
        for section in answer.sections:
            if not section.aside:
                _items(sheet, section.title, (section.text,))


def _meaning(sheet: _Sheet, answer: Answer, most: int = _MEANING) -> None:
    """The first sentences of what it means, with this host's values of the settings they name."""
    said: Runs = ()
    for paragraph in paragraphs(answer.brief or answer.explanation):
        here = _with_values(paragraph, answer.parameters)
        for sentence in sentences(here):
            longer: Runs = (*said, *((("", " "),) if said else ()), *sentence)
            if sheet.size([Text(longer)]) > min(most, sheet.left - 1):
                if not said:
                    said = plain_cut(longer, sheet.width, min(most, sheet.left - 1))
                break
            said = longer
        else:
            continue
        break
    if said:
        sheet.add(Gap(), Text(said))
    units = {each.unit for each in answer.parameters if each.asked and each.unit}
    if len(units) == 1:
        sheet.add(Text((("", f"Unit: {units.pop()}"),), hanging=2))
    told = [answer.danger, *(finding.title for finding in answer.findings)]
    for each in answer.parameters:
        if each.danger and not any(text and each.danger.startswith(text) for text in told):
            sheet.add(Text((("act", f"Danger here: {each.danger}"),), hanging=2))


def _with_values(runs: Runs, parameters: Iterable[Parameter]) -> Runs:
    """``runs`` with this host's value behind the first mention of each setting that is not asked about."""
    values = {
        each.name: each.value
        for each in parameters
        if each.value is not None and not each.asked and len(each.value) <= _LONGEST_HERE
    }
    found: list[Run] = []
    for style, text in runs:
        found.append((style, text))
        if style == "code" and text in values:
            found.append(("", f" (here {values.pop(text) or 'empty'})"))
    return tuple(found)


def plain_cut(runs: Runs, width: int, lines: int) -> Runs:
    """As many words of ``runs`` as ``lines`` lines of ``width`` columns take, and an ellipsis."""
    kept = list(wrap(runs, width - 2))[: max(lines, 0)]
    if not kept:
        return ()
    return (*(run for line in kept for run in (*line, ("", " "))), ("", "…"))


def _items(sheet: _Sheet, name: str, items: tuple[Prose, ...]) -> None:
    """A titled list: of each item its first sentences, as many items as fit."""
    found: list[Runs] = []
    for item in items:
        for paragraph in paragraphs(item):
            found.append(_item(paragraph, sheet.width - 4))
    for count in range(len(found), 0, -1):
        title = Text((("title", name),))
        if sheet.add(Gap(), title, Bullets(tuple(found[:count]))):
            return


def _item(paragraph: Runs, width: int) -> Runs:
    said: Runs = ()
    for sentence in sentences(paragraph):
        longer: Runs = (*said, *((("", " "),) if said else ()), *sentence)
        if len(list(wrap(longer, width))) > _ITEM:
            return said or plain_cut(longer, width, _ITEM)
        said = longer
    return said


def _chosen_commands(answer: Answer, width: int) -> tuple[Command, ...]:
    """The first commands, of those that fit a line: what is wrapped cannot be pasted at a glance."""
    fitting = tuple(each for each in answer.commands if cells(each.command) <= width - 2)
    return (fitting or answer.commands[:1])[:_COMMANDS]


def _findings(answer: Answer, width: int, room: int) -> list[Block]:
    rows: list[Block] = []
    # the bad ones, if there are any, the worst of these, in the order in which they are
    ranked = sorted(enumerate(answer.findings), key=lambda each: words.rank(each[1].severity))
    bad = [each for each in ranked if each[1].severity != "info"] or ranked
    if answer.kind == "queue":  # a reason that is harmless is a reason
        bad = ranked
    # of a file, the line where it is says more
    whole = answer.kind == "config" and (not answer.text or "\n" in answer.text)
    bad = [each for each in bad if not _is_told(answer, each[1]) or (whole and each[1].text)]
    most = min(_ROWS + 4, max(room, 1)) if whole else _ROWS
    shown = bad if len(bad) <= most else bad[: most - 1]
    for _, each in sorted(shown, key=lambda each: each[0]):
        rows.append(Row(_finding(answer, each), 2))
    if len(bad) > len(shown):
        rows.append(Text((("aside", f"and {len(bad) - len(shown)} more"),), 2))
    return rows


def _is_told(answer: Answer, each: Finding) -> bool:
    """Whether line 1 or the danger says it: with the same title, or by quoting its text."""
    says = (answer.title, answer.danger)
    return any(said.startswith(each.title) for said in says) or bool(
        each.text and each.text in answer.title
    )


def _finding(answer: Answer, each: Finding) -> Runs:
    runs: list[Run] = []
    if each.count > 1:
        runs.append(("aside", f"{each.count:,}× "))
    if each.file is not None or each.line is not None:
        runs.append(("aside", f"{outline.place(each)}: "))
    if each.text and _is_told(answer, each):
        return (*runs, (words.urgency(each.severity), each.text))
    runs.append((words.urgency(each.severity), each.title))
    # where it is says more than the line itself
    if each.text and each.text not in each.title and each.file is None:
        runs.append(("value", f"  {each.text}"))
    return tuple(runs)


def _values(sheet: _Sheet, answer: Answer) -> None:
    """The values that the text holds, those first that tell most."""
    spans = [span for span in innermost(answer.spans) if span.meaning]
    if answer.kind == "log":
        # the prefix says little, but who wrote it
        spans = [span for span in spans if span.name not in _PREFIX]
    rows = [((("value", _shown(answer, span)),), (("", span.meaning),)) for span in spans]
    most = _ROWS + 4 if answer.kind == "command" else _ROWS
    for count in range(min(len(rows), most), 0, -1):
        block = Pairs(tuple(rows[:count]))
        if sheet.size([block]) <= sheet.left - (_MEANING if answer.explanation else 0):
            sheet.add(Gap(), block)
            return


def _shown(answer: Answer, span: Span) -> str:
    """A value as it is typed: the f of ``-rf`` is the option ``-f``."""
    joined = span.name == "option" and len(span.value) == 1
    return f"-{span.value}" if joined and answer.kind == "command" else span.value


def _recipe(sheet: _Sheet, answer: Answer) -> None:
    """The commands whole, what good and bad output look like, what can be set."""
    for count in range(min(len(answer.commands), _COMMANDS + 2), 0, -1):
        if sheet.add(Gap(), Commands(answer.commands[:count], short=True)):
            break
    rows: list[tuple[Runs, Runs]] = []
    settable = " ".join(f"{each.name}={each.value or '…'}" for each in answer.placeholders)
    sets: list[Block] = (
        [Text((("title", "set   "), ("", settable)), hanging=6, keep=True)] if settable else []
    )
    reserved = sheet.size(sets) + (1 if sets else 0)
    for result in ("good", "bad"):
        said: dict[str, str] = {}  # what is told in several ways is told once
        for outcome in answer.outcomes:
            if outcome.result == result:
                meaning = plain(_first_sentence(outcome.meaning))
                told = outcome.line or outcome.sample.split("\n")[0]
                said.setdefault(meaning, " ".join(told.split()))
        for number, (meaning, told) in enumerate(said.items()):
            style = "title" if result == "good" else "act"
            label = f"{result:5}" if number == 0 else " " * 5
            rows.append((((style, label),), (("value", told), ("", "  "), ("", meaning))))
    most = max(sheet.left - reserved - 1, 0)
    kept = _balanced(rows, most)
    shown = [cut(right[:1], sheet.width * 2 // 5) for _, right in kept]
    column = max((cells(plain(each)) for each in shown), default=0)
    lines: list[Block] = [
        Row((*left, ("", " "), *each, ("", " " * (column - cells(plain(each)))), *right[1:]))
        for (left, right), each in zip(kept, shown, strict=True)
    ]
    sheet.add(*((Gap(), *lines) if lines else ()))
    sheet.add(*sets)
    if sheet.left > 2:
        _meaning(sheet, answer, min(_MEANING, sheet.left - 1))


def _balanced(rows: list[tuple[Runs, Runs]], most: int) -> list[tuple[Runs, Runs]]:
    """At most ``most`` rows: some of what is good, more of what is bad."""
    starts = [number for number, (left, _) in enumerate(rows) if plain(left).strip()]
    if len(rows) <= most or len(starts) < 2:
        return rows[:most]
    good = rows[starts[0] : starts[1]][: max(most // 3, 1)]
    return [*good, *rows[starts[1] :][: most - len(good)]]


def _first_sentence(text: str) -> Runs:
    found = sentences((("", text),))
    return found[0] if found else ()


def _list(sheet: _Sheet, answer: Answer) -> None:
    """Numbered results on a line each, under their subjects where they have some."""
    _meaning(sheet, answer, 2)
    sheet.add(Gap())
    room = sheet.left
    rows: list[Block] = []
    subject = ""
    sizes = [cells(each.title) for each in answer.results[:room] if each.excerpt]
    column = max((size for size in sizes if size <= _LONGEST_NAME), default=0)
    for number, each in enumerate(answer.results, 1):
        group = getattr(each, "group", "")
        if group and group != subject:
            rows.append(Text((("title", group),)))
            subject = group
        rows.append(_row(number if answer.kind in ("search", "list") else 0, each, column))
    if len(rows) > room:
        shown = sum(not _is_title(row) for row in rows[: room - 1])
        left = len(answer.results) - shown
        rows = [*rows[: room - 1], Text((("aside", f"and {left} more: mailhelp -v"),), 5)]
    sheet.add(*rows)


def _is_title(block: Block) -> bool:
    return isinstance(block, Text) and block.runs[0][0] == "title"


def _row(number: int, each: Result, column: int = 0) -> Block:
    runs: list[Run] = [("aside", f"{number:>3}  " if number else "  "), ("name", each.title)]
    if each.excerpt:
        runs.append(("", f"{' ' * max(column - cells(each.title), 0)}  {each.excerpt}"))
    return Row(tuple(runs))


def _others(answer: Answer) -> Iterator[Block]:
    """The entries that may be meant instead: numbered, a line each."""
    if answer.kind in _LISTS or not answer.results:
        return
    yield Gap()
    label, most = "Or is it about", _OTHERS
    if answer.kind == "log" and answer.text:
        label = "Similar, not the same"
    elif answer.kind == "status" and answer.results[0].score == 0.0:
        label, most = "Codes of its kind", 2 * _OTHERS
    yield Text((("title", label),))
    for number, each in enumerate(answer.results[:most], 1):
        yield _row(number, each)
    if len(answer.results) > most and most > _OTHERS:
        yield Text((("aside", f"and {len(answer.results) - most} more: mailhelp -v"),), 5)


def _page(sheet: _Sheet, answer: Answer) -> None:
    """The first lines of a manual page."""
    text = answer.explanation.markdown.strip("\n").split("\n")
    lines = [each.rstrip() for each in text if each.strip()][: max(sheet.left - 1, 0)]
    cut = [each[: sheet.width - 2] for each in lines]
    sheet.add(Gap(), Code("\n".join(cut)))


def _story(sheet: _Sheet, answer: Answer) -> None:
    """The way of the mail, how it ended for each recipient, what is missing."""
    story = answer.story
    assert story is not None
    sheet.add(Text(outline.flow(story), 2, 4))
    for text in (*story.filter[:2], *((story.told,) if story.told else ())):
        sheet.add(Row((("value", text),), 2))
    rows = [Row(outline.recipient(row), 4) for row in story.recipients[:_ROWS]]
    if rows:
        sheet.add(Gap(), Text((("title", "Recipients"),)), *rows)
    if len(story.recipients) > _ROWS:
        sheet.add(Text((("aside", f"and {len(story.recipients) - _ROWS} more"),), 4))
    ids = " · ".join((*story.queue_ids, *story.amavis_ids, *story.mail_ids))
    if ids:
        sheet.add(Gap(), Text((("title", "Ids  "), ("value", ids)), hanging=5))
    if story.missing:
        sheet.add(
            Gap(),
            Text((("title", "Not in this log"),)),
            Bullets(tuple((("", text),) for text in story.missing[:3])),
        )


def _has_more(answer: Answer) -> bool:
    """Whether there is anything that a screen may leave out."""
    bare = Answer(answer.kind, answer.query, answer.recognised, answer.entry, answer.title)
    return answer._replace(severity=None, verdict=None, notes=()) != bare


def _more(answer: Answer, width: int, numbers: int = 0) -> Block:
    """The last line: the exact way to the rest; ``numbers`` is how many answers are numbered above."""
    pieces = ["mailhelp -v (and a draft of an entry)" if answer.draft else "mailhelp -v"]
    if numbers > 1:
        pieces = ["mailhelp -v (all of it)", "mailhelp 2"]
    elif answer.results and answer.kind not in ("doctor", "check"):
        pieces.append(f"mailhelp {min(2, len(answer.results))}")
    related = sorted(answer.related, key=lambda id: not id.startswith("recipe/"))
    for id in related:
        kind, _, name = id.partition("/")
        shown = f"mailhelp recipe {name}" if kind == "recipe" else f"mailhelp {name}"
        if kind in ("recipe", "topic", "parameter", "page"):
            pieces.append(shown)
    text = "more: " + pieces[0]
    for piece in pieces[1:4]:
        if cells(f"{text} · {piece}") <= width:
            text += f" · {piece}"
    return Text((("", text),))
