"""All of an answer is told, by every painter: nothing that an explainer knows gets lost."""

from __future__ import annotations

import pytest

from mailhelp.answer import (
    Answer,
    Command,
    Finding,
    Hop,
    Joined,
    Option,
    Outcome,
    Parameter,
    Placeholder,
    Prose,
    Recipient,
    Result,
    Section,
    Span,
    Story,
    Verdict,
)
from mailhelp.render import paint
from mailhelp.render.paint import Look


def prose(text: str) -> Prose:
    return Prose(text, (["p", [["", text]]],))


WHOLE = Answer(
    kind="log",
    title="Thetitle",
    severity="warning",
    verdict=Verdict("network", "temporary", True),
    danger="Thedanger",
    gist="Thegist",
    program="Theprogram",
    pid=4711,
    time="2026-11-22T06:25:16",
    host="Thehost",
    text="Thetext",
    spans=(Span(0, 7, "thefield", "Thetext", "Themeaning"),),
    explanation=prose("Theexplanation"),
    causes=(prose("Thecause"),),
    actions=(prose("Theaction"),),
    sections=(Section("Thesection", prose("Thesectiontext")),),
    outcomes=(Outcome("bad", "Thesample", "Theoutcome"),),
    placeholders=(Placeholder("thehole", "Theholemeaning", "theholevalue", "theexample"),),
    findings=(Finding("Thefinding", "error", "Thefindingtext", "Thefindingmeaning", 7, None, 9),),
    commands=(
        Command("thecommand", "Thewhy", options=(Option("-theoption", "Theoptionmeaning"),)),
        Command("thechange", "Thereason", changes=True),
        Command("theworst", "Itsreason", changes=True, danger="Thecommanddanger"),
    ),
    parameters=(
        Parameter("thesetting", "thedefault", "thevalue", True, "Thepurpose", "theunit", True, "Thesettingdanger"),
        Parameter("theother", "x", None, None, "Itspurpose"),
    ),
    results=(Result("topic/theresult", "topic", "Theresult", 1.0, "Theexcerpt"),),
    related=("topic/therelated",),
    sources=("thesource(5)",),
    notes=("Thenote",),
    draft="thedraft",
    story=Story(
        outcome="mixed",
        queue_ids=("THEQUEUEID",),
        amavis_ids=("theamavisid",),
        mail_ids=("themailid",),
        message_id="themessageid",
        client="theclient",
        recipients=(Recipient("therecipient", "sent", "2.0.0", "therelay", 1.25, "thereply"),),
        filter=("Thefilter",),
        told="Thetold",
        flow=(Hop("postfix/theagent", 12, "Therole"),),
        links=("Thelink",),
        records=(Joined("f", 31, "Thejoin", "postfix/thewriter", 13, "2026-11-22T06:25:17", "e", "Therecord"),),
        missing=("Themissing",),
    ),
)  # fmt: skip
SAID = [
    "Thetitle",
    "Thedanger",
    "Thegist",
    "Theprogram",
    "4711",
    "Thehost",
    "06:25:16",
    "warning",
    "network",
    "temporary",
    "harmless",
    "Thetext",
    "Themeaning",
    "Theexplanation",
    "Thecause",
    "Theaction",
    "Thesection",
    "Thesectiontext",
    "Thesample",
    "Theoutcome",
    "thehole",
    "theholevalue",
    "Theholemeaning",
    "theexample",
    "Thefinding",
    "Thefindingtext",
    "Thefindingmeaning",
    "7×",
    "9",
    "thecommand",
    "Thewhy",
    "-theoption",
    "Theoptionmeaning",
    "thechange",
    "Thereason",
    "things",
    "theworst",
    "Thecommanddanger",
    "thesetting",
    "thedefault",
    "thevalue",
    "Thepurpose",
    "theunit",
    "Thesettingdanger",
    "theother",
    "Itspurpose",
    "Theresult",
    "Theexcerpt",
    "therelated",
    "thesource",
    "Thenote",
    "thedraft",
    "THEQUEUEID",
    "theamavisid",
    "themailid",
    "themessageid",
    "theclient",
    "therecipient",
    "therelay",
    "1.25",
    "thereply",
    "Thefilter",
    "Thetold",
    "theagent",
    "Therole",
    "Thelink",
    "31",
    "Thejoin",
    "thewriter",
    "06:25:17",
    "Therecord",
    "Themissing",
]


@pytest.mark.parametrize("markdown", [False, True])
@pytest.mark.parametrize("word", SAID)
def test_nothing_gets_lost(word: str, markdown: bool) -> None:
    assert word in paint.whole(WHOLE, Look("full", markdown, width=100))


def test_the_danger_goes_first_in_all_of_it() -> None:
    assert paint.whole(WHOLE, Look("full")).startswith("Danger: Thedanger\n")
    assert paint.whole(WHOLE, Look(markdown=True)).startswith("**Danger: Thedanger**\n")


def test_what_changes_things_is_marked() -> None:
    text = paint.whole(WHOLE, Look(markdown=True))
    assert "Thereason **Changes things.**" in text
    assert "Itsreason **Danger: Thecommanddanger**" in text
    lines = paint.whole(WHOLE, Look("full")).splitlines()
    assert lines[lines.index("  thechange") + 1] == "      Thereason Changes things."


def test_a_recipe_shows_its_commands_before_its_sections() -> None:
    text = paint.whole(WHOLE._replace(kind="recipe"), Look("full"))
    assert text.index("thecommand") < text.index("Thesection")
    text = paint.whole(WHOLE, Look("full"))
    assert text.index("Thesection") < text.index("thecommand")


def test_a_line_that_continues_says_so_and_nothing_else() -> None:
    text = paint.whole(Answer(kind="log", text="x", continues=3), Look("full"))
    assert text == "(goes on from line 3)\n"


def test_a_value_that_holds_others_is_told_by_them() -> None:
    spans = (
        Span(0, 9, "client", "mx[1.2.3]", "Thewhole"),
        Span(0, 2, "client_name", "mx", "Thename"),
        Span(3, 8, "client_address", "1.2.3", "Theaddress"),
    )
    text = paint.whole(Answer(kind="log", title="t", text="mx[1.2.3]", spans=spans), Look("full"))
    assert "Thename" in text
    assert "Theaddress" in text
    assert "Thewhole" not in text
