"""How often a question finds its entry, without and with help: ``python benchmarks/ranking.py [--fit] [--misses]``.

Four sets, each cut in halves by a sum of the question, ``fresh`` by one of the entry:

- ``whole``: the questions of ``tests/questions.toml`` over the corpus as it is;
- ``bare``: the same, with all phrases (``asked_as``) taken out of all entries;
- ``away``: each phrase of an entry asked while it is away from the entry; a tenth of them at a time;
- ``fresh``: the questions of ``benchmarks/asked.tsv``, written by people who saw the titles of the entries and nothing else, over
  the corpus as it is. None of them is a phrase of an entry.

Shown is the share whose first hit, first three and first ten hold an expected entry, by the search alone: codes, names
and messages, which ``api.ask`` recognises before it searches, make more of them right. In ``away`` and ``fresh`` the kinds of
entries count as they do among the questions.

``--fit`` fits the weights of ``corpus/ranking.toml`` on each half of all sets but ``away``, shows how they do on the other one,
and prints those that are fitted on both. ``--misses`` lists what the first half of the questions gets instead.
"""

from __future__ import annotations

import sys
import tomllib
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp, sqrt
from pathlib import Path
from typing import NamedTuple

from mailhelp.corpus.compile import compile_corpus
from mailhelp.corpus.read import read
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.links import links
from mailhelp.knowledge.search import candidates
from mailhelp.knowledge.store import Store
from mailhelp.knowledge.weights import weigh

TOP = Path(__file__).parent.parent
ASKED = Path(__file__).with_name("asked.tsv")
FOLDS, SHORTEST = 10, 3
"""Parts that the phrases are dealt into; words of a phrase at least."""
MOST = 3.0
"""What one phrase of a rare kind may count, at most: seven status codes would outweigh all others."""
IN_FIT: Mapping[str, float] = {"whole": 0.5, "bare": 0.5, "fresh": 1.0}
"""What a question of each set counts when weights are fitted."""
STEPS, RATE, HELD = 160, 0.1, 2e-4


class Asked(NamedTuple):
    """A question: its set, its half, what it counts, and its candidates' ids, features and rightness."""

    name: str
    half: int
    counts: float
    text: str
    ids: list[str]
    features: list[list[float]]
    right: list[bool]


def main(arguments: Sequence[str]) -> None:
    """Print the table; see the module."""
    names, asked = everything()
    table = tomllib.loads((TOP / "corpus/ranking.toml").read_text(encoding="utf-8"))["weights"]
    told = [table[name] for name in names]
    print("weights of corpus/ranking.toml")
    show(asked, told)
    if "--misses" in arguments:
        for each in asked:
            if each.name != "away" and each.half == 0 and (place := rank(each, told)):
                best = sorted(zip(fits(each, told), each.ids, strict=True), reverse=True)[:3]
                print(f"{each.name} {place} {each.text}: {', '.join(id for _, id in best)}")
    if "--fit" in arguments:
        for half in (0, 1):
            print(f"fitted on half {half}, tried on the other")
            own = fitted([each for each in asked if each.half == half])
            show([each for each in asked if each.half != half], own)
        own = fitted(asked)
        print("fitted on both:")
        print("\n".join(f"{name} = {weight:.2f}" for name, weight in zip(names, own, strict=True)))


def everything() -> tuple[list[str], list[Asked]]:
    """The names of the features, and the questions of all sets with their candidates."""
    corpus = read(TOP / "corpus")
    documents = [each for each in compile_corpus(corpus).documents if each.kind != "part"]
    phrases = {each.id: set(each.front.get("asked_as", ())) for each in corpus.entries}
    text = (TOP / "tests/questions.toml").read_text(encoding="utf-8")
    questions = [(row["ask"], set(row["expect"])) for row in tomllib.loads(text)["question"]]
    kinds = Counter(id.partition("/")[0] for _, expected in questions for id in expected)
    known = {each.id for each in documents}
    pairs = [
        (phrase, {id})
        for id in sorted(known & phrases.keys())
        for phrase in sorted(phrases[id])
        if len(phrase.split()) >= SHORTEST
    ]
    pairs.sort(key=lambda pair: zlib.crc32(pair[0].encode()))
    phrases_of = Counter(id.partition("/")[0] for _, ids in pairs for id in ids)
    fresh = [line.split("\t") for line in ASKED.read_text(encoding="utf-8").splitlines()]
    usual = {
        "away": len(pairs) / kinds.total(),
        "fresh": len(fresh) / kinds.total(),
    }
    asked_of = {
        "away": phrases_of,
        "fresh": Counter(id.partition("/")[0] for id, _ in fresh),
    }
    found: list[Asked] = []
    names: list[str] = []

    def add(name: str, store: Store, asked: Iterable[tuple[str, set[str]]]) -> None:
        for text, expected in asked:
            hits = candidates([store], text)
            kind = min(expected).partition("/")[0]
            counts = 1.0
            if name in usual:
                counts = min(MOST, usual[name] * kinds[kind] / asked_of[name][kind])
            if hits:
                names[:] = list(hits[0].features)
            found.append(
                Asked(
                    name,
                    zlib.crc32((min(expected) if name == "fresh" else text).encode()) % 2,
                    counts,
                    text,
                    [hit.document.id for hit in hits],
                    [list(hit.features.values()) for hit in hits],
                    [hit.document.id in expected for hit in hits],
                )
            )

    add("whole", without(documents, {}), questions)
    add("bare", without(documents, phrases), questions)
    add("fresh", without(documents, {}), [(text, {id}) for id, text in fresh if id in known])
    for fold in range(FOLDS):
        some = pairs[fold::FOLDS]
        away: dict[str, set[str]] = defaultdict(set)
        for phrase, (id,) in some:
            away[id].add(phrase)
        add("away", without(documents, away), some)
    return names, found


