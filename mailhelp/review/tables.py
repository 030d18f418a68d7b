"""The lookup tables that a configuration names, with their rows, and what those mean by the parameter that names them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from mailhelp import regexes as re
from mailhelp.conditions import TABLE, Row, Table, fits_any, items
from mailhelp.host import tablefiles
from mailhelp.host.postfixfiles import Logical
from mailhelp.host.tablefiles import Text
from mailhelp.light import Any, NamedTuple, regex

_AROUND = regex(r"(?:proxy|debug):")
_OF_MANY = regex(r"(unionmap|pipemap):\{(.*)\}", re.DOTALL)
_SERVER = regex(
    r"\[[\w.:-]+\](?::\d+(?!\S))?|[\w-]+(?:\.[\w-]+)+(?::\d+(?!\S))?(?![\w.@+-])|[\w.+-]*@[\w.-]+"
)
_DEEPEST = 5
Place = tuple[str, Logical]


class Named(NamedTuple):
    """A table that a setting names; ``use`` and ``ahead`` as in ``conditions.Table``, ``place`` where that is."""

    parameter: str
    word: str
    place: Place | None
    form: str
    use: str = ""
    ahead: tuple[str, ...] = ()


class Setting(NamedTuple):
    """A parameter with the value in force."""

    name: str
    value: str
    place: Place | None


class Read(NamedTuple):
    """The tables whose rows are known, and the parameters that name others."""

    tables: Sequence[Table]
    unread: frozenset[str]


def read(
    about: Mapping[str, Any], settings: Sequence[Setting], text: Callable[[str], Text | None]
) -> Read:
    """The tables that ``settings`` name; ``about`` is the table ``settings`` of the corpus, ``text`` opens a file."""
    kinds = {kind: name for name, row in about["table_kinds"].items() for kind in row}
    named = [each for setting in settings for each in _named(about, setting)]
    aliases = {
        found[2]
        for each in named
        if each.form == "aliases" and (found := TABLE.fullmatch(each.word)) and found[1] in about["built_tables"]
    }  # fmt: skip
    secret = {
        found[2]
        for each in named
        if each.form in about["secret_tables"]["forms"] and (found := TABLE.fullmatch(each.word))
    }

    @cache
    def rows(kind: str, type_: str, path: str) -> list[Row] | None:
        held = text(path)
        return None if held is None else tablefiles.rows(kind, held, type_)

    tables: dict[Named, Table] = {}
    unread: set[str] = set()
    for each in named:
        found = TABLE.fullmatch(each.word)
        hidden = each.form in about["secret_tables"]["forms"]
        made = _inline(each, hidden) if found and found[1] == "inline" else None
        if found and found[1] in kinds and found[2].startswith("/"):
            type_, path = found[1], found[2]
            is_aliases = path in aliases and kinds[type_] == "plain"
            kind = "aliases" if is_aliases and type_ != "texthash" else kinds[type_]
            held = rows(kind, type_, path)
            if held is not None:
                made = Table(
                    "aliases" if is_aliases else each.form, each.parameter, type_, kind, path, held,
                    each.use, each.ahead,
                    path in secret or fits_any(about["secret_tables"]["files"], path),
                    type_ in about["built_tables"],
                )  # fmt: skip
        if made is not None:
            tables[each._replace(place=None)] = made
        held_text = text(made.file) if made is not None and made.kind != "inline" else None
        if made is None or (held_text is not None and held_text.cut):
            unread.add(each.parameter)
    return Read(tuple(tables.values()), frozenset(unread))


def _inline(named: Named, secret: bool) -> Table | None:
    """The table that a word ``inline:{…}`` is."""
    inside = named.word.partition(":")[2]
    if named.place is None or not (inside.startswith("{") and inside.endswith("}")):
        return None
    file, logical = named.place
    rows = tablefiles.inline(inside[1:-1], logical)
    return Table(
        named.form, named.parameter, "inline", "inline", file, rows, named.use, named.ahead
    )


def _named(about: Mapping[str, Any], setting: Setting) -> Iterator[Named]:
    """The tables in a value: behind a restriction they are what that says, else what the parameter says."""
    forms = about["table_forms"]
    if fits_any(forms["none"], setting.name):
        return
    form = next((each for each, names in forms.items() if fits_any(names, setting.name)), "other")
    operands = about["restriction_operands"]["table"]
    words = items(setting.value)
    for place, word in enumerate(words):
        before = words[place - 1].casefold() if place else ""
        use = before if before in operands else ""
        ahead = tuple(words[: place - 1]) if use else ()
        for inner, own in _words(word.removeprefix("!"), "access" if use else form):
            yield Named(setting.name, inner, setting.place, own, use, ahead)


def _words(word: str, form: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The tables of a word: what stands behind ``proxy:``, each of ``unionmap:{…}``."""
    while found := _AROUND.match(word):
        word = word[found.end() :]
    many = _OF_MANY.fullmatch(word)
    if many and depth < _DEEPEST:
        inner = items(many[2])
        for place, each in enumerate(inner):
            # what another table looks up again means nothing by itself
            last = many[1] == "unionmap" or place == len(inner) - 1
            yield from _words(each, form if last else "other", depth + 1)
    elif TABLE.fullmatch(word):
        yield word, form


def shown(table: Table, row: Row) -> Logical:
    """The lines of a row as they may be shown."""
    pieces = tuple((number, at, _readable(raw)) for number, at, raw in row.pieces)
    if table.secret and table.kind == "inline":
        pieces = ((pieces[0][0], pieces[0][1], f"{table.parameter} = inline:{{***}}"),)
    elif table.secret:
        server = _SERVER.match(pieces[0][2])
        pieces = ((pieces[0][0], pieces[0][1], f"{server[0] if server else ''} ***".strip()),)
    return Logical(pieces)


def _readable(text: str) -> str:
    """``text`` without the surrogates that stand for bytes that are no UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8", "replace")
