"""The faults of main.cf and master.cf. Pure: the texts and what the corpus knows → findings.

The words of every fault are in ``corpus/settings.toml`` ([faults]), the dangers in ``corpus/dangers.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailhelp.answer import SEVERITIES, Finding
from mailhelp.dangers import NUMBER, TIME, UNITS, items, of_setting
from mailhelp.host.postfixfiles import (
    Logical,
    MainCf,
    Service,
    Setting,
    expand,
    names_in,
    needed,
)
from mailhelp.light import NamedTuple

_TYPOGRAPHIC = re.compile("[\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb\u2033\u2032]")
_ODD_BLANK = re.compile("[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]")
_COMMENT = re.compile(r"(?<=\s)#(?=\s|\w)")
_SETTING = re.compile(r"\s+([a-z][a-z0-9_]*)\s*=(?!=)")
_TABLE = re.compile(r"!?([A-Za-z][\w-]*):(.+)", re.DOTALL)
_TABLE_NAME = re.compile(r"(?:^|_)(?:maps?|checks|database|tables?)$")
_PAIRS = {"}": "{", "]": "["}
_LONGEST = 160


class Known(NamedTuple):
    """What is known beside the text.

    ``settings`` is the table of that name, ``rows`` the dangers. ``is_name`` says whether Postfix has a
    parameter, ``default`` gives its default, ``near`` the known word that a misspelt one is (of
    the words given, or of all parameters), ``cover`` a value without its secrets.
    """

    settings: Mapping[str, Any]
    rows: Mapping[str, Mapping[str, Any]]
    is_name: Callable[[str], bool]
    default: Callable[[str], str | None]
    near: Callable[[str, Iterable[str] | None], str | None]
    cover: Callable[[str, str], str]


class Fault(NamedTuple):
    """A finding, the setting it is about, and the row of the corpus that it comes from.

    ``values`` fill the row's commands; ``danger`` says that the row is one of the dangers.
    """

    finding: Finding
    name: str = ""
    row: Mapping[str, Any] = MappingProxyType({})
    values: Mapping[str, str] = MappingProxyType({})
    danger: bool = False


def main_cf(known: Known, text: MainCf, *, whole: bool, used: Iterable[str] = ()) -> list[Fault]:
    """The faults of a main.cf (``whole``) or of some lines of one, worst first.

    ``used`` are names after ``$`` in master.cf.
    """
    return _sorted([*_Main(known, text, whole, used).faults()])


def master_cf(
    known: Known,
    services: Sequence[Service],
    main: Mapping[str, str] | None,
    *,
    whole: bool,
    strays: Iterable[Logical] = (),
) -> list[Fault]:
    """The faults of a master.cf; ``main`` is what main.cf sets, ``None`` if that is not known.

    ``strays`` are indented lines that go on with no service.
    """
    maker = _Master(known, services, main, whole)
    return _sorted([*maker.faults(), *(maker.fault("orphan", each) for each in strays)])


def _sorted(faults: list[Fault]) -> list[Fault]:
    unique = {fault.finding: fault for fault in reversed(faults)}
    return sorted(
        unique.values(),
        key=lambda fault: (SEVERITIES.index(fault.finding.severity), fault.finding.line or 0),
    )


class _Maker:
    """Makes findings from the texts of the corpus."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.table = known.settings

    def fault(self, key: str, logical: Logical | None, name: str = "", **values: str) -> Fault:
        row = self.table["faults"][key]
        values = {"name": name, **values}
        if "value" in values:
            values["value"] = _short(self.known.cover(name, values["value"]))
        shown = _short(self.known.cover("", " ".join(logical.text.split()))) if logical else ""
        return Fault(
            Finding(
                row["title"].format(**values),
                row["severity"],
                shown,
                row["meaning"].format(**values),
                line=logical.number if logical else None,
            ),
            name,
            row,
            values,
        )

    def danger(self, name: str, row: Mapping[str, Any], logical: Logical) -> Fault:
        first, _, rest = row["danger"].partition(": ")
        shown = _short(self.known.cover("", " ".join(logical.text.split())))
        if not rest or len(first) > _TITLE:
            first, _, rest = row["danger"].partition(". ")
            first = first if not rest else f"{first}."
        rest = f"{rest[:1].upper()}{rest[1:]}"
        return Fault(
            Finding(first, row["severity"], shown, rest, line=logical.number),
            name,
            row,
            danger=True,
        )

    def value(self, name: str, value: str, logical: Logical, whole: bool) -> Iterator[Fault]:
        """What is wrong with a value whatever else is set."""
        if _TYPOGRAPHIC.search(value):
            yield self.fault("quotes", logical, name)
        elif len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            yield self.fault("straight_quotes", logical, name)
        if _ODD_BLANK.search(logical.text):
            yield self.fault("odd_blank", logical, name)
        if _COMMENT.search(value):
            yield self.fault("comment", logical, name)
        elif not _balanced(value):
            yield self.fault("braces", logical, name, value=value)

    def typed(self, name: str, value: str, logical: Logical) -> Iterator[Fault]:
        """Whether a value is a number, a time or yes or no where it must be."""
        kind, *limits = self.table["types"].get(name, "").split() or [""]
        if kind == "yes" and value.casefold() not in ("yes", "no"):
            yield self.fault("yes_or_no", logical, name, value=value)
        elif kind == "number":
            if not NUMBER.fullmatch(value):
                yield self.fault("number", logical, name, value=value)
            else:
                yield from self._range(name, int(value), "", limits, value, logical)
        elif kind == "time":
            found = TIME.match(value)
            after = value[found.end() : found.end() + 1] if found else "x"
            if found is None or (not found[2] and after):
                unit = UNITS[limits[0]][0]
                yield self.fault("time", logical, name, value=value, unit=unit)
            else:
                seconds = int(found[1]) * UNITS[found[2] or limits[0]][1]
                yield from self._range(name, seconds, "s", limits[1:], value, logical)

    def _range(
        self, name: str, number: int, unit: str, limits: list[str], value: str, logical: Logical
    ) -> Iterator[Fault]:
        least, most = (int(limit) for limit in limits)
        if least and number < least:
            yield self.fault("range", logical, name, limit=f"at least {least}{unit}", value=value)
        elif most and number > most:
            yield self.fault("range", logical, name, limit=f"at most {most}{unit}", value=value)

    def tables(self, name: str, value: str, logical: Logical) -> Iterator[Fault]:
        """Lookup tables of types that do not exist, or without a type."""
        types = self.table["lookup_tables"]
        others = self.table["no_tables"]["names"]
        listed = bool(_TABLE_NAME.search(name)) and name not in self.table["types"]
        for word in items(value):
            found = _TABLE.match(word)
            if found is None:
                bare = listed and name.endswith(("_maps", "_checks")) and word[:1] not in "${["
                if bare and "/" in word and "$" not in word:
                    yield self.fault("no_type", logical, name, value=word)
                continue
            kind = found[1]
            if kind in types or not (listed or found[2].startswith("/")):
                continue
            if not listed and (kind in others or name.endswith(("transport", "relayhost"))):
                continue
            if kind in ("proxy", "proxywrite"):
                continue
            near = self.known.near(kind, types)
            key = "table_type_near" if near else "table_type"
            yield self.fault(key, logical, name, value=word, type=kind, near=near or "")

    def restrictions(
        self, name: str, value: str, classes: Iterable[str], logical: Logical
    ) -> Iterator[Fault]:
        """The words of a restriction list: unknown, out of date, without their operand, never reached."""
        words = items(value)
        known, old = self.table["restrictions"], self.table["old_restrictions"]
        operand = {
            word: kind
            for kind, group in self.table["restriction_operands"].items()
            for word in group
        }
        place = 0
        ended = ""
        while place < len(words):
            word = words[place].casefold()
            shown = words[place]
            if ended:
                yield self.fault("after_end", logical, name, word=ended, value=shown)
                return
            place += 1
            if word in old:
                yield self.fault("old_restriction", logical, name, word=shown, near=old[word])
            if word in operand:
                following = words[place] if place < len(words) else ""
                if not _is_operand(operand[word], following, known):
                    kind = _OPERANDS[operand[word]]
                    yield self.fault("operand", logical, name, word=shown, kind=kind)
                else:
                    place += 1
            elif word in ("permit", "reject", "defer"):
                last = words[place - 2].casefold() if place > 1 else ""
                ended = shown if last != "warn_if_reject" else ""
            elif word in known or shown in classes or word in old:
                continue
            elif ":" not in word and word[:1] not in "$[{/" and not word.isdigit():
                near = self.known.near(word, known)
                key = "restriction_near" if near else "restriction"
                yield self.fault(key, logical, name, word=shown, near=near or "")


