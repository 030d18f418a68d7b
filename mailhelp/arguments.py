"""The command line's short way in: the commonest calls are read without loading Typer.

Typer, in ``cli``, defines the commands, their options and their help; importing it costs more than
answering. So a call that holds nothing but words and the global options is read here, and everything
else (``--help``, other options, mistakes) is Typer's.
"""

from typing import NamedTuple

from mailhelp.errors import UsageError

WORDS_ONLY = ("explain", "trace", "recipe", "man", "template")
"""The commands that take words and need no option."""
COMMANDS = (*WORDS_ONLY, "config", "doctor", "index", "check")
"""The names that are commands; any other first word begins a question."""
COLORS = ("auto", "always", "never")


class Options(NamedTuple):
    """The global options."""

    json: bool = False
    markdown: bool = False
    color: str = "auto"
    pager: bool = True


class Call(NamedTuple):
    """A command (``ask`` for a question) with its words."""

    command: str
    words: tuple[str, ...]
    options: Options


def split(argv: list[str]) -> tuple[list[str], Options]:
    """``argv`` without the global options, wherever they stand before a ``--``, and those options.

    Raises ``UsageError`` for ``--color`` without one of its values.
    """
    rest: list[str] = []
    json = markdown = False
    color, pager = "auto", True
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
                raise UsageError(f"--color takes {', '.join(COLORS)}; not '{color}'.")
        else:
            rest.append(word)
    return rest, Options(json, markdown, color, pager)


def read(argv: list[str]) -> tuple[Call | None, list[str], Options]:
    """The call that ``argv`` makes, or ``None`` if Typer has to read the words that remain."""
    rest, options = split(argv)
    if not rest or rest == ["--"]:
        return Call("ask", (), options), rest, options
    if rest[0] == "--":
        return Call("ask", tuple(rest[1:]), options), rest, options
    if rest == ["--version"]:
        return Call("version", (), options), rest, options
    if rest[0].startswith("-") and rest[0] != "-":
        return None, rest, options
    if rest[0] not in COMMANDS:
        # a question may hold options: those of the shell command that it is about
        return Call("ask", tuple(word for word in rest if word != "--"), options), rest, options
    simple = rest[0] in WORDS_ONLY and not any(
        word.startswith("-") and word != "-" for word in rest[1:]
    )
    return (Call(rest[0], tuple(rest[1:]), options) if simple else None), rest, options
