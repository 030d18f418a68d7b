"""Covers secrets in text from outside before anything else is done with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from mailhelp import regexes as re
from mailhelp.light import Any, NamedTuple, regex

COVER = "*"

_SHOWN = regex(r"[^\n]")
# what goes on with a secret stands alone in its line: a record of its own has blanks in it
_TOKEN = regex(r"[\s>|]*+([^\s\[\]<>{}]++)\s*+")
_ESCAPED = regex(r"#0\d\d")
"""How a syslog daemon writes a control character; it parts words as a blank does."""
_PROMPT = "+> \t\r"
"""What a line that asks for more is made of."""
_SHORT = 4
"""Words that a line has at most if it is a row of a table and nothing else."""
_ALIKE = 4
"""Characters by which words that begin alike are looked for together."""
LONGEST_BLOCK = 500
"""Lines after which a secret of several lines has ended, whatever they hold."""


def expanded(
    table: Mapping[str, Mapping[str, Any]], known: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """The rows of ``corpus/secrets.toml`` with the names that stand in braces in them filled in.

    ``known`` are rows of other tables whose names may be used too.
    """
    names = {
        f"{{{key}}}": row["names"]
        for key, row in {**(known or {}), **table}.items()
        if "names" in row
    }
    own = {word for row in table.values() for word in row.get("words", ())} - {*names}
    # a word that another row asks for anyway costs nothing
    asked = {
        key: dict.fromkeys(
            min((word for word in own if word in name), key=len, default=name) for name in each
        )
        for key, each in names.items()
    }
    spelt = {key: f"(?:{'|'.join(map(re.escape, each))})" for key, each in names.items()}
    return {key: dict(_filled_in(row, asked, spelt)) for key, row in table.items()}


def _filled_in(
    row: Mapping[str, Any], asked: Mapping[str, Iterable[str]], spelt: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if key == "words":
            yield key, [each for word in value for each in asked.get(word, (word,))]
        elif isinstance(value, str):
            for name, regex in spelt.items():
                value = value.replace(name, regex)
            yield key, value
        else:
            yield key, value


class _Asking(NamedTuple):
    """The regexes of what asks for a secret, of the secret in the next line, and of where one of several lines ends."""

    after: str
    secret: str
    until: str


class Redactor:
    """Covers what the rows of ``corpus/secrets.toml`` find; the text keeps its length."""

    def __init__(self, table: Mapping[str, Mapping[str, Any]]) -> None:
        self._table = table
        # a text is searched by a row's regex only if it holds one of the row's `words`, and what it has `also`
        words: dict[tuple[str, str], list[str]] = {}
        short: dict[str, list[str]] = {}
        rows = [row for row in table.values() if "regex" in row]
        for row in rows:
            if "after" not in row:
                for word in row.get("words") or ("",):
                    if row.get("short"):
                        short.setdefault(word, []).append(row["regex"])
                    else:
                        words.setdefault((word, row.get("also", "")), []).append(row["regex"])
        # there are many words: looked for are only those whose last two characters a text has
        self._ending: dict[tuple[str, ...], list[tuple[str, str, list[str]]]] = {}
        for (word, also), regexes in words.items():
            self._ending.setdefault(tuple(word[-2:]), []).append((word, also, regexes))
        self._endings = frozenset(self._ending)
        self._others = [end for end in self._ending if len(end) < 2]
        self._short = tuple(short.items())
        # what asks for the secret in the next line, by its words
        self._after: dict[str, list[_Asking]] = {}
        for row in rows:
            for word in row.get("words") or ("",) if "after" in row else ():
                asking = _Asking(row["after"], row["regex"], row.get("until", ""))
                self._after.setdefault(word, []).append(asking)
        # a long text is looked through for each, so those that begin alike are looked for together first
        self._beginning: dict[str, list[str]] = {}
        for word in self._after:
            self._beginning.setdefault(word[:_ALIKE], []).append(word)
        self._regexes: dict[str, re.Pattern[str]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Redactor, (self._table,)

    def cover(self, text: str) -> str:
        """``text`` with every secret replaced by stars, also where one stands or goes on in the next line."""
        places = self.places(text)
        if "\n" not in text:
            return cover(text, places)
        waiting = sorted(places, reverse=True)
        carried = Carried(self)
        start = 0
        for line in text.split("\n"):
            end = start + len(line)
            own = []
            while waiting and waiting[-1][0] <= end:
                left, right = waiting.pop()
                own.append((left - start, min(right, end) - start))
                if right > end + 1:
                    waiting.append((end + 1, right))
            places += [(left + start, right + start) for left, right in carried.places(line, own)]
            start = end + 1
        return cover(text, places)

    def cover_lines(self, lines: Iterable[str | None]) -> Iterator[str | None]:
        """``lines`` without secrets; one that breaks off at the end of a line is covered in the next.

        A ``None`` (a pause) is passed on.
        """
        carried = Carried(self)
        for line in lines:
            if line is None:
                yield None
                continue
            places = self.places(line)
            places += carried.places(line, places)
            yield cover(line, places) if places else line

    def cover_words(self, words: Iterable[str]) -> list[str]:
        """The words of a command line without secrets, which may show only by the word before them."""
        words = list(words)
        whole = self.cover(" ".join(words))
        covered, place = [], 0
        for word in words:
            covered.append(self.cover(whole[place : place + len(word)]))
            place += len(word) + 1
        return covered

    def cover_value(self, name: str, value: str | None) -> str | None:
        """The value of the setting ``name`` without secrets, which show by the name beside them."""
        if not value:
            return value
        line = f"{name} = {value}"
        return self.cover(line)[len(line) - len(value) :]

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where the secrets of ``text`` are: (start, end)."""
        folded = text.casefold()
        return self._places(text, folded, self._ended(folded))

    def places_of(self, lines: Iterable[str]) -> list[list[tuple[int, int]]]:
        """The ``places`` of each of ``lines`` that have most words in common, of which each is looked at once."""
        pairs = [(line, line.casefold()) for line in lines]
        every = {word: None for _, folded in pairs for word in folded.split(" ")}
        each = f" {' '.join(every)} "
        words = [row for row in self._ended(each) if row[0] in each or " " in row[0].strip(" ")]
        return [self._places(line, folded, words) for line, folded in pairs]

    def _ended(self, folded: str) -> list[tuple[str, str, list[str]]]:
        """The words that a text may hold, by their last two characters, with what it has ``also`` and the regexes."""
        ends = (*self._others, *self._endings.intersection(pairwise(folded)))
        return [row for end in ends for row in self._ending[end]]

    def _places(
        self, text: str, folded: str, words: Iterable[tuple[str, str, list[str]]]
    ) -> list[tuple[int, int]]:
        """Where the secrets of ``text`` are that may hold ``words``."""
        sources = {
            source
            for word, also, regexes in words
            if word in folded and also in folded
            for source in regexes
        }
        if "\n" in text or len(text.split(None, _SHORT)) <= _SHORT:
            for word, regexes in self._short:
                if word in folded:
                    sources.update(regexes)
        if "#0" in text:
            text = _ESCAPED.sub("    ", text)
        return [
            found.span("secret")
            for source in sources
            for found in self._regex(source).finditer(text)
        ]

    def asking(self, text: str, *, lasting: bool = False) -> list[int]:
        """The numbers of the lines of ``text`` that ask for secrets, which the next line holds; or only of those
        that ask for one of several lines, up to ``LONGEST_BLOCK``.
        """
        folded = _folded(text)
        found: set[int] = set()
        for beginning, words in self._beginning.items():
            wanted = {
                word: [each.after for each in self._after[word] if each.until or not lasting]
                for word in words
            }
            if not any(wanted.values()) or beginning not in folded:
                continue
            for word, afters in wanted.items():
                at = folded.find(word) if afters else -1
                while at >= 0:
                    begin, end = folded.rfind("\n", 0, at) + 1, folded.find("\n", at)
                    last = end if end >= 0 else len(text)
                    if any(self._regex(each).search(text, begin, last) for each in afters):
                        found.add(begin)
                    at = folded.find(word, end) if end >= 0 else -1
        numbers, number, counted = [], 0, 0
        for begin in sorted(found):
            number, counted = number + text.count("\n", counted, begin), begin
            numbers.append(number)
        return numbers

    def asked(self, line: str) -> list[tuple[re.Pattern[str], re.Pattern[str] | None]]:
        """The regexes of the secrets that the next line holds, since ``line`` asks for them.

        The second of each says where a secret of several lines ends.
        """
        folded = line.casefold()
        return [
            (self._regex(source), self._regex(until) if until else None)
            for word, asking in self._after.items()
            if word in folded
            for after, source, until in asking
            if self._regex(after).search(line)
        ]

    def _regex(self, source: str) -> re.Pattern[str]:
        regex = self._regexes.get(source)
        if regex is None:
            regex = self._regexes[source] = re.compile(source, re.MULTILINE)
        return regex


