"""How a program reads its words: options with their values, operands, subcommands, other commands inside.

A ``Tool`` is a row of ``corpus/options/``; ``read`` takes a command's words apart by it. Nothing is known
here of any program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mailhelp import shell
from mailhelp.answer import SEVERITIES
from mailhelp.conditions import fits, of_setting, sentence
from mailhelp.light import Any, NamedTuple, regex
from mailhelp.shell import Simple, Word, commands

_PLACEHOLDER = regex(r"[A-Z][A-Z_:]*(?:\.\.\.)?")
_NUMBER = regex(r"-\d+")
_CLUSTERED = "clustered"
_LONG_STYLES = ("long",)
_TO_END = "COMMAND..."
_SCRIPT = "SCRIPT"
_SETTING = "SETTING"
_NUMBERS = "NUMBERS..."
_NOWHERE = "/dev/null"
_NUMBER_SET = regex(r"[\d*]+(?:[:,][\d*]+)*")


class Meaning(NamedTuple):
    """What an option or operand does; ``changes`` if that changes anything; ``settings`` if it is one.

    ``reads``: with it a program that changes things only reads.
    """

    does: str
    changes: bool = False
    settings: bool = False
    reads: bool = False


class Option(NamedTuple):
    """An option: all its names, the placeholder of its value (empty if it takes none)."""

    names: tuple[str, ...]
    value: str
    meaning: Meaning


class Tool(NamedTuple):
    """A program, or one subcommand of it.

    ``values`` are meanings of single values (``-starttls smtp``); ``operands`` are (pattern or
    placeholder, meaning), ``words`` operands that mean something by themselves, ``keys`` those that take words after
    them along, with how many. ``runs`` is after how many operands another command begins, or ``None``; ``aside``: it only feeds or
    filters the commands beside it.
    """

    name: str
    does: str
    page: str
    long_style: bool
    changes: bool
    english: bool
    aside: bool
    runs: int | None
    options: tuple[Option, ...]
    values: tuple[tuple[str, str, Meaning], ...]
    operands: tuple[tuple[str, Meaning], ...]
    words: Mapping[str, Meaning]
    keys: Mapping[str, tuple[int, Meaning]]
    titles: tuple[tuple[str, str], ...]
    subcommands: Mapping[str, Tool]


class Piece(NamedTuple):
    """A part of a command: ``kind`` is ``program``, ``prefix``, ``subcommand``, ``option``, ``operand``,
    ``redirection`` or ``assignment``; ``name`` is an option's first name. ``meaning`` is ``None`` where nobody
    explains it.
    """

    kind: str
    start: int
    end: int
    name: str
    value: str | None = None
    value_start: int = 0
    meaning: Meaning | None = None


class Command(NamedTuple):
    """One command as a program reads it. ``inner`` are the commands that it runs itself."""

    program: str
    tool: Tool | None
    subcommand: str
    pieces: tuple[Piece, ...]
    start: int
    end: int
    before: str = ""
    inner: tuple[Command, ...] = ()

    def options(self) -> Iterator[Piece]:
        """The options, in order."""
        return (piece for piece in self.pieces if piece.kind == "option")

    def operands(self) -> Iterator[Piece]:
        """The operands, in order."""
        return (piece for piece in self.pieces if piece.kind == "operand")


def tool(name: str, row: Mapping[str, Any], above: Tool | None = None) -> Tool:
    """A tool from its row; a subcommand takes the options of its program too."""
    options: list[Option] = []
    values = []
    for key, stored in row.get("options", {}).items():
        meaning = _meaning(stored)
        names, value = _split_key(key)
        again = any(names[0] in option.names for option in options)
        if value and (again or not _PLACEHOLDER.fullmatch(value)):
            values.append((names[0], value, meaning))
        else:
            options.append(Option(names, value, meaning))
    if above is not None:
        options += above.options
        values += above.values
    style = row.get("style")
    words = row.get("words", {})
    made = Tool(
        name,
        row.get("does", ""),
        row.get("page", above.page if above else ""),
        above.long_style if above and style is None else style in _LONG_STYLES,
        row.get("changes", False),
        row.get("english", False),
        row.get("aside", False),
        row.get("runs"),
        tuple(options),
        tuple(values),
        tuple((key, _meaning(stored)) for key, stored in row.get("operands", {}).items()),
        {key.casefold(): _meaning(stored) for key, stored in words.items() if " " not in key},
        {
            key.partition(" ")[0].casefold(): (key.count(" "), _meaning(stored))
            for key, stored in words.items()
            if " " in key
        },
        tuple(row.get("titles", {}).items()),
        {},
    )
    rows = row.get("commands", {})
    inner = {key: tool(key, _as_like(sub, rows), made) for key, sub in rows.items()}
    return made._replace(subcommands=inner)


def _as_like(row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The row with what it does not say itself from the one of ``rows`` that it is like."""
    if "like" not in row:
        return row
    other = rows[row["like"]]
    options = {**row.get("options", {}), **other.get("options", {})}
    return {**{key: other[key] for key in _SHARED if key in other}, **row, "options": options}


