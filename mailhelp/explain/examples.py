"""What the corpus does with a program that somebody typed: recipes and topics with a command like it, the likest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from mailhelp import regexes as re
from mailhelp.answer import Outcome, Result
from mailhelp.explain import common
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import Any, NamedTuple
from mailhelp.patterns import holes

_KINDS = ("recipe", "topic")
_MOST = 8
_LACKING = 3
"""Options of a command that somebody can leave out and do the same all the same."""
_RECIPE = 0.2
"""What a recipe is ahead of a topic."""
_WHOLE = 0.3
"""What the share of its own words counts beside the share of those that were typed."""
_HOLE = 0.5
"""What a word that can be anything counts beside one that is the same."""


class Example(NamedTuple):
    """A command of ``document``; ``likeness`` grows with the words that were typed, ``same`` says that none of those is missing."""

    document: Document
    command: Mapping[str, Any]
    likeness: float
    same: bool


def find(library: Library, asked: Iterable[tuple[str, str]], text: str) -> list[Example]:
    """The best example of each entry that runs one of ``asked`` (program, subcommand or empty), the likest first."""
    wanted = {(program, sub.partition(" ")[0]) for program, sub in asked if program}
    typed = text.split()
    best: dict[str, Example] = {}
    for kind in _KINDS:
        found = (each for program, _ in sorted(wanted) for each in library.running(kind, program))
        for document in {each.id: each for each in found}.values():
            for command in document.data["commands"]:
                example = _example(document, command, wanted, typed)
                known = best.get(document.id)
                if example and (known is None or example.likeness > known.likeness):
                    best[document.id] = example
    order = sorted(best.values(), key=lambda each: (-_worth(each), each.document.id))
    return order[:_MOST]


def _worth(example: Example) -> float:
    """Its likeness; a recipe says what the output means, so it goes before a topic that is about as like."""
    return example.likeness + (_RECIPE if example.document.kind == "recipe" else 0)


def _example(
    document: Document, command: Mapping[str, Any], wanted: set[tuple[str, str]], typed: list[str]
) -> Example | None:
    words = command["run"].split()
    used = {
        (word.rpartition("/")[2], sub)
        for number, word in enumerate(words[:3])
        for sub in ("", *words[number + 1 : number + 2])
    }
    if not wanted & used:
        return None
    left = [word.casefold() for word in typed]
    likeness, lacking, other = 0.0, 0, False
    # what can be anything takes what nothing else takes: a value rather than a subcommand
    for word in sorted(words, key=_fixed, reverse=True):
        alike = _pattern(word)
        fits = next((each for each in reversed(left) if alike.fullmatch(each)), None)
        if fits is not None:
            left.remove(fits)
            likeness += 1.0 if _fixed(word) else _HOLE
        elif word.startswith(("-", "+")):
            lacking += 1
        else:  # an operand that makes it another command
            other |= _fixed(word) and not word.startswith(("<", ">"))
    own = any(word.startswith("-") or word.isalpha() for word in left)
    same = not (own or other) and lacking <= _LACKING and ("|" in typed or "|" not in words)
    share = likeness / len(typed) + _WHOLE * likeness / len(words)
    return Example(document, command, share, same)


@lru_cache(maxsize=1000)
def _pattern(word: str) -> re.Pattern[str]:
    """What somebody may type in the place of ``word`` of a stored command."""
    parts = holes.parse(word) if "{" in word else [word]
    return re.compile(
        "".join(re.escape(part.casefold()) if isinstance(part, str) else ".+" for part in parts)
    )


def _fixed(word: str) -> bool:
    """Whether the word is more than a value."""
    return not word.startswith("{") or not word.endswith("}") or word.count("{") > 1


def result(library: Library, example: Example) -> Result:
    """The example in short: its entry's title and the command, what is not known of it in capitals."""
    document = example.document
    commands = common.filled(library, [dict(example.command)], {}, missing="show")
    return Result(document.id, document.kind, document.title, commands=commands)


def outcomes(examples: Iterable[Example]) -> tuple[Outcome, ...]:
    """What the first of the ``examples`` that does the same as what was typed can print, and what that means."""
    for example in examples:
        rows = example.document.data.get("outputs", ())
        commands = example.document.data["commands"]
        tells = example.command == commands[0] and not any(each.get("changes") for each in commands)
        if example.same and tells and rows:
            return common.outcomes(rows)
    return ()
