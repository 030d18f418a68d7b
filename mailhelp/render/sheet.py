"""A screen that fills up: blocks are added as long as they fit, prose by whole sentences."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelp.answer import Answer, Parameter, Prose
from mailhelp.render.blocks import (
    Block,
    Bullets,
    Gap,
    Run,
    Runs,
    Text,
)
from mailhelp.render.layout import draw
from mailhelp.render.lines import cells, wrap
from mailhelp.render.sentences import paragraphs, sentences

MEANING, _ITEM = 4, 2
"""Lines of what it means, and of one item of a list, at most."""
_LONGEST_HERE = 40


class Sheet:
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


def add_meaning(sheet: Sheet, answer: Answer, most: int = MEANING) -> None:
    """The first sentences of what it means, with this host's values of the settings they name."""
    said: Runs = ()
    for paragraph in paragraphs(answer.brief or answer.explanation):
        here = _with_values(paragraph, answer.parameters)
        for sentence in sentences(here):
            longer: Runs = (*said, *((("", " "),) if said else ()), *sentence)
            if sheet.size([Text(longer)]) > min(most, sheet.left - 1):
                if not said:
                    said = cut_words(longer, sheet.width, min(most, sheet.left - 1))
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
    for each in answer.parameters:
        told = [answer.danger, *(finding.title for finding in answer.findings)]
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


def cut_words(runs: Runs, width: int, lines: int) -> Runs:
    """As many words of ``runs`` as ``lines`` lines of ``width`` columns take, and an ellipsis."""
    kept = list(wrap(runs, width - 2))[: max(lines, 0)]
    if not kept:
        return ()
    return (*(run for line in kept for run in (*line, ("", " "))), ("", "…"))


def add_items(sheet: Sheet, name: str, items: tuple[Prose, ...]) -> None:
    """A titled list: of each item its first sentences, as many items as fit."""
    found: list[Runs] = []
    for item in items:
        for paragraph in paragraphs(item):
            found.append(first_sentences(paragraph, sheet.width - 4))
    for count in range(len(found), 0, -1):
        title = Text((("title", name),))
        if sheet.add(Gap(), title, Bullets(tuple(found[:count]))):
            return


def first_sentences(paragraph: Runs, width: int) -> Runs:
    """As many whole sentences as two lines of ``width`` columns take; of a longer one its words."""
    said: Runs = ()
    for sentence in sentences(paragraph):
        longer: Runs = (*said, *((("", " "),) if said else ()), *sentence)
        if len(list(wrap(longer, width))) > _ITEM:
            return said or cut_words(longer, width, _ITEM)
        said = longer
    return said


def first_sentence(text: str) -> Runs:
    """The first sentence of ``text``, or nothing of an empty one."""
    found = sentences((("", text),))
    return found[0] if found else ()