_SHARED = ("operands", "words")


def _meaning(stored: Any) -> Meaning:
    if isinstance(stored, str):
        return Meaning(stored)
    return Meaning(
        stored["does"],
        stored.get("changes", False),
        stored.get("settings", False),
        stored.get("reads", False),
    )


def _split_key(key: str) -> tuple[tuple[str, ...], str]:
    """``-n NUMBER, --lines=NUMBER`` → (("-n", "--lines"), "NUMBER")."""
    names, value = [], ""
    for each in key.split(", "):
        sign = "=" if each.startswith("--") and "=" in each.partition(" ")[0] else " "
        name, _, own = each.partition(sign)
        names.append(name)
        value = own or value
    return tuple(names), value


def read(simple: Simple, text: str, tools: Tools, depth: int = 0) -> Command | None:
    """A command as its program reads it; ``None`` for one without words (a bare redirection has some)."""
    pieces = [
        Piece("assignment", word.start, word.end, text[word.start : word.end])
        for word in simple.assignments
    ]
    for each in simple.redirections:
        target = each.target.value if each.target else ""
        place = each.target.start if each.target else each.end
        pieces.append(Piece("redirection", each.start, each.end, each.operator, target, place))
    inner: list[Command] = []
    program, found, subcommand = "", None, ""
    if simple.words:
        first = simple.words[0]
        program = first.value.rpartition("/")[2]
        found = tools.tool(program)
        pieces.append(Piece("program", first.start, first.end, program))
        rest = list(simple.words[1:])
        if found is not None:
            reader = _Reader(found, text, tools, depth)
            reader.read(rest)
            pieces += reader.pieces
            inner += reader.inner
            subcommand = reader.subcommand
            found = reader.tool
        else:
            pieces += [_unread(word) for word in rest]
    if depth < _DEEPEST:
        for word in (*simple.words, *(r.target for r in simple.redirections if r.target)):
            for start, end in word.inner:
                inner += read_all(text, tools, start, end, depth + 1)
    if not pieces:
        return None
    pieces.sort(key=lambda piece: (piece.start, -piece.end))
    start, end = pieces[0].start, max(piece.end for piece in pieces)
    return Command(
        program, found, subcommand, tuple(pieces), start, end, simple.before, tuple(inner)
    )


def read_all(
    text: str, tools: Tools, start: int = 0, end: int | None = None, depth: int = 0
) -> list[Command]:
    """Every command of ``text``, in order."""
    found = (read(simple, text, tools, depth) for simple in commands(text, start, end))
    return [command for command in found if command is not None]


_DEEPEST = 4
"""Commands inside commands that are followed."""


def _unread(word: Word) -> Piece:
    kind = "option" if word.value.startswith("-") and word.value != "-" else "operand"
    value = None if kind == "option" else word.value
    return Piece(kind, word.start, word.end, word.value, value, word.start)


class Tools:
    """Finds tools by name; made by the explainer, which knows where they are kept."""

    def tool(self, name: str) -> Tool | None:
        """The tool of this name, or ``None``."""
        raise NotImplementedError


