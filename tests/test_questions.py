"""Administrators' own questions lead to the entry that helps: among the first three, or at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailhelp.answer import Answer
from mailhelp.api import ask
from mailhelp.session import Session

QUESTIONS = Path(__file__).parent / "questions.toml"
FIRST = 3


def questions() -> list[Any]:
    """The questions, each with the documents of which one must come up; known gaps must fail."""
    cases = []
    for question in tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]:
        gap = question.get("known_gap")
        marks = [pytest.mark.xfail(strict=True, reason=gap)] if gap else []
        text, expected = question["ask"], question["expect"]
        cases.append(pytest.param(text, expected, id=text, marks=marks))
    return cases


def offered(answers: tuple[Answer, ...]) -> list[str]:
    """The ids of what was explained and of the first results."""
    ids = []
    for answer in answers:
        if answer.entry is not None:
            ids.append(f"log/{answer.entry}" if answer.kind == "log" else answer.entry)
        ids += [result.id for result in answer.results[:FIRST]]
    return ids


@pytest.mark.parametrize(("text", "expected"), questions())
def test_question(session: Session, text: str, expected: list[str]) -> None:
    found = offered(ask(session, text))
    assert set(found) & set(expected), f"found {found}"


def test_expected_documents_exist(session: Session) -> None:
    expected = {id for case in questions() for id in case.values[1]}
    assert [id for id in sorted(expected) if session.library.document(id) is None] == []
