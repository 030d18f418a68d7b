"""Whether a regex is linear: tried on lines that are made from the regex itself to hurt it.

A mail's sender writes into the log, so no pattern may take time that grows faster than the line. For
each repetition of a regex: what leads to it, then its own characters, what stands behind it, or that
without its last character, again and again, and an end that does not fit.

What is measured is the processor time of this thread, the least of several runs: another process on
the machine makes neither a fault nor a pass. A line of 2,000 characters parts the two kinds by a
factor of more than ten; only what is slow there is measured at growing lengths.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from re import _constants, _parser  # the only way to a regex's parts
from typing import Any, NamedTuple

from mailhelp.corpus.beside import in_parts
from mailhelp.corpus.compile import Compiled
from mailhelp.corpus.read import Corpus, Entry, Fault, FieldTable, line_of
from mailhelp.errors import CorpusError
from mailhelp.patterns.fields import Field
from mailhelp.patterns.pattern import END, is_open, parse, pieces

LENGTHS = (1000, 4000, 16000)
MOST = 64.0
"""What 16 times the length may cost, as a multiple: 16 is linear, 256 quadratic, this the middle of both as factors. Linear ones took
up to 41 on a machine whose caches ten other processes had."""

_STEPS = (24, 250, 2000)
_QUICK = 0.0005
"""Seconds that no linear regex needs for 2,000 characters; a quadratic one needs ten times as much."""
_SURE = 0.00001
"""Seconds in which nothing quadratic is done with 250 characters: such a line need not be made longer."""
_SLOW = 0.02
"""Seconds for the shortest line after which a longer one is not tried: that is cubic or worse."""
_RUNS = 3
_APART = 100
"""How far apart what stands side by side is put."""
_MANY = 40
"""A repetition of more than this is taken for one without end."""
_TRIED = "a0 <>\"'\\()[]{}:;,.=@/-+_*|?!#%&$^~`Z\tF\né\x01"
_ENDS = ("", "\x00")
_NEVER = "(?!)"
"""The regex of what no text fits."""

_Tokens = list[tuple[Any, Any]]


class _Place:
    """A repetition: what leads to it, what may be said again and again there, and what follows."""

    __slots__ = ("after", "before", "pumps")

    def __init__(self, before: str, pumps: tuple[str, ...], after: str) -> None:
        self.before = before
        self.pumps = pumps
        self.after = after

    def tries(self) -> Iterator[_Try]:
        """What to repeat here, and how to end then."""
        ends = dict.fromkeys((*_ENDS, self.after + "\x00", self.after[:-1]))
        return (_Try(self.before, pump, end) for pump in self.pumps for end in ends)


class _Try(NamedTuple):
    before: str
    pump: str
    end: str

    def line(self, length: int) -> str:
        """The line that repeats it to about ``length`` characters."""
        return self.before + self.pump * (length // len(self.pump)) + self.end


def faults(corpus: Corpus, compiled: Compiled) -> Iterator[Fault]:
    """What in ``corpus`` is not linear: patterns of entries, fields, and rows of tables that hold a regex."""
    tried: list[Callable[[], list[Fault]]] = [
        *(partial(_entry_faults, entry, compiled) for entry in corpus.entries),
        *(partial(_defined_faults, each, compiled) for each in corpus.fields),
        *(
            partial(_table_faults, corpus.folder / f"{name}.toml", key, row, compiled.fields)
            for name, table in compiled.own_tables.items()
            for key, row in table.items()
        ),
    ]

    def of(tries: Sequence[Callable[[], list[Fault]]]) -> list[Fault]:
        return [fault for each in tries for fault in each()]

    # those that cost most stand side by side: no part gets all of them
    spread = [each for start in range(_APART) for each in tried[start::_APART]]
    for found in in_parts(of, spread):
        yield from found


def _entry_faults(entry: Entry, compiled: Compiled) -> list[Fault]:
    found = {
        form.own: why
        for form in compiled.forms.get(entry.id, ())
        if (why := _pattern_fault(form.text, compiled.fields))
    }
    return [entry.fault(f"this pattern {why}: {own}", own) for own, why in found.items()]


def _defined_faults(each: FieldTable, compiled: Compiled) -> list[Fault]:
    if each.name not in compiled.known.defined:
        return []
    why = field_fault(compiled.fields[each.name], compiled.fields)
    return [each.fault(why)] if why else []


def _table_faults(
    path: Path, key: str, row: Mapping[str, Any], fields: Mapping[str, Field]
) -> list[Fault]:
    return [
        Fault(path, line_of(path.read_text(encoding="utf-8"), key), f"[{key}] {what} {why}")
        for what, why in _row_faults(path.stem, row, fields)
    ]


def field_fault(field: Field, fields: Mapping[str, Field]) -> str:
    """Why the regex, a form or an item of ``field`` is too slow; empty if they are linear."""
    try:
        why = "" if field.free else fault(field.regex)
    except (re.error, TypeError):
        return ""  # another check says so
    if why:
        return f"regex {why}"
    behind = rf"(?=[{re.escape(field.separator)}]|\Z)"
    for kind, texts, end in (("form", field.forms, END), ("item", field.items, behind)):
        for text in texts:
            if why := _pattern_fault(text, fields, end):
                return f"the {kind} '{text}' {why}"
    return ""


def _pattern_fault(text: str, fields: Mapping[str, Field], end: str = END) -> str:
    """Why a pattern is too slow. Each piece is tried for itself: none is reopened once it has matched.

    Behind a hole there is only fixed text. It costs most where it never fits, so that every way in which
    the hole can match is tried: a field that is linear then is so in all patterns, and is measured once.
    """
    try:
        parts = parse(text)
        if all(_is_sure(fields[part.name].regex) for part in parts if is_open(part)):  # type: ignore[union-attr]
            return ""
        return next(filter(None, map(fault, pieces(parts, fields, end))), "")
    except (CorpusError, KeyError, re.error):
        return ""  # another check says so


def _row_faults(
    table: str, row: Mapping[str, Any], fields: Mapping[str, Field]
) -> Iterator[tuple[str, str]]:
    if table == "secrets" and "names" not in row:
        asked = "after" in row
        if asked and (why := fault(row["after"], search=True, flags=re.MULTILINE)):
            yield "after", why
        if why := fault(row["regex"], search=not asked, flags=re.MULTILINE):
            yield "regex", why
    elif table == "formats":
        for name, each in row.items():
            if isinstance(each, dict) and (why := fault(each.get("regex", ""), flags=0)):
                yield f"{name}: regex", why
    elif table != "dangers":  # whose patterns are commands
        for text in row.get("patterns", ()) if isinstance(row, dict) else ():
            if why := _pattern_fault(text, fields):
                yield f"pattern '{text}'", why


def fault(source: str, *, search: bool = False, flags: int = re.DOTALL) -> str:
    """Why the regex ``source`` is too slow; empty if it is linear.

    ``search`` says that it is looked for everywhere in a text, not only at its beginning.
    """
    growth, line = worst(source, search=search, flags=flags)
    if growth <= MOST:
        return ""
    shown = repr(line[:60]) + ("…" if len(line) > 60 else "")
    return f"is not linear: 16 times the length takes {growth:.0f} times as long, as in {shown}"


@cache
def worst(source: str, *, search: bool = False, flags: int = re.DOTALL) -> tuple[float, str]:
    """How much longer the worst line takes at 16 times the length, and how it begins; 0 if all are quick."""
    if not search and _is_plain(source):
        return 0.0, ""
    tokens = _parser.parse(source, flags)
    regex = re.compile(source, flags)
    use = regex.search if search else regex.match
    found = (0.0, "")
    for each in dict.fromkeys(each for place in _places(list(tokens)) for each in place.tries()):
        # an exponential one shows at a few characters and a cubic one at some more: longer lines never end
        slow = next((step for step in _STEPS[:-1] if not _is_quick(use, each.line(step))), None)
        if slow is None and _seconds(use, each.line(_STEPS[-2]), 1) > _SURE:
            slow = None if _is_quick(use, each.line(_STEPS[-1])) else _STEPS[-1]
        if slow is None:
            continue
        growth = MOST * 10 if slow != _STEPS[-1] else _growth(use, each)
        if growth > found[0]:
            found = growth, each.line(_STEPS[0])
        if growth > MOST:
            break
    return found


def _is_quick(use: Any, line: str) -> bool:
    return any(_seconds(use, line, 1) < _QUICK for _ in range(_RUNS))


def _growth(use: Any, tried: _Try) -> float:
    """How much longer the longest line takes than the shortest, as the least of several tries."""
    least = float("inf")
    for _ in range(_RUNS):
        times = []
        for length in LENGTHS:
            times.append(_seconds(use, tried.line(length), _RUNS))
            if times[-1] > _SLOW * (length / LENGTHS[0]) and length != LENGTHS[-1]:
                # the longest would take too long to wait for: it grows at least as it did so far
                return MOST * 10 if length == LENGTHS[0] else (times[-1] / times[0]) ** 2
        least = min(least, times[-1] / times[0])
        if least <= MOST:
            break
    return least


def _seconds(use: Any, line: str, runs: int) -> float:
    least = float("inf")
    for _ in range(runs):
        start = time.thread_time()
        use(line)
        least = min(least, time.thread_time() - start)
        if least > _SLOW * 10:
            break
    return max(least, 1e-6)


@cache
def _is_sure(source: str) -> bool:
    """Whether a regex is linear whatever fixed text is behind it."""
    return _is_plain(source) or worst(f"(?:{source}){_NEVER}")[0] <= MOST


@cache
def _is_plain(source: str) -> bool:
    """Whether a regex has at most one long repetition, of one character: that is linear, whatever comes behind."""
    return sum(_repetitions(_parser.parse(source, re.DOTALL))) <= 1


def _repetitions(tokens: Iterable[Any]) -> Iterator[int]:
    for kind, value in tokens:
        if kind in _REPEATS:
            body = list(value[2])
            single = len(body) == 1 and body[0][0] in _ONE
            yield (1 if single else 2) * (value[1] > _MANY)
            yield from _repetitions(value[2])
        else:
            for inner in _inner(kind, value):
                yield from _repetitions(inner)


_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


def _inner(kind: Any, value: Any) -> list[Any]:
    """The regexes inside one that is no repetition."""
    if kind is _constants.SUBPATTERN:
        return [value[3]]
    if kind is _constants.ATOMIC_GROUP:
        return [value]
    if kind is _constants.BRANCH:
        return list(value[1])
    if kind in (_constants.ASSERT, _constants.ASSERT_NOT):
        return [value[1]]
    if kind is _constants.GROUPREF_EXISTS:
        return [each for each in value[1:] if each]
    return []


def _places(tokens: _Tokens, before: str = "", after: str = "") -> Iterator[_Place]:
    """The repetitions of a regex, each with the shortest text that leads to it and that follows it."""
    for number, (kind, value) in enumerate(tokens):
        rest = _sample(tokens[number + 1 :]) + after
        if kind in _REPEATS:
            most, body = value[1], list(value[2])
            if most > _MANY:
                yield _Place(before, _pumps(body, rest), rest)
            yield from _places(body, before, rest)
        else:
            for inner in _inner(kind, value):
                yield from _places(list(inner), before, rest)
        before += _sample([(kind, value)])


def _pumps(body: _Tokens, rest: str) -> tuple[str, ...]:
    pumps = [_sample(body)]
    if len(body) == 1 and body[0][0] in _ONE:
        fits = [char for char in (rest[:1] + _TRIED) if char and _fits(body[0], char)]
        pumps += [*fits[:4], *fits[-1:]]
        pumps.append("".join(fits[:2]))
    else:
        pumps += [_sample(body, more=2), _sample(body, more=1)]
    pumps += [rest[:30], rest[:30][:-1]]
    return tuple(dict.fromkeys(pump for pump in pumps if pump))


_ONE = (_constants.IN, _constants.ANY, _constants.NOT_LITERAL, _constants.LITERAL)


def _sample(tokens: Iterable[Any], more: int = 0) -> str:
    """A short text that fits; repetitions are done ``more`` times beyond their least."""
    out = ""
    for kind, value in tokens:
        if kind in _ONE:
            out += _sign((kind, value))
        elif kind in _REPEATS:
            out += _sample(value[2]) * min(value[0] + more, value[1])
        elif kind is _constants.BRANCH:
            out += _sample(value[1][0], more)
        elif kind in (_constants.SUBPATTERN, _constants.ATOMIC_GROUP):
            out += _sample(_inner(kind, value)[0], more)
    return out


def _sign(token: tuple[Any, Any]) -> str:
    if token[0] is _constants.LITERAL:
        return chr(token[1])
    return next((char for char in (*_TRIED, *_named(token)) if _fits(token, char)), "a")


def _named(token: tuple[Any, Any]) -> Iterator[str]:
    """Characters that a class itself names."""
    if token[0] is _constants.IN:
        for kind, value in token[1]:
            if kind in (_constants.LITERAL, _constants.RANGE):
                yield chr(value if kind is _constants.LITERAL else value[0])


_CATEGORIES = {
    _constants.CATEGORY_DIGIT: re.compile(r"\d"),
    _constants.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    _constants.CATEGORY_SPACE: re.compile(r"\s"),
    _constants.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    _constants.CATEGORY_WORD: re.compile(r"\w"),
    _constants.CATEGORY_NOT_WORD: re.compile(r"\W"),
}


def _fits(token: tuple[Any, Any], char: str) -> bool:
    kind, value = token
    if kind is _constants.LITERAL:
        return bool(value == ord(char))
    if kind is _constants.NOT_LITERAL:
        return bool(value != ord(char))
    if kind is _constants.ANY:
        return True
    negated = value[0][0] is _constants.NEGATE
    return negated != any(_is_in(each, char) for each in value[negated:])


def _is_in(part: tuple[Any, Any], char: str) -> bool:
    kind, value = part
    if kind is _constants.LITERAL:
        return bool(value == ord(char))
    if kind is _constants.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    return bool(_CATEGORIES[value].match(char))
