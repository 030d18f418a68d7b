"""All that can be looked up: the user's notes, the bundled index and this host's, as one.

Layers are asked in that order. A note with the id of a bundled entry replaces it; a note marked as a
patch is added to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from mailhelp import trust
from mailhelp.errors import SourceError
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.store import CATALOGUE, Name, Store
from mailhelp.light import TYPE_CHECKING, Any, TypeVar
from mailhelp.names import distance, fold, slips
from mailhelp.patterns.fields import Field, from_table
from mailhelp.redact import Redactor

if TYPE_CHECKING:
    from datetime import date

    from mailhelp.host.places import Places, Rows
    from mailhelp.log.catalogue import Catalogue
    from mailhelp.log.reader import Engine
    from mailhelp.log.scan import Plan

_T = TypeVar("_T")
_SLIPS_A_WORD = 0.65
"""So many slips are believed for each word of a name, see ``names.slips``."""
_LONGEST_NEAR = 60
"""Characters of a text for which near names are looked for."""


REINSTALL = "Install mailhelp again; in a checkout run 'python -m mailhelp.corpus.build'."


def bundled_folder(
    environ: Mapping[str, str] = os.environ, notice: Callable[[str], None] = lambda sentence: None
) -> str:
    """The folder of the bundled index: inside the installed package, or ``index/`` of a checkout.

    ``MAILHELP_INDEX`` names another one, for those who try out a corpus; it is not used, and ``notice`` is told, if
    somebody else can write it.
    """
    chosen = environ.get("MAILHELP_INDEX")
    if chosen:
        folder = os.path.abspath(chosen)
        why = trust.distrust_within(folder)
        if not why:
            return folder
        mend = trust.mend(why, "Unset it, or name a folder of your own.")
        notice(f"{folder}, which MAILHELP_INDEX names, is not used: {why}. {mend}")
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = f"{here}/_index"
    return inside if os.path.isdir(inside) else f"{os.path.dirname(here)}/index"


def bundled_store(folder: str | os.PathLike[str] | None = None) -> Store:
    """The bundled catalogue. Raises ``SourceError`` if it is missing or damaged."""
    path = os.path.join(folder or bundled_folder(), CATALOGUE)
    try:
        return Store(path)
    except SourceError as error:
        raise SourceError(str(error), REINSTALL) from error


_Ask = Callable[[Callable[[Store], Iterable[Any]]], Iterator[Any]]


class Fields(Mapping[str, Field]):
    """The fields by name. One is read when it is asked for: an answer needs a few of hundreds.

    ``ask`` puts a question to each store that has fields, the first to answer first. Pickled are the
    ``layers`` that it asks.
    """

    def __init__(self, layers: tuple[Store, ...], ask: _Ask | None = None) -> None:
        self._layers = layers
        self._ask = ask or (lambda question: (row for layer in layers for row in question(layer)))
        self._known: dict[str, Field | None] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Fields, (self._layers,)

    def __getitem__(self, name: str) -> Field:
        if name not in self._known:
            rows = self._ask(lambda layer: [layer.field(name)])
            row = next((row for row in rows if row), None)
            self._known[name] = from_table(name, row.table) if row else None
        field = self._known[name]
        if field is None:
            raise KeyError(name)
        return field

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(row.name for row in self._ask(lambda layer: layer.fields())))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Vocabulary:
    """Many words, of which few are asked for. ``texts`` have a blank before and after each word."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(texts)

    def __contains__(self, word: object) -> bool:
        return any(f" {word} " in text for text in self._texts)