class _Reader:
    """Takes the words after a program's name apart."""

    def __init__(self, found: Tool, text: str, tools: Tools, depth: int) -> None:
        self.tool, self.text, self.tools, self.depth = found, text, tools, depth
        self.pieces: list[Piece] = []
        self.inner: list[Command] = []
        self.subcommand = ""
        self.operands = 0

    def read(self, words: list[Word]) -> None:
        place = 0
        only_operands = False
        while place < len(words):
            word = words[place]
            if not only_operands and word.value == "--":
                self.pieces.append(
                    Piece("option", word.start, word.end, "--", meaning=Meaning(_ENDS))
                )
                only_operands, place = True, place + 1
            elif not only_operands and self._is_option(word.value):
                place = self._option(words, place)
            else:
                place = self._operand(words, place)
                # an option after a program that runs another one belongs to that one
                if place < 0:
                    return

    def _is_option(self, value: str) -> bool:
        if value.startswith("+") and len(value) > 1:
            return any(name.startswith("+") for each in self.tool.options for name in each.names)
        return self._named("-") is not None if value == "-" else value.startswith("-")

    def _named(self, name: str) -> Option | None:
        for option in self.tool.options:
            for known in option.names:
                if (
                    known == name
                    or (known[-1] == "*" and name.startswith(known[:-1]))
                    or (known == "-NUMBER" and _NUMBER.fullmatch(name))
                ):
                    return option
        return None

    def _option(self, words: list[Word], place: int) -> int:
        word = words[place]
        value = word.value
        name, sign, attached = value.partition("=")
        option = self._named(value) or (self._named(name) if sign else None)
        if option is None and value.startswith("--"):
            option = self._abbreviated(name)
            if option is None and self.tool.long_style:
                option = self._named(name[1:])  # openssl and swaks take two hyphens for one
        if option is not None:
            return self._take(words, place, option, attached if sign else None)
        if value.startswith("--") or self.tool.long_style:
            self.pieces.append(Piece("option", word.start, word.end, value))
            return place + 1
        return self._cluster(words, place)

    def _abbreviated(self, name: str) -> Option | None:
        fitting = [
            option
            for option in self.tool.options
            if any(known.startswith(name) for known in option.names)
        ]
        return fitting[0] if len(fitting) == 1 and len(name) > 3 else None

    def _take(self, words: list[Word], place: int, option: Option, attached: str | None) -> int:
        """An option that is a word of its own, with the value that it takes."""
        word = words[place]
        last, value, value_start = word, attached, word.end - len(attached or "")
        if attached is None and option.value == _TO_END:
            rest = words[place + 1 :]
            count = next((n for n, each in enumerate(rest) if each.value in (";", "+")), len(rest))
            self._run(rest[:count])
            place += min(count + 1, len(rest))
            last = words[place]
            value = self.text[word.end : last.end].strip()
        elif attached is None and option.value and place + 1 < len(words):
            place += 1
            last = words[place]
            value, value_start = last.value, last.start
        self._add(option, word.start, last.end, value, value_start)
        if option.value == _SCRIPT and value and self.depth < _DEEPEST:
            self._script(last)
        return place + 1

    def _add(
        self, option: Option, start: int, end: int, value: str | None, value_start: int
    ) -> None:
        name = option.names[0]
        meaning = option.meaning
        for known, pattern, own in self.tool.values:
            if known in option.names and value is not None and fits(pattern, value):
                meaning = own
                break
        if option.value == _SETTING:
            meaning = meaning._replace(settings=True)
        self.pieces.append(
            Piece("option", start, end, name, value if option.value else None, value_start, meaning)
        )

    def _cluster(self, words: list[Word], place: int) -> int:
        """Short options in one word: ``-rf``, ``-qIABC``, ``-c/etc/postfix``."""
        word = words[place]
        letters = word.value
        raw = (
            self.text[word.start : word.end] == letters
        )  # unquoted: places are those of the letters
        at = 1
        while at < len(letters):
            option = None
            length = 1
            for candidate in range(min(len(letters) - at, _LONGEST), 0, -1):
                option = self._named("-" + letters[at : at + candidate])
                if option is not None and (candidate == 1 or at == 1):
                    length = candidate
                    break
                option = None
            start = word.start + at if raw and at > 1 else word.start
            end = word.start + at + length if raw else word.end
            if option is None:
                shown = "-" + letters[at]
                self.pieces.append(Piece("option", start, end, shown))
                at += 1
                continue
            at += length
            if option.value:
                if at < len(letters):
                    value_start = word.start + at if raw else word.start
                    self._add(option, start, word.end, letters[at:], value_start)
                elif place + 1 < len(words):
                    place += 1
                    following = words[place]
                    self._add(option, start, following.end, following.value, following.start)
                    if option.value == _SCRIPT:
                        self._script(following)
                else:
                    self._add(option, start, end, None, end)
                return place + 1
            self._add(option, start, end, None, end)
        return place + 1

    def _operand(self, words: list[Word], place: int) -> int:
        word = words[place]
        if not self.subcommand and self.tool.subcommands and not self.operands:
            for length in range(min(3, len(words) - place), 0, -1):
                name = " ".join(each.value for each in words[place : place + length])
                sub = self.tool.subcommands.get(name)
                if sub is not None:
                    self.subcommand = name
                    last = words[place + length - 1]
                    self.pieces.append(
                        Piece(
                            "subcommand", word.start, last.end, name,
                            meaning=Meaning(sub.does, sub.changes),
                        )
                    )  # fmt: skip
                    self.tool = sub
                    return place + length
        if self.tool.runs is not None and self.operands == self.tool.runs:
            self._run(words[place:])
            return -1
        if self.tool.runs is not None and self.tool.runs == 0 and "=" in word.value:
            self.pieces.append(Piece("assignment", word.start, word.end, word.value))
            return place + 1
        key = self.tool.keys.get(word.value.casefold())
        if key is not None and place + 1 < len(words):
            taken = words[place : place + 1 + key[0]]
            last = taken[-1]
            value = " ".join(each.value for each in taken)
            self.operands += 1
            self.pieces.append(
                Piece("operand", word.start, last.end, value, value, word.start, key[1])
            )
            return place + len(taken)
        meaning = self._operand_meaning(word.value)
        if meaning is None and self.tool.runs is not None:
            meaning = Meaning(_WHERE)
        self.operands += 1
        self.pieces.append(
            Piece("operand", word.start, word.end, word.value, word.value, word.start, meaning)
        )
        return place + 1

    def _operand_meaning(self, value: str) -> Meaning | None:
        if value.casefold() in self.tool.words:
            return self.tool.words[value.casefold()]
        count = 0
        for pattern, meaning in self.tool.operands:
            if pattern == _NUMBERS:
                if _NUMBER_SET.fullmatch(value):
                    return meaning
            elif _PLACEHOLDER.fullmatch(pattern):
                if self.operands == count or (pattern.endswith("...") and self.operands >= count):
                    return meaning
                count += not pattern.endswith("...")
            elif fits(pattern, value):
                return meaning
        return None

    def _run(self, words: list[Word]) -> None:
        """Words that are a command of their own."""
        if not words or self.depth >= _DEEPEST:
            return
        if len(words) == 1 and " " in words[0].value:
            self._script(words[0])
            return
        assignments = []
        while words and "=" in words[0].value and not words[0].value.startswith("-"):
            assignments.append(words.pop(0))
        command = read(
            Simple(tuple(words), tuple(assignments)), self.text, self.tools, self.depth + 1
        )
        if command is not None:
            self.inner.append(command)

    def _script(self, word: Word) -> None:
        """A word that holds commands as text: they are read where they are, without their quotes."""
        start, end = word.start, word.end
        if self.text[start : start + 1] in ("'", '"') and self.text[end - 1 : end] in ("'", '"'):
            start, end = start + 1, end - 1
        if self.depth < _DEEPEST:
            self.inner += read_all(self.text, self.tools, start, end, self.depth + 1)


