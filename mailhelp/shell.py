"""Shell commands: with holes, filled so that every value is one quoted word; as typed, split into words.

Splitting follows POSIX shell (XCU 2.2, 2.3, 2.7) as far as it can be done without running anything:
variables and substitutions stay as they are typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from mailhelp import regexes as re
from mailhelp.light import NamedTuple, regex
from mailhelp.patterns.holes import Hole, Part, parse
from mailhelp.visible import is_visible

_SAFE = regex(r"(?!=)[\w@%+=:,./-]+", re.ASCII)
"""What no shell reads anything into; zsh takes ``=name`` for the path of a program."""
_NOT_SPLIT = regex(r"(?:\bfor \w+ in |(?:^|[;\s])\w+=)\$\Z")
_BEFORE_A_WORD = frozenset("(;|&`")
_ENDS_A_COMMAND = "|;&()`\n"


def quoted_hole(parts: tuple[Part, ...]) -> str | None:
    """The name of a hole that stands inside shell quotes, where a value can't be quoted again.

    Inside ``"$(…)"`` it can: quotes begin anew there.
    """
    return next((name for name, quotes, _ in _placed(parts) if quotes), None)


def split_hole(parts: tuple[Part, ...]) -> str | None:
    """The name of a hole inside a ``$(…)`` whose output the shell splits into words and takes for patterns.

    That of ``for x in $(…)`` is meant to be split.
    """
    return next((name for name, _, is_split in _placed(parts) if is_split), None)


def _placed(parts: tuple[Part, ...]) -> Iterator[tuple[str, str, bool]]:
    """Each hole, the quote that it stands in, and whether what it is part of is split into words."""
    within = [("", False)]
    before = ""
    for part in parts:
        if isinstance(part, Hole):
            yield part.name, within[-1][0], any(is_split for _, is_split in within)
            continue
        for char in part:
            quotes = within[-1][0]
            if quotes and char == quotes:
                within[-1] = "", within[-1][1]
            elif before[-1:] == "$" and char == "(" and quotes in ("", '"'):
                within.append(("", not quotes and not _NOT_SPLIT.search(before)))
            elif char == ")" and not quotes and len(within) > 1:
                within.pop()
            elif not quotes and char in "'\"`":
                within[-1] = char, within[-1][1]
            before += char


@lru_cache(maxsize=1000)
def quote(value: str) -> str:
    """``value`` as one word of any shell: for fish a backslash means something inside quotes, too."""
    if _SAFE.fullmatch(value):
        return value
    quoted = value.replace("'", "'\"'\"'").replace("\\", "'\\\\'")
    return f"'{quoted}'"


def file(name: str) -> str:
    """The file ``name`` as a word of a command: no option; ``FILE`` if it cannot be seen what it is called."""
    if not is_visible(name):
        return "FILE"
    return quote(f"./{name}" if name.startswith(("-", "+")) else name)


def fill(
    template: str,
    values: Mapping[str, str],
    *,
    missing: str = "drop",
    checks: Mapping[str, str] = MappingProxyType({}),
) -> str | None:
    """The command with its holes filled, each value quoted as (part of) one shell word.

    A value that cannot stand in its place (``unfit``) is shown as its name in capitals. ``None`` if a value
    is missing or empty; with ``missing="show"`` that one is shown as its name, too.
    """
    return filled(template, values, missing, checks)[0]


def filled(
    template: str, values: Mapping[str, str], missing: str, checks: Mapping[str, str]
) -> tuple[str | None, dict[str, str]]:
    """What ``fill`` and ``unfit`` give, at once; of a command that is ``None`` only what was found until then."""
    text = ""
    unfit: dict[str, str] = {}
    for fixed, name, value, why in _pieces(template, values, checks):
        if not name:
            text += fixed
        elif why:
            unfit[name] = why
            text += name.upper()
        elif value:
            text += quote(value)
        elif missing == "drop":
            return None, unfit
        else:
            text += name.upper()
    return text, unfit


def unfit(
    template: str, values: Mapping[str, str], checks: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """The holes of ``template`` whose ``values`` cannot stand there, each with the reason.

    A value must be seen as what it is, must not be taken for an option where a word begins with it, and
    must match the regex that ``checks`` has for it.
    """
    return {name: why for _, name, _, why in _pieces(template, values, checks) if why}


def _pieces(
    template: str, values: Mapping[str, str], checks: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    """Fixed text; or a hole's name, its value (empty if there is none) and why that is unfit."""
    for text, name, is_operand in _outline(template):
        value = values.get(name) or "" if name else ""
        why = ""
        if not value:
            pass
        elif not is_visible(value):
            why = "its value has characters that cannot be seen"
        elif not is_operand and value[0] in "-+":
            why = "its value would be read as an option"
        elif name in checks and not re.fullmatch(checks[name], value):
            why = "its value cannot be one"
        yield text, name, value, why


@lru_cache(maxsize=1000)
def _outline(template: str) -> tuple[tuple[str, str, bool], ...]:
    """Fixed text; or a hole's name, and whether what stands there is no option however it begins."""
    outline = []
    before = ""
    only_operands = False
    for part in parse(template):
        if isinstance(part, str):
            # what follows a -- is no option, up to the next command
            ends = max((part.rfind(sign) for sign in _ENDS_A_COMMAND), default=-1)
            operands = part.rfind(" -- ")
            only_operands = operands > ends or (only_operands and ends < 0)
            before = part or before
            outline.append((part, "", False))
            continue
        begins_word = not before or before[-1].isspace() or before[-1] in _BEFORE_A_WORD
        before = "x"
        outline.append(("", part.name, only_operands or not begins_word))
    return tuple(outline)


def say(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its holes filled for reading; an unknown one shows its name in capitals."""
    if "{" not in text and "}" not in text:
        return text
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


_BLANK = regex(r"(?:[ \t\r]|\\\n)+")
_COMMENT = regex(r"#[^\n]*")
_OPERATOR = regex(r"&&|\|\||\|&|;;|[;&|()\n]")
_REDIRECTION = regex(r"\d{0,3}(?:<<<|<<-|<<|<>|<&|>>|>&|>\||<|>)|&>>|&>")
_PROCESS = regex(r"[<>]\(")
_ASSIGNMENT = regex(r"[A-Za-z_]\w*\+?=")
_PLAIN = regex(r"[^\s\\'\"`$&|;()<>]+")


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
