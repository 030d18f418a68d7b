"""One object for each answer: stable keys, ASCII alone, prose as Markdown."""

import json

from mailhelp.answer import Answer, Prose, Span, Story, Verdict
from mailhelp.render.json_ import render

EVERY = {
    "schema", "kind", "query", "recognised", "entry", "title", "severity", "verdict", "program", "pid",
    "time", "host", "text", "spans", "explanation", "causes", "actions", "commands", "parameters",
    "results", "related", "sources",
}  # fmt: skip


def test_the_keys_that_every_object_has() -> None:
    found = json.loads(render(Answer("log")))
    assert set(found) == EVERY
    assert (found["schema"], found["entry"], found["commands"]) == (1, None, [])


def test_other_keys_only_where_they_say_something() -> None:
    answer = Answer("log", danger="x", notes=("n",), story=Story("held"), continues=3, event="held")
    found = json.loads(render(answer))
    assert set(found) - EVERY == {"danger", "notes", "story", "continues", "event"}
    assert found["story"]["outcome"] == "held"


def test_values_prose_and_signs() -> None:
    answer = Answer(
        "log",
        verdict=Verdict("client", "none", True),
        spans=(Span(0, 2, "x", "ä\u2028", "Say “it”."),),
        explanation=Prose("*a*", (["p", [["em", "a"]]],)),
    )
    text = render(answer)
    assert text.isascii()
    assert "\n" not in text
    found = json.loads(text)
    assert found["verdict"] == {"who": "client", "permanence": "none", "harmless": True}
    assert found["spans"] == [
        {"start": 0, "end": 2, "name": "x", "value": "ä\u2028", "meaning": "Say “it”."}
    ]
    assert found["explanation"] == "*a*"


def test_answers_that_share_their_prose_are_written_alike() -> None:
    causes = (Prose("one"), Prose("two"))
    first, second = (json.loads(render(Answer("log", text=t, causes=causes))) for t in "ab")
    assert first["causes"] == second["causes"] == ["one", "two"]
    assert (first["text"], second["text"]) == ("a", "b")
