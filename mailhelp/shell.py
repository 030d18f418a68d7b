"""Shell commands: with holes, filled so that every value is one quoted word; as typed, split into words.

Splitting follows POSIX shell (XCU 2.2, 2.3, 2.7) as far as it can be done without running anything:
variables and substitutions stay as they are typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailhelp.light import NamedTuple
from mailhelp.patterns.holes import Hole, Part, parse

_SAFE = re.compile(r"(?!=)[\w@%+=:,./-]+", re.ASCII)
"""What no shell reads anything into; zsh takes ``=name`` for the path of a program."""
_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What takes no room or looks like a blank, beside what is not printable anyway."""
_BEFORE_A_WORD = frozenset("(;|&`")


def quoted_hole(parts: tuple[Part, ...]) -> str | None:
    """The name of a hole that stands inside shell quotes, where a value can't be quoted again.

    Inside ``"$(…)"`` it can: quotes begin anew there.
    """
    quotes = [""]
    for part in parts:
        if isinstance(part, Hole):
            if quotes[-1]:
                return part.name
            continue
        before = ""
        for char in part:
            if quotes[-1] and char == quotes[-1]:
                quotes[-1] = ""
            elif before == "$" and char == "(" and quotes[-1] in ("", '"'):
                quotes.append("")
            elif char == ")" and not quotes[-1] and len(quotes) > 1:
                quotes.pop()
            elif not quotes[-1] and char in "'\"`":
                quotes[-1] = char
            before = char
    return None


def quote(value: str) -> str:
    """``value`` as one shell word."""
    if _SAFE.fullmatch(value):
        return value
    return "'" + value.replace("'", "'\"'\"'") + "'"


def fill(template: str, values: Mapping[str, str], *, missing: str = "drop") -> str | None:
    """The command with its holes filled, each value quoted as (part of) one shell word.

    ``None`` if a value is missing, holds what can't be seen, or could be taken for an option
    because it begins with ``-`` or ``+`` where a word begins. With ``missing="show"`` a missing value
    is shown as its name in capitals.
    """
    filled = ""
    only_operands = False
    for part in parse(template):
        if isinstance(part, str):
            filled += part
            only_operands = only_operands or " -- " in part
            continue
        value = values.get(part.name)
        if value is None:
            if missing == "drop":
                return None
            filled += part.name.upper()
            continue
        begins_word = not filled or filled[-1].isspace() or filled[-1] in _BEFORE_A_WORD
        if not value or not value.isprintable() or _INVISIBLE.search(value):
            return None
        if value.startswith(("-", "+")) and begins_word and not only_operands:
            return None
        filled += quote(value)
    return filled


