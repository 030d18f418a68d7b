"""Ranked keyword search: builds search indexes and asks them. The only module that knows Whoosh.

Whoosh keeps the terms and where they occur; which terms a text has and how well a document fits
are decided here, so that one ranking holds over the bundled index and this host's together.
Importing this module takes longer than answering from a catalogue: import it where you search.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from heapq import nlargest
from math import log
from pathlib import Path
from types import MappingProxyType
from typing import Any

from whoosh import columns, fields, formats, index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.lang.porter import stem
from whoosh.legacy import toc_loaders
from whoosh.reading import IndexReader

from mailhelp.errors import SourceError
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.english import STOP_WORDS
from mailhelp.knowledge.pickles import only_data
from mailhelp.knowledge.store import VOCABULARY, vocabulary
from mailhelp.light import NamedTuple
from mailhelp.names import near_words

_NAME, _HEAD = 1.5, 2.0
"""What a whole name, and a word of names, title and questions, count beside a word of the text."""
_KIND_WEIGHTS = {"page": 0.4, "template": 0.4}
"""What was written for administrators comes before what the manual says about the same."""
_NAMED_BY = 0.25
"""What a word of the names, title and questions of an entry that names this one counts here."""
_LENT, _LENDERS = 0.15, 10
"""The share of its score that each of the best hits lends to the entries it links to, together."""
_PHRASE, _COMPARED = 0.6, 20
"""How much a title, name or question of an entry counts that is like the whole question; best hits compared."""
_ALL_WORDS = 1.5
"""The power of the share of the question that a document has; higher: all words count for more."""
_SATURATION, _LENGTH = 1.2, 0.6
"""BM25: how soon repeating a word counts no more; how much long texts are held back."""
_USUAL_HEAD, _USUAL_TEXT = 30, 120
"""Terms of a document. Fixed, so that the same document weighs the same in every index."""
_BEGINNING, _EXCERPT = 800, 160
"""Characters of a document that are kept for excerpts, and of an excerpt, at most."""
_NOTHING: Mapping[str, Collection[str]] = MappingProxyType({})
_SHORTEST_MENDED, _LONGEST_MENDED, _READINGS = 4, 40, 3
"""Letters of a word that may have a slip in it, and the words that it may be read as, at most."""
_MOST_MENDED = 12
"""Words of a question in which slips are looked for."""

# codes and versions whole (5.7.1), identifiers whole (smtpd_tls_cert_file), words
_HOLE = re.compile(r"\{(\w+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n\n|\n(?=\n)")
_WORD = re.compile(r"\d+(?:\.\d+)+|\w+")


# indexes of Whoosh 1, which we never wrote, are unpickled in a way that ``only_data`` does not hear of
toc_loaders.clear()


class Hit(NamedTuple):
    """A document that fits. ``score`` compares within one search; ``excerpt`` is plain text.

    ``share`` (0 to 1) is how much of the question it has, rare words counting for more.
    """

    id: str
    kind: str
    title: str
    score: float
    excerpt: str
    share: float = 1.0


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


def build(
    folder: Path, documents: Iterable[Document], links: Mapping[str, Collection[str]] = _NOTHING
) -> None:
    """Write an index of ``documents`` into ``folder``, which is created.

    A document without ``text`` is found by its names, title and questions. ``links`` are, by id, the
    ids of the documents that each one names: they are found by its words too. Raises ``OSError`` if
    the folder cannot be written.
    """
    if links:
        documents = list(documents)
    numbers = {document.id: number for number, document in enumerate(documents)} if links else {}
    named_by: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents if links else ():
        for id in links.get(document.id, ()):
            named_by[id].update(_words(_head(document)))
    folder.mkdir(parents=True, exist_ok=True)
    schema = fields.Schema(
        id=fields.STORED,
        title=fields.STORED,
        beginning=fields.STORED,
        links=fields.STORED,
        phrases=fields.STORED,
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
            head = _words(_head(document))
            text = _words(document.text)
            vocabulary.update(head, text)
            worth = _KIND_WEIGHTS.get(document.kind, 1.0)
            writer.add_document(
                id=document.id,
                title=document.title,
                beginning=document.text[:_BEGINNING],
                links=[numbers[id] for id in links.get(document.id, ()) if id in numbers],
                phrases=_phrases(document),
                kind=document.kind.encode(),
                terms=_weights(names, head, text, named_by[document.id], worth),
            )
    # the terms have lost their endings, so slips of letters are mended with the whole words
    whole = {part for word in vocabulary for part in word.split("_") if part.isalpha()}
    (folder / VOCABULARY).write_text("\n".join(sorted(whole)), encoding="utf-8")


def search(
    folders: Sequence[Path],
    words: str,
    limit: int = 10,
    kinds: Collection[str] | None = None,
    equals: Mapping[str, Collection[str]] = _NOTHING,
) -> list[Hit]:
    """The documents that fit ``words`` best, the best first, from all ``folders`` as one.

    Documents with all the words come first, then those with most of the rarer ones. An unknown word
    is read as its ``equals``, else as the known one a slip of a letter away. ``kinds`` limits the
    answer to some kinds.
    Raises ``SourceError`` if an index is missing or damaged.
    """
    with only_data():
        return _found(folders, words, limit, kinds, equals)


def _found(
    folders: Sequence[Path],
    words: str,
    limit: int,
    kinds: Collection[str] | None,
    equals: Mapping[str, Collection[str]],
) -> list[Hit]:
    readers: list[IndexReader] = []
    try:
        for folder in folders:
            readers.append(index.open_dir(str(folder), readonly=True).reader())
        asked = list(_Reader(readers, folders, equals).wanted(words))
        wanted = list(dict.fromkeys(readings for readings in asked if readings))
        unknown = asked.count(())
        scores, shares = _scores(readers, wanted, unknown, kinds)
        _lend(readers, scores, kinds)
        _compare(readers, scores, wanted, unknown)
        best = nlargest(limit, scores, key=lambda place: (scores[place], -place[0], -place[1]))
        shown = {term for readings in wanted for term in readings}
        return [
            _hit(readers[place[0]], place[1], scores[place], shown, shares.get(place, 0.0))
            for place in best
        ]
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


@cache
def _terms_of(word: str) -> tuple[str, ...]:
    if word in STOP_WORDS:
        return ()
    parts = [part for part in word.split("_") if part]
    if len(parts) > 1:
        return (word, *(term for part in parts for term in _terms_of(part)))
    return (word,) if len(word) < 3 or word[0].isdigit() else (_stem(word),)


def _stem(word: str) -> str:
    """The stem; those of nouns in -y as those of their verbs: delivery, deliver; expiry, expire."""
    found: str = stem(word)
    if len(found) > 5 and found[-1] == "i" and word.endswith(("y", "ies", "ied", "ying")):
        found = found[:-1]
        found = found.removesuffix("er") if len(found) > 6 else found
    return found


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def _head(document: Document) -> str:
    return " ".join((document.title, *document.names, *document.asked_as))


def _phrases(document: Document) -> list[str]:
    """The terms of each title, name and question of a document, in one string each."""
    phrases = (document.title, *document.names, *document.asked_as)
    found = dict.fromkeys(" ".join(dict.fromkeys(terms(phrase))) for phrase in phrases)
    return [phrase for phrase in found if phrase]


def _weights(
    names: Counter[str],
    head: Counter[str],
    text: Counter[str],
    named_by: Counter[str],
    worth: float,
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
    for term, fit in _saturated(named_by, _USUAL_HEAD):
        weights[term] += _NAMED_BY * fit
    return {term: worth * weight for term, weight in weights.items()}


def _saturated(words: Counter[str], usual: int) -> Iterator[tuple[str, float]]:
    counts: Counter[str] = Counter()
    for word, times in words.items():
        for term in _terms_of(word):
            counts[term] += times
    held = _SATURATION * (1 - _LENGTH + _LENGTH * counts.total() / usual)
    return ((term, count / (count + held)) for term, count in counts.items())


class _Reader:
    """Reads the words of a question as terms that the index has."""

    def __init__(
        self,
        readers: Sequence[IndexReader],
        folders: Sequence[Path],
        equals: Mapping[str, Collection[str]],
    ) -> None:
        self._readers = readers
        self._folders = folders
        self._equals = equals
        self._mended = 0

    def wanted(self, words: str) -> Iterator[tuple[str, ...]]:
        """For each word the known terms that it may be read as, none if it is unknown."""
        for word in _words(words):
            whole, *parts = _terms_of(word) or ("",)
            if not whole:
                continue
            if _frequency(self._readers, whole):
                yield (whole,)
            elif parts:
                yield from self.wanted(word.replace("_", " "))
            else:
                same = (term for other in self._equals.get(word, ()) for term in _terms_of(other))
                found = tuple(term for term in same if _frequency(self._readers, term))
                yield found or self._mend(word)

    def _mend(self, word: str) -> tuple[str, ...]:
        """The likeliest terms of known words that a slip of one letter turns into ``word``."""
        if not _SHORTEST_MENDED <= len(word) <= _LONGEST_MENDED or not word.isalpha():
            return ()
        self._mended += 1
        if self._mended > _MOST_MENDED:
            return ()
        (stemmed,) = _terms_of(word)
        near = {known: _terms_of(known) for known in near_words(word, self._vocabulary)}
        if not near:  # an ending can hide a second slip: deffered, deferred
            near = {stem: (stem,) for stem in near_words(stemmed, self._stems)}
        # a letter doubled, or swapped with its neighbour, is likelier than another letter
        likely = [known for known in near if set(known) in (set(word), set(stemmed))] or list(near)
        terms = {term for known in likely for term in near[known]}
        usual = nlargest(_READINGS, terms, key=lambda term: (_frequency(self._readers, term), term))
        return tuple(usual)

    @cached_property
    def _vocabulary(self) -> set[str]:
        return vocabulary(self._folders)

    @cached_property
    def _stems(self) -> set[str]:
        return {term.decode() for reader in self._readers for term in reader.lexicon("terms")}


def _scores(
    readers: Sequence[IndexReader],
    wanted: Collection[tuple[str, ...]],
    unknown: int,
    kinds: Collection[str] | None,
) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
    """(reader, document) → score: BM25 as over one index, times the share of the question found.

    And (reader, document) → that share, in which ``unknown`` words count as the rarest do.
    """
    documents = sum(reader.doc_count_all() for reader in readers)
    rarities = []
    for readings in wanted:
        count = max(_frequency(readers, term) for term in readings)
        rarities.append(log(1 + (documents - count + 0.5) / (count + 0.5)))
    rarest = log(1 + (documents + 0.5) / 0.5)
    scores: dict[tuple[int, int], float] = {}
    shares: dict[tuple[int, int], float] = {}
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
                shares[number, document] = found[document] / (sum(rarities) + unknown * rarest)
    return scores, shares


def _lend(
    readers: Sequence[IndexReader],
    scores: dict[tuple[int, int], float],
    kinds: Collection[str] | None,
) -> None:
    """Add to the scores of the documents that the best hits link to."""
    lent: dict[tuple[int, int], float] = defaultdict(float)
    for place in nlargest(_LENDERS, scores, key=scores.__getitem__):
        number, document = place
        linked = readers[number].stored_fields(document).get("links", ())
        for other in linked:
            lent[number, other] += _LENT * scores[place] / len(linked)
    for (number, document), score in lent.items():
        if (number, document) in scores or kinds is None:
            scores[number, document] = scores.get((number, document), 0.0) + score


def _compare(
    readers: Sequence[IndexReader],
    scores: dict[tuple[int, int], float],
    wanted: Collection[tuple[str, ...]],
    unknown: int,
) -> None:
    """Raise the scores of those of the best hits that have a phrase like the whole question."""
    documents = sum(reader.doc_count_all() for reader in readers)
    rarities: dict[str, float] = {}

    def rarity(term: str) -> float:
        if term not in rarities:
            rarities[term] = log(1 + documents / (_frequency(readers, term) + 0.5))
        return rarities[term]

    asked = {term: number for number, readings in enumerate(wanted) for term in readings}
    whole = sum(max(map(rarity, readings)) for readings in wanted) + unknown * log(1 + documents)
    for place in nlargest(_COMPARED, scores, key=scores.__getitem__):
        best = 0.0
        for phrase in readers[place[0]].stored_fields(place[1]).get("phrases", ()):
            own = phrase.split()
            shared = sum(rarity(term) for term in own if term in asked)
            if shared:
                best = max(best, 2 * shared / (whole + sum(map(rarity, own))))
        scores[place] *= 1 + _PHRASE * best


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


def _hit(
    reader: IndexReader, document: int, score: float, wanted: Collection[str], share: float
) -> Hit:
    stored = reader.stored_fields(document)
    kind = reader.column_reader("kind")[document].decode()
    excerpt = _excerpt(stored["beginning"], wanted)
    return Hit(stored["id"], kind, stored["title"], round(score, 3), excerpt, round(share, 3))


def _excerpt(text: str, wanted: Collection[str]) -> str:
    """The first of the sentences of ``text`` with the most of the wanted terms, cut to a line or two."""
    shown = _HOLE.sub(lambda hole: hole[1].upper(), text)
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE_END.split(shown)]
    best = max(sentences, key=lambda each: len(set(wanted).intersection(terms(each[:_EXCERPT]))))
    if len(best) <= _EXCERPT:
        return best
    return best[:_EXCERPT].rpartition(" ")[0] + " …"
