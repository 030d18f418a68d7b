"""A recipe: filled in, checked, explained; what this host lacks is said."""

from __future__ import annotations

from typing import Any

import pytest

from mailhelp.answer import Answer
from mailhelp.errors import UsageError
from mailhelp.explain import recipe
from mailhelp.host.machine import Output
from mailhelp.knowledge.document import Document
from mailhelp.session import Session
from tests.fakes import FakeHost

DATA: dict[str, Any] = {
    "explanation": {"markdown": "What it does.", "blocks": [["p", [["", "What it does."]]]]},
    "options": {
        "-connect {host}:{port}": "Where to.",
        "-brief": "Short.",
        "-unused": "Not in this command.",
    },
    "commands": [
        {"run": "openssl s_client -brief -connect {host}:{port}", "why": "Asks {host}."},
        {"run": "postfix reload", "why": "Reads it.", "changes": True, "danger": "It is lost."},
    ],
    "placeholders": {
        "host": {"meaning": "The server.", "check": "host", "example": "mx.example.com"},
        "port": {
            "meaning": "The port.", "check": "number", "default": "25", "example": "587",
        },
    },
    "outputs": [
        {"result": "good", "sample": "\nok\n", "meaning": "It works.", "line": "ok"},
        {"result": "bad", "sample": "no", "meaning": "It does not."},
        {"result": "info", "sample": "x", "meaning": "Nothing."},
    ],
    "requires": ["openssl", "dig"],
    "related": ["topic/tls"],
}  # fmt: skip
RECIPE = Document("recipe/check", "recipe", "Does TLS work?", ("check",), data=DATA)


def told(session: Session, **given: str) -> Answer:
    return recipe.explain(session.library, session.host, RECIPE, given)


def test_what_is_given_and_the_defaults_are_filled_in(session: Session) -> None:
    first, second = told(session, host="mx.example.net").commands
    assert first.command == "openssl s_client -brief -connect mx.example.net:25"
    assert first.why == "Asks mx.example.net."
    assert (second.changes, second.danger) == (True, "It is lost.")
    assert told(session, host="a.example", port="465").commands[0].command.endswith(":465")


def test_what_is_not_given_is_shown_in_capitals(session: Session) -> None:
    answer = told(session)
    assert answer.commands[0].command == "openssl s_client -brief -connect HOST:25"
    assert [(each.name, each.value) for each in answer.placeholders] == [
        ("host", None),
        ("port", "25"),
    ]
    assert answer.placeholders[0].example == "mx.example.com"


def test_options_are_explained_in_the_order_of_the_command(session: Session) -> None:
    command = told(session, host="mx.example.net").commands[0]
    assert [(each.option, each.meaning) for each in command.options] == [
        ("-brief", "Short."),
        ("-connect mx.example.net:25", "Where to."),
    ]


@pytest.mark.parametrize("value", ["many", "", "25 26"])
def test_a_value_that_fails_its_check_is_refused(session: Session, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        told(session, port=value)
    assert "The port." in str(caught.value)
    assert caught.value.hint == "For example: port=587"


def test_a_value_that_a_shell_could_misread_is_refused(session: Session) -> None:
    anything = {**DATA, "placeholders": {"host": {**DATA["placeholders"]["host"], "check": "text"}}}
    document = RECIPE._replace(data={**anything, "commands": DATA["commands"][1:]})
    for value in ("-x", "a\nb", ""):
        with pytest.raises(UsageError):
            recipe.explain(session.library, session.host, document, {"host": value})


def test_a_placeholder_that_it_does_not_have(session: Session) -> None:
    with pytest.raises(UsageError) as caught:
        told(session, prot="25")
    assert caught.value.hint == "It takes: host=…, port=…"


def test_outcomes_that_say_good_or_bad(session: Session) -> None:
    assert told(session).outcomes == (
        ("good", "ok", "It works.", "ok"),
        ("bad", "no", "It does not.", ""),
    )


def test_what_this_host_lacks_is_said(session: Session, host: FakeHost) -> None:
    assert told(session).notes == ("Not found on this host: openssl, dig.",)
    host.commands[("openssl",)] = Output("")
    assert told(session).notes == ("Not found on this host: dig.",)
    host.commands[("dig",)] = Output("")
    assert told(session).notes == ()


def test_the_rest_of_its_entry_is_told_too(session: Session) -> None:
    answer = told(session)
    assert (answer.kind, answer.entry, answer.title) == ("recipe", "recipe/check", "Does TLS work?")
    assert answer.explanation.markdown == "What it does."
    assert answer.related == ("topic/tls",)
