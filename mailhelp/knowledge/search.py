"""Ranked keyword search: builds search indexes and asks them. The only module that knows Whoosh.

Whoosh keeps the terms and where they occur; which terms a text has and how well a document fits
are decided here, so that one ranking holds over the bundled index and this host's together.
Importing this module takes longer than answering from a catalogue: import it where you search.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from heapq import nlargest
from math import log
from pathlib import Path
from typing import Any

from whoosh import columns, fields, formats, index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.lang.porter import stem
from whoosh.reading import IndexReader

from mailhelp.errors import SourceError
from mailhelp.knowledge.document import Document
from mailhelp.light import NamedTuple
from mailhelp.names import near_words

_NAME, _HEAD = 1.5, 1.6
"""What a whole name, and a word of names, title and questions, count beside a word of the text."""
_KIND_WEIGHTS = {"page": 0.4, "template": 0.4}
"""What was written for administrators comes before what the manual says about the same."""
_ALL_WORDS = 1.5
"""The power of the share of the question that a document has; higher: all words count for more."""
_SATURATION, _LENGTH = 1.2, 0.6
"""BM25: how soon repeating a word counts no more; how much long texts are held back."""
_USUAL_HEAD, _USUAL_TEXT = 30, 120
"""Terms of a document. Fixed, so that the same document weighs the same in every index."""
_BEGINNING, _EXCERPT = 800, 160
"""Characters of a document that are kept for excerpts, and of an excerpt, at most."""
_VOCABULARY = "words.txt"
_SHORTEST_MENDED, _READINGS = 4, 3
"""Letters of a word that may have a slip in it, and the words that it may be read as, at most."""

# codes and versions whole (5.7.1), identifiers whole (smtpd_tls_cert_file), words
_WORD = re.compile(r"\d+(?:\.\d+)+|\w+")
_STOP_WORDS = """
a about after all also am an and any anybody anyone are as at be because been but by can cannot
could did do does doesn don ever everybody for from get gets getting give given go going got had
has have he how i if in into is isn it its just know let like make makes may me mean means
might mine much must my not nothing of on or our out over please s say says see she should so some
somebody someone still such t tell than that the their them then there these they this those to
too until up us use used using very want was we were what when where which while who whom whose
why will with would you your
"""


class Hit(NamedTuple):
    """A document that fits. ``score`` compares within one search; ``excerpt`` is plain text."""

    id: str
    kind: str
    title: str
    score: float
    excerpt: str


class _Weighted(fields.FieldType):  # type: ignore[misc]  # whoosh3 types it as Any
    """A field whose value is a dict: term → how much it counts in the document."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(
        self, value: Mapping[str, float], **kwargs: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, weight in value.items():
            yield term.encode(), 1, weight, b""


def terms(text: str) -> Iterator[str]:
    """The terms of a text: lower case, English endings cut, identifiers whole and in words."""
    for word in _WORD.findall(text.casefold()):
        yield from _terms_of(word)


