"""The conditions of ``corpus/checks/`` on rows of lookup tables. Pure.

``corpus/README.md`` lists their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from mailhelp import regexes as re
from mailhelp.conditions import TABLE, Row, Table, Values, View, fits_any, items, list_of
from mailhelp.light import Any, regex


def of_rows(condition: Mapping[str, Any], view: View) -> Iterator[Values]:
    """Each way in which a condition holds: of a row, or because no row has a key."""
    if "lacks_key" in condition:
        yield from _lacks_key(condition, view)
    else:
        yield from (values for values, _, _ in rows_of(condition, view))


def rows_of(condition: Mapping[str, Any], view: View) -> Iterator[tuple[Values, Table, Row]]:
    """The rows of lookup tables for which a condition holds."""
    tests = [test(condition, view) for key, test in _OF_ROWS.items() if key in condition]
    flaws = frozenset(condition.get("flaw", ("", "twice")))
    for table in view.tables:
        if not _selects_table(condition, table):
            continue
        for row in table.rows:
            if row.flaw not in flaws or condition.get("inside_if", row.inside) != row.inside:
                continue
            found: Values = {}
            one = row
            for test in tests:
                here = test(table, one, found)
                if here is None:
                    break
                one = here
            else:
                yield {**_told_of_row(table, one), **found}, table, one


def _selects_table(condition: Mapping[str, Any], table: Table) -> bool:
    forms = list_of(condition["table"])
    return (
        (table.form in forms or "*" in forms)
        and table.form not in condition.get("except", ())
        and table.kind in condition.get("written", (table.kind,))
        and table.use in condition.get("use", (table.use,))
        and ("parameter" not in condition or fits_any(condition["parameter"], table.parameter))
        and not any(fits_any(condition.get("not_after", ()), each) for each in table.ahead)
    )


def _told_of_row(table: Table, row: Row) -> Values:
    told = {"name": table.parameter, "file": table.file, "type": table.type, "detail": row.detail}
    told |= {"line": str(row.number), "table": f"{table.type}:{table.file}", "use": table.use}
    if table.built:
        told["built"] = told["table"]
    return told if table.secret else {**told, "key": row.key, "result": row.result}


def _lacks_key(condition: Mapping[str, Any], view: View) -> Iterator[Values]:
    """None of the tables has a server's row: its name with port, as it is written, or alone."""
    about = condition["lacks_key"]
    server = view.value(about) or ""
    host = server.rpartition("]")[0].removeprefix("[") if server.startswith("[") else ""
    tables = [each for each in view.tables if _selects_table(condition, each)]
    names = {each.parameter for each in tables}
    if not host or not tables or names & view.unread or any(t.kind != "plain" for t in tables):
        return
    keys = {
        row.key.casefold() for table in tables for row in table.rows if row.flaw in ("", "twice")
    }
    if not keys & {server.casefold(), host.casefold()}:
        near = sorted(key for key in keys if host.casefold() in key)
        yield {
            "name": about,
            "value": server,
            "file": tables[0].file,
            "near": near[0] if near else "",
        }


RowTest = Callable[[Table, Row, Values], "Row | None"]
"""The row, or a part of it, if it is as the condition wants it."""


def _regex_of(pattern: str, view: View) -> Any:
    """A regex, with the value of ``{name}`` in it; it then fits nothing if that is not known."""

    def value(found: re.Match[str]) -> str:
        known = view.value(found[1])
        return re.escape(known) if known and "$" not in known else "(?!)"

    return _compiled(re.sub(r"\{([a-z_]{2,})\}", value, pattern))


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _shape(key: str, part: Callable[[Row], str], *, wanted: bool) -> Callable[..., RowTest]:
    """A part of the row fits the regex whole, or does not."""

    def made(condition: Mapping[str, Any], view: View) -> RowTest:
        matched = _regex_of(condition[key], view).fullmatch

        def test(table: Table, row: Row, found: Values) -> Row | None:
            match = matched(part(row))
            if match is not None and wanted and not table.secret:
                found.update(
                    (name.rstrip("23"), text) for name, text in match.groupdict().items() if text
                )
            return row if (match is not None) is wanted else None

        return test

    return made


_ITEM = regex(r'(?:[^,"]|"[^"]*+"|")++')


