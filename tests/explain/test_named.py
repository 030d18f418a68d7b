"""What is called by its name is told, with what belongs to it."""

import pytest

from mailhelp.api import ask
from mailhelp.session import Session
from tests.fakes import FakeHost


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("5.7", {"5.7.1", "5.7.26"}),
        ("4.x.x", {"421", "4.7.0"}),
        ("450", {"4.7.1", "4.3.2"}),
        ("5.7.1", set()),
    ],
)
def test_a_code_lists_those_of_its_kind(session: Session, code: str, members: set[str]) -> None:
    (answer,) = ask(session, code)
    found = {result.title for result in answer.results}
    assert members <= found
    assert bool(members) == bool(found)
    assert not any("Nothing is called" in note for note in answer.notes)


def test_what_is_related_stays_beside_the_pages_of_the_name(session: Session) -> None:
    (answer,) = ask(session, "mynetworks")
    document = session.library.document("parameter/mynetworks")
    assert document is not None
    assert document.data["related"]
    assert set(document.data["related"]) <= set(answer.related)


def test_two_parameters_asked_together_are_read_with_one_look_at_the_host(
    session: Session, host: FakeHost
) -> None:
    answers = ask(session, "queue_lifetime")
    assert {each.kind for each in answers} == {"parameter"}
    assert len(answers) == 2


def test_everything_of_a_kind_is_listed(session: Session) -> None:
    (answer,) = ask(session, "recipes")
    names = {result.id for result in answer.results}
    assert names == {document.id for document in session.library.all_of("recipe")}