class Carried:
    """What a line says of the next: that a secret goes on there, or that it will be one."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._asked: list[tuple[re.Pattern[str], re.Pattern[str] | None]] = []
        self._lines = 0
        self._broken_off = False

    @property
    def says(self) -> bool:
        """Whether the next line has to be looked at because of the lines before it."""
        return bool(self._asked) or self._broken_off

    def places(self, line: str, own: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where secrets stand in ``line`` beside its ``own`` places; to be asked line by line."""
        found: list[tuple[int, int]] = []
        if line.strip(_PROMPT):
            answers = (regex.match(line) for regex, _ in self._asked)
            found += [answer.span("secret") for answer in answers if answer]
            self._lines = self._lines + 1 if self._asked else 0
            goes_on = [
                (regex, until)
                for regex, until in self._asked
                if until and not until.search(line) and self._lines < LONGEST_BLOCK
            ]
            self._asked = goes_on + self._redactor.asked(line)
        rest = _TOKEN.fullmatch(line) if self._broken_off else None
        if rest:
            found.append(rest.span(1))
        last = max((end for _, end in (*own, *found)), default=0)
        self._broken_off = last >= max(len(line.rstrip()), 1)
        return found


def _folded(text: str) -> str:
    """``text`` in small letters, each in its place."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join([sign if len(small := sign.casefold()) > 1 else small for sign in text])


def cover(text: str, places: Iterable[tuple[int, int]]) -> str:
    """``text`` with the characters of ``places`` (start, end) replaced by stars, but for line ends."""
    pieces: list[str] = []
    position = 0
    for start, end in sorted(places):
        start = max(start, position)
        if start < end:
            pieces += (text[position:start], _SHOWN.sub(COVER, text[start:end]))
            position = end
    return "".join((*pieces, text[position:]))
