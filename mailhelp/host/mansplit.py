"""The plain text of a man page → its pieces: headings, options, settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SETTING_HEADING = re.compile(r"^(\w+) \((default: .*|read-only)\)$")
_FOOT = re.compile(r"^(?:\S.* {3,}\S.*| {20,}\S+\(\w+\))$")
_OPEN_HEADING = re.compile(r"^\w+ \(default:")
_OPTION = re.compile(r"^--?[\w?][\w-]*")
_OPTIONS = re.compile(r"(?<![\w-])--?[\w?][\w-]*")
_SETTING = re.compile(r"^([A-Za-z]\w*_\w+)\b|^([A-Za-z][\w.-]*)(?= = | \(default)")
_DEFAULT = re.compile(r"\(default:? *([^)]*)\)")
_ASIDE = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page that can be read by itself.

    ``heading`` is the heading it stands under, ``title`` what it is called there: the heading
    itself, a subheading, an option (``-f``) or a setting (``maximal_queue_lifetime``). ``terms``
    are the options or settings that it explains (``-t``, ``--to``), ``default`` a setting's
    default as the page words it; ``text`` is dedented.
    """

    heading: str
    title: str
    text: str
    terms: tuple[str, ...] = ()
    default: str = ""


def split(text: str, known: frozenset[str] = frozenset()) -> list[Piece]:
    """The pieces of a page in their order; none lacks a text, no text is in two of them.

    Settings in ``known`` are explained on another page and stay in the text that they stand in.
    """
    pieces: list[Piece] = []
    for heading, body in _sections(text):
        setting = _SETTING_HEADING.match(heading)
        if setting:
            name, rest = setting[1], setting[2]
            default = rest.removeprefix("default:").strip()
            pieces.append(Piece(heading, name, _dedent(body), (name,), default))
        elif heading in ("NAME", "SYNOPSIS"):
            pieces.append(Piece(heading, heading, _dedent(body)))
        else:
            for title, part in _subsections(heading, body):
                pieces += _items(heading, title, part, known)
    return [piece for piece in pieces if piece.text]


def summary(pieces: Sequence[Piece]) -> tuple[tuple[str, ...], str]:
    """The names and the one-line description that stand under NAME."""
    if not pieces or pieces[0].heading != "NAME":
        return (), ""
    names, _, said = " ".join(pieces[0].text.split()).partition(" - ")
    return tuple(name.strip() for name in names.split(",") if " " not in name.strip()), said


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Headings, at the left margin, with the lines below each; without the page's head and foot."""
    lines = text.strip().split("\n")[1:]
    while lines and (not lines[-1].strip() or _FOOT.match(lines[-1])):
        lines.pop()
    heading = ""
    body: list[str] = []
    for line in lines:
        if line[:1] not in ("", " "):
            if heading:
                yield heading, body
            heading, body = " ".join(line.split()), []
        elif heading and not body and _OPEN_HEADING.match(heading) and _is_open(heading):
            heading += f" {line.strip()}"  # a default too long for one line
        elif heading:
            body.append(line)
    if heading:
        yield heading, body


def _is_open(heading: str) -> bool:
    return heading.count("(") > heading.count(")")


def _subsections(heading: str, body: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The lines before the first subheading under the heading, then those of each subheading."""
    margin = _margin(body)
    title, part = heading, list[str]()
    for line in body:
        indent = _indent(line)
        if line.strip() and 0 < indent <= 3 < margin:
            yield title, part
            title, part = line.strip(), []
        else:
            part.append(line)
    yield title, part


def _items(heading: str, title: str, body: list[str], known: frozenset[str]) -> Iterator[Piece]:
    """The text under a heading without the options and settings it explains, then each of them."""
    margin = _margin(body)
    rest: list[str] = []
    items: list[Piece] = []
    waiting: list[str] = []
    for unit in _units(body, margin):
        terms, default = _explained(unit[0].strip(), known)
        told = _ASIDE.search(unit[0].strip()) or any(_indent(line) > margin for line in unit)
        if terms and told:
            lines = waiting + unit
            named = [_explained(line.strip(), known)[0] for line in waiting if line.strip()]
            names = tuple(dict.fromkeys(term for group in (*named, terms) for term in group))
            items.append(Piece(heading, names[0], _dedent(lines), names, default))
            waiting = []
        elif terms:
            waiting += unit  # options that share the text below the last of them
        else:
            rest += waiting + unit
            waiting = []
    yield Piece(heading, title, _dedent(rest + waiting))
    yield from items


def _units(body: list[str], margin: int) -> Iterator[list[str]]:
    """Paragraphs at the margin, each with the lines behind it that are indented further."""
    unit: list[str] = []
    before = ""
    for line in body:
        starts = line.strip() and _indent(line) <= margin
        goes_on = before.strip() and _indent(before) <= margin and not _OPTION.match(before.strip())
        if starts and not goes_on and unit:
            yield unit
            unit = []
        if unit or line.strip():
            unit.append(line)
        before = line
    if unit:
        yield unit


def _explained(tag: str, known: frozenset[str]) -> tuple[tuple[str, ...], str]:
    """The options, or the setting, that a line names as the tag of a text, and the default told."""
    tag = _ASIDE.split(tag)[0]
    if _OPTION.match(tag):
        return tuple(_OPTIONS.findall(tag.partition(" [")[0])), ""
    setting = _SETTING.match(tag)
    name = (setting[1] or setting[2]) if setting else ""
    if not name or name in known:
        return (), ""
    default = _DEFAULT.search(tag)
    return (name,), default[1] if default else ""


def _margin(lines: Sequence[str]) -> int:
    """The indent of running text: the smallest that is no subheading's."""
    return min(
        (indent for line in lines if line.strip() and (indent := _indent(line)) > 3), default=0
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _dedent(lines: Sequence[str]) -> str:
    """The lines as one text, without the indent they share and with no blank lines around it."""
    margin = min((_indent(line) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip() for line in lines).strip("\n")
