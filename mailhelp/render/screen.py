"""Answers → the blocks of one screen: the answer in line 1, then only what fits below it.

What is told is chosen by whole sentences and whole commands, the likeliest and worst first; the last
line says how to get the rest. ``outline`` tells all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from mailhelp.answer import Answer, Command, Result
from mailhelp.render import words
from mailhelp.render.blocks import (
    Block,
    Commands,
    Gap,
    Headline,
    Row,
    Runs,
    Text,
    plain,
)
from mailhelp.render.body import LISTS, fill, numbered_row, pieces
from mailhelp.render.lines import cells
from mailhelp.render.many import EACH, Gathered, add_summary, gather, told_row, urgency
from mailhelp.render.sheet import Sheet, first_sentences, meaning

HEIGHT = 20
"""Lines of an answer on the first screen, the last one included that leads to the rest."""
_COMMANDS, _STEPS = 4, 6
"""Commands of an answer, and of a topic, at most."""
_TASK, _SAID = 3, 4
"""Commands from which a topic is a task, and the lines beside its steps for what is said of it."""
_OTHERS, _LABEL = 3, "Or is it about"
"""Other entries offered beside an answer."""
_IN_SHORT, _INDENT = 2, 5
"""Lines of the text of the first one that is told in short, and the columns that it is indented by."""
_PARAMETERS = 4
_RECORD = 12
"""Lines of a record in a stream."""


def line(answers: Iterable[Answer], width: int) -> Iterator[Block]:
    """Line 1 of each answer, and nothing else."""
    for answer in answers:
        if answer.danger:
            yield from _danger(answer)
        elif answer.continues is None:
            yield from _first_lines(answer)
        if answer.whole:
            return


def screen(answers: Iterable[Answer] | Gathered, width: int, height: int = HEIGHT) -> list[Block]:
    """One screen for ``answers``: one is told; of several the worst is told, and each gets a line.

    More than fit are told by entry, with counts, worst first, before the worst of them. Memory grows with the entries alone.
    """
    gathered = answers if isinstance(answers, Gathered) else gather(answers)
    each, entries = gathered.each, gathered.entries
    if not each:
        return []
    first = max(entries, key=lambda told: urgency(told.answer))
    worst = first.answer
    sheet = Sheet(width, height)
    if worst.report and len(each) == 1:
        from mailhelp.render import report

        return report.screen(worst, width, height)
    if len(each) == 1:
        return _one(worst, width, height)
    if all(told.answer.kind == "parameter" for told in each) and len(each) <= _PARAMETERS:
        for told in each:
            sheet.add(*_danger(told.answer), *_top(told.answer))
        return [*sheet.blocks, *_one(worst, width, sheet.left, top=False)]
    rows = gathered.rows
    if len(each) <= EACH:
        title = Text((("title", f"All {len(rows)}; told above: {first.number}"),))
        listed = (Gap(), title, *(told_row(told) for told in rows))
        return _one(worst, width, height, numbers=len(rows), listed=listed)
    add_summary(sheet, gathered)
    sheet.add(Gap())
    return [*sheet.blocks, *_one(worst, width, sheet.left, numbers=len(rows))]


def record(answer: Answer, width: int) -> list[Block]:
    """One record of a stream: told briefly, without a way to the rest of it."""
    return _one(answer, width, _RECORD, more=False)


def _one(
    answer: Answer,
    width: int,
    height: int,
    *,
    top: bool = True,
    more: bool = True,
    numbers: int = 0,
    listed: tuple[Block, ...] = (),
) -> list[Block]:
    """One answer; ``numbers`` is how many are numbered beside it, ``listed`` these, if they go below it."""
    sheet = Sheet(width, height)
    if top:
        sheet.add(*_danger(answer))
        sheet.add(*_top(answer))
    # what master.cf sets for single services is no fault
    notes = answer.notes
    if answer.kind == "config" and len(answer.findings) > 1:
        notes = () if answer.text else notes[:1]
    for note in notes[:2]:
        sheet.add(Text(first_sentences((("", note),), width)))
    rest: tuple[Block, ...] = listed
    if more and (numbers or _has_more(answer)):
        # titles alone are a way to the rest too
        rest = (*listed, *(() if _is_sure(answer) else (Gap(),)), _more(answer, width, numbers))
    room = sheet.left - sheet.size(rest)
    if _has_steps(answer):
        room -= _SAID
    else:  # what to do needs its room
        room = room // 2 if answer.actions else room * 2 // 3
    # the words of a setting go before what could be done with it
    room -= len(pieces(answer))
    tail = (*_steps_and_others(answer, sheet, room), *rest)
    sheet.left -= sheet.size(tail)
    fill(sheet, answer)
    return [*sheet.blocks, *tail]


def _steps_and_others(answer: Answer, sheet: Sheet, room: int) -> tuple[Block, ...]:
    """As many commands as have room with the other entries that may be meant; these are told so far as that leaves room for it."""
    others = tuple(_others(answer, sheet.width))
    commands = () if answer.kind == "recipe" else _chosen_commands(answer, sheet.width)
    told = (
        others,
        tuple(_others(answer, sheet.width, "brief")),
        tuple(_others(answer, sheet.width, "title")),
    )
    for count in range(len(commands), 0, -1):
        block = (Gap(), Commands(commands[:count], short=True))
        for beside in told:
            if sheet.size((*block, *beside)) <= room:
                return (*block, *beside)
    return others


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


def _chosen_commands(answer: Answer, width: int) -> tuple[Command, ...]:
    """The first commands, of those that fit a line, or few if they are steps: what is wrapped cannot be pasted at a glance."""
    steps = answer.kind == "topic"  # one left out makes the others useless
    long = steps or answer.kind == "parameter"  # and of a setting the first decides
    whole, widest = width - 2, (3 if long else 2) * (width - 2)
    fitting = tuple(
        each
        for each in answer.commands
        # what changes things is a step, which those after it need
        if cells(each.command) <= (widest if long or each.changes else whole)
    )
    return (fitting or answer.commands[:1])[: _STEPS if steps else _COMMANDS]


def _others(answer: Answer, width: int, told: str = "full") -> Iterator[Block]:
    """The entries that may be meant instead, numbered: their titles alone where the answer is sure to be the right one,
    or only these are to be ``told`` ("title"); "brief" is the first one with a line of what it says.
    """
    if answer.kind in LISTS or not answer.results:
        return
    yield Gap()
    if _is_sure(answer) or (told == "title" and answer.results[0].score):
        yield from _titles(answer.results, width, label=_LABEL)
        return
    label, most = _LABEL, _OTHERS
    if answer.kind == "command":
        label = "Used for"
    if answer.kind == "log" and answer.text:
        label = "Similar, not the same"
    elif answer.kind == "status" and answer.results[0].score == 0.0:
        label, most = "Codes of its kind", 2 * _OTHERS
    yield Text((("title", label),))
    near = [each for each in answer.results[:most] if each.explanation or each.commands]
    briefly = told == "brief" or _has_steps(answer)
    near = near[:1] if briefly else near
    if near:
        for number, each in enumerate(near, 1):
            first = number == 1 and not briefly
            yield from _in_short(number, each, width, _IN_SHORT if first else 1)
        yield from _titles(answer.results[len(near) : most], width, len(near) + 1, lines=1)
        return
    for number, each in enumerate(answer.results[:most], 1):
        yield numbered_row(number, each)
    if len(answer.results) > most and most > _OTHERS:
        yield Text((("aside", f"and {len(answer.results) - most} more: mailhelp -v"),), 5)


def _has_steps(answer: Answer) -> bool:
    """Whether it leads through a task, of which no step can be left out."""
    return answer.kind == "topic" and len(answer.commands) >= _TASK


def _is_sure(answer: Answer) -> bool:
    """Whether it answers a question so well that the room is its own: no other one is told in short."""
    return answer.kind not in LISTS and any(
        each.score and not each.explanation for each in answer.results[:1]
    )


def _in_short(number: int, each: Result, width: int, lines: int) -> Iterator[Block]:
    """What a hit says that fits nearly as well as the one that is told: a recipe what to type."""
    yield numbered_row(number, each._replace(excerpt=""))
    if each.kind == "recipe" or not each.explanation:
        typed = (Commands((command,), short=True) for command in each.commands)
        yield from islice((block for block in typed if Sheet(width, 0).size([block]) <= lines), 1)
        return
    for block in meaning(Sheet(width - _INDENT, lines + 1), each.explanation, lines):
        yield block._replace(indent=_INDENT) if isinstance(block, Text) else block


def _titles(
    others: Iterable[Result], width: int, first: int = 1, label: str = "", lines: int = 2
) -> Iterator[Block]:
    """Titles alone, numbered from ``first``, as many as so many ``lines`` take."""
    rows: list[Runs] = [(("title", label),) if label else ()]
    for number, each in enumerate(others, first):
        piece: Runs = (("aside", f"  {number} "), ("name", each.title))
        if rows[-1] and cells(plain((*rows[-1], *piece))) > width:
            if len(rows) == lines:
                break
            rows.append(())
        rows[-1] = (*rows[-1], *piece)
    yield from (Row(row) for row in rows if row)


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
