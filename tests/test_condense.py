"""For a reader each explanation comes once, and prose is only counted."""

from mailhelp.answer import Answer, Prose, Span
from mailhelp.condense import condensed

RECORD = Answer(
    kind="log",
    recognised="entry",
    entry="postfix/smtpd/connect",
    program="postfix/smtpd",
    title="A client connected",
    text="connect from x",
    spans=(Span(13, 14, "client", "x", "The client."),),
    explanation=Prose("Hello."),
)
PROSE = Answer(kind="log", text="some words")


def test_an_explanation_comes_once() -> None:
    first, second = condensed([RECORD, RECORD])
    assert first.explanation
    assert not second.explanation
    assert (second.title, second.text) == (first.title, first.text)
    assert second.spans[0].meaning == ""


def test_prose_is_counted_and_a_single_unknown_line_is_shown() -> None:
    shown = list(condensed([PROSE, PROSE, RECORD, PROSE]))
    assert [answer.title for answer in shown] == [
        "2 lines that are no log records",
        "A client connected",
        "",
    ]


def test_blank_and_continuing_lines_are_dropped() -> None:
    blank = Answer(kind="log", text="  ")
    going_on = Answer(kind="log", text="x", continues=1, recognised="entry")
    assert list(condensed([blank, RECORD, going_on, Answer(kind="log")])) == [RECORD]
