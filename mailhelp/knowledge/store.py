"""The compiled catalogue: documents by id and name, and the patterns of log records.

One SQLite file, written when a corpus or a host's sources are compiled and only read afterwards.
Ranked search is ``index``'s; nothing here needs it.
"""

from __future__ import annotations

import json
import sqlite3
from _thread import allocate_lock  # threading itself takes long to import
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mailhelp.errors import OtherRelease, SourceError
from mailhelp.knowledge.document import Document
from mailhelp.light import NamedTuple
from mailhelp.names import fold, near_words

CATALOGUE, SEARCH, VOCABULARY = "catalogue.db", "search", "words.txt"
"""The file and the folder that an index consists of, and the list of words in that folder."""
FORMAT = 3
"""Changes whenever a database of an earlier release could not be read."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE documents (id TEXT PRIMARY KEY, kind TEXT, title TEXT, data TEXT) WITHOUT ROWID;
CREATE TABLE names (name TEXT, kind TEXT, id TEXT, shown TEXT, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE TABLE patterns (program TEXT, literal INT, word TEXT, regex TEXT, holes TEXT, id TEXT, generic INT, fixed TEXT);
CREATE INDEX patterns_by_program ON patterns (program);
CREATE TABLE fields (name TEXT PRIMARY KEY, owner TEXT, data TEXT) WITHOUT ROWID;
CREATE TABLE mentions (word TEXT, page TEXT, PRIMARY KEY (word, page)) WITHOUT ROWID;
"""

_TABLE = "table "
_MOST_READINGS = 64
_LONGEST_NAME = 300
"""Characters of a part of a name that is looked for; SQLite has a limit too, and calls it an error."""


def vocabulary(folders: Iterable[Path]) -> set[str]:
    """The words, whole and in lower case, of the documents of the search indexes in ``folders``."""
    texts = ((folder / VOCABULARY).read_text("utf-8") for folder in folders)
    return {word for text in texts for word in text.split()}


class PatternRow(NamedTuple):
    """One pattern as compiled: where it applies, how it matches, the entry it belongs to.

    ``word`` is a word that every matching message holds, or empty, and ``fixed`` the longest fixed text;
    ``generic`` marks a frame that understands the shape of a message and not its meaning.
    """

    program: str
    literal: int
    word: str
    regex: str
    holes: tuple[str, ...]
    id: str
    generic: bool
    fixed: str = ""


class FieldRow(NamedTuple):
    """A field as compiled: its table, and the id of the entry that alone may use it, or empty."""

    name: str
    owner: str
    table: Mapping[str, Any]


class Name(NamedTuple):
    """A name that leads to a document; ``shown`` is the name as its source writes it."""

    id: str
    kind: str
    shown: str


