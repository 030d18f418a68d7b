"""The compiled catalogue: documents by id and name, and the patterns of log records.

One SQLite file, written when a corpus or a host's sources are compiled and only read afterwards.
The weights that ranked search goes by are kept here too; ``weights`` makes them, ``search`` asks them.
"""

from __future__ import annotations

import os
from _thread import allocate_lock  # threading itself takes long to import
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from struct import error as BadStruct
from struct import iter_unpack, pack
from types import MappingProxyType

from mailhelp import jsontext
from mailhelp.errors import OtherRelease, SourceError
from mailhelp.knowledge.document import Document
from mailhelp.light import TYPE_CHECKING, Any, NamedTuple
from mailhelp.names import fold, near_words

if TYPE_CHECKING:
    import sqlite3
else:
    # what sqlite3 adds is for dates in a database, and takes as long to import as one to open
    try:
        import _sqlite3 as sqlite3
    except ImportError:
        import sqlite3

DatabaseError = sqlite3.Error
"""What writing a catalogue can raise."""
CATALOGUE, SEARCH = "catalogue.db", "search"
"""The file of an index, and the folder of the search in manuals that a host's has beside it."""
FORMAT = 7
"""Changes whenever a database of an earlier release could not be read, or its terms are cut in another way."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE documents (id TEXT PRIMARY KEY, kind TEXT, title TEXT, data TEXT) WITHOUT ROWID;
CREATE TABLE names (name TEXT, kind TEXT, id TEXT, shown TEXT, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE TABLE name_words (word TEXT, name TEXT, PRIMARY KEY (word, name)) WITHOUT ROWID;
CREATE TABLE patterns (program TEXT, literal INT, word TEXT, regex TEXT, holes TEXT, id TEXT, generic INT, fixed TEXT);
CREATE INDEX documents_by_kind ON documents (kind);
CREATE INDEX patterns_by_word ON patterns (program, word);
CREATE TABLE fields (name TEXT PRIMARY KEY, owner TEXT, data TEXT) WITHOUT ROWID;
CREATE TABLE mentions (word TEXT, page TEXT, PRIMARY KEY (word, page)) WITHOUT ROWID;
CREATE TABLE searched (number INTEGER PRIMARY KEY, links TEXT, id TEXT, kind TEXT, title TEXT, passages TEXT,
    phrases TEXT, asked TEXT, says TEXT, text TEXT, programs TEXT, providers TEXT);
CREATE TABLE postings (term TEXT PRIMARY KEY, hits BLOB) WITHOUT ROWID;
CREATE TABLE signs (sign TEXT PRIMARY KEY, likely TEXT) WITHOUT ROWID;
"""

_TABLE = "table "
_SUM = "sum"
_MOST_READINGS = 64
_POSTING = "<If"
"""A posting: the number of a document, the weight of the term in it."""
_MOST_VALUES = 500
"""Values in one question to SQLite, which takes no more than a thousand in old versions."""
_LONGEST_NAME = 300
"""Characters of a part of a name that is looked for; SQLite has a limit too, and calls it an error."""


class PatternRow(NamedTuple):
    """One pattern as compiled: where it applies, how it matches, the entry it belongs to.

    ``word`` is a word that every matching message holds, or empty, and ``fixed`` the longest fixed text;
    ``generic`` marks a frame that understands the shape of a message and not its meaning. ``number`` is its place in
    the catalogue that it was read from.
    """

    program: str
    literal: int
    word: str
    regex: str
    holes: tuple[str, ...]
    id: str
    generic: bool
    fixed: str = ""
    number: int = 0


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


class Searched(NamedTuple):
    """What the search compares the best hits by; made by ``weights``, in lines of words and terms.

    ``passages`` are for excerpts, see ``weights.passages``, ``links`` numbers of documents, ``phrases`` the terms of title, names and
    questions, each line with its weight first, ``asked`` and ``says`` whole words, ``text`` terms. ``programs`` are those beside the usual one that it is about, ``providers`` the names of
    the provider or panel that it is about.
    """

    id: str
    kind: str
    title: str
    passages: str
    links: str
    phrases: str
    asked: str
    says: str
    text: str
    programs: str
    providers: str = ""