class Library:
    """The layered catalogue. ``manuals`` is the folder of the search in this host's man pages.

    ``places`` finds the places of ``places.toml`` on the host that answers are for; without it they are
    the usual ones.
    """

    def __init__(
        self,
        bundled: Store,
        notes: Store | None = None,
        host: Store | None = None,
        manuals: str | None = None,
        notice: Callable[[str], None] = lambda sentence: None,
        places: Callable[[Rows], Places] | None = None,
        today: Callable[[], date] | None = None,
    ) -> None:
        self.layers = tuple(layer for layer in (notes, bundled, host) if layer is not None)
        self._opened = self.layers
        self.bundled = bundled
        self.host = host
        self.manuals = manuals
        self._notice = notice
        self._places = places
        self._today = today
        self._tables: dict[str, dict[str, Any]] = {}
        self._documents: dict[str, Document | None] = {}

    def close(self) -> None:
        """Close the files of all layers."""
        for layer in self._opened:
            layer.close()

    def table(self, name: str) -> dict[str, Any]:
        """A table of the corpus (``fields``, ``programs``, …); the notes' rows before the bundled."""
        if name not in self._tables:
            merged: dict[str, Any] = {}
            for layer in reversed(self.layers):
                merged |= layer.table(name)
            self._tables[name] = merged
        return self._tables[name]

    def checks_of(self, name: str) -> dict[str, Any]:
        """The checks (``corpus/checks/``) that the setting ``name`` of main.cf can fail, and all of the notes."""
        own = self.notes.table("checks") if self.notes else {}
        bundled = self.bundled.table(f"checks/{name}") or self.bundled.table("checks/*")
        return {**bundled, **own}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields by name, each read when it is first asked for; the notes' before the bundled."""
        return Fields(self.layers, self._ask)

    @cached_property
    def places(self) -> Places:
        """Where things are on this host; read when a command first names one."""
        from mailhelp.host.places import usual  # most answers name none

        return (self._places or usual)(self.table("places"))

    @cached_property
    def redactor(self) -> Redactor:
        """Covers secrets in text from outside."""
        return Redactor(self.table("secrets"))

    @cached_property
    def catalogue(self) -> Catalogue:
        """The patterns of all layers."""
        from mailhelp.log.catalogue import Catalogue

        # of this host there are pages alone
        return Catalogue(layer for layer in self.layers if layer is not self.host)

    def filing(self, programs: Sequence[str]) -> set[str]:
        """The rare words of which each message of ``programs`` holds one; empty among them: some have none."""
        return {word for layer in self.searched for word in layer.filing(programs)}

    @cached_property
    def engine(self) -> Engine:
        """Reads logs and headers by the patterns of all layers."""
        from datetime import date  # parameters and codes do without all this

        from mailhelp.log.prefix import Formats
        from mailhelp.log.reader import Engine

        today = self._today() if self._today else date.today()
        programs, formats = self.table("programs"), Formats(self.table("formats"))
        return Engine(self.catalogue, self.fields, programs, formats, self.redactor, today)

    def plan(self, since: str = "", until: str = "", detailed: bool = False) -> Plan:
        """What it takes to scan logs; see ``Plan``."""
        from mailhelp.log.scan import Plan

        return Plan(self.engine, self.table("report"), self.layers, since, until, detailed)

    @property
    def notes(self) -> Store | None:
        """The user's notes, ``None`` without any."""
        return next(
            (layer for layer in self.layers if layer not in (self.bundled, self.host)), None
        )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all that is searched."""
        return Vocabulary(self._ask(lambda layer: [layer.vocabulary()]))

    @property
    def searched(self) -> tuple[Store, ...]:
        """The layers that the ranked search goes through: all but this host's manuals."""
        return tuple(layer for layer in self.layers if layer is not self.host)

    def document(self, id: str) -> Document | None:
        """The document ``id`` with all patches applied, or ``None``."""
        if id not in self._documents:
            self._documents[id] = self._find(id)
        return self._documents[id]

    def _find(self, id: str) -> Document | None:
        found: Document | None = None
        patches: list[Document] = []
        for document in self._ask(lambda layer: [layer.document(id)]):
            if document is not None and document.data.get("patch"):
                patches.append(document)
            elif document is not None:
                found = document
                break
        if found is None:
            return None
        for patch in patches:
            found = _patched(found, patch)
        return found

    def all_of(self, kind: str) -> list[Document]:
        """All documents of ``kind``, by id."""
        ids = {document.id for document in self._ask(lambda layer: layer.all_of(kind))}
        documents = (self.document(id) for id in sorted(ids))
        return [document for document in documents if document is not None]

    def running(self, kind: str, program: str) -> list[Document]:
        """The documents of ``kind`` that may have a command of ``program``, by id."""
        ids = set(self._ask(lambda layer: layer.running(kind, program)))
        documents = (self.document(id) for id in sorted(ids))
        return [document for document in documents if document is not None]

    def named(self, name: str, *kinds: str) -> list[Name]:
        """The documents of exactly this name, of these kinds (all if none is given)."""
        return _of(kinds, self._ask(lambda layer: layer.named(name)))

    def named_like(self, name: str, *kinds: str) -> list[Name]:
        """The documents with the words of ``name`` in their names, of these kinds."""
        return _of(kinds, self._ask(lambda layer: layer.named_like(name)))

    def all_names(self, kind: str) -> list[str]:
        """Every name of a document of ``kind``, as its source writes it."""
        return list(dict.fromkeys(self._ask(lambda layer: layer.all_names(kind))))

    def named_from(self, beginning: str, *kinds: str) -> list[Name]:
        """The documents with words in their names that begin as those of ``beginning``, of these kinds."""
        return _of(kinds, self._ask(lambda layer: layer.named_from(beginning)))

    def near(self, text: str, *kinds: str, most: int = 8) -> tuple[str, ...]:
        """Names that somebody who typed ``text`` may have meant: with it in them, or few slips away."""
        asked = fold(text)[:_LONGEST_NEAR]
        if not asked:
            return ()
        farthest = max(1, len(asked) // 3)
        found: dict[str, tuple[int, int]] = {}
        for name in _of(kinds, self._ask(lambda layer: layer.names())):
            if (name.kind == "page" and not kinds) or name.id.count("/") > 1:
                continue  # nor is a piece of a page meant, nor a log entry by its place
            known = fold(name.shown)
            if len(asked) > 2 and known.startswith(asked):
                found[name.shown] = (0, len(known))
            elif f" {asked} " in f" {known} ":
                found[name.shown] = (1, len(known))
            elif (slips := distance(asked, known, farthest)) <= farthest:
                found[name.shown] = (slips, len(known))
        return tuple(sorted(found, key=lambda shown: (found[shown], shown)))[:most]

    def closest(self, text: str, *kinds: str) -> list[Name]:
        """The documents whose names ``text`` is with the fewest slips, in letters or whole words of it."""
        asked = fold(text)[:_LONGEST_NEAR]
        most = max(1.0, _SLIPS_A_WORD * len(asked.split()))
        found: dict[float, list[Name]] = {}
        for name in _of(kinds, self._ask(lambda layer: layer.names())):
            cost = slips(asked, fold(name.shown), most)
            if cost <= most:
                found.setdefault(cost, []).append(name)
        return found[min(found)] if found else []

    def corrected(self, name: str) -> Iterator[str]:
        """Readings of ``name`` with slips of one letter mended that lead to a known name."""
        readings = dict.fromkeys(self._ask(lambda layer: layer.corrected(name)))
        return (reading for reading in readings if self.named_like(reading))

    def pages_that_mention(self, name: str) -> tuple[str, ...]:
        """The titles of this host's man pages that mention ``name``; empty without a host's index."""
        pages = self._ask(lambda layer: layer.pages_that_mention(name))
        return tuple(dict.fromkeys(pages))

    def title(self, id: str) -> str:
        """The title of the document ``id``, empty if there is none."""
        document = self.document(id)
        return document.title if document else ""

    def _ask(self, question: Callable[[Store], Iterable[_T]]) -> Iterator[_T]:
        """The answers of all layers; a damaged one is done without from then on, and that is said.

        Raises ``SourceError`` if it is the bundled one.
        """
        for layer in self.layers:
            try:
                yield from question(layer)
            except SourceError as error:
                if layer is self.bundled:
                    raise
                self.layers = tuple(other for other in self.layers if other is not layer)
                self._notice(str(error))


def _of(kinds: tuple[str, ...], names: Iterable[Name]) -> list[Name]:
    return [name for name in dict.fromkeys(names) if not kinds or name.kind in kinds]


def _patched(document: Document, patch: Document) -> Document:
    data = dict(document.data)
    for key in ("causes", "actions", "sections", "commands", "parameters", "related", "sources"):
        data[key] = [*data.get(key, ()), *patch.data.get(key, ())]
    added = patch.data["explanation"]
    if added["markdown"]:
        own = data["explanation"]
        data["explanation"] = {
            # what holds on this site goes before what holds everywhere
            "markdown": f"{added['markdown']}\n\n{own['markdown']}",
            "blocks": [*added["blocks"], *own["blocks"]],
        }
    return Document(document.id, document.kind, document.title, data=data)