_TITLE = 76
_OPERANDS = {
    "table": "a table, such as hash:/etc/postfix/access",
    "domain": "the domain of a list, such as zen.example.org",
    "service": "a service, such as inet:127.0.0.1:10023",
    "number": "a number",
}


def _is_operand(kind: str, word: str, known: Mapping[str, str]) -> bool:
    if not word or word.casefold() in known:
        return False
    if kind == "number":
        return word.isdigit() or word.startswith("$")
    if kind == "domain":
        return "." in word or word.startswith("$")
    return ":" in word or word[:1] in "{$["


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _balanced(value: str) -> bool:
    """Whether braces and brackets match; regular expressions in a value are not looked at."""
    if "regexp:" in value or "pcre:" in value:
        return True
    opened: list[str] = []
    for char in value:
        if char in "{[":
            opened.append(char)
        elif char in _PAIRS and (not opened or opened.pop() != _PAIRS[char]):
            return False
    return not opened


class _Main(_Maker):
    def __init__(self, known: Known, text: MainCf, whole: bool, used: Iterable[str]) -> None:
        super().__init__(known)
        self.text = text
        self.whole = whole
        self.values = text.values
        self._straight: set[str] = {""}  # what is known to lead back to nothing
        self.used = {name for value in self.values.values() for name in names_in(value)}
        self.used.update(used)
        self.classes = set(items(self.values.get("smtpd_restriction_classes", "")))
        self.prefixes = {
            found[2]
            for value in self.values.values()
            for word in items(value)
            if (found := _TABLE.match(word.removeprefix("proxy:"))) and "/" not in found[2]
        }

    def lookup(self, name: str) -> str | None:
        """A value, else the default."""
        value = self.values.get(name)
        return self.known.default(name) if value is None else value

    def other(self, name: str) -> str | None:
        """The value of another parameter: in a piece of a main.cf only what stands there is known."""
        if name not in self.values and not self.whole:
            return None
        value = self.lookup(name)
        return None if value is None else expand(value, self.lookup)

    def faults(self) -> Iterator[Fault]:
        for logical in self.text.orphans:
            yield self.fault("orphan", logical)
        for logical in self.text.strays:
            word = logical.text.split()[0]
            yield self.fault("no_sign", logical, word)
        seen: dict[str, Setting] = {}
        for setting in self.text.settings:
            yield from self._setting(setting)
            before = seen.get(setting.name)
            if before is not None:
                yield self.fault(
                    "twice",
                    setting.logical,
                    setting.name,
                    line=str(before.line),
                    value=before.value,
                )
            seen[setting.name] = setting
        yield from self._together()

    def _setting(self, setting: Setting) -> Iterator[Fault]:
        name, logical = setting.name, setting.logical
        for _, _, raw in logical.pieces[1:]:
            found = _SETTING.match(raw)
            if found and self._is_known(found[1]):
                yield self.fault("continued", logical, name, setting=" ".join(raw.split()))
        yield from self._name(setting)
        yield from self.value(name, setting.value, logical, self.whole)
        for used in dict.fromkeys(needed(setting.value)):
            if not self._is_known(used) and used not in self.table["old_parameters"]:
                near = self.known.near(used, None)
                key = "no_such_name_near" if near else "no_such_name"
                yield self.fault(key, logical, used, near=near or "", parameter=name)
        value = expand(setting.value, self.lookup)
        if value is None and self._circular(setting.value):
            yield self.fault("itself", logical, name)
        value = setting.value if value is None else value
        clean = not (_COMMENT.search(value) or _TYPOGRAPHIC.search(value))
        if clean and "$" not in setting.value:
            yield from self.typed(name, value, logical)
        if clean:
            yield from self.tables(name, value, logical)
        if name in self.table["restriction_lists"]["names"] or name in self.classes:
            yield from self.restrictions(name, value, self.classes, logical)
        for _, row in of_setting(self.known.rows, name, value, self.other):
            yield self.danger(name, row, logical)

    def _is_known(self, name: str) -> bool:
        return (
            self.known.is_name(name)
            or name in self.values
            or name in self.table["newer_parameters"]
            or name in self.table["expansions"]["names"]
            or name.isdigit()
        )

    def _name(self, setting: Setting) -> Iterator[Fault]:
        name, logical, table = setting.name, setting.logical, self.table
        if name in table["old_parameters"]:
            yield self.fault("old", logical, name, text=table["old_parameters"][name])
        elif name in table["newer_parameters"]:
            yield self.fault("newer", logical, name, version=table["newer_parameters"][name])
        elif self.known.is_name(name) or (
            any(name.endswith(f"_{ending}") for ending in table["name_endings"]["names"])
            or name in self.used
            or name in self.classes
            or any(name.startswith(f"{prefix}_") for prefix in self.prefixes)
        ):
            return
        else:
            near = self.known.near(name, None)
            key = "unknown_near" if near else "unknown"
            right = f"{near}={setting.value}"
            yield self.fault(key, logical, name, near=near or "", setting=right)

    def _circular(self, value: str) -> bool:
        """Whether ``value`` leads back to a setting that it has led to; chains may be as long as the file."""
        path: dict[str, Iterator[str]] = {"": iter(names_in(value)[:_MOST_NAMES])}
        while path:
            last = next(reversed(path))
            name = next(path[last], None)
            if name is None:
                self._straight.add(last)
                del path[last]
            elif name in path:
                return True
            elif name in self.values and name not in self._straight:
                path[name] = iter(names_in(self.values[name])[:_MOST_NAMES])
        return False

    def _together(self) -> Iterator[Fault]:
        """What several settings are together; of a piece of a main.cf only those in it are known."""
        if self.whole and self.text.settings and "compatibility_level" not in self.values:
            yield self.fault("no_compatibility", None)
        by_name = {setting.name: setting for setting in self.text.settings}
        for name, others in self.table["apart"].items():
            mine = self._domains(name)
            for other in others:
                for domain in sorted(mine & self._domains(other)):
                    setting = by_name.get(name) or by_name.get(other)
                    if setting is not None:
                        yield self.fault(
                            "both_lists", setting.logical, name, domain=domain, other=other
                        )
        dangerous = {name for row in self.known.rows.values() for name in row.get("parameter", ())}
        for name in sorted(dangerous - by_name.keys()) if self.whole else ():
            # a default can be dangerous beside what is set: more_than, with
            value = self.other(name)
            for _, row in of_setting(self.known.rows, name, value or "", self.other):
                others = [row.get("more_than", ""), *row.get("with", {}), row.get("other", "")]
                setting = next((by_name[each] for each in others if each in by_name), None)
                if value is not None and setting is not None:
                    yield self.danger(name, row, setting.logical)

    def _domains(self, name: str) -> set[str]:
        value = self.other(name) or ""
        return {word.casefold() for word in items(value) if "." in word and _DOMAIN.fullmatch(word)}


