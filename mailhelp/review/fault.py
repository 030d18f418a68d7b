"""A fault, what is known beside the text, and the texts of ``corpus/checks/`` filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from mailhelp import shell
from mailhelp.answer import SEVERITIES, Command, Finding
from mailhelp.conditions import filled
from mailhelp.host.postfixfiles import Logical
from mailhelp.light import Any, NamedTuple

MAIN, MASTER = "main.cf", "master.cf"
_LONGEST = 160
MOST_SAME = 4
"""So many faults of the same title are told one by one."""


class Known(NamedTuple):
    """What is known beside the text.

    ``settings`` is the table of that name, ``checks`` those of ``corpus/checks/``. ``is_name`` says whether
    Postfix has a parameter, ``default`` gives its default, ``near`` the known word that a misspelt one
    is (of the words given, or of all parameters), ``cover`` a value without its secrets.
    """

    settings: Mapping[str, Any]
    checks: Mapping[str, Mapping[str, Any]]
    is_name: Callable[[str], bool]
    default: Callable[[str], str | None]
    near: Callable[[str, Iterable[str] | None], str | None]
    cover: Callable[[str, str], str]


class Fault(NamedTuple):
    """A finding, the setting it is about, and the check that it comes from.

    ``values`` fill the check's texts; ``danger`` says that it is about what a setting does, not how it is written.
    """

    finding: Finding
    name: str = ""
    row: Mapping[str, Any] = MappingProxyType({})
    values: Mapping[str, str] = MappingProxyType({})
    danger: bool = False
    subject: int = 0


class Maker:
    """Makes faults of the texts of the corpus."""

    def __init__(self, known: Known, file: str) -> None:
        self.known = known
        self.table = known.settings
        self.file = file
        self._shapes: dict[str, tuple[str, Mapping[str, Any]]] | None = None

    def fault(self, shape: str, logical: Logical | None, name: str = "", **values: str) -> Fault:
        """The fault of the check whose ``shape`` this is, at a line."""
        if self._shapes is None:
            rows = self.known.checks.items()
            self._shapes = {row["shape"]: (key, row) for key, row in rows if "shape" in row}
        key, row = self._shapes[shape]
        return made(self.known, key, row, self.file, logical, {"name": name, **values}, name)


def made(
    known: Known,
    key: str,
    row: Mapping[str, Any],
    file: str | None,
    logical: Logical | None,
    values: Mapping[str, str],
    name: str = "",
) -> Fault:
    """The fault of the check ``row`` at a line of ``file``; its texts are filled with ``values``."""
    values = dict(values)
    name = name or values.get("name", "")
    for each in ("value", "word", "next", "limit"):
        if values.get(each):
            values[each] = _short(known.cover(name, values[each]))
    for each in ("key", "result"):
        if values.get(each):
            values[each] = _short(known.cover("", values[each]))
    shown = _short(known.cover("", " ".join(logical.text.split()))) if logical else ""
    fix = []
    for each in row.get("fix", ()):
        text = shell.fill(each["run"], values)
        if text is not None:
            changes = each.get("changes", False)
            why = shell.say(each["why"], values)
            fix.append(Command(text, why, each.get("runs_on", "server"), changes))
    related = (*row.get("related", ()), *_entries(known, row, values))
    finding = Finding(
        filled(row["title"], values),
        row["severity"],
        shown,
        filled(row["meaning"], values),
        line=logical.number if logical else None,
        file=file,
        fix=tuple(fix),
        related=tuple(dict.fromkeys(related)),
    )
    subjects = known.settings["check_subjects"]["names"]
    subject = key.partition("/")[0]
    place = subjects.index(subject) if subject in subjects else len(subjects)
    return Fault(finding, name, row, values, "shape" not in row, place)


def _entries(known: Known, row: Mapping[str, Any], values: Mapping[str, str]) -> Iterable[str]:
    """The entries of the parameters that a check is about."""
    names = [values.get("near", ""), values.get("name", ""), values.get("other", "")]
    return (f"parameter/{name}" for name in names if name and known.is_name(name))


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """The faults without those that say the same of the same line, worst first, then by subject and line."""
    unique = {
        (each.finding.title, each.finding.file, each.finding.line, each.finding.text): each
        for each in reversed(list(faults))
    }
    ordered = sorted(
        unique.values(),
        key=lambda fault: (
            SEVERITIES.index(fault.finding.severity),
            fault.subject,
            fault.finding.file or "",
            fault.finding.line or 0,
        ),
    )
    return _counted(ordered)


def _counted(faults: list[Fault]) -> list[Fault]:
    """Many faults of the same title as one, at its first place, with their count."""
    same: dict[tuple[str, str | None], list[Fault]] = {}
    for each in faults:
        same.setdefault((each.finding.title, each.finding.file), []).append(each)
    return [
        each if len(group) <= MOST_SAME else each._replace(finding=_times(each.finding, len(group)))
        for each in faults
        if len(group := same[each.finding.title, each.finding.file]) <= MOST_SAME
        or each is group[0]
    ]


def _times(finding: Finding, count: int) -> Finding:
    return finding._replace(count=count)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