_LONGEST = 3
_ENDS = "Ends the options: what follows are operands, even if they begin with a hyphen."
_WHERE = "What the command is run with or in."


def matches(pattern: str, command: Command, tools: Tools) -> bool:
    """Whether ``command`` has the options and operands of ``pattern``, a command line without its program.

    An operand that the pattern names first need not be first in the command; each must be there.
    """
    program = command.program
    wanted = _pattern(program, pattern, tools)
    if wanted is None:
        return not pattern
    if wanted.subcommand and wanted.subcommand != command.subcommand:
        return False
    options = list(command.options())
    for piece in wanted.options():
        if not any(
            piece.name == own.name
            and (piece.value is None or (own.value is not None and fits(piece.value, own.value)))
            for own in options
        ):
            return False
    operands = [own.value or "" for own in command.operands()]
    if command.tool is None or not wanted.subcommand:
        # a pattern for an operand may also mean a subcommand that nobody explains apart
        operands += [command.subcommand] if command.subcommand else []
    for piece in wanted.operands():
        found = next((own for own in operands if fits(piece.value or "", own)), None)
        if found is None:
            return False
        operands.remove(found)
    return True


def _pattern(program: str, pattern: str, tools: Tools) -> Command | None:
    # a backslash before a star must survive the shell's reading
    text = f"{program} {pattern}".replace("\\*", "\\\\*") if pattern else program
    found = read_all(text, tools)
    return found[0] if found else None


