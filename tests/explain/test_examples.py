"""What is shown of a typed command: what the corpus does with the same program, the likest first, and what it prints."""

from __future__ import annotations

import pytest

from mailhelp.explain import command, examples
from mailhelp.session import Session


def found(session: Session, text: str) -> list[examples.Example]:
    program, _, rest = text.partition(" ")
    return examples.find(session.library, [(program, rest.partition(" ")[0]), (program, "")], text)


@pytest.mark.parametrize(
    ("text", "recipe"),
    [
        ("dig txt _dmarc.example.com", "recipe/dmarc-dns"),
        ("doveadm auth test", "recipe/dovecot-auth-test"),
        ("postqueue -p", "recipe/queue-inspect"),
        ("rspamc symbols", "recipe/rspamd-scan"),
    ],
)
def test_the_recipe_that_does_the_same(session: Session, text: str, recipe: str) -> None:
    first = found(session, text)[0]
    assert first.document.id == recipe
    assert examples.outcomes([first])


def test_what_another_command_prints_is_not_told(session: Session) -> None:
    # counting again prints nothing; what "quota get" prints is no answer to it
    assert not examples.outcomes(found(session, "doveadm quota recalc -u bob@example.com"))
    assert not examples.outcomes(found(session, "openssl s_client -showcerts"))


def test_an_example_can_be_typed(session: Session) -> None:
    answer = command.explain(session.library, "postcat -q")
    assert any(
        each.commands and each.commands[0].command == "postcat -q QUEUE_ID"
        for each in answer.results
    )


def test_a_dangerous_command_has_no_examples(session: Session) -> None:
    answer = command.explain(session.library, "postsuper -d ALL")
    assert not answer.results
    assert not answer.outcomes


def test_a_program_that_no_entry_runs(session: Session) -> None:
    assert found(session, "frobnicate now") == []
