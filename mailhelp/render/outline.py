"""Answer → blocks: in which order and in which words an answer is told as a whole.

``screen`` makes the first screen of it. Every painter paints these blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailhelp.answer import Answer, Finding, Parameter
from mailhelp.render import words
from mailhelp.render.blocks import (
    Block,
    Bullets,
    Code,
    Commands,
    Gap,
    Heading,
    Headline,
    Marked,
    Pairs,
    Passage,
    Run,
    Runs,
    Text,
)
from mailhelp.render.layout import innermost

_IN_HEAD = frozenset(("time", "logging_host", "process_id"))
"""Values of a record's prefix that its head tells already."""


def whole(answer: Answer) -> Iterator[Block]:
    """All of ``answer``."""
    if answer.continues is not None:
        yield Text((("aside", f"(goes on from line {answer.continues})"),))
        return
    if answer.report:
        from mailhelp.render import report

        yield from report.whole(answer)
        return
    if answer.danger:
        yield Text((("act", f"Danger: {answer.danger}"),))
    yield from _head(answer)
    if answer.text:
        yield Gap()
        yield Marked(answer.text, answer.spans, keep=answer.kind == "template")
    for note in answer.notes:
        yield Gap()
        yield Text((("", note),))
    asked = tuple(each for each in answer.parameters if each.asked)
    if asked:
        yield Heading("Value")
        yield Pairs(tuple(_setting(each) for each in asked), below=True)
    if answer.story:
        from mailhelp.render import mail

        yield from mail.whole(answer.story)
    yield from _findings(answer)
    if answer.explanation:
        yield Gap()
        yield Passage(answer.explanation)
    for name, items in (("Why", answer.causes), ("What to do", answer.actions)):
        if items:
            yield Heading(name)
            yield Bullets(items)
    if answer.kind == "recipe":
        yield from _commands(answer)
    for section in answer.sections:
        yield Heading(section.title)
        yield Passage(section.text, 2)
    mended = answer.commands and set(answer.commands) <= {
        command for each in answer.findings for command in each.fix
    }
    if answer.kind != "recipe" and not mended:
        yield from _commands(answer)
    yield from _outcomes(answer)
    if answer.placeholders:
        yield Heading("What you can set")
        yield Pairs(
            tuple(
                (
                    (("name", f"{each.name}={each.value or '…'}"),),
                    (("", f"{each.meaning} For example: {each.name}={each.example}"),),
                )
                for each in answer.placeholders
            ),
            below=True,
        )
    yield from _values(answer)
    others = tuple(each for each in answer.parameters if not each.asked)
    if others:
        listed = answer.kind == "config"
        yield Heading("Settings" if listed else "Settings that matter here")
        yield Pairs(tuple(_setting(each) for each in others), below=True)
    yield from results(answer)
    for label, names in (("See also", answer.related), ("Sources", answer.sources)):
        if names:
            yield Gap()
            yield Text((("aside", f"{label}: {', '.join(names)}"),), hanging=2)
    if answer.draft:
        yield Heading("Know what it means? Save this as an entry of your own")
        yield Code(answer.draft.rstrip("\n"))


def _head(answer: Answer) -> Iterator[Block]:
    style = words.urgency(answer.severity)
    asked = [each for each in answer.parameters if each.asked]
    for each in asked:
        shown = words.value(each)
        name = f"{each.name} = {shown}" if shown else each.name
        yield Headline((("name", name),), (("", words.origin(each)),))
    if answer.title or not asked:
        runs = ((style, words.title(answer)),)
        yield Text(runs, 2) if asked else Headline(runs)
    facts = []
    if answer.kind == "log":
        who = answer.program or ""
        who += f"[{answer.pid}]" if answer.pid is not None and who else ""
        facts = [who, f"on {answer.host}" if answer.host else ""]
        facts += [(answer.time or "").replace("T", " "), answer.severity or ""]
    facts += [words.decided(answer.verdict)] if answer.verdict else []
    shown = " · ".join(fact for fact in facts if fact)
    if shown:
        yield Text((("aside", shown),))
    if answer.gist:
        yield Text((("value", answer.gist),), 2, 2)


