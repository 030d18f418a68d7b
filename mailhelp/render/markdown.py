"""Answers as Markdown, for a ticket or a wiki page."""

from __future__ import annotations

from collections.abc import Iterator

from mailhelp.answer import Answer, Prose, escape_markdown
from mailhelp.render.lines import visible
from mailhelp.render.story import draw

_WIDTH = 100
"""Columns of what stands as it is: a story."""


def render(answer: Answer) -> Iterator[str]:
    """The lines of ``answer``."""
    yield f"# {_text(answer.title or 'No entry')}"
    if answer.text:
        yield from ("", *_fenced(answer.text), "")
    for note in answer.notes:
        yield from ("", f"*{_text(note)}*")
    if answer.story:
        lines = ("".join(text for _, text in line).rstrip() for line in draw(answer.story, _WIDTH))
        yield from ("", *_fenced("\n".join(lines).strip("\n")))
    if answer.explanation:
        yield from ("", *_prose(answer.explanation))
    if answer.parameters:
        yield from ("", "| setting | default | here |", "|---|---|---|")
        for each in answer.parameters:
            yield f"| {_code(each.name)} | {_cell(each.default)} | {_cell(each.value)} |"
    for heading, items in (("Why", answer.causes), ("What to do", answer.actions)):
        if items:
            yield from ("", f"## {heading}", "")
            for item in items:
                first, *rest = _prose(item)
                yield from (f"- {first}", *(f"  {line}".rstrip() for line in rest))
    for section in answer.sections:
        yield from ("", f"## {_text(section.title)}", "", *_prose(section.text))
    if answer.commands:
        yield from ("", "## Commands")
    for command in answer.commands:
        yield from ("", _text(command.why), "", *_fenced(command.command))
        yield from (f"- {_code(each.option)}: {_text(each.meaning)}" for each in command.options)
    for outcome in answer.outcomes:
        yield from ("", f"{outcome.result.capitalize()}: {_text(outcome.meaning)}", "")
        yield from _fenced(outcome.sample)
    meanings = [span for span in answer.spans if span.meaning]
    if meanings:
        yield from ("", "## Value by value", "")
    for span in meanings:
        yield f"- {_code(span.value)} {span.name.replace('_', ' ')}: {_text(span.meaning)}"
    if answer.results:
        yield ""
    for result in answer.results:
        yield f"- {_text(result.title)} ({_code(result.id)}) {_text(result.excerpt)}".rstrip()
    if answer.related:
        yield from ("", "See also: " + ", ".join(_code(id) for id in answer.related))
    if answer.sources:
        yield from ("", "Sources: " + ", ".join(_text(source) for source in answer.sources))
    if answer.draft:
        yield from ("", "A draft entry:", "", *_fenced(answer.draft))


def _prose(text: Prose) -> list[str]:
    """Its Markdown; what stands as it is, such as a man page, in a fence."""
    kind, content = text.blocks[0] if len(text.blocks) == 1 else ("", "")
    if kind == "code" and content.strip() == text.markdown.strip():
        return _fenced(text.markdown.strip("\n"))
    return [visible(line) for line in text.markdown.split("\n")]


def _text(text: str) -> str:
    return escape_markdown(visible(text))


def _cell(value: str | None) -> str:
    return "" if value is None else _code(value.replace("|", "\\|"))


def _code(text: str) -> str:
    text = visible(text)
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


def _fenced(text: str) -> list[str]:
    fence = "```"
    while fence in text:
        fence += "`"
    return [fence, *(visible(line) for line in text.rstrip("\n").split("\n")), fence]