class Store:
    """A catalogue in a file, or (``path`` None) in memory. Raises ``SourceError`` if unreadable.

    Any thread may ask; one is answered at a time. A pickled store is its path, opened again where it
    is unpickled; one in memory takes its contents along.
    """

    _filled = False

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = None if path is None else os.path.abspath(path)
        self._lock = allocate_lock()
        if self.path is None:
            self._db = sqlite3.connect(":memory:", check_same_thread=False)
            self._db.executescript(_TABLES)
            return
        try:
            # immutable: never locked, no journal looked for; a rebuilt file replaces this one whole
            self._db = sqlite3.connect(
                f"file:{_quoted(self.path)}?mode=ro&immutable=1",
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
        return (Store, (self.path,)) if self.path else (Store.of, (self.content,))

    @classmethod
    def of(cls, content: bytes) -> Store:
        """A catalogue in memory, with the ``content`` of another one."""
        store = cls()
        store._db.deserialize(content)
        return store

    @property
    def content(self) -> bytes:
        """All of it, as ``of`` takes it."""
        return self._db.serialize()

    @property
    def sum(self) -> str:
        """The sum of all that was written when it was filled."""
        return str(self.meta(_SUM))

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Store:
        """An empty catalogue in a new file, to be filled and closed."""
        store = cls.__new__(cls)
        store.path = os.path.abspath(path)
        store._lock = allocate_lock()
        store._filled = True
        store._db = sqlite3.connect(path, check_same_thread=False)
        store._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        return store

    def close(self) -> None:
        """Commit what was added, with a sum of it, and close the file."""
        if self._filled:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_SUM, self._sum()))
            self._filled = False
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
                (document.id, document.kind, document.title, jsontext.write(dict(document.data))),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)",
                [(fold(name), document.kind, document.id, name) for name in document.names],
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO name_words VALUES (?, ?)",
                [(word, key) for key in map(fold, document.names) for word in key.split()],
            )
        self._db.executemany(
            "INSERT INTO patterns VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row[:4], "\n".join(row.holes), *row[5:8]) for row in patterns],
        )
        self._db.executemany("INSERT OR REPLACE INTO mentions VALUES (?, ?)", mentions)
        self._db.executemany(
            "INSERT OR REPLACE INTO fields VALUES (?, ?, ?)",
            [(row.name, row.owner, jsontext.write(row.table)) for row in fields],
        )
        facts = {"format": FORMAT, **meta}
        facts |= {f"{_TABLE}{name}": table for name, table in tables.items()}
        self._db.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [(key, jsontext.write(value)) for key, value in facts.items()],
        )

    def add_searched(
        self,
        documents: Iterable[Searched],
        postings: Mapping[str, Iterable[tuple[int, float]]],
        signs: Mapping[str, Mapping[str, float]],
        vocabulary: Iterable[str],
    ) -> None:
        """Add what the search knows; see ``weights.Weighed``. Done once for a catalogue."""
        rows = list(documents)
        self._db.executemany(
            "INSERT INTO searched VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, row.links, *row[:4], *row[5:]) for number, row in enumerate(rows)],
        )
        self._db.executemany(
            "INSERT INTO postings VALUES (?, ?)",
            [(term, _packed(found)) for term, found in sorted(postings.items())],
        )
        self._db.executemany(
            "INSERT INTO signs VALUES (?, ?)",
            [(sign, jsontext.write(likely)) for sign, likely in signs.items()],
        )
        self.add(searched=len(rows), vocabulary=" ".join(sorted(vocabulary)))

    def is_whole(self) -> bool:
        """Whether all that was written is still there; it reads everything."""
        try:
            return self.meta(_SUM) in (None, self._sum())
        except (SourceError, sqlite3.Error, ValueError):
            return False

    def _sum(self) -> str:
        import zlib

        total = 0
        for table in (
            "documents",
            "names",
            "name_words",
            "patterns",
            "fields",
            "mentions",
            "meta",
            "searched",
            "postings",
            "signs",
        ):
            for row in self._db.execute(f"SELECT * FROM {table}"):
                if row[0] != _SUM:
                    total = zlib.crc32(repr(row).encode("utf-8", "surrogatepass"), total)
        return f"{total:08x}"

    def meta(self, key: str) -> Any:
        """A fact stored with the catalogue, still as JSON text; ``None`` if there is none."""
        row = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return row[0] if row else None

    def rivals(self) -> dict[str, list[str]]:
        """For each entry whose patterns fit samples of others that fit them better, the ids of those."""
        found: dict[str, list[str]] = self._data(self.meta("rivals") or "{}")
        return found

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

    def running(self, kind: str, program: str) -> list[str]:
        """The ids of the documents of ``kind`` with a command that begins with ``program``, or with its path."""
        name = jsontext.write(program)[1:-1]
        rows = self._all(
            "SELECT id FROM documents WHERE kind = ? AND (instr(data, ?) OR instr(data, ?)) ORDER BY id",
            (kind, f'"run": "{name}', f"/{name}"),
        )
        return [row[0] for row in rows]

    def named(self, name: str) -> list[Name]:
        """The documents of exactly this name, whatever its case and separators."""
        return self._names("name = ?", (fold(name),))

    def named_like(self, name: str) -> list[Name]:
        """The documents that have the words of ``name``, in this order, as a part of their name."""
        words = fold(name).split()
        if len(name) > _LONGEST_NAME or not words:
            return []
        return self._names(
            "name IN (SELECT name FROM name_words WHERE word = ?)"
            " AND ' ' || name || ' ' LIKE ? ESCAPE '\\'",
            (max(words, key=len), f"% {_escape(fold(name))} %"),
        )

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
        """The programs that have patterns; header fields, lines and rules, filed by their ids, are none."""
        rows = self._all("SELECT DISTINCT program FROM patterns", ())
        return {row[0] for row in rows if not row[0].startswith(("header/", "line/", "rule/"))}

    def filing(self, programs: Sequence[str]) -> set[str]:
        """The words under which the patterns of ``programs`` are filed."""
        rows = self._among("SELECT DISTINCT word FROM patterns WHERE program", programs)
        return {row[0] for row in rows}

    def patterns(self, programs: Sequence[str], words: Collection[str]) -> Iterator[PatternRow]:
        """The patterns of ``programs`` that are filed under one of ``words``."""
        marks = ", ".join("?" * len(programs))
        asked = f"SELECT *, rowid FROM patterns WHERE program IN ({marks}) AND word"
        for row in self._among(asked, words, programs):
            program, literal, word, regex, holes, id, generic, fixed, number = row
            names = tuple(holes.split("\n")) if holes else ()
            yield PatternRow(program, literal, word, regex, names, id, bool(generic), fixed, number)

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

    def vocabulary(self) -> str:
        """The words, whole and in lower case, of all that can be searched, with a blank before and after each."""
        words: str = self._data(self.meta("vocabulary") or '""')
        return f" {words} "

    def searched_count(self) -> int:
        """How many documents can be searched."""
        return int(self._data(self.meta("searched") or "0"))

    def searched_terms(self) -> list[str]:
        """All terms that can be searched for."""
        rows = self._all("SELECT term FROM postings WHERE term NOT LIKE '=%'", ())
        return [row[0] for row in rows]

    def postings(self, terms: Iterable[str]) -> dict[str, list[tuple[int, float]]]:
        """The numbers of the documents that have each of ``terms``, with its weight in each."""
        rows = self._among("SELECT term, hits FROM postings WHERE term", terms)
        return {term: self._unpacked(hits) for term, hits in rows}

    def signs(self, signs: Iterable[str]) -> list[Mapping[str, float]]:
        """What each of ``signs`` says of the kind that is asked for; see ``weights.Weighed``."""
        rows = self._among("SELECT likely FROM signs WHERE sign", signs)
        return [self._data(likely) for (likely,) in rows]

    def links(self, numbers: Iterable[int]) -> list[tuple[int, list[int]]]:
        """The searched documents that each of these links to, by number."""
        rows = self._among("SELECT number, links FROM searched WHERE number", numbers)
        return [(number, [int(other) for other in links.split()]) for number, links in rows]

    def searched(self, numbers: Iterable[int]) -> list[tuple[int, Searched]]:
        """What the search compares these documents by."""
        columns = ", ".join(Searched._fields)
        rows = self._among(f"SELECT number, {columns} FROM searched WHERE number", numbers)
        return [(row[0], Searched(*row[1:])) for row in rows]

    def _among(self, select: str, values: Iterable[Any], given: Iterable[Any] = ()) -> list[Any]:
        """The rows of ``select``, which is ``given`` some values, in whose last column one of ``values`` stands."""
        wanted = tuple(dict.fromkeys(values))
        found = []
        for start in range(0, len(wanted), _MOST_VALUES):
            some = wanted[start : start + _MOST_VALUES]
            found += self._all(f"{select} IN ({', '.join('?' * len(some))})", (*given, *some))
        return found

    def _unpacked(self, hits: bytes) -> list[tuple[int, float]]:
        try:
            return list(iter_unpack(_POSTING, hits))
        except (BadStruct, TypeError) as wrong:
            raise SourceError(f"The index {self.path} is damaged.") from wrong

    def _document(self, row: tuple[str, str, str, str]) -> Document:
        id, kind, title, data = row
        return Document(id, kind, title, data=self._data(data))

    def _data(self, text: str) -> Any:
        try:
            return jsontext.read(text)
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
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise SourceError(f"The index {self.path} is damaged: {error}.") from error

    def _all(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except UnicodeEncodeError:
            return []
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise SourceError(f"The index {self.path} is damaged: {error}.") from error


def _packed(found: Iterable[tuple[int, float]]) -> bytes:
    return b"".join(pack(_POSTING, number, weight) for number, weight in found)


def _quoted(path: str) -> str:
    """A path as it stands in a URI of SQLite."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
