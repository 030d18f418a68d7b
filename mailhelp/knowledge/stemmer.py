"""English words without their endings, by the algorithm of M. F. Porter, "An algorithm for suffix stripping" (1980).

It is our own since the search of a short answer needs it: the one of Whoosh compiles a dozen regexes when it is
imported, and leaves out what the paper does after ``-ed`` and ``-ing`` (dropped, drop; setting, set).
"""

from __future__ import annotations

from collections.abc import Iterable

_SECOND = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
)  # fmt: skip
_THIRD = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
_FOURTH = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "sion", "tion", "ou", "ism",
    "ate", "iti", "ous", "ive", "ize",
)  # fmt: skip


def stem(word: str) -> str:
    """``word`` (in lower case) without its endings; one of less than three letters as it is."""
    if len(word) < 3:
        return word
    word = _singular(word)
    word = _present(word)
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = f"{word[:-1]}i"
    word = _replaced(word, _SECOND)
    word = _replaced(word, _THIRD)
    word = _without_noun(word)
    if word.endswith("e"):
        rest = word[:-1]
        measure = _measure(rest)
        if measure > 1 or (measure == 1 and not _is_short(rest)):
            word = rest
    if word.endswith("ll") and _measure(word[:-1]) > 1:
        word = word[:-1]
    return word


def _kinds(word: str) -> str:
    """The letters of ``word`` as ``v`` and ``c``; a y is a vowel after a consonant."""
    kinds = ""
    for letter in word:
        is_vowel = letter in "aeiou" or (letter == "y" and kinds[-1:] == "c")
        kinds += "v" if is_vowel else "c"
    return kinds


def _measure(word: str) -> int:
    """How often consonants follow vowels: what the paper calls m."""
    return _kinds(word).count("vc")


def _has_vowel(word: str) -> bool:
    return "v" in _kinds(word)


def _is_short(word: str) -> bool:
    """Whether it ends with consonant, vowel, consonant, as ``hop`` does, and not with a w, x or y."""
    return _kinds(word)[-3:] == "cvc" and word[-1] not in "wxy"


def _is_doubled(word: str) -> bool:
    return len(word) > 1 and word[-1] == word[-2] and word[-1] not in "aeiou"


def _singular(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _present(word: str) -> str:
    """Without ``-ed`` and ``-ing``."""
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    ending = next((ending for ending in ("ed", "ing") if word.endswith(ending)), "")
    rest = word[: len(word) - len(ending)]
    if not ending or not _has_vowel(rest):
        return word
    if rest.endswith(("at", "bl", "iz")):
        return f"{rest}e"
    if _is_doubled(rest) and rest[-1] not in "lsz":
        return rest[:-1]
    return f"{rest}e" if _measure(rest) == 1 and _is_short(rest) else rest


def _replaced(word: str, endings: Iterable[tuple[str, str]]) -> str:
    """``word`` with the longest of ``endings`` that it has in another form, if enough is before it."""
    found = max((pair for pair in endings if word.endswith(pair[0])), key=_length, default=None)
    if found is None or not _measure(word[: -len(found[0])]):
        return word
    return word[: -len(found[0])] + found[1]


def _length(pair: tuple[str, str]) -> int:
    return len(pair[0])


def _without_noun(word: str) -> str:
    """Without an ending that makes a noun or an adjective, if enough is left."""
    ending = max((each for each in _FOURTH if word.endswith(each)), key=len, default="")
    rest = word[: len(word) - len(ending)]
    if ending in ("sion", "tion"):
        rest += ending[0]
    return rest if ending and _measure(rest) > 1 else word
