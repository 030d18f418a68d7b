"""The conditions of ``corpus/checks/``: what a configuration must be like for a check to speak up. Pure.

Nothing is known here of any parameter. A ``View`` is where a check looks: main.cf, or a service of
master.cf with what ``-o`` sets. ``corpus/README.md`` lists the keys of a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from mailhelp import regexes as re
from mailhelp.light import Any, NamedTuple, regex

SEVERE = ("fatal", "error", "warning")
"""Faults that go before everything else; others are worth knowing."""
UNITS = {"s": ("seconds", 1), "m": ("minutes", 60), "h": ("hours", 3600)}
UNITS |= {"d": ("days", 86400), "w": ("weeks", 604800)}
"""The letters after a time, in words and in seconds. Source: conv_time.c."""
NUMBER = regex(r"\s*[+-]?\d+")
TIME = regex(r"\s*\+?(\d+)([smhdw]?)")
TABLE = regex(r"!?([A-Za-z][\w-]*):(.+)", re.DOTALL)
"""A lookup table: its type and its name."""
_PATH = regex(r"<?(?:!?[A-Za-z][\w-]*:)*(/.*)")
"""A file, or a lookup table in one."""

Values = dict[str, str]
"""What a condition found, by the names that the texts of a check fill in."""


class Fact(NamedTuple):
    """What is known of a file. ``age`` is in days since it was changed, ``digest`` of what is in it."""

    missing: bool = False
    folder: bool = False
    mode: int | None = None
    age: float | None = None
    digest: str = ""


class Certificate(NamedTuple):
    """What a PEM file holds: the days that its certificate is still good, its public key and names; its private key.

    ``key`` is the public key that belongs to the private one; ``encrypted``: it needs a passphrase.
    """

    days: int | None = None
    public: str = ""
    names: tuple[str, ...] = ()
    key: str = ""
    encrypted: bool = False


class Service(NamedTuple):
    """What conditions ask of a service: ``name/type``, its program, columns by their names, words of its command."""

    name: str
    program: str
    columns: Mapping[str, str]
    words: tuple[str, ...]


class Row(NamedTuple):
    """A row of a lookup table. ``flaw`` names what is wrong with how it is written, ``detail`` says more of it.

    ``pieces`` are its lines: (number, offset, raw line); ``inside`` if it counts only between an if and its endif.
    """

    key: str
    result: str
    flaw: str = ""
    detail: str = ""
    pieces: tuple[tuple[int, int, str], ...] = ()
    inside: bool = False

    @property
    def number(self) -> int:
        """The number of its first line, from 1."""
        return self.pieces[0][0] if self.pieces else 0


class Table(NamedTuple):
    """A lookup table that was read: what its rows mean (``form``), which parameter names it, how it is written (``kind``).

    ``use`` is the restriction that asks it, ``ahead`` the words before that in its list. Of a table with secrets only keys are told.
    """

    form: str
    parameter: str
    type: str
    kind: str
    file: str
    rows: Sequence[Row]
    use: str = ""
    ahead: tuple[str, ...] = ()
    secret: bool = False
    built: bool = False


class View:
    """Where a check looks. This one knows nothing; others know what they know."""

    service: Service | None = None
    all_set = True
    """Whether what is not set here is not set at all: of a piece of main.cf that is not known."""
    services: Sequence[Service] | None = None
    """The services of master.cf, ``None`` where they are not known."""
    all_services = True
    """Whether there are no others."""
    types: frozenset[str] | None = None
    """The types of lookup tables that this Postfix can read."""
    endings: Mapping[str, Sequence[str]] = {}
    """The endings of the files that are built for a type of table."""
    tables: Sequence[Table] = ()
    """The lookup tables whose rows are known."""
    unread: frozenset[str] = frozenset()
    """The parameters that name tables whose rows are not known."""
    restrictions: frozenset[str] = frozenset()
    """The words that a list of restrictions may have."""

    def value(self, name: str) -> str | None:
        """The value that counts, ``None`` where it is not known."""

    def written(self, name: str) -> bool:
        """Whether it is set, be it to its default."""
        return False

    def names(self, pattern: str) -> Iterable[str]:
        """The names that are set and fit ``pattern``."""
        return ()

    def unit(self, name: str) -> str:
        """The letter of the unit that a bare number of this parameter has."""
        return ""

    def filled(self, text: str) -> str | None:
        """``text`` with every ``$name`` filled in."""
        return None if "$" in text else text

    def file(self, path: str) -> Fact | None:
        """What is known of a file, ``None`` if nothing is."""

    def certificate(self, path: str) -> Certificate | None:
        """What is in a PEM file, ``None`` if it is not known."""

    def of_rows(self, condition: Mapping[str, Any]) -> Iterator[Values]:
        """Each way in which a condition on rows of lookup tables holds."""
        return iter(())


class SettingView(View):
    """One setting beside values that ``other`` gives."""

    def __init__(self, name: str, value: str, other: Callable[[str], str | None]) -> None:
        self._name, self._value, self._other = name, value, other

    def value(self, name: str) -> str | None:
        """See ``View``."""
        return self._value if name == self._name else self._other(name)

    def written(self, name: str) -> bool:
        """See ``View``."""
        return name == self._name or self._other(name) is not None

    def names(self, pattern: str) -> Iterable[str]:
        """See ``View``."""
        return (self._name,) if fits(pattern, self._name) else ()


@lru_cache(maxsize=1000)
def _texts(pattern: str) -> tuple[str, ...]:
    """The fixed texts round the stars of ``pattern``."""
    if "\\" not in pattern:
        return tuple(pattern.split("*"))
    found = [""]
    signs = iter(pattern)
    for sign in signs:
        if sign == "*":
            found.append("")
        else:
            found[-1] += next(signs, sign) if sign == "\\" else sign
    return tuple(found)


def fits(pattern: str, value: str) -> bool:
    """Whether ``value`` is what ``pattern`` says: ``*`` is anything, ``\\*`` a star."""
    first, *inner = _texts(pattern)
    if not inner:
        return first == value
    last = inner.pop()
    place, end = len(first), len(value) - len(last)
    if place > end or not (value.startswith(first) and value.endswith(last)):
        return False
    for text in inner:  # the first place will do, since anything may follow
        place = value.find(text, place, end)
        if place < 0:
            return False
        place += len(text)
    return True


def items(value: str) -> list[str]:
    """The items of a list: parted by commas and blanks, but not inside braces (mystrtokq)."""
    found: list[str] = []
    item: list[str] = []
    depth = 0
    for char in f"{value} ":
        depth += (char == "{") - (char == "}")
        if depth <= 0 and (char.isspace() or char == ","):
            if item:
                found.append("".join(item))
                item = []
        else:
            item.append(char)
    return [*found, "".join(item)] if item else found


def list_of(value: Any) -> list[Any]:
    """A key that may be one thing or a list of them, as a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def parameters(row: Mapping[str, Any]) -> list[str]:
    """The parameters that a check is about, in the order of its conditions."""
    found = (list_of(each.get("parameter", [])) for each in row.get("when", ()))
    return list(dict.fromkeys(name for names in found for name in names))


