"""Lists by subject, and the part of a long entry that answers."""

from __future__ import annotations

import re

from mailhelp.answer import Answer, Prose, Section
from mailhelp.explain import search
from mailhelp.knowledge.store import Name
from mailhelp.session import Session


def terms(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def paragraphs(*texts: str) -> Prose:
    return Prose("\n\n".join(texts), tuple(["p", [["", text]]] for text in texts))


ENTRY = Answer(
    "topic",
    title="The queue",
    explanation=paragraphs(
        "Mail waits here.", "It is tried again and again until its time is over."
    ),
    sections=(
        Section("At the limit", paragraphs("The mail goes back to its sender as a bounce.")),
        Section("What goes wrong", paragraphs("One slow destination fills the active queue.")),
    ),
)


def test_the_section_that_answers_comes_first_after_a_short_head() -> None:
    found = search.fitted(ENTRY, "slow destination fills active", terms)
    first = "Mail waits here.\n\nWhat goes wrong:\n\nOne slow destination"
    assert found.explanation.markdown.startswith(first)
    assert [section.title for section in found.sections] == ["In general", "At the limit"]
    assert found.sections[0].text == ENTRY.explanation
    assert len(found.explanation.blocks) == 3


def test_the_head_stays_where_it_answers_as_well() -> None:
    assert search.fitted(ENTRY, "mail waits", terms) == ENTRY
    assert search.fitted(ENTRY, "something else", terms) == ENTRY
    assert search.fitted(ENTRY, "the queue", terms) == ENTRY


def test_the_paragraph_that_answers_comes_first_after_a_short_head() -> None:
    again = "It is tried again and again until its time is over."
    three = ENTRY._replace(explanation=paragraphs("Mail waits here.", "Nothing is lost.", again))
    found = search.fitted(three, "tried again until over", terms)
    assert found.explanation.markdown == f"Mail waits here.\n\n{again}\n\nNothing is lost."
    assert [found.explanation.blocks[place] for place in (0, 2, 1)] == [*three.explanation.blocks]
    assert found.sections == three.sections


def test_a_long_head_gives_way_to_the_paragraph_that_answers() -> None:
    long = f"Mail waits {'and waits ' * 40}here."
    entry = ENTRY._replace(
        explanation=paragraphs(long, "It is tried again until its time is over.")
    )
    found = search.fitted(entry, "tried again until over", terms)
    assert found.explanation.markdown.startswith("It is tried again")


def test_a_head_without_paragraphs_is_left_alone() -> None:
    entry = Answer("topic", explanation=Prose("a\n\nb c d", ()))
    assert search.fitted(entry, "b c d", terms) == entry
    assert search.fitted(Answer("topic"), "b c d", terms) == Answer("topic")


def test_the_first_subject_that_lists_a_name() -> None:
    groups = {"Queue": ["queue-*"], "One": ["queue-x", "y"], "Folders": ["*_directory"]}
    assert search.subject(groups, Name("recipe/queue-x", "recipe", "queue-x")) == "Queue"
    assert search.subject(groups, Name("recipe/y", "recipe", "y")) == "One"
    assert search.subject(groups, Name("p", "parameter", "queue_directory")) == "Folders"
    assert search.subject(groups, Name("p", "parameter", "other")) == ""


def test_a_list_goes_by_subject_in_the_corpus_order(session: Session) -> None:
    names = [
        Name("recipe/send-test-mail", "recipe", "send-test-mail"),
        Name("recipe/starttls-check", "recipe", "starttls-check"),
        Name("recipe/queue-flush", "recipe", "queue-flush"),
    ]
    answer = search.listing(session.library, "recipes", "Recipes", names)
    assert [result.title for result in answer.results] == [
        "queue-flush",
        "starttls-check",
        "send-test-mail",
    ]
    assert answer.results[0].group == "The queue"
    assert answer.results[0].excerpt == "How do I make Postfix try waiting mail now?"


def test_every_recipe_and_topic_has_a_subject(session: Session) -> None:
    subjects = session.library.table("subjects")
    for kind in ("recipe", "topic"):
        lost = [
            document.id
            for document in session.library.all_of(kind)
            if not search.subject(
                subjects[kind], Name(document.id, kind, document.id.partition("/")[2])
            )
        ]
        assert lost == []


def test_the_longest_run_of_words() -> None:
    assert search.longest_run(["relay", "access", "denied"], terms("Relay access denied; x")) == 3
    assert search.longest_run(["access", "relay"], terms("relay access denied")) == 1
    assert search.longest_run([], ["a"]) == search.longest_run(["a"], []) == 0


def test_of_a_list_the_item_that_answers_comes_first() -> None:
    items = ["It is written at night.", "A slow destination fills the active queue."]
    blocks = (
        ["p", [["", "Mail waits here."]]],
        ["ul", [[["p", [["", item]]]] for item in items]],
    )
    text = Prose("Mail waits here.\n\n" + "\n".join(f"- {item}" for item in items), blocks)
    answer = ENTRY._replace(explanation=text, sections=())
    found = search.fitted(answer, "slow destination fills active", terms).explanation
    assert found.blocks[0] == ["p", [["", items[1]]]]
    assert found.blocks[1:] == (blocks[0], ["ul", [blocks[1][1][0]]])
    assert found.markdown == f"{items[1]}\n\nMail waits here.\n\n- {items[0]}"


def test_of_a_long_first_paragraph_its_first_sentence_stays_before_the_section() -> None:
    long = f"Mail waits here. {'It is tried again and again. ' * 20}"
    entry = ENTRY._replace(explanation=paragraphs(long.strip(), "Nothing is lost."))
    found = search.fitted(entry, "slow destination fills active", terms)
    assert found.explanation.markdown.startswith("Mail waits here.")
    assert "\n\nWhat goes wrong:\n\nOne slow destination" in found.explanation.markdown


def test_a_sentence_that_leads_to_a_list_does_not_stand_before_a_section() -> None:
    entry = ENTRY._replace(explanation=paragraphs("Mail waits. These are the queues:", "One."))
    found = search.fitted(entry, "slow destination fills active", terms)
    assert found.explanation.markdown.startswith("Mail waits.\n\nWhat goes wrong:")


def test_what_is_only_beside_the_matter_is_never_the_answer() -> None:
    pages = Section("Man pages", paragraphs("slow destination fills active"), aside=True)
    entry = ENTRY._replace(sections=(pages,))
    assert search.fitted(entry, "slow destination fills active", terms) == entry


def test_of_few_words_each_counts() -> None:
    entry = ENTRY._replace(sections=(Section("Faults", paragraphs("temperror: DNS is down.")),))
    found = search.fitted(entry, "queue temperror", terms)
    assert "Faults:\n\ntemperror" in found.explanation.markdown
