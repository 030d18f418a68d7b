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
from mailhelp.render import paint, plain
from mailhelp.render.outline import whole
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


def told(answer: Answer, width: int = 200) -> str:
    return "\n".join(plain.paint(whole(answer), width))


def in_order(text: str, *parts: str) -> None:
    place = -1
    for part in parts:
        found = text.find(part, place + 1)
        assert found > place, part
        place = found


FULL = Answer(
    kind="log",
    title="THE TITLE",
    severity="error",
    danger="THE DANGER",
    gist="THE GIST",
    verdict=Verdict("this-server", "temporary"),
    program="postfix/smtpd",
    pid=7,
    host="mx",
    time="2026-11-22T06:25:16",
    text="x = 192.0.2.7",
    spans=(Span(4, 13, "client_address", "192.0.2.7", "Whose it is."),),
    notes=("THE NOTE",),
    explanation=prose("THE MEANING"),
    causes=(prose("THE CAUSE"),),
    actions=(prose("THE ACTION"),),
    sections=(Section("THE SECTION", prose("ITS TEXT")),),
    commands=(Command("THE COMMAND", "ITS REASON"),),
    findings=(Finding("THE FINDING", "warning", "ITS LINE", "ITS MEANING", 2, line=5),),
    parameters=(
        Parameter("asked_for", "1", asked=True, danger="THE WORST"),
        Parameter("beside", "2", "3", True, "What it is for."),
    ),
    placeholders=(Placeholder("host", "The server.", None, "mx.example"),),
    outcomes=(Outcome("good", "GOOD OUTPUT", "WHY GOOD"), Outcome("bad", "BAD OUTPUT", "WHY BAD")),
    results=(Result("topic/x", "topic", "THE OTHER", excerpt="ITS EXCERPT"),),
    related=("topic/y",),
    sources=("postconf(5)",),
    draft="THE DRAFT\n",
)


def test_everything_in_its_order() -> None:
    in_order(
        told(FULL),
        "Danger: THE DANGER", "THE TITLE", "postfix/smtpd[7] · on mx · 2026-11-22 06:25:16 · error",
        "decided by this server, temporary", "THE GIST", "x = 192.0.2.7", "THE NOTE",
        "Value", "asked_for (default: 1)", "Danger: THE WORST",
        "2× ", "line 5: ", "THE FINDING", "ITS LINE", "ITS MEANING", "THE MEANING",
        "Why", "THE CAUSE", "What to do", "THE ACTION", "THE SECTION", "ITS TEXT",
        "Commands", "THE COMMAND", "ITS REASON",
        "When it is good", "GOOD OUTPUT", "WHY GOOD", "When it is not", "BAD OUTPUT", "WHY BAD",
        "What you can set", "host=…", "For example: host=mx.example",
        "Value by value", "192.0.2.7", "client address: Whose it is.",
        "Settings that matter here", "beside = 3 (set here; default: 2)", "What it is for.",
        "Similar, not the same", "THE OTHER", "topic/x", "ITS EXCERPT",
        "See also: topic/y", "Sources: postconf(5)", "Save this as an entry of your own", "THE DRAFT",
    )  # fmt: skip


def test_a_recipe_tells_its_commands_before_its_sections() -> None:
    in_order(told(FULL._replace(kind="recipe")), "THE COMMAND", "THE SECTION", "When it is good")


def test_a_line_that_goes_on_says_only_that() -> None:
    assert told(Answer("log", text="x", continues=3)) == "(goes on from line 3)"


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("search", ""),
        ("list", ""),
        ("topic", "Others that may fit"),
        ("log", "Similar, not the same"),
    ],
)
def test_others_are_called_what_they_are(kind: str, heading: str) -> None:
    answer = Answer(kind, title="T", text="x" if kind == "log" else "", results=FULL.results)
    text = told(answer)
    assert "1 THE OTHER" in text
    assert heading in text
    assert ("Others" in text) == ("Others" in heading)


def test_a_value_that_is_split_is_told_by_its_parts() -> None:
    spans = (
        Span(0, 13, "client", "mx[192.0.2.7]", "The client."),
        Span(0, 2, "client_name", "mx", "Its name."),
        Span(3, 12, "client_address", "192.0.2.7", "Its address."),
    )
    text = told(Answer("log", text="mx[192.0.2.7]", spans=spans))
    assert "The client." not in text
    in_order(text, "client name: Its name.", "client address: Its address.")
    assert "client name:" not in told(Answer("command", text="mx[192.0.2.7]", spans=spans))


def test_a_story() -> None:
    story = Story(
        "held",
        queue_ids=("5419B66",),
        amavis_ids=("22-01",),
        mail_ids=("abc",),
        message_id="<m@example.org>",
        client="mx[192.0.2.7]",
        recipients=(Recipient("bob@example.net", "sent", "2.0.0", "mx[192.0.2.1]:25", 1.5, "250 ok"),),
        filter=("Passed CLEAN",),
        told="250 queued",
        flow=(Hop("postfix/smtpd", 7, "took it"), Hop("postfix/qmgr", 8)),
        links=("qmgr names it",),
        records=(Joined("-", 12, "queue ID 5419B66", "postfix/smtpd", 7, "2026-11-22T06:25:16", "e", "A client"),),
        missing=("how it ended",),
    )  # fmt: skip
    in_order(
        told(Answer("story", title="T", story=story)),
        "client mx[192.0.2.7] → smtpd[7] → qmgr[8]", "What the filter said", "Passed CLEAN",
        "What the client was told", "250 queued",
        "bob@example.net sent by mx[192.0.2.1]:25 after 1.5 s: 250 ok",
        "queue ID", "5419B66", "amavis ID", "22-01", "mail_id", "abc", "Message-ID", "<m@example.org>",
        "smtpd[7]", "took it", "12  06:25:16", "A client (queue ID 5419B66)",
        "What ties them together", "qmgr names it", "Not in this log", "how it ended",
    )  # fmt: skip
