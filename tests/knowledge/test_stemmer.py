"""Endings are cut as Porter's paper does."""

from __future__ import annotations

import pytest
from whoosh.lang.porter import stem as whooshs

from mailhelp.knowledge.stemmer import stem
from mailhelp.session import Session


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("caresses", "caress"), ("ponies", "poni"), ("caress", "caress"), ("cats", "cat"),
        ("feed", "feed"), ("agreed", "agre"), ("plastered", "plaster"), ("bled", "bled"), ("sing", "sing"),
        ("conflated", "conflat"), ("troubled", "troubl"), ("sized", "size"), ("hopping", "hop"), ("falling", "fall"),
        ("hissing", "hiss"), ("failing", "fail"), ("filing", "file"), ("happy", "happi"), ("sky", "sky"),
        ("relational", "relat"), ("conditional", "condit"), ("digitizer", "digit"), ("operator", "oper"),
        ("sensibiliti", "sensibl"), ("triplicate", "triplic"), ("electrical", "electr"), ("goodness", "good"),
        ("revival", "reviv"), ("airliner", "airlin"), ("adoption", "adopt"), ("homologou", "homolog"),
        ("probate", "probat"), ("rate", "rate"), ("cease", "ceas"), ("controll", "control"), ("roll", "roll"),
        ("by", "by"), ("yes", "ye"), ("", ""), ("naïve", "naïv"), ("日本語", "日本語"),
    ],
)  # fmt: skip
def test_a_word_without_its_ending(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


@pytest.mark.parametrize(
    ("one", "other"),
    [("dropped", "drop"), ("logging", "log"), ("stopped", "stop"), ("mapped", "maps"), ("retries", "retry")],
)  # fmt: skip
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_most_words_of_the_corpus_are_cut_as_by_another_stemmer(session: Session) -> None:
    words = session.library.bundled.vocabulary().split()
    assert len(words) > 5000
    differ = [word for word in words if stem(word) != whooshs(word)]
    assert (
        len(differ) < len(words) / 30
    )  # it leaves doubled letters, and y after a consonant is none to it
