"""A screen that fills up: blocks are added as long as they fit, prose by whole sentences."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

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
from mailhelp.sentences import clauses, joined, paragraphs, passages, sentences

MEANING, _ITEM, _LONG_ITEM, _WHOLE_ITEM = 4, 2, 3, 4
"""Lines of what it means, of one item of a list, of an item whose first sentence alone is longer, and of one where there is room, at most."""
_LONGEST_HERE = 40


class Sheet:
    """Blocks, as long as they fit."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.left = width, height
        self.blocks: list[Block] = []
        self._sizes: dict[Block, int] = {}
        self.items: dict[tuple[int, bool], tuple[tuple[Prose, ...], list[Runs]]] = {}
        """What was kept of each item of a list: it is tried with more and with less beside it."""
        self.is_cut = False
        """Whether sentences of what it means were left out for want of room."""
        self.is_spacious = False
        """Whether items may be longer than usual."""

    def add(self, *new: Block) -> bool:
        """Add ``new`` if all of it fits."""
        size = self.size(new)
        if size > self.left:
            return False
        self.blocks += new
        self.left -= size
        return True

    def cut_back(self, blocks: int, left: int) -> None:
        """Take away all but the first ``blocks``, after which ``left`` lines were left."""
        del self.blocks[blocks:]
        self.left = left

    def size(self, new: Iterable[Block]) -> int:
        """Lines that ``new`` takes; what is wider than the terminal takes several."""
        return sum(map(self._size, new))

    def _size(self, block: Block) -> int:
        try:  # the same is tried with more and with less beside it
            size = self._sizes.get(block)
        except TypeError:  # prose as it was stored has lists in it
            return self._drawn(block)
        if size is None:
            size = self._sizes[block] = self._drawn(block)
        return size

    def _drawn(self, block: Block) -> int:
        widths = (sum(cells(text) for _, text in line) for line in draw((block,), self.width))
        return sum(max(1, -(-each // self.width)) for each in widths)


def add_meaning(sheet: Sheet, answer: Answer, most: int = MEANING) -> None:
    """The first sentences of what it means, with this host's values of the settings they name."""
    values = _Values(answer.parameters)
    sheet.is_cut = False
    alone = not (answer.actions or answer.causes)
    said = _meaning(sheet, answer.brief or answer.explanation, values, most, alone)
    if said:
        sheet.add(Gap(), *said)
    units = {each.unit for each in answer.parameters if each.asked and each.unit}
    if len(units) == 1:
        sheet.add(Text((("", f"Unit: {units.pop()}"),), hanging=2))
    told = [answer.danger, *(finding.title for finding in answer.findings)]
    for each in answer.parameters:
        if each.danger and not any(text and each.danger.startswith(text) for text in told):
            sheet.add(Text((("act", f"Danger here: {each.danger}"),), hanging=2))


def meaning(sheet: Sheet, prose: Prose, most: int) -> list[Block]:
    """The first sentences of ``prose`` in at most so many lines."""
    return _meaning(sheet, prose, _Values(()), most, alone=False)


def _meaning(sheet: Sheet, prose: Prose, values: _Values, most: int, alone: bool) -> list[Block]:
    """The first sentences of ``prose`` as one paragraph; a list among them keeps its bullets.

    ``alone`` says that neither causes nor actions need room after it.
    """
    said: Runs = ()
    rest = iter(passages(prose))
    for listed, paragraph in rest:
        if listed:
            whole = [paragraph, *(runs for _, runs in takewhile(lambda each: each[0], rest))]
            items = [first_sentences(values.filled(runs), sheet.width - 4) for runs in whole]
            return _listed(sheet, said, items, _rooms(sheet, most, alone))
        for sentence in sentences(values.filled(paragraph)):
            longer = joined((said, sentence))
            if sheet.size([Text(longer)]) > min(most, sheet.left - 1):
                room = min(most, sheet.left - 1)
                sheet.is_cut = True
                return [Text(said or cut_sentence(longer, sheet.width, room))]
            said = longer
    return [Text(said)] if said else []


def _rooms(sheet: Sheet, most: int, alone: bool) -> tuple[int, int]:
    """Lines that a paragraph may take that ends in all of a list, or in a part of it."""
    if alone:
        return sheet.left - 1, sheet.left - 1
    return sheet.left * 2 // 3, min(most, sheet.left - 1)


def _listed(sheet: Sheet, said: Runs, items: list[Runs], rooms: tuple[int, int]) -> list[Block]:
    """All of a list after what was ``said``, if it leaves room for the rest; else its first items."""
    whole, part = rooms
    for count in range(len(items), 0, -1):
        more = len(items) - count
        blocks: list[Block] = [Bullets(tuple(items[:count]))]
        if more:
            blocks.append(Text((("aside", f"and {more} more"),), 4))
        if sheet.size([Text(said), *blocks]) <= (part if more else whole):
            return [Text(said), *blocks] if said else blocks
    # a sentence that only leads to the list says nothing without it
    kept = [each for each in sentences(said) if not each[-1][1].rstrip().endswith(":")]
    return [Text(joined(kept))] if kept else []


class _Values:
    """This host's value behind the first mention of each setting that is not asked about."""

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self.left = {
            each.name: each.value
            for each in parameters
            if each.value is not None and not each.asked and len(each.value) <= _LONGEST_HERE
        }

    def filled(self, runs: Runs) -> Runs:
        """``runs`` with the values that were not told before."""
        found: list[Run] = []
        for style, text in runs:
            found.append((style, text))
            if style == "code" and text in self.left:
                found.append(("", f" (here {self.left.pop(text) or 'empty'})"))
        return tuple(found)


def cut_sentence(runs: Runs, width: int, lines: int) -> Runs:
    """As many clauses of a sentence as ``lines`` lines of ``width`` columns take, and an ellipsis.

    Of one without clauses its words.
    """
    for clause in reversed(clauses(runs)):
        said = (*clause, ("", " …"))
        if len(list(wrap(said, width))) <= lines:
            return said
    return cut_words(runs, width, lines)


def cut_words(runs: Runs, width: int, lines: int) -> Runs:
    """``runs``, or as many of their words as ``lines`` lines of ``width`` columns take, and an ellipsis."""
    if len(list(wrap(runs, width))) <= lines:
        return runs
    kept = list(wrap(runs, width - 2))[: max(lines, 0)]
    if not kept:
        return ()
    return (*(run for line in kept for run in (*line, ("", " "))), ("", "…"))


def add_items(sheet: Sheet, name: str, items: tuple[Prose, ...]) -> bool:
    """A titled list: of each item its first sentences, as many items as fit; returns whether any did."""
    key = (id(items), sheet.is_spacious)
    _, found = sheet.items.get(key, (items, None))
    if found is None:
        most = _WHOLE_ITEM if sheet.is_spacious else _ITEM
        found = [
            first_sentences(paragraph, sheet.width - 4, most)
            for item in items
            for paragraph in paragraphs(item)
        ]
        sheet.items[key] = items, found
    for count in range(len(found), 0, -1):
        title = Text((("title", name),))
        if sheet.add(Gap(), title, Bullets(tuple(found[:count]))):
            return True
    return False


def first_sentences(paragraph: Runs, width: int, most: int = _ITEM) -> Runs:
    """As many whole sentences as ``most`` lines of ``width`` columns take; of one that is too long its clauses."""
    said: Runs = ()
    for sentence in sentences(paragraph):
        longer = joined((said, sentence))
        lines = len(list(wrap(longer, width)))
        if lines > (most if said else max(most, _LONG_ITEM)):
            return said or cut_sentence(longer, width, most)
        said = longer
    return said


def first_sentence(text: str) -> Runs:
    """The first sentence of ``text``, or nothing of an empty one."""
    found = sentences((("", text),))
    return found[0] if found else ()