def of_setting(
    rows: Mapping[str, Mapping[str, Any]],
    name: str,
    value: str,
    other: Callable[[str], str | None] = lambda name: None,
) -> Iterator[tuple[str, Mapping[str, Any], Values]]:
    """Those of ``rows`` that the setting ``name = value`` of main.cf fails: name, row, what was found.

    ``other`` gives the values of other parameters, ``None`` where they are not known.
    """
    view = SettingView(name, value, other)
    for key, row in rows.items():
        if any(fits(each, name) for each in about(row)):
            for found in matches(row, view):
                if found.get("name") == name:
                    yield key, row, found
                    break


def about(row: Mapping[str, Any]) -> list[str]:
    """The patterns of the settings that, alone in a main.cf, can fail a check; none if no setting can."""
    first = row["when"][0] if row.get("when") else {}
    if "service" in first or "table" in first or not alone(row):
        return []
    return list_of(first.get("parameter", []))


def sentence(row: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """What a check says in one piece: its title and what that means, filled in."""
    title, meaning = filled(row["title"], values), filled(row["meaning"], values)
    return f"{title}{'' if title.endswith(('.', '?', '!')) else '.'} {meaning}".strip()


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text of a check, with what was found filled in; what was not found is left out."""
    return text.format_map(_Known(values))


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def alone(row: Mapping[str, Any]) -> bool:
    """Whether main.cf alone can tell that a check fails."""
    return bool(row.get("when")) and bool(row.get("service", {"main": True}).get("main"))


def matches(row: Mapping[str, Any], view: View) -> Iterator[Values]:
    """Each way in which all conditions of a check hold; the first condition may hold for several names."""
    conditions = row.get("when", ())
    if not conditions:
        yield {}
        return
    for found in holds(conditions[0], view):
        values = with_others(row, view, found)
        if values is not None:
            yield values


def with_others(row: Mapping[str, Any], view: View, found: Values) -> Values | None:
    """What was found for the first condition of a check and for all others; ``None`` if one does not hold."""
    values = dict(found)
    for condition in row["when"][1:]:
        more = next(holds(condition, view), None)
        if more is None:
            return None
        values = {**more, **values}
    return values


def holds(condition: Mapping[str, Any], view: View) -> Iterator[Values]:
    """Each way in which a condition holds."""
    if "table" in condition:
        yield from view.of_rows(condition)
    elif "service" in condition:
        yield from _of_services(condition, view)
    elif "path" in condition:
        path = view.filled(condition["path"])
        if path is not None:
            yield from _of_paths(condition, [path], view, {})
    else:
        for name in _named(condition, view):
            yield from _of_parameter(condition, name, view)


def _named(condition: Mapping[str, Any], view: View) -> Iterator[str]:
    for name in list_of(condition["parameter"]):
        if "*" in name:
            left_out = condition.get("except", ())
            yield from (each for each in view.names(name) if not fits_any(left_out, each))
        else:
            yield name


def _of_parameter(condition: Mapping[str, Any], name: str, view: View) -> Iterator[Values]:
    if "set" in condition and view.written(name) != condition["set"]:
        return
    if condition.get("set") is False and not view.all_set:
        return
    value = view.value(name)
    if value is None:
        if condition.get("or_unknown") or condition.keys() <= {"parameter", "set"}:
            yield {"name": name}
        return
    found: Values = {"name": name, "value": value}
    words = items(value)
    condition = _with_names(condition, view)
    for key, check in _CHECKS.items():
        if key in condition and not check(condition, words, value, view, found):
            return
    if condition.keys() & _OF_FILES:
        yield from _of_paths(condition, words, view, found)
    else:
        yield found


_PATTERNS = ("is", "is_not", "has", "has_not", "lacks", "before", "after")


def _with_names(condition: Mapping[str, Any], view: View) -> Mapping[str, Any]:
    """The condition with ``$name`` in its patterns filled in; ``$*`` is a dollar sign."""
    if not any("$" in each for key in _PATTERNS for each in list_of(condition.get(key, []))):
        return condition
    made = dict(condition)
    for key in _PATTERNS:
        if key in made:
            made[key] = [_named_in(each, view) for each in list_of(made[key])]
    return made


def _named_in(pattern: str, view: View) -> str:
    if "$" not in pattern or not re.search(r"\$\w", pattern):
        return pattern
    return view.filled(pattern) or pattern


def _whole(pattern: str, value: str) -> bool:
    if pattern.endswith("?"):  # at least one character
        return bool(value) and fits(pattern[:-1], value)
    return fits(pattern, value) or fits(pattern, value.casefold())


def fits_any(patterns: Any, value: str) -> bool:
    """Whether ``value`` fits one of ``patterns``."""
    return any(_whole(pattern, value) for pattern in list_of(patterns))


def _has(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    """An item fits; ``before`` any of those, ``after`` one of these."""
    before, after = condition.get("before", ()), condition.get("after")
    without, wanted = condition.get("has_not", ()), condition["has"]
    seen = after is None
    for number, word in enumerate(words):
        if number and words[number - 1].casefold() in condition.get("not_behind", ()):
            continue
        if fits_any(before, word):
            return False
        if seen and fits_any(wanted, word) and not fits_any(without, word):
            found["word"] = word
            found["next"] = words[number + 1] if number + 1 < len(words) else ""
            return True
        seen = seen or (after is not None and fits_any(after, word))
    return False


def _lacks(condition: Mapping[str, Any], words: Sequence[str], *rest: Any) -> bool:
    return not any(fits_any(condition["lacks"], word) for word in words)


def _public(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    for word in words:
        if _wide(word, condition["public_addresses"]):
            found["word"] = word
            return True
    return False


def _wide(word: str, addresses: int) -> bool:
    """Whether ``word`` is a network of more than ``addresses`` public addresses."""
    network = _network(word)
    if network is None or word.startswith("!"):
        return False
    size = network.num_addresses if network.version == 4 else network.num_addresses >> 72
    return bool(size > addresses and network.prefixlen and network.is_global)


def _network(word: str, *, strict: bool = False) -> Any:
    import ipaddress

    try:
        return ipaddress.ip_network(word.replace("[", "").replace("]", ""), strict=strict)
    except ValueError:
        return None


def _host_bits(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    """An item is a network whose address has bits behind its mask."""
    for word in words:
        network = _network(word)
        if network is not None and _network(word, strict=True) is None:
            shown = str(network)
            found["word"], found["near"] = (
                word,
                f"[{network.network_address}]/{network.prefixlen}" if "[" in word else shown,
            )
            return True
    return False


def _amount(text: str | None, unit: str) -> tuple[int, bool] | None:
    """A number, or a time in seconds (then true)."""
    if text is None:
        return None
    found = TIME.fullmatch(text)
    if found and (found[2] or unit):
        return int(found[1]) * UNITS[found[2] or unit][1], True
    return (int(text), False) if NUMBER.fullmatch(text) else None


def _compared(limit: str, value: str, view: View, found: Values) -> tuple[int, int] | None:
    """The value and the limit, in the same unit; ``None`` where that cannot be told."""
    unit = view.unit(found["name"])
    other, other_unit = limit, ""
    if limit.startswith("$"):
        other = view.value(limit[1:]) or ""
        other_unit = view.unit(limit[1:])
        found["other"], found["limit"] = limit[1:], other
    one, two = _amount(value, unit), _amount(other, other_unit)
    if one is None or two is None or (one[1] != two[1] and 0 not in (one[0], two[0])):
        return None
    return one[0], two[0]


def _below(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    pair = _compared(condition["below"], value, view, found)
    return pair is not None and pair[0] < pair[1]


def _above(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    pair = _compared(condition["above"], value, view, found)
    return pair is not None and pair[0] > pair[1]


def _beyond(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    """More than another limit, where 0 means that there is none."""
    pair = _compared(condition["beyond"], value, view, found)
    return pair is not None and pair[1] != 0 and (pair[0] > pair[1] or pair[0] == 0)


def _count(condition: Mapping[str, Any], words: Sequence[str], *rest: Any) -> bool:
    return len(words) > int(condition["count_above"])


def _shares(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    """An item is in the list of another parameter too."""
    mine = {word.casefold() for word in words if not TABLE.match(word) and word[:1] not in "/!"}
    for other in condition["shares"]:
        both = mine & {word.casefold() for word in items(view.value(other) or "")}
        if both:
            found["word"], found["other"] = sorted(both)[0], other
            return True
    return False


def _unknown_service(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    """The transport before the first colon is no service of master.cf."""
    name = value.partition(":")[0]
    if view.services is None or not name or "$" in name:
        return False
    found["word"] = name
    return not any(
        each.name.partition("/")[0] == name and not each.name.endswith("/inet")
        for each in view.services
    )


def _type_missing(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    """A table's type is none that this Postfix can read."""
    for word in words if view.types is not None else ():
        kind = TABLE.match(word)
        if kind and kind[1] in condition["type_missing"] and kind[1] not in (view.types or ()):
            found["word"], found["type"] = word, kind[1]
            return True
    return False


def _elsewhere(
    condition: Mapping[str, Any], words: Sequence[str], value: str, view: View, found: Values
) -> bool:
    """None of the sockets is one of those that another setting names."""
    folder = view.filled(condition.get("folder", "")) or ""
    there: list[str] = []
    for name in condition["elsewhere"]:
        for each in view.names(name) if "*" in name else (name,):
            there += items(view.value(each) or "")
    found["other"] = ", ".join(there)
    asked = condition.get("sockets")
    mine = [word for word in words if asked is None or fits_any(asked, word)]
    return bool(there and mine) and not (
        {_socket(word, folder) for word in mine} & {_socket(word, folder) for word in there}
    )


def _socket(word: str, folder: str) -> str:
    """A socket however it is written: ``inet:8891@localhost`` and ``inet:127.0.0.1:8891`` are one."""
    for kind in ("lmtp:", "smtp:"):
        word = word.removeprefix(kind)
    kind, _, rest = word.partition(":")
    if kind in ("inet", "inet6"):
        port, at, host = rest.partition("@")
        if not at:
            host, _, port = rest.rpartition(":")
        host = host.strip("[]").replace("localhost", "127.0.0.1") or "127.0.0.1"
        return f"{host}:{port}"
    path = rest if kind in ("unix", "local") else word
    path = path.replace("/var/run/", "/run/")
    return path if path.startswith("/") else f"{folder}/{path}"


Check = Callable[[Mapping[str, Any], Sequence[str], str, View, Values], bool]
_CHECKS: dict[str, Check] = {
    "is": lambda c, words, value, view, found: fits_any(c["is"], value),
    "is_not": lambda c, words, value, view, found: not fits_any(c["is_not"], value),
    "has": _has,
    "lacks": _lacks,
    "public_addresses": _public,
    "host_bits": _host_bits,
    "below": _below,
    "above": _above,
    "beyond": _beyond,
    "count_above": _count,
    "shares": _shares,
    "unknown_service": _unknown_service,
    "type_missing": _type_missing,
    "elsewhere": _elsewhere,
}
_OF_FILES = {
    "file",
    "built",
    "days_below",
    "certificate_not_in",
    "encrypted",
    "names_lack",
    "differs_from",
}


def _of_paths(
    condition: Mapping[str, Any], words: Iterable[str], view: View, values: Values
) -> Iterator[Values]:
    """What is said of the files that a value names."""
    for word in words:
        found = _PATH.fullmatch(word) if "/" in word else None
        if found is None or ("kinds" in condition and not fits_any(condition["kinds"], word)):
            continue
        made = {**values, "word": word, "file": found[1]}
        if _of_path(condition, word, found[1], view, made):
            yield made


def _of_path(condition: Mapping[str, Any], word: str, path: str, view: View, found: Values) -> bool:
    kinds = word.split(":")
    endings = next((view.endings[kind] for kind in kinds if kind in view.endings), ())
    fact = view.file(path)
    built = [view.file(f"{path}{ending}") for ending in endings]
    if "file" in condition and not any(
        _state(state, fact, built) for state in list_of(condition["file"])
    ):
        return False
    if "built" in condition and not _is_built(condition["built"], fact, built):
        return False
    if "differs_from" in condition:
        other = view.file(condition["differs_from"])
        if fact is None or other is None or not fact.digest or not other.digest:
            return False
        if fact.digest == other.digest:
            return False
    if condition.keys() & {"days_below", "certificate_not_in", "encrypted", "names_lack"}:
        return _of_certificate(condition, path, view, found)
    return True


def _state(state: str, fact: Fact | None, built: Sequence[Fact | None]) -> bool:
    every = [fact, *built]
    if state == "missing":
        return all(each is not None and each.missing for each in every)
    modes = [each.mode for each in every if each is not None and each.mode is not None]
    if state == "folder":
        return fact is not None and fact.folder
    if state == "world-readable":
        return any(mode & 0o004 for mode in modes)
    if state == "not world-readable":
        return fact is not None and fact.mode is not None and not fact.mode & 0o004
    return state == "world-writable" and any(mode & 0o002 for mode in modes)


def _is_built(state: str, fact: Fact | None, built: Sequence[Fact | None]) -> bool:
    if fact is None or fact.missing or not built:
        return False
    if state == "missing":
        return all(each is not None and each.missing for each in built)
    ages = [each.age for each in built if each is not None and each.age is not None]
    # dict_open.c: what was changed less than 100 seconds ago is not complained about
    return bool(ages) and fact.age is not None and 100 / 86400 < fact.age < min(ages)


def _of_certificate(condition: Mapping[str, Any], path: str, view: View, found: Values) -> bool:
    held = view.certificate(path)
    if held is None:
        return False
    if "days_below" in condition:
        least = condition.get("days_least", -1_000_000)
        if held.days is None or not least <= held.days < condition["days_below"]:
            return False
        found["days"] = str(abs(held.days))
    if "encrypted" in condition and held.encrypted != condition["encrypted"]:
        return False
    if "names_lack" in condition:
        wanted = view.filled(condition["names_lack"])
        if wanted is None or not held.names or any(_is_named(each, wanted) for each in held.names):
            return False
        found["other"] = ", ".join(held.names[:3])
    if "certificate_not_in" in condition:
        other = items(view.value(condition["certificate_not_in"]) or "")
        there = view.certificate(other[0]) if other else None
        if there is None or not held.key or not there.public or held.key == there.public:
            return False
        found["other"] = other[0]
    return True


def _is_named(pattern: str, name: str) -> bool:
    if pattern.startswith("*."):
        return pattern[2:].casefold() == name.partition(".")[2].casefold()
    return pattern.casefold() == name.casefold()


def _of_services(condition: Mapping[str, Any], view: View) -> Iterator[Values]:
    if view.services is None:
        return
    found = [each for each in view.services if selects(condition["service"], each)]
    if condition.get("exists", True):
        for each in found:
            yield {"service": each.name}
    elif not found and view.all_services:
        yield {}


def selects(selector: Mapping[str, Any], service: Service) -> bool:
    """Whether a service is one of those that a check is about."""
    for key, value in (("name", service.name), ("program", service.program)):
        if key in selector and not fits_any(selector[key], value):
            return False
        if f"{key}_not" in selector and fits_any(selector[f"{key}_not"], value):
            return False
    if "listens" in selector and listens(service.name) != selector["listens"]:
        return False
    for name, wanted in selector.get("columns", {}).items():
        if not fits_any(wanted, service.columns.get(name, "-")):
            return False
    for name, wanted in selector.get("columns_not", {}).items():
        if fits_any(wanted, service.columns.get(name, "-")):
            return False
    if "argument" in selector and not any(
        fits_any(selector["argument"], word) for word in service.words
    ):
        return False
    return "lacks_argument" not in selector or not any(
        fits_any(selector["lacks_argument"], word) for word in service.words
    )


def listens(name: str) -> str:
    """Whether a service (``127.0.0.1:10025/inet``) is for anybody (public), this machine (loopback) or a socket."""
    address, _, kind = name.rpartition("/")
    if kind != "inet":
        return "socket"
    host = address.rpartition(":")[0].strip("[]")
    own = host.startswith("127.") or host in ("localhost", "::1", "ip6-localhost")
    return "loopback" if own else "public"