def say(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its holes filled for reading; an unknown one shows its name in capitals."""
    return "".join(
        part if isinstance(part, str) else values.get(part.name, part.name.upper())
        for part in parse(text)
    )


class Word(NamedTuple):
    """A word of a command: ``start`` and ``end`` are its place in the text, ``value`` is the word without
    its quotes. ``inner`` are the places of commands inside it, in ``$(…)`` or backquotes.
    """

    start: int
    end: int
    value: str
    inner: tuple[tuple[int, int], ...] = ()


class Redirection(NamedTuple):
    """``operator`` (``>``, ``2>>``, ``<``, ``<<``, …) and where it leads; ``target`` may be missing."""

    start: int
    end: int
    operator: str
    target: Word | None = None


class Simple(NamedTuple):
    """One command of a line: ``before`` is what parts it from the one before it (``|``, ``&&``, ``;``)."""

    words: tuple[Word, ...]
    assignments: tuple[Word, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    before: str = ""


_BLANK = re.compile(r"(?:[ \t\r]|\\\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_OPERATOR = re.compile(r"&&|\|\||\|&|;;|[;&|()\n]")
_REDIRECTION = re.compile(r"\d{0,3}(?:<<<|<<-|<<|<>|<&|>>|>&|>\||<|>)|&>>|&>")
_PROCESS = re.compile(r"[<>]\(")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_PLAIN = re.compile(r"[^\s\\'\"`$&|;()<>]+")


def commands(text: str, start: int = 0, end: int | None = None) -> list[Simple]:
    """The simple commands of ``text`` (from ``start`` to ``end``), in order, with places in the whole text.

    Never fails: what is not closed ends at the end. The texts of here-documents belong to no command.
    """
    found: list[Simple] = []
    words: list[Word] = []
    assignments: list[Word] = []
    redirections: list[Redirection] = []
    before = ""

    def close() -> None:
        if words or assignments or redirections:
            found.append(Simple(tuple(words), tuple(assignments), tuple(redirections), before))
            words.clear()
            assignments.clear()
            redirections.clear()

    pending: Redirection | None = None
    for token in _tokens(text, start, len(text) if end is None else end):
        if isinstance(token, Redirection):
            if pending:
                redirections.append(pending)
            pending = token
        elif isinstance(token, Word):
            if pending:
                redirections.append(pending._replace(end=token.end, target=token))
                pending = None
            elif not words and _ASSIGNMENT.match(text, token.start):
                assignments.append(token)
            elif words or token.value not in _RESERVED:
                words.append(token)
        else:
            if pending:
                redirections.append(pending)
                pending = None
            close()
            before = token
    if pending:
        redirections.append(pending)
    close()
    return found


_RESERVED = frozenset(
    ("!", "{", "}", "then", "do", "else", "elif", "if", "while", "until", "fi", "done")
)
"""Words of the shell's own that go before a command."""


def _tokens(text: str, place: int, end: int) -> Iterator[Word | Redirection | str]:
    """Words, redirections without their targets, and operators."""
    waiting: list[tuple[str, bool]] = []  # here-documents that begin on the next line
    expected = ""  # a here-document's operator that waits for its word
    while place < end:
        blank = _BLANK.match(text, place, end)
        if blank:
            place = blank.end()
            continue
        comment = _COMMENT.match(text, place, end)
        if comment:
            place = comment.end()
            continue
        redirection = _REDIRECTION.match(text, place, end)
        if redirection and not _PROCESS.match(text, place, end):
            expected = redirection[0].lstrip("0123456789")
            yield Redirection(place, redirection.end(), redirection[0])
            place = redirection.end()
            continue
        operator = _OPERATOR.match(text, place, end)
        if operator:
            expected = ""
            place = operator.end()
            if operator[0] == "\n" and waiting:
                place = _after_documents(text, place, end, waiting)
                waiting = []
            yield ";" if operator[0] == "\n" else operator[0]
            continue
        word = _word(text, place, end)
        if expected in ("<<", "<<-"):
            waiting.append((word.value, expected == "<<-"))
        expected = ""
        place = word.end
        yield word


def _after_documents(text: str, place: int, end: int, waiting: list[tuple[str, bool]]) -> int:
    """Where the here-documents that begin at ``place`` end."""
    for delimiter, tabs in waiting:
        while place < end:
            stop = text.find("\n", place, end)
            stop = end if stop < 0 else stop
            line = text[place:stop]
            place = min(stop + 1, end)
            if (line.lstrip("\t") if tabs else line) == delimiter:
                break
    return place


def _word(text: str, start: int, end: int) -> Word:
    """The word that begins at ``start``; what makes it a word ends it too."""
    pieces: list[str] = []
    inner: list[tuple[int, int]] = []
    place = start
    while place < end:
        char = text[place]
        plain = _PLAIN.match(text, place, end)
        if plain:
            pieces.append(plain[0])
            place = plain.end()
        elif char == "\\":
            if text[place + 1 : place + 2] != "\n":
                pieces.append(text[place + 1 : min(place + 2, end)])
            place += 2
        elif char == "'":
            stop = text.find("'", place + 1, end)
            stop = end if stop < 0 else stop
            pieces.append(text[place + 1 : stop])
            place = stop + 1
        elif char == '"':
            place = _double_quoted(text, place + 1, end, pieces, inner)
        elif char in "$`" or _PROCESS.match(text, place, end):
            stop = _substitution(text, place, end, inner)
            pieces.append(text[place:stop])
            place = stop
        elif place == start:  # a stray sign that is no operator
            pieces.append(char)
            place += 1
        else:
            break
    return Word(start, min(place, end), "".join(pieces), tuple(inner))


def _double_quoted(
    text: str, place: int, end: int, pieces: list[str], inner: list[tuple[int, int]]
) -> int:
    while place < end and text[place] != '"':
        char = text[place]
        if char == "\\" and text[place + 1 : place + 2] in tuple('$`"\\\n'):
            pieces.append(text[place + 1 : place + 2].replace("\n", ""))
            place += 2
        elif char in "$`":
            stop = _substitution(text, place, end, inner)
            pieces.append(text[place:stop])
            place = stop
        else:
            pieces.append(char)
            place += 1
    return place + 1


def _substitution(text: str, place: int, end: int, inner: list[tuple[int, int]]) -> int:
    """Where ``$name``, ``${…}``, ``$(…)``, backquotes or ``<(…)`` at ``place`` end."""
    if text[place] == "`":
        stop = text.find("`", place + 1, end)
        inner.append((place + 1, end if stop < 0 else stop))
        return end if stop < 0 else stop + 1
    if text.startswith("(", place + 1):
        stop = _closing(text, place + 2, end)
        if not text.startswith("((", place + 1):  # arithmetic is no command
            inner.append((place + 2, stop))
        return min(stop + 1, end)
    if text.startswith("{", place + 1):
        stop = text.find("}", place, end)
        return end if stop < 0 else stop + 1
    if text[place + 1 : place + 2] == "'":  # $'…'
        stop = text.find("'", place + 2, end)
        return end if stop < 0 else stop + 1
    return place + 1


def _closing(text: str, place: int, end: int) -> int:
    """The place of the ``)`` that closes what was opened before ``place``; quotes are skipped."""
    depth = 1
    while place < end:
        char = text[place]
        if char == "\\":
            place += 1
        elif char in "'\"":
            stop = text.find(char, place + 1, end)
            place = end if stop < 0 else stop
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                return place
        place += 1
    return end