def without(documents: Iterable[Document], away: Mapping[str, set[str]]) -> Store:
    """A catalogue for the search over ``documents`` without the phrases that are ``away``."""
    kept = [
        each._replace(asked_as=tuple(p for p in each.asked_as if p not in away.get(each.id, ())))
        for each in documents
    ]
    store = Store()
    store.add_searched(*weigh(kept, links(kept)))
    return store


def fits(asked: Asked, weights: Sequence[float]) -> list[float]:
    """How well each candidate fits."""
    return [sum(map(float.__mul__, row, weights)) for row in asked.features]


def rank(asked: Asked, weights: Sequence[float]) -> int:
    """The place of the first right candidate, from 0."""
    ordered = sorted(zip(fits(asked, weights), asked.right, strict=True), key=lambda pair: -pair[0])
    return next((place for place, (_, right) in enumerate(ordered) if right), 99)


def show(asked: Iterable[Asked], weights: Sequence[float]) -> None:
    """The share of each set and half in per cent: told, among the first 3, among the first 10."""
    ranks: dict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
    for each in asked:
        ranks[each.name, each.half].append((rank(each, weights), each.counts))
    for (name, half), found in sorted(ranks.items()):
        whole = sum(counts for _, counts in found)
        shares = (sum(c for place, c in found if place < most) / whole for most in (1, 3, 10))
        print(f"  {name:6} half {half} {len(found):5}  {' '.join(f'{s:6.1%}' for s in shares)}")


def fitted(asked: Sequence[Asked]) -> list[float]:
    """The weights under which the right candidates are likeliest (a softmax over each question's), by Adam."""
    usable = [each for each in asked if any(each.right) and each.name in IN_FIT]
    size = len(usable[0].features[0])
    whole = sum(each.counts * IN_FIT[each.name] for each in usable)
    weights, mean, spread = [1.0] + [0.0] * (size - 1), [0.0] * size, [0.0] * size
    for step in range(1, STEPS + 1):
        slope = [HELD * weight for weight in weights]
        for pull, counts in gradients(usable, weights):
            for place, value in enumerate(pull):
                slope[place] -= counts * value / whole
        for place, value in enumerate(slope):
            mean[place] = 0.9 * mean[place] + 0.1 * value
            spread[place] = 0.99 * spread[place] + 0.01 * value * value
            usual = mean[place] / (1 - 0.9**step)
            weights[place] -= RATE * usual / (sqrt(spread[place] / (1 - 0.99**step)) + 1e-8)
    return weights


def gradients(
    asked: Iterable[Asked], weights: Sequence[float]
) -> Iterator[tuple[list[float], float]]:
    """For each question the slope of the likelihood of its right candidates, and what it counts."""
    for each in asked:
        fit = fits(each, weights)
        most = max(fit)
        likely = [exp(value - most) for value in fit]
        whole = sum(likely)
        right = sum(value for value, ok in zip(likely, each.right, strict=True) if ok)
        pulls = [
            (value / right if ok else 0.0) - value / whole
            for value, ok in zip(likely, each.right, strict=True)
        ]
        columns = zip(*each.features, strict=True)
        yield (
            [sum(map(float.__mul__, column, pulls)) for column in columns],
            each.counts * IN_FIT[each.name],
        )


if __name__ == "__main__":
    main(sys.argv[1:])
