"""What the search knows of each document: the weight of each term, and what the best hits are compared by.

Made when a corpus is compiled. Which weights and signs count is decided here, how much in ``search``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import log
from types import MappingProxyType

from mailhelp.knowledge.document import Document
from mailhelp.knowledge.english import in_full
from mailhelp.knowledge.store import Searched
from mailhelp.knowledge.terms import terms, terms_of
from mailhelp.light import NamedTuple, regex
from mailhelp.names import words

_NAME, _HEAD = 1.5, 2.0
"""What a whole name, and a word of names, title and questions, count beside a word of the text."""
_NAMED_BY = 0.25
"""What a word of the names, title and questions of an entry that names this one counts here."""
_SATURATION, _LENGTH = 1.2, 0.6
"""BM25: how soon repeating a word counts no more; how much long texts are held back."""
_USUAL_HEAD, _USUAL_TEXT = 30, 120
"""Terms of a document. Fixed, so that the same document weighs the same in every index."""
_BEGINNING, _COMPARED = 800, 4000
"""Characters of a document that are kept for excerpts, and that the best hits are compared by."""
_EXCERPT = 160
"""Characters of an excerpt, at most."""
_HOLE = regex(r"\{(\w+)\}")
_SENTENCE_END = regex(r"(?<=[.!?:;])\s+|\n\n|\n(?=\n)")
_ID_WORD = regex("[/-]")
_OFTEN = 3
"""Questions that a sign must stand in to tell anything."""


class Weighed(NamedTuple):
    """What the search needs of all documents.

    ``postings`` are, by term and by ``whole_question``, (number of a document, weight) pairs; ``signs``, by sign of a question's
    form, the logarithm of its share among the questions of each kind; ``vocabulary`` all whole words.
    """

    documents: tuple[Searched, ...]
    postings: Mapping[str, list[tuple[int, float]]]
    signs: Mapping[str, Mapping[str, float]]
    vocabulary: frozenset[str]


def weigh(
    documents: Iterable[Document],
    links: Mapping[str, Collection[str]],
    providers: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Weighed:
    """What the search needs of ``documents``.

    ``providers`` are, by a word of an entry's place, the words by which a question names whom the entry is about.

    A document without ``text`` is found by its names, title and questions. ``links`` are, by id, the
    ids of the documents that each one names: they are found by its words too.
    """
    documents = tuple(documents)
    numbers = {document.id: number for number, document in enumerate(documents)}
    named_by: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for id in links.get(document.id, ()):
            named_by[id].update(_counted(_head(document)))
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    vocabulary: set[str] = set()
    for number, document in enumerate(documents):
        names, head, text = (
            _counted(text) for text in (" ".join(document.names), _head(document), document.text)
        )
        vocabulary.update(head, text)
        for term, weight in _weights(names, head, text, named_by[document.id]).items():
            postings[term].append((number, weight))
    rarity = {
        term: log(1 + len(documents) / (len(found) + 0.5)) for term, found in postings.items()
    }
    for number, document in enumerate(documents):
        for key in {whole_question(terms(each)) for each in document.asked_as}:
            postings[key].append((number, 1.0))
    others = _beside_the_usual(documents)
    rows = tuple(
        _searched(
            document,
            [numbers[id] for id in links.get(document.id, ()) if id in numbers],
            rarity,
            others,
            providers,
        )
        for document in documents
    )
    # the terms have lost their endings, so slips of letters are mended with the whole words
    whole = frozenset(part for word in vocabulary for part in word.split("_") if part.isalpha())
    return Weighed(rows, postings, _signs(documents), whole)


def whole_question(asked: Iterable[str]) -> str:
    """The term under which entries are filed that are asked in just these terms: no word is one of the kind."""
    return f"={' '.join(sorted(set(asked)))}"


def passages(text: str) -> Iterator[tuple[str, str]]:
    """The sentences of ``text``: the terms of each, and how it is shown as an excerpt, cut to a line or two."""
    shown = _HOLE.sub(lambda hole: hole[1].upper(), text)
    for sentence in _SENTENCE_END.split(shown):
        whole = " ".join(sentence.split())
        cut = whole if len(whole) <= _EXCERPT else whole[:_EXCERPT].rpartition(" ")[0] + " …"
        yield " ".join(terms(whole[:_EXCERPT])), cut


def signs(question: str) -> set[str]:
    """What tells, by the form of a ``question`` alone, which kind of entry it asks for: how it
    begins, its small words, how long it is, whether it holds an identifier.
    """
    asked = words(question)
    found = {f"long {min(len(asked) // 2, 6)}", *(word for word in asked if not terms_of(word))}
    if asked:
        found.add(f"first {asked[0]}")
    if len(asked) > 1:
        found.add(f"first {asked[0]} {asked[1]}")
    if any("_" in word for word in asked):
        found.add("identifier")
    return found


def _signs(documents: Iterable[Document]) -> dict[str, dict[str, float]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    asked: Counter[str] = Counter()
    for document in documents:
        messages = document.data.get("says", ())
        for question in document.asked_as:
            if question not in messages:
                asked[document.kind] += 1
                counts[document.kind].update(signs(question))
    whole: Counter[str] = Counter()
    for count in counts.values():
        whole.update(count)
    return {
        sign: {kind: round(log((counts[kind][sign] + 1) / (asked[kind] + 10)), 3) for kind in asked}
        for sign, times in whole.items()
        if times >= _OFTEN
    }


def _beside_the_usual(documents: Iterable[Document]) -> set[str]:
    """The programs, or families of them, that log entries are filed under, but for the one with most."""
    families = Counter(each.id.split("/")[1] for each in documents if each.kind == "log")
    return {family for family, _ in families.most_common()[1:]}


def _searched(
    document: Document,
    links: list[int],
    rarity: Mapping[str, float],
    others: set[str],
    providers: Mapping[str, Sequence[str]],
) -> Searched:
    place = _ID_WORD.split(document.id)
    called = (name for word in place for name in providers.get(word, ()))
    phrases = dict.fromkeys(
        tuple(dict.fromkeys(terms(" ".join(in_full(words(phrase))))))
        for phrase in (document.title, *document.names, *document.asked_as)
    )
    return Searched(
        document.id,
        document.kind,
        document.title,
        "\n".join(map("\t".join, passages(document.text[:_BEGINNING]))),
        " ".join(map(str, links)),
        "\n".join(
            f"{sum(rarity.get(term, 0.0) for term in phrase):.2f} {' '.join(phrase)} "
            for phrase in phrases
            if phrase
        ),
        _lines(" ".join(in_full(words(each))) for each in (document.title, *document.asked_as)),
        _lines(f" {' '.join(words(each))} " for each in document.data.get("says", ())),
        f" {' '.join(terms(document.text[:_COMPARED]))} ",
        " ".join(sorted(others.intersection(place))),
        " ".join(dict.fromkeys(called)),
    )


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(lines))


def _counted(text: str) -> Counter[str]:
    return Counter(in_full(words(text)))


def _head(document: Document) -> str:
    return " ".join((document.title, *document.names, *document.asked_as))


def _weights(
    names: Counter[str], head: Counter[str], text: Counter[str], named_by: Counter[str]
) -> dict[str, float]:
    """What each term of a document adds to its score, for a term that is not rarer than others."""
    weights = defaultdict[str, float](float)
    for name in names:
        for term in terms_of(name)[:1]:
            weights[term] = _NAME
    for term, fit in _saturated(head, _USUAL_HEAD):
        weights[term] += _HEAD * fit
    for term, fit in _saturated(text, _USUAL_TEXT):
        weights[term] += fit
    for term, fit in _saturated(named_by, _USUAL_HEAD):
        weights[term] += _NAMED_BY * fit
    return weights


def _saturated(counted: Counter[str], usual: int) -> Iterator[tuple[str, float]]:
    counts: Counter[str] = Counter()
    for word, times in counted.items():
        for term in terms_of(word):
            counts[term] += times
    held = _SATURATION * (1 - _LENGTH + _LENGTH * counts.total() / usual)
    return ((term, count / (count + held)) for term, count in counts.items())
