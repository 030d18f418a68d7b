"""What answers look like: kept as files, 80 columns. ``UPDATE=1`` writes them anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from mailhelp.answer import Answer, Prose, Span
from mailhelp.api import ask, explain_stream, stories
from mailhelp.explain.story import explain as explain_story
from mailhelp.render import json_, paint
from mailhelp.render.lines import cells, wrap
from mailhelp.render.paint import Look
from mailhelp.session import Session
from mailhelp.visible import visible

EXPECTED = Path(__file__).parent / "expected"
SEED = Path(__file__).parent.parent / "seed"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
REJECT = (
    "Nov 22 06:25:16 mx postfix/smtpd[123]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: "
    "554 5.7.1 <bob@example.net>: Relay access denied; from=<ann@example.org> "
    "to=<bob@example.net> proto=ESMTP helo=<mx>"
)


def answers(session: Session, name: str) -> list[Answer]:
    if name == "story":
        return [
            explain_story(session.library, s)
            for s in stories(session, [str(SEED / "rejected.log")])
        ]
    if name == "header":
        with (SEED / "header.txt").open("rb") as stream:
            return [
                answer for answer in explain_stream(session, stream) if answer.continues is None
            ]
    questions = {
        "parameter": "maximal_queue_lifetime",
        "log": REJECT,
        "status": "5.7.1",
        "unknown": "Nov 22 06:25:16 mx postfix/smtpd[1]: access wombat denied; frobbed",
        "list": "queue run delay",
    }
    return list(ask(session, questions[name]))


FULL = Look("full")


def markdown(answer: Answer) -> str:
    return paint.whole(answer, Look(markdown=True))


@pytest.mark.parametrize(
    "name", ["parameter", "log", "status", "story", "header", "unknown", "list"]
)
def test_all_of_it(session: Session, name: str) -> None:
    text = paint.text(answers(session, name), FULL)
    kept = EXPECTED / f"{name}.txt"
    if os.environ.get("UPDATE"):
        kept.write_text(text, encoding="utf-8")
    assert text == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["parameter", "log", "story", "header"])
def test_colour_changes_nothing_but_colour(session: Session, name: str) -> None:
    for answer in answers(session, name):
        for look in (FULL, Look("brief"), Look("line")):
            painted = paint.text((answer,), look._replace(colored=True))
            assert ESCAPE.sub("", painted) == paint.text((answer,), look)
            assert painted != ESCAPE.sub("", painted)


@pytest.mark.parametrize("width", [40, 80, 100])
@pytest.mark.parametrize("name", ["parameter", "story", "header"])
def test_prose_keeps_to_the_width(session: Session, name: str, width: int) -> None:
    """Commands and long words are never broken; all else stays inside."""
    for answer in answers(session, name):
        commands = {command.command for command in answer.commands}
        for line in paint.whole(answer, Look(width=width)).splitlines():
            alone = len(line.split()) <= 2
            assert cells(line) <= width or line.strip() in commands or alone, line


def test_markdown_shows_hostile_text_literally() -> None:
    answer = Answer(
        kind="log",
        title="[x](http://a.example) <b>",
        text="```\n# no heading\n\x1b[31m",
        spans=(Span(0, 3, "text", "`", "A *sign*."),),
    )
    text = markdown(answer)
    assert "# \\[x\\](http://a.example) \\<b\\>" in text
    assert "\n````\n```\n# no heading\n\\x1b[31m\n````\n" in text
    assert "\x1b" not in text


def test_markdown_tells_a_story_whole(session: Session) -> None:
    text = "".join(markdown(answer) for answer in answers(session, "story"))
    for piece in ("554 5.7.0 Reject", "13915-15", "smtpd\\[14438\\]", "amavis stopped spam"):
        assert piece in text


def test_json_is_ascii_and_keeps_the_text() -> None:
    import json

    answer = Answer(kind="log", text="é\x9b\u2028", explanation=Prose("*x*"))
    text = json_.render(answer)
    assert text.isascii()
    assert json.loads(text)["text"] == "é\x9b\u2028"
    assert json.loads(text)["explanation"] == "*x*"


def test_invisible_signs_are_shown() -> None:
    assert visible("a\x1b[0m\u202eb\ud800") == "a\\x1b[0m\\u202eb\\ud800"
    assert visible("grüße 漢字") == "grüße 漢字"


def test_wide_signs_count_twice() -> None:
    lines = ["".join(text for _, text in line) for line in wrap([("", "漢字 漢字 漢字")], 9)]
    assert lines == ["漢字 漢字", "漢字"]


def test_markdown_shows_a_story_and_fences_what_is_no_markdown(session: Session) -> None:
    (answer,) = answers(session, "story")
    assert "**smtpd\\[14438\\]**" in markdown(answer)
    page = Prose("NAME\n       # *x* \x1b[2J", (["code", "NAME\n       # *x* \x1b[2J"],))
    shown = markdown(Answer(kind="page", title="x", explanation=page)).splitlines()
    assert shown[2:] == ["```", "NAME", "       # *x* \\x1b[2J", "```", ""]
