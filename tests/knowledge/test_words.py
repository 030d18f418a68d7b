"""Questions in other languages are read as English ones, and English ones are left alone."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailhelp.api import ask
from mailhelp.knowledge.words import read_as
from mailhelp.session import Session

TESTS = Path(__file__).parents[1]
LANGUAGES = {
    "de": {
        "name": "German",
        "small": ["die", "der", "in", "ist", "wie"],
        "endings": ["en", "e", "n", "t", "et"],
        "added": ["en"],
        "joints": ["s", "n"],
        "spelt": {"ae": "a", "oe": "o", "ue": "u"},
        "apart": ["ein", "ab"],
        "inside": ["zu", "ge"],
        "words": {
            "queue": "warteschlange",
            "mail": "mail",
            "delete": "loschen",
            "file": "datei",
            "log": "protokoll",
            "not found": "nicht gefunden",
            "set up": "einrichten",
            "expired": "ablauft",
            "size": "grosse",
            "table": "tabelle",
        },
    },
    "fr": {
        "name": "French",
        "small": ["la", "de", "d", "les", "avec"],
        "endings": ["s"],
        "added": [],
        "joints": [],
        "words": {"queue": "file d attente", "file": "fichier", "install": "installer"},
    },
}


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Warteschlangen löschen", "queue delete"),
        ("die WARTESCHLANGE", "queue"),
        ("wie löscht die Warteschlange", "delete queue"),
        ("Protokolldatei nicht gefunden", "log file not found"),
        ("la file d'attente", "queue"),
        ("les fichiers", "file"),
        ("die Warteschlange 5.7.1 frobnitz", "queue 5.7.1 frobnitz"),
        # the parts of a verb stand apart, or hold something
        ("wie richte ich die Datei ein", "set up ich file"),
        ("die Datei läuft bald ab, lösche die Mail", "file expired bald delete mail"),
        ("die Datei einzurichten", "file set up"),
        ("ist die Datei eingerichtet", "file set up"),
        # other spellings of umlauts, three parts in one word
        ("die Groesse der Warteschlange", "size queue"),
        ("Mailprotokolltabellen loeschen", "mail log table delete"),
    ],
)
def test_read_as(text: str, english: str) -> None:
    reading = read_as(LANGUAGES, text, {"mail", "file"})
    assert reading is not None
    assert reading.text == english


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the mail queue",
        "the installer",
        "files of mit",
        "what is in the file",
        "mail",
        "die hard",
        "wie",
        "?!",
        "x" * 999,
    ],
)
def test_left_alone(text: str) -> None:
    assert read_as(LANGUAGES, text, {"mail", "file", "queue", "hard", "die", "installer"}) is None


def test_a_small_word_tells_the_language_of_words_that_are_english_too() -> None:
    reading = read_as(
        LANGUAGES, "installer postfix avec rspamd", {"installer", "postfix", "rspamd"}
    )
    assert reading is not None
    assert reading.text == "install postfix rspamd"


def test_a_long_text_is_cut() -> None:
    reading = read_as(LANGUAGES, "Warteschlange " * 5000, ())
    assert reading is not None
    assert len(reading.text.split()) == 200


def questions(file: str) -> list[Any]:
    found: list[Any] = tomllib.loads((TESTS / file).read_text(encoding="utf-8"))["question"]
    return found


def test_questions_in_other_languages_find_their_entry(session: Session) -> None:
    """Every second question was kept back while the words were collected."""
    halves = [0, 0]
    cases = questions("languages.toml")
    for number, case in enumerate(cases):
        (answer, *_) = ask(session, case["ask"])
        own = f"log/{answer.entry}" if answer.kind == "log" else answer.entry
        found = {own, *(result.id for result in answer.results[:3])}
        halves[number % 2] += bool(found & set(case["expect"]))
        assert any(note.startswith("Read as: ") for note in answer.notes), case["ask"]
    assert halves[0] >= 26
    assert halves[1] >= 27


def test_no_english_question_is_taken_for_another_language(session: Session) -> None:
    languages = session.library.table("languages")
    words = session.library.vocabulary
    for case in questions("questions.toml"):
        reading = read_as(languages, case["ask"], words)
        assert (reading.language if reading else None) in (None, case.get("language")), case["ask"]


def test_words_that_lead_nowhere(session: Session) -> None:
    """The English side of the table must be words that something is found by."""
    for row in session.library.table("languages").values():
        strange = [
            word
            for english in row["words"]
            for word in english.casefold().replace("-", " ").split()
            if word not in session.library.vocabulary and not (word.isdigit() or "_" in word)
        ]
        assert strange == []


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("ordner wird nicht angezeigt", "folder not show"),
        ("t-online nimmt unsere mails nicht an", "t online receive incoming mail not"),
        ("mails kommen nicht an", "mail does not arrive"),
    ],
)
def test_a_denial_stays(session: Session, text: str, english: str) -> None:
    library = session.library
    found = read_as(library.table("languages"), text, library.vocabulary)
    assert found is not None
    assert found.text == english
