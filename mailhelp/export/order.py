"""Which pattern goes before which, for engines that do not try patterns in the order of a list."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache

from mailhelp.export.rules import Gap, Program, Rule, Rules

_HOLE = "\0"


def overruled(rules: Rules) -> dict[Rule, list[Rule]]:
    """For each rule the better ones of other entries that fit some of its records."""
    found: dict[Rule, dict[Rule, None]] = defaultdict(dict)
    shared = {program.family: program.rules for program in rules.programs if program.family}
    for program in rules.programs:
        family = program.name.partition("/")[0]
        others = () if program.family else shared.get(family, ())
        for lesser, better in _pairs((*program.rules, *others), rules):
            # what all of a family share is refused nothing for the sake of one of them
            if not lesser.shared or better.shared:
                found[lesser][better] = None
    return {lesser: list(better) for lesser, better in found.items()}


def entries_in_order(program: Program, rules: Rules) -> list[tuple[str, list[Rule]]]:
    """The entries of a program with their rules: one that goes before another stands before it."""
    by_entry: dict[str, list[Rule]] = {}
    for rule in program.rules:
        by_entry.setdefault(rule.entry, []).append(rule)
    placed: dict[str, None] = {}

    def place(entry: str, above: tuple[str, ...]) -> None:
        if entry in placed or entry in above or entry not in by_entry:
            return
        for better in sorted(rules.better.get(entry, ())):
            place(better, (*above, entry))
        placed[entry] = None

    for entry in by_entry:
        place(entry, ())
    return [(entry, by_entry[entry]) for entry in placed]


def _pairs(all_rules: tuple[Rule, ...], rules: Rules) -> Iterator[tuple[Rule, Rule]]:
    """The lesser and the better rule wherever one entry goes before another: those where all that is fixed in the lesser
    stands in the better too, and where there is none, all.
    """
    ranked = sorted(all_rules, key=lambda rule: (-rule.literal, rule.shared))
    by_entry: dict[str, list[tuple[int, Rule]]] = defaultdict(list)
    for number, rule in enumerate(ranked):
        by_entry[rule.entry].append((number, rule))
    for entry in by_entry.keys() & rules.better:
        loose = [(number, rule, _loose(rule)) for number, rule in by_entry[entry]]
        for other in by_entry.keys() & rules.better[entry]:
            pairs = [
                (lesser, better, fits)
                for number, lesser, fits in loose
                for place, better in by_entry[other]
                if place < number
            ]
            sure = [(lesser, better) for lesser, better, fits in pairs if fits(_text(better))]
            yield from sure or [(lesser, better) for lesser, better, _ in pairs]


def _loose(rule: Rule) -> Callable[[str], re.Match[str] | None]:
    parts = (re.escape(_shown(piece)) for piece in rule.pieces)
    return re.compile("".join(parts).replace(re.escape(_HOLE), ".*?"), re.DOTALL).fullmatch


@cache
def _text(rule: Rule) -> str:
    return "".join(_shown(piece) for piece in rule.pieces)


def _shown(piece: str | Gap) -> str:
    return piece if isinstance(piece, str) else piece.regex if piece.fixed else _HOLE
