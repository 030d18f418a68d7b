"""The report of a whole log → blocks: one screen, worst first, or all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mailhelp import shell
from mailhelp.answer import Answer, Problem, Report
from mailhelp.render import words
from mailhelp.render.blocks import Block, Code, Gap, Heading, Headline, Row, Run, Runs, Text
from mailhelp.render.layout import draw
from mailhelp.render.lines import cells

_GROUPS = {"act": "Act now", "look": "Look at", "attack": "Attacks", "harmless": "Harmless"}
_MAIL = (
    "received", "delivered", "forwarded", "deferred", "bounced", "rejected", "warned", "held",
    "discarded",
)  # fmt: skip
_ALWAYS = ("received", "delivered", "deferred", "bounced", "rejected")
_BARS = " ▁▂▃▄▅▆▇█"
_LABEL = 10
_FEW = 5
"""A value is told of a problem if it is in at least one of so many of its records."""
_LEAST_TITLE = 26
_MOST_ROWS = 20
_MOST_BARS = 48


def screen(answer: Answer, width: int, height: int) -> list[Block]:
    """One screen: the problems that fit, those first that need somebody; a line for what is harmless."""
    report = answer.report
    assert report is not None
    top = list(_top(answer, report))
    tail = [*_tail(report), Gap(), _more(answer, report, width)]
    room = height - 1 - sum(1 for _ in draw([*top, *tail], width))
    rows: list[Block] = []
    for group in ("act", "look"):
        found = [each for each in enumerate(report.problems, 1) if each[1].group == group]
        if not found or room < 3:
            continue
        # what can be looked at leaves no room to what must be done, and some to itself
        kept = found[: max(room - 1, 1)] if len(found) < room else found[: max(room - 2, 1)]
        rows.append(Text((("title", _GROUPS[group]),)))
        rows += [Row(_problem(number, told, width)) for number, told in kept]
        room -= 1 + len(kept)
        if len(kept) < len(found):
            rows.append(Row((("aside", f"     and {len(found) - len(kept)} more"),)))
            room -= 1
    return [*top, *((Gap(), *rows) if rows else ()), *tail]


def whole(answer: Answer) -> Iterator[Block]:
    """All of it: every problem with its values, and the shapes that nothing knows."""
    report = answer.report
    assert report is not None
    yield from _top(answer, report)
    for group, title in _GROUPS.items():
        found = [each for each in enumerate(report.problems, 1) if each[1].group == group]
        if found:
            yield Heading(title)
        for number, told in found:
            yield Text(_problem(number, told, 0), hanging=5, keep=True)
            for name, values in told.top.items():
                shown = ", ".join(f"{value} {times:,}×" for value, times in values)
                yield Text((("aside", f"{name}: "), ("value", shown)), 7, 2)
            if sum(map(bool, told.by_hour)) > 1 and group != "harmless":
                yield Text((("aside", "by hour "), ("value", bars(told.by_hour))), 7)
    yield from _totals(report)
    if report.unrecognised:
        yield Heading("Unknown")
        for number, shape in enumerate(report.unrecognised, len(report.problems) + 1):
            left = f"{number:>3}  {shape.count:>5,}×  "
            yield Text((("aside", left), ("", shape.shape)), hanging=8, keep=True)
            yield Code(shape.sample)


def _totals(report: Report) -> Iterator[Block]:
    """The totals by hour of the day, by domain and by host."""
    acts = [act for act in _ALWAYS if act in report.traffic]
    if acts:
        yield Heading("By hour of the day")
        rows = [("hour", *acts)]
        hours = zip(*(report.traffic[act] for act in acts), strict=True)
        rows += [(f"{hour:02}", *map(_number, row)) for hour, row in enumerate(hours) if any(row)]
        yield Code(_columns(rows))
    for title, head, table in (
        ("Senders' domains", ("mails", "bytes"), report.senders),
        (
            "Recipients' domains",
            ("delivered", "deferred", "mean s", "longest s"),
            report.recipients,
        ),
        ("Hosts", ("records",), tuple(report.hosts.items()) if len(report.hosts) > 1 else ()),
    ):
        if table:
            yield Heading(title)
            lines = [
                ("", *head),
                *((name, *map(_number, row)) for name, *row in table[:_MOST_ROWS]),
            ]
            yield Code(_columns(lines))
            if len(table) > _MOST_ROWS:
                yield Text((("aside", f"and {len(table) - _MOST_ROWS} more"),), 2)


def _number(value: float) -> str:
    return f"{value:,}" if value else "·"


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    """A table: the first column to the left, numbers to the right."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            text + " " * (width - cells(text)) if place == 0 else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def bars(counts: Iterable[int]) -> str:
    """Counts as a line of bars; a dot where there is nothing."""
    numbers = list(counts)
    largest = max(numbers, default=0)
    return "".join(
        _BARS[-(-number * (len(_BARS) - 1) // largest)] if number else "·" for number in numbers
    )


def _top(answer: Answer, report: Report) -> Iterator[Block]:
    span = _span(report.first, report.last, " to ", days=True)
    yield Headline((("title", f"{answer.title}{', ' if span else ''}{span}"),))
    shown = [name for name in _MAIL if name in _ALWAYS or report.mail.get(name)]
    if any(report.mail.get(name) for name in _MAIL):
        about = dict.fromkeys(report.estimated, "about ")
        said = (f"{name} {about.get(name, '')}{report.mail.get(name, 0):,}" for name in shown)
        yield Row((("", " · ".join(said)),))
    trouble = [each.by_hour for each in report.problems if each.group != "harmless"]
    if trouble:
        hours = [sum(row) for row in zip(*trouble, strict=True)]
        step = -(-len(hours) // _MOST_BARS)
        line = bars(sum(hours[n : n + step]) for n in range(0, len(hours), step))
        unit = "by hour" if step == 1 else f"each {step} hours"
        yield Row((("aside", f"trouble {unit} "), ("value", line)))
    for note in answer.notes:
        yield Text((("act", note),))


def _tail(report: Report) -> Iterator[Block]:
    attacks = [each for each in report.problems if each.group == "attack"]
    if attacks:
        number = report.problems.index(attacks[0]) + 1
        top = next(iter(attacks[0].top.values()), ())
        said = f"{sum(each.count for each in attacks):,}×"
        most = max(attacks, key=lambda each: each.clients)
        about, clients = "about " if most.estimated else "", most.clients
        said += f" from {about}{clients:,} address{'es' * (clients != 1)}" if clients else ""
        said += f", most {top[0][0]}" if top and len(top) > 1 else ""
        said += f"  {attacks[0].title}"
        if len(attacks) > 1:
            said += f", {len(attacks) - 1} more"
        yield Row((("title", "Attacks".ljust(_LABEL)), ("aside", f"{number}  "), ("", said)))
    harmless = [each for each in report.problems if each.group == "harmless"]
    if harmless:
        said = f"{sum(each.count for each in harmless):,}× {harmless[0].title}"
        said += f" and {len(harmless) - 1} kinds more" if len(harmless) > 1 else ""
        yield Row((("title", "Harmless".ljust(_LABEL)), ("", said)))
    unknown = report.recognised.get("no", 0)
    if unknown:
        said = f"{unknown:,}× in {report.shapes:,} shape{'s' * (report.shapes != 1)}"
        if report.unrecognised:
            said += f", most: {report.unrecognised[0].shape}"
        number = len(report.problems) + 1
        yield Row((("title", "Unknown".ljust(_LABEL)), ("aside", f"{number}  "), ("", said)))


def _problem(number: int, told: Problem, width: int) -> Runs:
    """One line: number, severity, count, title, its commonest value, when."""
    style = words.urgency(told.severity)
    severity = {"warning": "warn"}.get(told.severity, told.severity)
    left: list[Run] = [("aside", f"{number:>3}  "), (style, f"{severity:6} ")]
    left.append(("", f"{told.count:>6,}×  "))
    top = next(iter(told.top.values()), ())
    # one value of many says nothing
    value = f"  {top[0][0]}" if width and top and top[0][1] * _FEW >= told.count else ""
    if value and top[0][1] > 1 and len(top) > 1:
        value += f" {top[0][1]:,}×"
    when = _span(told.first, told.last, "–")
    title = told.title
    if width:
        room = width - sum(cells(text) for _, text in left) - cells(when) - 2
        if cells(title) + cells(value) > room and room - cells(value) < _LEAST_TITLE:
            value = ""
        if cells(title) + cells(value) > room:
            title = title[: max(room - cells(value) - 1, 1)] + "…"
        when = when.rjust(width - sum(cells(t) for _, t in left) - cells(title) - cells(value))
    else:
        when = f"  {when}"
    return (*left, ("title" if style == "act" else "", title), ("value", value), ("aside", when))


def _span(first: str | None, last: str | None, between: str, days: bool = False) -> str:
    """A time from ``first`` to ``last``; with their days if they are needed or wanted."""
    if not first or not last:
        return ""
    several = first[:10] != last[:10]
    if several and not days:  # the days say enough
        same = first[:7] == last[:7] and first[8:10].isdecimal()
        return (
            f"{int(first[8:10])}–{words.day(last)}"
            if same
            else f"{words.day(first)}–{words.day(last)}"
        )
    left, right = (f"{words.day(each)} {each[11:16]}" for each in (first, last))
    if not several and days:
        return left if left == right else f"{left}{between}{last[11:16]}"
    if not several:
        left, right = first[11:16], last[11:16]
    return left if left == right else f"{left}{between}{right}"


def _more(answer: Answer, report: Report, width: int) -> Block:
    files = " ".join(shell.file(file) for file in report.files if file != "-")
    shown = files if cells(files) < width // 3 else "FILE"
    pieces = [f"mailhelp log {shown} 1".replace("  ", " ")] if report.problems else []
    pieces += ["mailhelp -v", f"mailhelp trace ID {shown}".rstrip()]
    pieces.append(f"mailhelp explain --all {shown}".rstrip())
    text = "more: " + pieces[0]
    for piece in pieces[1:]:
        if cells(f"{text} · {piece}") <= width:
            text += f" · {piece}"
    return Text((("", text),))
