"""A question in words is answered by the entry that fits, and the next ones are offered."""

import pytest

from mailhelp.api import ask
from mailhelp.errors import NothingFound
from mailhelp.session import Session

LIFETIMES = {"parameter/maximal_queue_lifetime", "parameter/bounce_queue_lifetime"}


def test_a_question_is_searched(session: Session) -> None:
    (answer,) = ask(session, "how long is mail kept in the queue before it bounces")
    assert answer.entry in LIFETIMES
    assert answer.explanation
    assert answer.commands
    assert answer.entry not in {result.id for result in answer.results}
    assert len(answer.results) >= 3


def test_nothing_found(session: Session) -> None:
    with pytest.raises(NothingFound):
        ask(session, "xyzzyplugh")


def test_a_hit_that_hardly_fits_is_listed_not_told(session: Session) -> None:
    (answer,) = ask(session, "wallpaper for the kitchen of a queue of unicorns and wombats")
    assert answer.kind == "search"
    assert answer.results
    assert not answer.explanation


def test_a_question_in_another_language_says_how_it_is_read(session: Session) -> None:
    (answer,) = ask(session, "warum hängt meine Mail in der Warteschlange")
    assert any(note.startswith("Read as: ") for note in answer.notes)


def test_a_message_that_is_quoted_goes_before_what_only_shares_its_words(session: Session) -> None:
    (answer,) = ask(session, "what means mail transport unavailable in the log")
    assert answer.entry is not None
    assert "mail transport unavailable" in str(answer).lower()


def test_a_number_without_a_name_is_not_searched(session: Session) -> None:
    with pytest.raises(NothingFound, match="Nothing is called 1234"):
        ask(session, "1234")