class Store:
    """A catalogue in a file, or (``path`` None) in memory. Raises ``SourceError`` if unreadable.

    Any thread may ask; one is answered at a time. A pickled store is its path, opened again where it
    is unpickled; one in memory takes its contents along.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = allocate_lock()
        if path is None:
            self._db = sqlite3.connect(":memory:", check_same_thread=False)
            self._db.executescript(_TABLES)
            return
        try:
            # immutable: never locked, no journal looked for; a rebuilt file replaces this one whole
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise SourceError(f"The index {path} cannot be read: {error}.") from error
        try:
            if self.meta("format") != str(FORMAT):
                raise OtherRelease(f"The index {path} is of another release of mailhelp.")
        except SourceError:
            self.close()
            raise

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled is the path, and what is in memory whole."""
        return (Store, (self.path,)) if self.path else (_restored, (self._db.serialize(),))

    @classmethod
    def create(cls, path: Path) -> Store:
        """An empty catalogue in a new file, to be filled and closed."""
        store = cls.__new__(cls)
        store.path = path
        store._lock = allocate_lock()
        store._db = sqlite3.connect(path, check_same_thread=False)
        store._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        return store

    def close(self) -> None:
        """Commit what was added and close the file."""
        self._db.commit()
        self._db.close()

    def add(
        self,
        documents: Iterable[Document] = (),
        patterns: Iterable[PatternRow] = (),
        mentions: Iterable[tuple[str, str]] = (),
        fields: Iterable[FieldRow] = (),
        tables: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
        **meta: Any,
    ) -> None:
        """Add documents with their names, patterns, (word, page id) pairs, fields, tables and facts.

        ``tables`` are those of the corpus by name; facts are anything else that JSON can hold.
        """
        for document in documents:
            self._db.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
                (document.id, document.kind, document.title, json.dumps(dict(document.data))),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)",
                [(fold(name), document.kind, document.id, name) for name in document.names],
            )
        self._db.executemany(
            "INSERT INTO patterns VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row[:4], "\n".join(row.holes), *row[5:]) for row in patterns],
        )
        self._db.executemany("INSERT OR REPLACE INTO mentions VALUES (?, ?)", mentions)
        self._db.executemany(
            "INSERT OR REPLACE INTO fields VALUES (?, ?, ?)",
            [(row.name, row.owner, json.dumps(row.table)) for row in fields],
        )
        facts = {"format": FORMAT, **meta}
        facts |= {f"{_TABLE}{name}": table for name, table in tables.items()}
        self._db.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [(key, json.dumps(value)) for key, value in facts.items()],
        )

    def meta(self, key: str) -> Any:
        """A fact stored with the catalogue, still as JSON text; ``None`` if there is none."""
        row = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return row[0] if row else None

    def table(self, name: str) -> dict[str, Any]:
        """A table of the corpus; empty if there is none of this name."""
        found: dict[str, Any] = self._data(self.meta(f"{_TABLE}{name}") or "{}")
        return found

    def field(self, name: str) -> FieldRow | None:
        """The field ``name``, or ``None`` if there is none."""
        row = self._one("SELECT name, owner, data FROM fields WHERE name = ?", (name,))
        return FieldRow(row[0], row[1], self._data(row[2])) if row else None

    def fields(self) -> list[FieldRow]:
        """All fields, by name."""
        rows = self._all("SELECT name, owner, data FROM fields ORDER BY name", ())
        return [FieldRow(name, owner, self._data(data)) for name, owner, data in rows]

    def document(self, id: str) -> Document | None:
        """The document ``id``, without its search text."""
        row = self._one("SELECT id, kind, title, data FROM documents WHERE id = ?", (id,))
        if row is None:
            return None
        return self._document(row)

    def all_of(self, kind: str) -> list[Document]:
        """All documents of ``kind``, by id."""
        rows = self._all(
            "SELECT id, kind, title, data FROM documents WHERE kind = ? ORDER BY id", (kind,)
        )
        return [self._document(row) for row in rows]

    def named(self, name: str) -> list[Name]:
        """The documents of exactly this name, whatever its case and separators."""
        return self._names("name = ?", (fold(name),))

    def named_like(self, name: str) -> list[Name]:
        """The documents that have the words of ``name``, in this order, as a part of their name."""
        if len(name) > _LONGEST_NAME:
            return []
        return self._names("' ' || name || ' ' LIKE ? ESCAPE '\\'", (f"% {_escape(fold(name))} %",))

    def all_names(self, kind: str) -> list[str]:
        """Every name of a document of ``kind``, as its source writes it."""
        return [row[0] for row in self._all("SELECT shown FROM names WHERE kind = ?", (kind,))]

    def named_from(self, beginning: str) -> list[Name]:
        """The documents that have, in their name, words that begin as those of ``beginning``."""
        if len(beginning) > _LONGEST_NAME or not fold(beginning):
            return []
        return self._names("' ' || name LIKE ? ESCAPE '\\'", (f"% {_escape(fold(beginning))}%",))

    def names(self) -> list[Name]:
        """All names of all documents."""
        return self._names("1", ())

    def corrected(self, name: str) -> list[str]:
        """``name`` with one of its words replaced by a known one that a slip of a letter made it from.

        An unknown word is the one that is replaced; where all are known, each in turn.
        """
        known = {
            word for (each,) in self._all("SELECT name FROM names", ()) for word in each.split()
        }
        words = fold(name).split()
        unknown = [number for number, word in enumerate(words) if word not in known]
        if len(unknown) > 1:
            return []
        readings = []
        for number in unknown or range(len(words)):
            if len(words[number]) > 2 and words[number].isalpha():
                for near in sorted(near_words(words[number], known)):
                    readings.append(" ".join((*words[:number], near, *words[number + 1 :])))
        return readings[:_MOST_READINGS]

    def programs(self) -> set[str]:
        """The programs that have patterns; header fields and rules, filed by their ids, are none."""
        rows = self._all("SELECT DISTINCT program FROM patterns", ())
        return {row[0] for row in rows if not row[0].startswith(("header/", "rule/"))}

    def patterns(self, program: str) -> Iterator[PatternRow]:
        """The patterns of ``program``."""
        for row in self._all("SELECT * FROM patterns WHERE program = ?", (program,)):
            program_, literal, word, regex, holes, id, generic, fixed = row
            names = tuple(holes.split("\n")) if holes else ()
            yield PatternRow(program_, literal, word, regex, names, id, bool(generic), fixed)

    def pages_that_mention(self, name: str) -> list[str]:
        """The ids of the pages whose source holds ``name``, else of those with it as part of a word."""
        rows = self._all(
            "SELECT DISTINCT page FROM mentions WHERE word = ? ORDER BY page", (name.casefold(),)
        )
        # a part of a word takes a look at all of them
        rows = rows or self._all(
            "SELECT DISTINCT page FROM mentions WHERE word LIKE ? ESCAPE '\\' ORDER BY page",
            (f"%{_escape(name.casefold())}%",),
        )
        return [row[0] for row in rows]

    def _document(self, row: tuple[str, str, str, str]) -> Document:
        id, kind, title, data = row
        return Document(id, kind, title, data=self._data(data))

    def _data(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError as error:
            raise SourceError(f"The index {self.path} is damaged.") from error

    def _names(self, where: str, values: tuple[str, ...]) -> list[Name]:
        rows = self._all(
            f"SELECT id, kind, shown FROM names WHERE {where} ORDER BY name, id", values
        )
        return [Name(*row) for row in dict.fromkeys(rows)]

    def _one(self, sql: str, values: tuple[Any, ...]) -> Any:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchone()
        except UnicodeEncodeError:  # half a surrogate pair: nothing is called so
            return None
        except sqlite3.Error as error:
            raise SourceError(f"The index {self.path} is damaged: {error}.") from error

    def _all(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except UnicodeEncodeError:
            return []
        except sqlite3.Error as error:
            raise SourceError(f"The index {self.path} is damaged: {error}.") from error


def _restored(content: bytes) -> Store:
    store = Store()
    store._db.deserialize(content)
    return store


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
