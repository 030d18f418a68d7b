"""main.cf and master.cf as text → settings and services, each with its place. Pure: nothing is opened here.

Sources: readlline.c (logical lines), mac_parse.c and mac_expand.c (``$name``), master_ent.c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mailhelp import regexes as re
from mailhelp.light import Any, NamedTuple, regex

MOST_LINES = 50_000
"""Lines of a file that are read; no main.cf is that long."""
_DEEPEST, _LONGEST = 30, 100_000
"""Names behind names, and characters, up to which a value is filled in."""
BLANKS = " \t\n\r\v\f"
"""The characters that C takes for blanks; Python knows more."""
Lookup = Callable[[str], str | None]
"""The value of a name, ``None`` if it is not known."""
_SERVICE = regex(
    r"[^\s#=]{1,100}[ \t]{1,40}[a-z][a-z-]{2,11}(?:[ \t]{1,40}(?:[yn-]|\d{1,6}\??)){3,7}[ \t]{1,40}[a-z/]"
)
_IN_BRACES = regex(r"\{((?:[^{}]|\{[^{}]*\})*)\}|\S+")
COLUMNS = ("service", "type", "private", "unpriv", "chroot", "wakeup", "maxproc", "command")
"""The columns of master.cf, as master(5) names them."""
ANY_PROGRAM = "/"
"""The program of a service of which only settings are known."""


class Logical(NamedTuple):
    """A logical line: a line and those that go on with it. ``pieces`` are (number, offset, raw line)."""

    pieces: tuple[tuple[int, int, str], ...]

    @property
    def number(self) -> int:
        """The number of its first line, from 1."""
        return self.pieces[0][0]

    @property
    def text(self) -> str:
        """All of it, joined as Postfix joins it."""
        return "".join(raw for _, _, raw in self.pieces)


class Setting(NamedTuple):
    """A line ``name = value``; ``value`` is as written, without blanks around it."""

    name: str
    value: str
    logical: Logical

    @property
    def line(self) -> int:
        """The number of its first line, from 1."""
        return self.logical.number


class Override(NamedTuple):
    """What ``-o`` sets for one service; ``spaced`` if there are blanks around its ``=``."""

    name: str
    value: str
    line: int
    spaced: bool = False


class Stray(NamedTuple):
    """A word of a command that belongs to no option; ``after`` is the setting of ``-o`` right before it, as written."""

    word: str
    line: int
    after: str = ""


class Service(NamedTuple):
    """A service of master.cf: its columns as written (eight if all are there), what ``-o`` sets.

    ``strays`` are the words after the program that are neither options nor belong to one.
    """

    columns: tuple[str, ...]
    program: str
    overrides: tuple[Override, ...]
    logical: Logical
    strays: tuple[Stray, ...] = ()

    @property
    def name(self) -> str:
        """``name/type``, as postconf writes it."""
        return "/".join(self.columns[:2])

    def column(self, name: str) -> str:
        """The column of this name, ``-`` if it is missing."""
        place = COLUMNS.index(name)
        return self.columns[place] if place < len(self.columns) else "-"


class MainCf(NamedTuple):
    """What is in a main.cf: settings in order, lines without ``=``, lines that continue nothing."""

    settings: tuple[Setting, ...]
    strays: tuple[Logical, ...]
    orphans: tuple[Logical, ...]

    @property
    def values(self) -> dict[str, str]:
        """The value of each name; the last one counts."""
        return {setting.name: setting.value for setting in self.settings}


def logical_lines(lines: Iterable[str]) -> Iterator[Logical]:
    """The logical lines: comments and empty lines are left out, and end no line that goes on after them."""
    pieces: list[tuple[int, int, str]] = []
    offset = 0
    for number, line in enumerate(lines, 1):
        if number > MOST_LINES:
            break
        raw = line.rstrip("\n")
        stripped = raw.strip(BLANKS)
        if stripped and not stripped.startswith("#"):
            if raw[0] not in BLANKS and pieces:
                yield Logical(tuple(pieces))
                pieces = []
            pieces.append((number, offset, raw))
        offset += len(raw) + 1
    if pieces:
        yield Logical(tuple(pieces))


def parted(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """The lines of main.cf and those of master.cf, of a mixture; the other's lines are blank, so that places stay."""
    settings: list[str] = []
    services: list[str] = []
    in_services = False
    for line in lines:
        begins = bool(line.strip()) and not line[0].isspace() and line[0] != "#"
        if begins:
            in_services = _SERVICE.match(line) is not None
            in_services = in_services or (line.startswith("-o ") and any(map(str.strip, services)))
        blank = " " * len(line)
        settings.append(blank if in_services else line)
        services.append(line if in_services else blank)
    return settings, services


def main_cf(lines: Iterable[str]) -> MainCf:
    """The settings of a main.cf, or of ``postconf -n`` output."""
    settings, strays, orphans = [], [], []
    for logical in logical_lines(lines):
        if logical.text[:1].isspace():
            orphans.append(logical)
            continue
        name, sign, value = logical.text.partition("=")
        if not sign:
            strays.append(logical)
        else:
            settings.append(Setting(name.strip(), value.strip(" \t\r\v\f"), logical))
    return MainCf(tuple(settings), tuple(strays), tuple(orphans))


