"""The command line's short way in: calls are read from the table of commands, without loading Typer.

Typer (``app``) is for help and for mistakes: importing it costs more than answering. Both read the
same table, and a test holds them to the same meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mailhelp.commands import ALIASES, COLORS, COMMANDS, GLOBAL, Subcommand
from mailhelp.errors import UsageError
from mailhelp.knowledge.english import STOP_WORDS
from mailhelp.light import Any, NamedTuple

VERBOSE, QUIET = GLOBAL[0].flags, GLOBAL[1].flags
_DETAIL = dict.fromkeys(VERBOSE, "full") | dict.fromkeys(QUIET, "line")

_NO_SUBJECT = ("recipe", "doctor", "man")
"""Commands whose names are only ours."""
_ASKING = ("why", "how", "what", "when", "where", "which", "who")
_ENOUGH_SAID = 3
"""Plain words that are a sentence without a small one."""


class Options(NamedTuple):
    """The global options. ``detail`` is how much of an answer is shown: ``line``, ``brief`` or ``full``."""

    json: bool = False
    markdown: bool = False
    color: str = "auto"
    pager: bool = True
    detail: str = "brief"


class Call(NamedTuple):
    """A command (``ask`` for a question) with its words, the global options and its own."""

    command: str
    words: tuple[str, ...]
    options: Options = Options()
    given: Mapping[str, Any] = MappingProxyType({})


def split(argv: list[str]) -> tuple[list[str], Options]:
    """``argv`` without the global options, wherever they stand before a ``--``, and those options.

    ``-v`` and ``-q`` inside a question stay: they may be those of a command that it is about.
    Raises ``UsageError`` for ``--color`` without one of its values.
    """
    rest: list[str] = []
    json = markdown = False
    color, pager, detail = "auto", True, "brief"
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--json":
            json = True
        elif word == "--markdown":
            markdown = True
        elif word == "--no-pager":
            pager = False
        elif word == "--color" or word.startswith("--color="):
            color = word[8:] if "=" in word else next(words, "")
            if color not in COLORS:
                raise UsageError(f"--color takes {', '.join(COLORS)}; not “{color}”.")
        elif word in _DETAIL and (not rest or rest[0] in COMMANDS or rest[0] in ALIASES):
            detail = _DETAIL[word]
        else:
            rest.append(word)
    return rest, Options(json, markdown, color, pager, detail)


def trailing_detail(words: tuple[str, ...]) -> str:
    """The detail that the last word of a question asks for, if no other word is an option."""
    plain = len(words) > 1 and not any(word.startswith("-") for word in words[:-1])
    return _DETAIL.get(words[-1], "") if plain else ""


def read(argv: list[str]) -> tuple[Call | None, list[str], Options]:
    """The call that ``argv`` makes, or ``None`` if Typer has to read the words that remain."""
    rest, options = split(argv)
    if not rest or rest in (["--"], ["-"]):  # a lone dash is standard input
        return Call("ask", (), options), rest, options
    if rest[0] == "--":
        return Call("ask", tuple(rest[1:]), options), rest, options
    if rest == ["--version"]:
        return Call("version", (), options), rest, options
    if rest[0] in ("help", "commands") and len(rest) == 2 and rest[1] in COMMANDS:
        rest = [rest[1], "--help"]
    elif rest[0] in ALIASES and len(rest) == 1:
        rest = list(ALIASES[rest[0]])
    if rest[0][:1] == "-" and _is_option(rest[0]):
        # -o name=value: an option of what is asked about, in a line of master.cf
        is_setting = len(rest[0]) == len("-o") and any("=" in word for word in rest[1:2])
        return Call("ask", tuple(rest), options) if is_setting else None, rest, options
    if rest[0] not in COMMANDS:
        # a question may hold options: those of the shell command that it is about
        return Call("ask", tuple(word for word in rest if word != "--"), options), rest, options
    call = _own(COMMANDS[rest[0]], rest[1:], options)
    is_bare = not any("/" in word or word[:1] == "-" for word in rest)
    takes_none = COMMANDS[rest[0]].operand is None
    if call is None and is_bare and (are_said(rest[1:]) or (takes_none and _is_telling(rest[1:]))):
        call = Call("ask", said(rest[0], rest[1:]), options)
    return call, rest, options


def said(command: str, words: Sequence[str]) -> tuple[str, ...]:
    """The question that ``words`` after the name of a ``command`` are; the name is left out if it says nothing of the subject."""
    about_itself = command in _NO_SUBJECT or words[0].casefold() in _ASKING
    return tuple(words) if about_itself else (command, *words)


def is_plain(text: str) -> bool:
    """Whether ``text`` is written as a word of a sentence, with what may stand after it: in small letters, no name of a file or a mail."""
    word = text.rstrip(",.;:?!").replace("’", "'").replace("-", "'")
    parts = f"{word[:1].lower()}{word[1:]}".split("'")
    if word[:1].isupper() and len(parts[0]) == 1:  # an initial
        return False
    return all(part.isascii() and part.isalpha() and part.islower() for part in parts)


def _is_telling(words: Sequence[str]) -> bool:
    return any(len(word) > 1 and is_plain(word) and word not in STOP_WORDS for word in words)


def are_said(words: Sequence[str]) -> bool:
    """Whether ``words`` are so many plain ones, or have a small one among them, that they are said as to a colleague."""
    plain = [word for word in words if is_plain(word)]
    has_small = not STOP_WORDS.isdisjoint(plain)
    return _is_telling(plain) and (len(plain) >= _ENOUGH_SAID or (len(plain) > 1 and has_small))


def _own(command: Subcommand, words: list[str], options: Options) -> Call | None:
    """The call of ``command``; ``None`` for what it does not take, which Typer says in words."""
    switches = {flag: switch for switch in command.switches for flag in switch.flags}
    operands: list[str] = []
    given: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        if word == "--":
            operands += rest
        elif word[:1] != "-" or not _is_option(word):
            operands.append(word)
        else:
            flag, sign, value = word.partition("=")
            switch = switches.get(flag)
            if switch is None or (switch.type is bool and sign):
                return None
            if switch.type is bool:
                given[switch.name] = True
                continue
            found = value if sign else next(rest, None)
            if found is None or (switch.choices and found not in switch.choices):
                return None
            given[switch.name] = found
    most = 0 if command.operand is None else len(operands) if command.operand.many else 1
    return Call(command.name, tuple(operands), options, given) if len(operands) <= most else None


def _is_option(word: str) -> bool:
    """Whether ``word`` is meant as an option. A bullet, a listing's ``-Queue ID-`` or a MIME boundary is part of a text."""
    if word[:2] != "--":
        return len(word) == 2 and word.isascii() and (word[1].isalpha() or word[1] == "?")
    name, _, value = word[2:].partition("=")
    letters = name.replace("-", "a")
    is_name = name[:1] not in ("", "-") and letters.isascii() and letters.isalpha()
    return is_name and name.islower() and not any(map(str.isspace, value))
