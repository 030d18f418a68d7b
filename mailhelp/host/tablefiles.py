"""Lookup tables as text → rows with their keys and results. Pure: nothing is opened here.

Sources: postmap.c and dict_thash.c (plain tables), postalias.c, dict_regexp.c, dict_pcre.c and dict_cidr.c,
dict_inline.c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from mailhelp import regexes as re
from mailhelp.conditions import Row, items
from mailhelp.host.postfixfiles import BLANKS, Logical, logical_lines
from mailhelp.light import NamedTuple, regex

_BOM = "\ufeff"
_BLANK = tuple(BLANKS)
_KEY = regex(r'(?:[^\s\\"]|\\.?+|"(?:[^"\\]|\\.)*+")*+', re.ASCII)
"""The key of a plain table: up to the first blank outside quotes."""
_INSIDE = regex(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|\([^()]*+(?:\)|\Z)|\\.')
_IF = regex(r"if(?![a-zA-Z0-9])\s*+", re.ASCII | re.IGNORECASE)
_ENDIF = regex(r"endif(?![a-zA-Z0-9])\s*+", re.ASCII | re.IGNORECASE)
_NOT = regex(r"[!\s]*+", re.ASCII)
_REPLACED = regex(r"\$(?:\$|\d+|\{\d+\}|\(\d+\)|)", re.ASCII)
_OPTIONS = {"regexp": "imx", "pcre": "imsxAEUX"}


class Text(NamedTuple):
    """The text of a table; ``cut`` if there is more of it than was read."""

    lines: Sequence[str]
    cut: bool = False


def rows(kind: str, text: Text, dialect: str = "") -> list[Row]:
    """The rows of a table that is written as ``kind`` says; ``dialect`` is the type of a table of patterns."""
    lines = list(text.lines)
    marked = bool(lines) and lines[0].startswith(_BOM)
    made = [*_READERS[kind](_whole(logical_lines(lines)), dialect)]
    if text.cut:
        made = [each for each in made if each.flaw != "if_open"]
    if marked and made and made[0].number == 1:
        first = made[0]
        if first.pieces[0][2][1:].lstrip()[:1] not in ("", "#"):
            made[0] = first._replace(flaw="mark")
        else:
            del made[0]
    return made


def inline(value: str, logical: Logical) -> list[Row]:
    """The rows of ``inline:{…}``, of which ``value`` is what is inside the braces."""
    made = []
    for word in items(value):
        pair = word[1:-1] if word.startswith("{") else word
        key, sign, result = pair.partition("=")
        flaw = "" if sign and key.strip(BLANKS) and result.strip(BLANKS) else "no_result"
        made.append(Row(key.strip(BLANKS), result.strip(BLANKS), flaw, "", logical.pieces))
    return made


def _whole(lines: Iterable[Logical]) -> Iterator[tuple[Logical, str]]:
    """Logical lines with their text, which to C ends at a null byte."""
    for logical in lines:
        text = logical.text.partition("\0")[0]
        if text.strip(BLANKS):
            yield logical, text


Lines = Iterator[tuple[Logical, str]]


def _plain(lines: Lines, dialect: str) -> Iterator[Row]:
    seen: dict[str, Row] = {}
    for logical, text in lines:
        found = _KEY.match(text)
        end = found.end() if found else 0
        key, result = text[:end], text[end:].strip(BLANKS)
        flaw = ""
        if text.startswith(_BLANK):
            flaw = "indented"
        elif text[end : end + 1] == '"':
            key, flaw = text.split()[0], "quote"
        elif not result:
            flaw = "no_result"
        elif key.endswith(":"):
            flaw = "colon"
        yield _with_earlier(Row(key, result, flaw or _encoding(text), "", logical.pieces), seen)


def _aliases(lines: Lines, dialect: str) -> Iterator[Row]:
    seen: dict[str, Row] = {}
    for logical, text in lines:
        if text.startswith(_BLANK):
            yield Row("", "", "indented", "", logical.pieces)
            continue
        bare = _INSIDE.sub(lambda found: "x" * len(found[0]), text)
        place = bare.find(":")
        before = bare[:place] if place >= 0 else bare
        key, result = text[: max(place, 0)].strip(BLANKS), text[place + 1 :].strip(BLANKS)
        flaw = ""
        if place < 0 or not key or not result or "," in before:
            flaw = "no_pair" if place < 0 or not key else "no_result" if not result else "many"
        elif "@" in before or "%" in before:
            flaw = "not_local"
        if place < 0:
            key, result = [*text.split(None, 1), "", ""][:2]
        made = Row(key.strip('"'), result, flaw or _encoding(text), "", logical.pieces)
        yield _with_earlier(made, seen)


def _encoding(text: str) -> str:
    """Bytes that are no UTF-8 were read as surrogates."""
    return "" if text.isascii() or not any("\udc80" <= each <= "\udcff" for each in text) else "not_utf8"  # fmt: skip


def _with_earlier(row: Row, seen: dict[str, Row]) -> Row:
    """The row, ``twice`` if an earlier one with another result has its key."""
    if row.flaw:
        return row
    earlier = seen.setdefault(row.key.casefold(), row)
    if earlier is row or earlier.result.casefold() == row.result.casefold():
        return row
    return row._replace(flaw="twice", detail=str(earlier.number))


def _patterns(lines: Lines, dialect: str) -> Iterator[Row]:
    return _nested(lines, lambda text: _pattern(text, dialect), _if_pattern, dialect)


def _networks(lines: Lines, dialect: str) -> Iterator[Row]:
    return _nested(lines, _network, _if_network, dialect, {})


Parts = tuple[str, str, str, str]
"""Key, result, flaw and detail of a row."""


def _nested(
    lines: Lines,
    of: Callable[[str], Parts],
    of_if: Callable[[str, str], Parts],
    dialect: str,
    seen: dict[str, Row] | None = None,
) -> Iterator[Row]:
    """Rows between if and endif are rows; an if that is not ended is told last.

    ``seen`` gathers the rows outside them where the same key fits the same.
    """
    opened: list[Logical] = []
    for logical, text in lines:
        text = text.strip(BLANKS) if not text.startswith(_BLANK) else text
        begins, ends = _IF.match(text), _ENDIF.match(text)
        if text.startswith(_BLANK):
            yield Row("", "", "indented", "", logical.pieces)
        elif begins:
            key, result, flaw, detail = of_if(text[begins.end() :], dialect)
            if flaw in ("", "if_text"):
                opened.append(logical)
            if flaw:
                yield Row(key, result, flaw, detail, logical.pieces)
        elif ends:
            if not opened:
                yield Row("", "", "endif_alone", "", logical.pieces)
            else:
                opened.pop()
        else:
            key, result, flaw, detail = of(text)
            made = Row(key, result, flaw, detail, logical.pieces, bool(opened))
            alone = seen is not None and not opened and not key.startswith("!")
            yield _with_earlier(made, seen) if seen is not None and alone else made
    for logical in opened:
        yield Row("", "", "if_open", "", logical.pieces)


def _delimited(text: str, dialect: str) -> tuple[str, str, str, str, str]:
    """Pattern, options, the rest; a flaw and its detail."""
    start = _NOT.match(text)
    text = text[start.end() if start else 0 :]
    if not text:
        return "", "", "", "no_end", ""
    sign, place = text[0], 1
    while place < len(text) and text[place] != sign:
        place += 2 if text[place] == "\\" else 1
    if place >= len(text):
        return text, "", "", "no_end", sign
    pattern, rest = text[1:place], text[place + 1 :]
    options = rest[: next((n for n, c in enumerate(rest) if c in BLANKS or c == "!"), len(rest))]
    for letter in options:
        if letter not in _OPTIONS[dialect]:
            return pattern, options, rest[len(options) :], "option", letter
    return pattern, options, rest[len(options) :], "", sign


def _pattern(text: str, dialect: str) -> Parts:
    if text[0].isascii() and text[0].isalnum():
        key, _, result = text.partition(" ")
        return key, result.strip(BLANKS), "no_pattern", ""
    pattern, options, rest, flaw, detail = _delimited(text, dialect)
    key = text[: len(text) - len(rest)]
    if not flaw and rest.startswith("!") and dialect == "regexp":
        _, _, rest, flaw, detail = _delimited(rest, dialect)
        key = text[: len(text) - len(rest)]
    result = rest.strip(BLANKS)
    if flaw:
        return key, result, flaw, detail
    groups, flaw = _compiled(pattern, options, dialect)
    if not flaw and not result:
        flaw = "no_result"
    if not flaw:
        flaw, detail = _replacement(result, groups, negated=key.startswith("!"))
    return key, result, flaw, detail


def _if_pattern(text: str, dialect: str) -> Parts:
    pattern, options, rest, flaw, detail = _delimited(text, dialect)
    if not flaw:
        _, flaw = _compiled(pattern, options, dialect)
    if not flaw and rest.strip(BLANKS):
        flaw = "if_text"
    return text[: len(text) - len(rest)], rest.strip(BLANKS), flaw, detail


def _compiled(pattern: str, options: str, dialect: str) -> tuple[int, str]:
    """How many groups a pattern has, -1 where that is not known; whether it can't be compiled."""
    if pattern[:1] in ("*", "+", "?") and pattern[:1]:
        return -1, "nothing_repeated"
    if "\\Q" in pattern or "(?#" in pattern or "x" in options or "[[" in pattern:
        return -1, ""
    perl = dialect == "pcre"
    groups = depth = place = 0
    while place < len(pattern):
        sign = pattern[place]
        place += 1
        if sign == "\\":
            place += 1
        elif sign == "[":
            place += pattern.startswith("^", place)
            place += pattern.startswith("]", place)
            while place < len(pattern) and pattern[place] != "]":
                if pattern[place] == "\\" and perl:
                    place += 1
                elif pattern[place] == "[" and pattern[place + 1 : place + 2] in (":", ".", "="):
                    end = pattern.find(pattern[place + 1] + "]", place + 2)
                    place = end + 1 if end > 0 else place
                place += 1
            if place >= len(pattern):
                return -1, "bracket"
            place += 1
        elif sign == "(":
            depth += 1
            named = pattern.startswith(("?<", "?P<", "?'"), place)
            behind = pattern.startswith(("?<=", "?<!"), place)
            if not (perl and pattern.startswith(("?", "*"), place)) or (named and not behind):
                groups += 1
        elif sign == ")":
            if not depth and not perl:
                continue  # to the C library it is a plain character
            depth -= 1
            if depth < 0:
                return -1, "bracket"
    return (groups, "bracket" if depth else "")


