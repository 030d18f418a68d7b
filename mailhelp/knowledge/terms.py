"""The terms that the search compares: words without endings, names whole and in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from mailhelp.knowledge.english import STOP_WORDS
from mailhelp.knowledge.stemmer import stem
from mailhelp.names import words


def terms(text: str) -> Iterator[str]:
    """The terms of a text: lower case, English endings cut, identifiers whole and in words."""
    for word in words(text):
        yield from terms_of(word)


@cache
def terms_of(word: str) -> tuple[str, ...]:
    """The terms of one word in lower case: none for a small one, of an identifier itself first, then its parts."""
    if word in STOP_WORDS:
        return ()
    parts = [part for part in word.split("_") if part]
    if len(parts) > 1:
        return (word, *(term for part in parts for term in terms_of(part)))
    return (word,) if len(word) < 3 or word[0].isdigit() else (_stem(word),)


def _stem(word: str) -> str:
    """The stem; those of nouns in -y as those of their verbs: delivery, deliver; expiry, expire; queue as queued."""
    found = stem(word)
    if found.endswith("ue"):
        return found[:-1]
    if len(found) > 5 and found[-1] == "i" and word.endswith(("y", "ies", "ied", "ying")):
        found = found[:-1]
        found = found.removesuffix("er") if len(found) > 6 else found
    return found
