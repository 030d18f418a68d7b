"""This host's man pages of mail programs: which there are, what they say, which words they hold.

``corpus/manpages.toml`` says which pages count; ``manrender`` and ``mansplit`` do the reading.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from mailhelp.host import manfiles, mansplit
from mailhelp.host.machine import Handle, Host
from mailhelp.knowledge.document import Document

SECTIONS = ("1", "5", "8")
"""Where the manual keeps commands, file formats and daemons."""

_WAYS = ("{}.{}", "{}({})")
# man-db: "qmgr (8postfix) - Postfix queue manager"; mandoc: "bounce, defer(8) - …"
_APROPOS = re.compile(r"^(\S.*?) ?\((\d\w*)\) +- ")
# what is worth finding by "which page mentions this": names, not words of a language
_TOKEN = re.compile(r"--?[A-Za-z][\w-]*|[\w-]+\(\d\w*\)|\w+(?:(?:::|[.-])\w+)*")
_IDENTIFIER = re.compile(r"^-|[_:.(-]|\d.*[A-Za-z]|[A-Za-z].*\d|[a-z][A-Z]|[A-Z]{2}")
_SETTING = re.compile(r"^\.SH (\w+) \((?:default:|read)", re.MULTILINE)
# all that never stands inside a name or a roff escape
_PUNCTUATION = str.maketrans(dict.fromkeys(",;\"'!?<>=/|*#$%{}~^`", " "))
_ROFF = re.compile(r"\\(?:f(?:\w|\(\w\w|\[\w*\])|[&|^%]|s[-+]?\d+)")
# headings whose text answers no question; shown with their page, never searched
_UNSEARCHED = re.compile(r"SEE ALSO|LICENSE|AUTHORS?|AUTHOR\(S\)|COPYRIGHT|HISTORY|README.FILES")


@dataclass(frozen=True, slots=True)
class Page:
    """A man page: its file, its roff or mdoc source, the other names that lead to the same text."""

    name: str
    section: str
    path: Path
    source: str = field(repr=False)
    aliases: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """``page/qmgr.8postfix``."""
        return f"page/{self.name}.{self.section}"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One table of ``corpus/manpages.toml``, made ready for thousands of names."""

    names: re.Pattern[str]
    sections: tuple[str, ...]
    whole_sections: tuple[str, ...]
    described_as: str
    says: str
    without: frozenset[str]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> _Wanted:
        globs = row.get("names", ())
        return cls(
            re.compile("|".join(map(fnmatch.translate, globs)) or r"(?!)"),
            tuple(row.get("sections", SECTIONS)),
            tuple(row.get("whole_sections", ())),
            row.get("described_as", ""),
            row.get("says", ""),
            frozenset(row.get("without", ())),
        )

    def takes(self, name: str, section: str) -> bool:
        """Whether a page is asked for by its name or section."""
        if section in self.whole_sections:
            return True
        return section.startswith(self.sections) and self.names.match(name) is not None

    def accepts(self, name: str, source: str) -> bool:
        """Whether a page of this name and text is one that was meant."""
        return self.says in source and name not in self.without


def find(host: Host, table: Mapping[str, Mapping[str, Any]]) -> list[Page]:
    """The pages that ``table`` (``corpus/manpages.toml``) asks for and this host has, by id.

    Pages are those that apropos lists for the wanted sections and descriptions, and the files of
    the wanted names: where apropos has no index, or is none, the files alone are enough.
    """
    wanted = [_Wanted.of(row) for row in table.values()]
    asked = [_ask_apropos(host, row) for row in wanted]
    figures = {section[0] for row in wanted for section in (*row.sections, *row.whole_sections)}
    files = list(manfiles.files(manfiles.folders(host), figures))
    described = [_listed(running) for running in asked]
    # most of the ten thousand files of a manual are no concern of ours: rule them out at once
    any_name = re.compile("|".join(row.names.pattern for row in wanted))
    any_listed = set().union(*described)
    whole = {section for row in wanted for section in row.whole_sections}
    chosen: dict[tuple[str, str], tuple[Path, list[_Wanted]]] = {}
    for name, section, path in files:
        key = (name, section)
        if key in any_listed or section in whole or any_name.match(name):
            rows = [
                row
                for row, listed in zip(wanted, described, strict=True)
                if key in listed or row.takes(name, section)
            ]
            if rows:
                chosen.setdefault(key, (Path(path), rows))
    return _pages(host, chosen)


