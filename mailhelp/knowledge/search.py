"""Ranked search over the weights in the catalogues: people's own words → documents, the best first.

The best hits of BM25 are compared by a few features; how much each counts is a fitted weight
(``corpus/ranking.toml``, ``benchmarks/ranking.py``), so that nothing here is said of any one question.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import cached_property
from heapq import nlargest
from math import exp, log
from types import MappingProxyType

from mailhelp.knowledge.english import STOP_WORDS, in_full
from mailhelp.knowledge.store import Searched, Store
from mailhelp.knowledge.terms import terms_of
from mailhelp.knowledge.weights import signs, whole_question
from mailhelp.light import NamedTuple, regex
from mailhelp.names import far_words, near_words
from mailhelp.names import words as words_of

_LENT, _LENDERS = 0.15, 10
"""The share of its score that each of the best hits lends to the entries it links to, together."""
_ALL_WORDS = 1.5
"""The power of the share of the question that a document has; higher: all words count for more."""
_COMPARED = 30
"""Best hits that are compared."""
_NOTHING: Mapping[str, Collection[str]] = MappingProxyType({})
_UNFITTED: Mapping[str, float] = MappingProxyType({"score": 1.0})
_SHORTEST_MENDED, _LONGEST_MENDED, _READINGS = 4, 40, 3
"""Letters of a word that may have a slip in it, and the words that it may be read as, at most."""
_FIRST_LETTER_SURE = 6
"""Letters from which on a word may have its slip in the first one."""
_LONG_WORD = 8
"""Letters of a word in which two slips are believed."""
_EVERYDAY = 0.3
"""What an unknown word of everyday English counts in the share of the question, beside one that may be a word of mail."""
_GUESSED = 0.85
"""What a word with a slip counts in the share of the question, beside one that is known as it is."""
_MOST_MENDED, _MOST_WORDS = 12, 200
"""Words of a question in which slips are looked for, and that are looked at."""
_FEW_QUOTED, _MOST_OF_IT, _PIECE = 3, 0.5, 0.5
"""Words in a row that are few, the share of a message that is most of it, and what few words of a longer one count."""
_UNLIKELY = -6.0
"""The least that the form of a question can say against a kind, as a logarithm."""

_NAMES = regex(r"\w[\w-]*(?:[.@][\w-]+)+")
"""Names of people, hosts and files: parts of them that nobody knows say nothing."""

Place = tuple[int, int]
"""A document: the number of its store and its number there."""


class Hit(NamedTuple):
    """A document that fits. ``score`` compares within one search; ``excerpt`` is plain text.

    ``share`` (0 to 1) is how much of the question it has, rare words counting for more; ``is_asked`` says that the
    question is one of its own, word for word.
    """

    id: str
    kind: str
    title: str
    score: float
    excerpt: str
    share: float = 1.0
    is_asked: bool = False


class Candidate(NamedTuple):
    """One of the best hits of BM25: what is known of it, how much of the question it has, and its
    ``features`` by the names that their weights have."""

    document: Searched
    share: float
    features: dict[str, float]


def search(
    stores: Sequence[Store],
    words: str,
    limit: int = 10,
    equals: Mapping[str, Collection[str]] = _NOTHING,
    weights: Mapping[str, float] = _UNFITTED,
    slips: MutableMapping[str, str] | None = None,
    mend: bool = True,
    everyday: Collection[str] = frozenset(),
) -> list[Hit]:
    """The documents that fit ``words`` best, the best first, from all ``stores`` as one.

    An unknown word is read as its ``equals``, else (with ``mend``) as the known one a slip of a letter away. An id that
    several stores have is the first one's. Unknown words of ``everyday`` English are no slips. ``weights`` are those of the features. ``slips`` gets the
    words that were read as others.
    Raises ``SourceError`` if a store is damaged.
    """
    question = _Question(stores, words, equals, mend, everyday)
    found = [
        (sum(weights.get(name, 0.0) * value for name, value in each.features.items()), each)
        for each in question.candidates(max(limit, _COMPARED))
    ]
    if slips is not None:
        slips.update(question.slips)
    found.sort(key=lambda pair: -pair[0])
    best = list({each.document.id: (fit, each) for fit, each in reversed(found)}.values())[::-1]
    shown = {term for readings in question.wanted for term in readings}
    return [
        Hit(
            each.document.id,
            each.document.kind,
            each.document.title,
            max(round(question.best * exp(fit - best[0][0]), 3), 0.001),
            excerpt(lines_of(each.document.passages), shown),
            round(each.share, 3),
            each.features["asked"] == 1.0,
        )
        for fit, each in best[:limit]
    ]


def candidates(stores: Sequence[Store], words: str) -> list[Candidate]:
    """The best hits of BM25 with their features, for those who fit the weights."""
    return _Question(stores, words, _NOTHING).candidates(_COMPARED)


class _Question:
    """One question: its words read as known terms, and what fits them."""

    def __init__(
        self,
        stores: Sequence[Store],
        words: str,
        equals: Mapping[str, Collection[str]],
        mend: bool = True,
        everyday: Collection[str] = frozenset(),
    ) -> None:
        self._stores = stores
        self._everyday = everyday
        self._equals = equals
        self._mended = 0 if mend else _MOST_MENDED
        self._names = {part for name in _NAMES.findall(words) for part in words_of(name)}
        self.slips: dict[str, str] = {}
        self._usual = 0
        self._guessed: set[tuple[str, ...]] = set()
        self.best = 0.0
        self.words = list(dict.fromkeys(words_of(words)))[:_MOST_WORDS]
        self._form = signs(words)
        self.full = list(dict.fromkeys(in_full(words_of(words))))[:_MOST_WORDS]
        asked = [term for word in self.full for term in terms_of(word)]
        self._postings = [store.postings(asked) for store in stores]
        self._count = sum(store.searched_count() for store in stores)
        read = list(self._read(self.full))
        self.wanted = list(dict.fromkeys(readings for readings in read if readings))
        self._unknown = read.count(()) - (1 - _EVERYDAY) * self._usual

    def candidates(self, most: int) -> list[Candidate]:
        """The best hits of BM25, at most so many, with their features."""
        scores, shares = self._scores()
        before = dict(scores)
        links = self._links(nlargest(_LENDERS, scores, key=scores.__getitem__))
        for place, lent in self._lent(scores, links).items():
            scores[place] = scores.get(place, 0.0) + lent
        least = nlargest(most, scores.values())[-1:]
        likely_best = [place for place, score in scores.items() if [score] >= least]
        best = sorted(likely_best, key=lambda place: (-scores[place], *place))[:most]
        if not best:
            return []
        # who is asked in these very words is compared, however many others have them more often
        best += [place for place in self._asked() if place in scores and place not in best]
        self.best = scores[best[0]]
        rows = self._rows(best)
        likely = self._likely()
        rarity = {term: self._rarity(term) for each in self.wanted for term in each}
        whole = sum(max(rarity[term] for term in each) for each in self.wanted)
        whole += self._unknown * log(1 + self._count / 0.5)
        pairs = [(one[0], two[0]) for one, two in zip(self.wanted, self.wanted[1:], strict=False)]
        found = []
        for place in best:
            row = rows[place]
            features = {
                "score": log(scores[place] / self.best),
                "lent": (scores[place] - before.get(place, 0.0)) / self.best,
                "form": likely.get(row.kind, _UNLIKELY / 2),
                "elsewhere": float(_is_unnamed(self.words, row.programs.split())),
                "provider": float(_is_unnamed(self.words, row.providers.split())),
                "pairs": (_pairs(pairs, row.text) + _pairs(pairs, row.phrases)) / 2,
                # who asks how to do it quotes nobody
                "quoted": 0.0 if "first how" in self._form else _quoted(self.words, row.says),
                "asked": _alike(self.full, row.asked),
                "worded": self._worded(row.phrases, rarity) / whole,
                "title": _titled(rarity, whole, row.phrases),
            }
            found.append(Candidate(row, shares.get(place, 0.0), features))
        return found

    def _asked(self) -> list[Place]:
        """The entries that are asked in just the terms of the question."""
        key = whole_question(term for word in self.words for term in terms_of(word))
        return [
            (number, document)
            for number, store in enumerate(self._stores)
            for document, _ in store.postings([key]).get(key, ())
        ]

    def _worded(self, phrases: str, rarity: Mapping[str, float]) -> float:
        """How much of the question stands in the entry's title, names and questions taken together."""
        said = set(phrases.split())
        return sum(
            max(rarity[term] for term in each) for each in self.wanted if not said.isdisjoint(each)
        )

    def _read(self, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """For each word the known terms that it may be read as, none if it is unknown."""
        for word in words:
            whole, *parts = terms_of(word) or ("",)
            if not whole:
                continue
            if self._frequency(whole):
                yield (whole,)
            elif parts:
                yield from self._read(list(dict.fromkeys(words_of(word.replace("_", " ")))))
            elif not word[0].isdigit():  # a number that nobody knows says nothing
                if word in self._everyday:
                    if word not in self._names:
                        self._usual += 1
                        yield ()
                    continue
                if word.removesuffix("s") in STOP_WORDS:  # somebodys
                    continue
                same = [term for other in self._equals.get(word, ()) for term in terms_of(other)]
                self._look_up(same)
                found = tuple(term for term in same if self._frequency(term))
                if not found:
                    found = self._mend(word)
                    self._guessed.add(found)
                if not found and word in self._names:
                    continue
                yield found

    def _mend(self, word: str) -> tuple[str, ...]:
        """The likeliest terms of known words that a slip of one letter turns into ``word``."""
        if not _SHORTEST_MENDED <= len(word) <= _LONGEST_MENDED or not word.isalpha():
            return ()
        self._mended += 1
        if self._mended > _MOST_MENDED:
            return ()
        (stemmed,) = terms_of(word)
        near = {
            known: terms_of(known)
            for known in near_words(word, self._vocabulary)
            if not _has_one_more(word, known)
            and (len(word) >= _FIRST_LETTER_SURE or not _begins_otherwise(word, known))
        }
        if not near:  # an ending can hide a second slip: deffered, deferred
            stems = set(near_words(stemmed, self._stems))
            alike = (
                known
                for known in self._vocabulary
                if stems and known[:1] == word[:1] and abs(len(known) - len(word)) <= 1
            )
            near = {
                known: terms_of(known) for known in alike if stems.intersection(terms_of(known))
            }
        if not near and len(word) >= _LONG_WORD:
            near = {known: terms_of(known) for known in far_words(word, self._vocabulary)}
        # a letter doubled, or swapped with its neighbour, is likelier than another letter
        likely = [known for known in near if set(known) in (set(word), set(stemmed))] or list(near)
        found = {term for known in likely for term in near[known]}
        self._look_up(found)
        best = nlargest(_READINGS, found, key=lambda term: (self._frequency(term), term))
        if best:
            known = (each for each in likely if best[0] in near[each])
            self.slips[word] = min(known, key=lambda each: (abs(len(each) - len(word)), each))
        return tuple(best)

    @cached_property
    def _vocabulary(self) -> set[str]:
        return {word for store in self._stores for word in store.vocabulary().split()}

    @cached_property
    def _stems(self) -> set[str]:
        return {term for store in self._stores for term in store.searched_terms()}

    def _look_up(self, wanted: Collection[str]) -> None:
        for store, postings in zip(self._stores, self._postings, strict=True):
            postings |= store.postings(wanted)

    def _frequency(self, term: str) -> int:
        return sum(len(postings.get(term, ())) for postings in self._postings)

    def _rarity(self, term: str) -> float:
        return log(1 + self._count / (self._frequency(term) + 0.5))

    def _scores(self) -> tuple[dict[Place, float], dict[Place, float]]:
        """Score by place: BM25 as over one index, times the share of the question found; and that
        share, in which unknown words count as the rarest do."""
        rarities = []
        for readings in self.wanted:
            count = max(map(self._frequency, readings))
            rarities.append(log(1 + (self._count - count + 0.5) / (count + 0.5)))
        rarest = log(1 + (self._count + 0.5) / 0.5)
        whole = sum(rarities)
        scores: dict[Place, float] = {}
        shares: dict[Place, float] = {}
        for number, postings in enumerate(self._postings):
            fit: dict[int, float] = defaultdict(float)
            found: dict[int, float] = defaultdict(float)
            for readings, rarity in zip(self.wanted, rarities, strict=True):
                best = dict(postings.get(readings[0], ()))
                for term in readings[1:]:
                    for document, weight in postings.get(term, ()):
                        best[document] = max(weight, best.get(document, 0.0))
                sure = _GUESSED if readings in self._guessed else 1.0
                for document, weight in best.items():
                    fit[document] += rarity * weight
                    found[document] += rarity * sure
            for document, score in fit.items():
                scores[number, document] = score * (found[document] / whole) ** _ALL_WORDS
                shares[number, document] = found[document] / (whole + self._unknown * rarest)
        return scores, shares

    def _links(self, places: Sequence[Place]) -> dict[Place, list[Place]]:
        found = {}
        for number, store in enumerate(self._stores):
            wanted = [document for layer, document in places if layer == number]
            for document, links in store.links(wanted):
                found[number, document] = [(number, other) for other in links]
        return found

    def _lent(
        self, scores: Mapping[Place, float], links: Mapping[Place, list[Place]]
    ) -> Mapping[Place, float]:
        """What the documents that the best hits link to get of their scores."""
        lent: dict[Place, float] = defaultdict(float)
        for place, linked in links.items():
            for other in linked:
                lent[other] += _LENT * scores[place] / len(linked)
        return lent

    def _rows(self, places: Sequence[Place]) -> dict[Place, Searched]:
        rows: dict[Place, Searched] = {}
        for number, store in enumerate(self._stores):
            wanted = [document for layer, document in places if layer == number]
            rows |= {(number, document): row for document, row in store.searched(wanted)}
        return rows

    def _likely(self) -> dict[str, float]:
        """By kind, the logarithm of how likely a question of this form asks for it, if all were equally usual."""
        told: Counter[str] = Counter()
        for store in self._stores:
            for likely in store.signs(self._form):
                told.update(likely)
            if told:
                break
        if not told:
            return {}
        most = max(told.values())
        whole = most + log(sum(exp(value - most) for value in told.values()))
        return {kind: max(value - whole, _UNLIKELY) for kind, value in told.items()}


def _begins_otherwise(word: str, known: str) -> bool:
    """Whether the slip would be another first letter, and no swap: nobody writes dane as jane."""
    return len(word) == len(known) and word[0] != known[0] and word[1] != known[0]


def _has_one_more(word: str, known: str) -> bool:
    """Whether the slip would be a letter before the word: a president is no resident."""
    return word[1:] == known


def _is_unnamed(words: Sequence[str], names: Sequence[str]) -> bool:
    """Whether an entry is about what has these names, and the question has none of them."""
    return bool(names) and not set(names).intersection(words)


def _pairs(pairs: Sequence[tuple[str, str]], text: str) -> float:
    """The share of the neighbouring terms of the question that are neighbours in ``text`` too."""
    return sum(f" {one} {two} " in text for one, two in pairs) / max(1, len(pairs))


def _quoted(words: Sequence[str], says: str) -> float:
    """The share of the question's words, two at least, that stand in a row in the entry's message; a few words of a long
    message count less.
    """
    longest, piece = 1, ""
    for first in range(len(words)):
        while (
            first + longest < len(words)
            and f" {' '.join(words[first : first + longest + 1])} " in says
        ):
            longest += 1
            piece = f" {' '.join(words[first : first + longest])} "
    if longest < 2:
        return 0.0
    shortest = min(len(line.split()) for line in says.split("\n") if piece in line)
    is_piece = longest <= _FEW_QUOTED and longest < _MOST_OF_IT * shortest
    return longest / len(words) * (_PIECE if is_piece else 1.0)


def _alike(words: Sequence[str], asked: str) -> float:
    """How like the question is to the title or question that is likest, small words counting too."""
    own = set(words)
    best = 0.0
    for line in asked.split("\n"):
        other = set(line.split())
        shared = len(own & other)
        if shared:
            best = max(best, shared / (len(own) + len(other) - shared))
    return best


def _titled(rarity: Mapping[str, float], whole: float, phrases: str) -> float:
    """How like the question is to the title, which is the first of ``phrases``: twice what they share of both."""
    own, _, line = phrases.partition("\n")[0].partition(" ")
    shared = sum(rarity.get(term, 0.0) for term in line.split())
    return 2 * shared / (whole + float(own)) if shared else 0.0


def excerpt(passages: Iterable[tuple[str, str]], wanted: Collection[str]) -> str:
    """The first of ``passages`` (see ``weights.passages``) with the most of the wanted terms."""
    own = set(wanted)
    return max(passages, key=lambda each: len(own.intersection(each[0].split())))[1]


def lines_of(passages: str) -> Iterator[tuple[str, str]]:
    """Passages as a catalogue keeps them."""
    for line in passages.split("\n"):
        found, _, shown = line.partition("\t")
        yield found, shown
