"""A configuration as a whole: main.cf, master.cf, other programs' settings, what is known of files; and where checks look."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from types import MappingProxyType

from mailhelp import conditions
from mailhelp.conditions import Certificate, Fact, fits
from mailhelp.host.postfixfiles import COLUMNS, Logical, MainCf, Service, expand
from mailhelp.host.tablefiles import Text
from mailhelp.light import Any, NamedTuple
from mailhelp.review import rows
from mailhelp.review import tables as lookup
from mailhelp.review.fault import MAIN, MASTER, Known
from mailhelp.review.services import piece_of


class Other(NamedTuple):
    """The settings of another program, ``name`` → (value, where it is written)."""

    file: str
    settings: Mapping[str, tuple[str, Logical]]


def _no_fact(path: str) -> Fact | None:
    return None


def _no_certificate(path: str) -> Certificate | None:
    return None


def _no_table(path: str) -> Text | None:
    return None


class Configuration(NamedTuple):
    """What was read. ``main`` and ``services`` are ``None`` where they are not known.

    ``whole``: main.cf is all of it, so that what it does not set has its default. ``others`` are
    by the names of the programs; ``types`` the lookup tables that this Postfix can read.
    """

    main: MainCf | None = None
    services: Sequence[Service] | None = None
    strays: Sequence[Logical] = ()
    whole: bool = True
    others: Mapping[str, Other] = MappingProxyType({})
    fact: Callable[[str], Fact | None] = _no_fact
    certificate: Callable[[str], Certificate | None] = _no_certificate
    types: frozenset[str] | None = None
    table: Callable[[str], Text | None] = _no_table


class Place(NamedTuple):
    """Where something is written."""

    file: str
    logical: Logical


class MainView(conditions.View):
    """What main.cf sets, beside the defaults, and the settings of other programs (``dovecot/…``)."""

    def __init__(self, known: Known, read: Configuration) -> None:
        self.known, self.read = known, read
        settings = read.main.settings if read.main else ()
        self.places: MutableMapping[str, Place] = {
            each.name: Place(MAIN, each.logical) for each in settings
        }
        self.own: MutableMapping[str, str] = {each.name: each.value for each in settings}
        self.types = read.types
        self.all_set = read.whole and read.main is not None
        self.all_services = read.whole
        self.endings = known.settings["built_tables"]
        self.services = None if read.services is None else [_asked(each) for each in read.services]
        self._values: dict[str, str | None] = {}
        self._tables: lookup.Read | None = None

    @property
    def tables(self) -> Sequence[conditions.Table]:  # type: ignore[override]
        """See ``conditions.View``."""
        return self._held.tables

    @property
    def unread(self) -> frozenset[str]:  # type: ignore[override]
        """See ``conditions.View``."""
        return self._held.unread

    @property
    def _held(self) -> lookup.Read:
        if self._tables is None:
            about = self.known.settings
            self._tables = lookup.read(about, list(self._settings()), self.read.table)
        return self._tables

    def _settings(self) -> Iterator[lookup.Setting]:
        """What is set or has a default that names tables; what ``-o`` sets for services."""
        forms = self.known.settings["table_forms"]
        names = [*self.own, *(name for each in forms.values() for name in each if "*" not in name)]
        for name in dict.fromkeys(names):
            if value := self.value(name):
                yield lookup.Setting(name, value, self.places.get(name))
        for service in self.read.services or ():
            if any(":" in each.value for each in service.overrides):
                view = ServiceView(self, service)
                for name in dict.fromkeys(each.name for each in service.overrides):
                    if value := view.value(name):
                        yield lookup.Setting(name, value, view.places.get(name))

    def of_rows(self, condition: Mapping[str, Any]) -> Iterator[conditions.Values]:
        """See ``conditions.View``."""
        return rows.of_rows(condition, self)

    @property
    def restrictions(self) -> frozenset[str]:  # type: ignore[override]
        """See ``conditions.View``."""
        about = self.known.settings
        classes = conditions.items(self.value(about["restriction_lists"]["classes"]) or "")
        known = (*about["restrictions"], *about["old_restrictions"], *classes)
        return frozenset(each.casefold() for each in known)

    def value(self, name: str) -> str | None:
        """See ``conditions.View``."""
        if name not in self._values:
            self._values[name] = self._value(name)
        return self._values[name]

    def _value(self, name: str) -> str | None:
        if "/" in name:
            found = self._other(name)
            return found[0] if found else None
        if name not in self.own and not self.all_set:
            return None
        raw = self._lookup(name)
        return None if raw is None else expand(raw, self._lookup)

    def _lookup(self, name: str) -> str | None:
        value = self.own.get(name)
        if value is not None:
            return value
        default = self.known.default(name)
        if default is None:  # to Postfix an unknown name is empty
            return None if name in self.known.settings["expansions"]["names"] else ""
        # a default that depends on the host is said in words
        return f"$${name}" if default.startswith("(") else default

    def written(self, name: str) -> bool:
        """See ``conditions.View``."""
        return name in self.own or ("/" in name and self._other(name) is not None)

    def _other(self, name: str) -> tuple[str, Logical] | None:
        program, _, rest = name.partition("/")
        other = self.read.others.get(program)
        return other.settings.get(rest.casefold()) if other else None

    def names(self, pattern: str) -> Iterable[str]:
        """See ``conditions.View``."""
        program, sign, rest = pattern.partition("/")
        if not sign:
            return [name for name in self.own if fits(pattern, name)]
        other = self.read.others.get(program)
        settings = other.settings if other else {}
        return [f"{program}/{each}" for each in settings if fits(rest.casefold(), each)]

    def unit(self, name: str) -> str:
        """See ``conditions.View``."""
        kind, *limits = self.known.settings["types"].get(name, "").split() or [""]
        return str(limits[0]) if kind == "time" else ""

    def filled(self, text: str) -> str | None:
        """See ``conditions.View``."""
        return expand(text, self.value)

    def file(self, path: str) -> Fact | None:
        """See ``conditions.View``."""
        return self.read.fact(path)

    def certificate(self, path: str) -> Certificate | None:
        """See ``conditions.View``."""
        return self.read.certificate(path)

    def place(self, names: Iterable[str]) -> Place | None:
        """Where the first of the parameters is set that is set at all."""
        for name in names:
            for each in self.names(name) if "*" in name else (name,):
                if each in self.places:
                    return self.places[each]
                found = self._other(each) if "/" in each else None
                if found:
                    return Place(self.read.others[each.partition("/")[0]].file, found[1])
        return None


class ServiceView(MainView):
    """The same for one service of master.cf, with what ``-o`` sets for it."""

    def __init__(self, base: MainView, service: Service) -> None:
        # one after the other over what all share: there may be thousands of services
        vars(self).update(vars(base))
        self._base = base
        self.places, self.own = ChainMap({}, base.places), ChainMap({}, base.own)
        self._values = {}
        self.service = _asked(service)
        self.line = service.logical._replace(pieces=service.logical.pieces[:1])
        for each in service.overrides:
            if each.name and not each.spaced:
                self.own[each.name] = each.value
                logical = service.logical._replace(pieces=piece_of(service.logical, each.line))
                self.places[each.name] = Place(MASTER, logical)
        self.overridden = {each.name for each in service.overrides}

    @property
    def _held(self) -> lookup.Read:
        return self._base._held


def _asked(service: Service) -> conditions.Service:
    columns = {name: service.column(name) for name in COLUMNS}
    words = tuple(columns["command"].split())
    return conditions.Service(service.name, service.program, columns, words)
