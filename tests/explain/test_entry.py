"""Entries asked by their id, and whole catalogues of them: every id prints its entry."""

from __future__ import annotations

from contextlib import closing

import pytest

from mailhelp.api import ask
from mailhelp.condense import condensed
from mailhelp.explain import entry
from mailhelp.render import plain
from mailhelp.render.screen import screen
from mailhelp.session import Session


def test_every_id_is_answered_by_its_entry(session: Session) -> None:
    """All 630 log entries printed nothing."""
    silent = []
    with closing(session.library.bundled._db.cursor()) as cursor:
        ids = [row[0] for row in cursor.execute("SELECT id FROM documents").fetchall()]
    assert len(ids) > 1000
    for id in ids:
        answers = ask(session, id)
        entries = [f"log/{each.entry}" if each.kind == "log" else each.entry for each in answers]
        title = session.library.title(id)
        shown = list(plain.paint(screen(list(condensed(answers)), 80), 80))
        told = answers[0].title or answers[0].parameters[0].name
        if entries != [id] or not shown or title not in told:
            silent.append(id)
    assert silent == []


def test_a_log_entry_by_its_id(session: Session) -> None:
    (answer,) = ask(session, "log/postfix/smtpd/relay-access-denied")
    assert (answer.kind, answer.recognised) == ("log", "entry")
    assert answer.entry == "postfix/smtpd/relay-access-denied"
    assert answer.title == "Relay access denied"
    assert answer.severity
    assert answer.verdict is not None
    # the code decides, and there is none: who decided is known all the same
    assert (answer.verdict.who, answer.verdict.permanence) == ("this-server", "none")
    assert answer.explanation
    assert answer.causes
    assert answer.actions
    assert any("CLIENT_ADDRESS" in command.command for command in answer.commands)
    assert not any("{" in command.command.replace("${", "") for command in answer.commands)
    (sample,) = [section for section in answer.sections if section.title == "For example"]
    assert sample.text.markdown.startswith("NOQUEUE: reject: RCPT from")
    assert ": Relay access denied; from=<" in sample.text.markdown


def test_a_status_code_has_no_verdict_that_it_cannot_know(session: Session) -> None:
    (answer,) = ask(session, "status/x.7.1")
    assert answer.verdict is None
    assert "5.7.1" in answer.title


@pytest.mark.parametrize("id", ["part/reject", "part/parameter-reload"])
def test_what_a_family_shares_is_told_as_a_topic(session: Session, id: str) -> None:
    document = session.library.document(id)
    assert document is not None
    answer = entry.explain(session.library, id, document)
    assert (answer.kind, answer.entry, answer.severity) == ("topic", id, None)


def test_an_example_is_added_to_the_sections_of_an_entry(session: Session) -> None:
    document = next(
        each
        for each in session.library.all_of("log")
        if each.data["sections"] and each.data.get("sample")
    )
    (answer,) = ask(session, document.id)
    titles = [section.title for section in answer.sections]
    assert titles == [*(each["title"] for each in document.data["sections"]), "For example"]


def test_of_several_settings_the_one_that_is_asked_for_is_told_first(session: Session) -> None:
    (answer,) = ask(session, "ssl_curve_list")
    assert answer.brief.markdown.startswith("`ssl_curve_list`: Curves")
    (other,) = ask(session, "ssl_min_protocol")  # the first paragraph is about it
    assert other.entry == answer.entry
    assert not other.brief
