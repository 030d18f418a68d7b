"""How main.cf is written, and what is wrong with that: names, values, lists. Pure.

The words of each fault are a check with a ``shape`` in ``corpus/checks/``; what the language has
is in ``corpus/settings.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailhelp.conditions import NUMBER, TABLE, TIME, UNITS, items
from mailhelp.host.postfixfiles import Logical, MainCf, Setting, expand, names_in, needed
from mailhelp.light import regex
from mailhelp.review.fault import MAIN, Fault, Known, Maker

_TYPOGRAPHIC = regex("[\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb\u2033\u2032]")
ODD_BLANK = regex("[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]")
_COMMENT = regex(r"(?<=\s)#(?=\s|\w)")
_SETTING = regex(r"\s+([a-z][a-z0-9_]*)\s*=(?!=)")
_PAIRS = {"}": "{", "]": "["}


def main_cf(
    known: Known, text: MainCf, *, whole: bool, used: Iterable[str] = (), file: str = MAIN
) -> Iterator[Fault]:
    """The faults in how a main.cf (``whole``) or some lines of one are written.

    ``used`` are names after ``$`` in master.cf.
    """
    return _Main(known, text, whole, used, file).faults()


class Writer(Maker):
    """The faults of names and values, in main.cf and behind ``-o`` alike."""

    def value(self, name: str, value: str, logical: Logical) -> Iterator[Fault]:
        """What is wrong with a value whatever else is set."""
        if _TYPOGRAPHIC.search(value):
            yield self.fault("quotes", logical, name)
        elif len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            yield self.fault("straight_quotes", logical, name)
        if ODD_BLANK.search(logical.text):
            yield self.fault("odd_blank", logical, name)
        if _COMMENT.search(value):
            yield self.fault("comment", logical, name)
        elif not self._is_balanced(value):
            yield self.fault("braces", logical, name, value=value)

    def _is_balanced(self, value: str) -> bool:
        """Whether braces and brackets match; regular expressions in a value are not looked at."""
        if any(f"{kind}:" in value for kind in self.table["no_tables"]["patterns"]):
            return True
        opened: list[str] = []
        for char in value:
            if char in "{[":
                opened.append(char)
            elif char in _PAIRS and (not opened or opened.pop() != _PAIRS[char]):
                return False
        return not opened

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
                if value[found.end() :].strip():
                    yield self.fault("time_rest", logical, name, value=value, near=found[0].strip())
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
        types, others = self.table["lookup_tables"], self.table["no_tables"]
        last = name.rpartition("_")[2]
        listed = last in others["tables"] and name not in self.table["types"]
        for word in items(value):
            found = TABLE.match(word)
            if found is None:
                bare = listed and last in others["typed"] and word[:1] not in "${["
                if bare and "/" in word and "$" not in word:
                    yield self.fault("no_type", logical, name, value=word)
                continue
            kind = found[1]
            if kind in types or not (listed or found[2].startswith("/")):
                continue
            if not listed and (kind in others["names"] or last in others["places"]):
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
        lists = self.table["restriction_lists"]
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
                    kind = self.table["operand_kinds"][operand[word]]
                    yield self.fault("operand", logical, name, word=shown, kind=kind)
                else:
                    place += 1
            elif word in lists["ends"]:
                last = words[place - 2].casefold() if place > 1 else ""
                ended = shown if last not in lists["only_logs"] else ""
            elif word in known or shown in classes or word in old:
                continue
            elif ":" not in word and word[:1] not in "$[{/" and not word.isdigit():
                near = self.known.near(word, known)
                key = "restriction_near" if near else "restriction"
                yield self.fault(key, logical, name, word=shown, near=near or "")


def _is_operand(kind: str, word: str, known: Mapping[str, str]) -> bool:
    if not word or word.casefold() in known:
        return False
    if kind == "number":
        return word.isdigit() or word.startswith("$")
    if kind == "domain":
        return "." in word or word.startswith("$")
    return ":" in word or word[:1] in "{$["


class _Main(Writer):
    def __init__(
        self, known: Known, text: MainCf, whole: bool, used: Iterable[str], file: str
    ) -> None:
        super().__init__(known, file)
        self.text = text
        self.whole = whole
        self.values = text.values
        self._rings: set[str] | None = None
        self.used = {name for value in self.values.values() for name in names_in(value)}
        self.used.update(used)
        self.classes = set(items(self.values.get(self.table["restriction_lists"]["classes"], "")))
        self.prefixes = {
            found[2]
            for value in self.values.values()
            for word in items(value)
            if (found := TABLE.match(word.removeprefix("proxy:"))) and "/" not in found[2]
        }

    def lookup(self, name: str) -> str | None:
        """A value, else the default."""
        value = self.values.get(name)
        return self.known.default(name) if value is None else value

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

    def _setting(self, setting: Setting) -> Iterator[Fault]:
        name, logical = setting.name, setting.logical
        for _, _, raw in logical.pieces[1:]:
            found = _SETTING.match(raw)
            if found and self._is_known(found[1]):
                yield self.fault("continued", logical, name, setting=" ".join(raw.split()))
        yield from self._name(setting)
        yield from self.value(name, setting.value, logical)
        for used in dict.fromkeys(needed(setting.value)):
            if not self._is_known(used) and used not in self.table["old_parameters"]:
                near = self.known.near(used, None)
                key = "no_such_name_near" if near else "no_such_name"
                yield self.fault(key, logical, used, near=near or "", parameter=name)
        value = expand(setting.value, self.lookup)
        if value is None and name in self.values and self._circular(name):
            yield self.fault("itself", logical, name)
        value = setting.value if value is None else value
        clean = not (_COMMENT.search(value) or _TYPOGRAPHIC.search(value))
        if clean and "$" not in setting.value:
            yield from self.typed(name, value, logical)
        if clean:
            yield from self.tables(name, value, logical)
        if name in self.table["restriction_lists"]["names"] or name in self.classes:
            yield from self.restrictions(name, value, self.classes, logical)

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

    def _circular(self, name: str) -> bool:
        """Whether the value of a name leads back to it."""
        if self._rings is None:
            ahead = {each: set(names_in(value)) for each, value in self.values.items()}
            back: dict[str, set[str]] = {}
            for each, named in ahead.items():
                for other in named:
                    back.setdefault(other, set()).add(each)
            # what leads nowhere and what nothing leads to is in no ring
            self._rings = _without_ends(back, _without_ends(ahead, set(ahead)))
        return name in self._rings


def _without_ends(links: Mapping[str, set[str]], names: set[str]) -> set[str]:
    """``names`` without those that link to none of them, again and again."""
    kept = set(names)
    count = {name: len(links.get(name, set()) & kept) for name in kept}
    towards: dict[str, list[str]] = {}
    for name in kept:
        for other in links.get(name, ()):
            towards.setdefault(other, []).append(name)
    ends = [name for name in kept if not count[name]]
    while ends:
        end = ends.pop()
        kept.discard(end)
        for name in towards.get(end, ()):
            count[name] -= 1
            if name in kept and not count[name]:
                ends.append(name)
    return kept