def everything(found: Iterable[Command]) -> Iterator[Command]:
    """The commands and those inside them."""
    for command in found:
        yield command
        yield from everything(command.inner)


def changes(found: Iterable[Command]) -> bool:
    """Whether one of the commands changes anything: by an option or operand, or by itself with none that only reads."""
    for command in found:
        meanings = [piece.meaning for piece in command.pieces if piece.meaning is not None]
        options = [piece.meaning for piece in command.options() if piece.meaning is not None]
        by_itself = command.tool is not None and command.tool.changes
        if any(each.reads for each in options):
            continue
        if by_itself or any(each.changes for each in meanings):
            return True
    return False


def writes(command: Command) -> bool:
    """Whether its output goes into a file."""
    return any(
        piece.kind == "redirection" and piece.name in (">", ">>", ">|") and piece.value != _NOWHERE
        for piece in command.pieces
    )


def dangers(
    rows: Mapping[str, Mapping[str, Any]],
    found: Iterable[Command],
    tools: Tools,
    checks: Callable[[str], Mapping[str, Mapping[str, Any]]] = lambda name: {},
) -> list[Mapping[str, Any]]:
    """The rows of ``corpus/dangers.toml`` that the commands fit, worst first.

    Of the ``checks`` of a setting (``corpus/checks/``) those that it fails count too, in the same shape.
    """
    seen: dict[str, Mapping[str, Any]] = {}
    for command in everything(found):
        for name, row in rows.items():
            if name not in seen and is_dangerous(row, command, tools):
                seen[name] = row
        for piece in command.pieces:
            if piece.meaning and piece.meaning.settings and "=" in (piece.value or ""):
                setting, _, value = map(str.strip, (piece.value or "").partition("="))
                for name, row, values in of_setting(checks(setting), setting, value):
                    fix = (
                        {**each, "run": run}
                        for each in row.get("fix", ())
                        if (run := shell.fill(each["run"], values))
                    )
                    seen[name] = {**row, "danger": sentence(row, values), "instead": list(fix)}
    return sorted(seen.values(), key=lambda row: SEVERITIES.index(row["severity"]))


def is_dangerous(row: Mapping[str, Any], command: Command, tools: Tools) -> bool:
    """Whether ``command`` is what a row of the dangers is about."""
    if ">" in row["program"]:
        return any(
            piece.kind == "redirection"
            and piece.name.lstrip("0123456789&") in (">", ">|")
            and any(fits(pattern, piece.value or "") for pattern in row["patterns"])
            for piece in command.pieces
        )
    if command.program not in row["program"]:
        return False
    if any(matches(pattern, command, tools) for pattern in row.get("without", ())):
        return False
    return any(matches(pattern, command, tools) for pattern in row["patterns"])


class TableTools(Tools):
    """The tools whose rows ``table`` gives by the name ``options/PROGRAM``; empty for none."""

    def __init__(self, table: Callable[[str], Mapping[str, Any]]) -> None:
        self._table = table
        self._known: dict[str, Tool | None] = {}

    def tool(self, name: str) -> Tool | None:
        """The tool of this name, or ``None``."""
        if name not in self._known:
            row = self._table(f"options/{name}")
            if "like" in row:
                row = {**self._table(f"options/{row['like']}"), **row}
            self._known[name] = tool(name, row) if row else None
        return self._known[name]