_MOST_NAMES = 20
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class _Master(_Maker):
    def __init__(
        self,
        known: Known,
        services: Sequence[Service],
        main: Mapping[str, str] | None,
        whole: bool,
    ) -> None:
        super().__init__(known)
        self.services = services
        self.main = main
        self.whole = whole

    def faults(self) -> Iterator[Fault]:
        seen: dict[str, int] = {}
        for service in self.services:
            if service.columns and service.columns[0] == "-o":
                yield self.fault("option_outdented", service.logical)
                continue
            yield from self._service(service)
            if service.name in seen:
                line = str(seen[service.name])
                yield self.fault("service_twice", service.logical, service.name, line=line)
            seen[service.name] = service.logical.number
        if self.whole:
            yield from self._together()

    def _service(self, service: Service) -> Iterator[Fault]:
        logical, columns = service.logical, service.columns
        if _ODD_BLANK.search(logical.text):
            yield self.fault("odd_blank", logical, service.name)
        if len(columns) > 1:
            types = self.table["service_types"]["names"]
            if columns[1] not in types:
                yield self.fault("service_type", logical, service.name, type=columns[1])
        if len(columns) != 8:
            yield self.fault("columns", logical, service.name, count=str(len(columns)))
            return
        text = self.table["master_columns"]
        for name in ("private", "unpriv", "chroot"):
            if service.column(name) not in ("y", "n", "-"):
                yield self.fault(
                    "column", logical, column=name, value=service.column(name), text=text[name]
                )
        if not re.fullmatch(r"-|\d+\??", service.column("wakeup")):
            yield self.fault(
                "column", logical, column="wakeup", value=service.column("wakeup"),
                text=text["wakeup"],
            )  # fmt: skip
        if not re.fullmatch(r"-|\d+", service.column("maxproc")):
            yield self.fault(
                "column", logical, column="maxproc", value=service.column("maxproc"),
                text=text["maxproc"],
            )  # fmt: skip
        if columns[1] == "inet" and service.column("private") != "n":
            yield self.fault("private_inet", logical, service.name)
        yield from self._program(service)
        yield from self._overrides(service)

    def _program(self, service: Service) -> Iterator[Fault]:
        program = service.program
        daemons = self.table["daemons"]
        if program.startswith("/") or "/" in program:
            return
        if program not in daemons:
            near = self.known.near(program, daemons)
            key = "daemon_near" if near else "daemon"
            yield self.fault(key, service.logical, service.name, program=program, near=near or "")
        if program in self.table["root_daemons"]["names"]:
            if service.column("chroot") == "y":
                yield self.fault("chroot_where_none", service.logical, program=program)
            if service.column("unpriv") != "n":
                yield self.fault("unpriv_where_root", service.logical, program=program)

    def _overrides(self, service: Service) -> Iterator[Fault]:
        own = {each.name: each.value for each in service.overrides}

        def other(name: str) -> str | None:
            if name in own:
                return own[name]
            if self.main is None:
                return None
            return self.main.get(name, self.known.default(name))

        for each in service.overrides:
            logical = service.logical._replace(pieces=_from(service.logical, each.line))
            if each.spaced:
                setting = f"{each.name}={each.value}"
                yield self.fault(
                    "option_blanks", logical, each.name, setting=setting, value=each.value
                )
                continue
            if not each.name:
                yield self.fault("option_no_sign", logical, each.name, value=each.value)
                continue
            if each.name in self.table["old_parameters"]:
                text = self.table["old_parameters"][each.name]
                yield self.fault("old", logical, each.name, text=text)
            elif not self._is_known(each.name, own):
                near = self.known.near(each.name, None)
                key = "unknown_near" if near else "unknown"
                yield self.fault(key, logical, each.name, near=near or "")
            yield from self.value(each.name, each.value, logical, self.whole)
            if "$" not in each.value:
                yield from self.typed(each.name, each.value, logical)
                yield from self.tables(each.name, each.value, logical)
            if each.name in self.table["restriction_lists"]["names"]:
                yield from self.restrictions(each.name, each.value, self._classes(), logical)
            for _, row in of_setting(self.known.rows, each.name, each.value, other):
                # a service of its own may well demand TLS or be without limits: only the worst counts here
                if row["severity"] == "fatal":
                    yield self.danger(each.name, row, logical)

    def _classes(self) -> list[str]:
        return items((self.main or {}).get("smtpd_restriction_classes", ""))

    def _is_known(self, name: str, own: Mapping[str, str]) -> bool:
        values = [*own.values(), *(self.main or {}).values()]
        return (
            self.known.is_name(name)
            or name in self.table["newer_parameters"]
            or name in self.table["expansions"]["names"]
            or any(name.endswith(f"_{ending}") for ending in self.table["name_endings"]["names"])
            or any(name in names_in(value) for value in values)
        )

    def _together(self) -> Iterator[Fault]:
        programs = {service.program for service in self.services}
        inet = {s.program for s in self.services if len(s.columns) > 1 and s.columns[1] == "inet"}
        if programs and not inet & {"smtpd", "postscreen"}:
            yield self.fault("no_smtpd", None)
        locked = [service for service in self.services if service.column("chroot") == "y"]
        if locked:
            yield self.fault("chroot", locked[0].logical, count=str(len(locked)))


def _from(logical: Logical, line: int) -> tuple[tuple[int, int, str], ...]:
    """The piece of a logical line in the line of this number, else all of it."""
    found = tuple(piece for piece in logical.pieces if piece[0] == line)
    return found or logical.pieces
