"""Every answer that leaves as JSON is what ``schema.json`` says."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest

import mailhelp
from mailhelp.answer import Answer
from mailhelp.api import ask, explain_stream, stories
from mailhelp.explain import doctor
from mailhelp.explain.story import explain as explain_story
from mailhelp.render import json_
from mailhelp.session import Session

SCHEMA = json.loads((Path(mailhelp.__file__).parent / "schema.json").read_text(encoding="utf-8"))
SEED = Path(__file__).parent / "seed"
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def valid(answer: Answer) -> dict[str, object]:
    table: dict[str, object] = json.loads(json_.render(answer))
    VALIDATOR.validate(table)
    return table


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "question",
    ["queue_lifetime", "5.7.1", "smtpd_tls", "starttls-check", "topic/proxy-filter",
     "why is my mail stuck in the queue", "Received: from a (b [192.0.2.1]) by c (Postfix)"],
)  # fmt: skip
def test_questions(session: Session, question: str) -> None:
    for answer in ask(session, question):
        valid(answer)


@pytest.mark.parametrize("name", ["accepted.log", "rejected.log", "header.txt"])
def test_logs_and_headers(session: Session, name: str) -> None:
    with (SEED / name).open("rb") as stream:
        for answer in explain_stream(session, stream):
            table = valid(answer)
            assert table["recognised"] == "entry", table["text"]


def test_unknown_and_continuing_lines(session: Session) -> None:
    for answer in explain_stream(session, io.BytesIO(b"what\nNov 22 06:25:16 mx a[1]: b\n  c\n\n")):
        valid(answer)


def test_stories(session: Session) -> None:
    for story in stories(session, [str(SEED / "accepted.log"), str(SEED / "rejected.log")]):
        valid(explain_story(session.library, story))


def test_doctor(session: Session) -> None:
    valid(doctor.explain(session.library, session.host, indexed=False))
