"""What the search knows of documents: weights of terms, what hits are compared by, the form of questions."""

from __future__ import annotations

from mailhelp.knowledge.document import Document
from mailhelp.knowledge.weights import signs, weigh

QUEUE = Document(
    "recipe/flush",
    "recipe",
    "Try waiting mail",
    ("flush",),
    ("retry mail now", "retry the mail", "retry all of it"),
    "Mail waits.\n\nThen it is tried.",
)
TIMES = Document(
    "parameter/times",
    "parameter",
    "Times",
    ("times",),
    ("what is it", "what is this", "what is that"),
    "How long mail waits.",
    {"says": ["what is it"]},
)


def test_a_word_of_the_title_weighs_more_than_one_of_the_text() -> None:
    found = weigh([QUEUE, TIMES], {}).postings["mail"]
    assert [number for number, _ in found] == [0, 1]
    assert found[0][1] > found[1][1] > 0


def test_who_is_named_is_found_by_the_words_of_who_names_it() -> None:
    assert dict(weigh([QUEUE, TIMES], {}).postings["retri"]).keys() == {0}
    linked = weigh([QUEUE, TIMES], {QUEUE.id: [TIMES.id, "gone"]})
    assert dict(linked.postings["retri"]).keys() == {0, 1}
    assert [row.links for row in linked.documents] == ["1", ""]


def test_what_hits_are_compared_by() -> None:
    flush, times = weigh([QUEUE, TIMES], {}).documents
    assert [line.split()[1:] for line in flush.phrases.split("\n")][:2] == [
        ["try", "wait", "mail"],
        ["flush"],
    ]
    assert flush.text == " mail wait tri "
    assert "retry the mail" in flush.asked.split("\n")
    assert times.says == " what is it "


def test_the_form_of_questions_tells_their_kind() -> None:
    told = weigh([QUEUE, TIMES], {}).signs
    assert told["first retry"]["recipe"] > told["first retry"]["parameter"]
    assert "what" not in told  # twice is too seldom: what a message says is no question
    assert signs("What is my smtpd_banner?") == {
        "first what",
        "first what is",
        "what",
        "is",
        "my",
        "long 2",
        "identifier",
    }


def test_slips_are_mended_with_whole_words() -> None:
    assert {"waiting", "waits"} <= weigh([QUEUE, TIMES], {}).vocabulary