def master_cf(lines: Iterable[str]) -> tuple[list[Service], list[Logical]]:
    """The services of a master.cf (or of ``postconf -M``), and the lines that continue none."""
    services: list[Service] = []
    orphans: list[Logical] = []
    for logical in logical_lines(lines):
        if logical.text[:1].isspace():
            orphans.append(logical)
            continue
        services.append(_service(logical))
    return services, orphans


def _service(logical: Logical) -> Service:
    words = [
        (found[0], number)
        for number, _, raw in logical.pieces
        for found in _IN_BRACES.finditer(raw)
    ]
    columns = [word for word, _ in words[:7]]
    command = words[7:]
    # a line with a column too few has the program where maxproc should be
    early = next((n for n, (word, _) in enumerate(words[2:8], 2) if not _is_flag(word)), None)
    if early is not None and _is_flawed(words, early):
        early = None  # all columns are there, and one is wrong
    elif early is not None and early < 7:
        columns, command = [word for word, _ in words[:early]], words[early:]
    elif early is None and len(words) > 8:
        late = next((n for n, (word, _) in enumerate(words[2:], 2) if not _is_flag(word)), None)
        if late is not None:
            columns, command = [word for word, _ in words[:late]], words[late:]
    program = command[0][0] if command else ""
    if program:
        columns.append(" ".join(word for word, _ in command))
    overrides, strays = _arguments(command[1:])
    return Service(tuple(columns), program, overrides, logical, strays)


def options_alone(lines: Iterable[str]) -> Service | None:
    """The ``-o`` options that ``lines`` are, copied without the line of their service; ``None`` for all else."""
    pieces, offset = [], 0
    for number, line in enumerate(lines, 1):
        if line.strip() and line[0] != "#":
            pieces.append((number, offset, line))
        offset += len(line) + 1
    if not pieces or any(line.split()[0] != "-o" for _, _, line in pieces):
        return None
    words = [
        (found[0], number) for number, _, line in pieces for found in _IN_BRACES.finditer(line)
    ]
    overrides, strays = _arguments(words)
    columns = ("", "unix", *"-----", "")
    return Service(columns, ANY_PROGRAM, overrides, Logical(tuple(pieces)), strays)


def _is_flawed(words: list[tuple[str, int]], early: int) -> bool:
    """Whether the word that is no flag is a wrong one, and the program is where it belongs."""
    after = [word for word, _ in words[early + 1 : 8]]
    program = after[-1] if after and early + len(after) == 7 else ""
    return bool(re.fullmatch(r"[a-z][\w-]*", program)) and all(map(_is_flag, after[:-1]))


def _is_flag(word: str) -> bool:
    return word in ("-", "y", "n") or word.rstrip("?").isdigit()


def _arguments(
    words: list[tuple[str, int]],
) -> tuple[tuple[Override, ...], tuple[Stray, ...]]:
    """What ``-o`` sets among the words after a program, and the words that belong to no option."""
    overrides: list[Override] = []
    strays: list[Stray] = []
    place = 0
    last = ""
    while place < len(words):
        word, line = words[place]
        place += 1
        if word == "-o" and place < len(words):
            value, line = words[place]
            place += 1
        elif word.startswith("-o") and len(word) > 2:
            value = word[2:]
        elif word.startswith("-"):
            last = ""
            continue
        else:
            strays.append(Stray(word, line, last))
            continue
        last = value
        if value.startswith("{"):
            name, _, own = value[1:-1].partition("=")
            overrides.append(Override(name.strip(), own.strip(), line))
            continue
        name, sign, own = value.partition("=")
        following = words[place][0] if place < len(words) else ""
        after = words[place + 1][0] if place + 1 < len(words) else ""
        if not sign and following == "=":
            overrides.append(Override(name, after, line, True))
            place += 2
        elif not sign and following.startswith("="):
            overrides.append(Override(name, following[1:], line, True))
            place += 1
        elif sign and not own and following and following[:1] != "-":
            overrides.append(Override(name, following, line, True))
            place += 1
        else:
            overrides.append(Override(name if sign else "", own if sign else value, line))
            continue
        last = ""  # what follows is told with these blanks
    return tuple(overrides), tuple(strays)


def names_in(value: str) -> list[str]:
    """The names after ``$`` in a value; those in capitals are variables of a command's environment."""
    return [name for name, _ in _references(value)]


def needed(value: str) -> list[str]:
    """The names after ``$`` whose values are wanted; not those that are only asked about (``${name?…}``)."""
    found = _references(value)
    asked = {name for name, condition in found if condition}
    return [name for name, _ in found if name not in asked]


def _references(value: str) -> list[tuple[str, str]]:
    found = re.findall(r"\$[({]?\s*(\w+)\s*([?:])?", value.replace("$$", ""))
    return [(name, sign) for name, sign in found if not name.isupper()]