def _an_item(condition: Mapping[str, Any], view: View) -> RowTest:
    """An item of the result, between commas, fits."""
    matched = _regex_of(condition["item"], view).fullmatch

    def test(table: Table, row: Row, found: Values) -> Row | None:
        for each in _ITEM.findall(row.result):
            if matched(each.strip()):
                if not table.secret:
                    found["word"] = each.strip()
                return row
        return None

    return test


def _goes_on(condition: Mapping[str, Any], view: View) -> RowTest:
    """A line that goes on with the one before it looks like a row of its own."""
    matched = _regex_of(condition["continued"], view).fullmatch

    def test(table: Table, row: Row, found: Values) -> Row | None:
        for before, piece in zip(row.pieces, row.pieces[1:], strict=False):
            text = piece[2].strip()
            if not before[2].rstrip().endswith(",") and matched(text):
                if not table.secret:
                    found["word"] = text.split()[0]
                return row._replace(pieces=(piece,))
        return None

    return test


_MOST_NEAR = 100
"""Words for which a near one is looked for."""
_WORDS = regex(r"[\s,]+")
_RESTRICTION = regex(r"(?:[a-z]++_)++[a-z]++")


def _strange_word(condition: Mapping[str, Any], view: View) -> RowTest:
    """The first word of the result is none of these; ``near``: whether it is like one of them."""
    words = [each for each in condition["first_not"] if each != "$restrictions"]
    known = {each.casefold(): each for each in words}
    own = view.restrictions if "$restrictions" in condition["first_not"] else frozenset[str]()
    every = {*known, *own}
    all_known = sorted(every)
    likenesses: dict[str, str] = {}

    def like(word: str) -> str:
        if word not in likenesses and len(likenesses) < _MOST_NEAR:
            from difflib import get_close_matches

            likenesses[word] = "".join(get_close_matches(word[:40], all_known, 1, 0.7))
        return likenesses.get(word, "")

    def test(table: Table, row: Row, found: Values) -> Row | None:
        word, *rest = _WORDS.split(row.result)
        if word.casefold() in own:  # a list of restrictions
            named = (each for each in rest if _RESTRICTION.fullmatch(each))
            word = next((each for each in named if each.casefold() not in every), "")
        if not word or "$" in word or word.casefold() in every:
            return None
        if "near" in condition:
            near = like(word.casefold())
            if bool(near) != condition["near"]:
                return None
            found["near"] = known.get(near, near)
        found["word"] = word
        return row

    return test


def _strange_service(condition: Mapping[str, Any], view: View) -> RowTest:
    """What stands before the first colon of the result is no service of master.cf."""
    rows = view.services
    known = {each.name.partition("/")[0] for each in rows or () if not each.name.endswith("/inet")}

    def test(table: Table, row: Row, found: Values) -> Row | None:
        name = row.result.partition(":")[0]
        if rows is None or not name or "$" in name or name in known:
            return None
        found["word"] = name
        return row

    return test


def _listed(condition: Mapping[str, Any], view: View) -> RowTest:
    """The key is in the list of another parameter too, or in its tables."""
    lists: dict[str, set[str]] = {}
    for name in condition["key_in"]:
        words = items(view.value(name) or "")
        lists[name] = {word.casefold() for word in words if not TABLE.match(word)}
        for table in view.tables:
            if table.parameter == name and table.kind == "plain":
                lists[name].update(row.key.casefold() for row in table.rows if not row.flaw)

    def test(table: Table, row: Row, found: Values) -> Row | None:
        key = row.key.casefold()
        for name, listed in lists.items():
            if key in listed and name != table.parameter:
                found["other"] = name
                return row
        return None

    return test


_OF_ROWS: dict[str, Callable[[Mapping[str, Any], View], RowTest]] = {
    "key": _shape("key", lambda row: row.key, wanted=True),
    "key_not": _shape("key_not", lambda row: row.key, wanted=False),
    "result": _shape("result", lambda row: row.result, wanted=True),
    "result_not": _shape("result_not", lambda row: row.result, wanted=False),
    "item": _an_item,
    "continued": _goes_on,
    "first_not": _strange_word,
    "unknown_service": _strange_service,
    "key_in": _listed,
}
