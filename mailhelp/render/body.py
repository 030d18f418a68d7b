"""What stands between line 1 and the commands of one answer, as its kind needs it."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelp.answer import Answer, Finding, Result, Span
from mailhelp.explain.search import IN_GENERAL
from mailhelp.render import outline, words
from mailhelp.render.blocks import (
    Block,
    Bullets,
    Code,
    Commands,
    Gap,
    Marked,
    Pairs,
    Row,
    Run,
    Runs,
    Text,
    plain,
)
from mailhelp.render.layout import cut, innermost
from mailhelp.render.lines import cells
from mailhelp.render.sheet import MEANING, Sheet, add_items, add_meaning, first_sentence, meaning

_COMMANDS = 6
"""Commands of a recipe, at most."""
_ROWS = 6
"""Findings, values or recipients that are told one by one, at most."""
_SPARE, _SPARE_OF_FAULT = 3, 7
"""Lines that the pieces of a line leave to what it means, and to what to do as well."""
_ROWS_OF_FILE = 10
"""Findings of settings and services: each is a place to go to."""
_LONGEST_MEANING = 8
"""Lines of what it means where nothing else needs the room: more of it is hard to read."""
_PIECES = 13
"""Words of a setting or service that are told one by one, at most."""
_EXPLAINED = 3
"""Faults that are told with what they mean, at most."""
_LONGEST_NAME = 26
PREFIX = ("time", "logging_host", "process_id")
LISTS = ("search", "list", "doctor", "check")


def fill(sheet: Sheet, answer: Answer) -> None:
    """What stands between line 1 and the commands, as its kind needs it."""
    if answer.kind == "recipe":
        _recipe(sheet, answer)
        return
    if answer.kind in LISTS:
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
        from mailhelp.render import mail

        mail.fill(sheet, answer.story)
        return
    if not (answer.kind == "config" and _add_explained(sheet, answer)):
        findings = _findings(answer, sheet.left - 1)
        if answer.kind == "config":
            # a title that a line cuts is told whole if half of the room is enough for all of them
            whole = [_wrapped(each, sheet.width) for each in findings]
            findings = whole if sheet.size(whole) <= sheet.left // 2 else findings
        for count in range(min(len(findings), _ROWS_OF_FILE), 0, -1):
            if sheet.add(Gap(), *findings[:count]):
                break
    if answer.kind in ("command", "header") or answer.recognised != "entry":
        _values(sheet, answer)
    if answer.kind == "config" and not (_pieces(sheet, answer) or answer.findings):
        _settings(sheet, answer)
    if answer.kind == "command":
        _outcomes(sheet, answer, max(sheet.left - 1, 0))
    start, room = len(sheet.blocks), sheet.left
    beside = _tell(sheet, answer, MEANING)
    if sheet.is_cut and sheet.left:  # what is left belongs to what it means
        most = min(MEANING + sheet.left, _LONGEST_MEANING)
        sheet.cut_back(start, room)
        if _tell(sheet, answer, most) < beside:
            sheet.cut_back(start, room)
            _tell(sheet, answer, MEANING)
    if sheet.left and not sheet.is_cut:
        _tell_more(sheet, answer, start, room)


def _tell_more(sheet: Sheet, answer: Answer, start: int, room: int) -> None:
    """Tell the same with more of each item in the lines that are left, if no item is lost by that."""
    told = sheet.blocks[start:]
    sheet.cut_back(start, room)
    sheet.is_spacious = True
    _tell(sheet, answer, _LONGEST_MEANING)
    sheet.is_spacious = False
    if _items(sheet.blocks[start:]) < _items(told):
        sheet.cut_back(start, room)
        sheet.add(*told)


def _items(blocks: Iterable[Block]) -> int:
    """How many items of lists there are."""
    return sum(len(block.items) for block in blocks if isinstance(block, Bullets))


def _tell(sheet: Sheet, answer: Answer, most: int) -> int:
    """Add what it means in at most so many lines, what to do and why; returns the lines of all but the first."""
    start = sheet.left
    before = _add_meaning_and_actions(sheet, answer, most)
    add_items(sheet, "Why", answer.causes)
    if sheet.left == before:
        for section in answer.sections:
            if section.title == IN_GENERAL:
                general = meaning(sheet, section.text, MEANING) if before == start else []
                sheet.add(*((Gap(), *general) if general else ()))
            elif not section.aside:
                add_items(sheet, section.title, (section.text,))
    return before - sheet.left


def _add_meaning_and_actions(sheet: Sheet, answer: Answer, longest: int) -> int:
    """What it means and what to do, of which that goes first: where room is scarce less is said of what it means.

    Returns the lines that were left after what it means.
    """
    start, room = len(sheet.blocks), sheet.left
    for most in range(longest, 1, -1):
        add_meaning(sheet, answer, most)
        before = sheet.left
        if add_items(sheet, "What to do", answer.actions) or not answer.actions:
            return before
        sheet.cut_back(start, room)
    add_meaning(sheet, answer)
    return sheet.left


def _add_explained(sheet: Sheet, answer: Answer) -> bool:
    """Add a few faults with what each means, if all of them fit and leave room."""
    bad = [each for each in answer.findings if each.severity != "info"]
    if not 0 < len(bad) <= _EXPLAINED:
        return False
    untold = _bad(answer)
    blocks: list[Block] = [Gap()]
    for each in sorted(bad, key=lambda each: words.rank(each.severity)):
        named = any(
            said.startswith(each.title) for said in (answer.title, answer.danger, answer.gist)
        )
        if each in untold and each.title != answer.gist:
            blocks.append(_wrapped(Row(_finding(answer, each), 2), sheet.width))
        elif not named:  # only its text is in line 1
            title = Row(((words.urgency(each.severity), each.title),), 2)
            blocks.append(_wrapped(title, sheet.width))
        if each.meaning and each.meaning != answer.gist and each.meaning not in answer.danger:
            blocks.append(Text((("", each.meaning),), 4))
    return len(blocks) > 1 and sheet.size(blocks) <= sheet.left * 3 // 4 and sheet.add(*blocks)


def _bad(answer: Answer) -> list[Finding]:
    """The findings that are to be told one by one, worst first: not what line 1 says."""
    ranked = sorted(answer.findings, key=lambda each: words.rank(each.severity))
    bad = [each for each in ranked if each.severity != "info"] or ranked
    if answer.kind in ("queue", "header"):  # a reason that is harmless is a reason, a hop is a hop
        bad = ranked
    # of a file, the line where it is says more
    whole = _is_whole(answer)
    return [each for each in bad if not _is_told(answer, each) or (whole and each.text)]


def _is_whole(answer: Answer) -> bool:
    """Whether settings of many lines were looked at."""
    return answer.kind == "config" and (not answer.text or "\n" in answer.text)


def _findings(answer: Answer, room: int) -> list[Block]:
    rows: list[Block] = []
    bad = _bad(answer)
    most = max(min(_ROWS_OF_FILE, room), 1) if _is_whole(answer) else _ROWS
    shown = bad if len(bad) <= most else bad[: most - 1]
    # the worst of them, in the order in which they are
    for each in sorted(shown, key=answer.findings.index):
        told = _finding(answer, each)
        rows.append(Text(told, 2, 2) if answer.kind == "command" else Row(told, 2))
    if len(bad) > len(shown):
        rows.append(Text((("aside", f"and {len(bad) - len(shown)} more"),), 2))
    return rows


def _wrapped(row: Block, width: int) -> Block:
    is_cut = isinstance(row, Row) and row.indent + cells(plain(row.runs)) > width
    return Text(row.runs, row.indent, 2) if is_cut and isinstance(row, Row) else row


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


def _values(sheet: Sheet, answer: Answer) -> None:
    """The values that the text holds, those first that tell most."""
    spans = [span for span in innermost(answer.spans) if span.meaning]
    if answer.kind == "log":
        # the prefix says little, but who wrote it
        spans = [span for span in spans if span.name not in PREFIX]
    told = dict.fromkeys((_shown(answer, span), span.meaning) for span in spans)
    rows = [((("value", value),), (("", meaning),)) for value, meaning in told]
    is_line = is_of_file(answer)
    most = _ROWS + 4 if answer.kind == "command" or is_line else _ROWS
    spare = MEANING if answer.explanation else 0
    if is_line:  # its pieces are asked for; what to do goes before them only if something is wrong
        spare = _SPARE_OF_FAULT if answer.gist and answer.actions else _SPARE
    for count in range(min(len(rows), most), 0, -1):
        block = (Gap(), Pairs(tuple(rows[:count])))
        if sheet.size(block) <= sheet.left - spare:
            sheet.add(*block)
            return


def is_of_file(answer: Answer) -> bool:
    """Whether the answer is about a line of a table or a zone."""
    return (answer.entry or "").startswith("line/")


def pieces(answer: Answer) -> list[tuple[Runs, Runs]]:
    """What each word of a single setting or service says: what ``-o`` sets, then the words in their order."""
    if answer.kind != "config" or answer.findings or "\n" in answer.text:
        return []
    told = [span for span in answer.spans if span.meaning]
    words_of = [span for span in told if span.name != "parameter"]
    if not words_of:
        return []
    options = [span for span in told if span.name == "parameter" and "=" in span.value]
    rows = (((("value", span.value),), (("", span.meaning),)) for span in (*options, *words_of))
    return list(dict.fromkeys(rows))


def _pieces(sheet: Sheet, answer: Answer) -> bool:
    rows = pieces(answer)
    for count in range(min(len(rows), _PIECES), 0, -1):
        block: list[Block] = [Gap(), Pairs(tuple(rows[:count]))]
        if count < len(rows):
            block.append(Text((("aside", f"and {len(rows) - count} more: mailhelp -v"),), 2))
        if sheet.add(*block):
            return True
    return False


def _settings(sheet: Sheet, answer: Answer) -> None:
    """The settings of a piece without faults, each with what it decides, if they are few; one alone has a meaning of its own."""
    if answer.explanation.markdown:
        return
    rows = [
        Text(
            (("value", f"{each.name} = {each.value or ''}".rstrip()), ("", f": {each.meaning}")),
            2,
            2,
        )
        for each in answer.parameters
        if each.meaning and not each.asked
    ]
    for count in range(min(len(rows), _ROWS), 0, -1):
        if sheet.add(Gap(), *rows[:count]):
            return


def _shown(answer: Answer, span: Span) -> str:
    """A value as it is typed: the f of ``-rf`` is the option ``-f``."""
    joined = span.name == "option" and span.value[:1] not in "-+"
    return f"-{span.value}" if joined and answer.kind == "command" else span.value


def _recipe(sheet: Sheet, answer: Answer) -> None:
    """The commands whole, what good and bad output look like, what can be set."""
    commands = answer.commands
    if len(commands) == 1 and not commands[0].danger:  # line 1 says what it is for
        commands = (commands[0]._replace(why=""),)
    for count in range(min(len(commands), _COMMANDS), 0, -1):
        if sheet.add(Gap(), Commands(commands[:count], short=True)):
            break
    settable = " ".join(f"{each.name}={each.value or '…'}" for each in answer.placeholders)
    sets: list[Block] = (
        [Text((("title", "set   "), ("", settable)), hanging=6, keep=True)] if settable else []
    )
    reserved = sheet.size(sets) + (1 if sets else 0)
    _outcomes(sheet, answer, max(sheet.left - reserved - 1, 0))
    sheet.add(*sets)
    if sheet.left > 2:
        add_meaning(sheet, answer, min(MEANING, sheet.left - 1))


def _outcomes(sheet: Sheet, answer: Answer, most: int) -> None:
    """What good and bad output look like and mean, in at most so many rows."""
    rows: list[tuple[Runs, Runs]] = []
    for result in ("good", "bad"):
        said: dict[str, str] = {}  # what is told in several ways is told once
        for outcome in answer.outcomes:
            if outcome.result == result:
                meaning = plain(first_sentence(outcome.meaning))
                told = outcome.line or outcome.sample.split("\n")[0]
                said.setdefault(meaning, " ".join(told.split()))
        for number, (meaning, told) in enumerate(said.items()):
            style = "title" if result == "good" else "act"
            label = f"{result:5}" if number == 0 else " " * 5
            rows.append((((style, label),), (("value", told), ("", "  "), ("", meaning))))
    kept = _balanced(rows, most)
    shown = [cut(right[:1], sheet.width * 2 // 5) for _, right in kept]
    column = max((cells(plain(each)) for each in shown), default=0)
    lines: list[Block] = [
        Row((*left, ("", " "), *each, ("", " " * (column - cells(plain(each)))), *right[1:]))
        for (left, right), each in zip(kept, shown, strict=True)
    ]
    sheet.add(*((Gap(), *lines) if lines else ()))


def _balanced(rows: list[tuple[Runs, Runs]], most: int) -> list[tuple[Runs, Runs]]:
    """At most ``most`` rows: some of what is good, more of what is bad."""
    starts = [number for number, (left, _) in enumerate(rows) if plain(left).strip()]
    if len(rows) <= most or len(starts) < 2:
        return rows[:most]
    good = rows[starts[0] : starts[1]][: max(most // 3, 1)]
    return [*good, *rows[starts[1] :][: most - len(good)]]


def _list(sheet: Sheet, answer: Answer) -> None:
    """Numbered results on a line each, under their subjects where they have some."""
    add_meaning(sheet, answer, 2)
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
        rows.append(numbered_row(number if answer.kind in ("search", "list") else 0, each, column))
    if len(rows) > room:
        shown = sum(not _is_title(row) for row in rows[: room - 1])
        left = len(answer.results) - shown
        rows = [*rows[: room - 1], Text((("aside", f"and {left} more: mailhelp -v"),), 5)]
    sheet.add(*rows)


def _is_title(block: Block) -> bool:
    return isinstance(block, Text) and block.runs[0][0] == "title"


def numbered_row(number: int, each: Result, column: int = 0) -> Block:
    runs: list[Run] = [("aside", f"{number:>3}  " if number else "  "), ("name", each.title)]
    if each.excerpt:
        runs.append(("", f"{' ' * max(column - cells(each.title), 0)}  {each.excerpt}"))
    return Row(tuple(runs))


def _page(sheet: Sheet, answer: Answer) -> None:
    """The first lines of a manual page."""
    text = answer.explanation.markdown.strip("\n").split("\n")
    lines = [each.rstrip() for each in text if each.strip()][: max(sheet.left - 1, 0)]
    cut = [each[: sheet.width - 2] for each in lines]
    sheet.add(Gap(), Code("\n".join(cut)))
