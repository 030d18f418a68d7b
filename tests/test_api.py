"""The commands as functions: answers, or an error that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp import api
from mailhelp.errors import NothingFound, SourceError, UsageError
from mailhelp.session import Session

CORPUS = Path(__file__).parent.parent / "corpus"


def test_a_recipe_by_its_beginning_where_that_is_one_alone(session: Session) -> None:
    (answer,) = api.recipe(session, "starttls-ch", {"host": "mx.example.com"})
    assert any("mx.example.com" in each.command for each in answer.commands)
    with pytest.raises(NothingFound) as caught:
        api.recipe(session, "starttls-chekc", {})
    assert "starttls-check" in caught.value.near


def test_all_recipes_are_listed(session: Session) -> None:
    (answer,) = api.recipes(session)
    assert len(answer.results) == len(session.library.all_of("recipe"))


def test_manuals_that_are_not_indexed_say_how_to_index_them(session: Session) -> None:
    with pytest.raises(SourceError) as caught:
        api.man(session, "postconf")
    assert caught.value.hint == "Run: mailhelp index"


def test_a_corpus_without_faults_and_an_entry_with_one(session: Session, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    (notes / "topics").mkdir(parents=True)
    bad = notes / "topics" / "bad.md"
    bad.write_text("+++\ntitle = 7\n+++\n", encoding="utf-8")
    (answer,) = api.check(session, [notes])
    assert answer.results
    assert str(bad) in answer.results[0].id
    with pytest.raises(SourceError):
        api.check(session, [tmp_path / "nowhere"])


def test_a_schema_is_that_of_a_known_kind() -> None:
    assert '"title"' in api.schema("topic")
    with pytest.raises(UsageError, match="There is no schema of"):
        api.schema("wombat")


def test_what_a_text_is_as_a_whole(session: Session) -> None:
    bounce = ["Look what came:", "", "Final-Recipient: rfc822; ann@example.com", "Action: failed"]
    shape = api.shape_of(session, [*bounce, "Status: 5.1.1"])
    assert shape is not None
    assert shape.kind == "bounce"
    line = "Nov 22 06:25:16 mx postfix/smtpd[1]: connect from unknown[192.0.2.7]"
    assert api.shape_of(session, [line, *bounce]) is None