def build(folder: Path, documents: Iterable[Document]) -> None:
    """Write an index of ``documents`` into ``folder``, which is created.

    A document without ``text`` is found by its names, title and questions. Raises ``OSError`` if
    the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    schema = fields.Schema(
        id=fields.STORED,
        title=fields.STORED,
        beginning=fields.STORED,
        kind=fields.COLUMN(columns.RefBytesColumn()),
        terms=_Weighted(),
    )
    # all sorted in memory, a hundred bytes for each different term of each document; not packed,
    # since that takes an eighth of the time and saves a sixth of the space
    codec = W3Codec(compression=0)
    vocabulary: set[str] = set()
    with index.create_in(str(folder), schema).writer(limitmb=1024, codec=codec) as writer:
        for document in documents:
            names = _words(" ".join(document.names))
            head = _words(" ".join((document.title, *document.asked_as))) + names
            text = _words(document.text)
            vocabulary.update(head, text)
            writer.add_document(
                id=document.id,
                title=document.title,
                beginning=document.text[:_BEGINNING],
                kind=document.kind.encode(),
                terms=_weights(names, head, text, _KIND_WEIGHTS.get(document.kind, 1.0)),
            )
    # the terms have lost their endings, so slips of letters are mended with the whole words
    whole = {part for word in vocabulary for part in word.split("_") if part.isalpha()}
    (folder / _VOCABULARY).write_text("\n".join(sorted(whole)), encoding="utf-8")


def search(
    folders: Sequence[Path], words: str, limit: int = 10, kinds: Collection[str] | None = None
) -> list[Hit]:
    """The documents that fit ``words`` best, the best first, from all ``folders`` as one.

    Documents with all the words come first, then those with most of the rarer ones. An unknown word
    is read as the known one a slip of a letter away. ``kinds`` limits the answer to some kinds.
    Raises ``SourceError`` if an index is missing or damaged.
    """
    readers: list[IndexReader] = []
    try:
        for folder in folders:
            readers.append(index.open_dir(str(folder), readonly=True).reader())
        asked = dict.fromkeys(_wanted(readers, folders, words))
        wanted = [readings for readings in asked if readings]
        scores = _scores(readers, wanted, kinds)
        best = nlargest(limit, scores, key=lambda place: (scores[place], -place[0], -place[1]))
        shown = {term for readings in wanted for term in readings}
        return [_hit(readers[number], doc, scores[number, doc], shown) for number, doc in best]
    except Exception as error:  # in a damaged file any byte can be wrong
        at = folders[min(len(readers), len(folders) - 1)]
        raise SourceError(
            f"The search index {at} cannot be read: {str(error) or type(error).__name__}.",
            "Run 'mailhelp index' to build this host's index again;"
            " if the bundled index is damaged, install mailhelp again.",
        ) from error
    finally:
        for reader in readers:
            reader.close()


def vocabulary(folders: Sequence[Path]) -> set[str]:
    """The words, whole and in lower case, of the documents in ``folders``."""
    texts = ((folder / _VOCABULARY).read_text("utf-8") for folder in folders)
    return {word for text in texts for word in text.split()}


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(_STOP_WORDS.split())


@cache
def _terms_of(word: str) -> tuple[str, ...]:
    if word in _stop_words():
        return ()
    parts = [part for part in word.split("_") if part]
    if len(parts) > 1:
        return (word, *(term for part in parts for term in _terms_of(part)))
    return (word,) if len(word) < 3 or word[0].isdigit() else (stem(word),)


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def _weights(
    names: Counter[str], head: Counter[str], text: Counter[str], worth: float
) -> dict[str, float]:
    """What each term of a document adds to its score, for a term that is not rarer than others."""
    weights = defaultdict[str, float](float)
    for name in names:
        for term in _terms_of(name)[:1]:
            weights[term] = _NAME
    for term, fit in _saturated(head, _USUAL_HEAD):
        weights[term] += _HEAD * fit
    for term, fit in _saturated(text, _USUAL_TEXT):
        weights[term] += fit
    return {term: worth * weight for term, weight in weights.items()}


def _saturated(words: Counter[str], usual: int) -> Iterator[tuple[str, float]]:
    counts: Counter[str] = Counter()
    for word, times in words.items():
        for term in _terms_of(word):
            counts[term] += times
    held = _SATURATION * (1 - _LENGTH + _LENGTH * counts.total() / usual)
    return ((term, count / (count + held)) for term, count in counts.items())


def _wanted(
    readers: Sequence[IndexReader], folders: Sequence[Path], words: str
) -> Iterator[tuple[str, ...]]:
    """For each word of a question the known terms that it may be read as."""
    for word in _words(words):
        whole, *parts = _terms_of(word) or ("",)
        if not whole or _frequency(readers, whole):
            yield (whole,) if whole else ()
        elif parts:
            yield from _wanted(readers, folders, word.replace("_", " "))
        else:
            yield _mended(readers, folders, word)


def _mended(readers: Sequence[IndexReader], folders: Sequence[Path], word: str) -> tuple[str, ...]:
    """The likeliest terms of known words that a slip of one letter turns into ``word``."""
    if len(word) < _SHORTEST_MENDED or not word.isalpha():
        return ()
    known = vocabulary(folders)
    (stemmed,) = _terms_of(word)
    near = {known: _terms_of(known) for known in near_words(word, known)}
    if not near:  # an ending can hide a second slip: deffered, deferred
        stems = {term.decode() for reader in readers for term in reader.lexicon("terms")}
        near = {stem: (stem,) for stem in near_words(stemmed, stems)}
    # a letter doubled, or swapped with its neighbour, is likelier than another letter
    likely = [known for known in near if set(known) in (set(word), set(stemmed))] or list(near)
    terms = {term for known in likely for term in near[known]}
    return tuple(nlargest(_READINGS, terms, key=lambda term: (_frequency(readers, term), term)))


def _scores(
    readers: Sequence[IndexReader],
    wanted: Collection[tuple[str, ...]],
    kinds: Collection[str] | None,
) -> dict[tuple[int, int], float]:
    """(reader, document) → score: BM25 as over one index, times the share of the question found."""
    documents = sum(reader.doc_count_all() for reader in readers)
    rarities = []
    for readings in wanted:
        count = max(_frequency(readers, term) for term in readings)
        rarities.append(log(1 + (documents - count + 0.5) / (count + 0.5)))
    scores: dict[tuple[int, int], float] = {}
    for number, reader in enumerate(readers):
        if not reader.doc_count_all():
            continue  # nor has it a column of kinds
        fit: dict[int, float] = {}
        found: dict[int, float] = {}
        for readings, rarity in zip(wanted, rarities, strict=True):
            for document, weight in _best_reading(reader, readings).items():
                fit[document] = fit.get(document, 0.0) + rarity * weight
                found[document] = found.get(document, 0.0) + rarity
        kind_of = reader.column_reader("kind")
        for document, score in fit.items():
            if kinds is None or kind_of[document].decode() in kinds:
                share = found[document] / sum(rarities)
                scores[number, document] = score * share**_ALL_WORDS
    return scores


def _best_reading(reader: IndexReader, readings: tuple[str, ...]) -> dict[int, float]:
    """The documents that have one of the terms, with the weight of the one that counts most."""
    best: dict[int, float] = {}
    for term in readings:
        for document, weight in _postings(reader, term):
            best[document] = max(weight, best.get(document, 0.0))
    return best


def _postings(reader: IndexReader, term: str) -> Iterator[tuple[int, float]]:
    """The documents that have ``term``, with its weight in each."""
    if ("terms", term) not in reader:
        return
    matcher = reader.postings("terms", term)
    while matcher.is_active():
        yield matcher.id(), matcher.weight()
        matcher.next()


def _frequency(readers: Sequence[IndexReader], term: str) -> int:
    return sum(reader.doc_frequency("terms", term) for reader in readers)


def _hit(reader: IndexReader, document: int, score: float, wanted: Collection[str]) -> Hit:
    stored = reader.stored_fields(document)
    kind = reader.column_reader("kind")[document].decode()
    excerpt = _excerpt(stored["beginning"], wanted)
    return Hit(stored["id"], kind, stored["title"], round(score, 3), excerpt)


def _excerpt(text: str, wanted: Collection[str]) -> str:
    """The stretch of ``text`` with the most of the wanted terms, from the start of a word."""
    words = text.split()
    best, most = 0, -1
    for start in range(0, len(words), 8):
        stretch = " ".join(words[start : start + 24])[:_EXCERPT]
        count = len(set(wanted).intersection(terms(stretch)))
        if count > most:
            best, most = start, count
    excerpt = " ".join(words[best : best + 40])
    cut = excerpt if len(excerpt) <= _EXCERPT else excerpt[:_EXCERPT].rpartition(" ")[0] + " …"
    return f"… {cut}" if best else cut