def _replacement(result: str, groups: int, *, negated: bool) -> tuple[str, str]:
    """What is wrong with ``$1`` and the like in a result."""
    for found in _REPLACED.finditer(result):
        number = found[0].strip("$(){}")
        if found[0] == "$$":
            continue
        if not number:
            return "dollar", ""
        if int(number[:6]) < 1 or negated or 0 <= groups < int(number[:6]):
            return "group", number
    return "", ""


def _network(text: str) -> Parts:
    start = _NOT.match(text)
    negated = text[: start.end()].count("!") % 2 if start else 0
    word, _, rest = text[start.end() if start else 0 :].partition(" ")
    word, tab, more = word.partition("\t")
    result = f"{more}{tab}{rest}".strip(BLANKS)
    key = f"{'!' * negated}{word}"
    flaw, detail = _flaw_of_network(word)
    return key, result, flaw or ("" if result else "no_result"), detail


def _if_network(text: str, dialect: str) -> Parts:
    start = _NOT.match(text)
    word = text[start.end() if start else 0 :].strip(BLANKS)
    flaw, detail = _flaw_of_network(word)
    return word, "", flaw, detail


def _flaw_of_network(word: str) -> tuple[str, str]:
    import ipaddress

    bare = word.replace("[", "").replace("]", "")
    address, slash, bits = bare.partition("/")
    try:
        plain = ipaddress.ip_address(address)
    except ValueError:
        return "no_network", ""
    if "%" in address:
        return "no_network", ""
    if not slash:
        return "", ""
    if not (bits.isascii() and bits.isdigit()) or int(bits[:6]) > plain.max_prefixlen:
        return "mask", bits
    network = ipaddress.ip_network(bare, strict=False)
    return ("", "") if network.network_address == plain else ("host_bits", str(network))


_READERS: dict[str, Callable[[Lines, str], Iterator[Row]]] = {
    "plain": _plain,
    "aliases": _aliases,
    "patterns": _patterns,
    "networks": _networks,
}
KINDS = tuple(_READERS)
