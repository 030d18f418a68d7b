"""A configuration → its faults: how it is written, and each check of ``corpus/checks/``. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from mailhelp import conditions
from mailhelp.host.postfixfiles import names_in
from mailhelp.light import Any
from mailhelp.review import language, services, tables
from mailhelp.review.configuration import Configuration, MainView, ServiceView
from mailhelp.review.fault import MASTER, MOST_SAME, Fault, Known, in_order, made
from mailhelp.review.rows import rows_of

_MOST_KINDS = 20
"""Faults of one check that are told with titles of their own."""


def faults(known: Known, read: Configuration) -> list[Fault]:
    """All faults of a configuration, worst first."""
    return in_order([*_written(known, read), *_checked(known, read)])


def _written(known: Known, read: Configuration) -> Iterator[Fault]:
    if read.main is not None:
        rows = read.services or ()
        used = [name for each in rows for name in names_in(each.logical.text)]
        yield from language.main_cf(known, read.main, whole=read.whole, used=used)
    if read.services is not None:
        values = read.main.values if read.main else None
        yield from services.master_cf(known, read.services, values, strays=read.strays)


def _checked(known: Known, read: Configuration) -> Iterator[Fault]:
    view = MainView(known, read)
    views = [ServiceView(view, each) for each in read.services or () if len(each.columns) > 1]
    for key, row in known.checks.items():
        if "shape" in row:
            continue
        if row.get("when") and "table" in row["when"][0] and "lacks_key" not in row["when"][0]:
            yield from _in_tables(known, key, row, view)
            continue
        selector = row.get("service")
        if selector is None:
            yield from _in_main(known, key, row, view)
            continue
        if read.services is None:
            if selector.get("main"):
                yield from _in_main(known, key, row, view)
            continue
        for each in views:
            if each.service is not None and conditions.selects(selector, each.service):
                found = list(_in_service(known, key, row, each))
                yield from found
                if found and selector.get("once"):
                    break


def _in_main(known: Known, key: str, row: Mapping[str, Any], view: MainView) -> Iterator[Fault]:
    for values in conditions.matches(row, view):
        place = view.place(_names(row, values))
        if place is None and not _needs_no_place(row):
            continue
        file, logical = place or (values.get("file"), None)
        yield made(known, key, row, file, logical, values, values.get("name", ""))


def _in_tables(known: Known, key: str, row: Mapping[str, Any], view: MainView) -> Iterator[Fault]:
    """A check of rows of lookup tables, at their lines. Of many faults alike a few are told in full."""
    told: dict[tuple[str, str], Fault] = {}
    count: Counter[tuple[str, str]] = Counter()
    for found, table, line in rows_of(row["when"][0], view):
        values = conditions.with_others(row, view, found)
        if values is None:
            continue
        title = conditions.filled(row["title"], values)
        same = title, table.file
        count[same] += 1
        if count[same] > MOST_SAME and same in told:
            alike = told[same].finding
            yield told[same]._replace(finding=alike._replace(line=line.number, text=""))
        elif same in told or len(told) < _MOST_KINDS:
            fault = made(known, key, row, table.file, tables.shown(table, line), values)
            told.setdefault(same, fault)
            yield fault


def _in_service(
    known: Known, key: str, row: Mapping[str, Any], view: ServiceView
) -> Iterator[Fault]:
    assert view.service is not None
    for values in conditions.matches(row, view):
        values["service"] = view.service.name
        names = _names(row, values)
        if row["service"].get("here"):
            names = [each for each in names if each in view.overridden]
        place = view.place(names)
        if place is None and not row["service"].get("here"):
            continue  # it is the default
        file, logical = place or (MASTER, view.line)
        yield made(known, key, row, file, logical, values, values.get("name", ""))


def _names(row: Mapping[str, Any], values: Mapping[str, str]) -> list[str]:
    """The parameters of a check, that first for which it failed."""
    found = conditions.parameters(row)
    return [values["name"], *found] if values.get("name") else found


def _needs_no_place(row: Mapping[str, Any]) -> bool:
    """Whether what is missing, or a file, is the fault: nothing that is set has a line for it."""
    return any(
        each.get("set") is False or "path" in each or each.get("exists") is False
        for each in row.get("when", ())
    )