def known_settings(pages: Iterable[Page]) -> frozenset[str]:
    """The settings that have a heading of their own on one of the pages, as in postconf(5)."""
    return frozenset(name for page in pages for name in _SETTING.findall(page.source))


def mentions(page: Page) -> set[str]:
    """The names in a page's source, in lower case: parameters, options, macros, no plain words.

    What ``man -K`` finds in a page for such a name is in here.
    """
    words = set(page.source.translate(_PUNCTUATION).split())
    plain = (_ROFF.sub("", word).replace("\\", "") if "\\" in word else word for word in words)
    tokens = {token for word in plain for token in _TOKEN.findall(word)}
    return {
        token.casefold()
        for token in tokens
        if not (token.isalpha() and token[1:].islower()) and _IDENTIFIER.search(token)
    }


def documents(page: Page, text: str, known: frozenset[str] = frozenset()) -> list[Document]:
    """The documents of a page from its plain text: the page itself, then its pieces in order.

    Settings in ``known`` have a piece of another page and get none here.
    """
    pieces = mansplit.split(text, known)
    listed, said = mansplit.summary(pieces)
    title = f"{page.name}({page.section[0]})"
    shared = {"page": page.name, "section": page.section, "summary": said}
    head = [piece for piece in pieces if piece.heading in ("NAME", "SYNOPSIS")]
    found: dict[str, Document] = {}
    for piece in pieces:
        if piece not in head:
            id = f"{page.id}/{_place(piece)}"
            while id in found:
                id += " (again)"  # an option that two commands of the page have
            found[id] = _piece(page, piece, id, shared)
    names = dict.fromkeys((page.name, *page.aliases, *listed))
    sections = dict.fromkeys((page.section, page.section[0]))
    ways = [way.format(name, section) for name in names for way in _WAYS for section in sections]
    own = "\n\n".join(piece.text for piece in head) if pieces else text
    data = {**shared, "heading": "", "text": text, "synopsis": own, "pieces": list(found)}
    whole = Document(page.id, "page", f"{title}: {said}", (*names, *ways), (), own, data)
    return [whole, *found.values()]


def _place(piece: mansplit.Piece) -> str:
    if piece.terms or piece.title == piece.heading:
        return piece.title
    return f"{piece.heading}/{piece.title}"


def _piece(page: Page, piece: mansplit.Piece, id: str, shared: Mapping[str, str]) -> Document:
    data: dict[str, Any] = {**shared, "heading": piece.heading, "text": piece.text}
    if piece.terms:
        data.update(terms=list(piece.terms), default=piece.default)
    return Document(
        id,
        "page",
        f"{page.name}({page.section[0]}): {piece.title}",
        tuple(f"{page.name} {term}" if term[0] == "-" else term for term in piece.terms),
        (),
        "" if _UNSEARCHED.fullmatch(piece.heading) else piece.text,
        data,
    )


def _ask_apropos(host: Host, row: _Wanted) -> list[Handle]:
    questions = []
    if row.whole_sections:
        questions.append((",".join(row.whole_sections), ".*"))
    if row.described_as:
        questions.append((",".join(SECTIONS), row.described_as))
    return [host.start("apropos", "-s", *question) for question in questions]


def _listed(running: Iterable[Handle]) -> set[tuple[str, str]]:
    """The (name, section) pairs that apropos gives."""
    found = set()
    for handle in running:
        for line in handle.result().stdout.splitlines():
            entry = _APROPOS.match(line)
            if entry:
                found |= {(name.strip(), entry[2]) for name in entry[1].split(",")}
    return found


def _pages(host: Host, chosen: Mapping[tuple[str, str], tuple[Path, list[_Wanted]]]) -> list[Page]:
    """A page for each text that is meant; links to it, and stubs for it, are its aliases."""
    read = cache(partial(manfiles.read, host))
    names: dict[Path, set[str]] = {}
    for (name, _), (link, rows) in chosen.items():
        path = manfiles.resolve(link)
        stub = manfiles.stub_of(read(path))
        if stub:
            path = manfiles.neighbour(link, stub)
        own = manfiles.split_name(path.name)
        if own and read(path) and any(row.accepts(own[0], read(path)) for row in rows):
            names.setdefault(path, {own[0]}).add(name)
    pages = []
    for path, known in names.items():
        own = manfiles.split_name(path.name)
        if own:
            pages.append(Page(*own, path, read(path), tuple(sorted(known - {own[0]}))))
    return sorted(pages, key=lambda page: page.id)