def _setting(each: Parameter) -> tuple[Runs, Runs]:
    right: list[Run] = [("", each.meaning)] if each.meaning else []
    if each.danger:
        right.insert(0, ("act", f"Danger: {each.danger} "))
    return (("name", each.name), ("", words.setting(each))), tuple(right)


def _findings(answer: Answer) -> Iterator[Block]:
    if not answer.findings:
        return
    if any(each.fix for each in answer.findings):
        yield from _mended(answer)
        return
    yield Gap()
    rows = []
    for each in answer.findings:
        style = words.urgency(each.severity)
        head: list[Run] = [(style, each.title)]
        if each.line is not None:
            head.insert(0, ("aside", f"{place(each)}: "))
        if each.count > 1:
            head.insert(0, ("aside", f"{each.count}× "))
        body: list[Run] = [("value", each.text)] if each.text else []
        if each.meaning:
            body.append(("", f"  {each.meaning}" if each.text else each.meaning))
        rows.append((tuple(head), tuple(body)))
    yield Pairs(tuple(rows), below=True)


def place(each: Finding) -> str:
    """Where a finding is."""
    if each.file is None:
        return f"line {each.line}"
    return each.file if each.line is None else f"{each.file}:{each.line}"


def _mended(answer: Answer) -> Iterator[Block]:
    """Findings with what mends each."""
    for each in answer.findings:
        yield Gap()
        head: list[Run] = [(words.urgency(each.severity), each.title)]
        if each.file is not None or each.line is not None:
            head.insert(0, ("aside", f"{place(each)}: "))
        yield Text(tuple(head), hanging=2)
        if each.text:
            yield Text((("value", each.text),), 4)
        if each.meaning:
            yield Text((("", each.meaning),), 4)
        if each.fix:
            yield Commands(each.fix, short=True)


def _commands(answer: Answer) -> Iterator[Block]:
    if answer.commands:
        yield Heading("Commands")
        yield Commands(answer.commands)


def _outcomes(answer: Answer) -> Iterator[Block]:
    for result, name in (("good", "When it is good"), ("bad", "When it is not")):
        outcomes = [outcome for outcome in answer.outcomes if outcome.result == result]
        if outcomes:
            yield Heading(name)
        for number, outcome in enumerate(outcomes):
            if number:
                yield Gap()
            yield Code(outcome.sample, "act" if result == "bad" else "code")
            yield Text((("", outcome.meaning),), 6)


def _values(answer: Answer) -> Iterator[Block]:
    """The values of the text with their meanings; a value that is split is told by its parts."""
    prefix = answer.spans[:4] if answer.kind == "log" else ()
    shown = [
        span
        for span in innermost(answer.spans)
        if span.meaning and not (span in prefix and span.name in _IN_HEAD)
    ]
    if not shown:
        return
    yield Heading("Value by value")
    rows = []
    for span in shown:
        label: Runs = ()
        if answer.kind != "command":
            label = (("name", f"{span.name.replace('_', ' ')}: "),)
        rows.append(((("value", span.value),), (*label, ("", span.meaning))))
    yield Pairs(tuple(rows))


def results(answer: Answer) -> Iterator[Block]:
    """The numbered results of a search or a list, each with why it fits."""
    if not answer.results:
        return
    if answer.kind == "log" and answer.text:
        yield Heading("Similar, not the same")
    elif answer.kind == "status" and answer.results[0].score == 0.0:
        yield Heading("Codes of its kind")
    elif answer.kind not in ("search", "list", "doctor", "check"):
        yield Heading("Others that may fit")
    else:
        yield Gap()
    yield Pairs(
        tuple(
            (
                (("aside", f"{number}  "), ("name", each.title), ("aside", f"  {each.id}")),
                (("", each.excerpt),),
            )
            for number, each in enumerate(answer.results, 1)
        ),
        below=True,
    )