def expand(value: str, lookup: Lookup) -> str | None:
    """``value`` with every ``$name`` filled in; ``None`` if one is not known or leads back to itself.

    ``${name?text}``, ``${name:text}``, ``${name?{text}:{text}}`` and ``${{a} == {b} ? {c} : {d}}`` are understood.
    """
    return _expanded(value, _Names(lookup), 0)


class _Names:
    """The values of names, each filled in once, however often it is named."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self._known: dict[str, str] = {}

    def expanded(self, name: str, depth: int) -> str | None:
        """What ``name`` is; a failure ends the whole, so it need not be remembered."""
        if name in self._known:
            return self._known[name]
        raw = self.lookup(name)
        found = None if raw is None else _expanded(raw, self, depth + 1)
        if found is not None:
            self._known[name] = found
        return found


def _expanded(value: str, names: _Names, depth: int) -> str | None:
    if "$" not in value:
        return value
    if depth > _DEEPEST:
        return None
    out: list[str] = []
    length = place = 0
    while place < len(value):
        if value[place] != "$":
            out.append(value[place])
            place += 1
            continue
        opener = value[place + 1 : place + 2]
        if opener == "$":
            out.append("$")
            place += 2
            continue
        if opener and opener in "({":
            end = _closing(value, place + 1)
            if end is None:
                return None
            found = _reference(value[place + 2 : end], names, depth)
            place = end + 1
        else:
            word = re.compile(r"\w+").match(value, place + 1)
            if word is None:
                return None
            found = names.expanded(word[0], depth)
            place = word.end()
        if found is None:
            return None
        out.append(found)
        length += len(found)
        if length > _LONGEST:
            return None
    return "".join(out)


class ByLevel(NamedTuple):
    """A value that depends on a compatibility level: ``below`` for those lower than ``level``, else ``value``."""

    name: str
    level: str
    below: str
    value: str


def by_level(value: str) -> ByLevel | None:
    """What ``${{$name} <level {level} ? {below} : {value}}`` says; ``None`` for all else (postconf(5))."""
    found = re.fullmatch(
        r"\$\{\{\$(\w+)\}\s*<level\s*\{([\d.]+)\}\s*\?(.*)\}", value.strip(), re.DOTALL
    )
    return ByLevel(found[1], found[2], *_branches(found[3])) if found else None


def _closing(value: str, place: int) -> int | None:
    opener = value[place]
    closer = {"{": "}", "(": ")"}[opener]
    depth = 0
    for at in range(place, len(value)):
        depth += (value[at] == opener) - (value[at] == closer)
        if depth == 0:
            return at
    return None


def _reference(inner: str, names: _Names, depth: int) -> str | None:
    """What ``${inner}`` stands for."""
    inner = inner.strip()
    if inner.startswith("{"):
        return _compared(inner, names, depth)
    found = re.match(r"(\w+)\s*([?:])?", inner)
    if found is None:
        return None
    if not found[2]:
        return names.expanded(found[1], depth)
    value = names.expanded(found[1], depth) if names.lookup(found[1]) is not None else ""
    if value is None:
        return None
    rest = inner[found.end() :]
    if found[2] == ":":
        return "" if value else _expanded(_braced(rest)[0], names, depth + 1)
    yes, no = _branches(rest)
    return _expanded(yes if value else no, names, depth + 1)


def _compared(inner: str, names: _Names, depth: int) -> str | None:
    left, rest = _braced(inner)
    operator = re.match(
        r"\s*(<=level|>=level|<level|>level|==level|!=level|<=|>=|==|!=|<|>)\s*", rest
    )
    if operator is None:
        return None
    right, rest = _braced(rest[operator.end() :])
    rest = rest.strip()
    if not rest.startswith("?"):
        return None
    yes, no = _branches(rest[1:])
    one, other = _expanded(left, names, depth + 1), _expanded(right, names, depth + 1)
    if one is None or other is None:
        return None
    return _expanded(yes if _holds(one, operator[1], other) else no, names, depth + 1)


def _holds(one: str, operator: str, other: str) -> bool:
    if "level" in operator:
        return _ordered(_version(one), operator.removesuffix("level"), _version(other))
    if one.strip().isdigit() and other.strip().isdigit():
        return _ordered((int(one),), operator, (int(other),))
    return _ordered((one,), operator, (other,))


def _ordered(left: tuple[Any, ...], sign: str, right: tuple[Any, ...]) -> bool:
    return {
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[sign]


def _version(level: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"\d+", level)[:3]]
    return tuple(numbers + [0] * (3 - len(numbers)))


def _braced(text: str) -> tuple[str, str]:
    """The text in braces at the beginning, or all of it, and what follows."""
    text = text.strip()
    if not text.startswith("{"):
        return text, ""
    end = _closing(text, 0)
    return (text[1:], "") if end is None else (text[1:end].strip(), text[end + 1 :])


def _branches(text: str) -> tuple[str, str]:
    yes, rest = _braced(text)
    rest = rest.strip()
    return yes, _braced(rest[1:])[0] if rest.startswith(":") else ""
