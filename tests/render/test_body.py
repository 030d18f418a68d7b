"""What each kind of answer shows between line 1 and its commands."""

from __future__ import annotations

from mailhelp.answer import (
    Answer,
    Command,
    Finding,
    Outcome,
    Parameter,
    Placeholder,
    Recipient,
    Result,
    Section,
    Span,
    Story,
)
from mailhelp.render import screen
from tests.render.screens import prose, shown


def test_findings_are_told_with_their_count_and_line() -> None:
    faults = tuple(
        Finding(f"Fault {number}", "error", text=f"text {number}", count=number + 1, line=number)
        for number in range(20)
    )
    lines = shown(Answer(kind="config", title="20 faults", findings=faults))
    assert "  line 0: Fault 0  text 0" in lines
    assert "  2× line 1: Fault 1  text 1" in lines
    assert "  and 11 more" in lines


def test_a_finding_that_line_1_has_told_is_not_told_again() -> None:
    relay, other = Finding("Open relay", "fatal", "a = b", line=1), Finding("Other", "error", "c")
    answer = Answer(kind="config", danger="Open relay: everybody may send.", title="a = b")
    lines = shown(answer._replace(text="a = b", findings=(relay, other)))
    assert not any("line 1" in line for line in lines)
    assert "  Other  c" in lines
    lines = shown(answer._replace(text="a = b\nc", title="2 faults", findings=(relay, other)))
    assert "  line 1: a = b" in lines  # of a file, where it is is new
    bounce = Answer(
        kind="bounce", title="Mailbox full: ann", findings=(relay._replace(title="Mailbox full"),)
    )
    assert shown(bounce) == ["Mailbox full: ann", "", "more: mailhelp -v"]


def test_what_is_for_reference_is_left_out() -> None:
    sections = (Section("Pages", prose("x(5)"), aside=True), Section("Limits", prose("At most 3.")))
    lines = shown(Answer(kind="topic", title="T", sections=sections))
    assert "Limits" in lines
    assert "Pages" not in lines


def test_a_recipe_shows_command_outcomes_and_what_can_be_set() -> None:
    command = Command("openssl s_client " + "x" * 100, "Connect.")
    answer = Answer(
        kind="recipe",
        title="Does STARTTLS work?",
        commands=(command,),
        outcomes=(
            *(Outcome("good", f"a\nok {n}\n", f"Good {n}. More.", f"ok {n}") for n in range(9)),
            *(Outcome("bad", f"no {n}", f"Bad {n}.", f"no {n}") for n in range(9)),
        ),
        placeholders=(
            Placeholder("host", "The host.", None, "a.example"),
            Placeholder("port", "", "25"),
        ),
    )
    lines = shown(answer)
    assert f"  {command.command}" in lines
    assert "good  ok 0  Good 0." in lines
    assert "bad   no 0  Bad 0." in lines
    assert "      no 1  Bad 1." in lines
    assert "set   host=… port=25" in lines
    assert len(lines) < screen.HEIGHT


def test_a_list_is_numbered_and_says_what_is_left_out() -> None:
    results = tuple(Result(f"topic/t{n}", "topic", f"Topic {n}", excerpt="why") for n in range(40))
    lines = shown(Answer(kind="search", title="Found", results=results))
    assert "  1  Topic 0   why" in lines
    assert len(lines) == screen.HEIGHT
    assert any("and 25 more: mailhelp -v" in line for line in lines)
    assert "mailhelp 2" in lines[-1]


def test_a_story_tells_way_end_and_what_is_missing() -> None:
    story = Story(
        outcome="bounced",
        queue_ids=("4F2A",),
        client="mx.example.org[192.0.2.7]",
        recipients=(Recipient("bob@example.net", "bounced", "5.1.1", "mx[192.0.2.1]", 1.5, "no"),),
        filter=("amavis passed clean",),
        missing=("The connect record.",),
    )
    text = "\n".join(shown(Answer(kind="story", title="Mail: bounced", story=story)))
    for piece in (
        "client mx.example.org[192.0.2.7]", "bob@example.net bounced", "after 1.5 s: no",
        "amavis passed clean", "4F2A", "The connect record.",
    ):  # fmt: skip
        assert piece in text


def test_what_a_fault_means_is_told_though_line_1_has_its_name() -> None:
    fault = Finding("x must be a number", "error", "x = 5M", "Write bytes without a unit.", line=1)
    answer = Answer(kind="config", title="x = 5M", gist=fault.title, text="x = 5M")
    lines = shown(answer._replace(findings=(fault,)))
    assert "    Write bytes without a unit." in lines
    assert sum("must be a number" in line for line in lines) == 1


def test_settings_without_faults_are_told_by_what_they_decide() -> None:
    parameters = (Parameter("relayhost", value="mx", meaning="The next server"), Parameter("a_b"))
    text = shown(Answer(kind="config", title="No fault found in 2 settings", parameters=parameters))
    assert "  relayhost = mx: The next server" in text
    assert "a_b" not in text


def test_the_words_of_one_setting_are_told_in_their_order() -> None:
    text = "a_list = one two"
    spans = (
        Span(0, 6, "parameter", "a_list", "A list."),
        Span(9, 12, "restriction", "one", "The first."),
        Span(13, 16, "restriction", "two", "The second."),
    )
    other = Parameter("b_list", value="x", meaning="Another list")
    answer = Answer(kind="config", title=text, text=text, spans=spans, parameters=(other,))
    lines = shown(answer)
    place = lines.index("  one  The first.")
    assert lines[place + 1] == "  two  The second."
    assert not any("b_list" in line for line in lines)


def test_a_fault_is_told_whole_where_there_is_room() -> None:
    long = "Postfix has no parameter “smtpd_recipent_restrictions”: smtpd_recipient_restrictions is meant"
    findings = (Finding(long, "error", line=3), Finding("Short", "warning", line=4))
    lines = shown(Answer(kind="config", title="2 faults", text="a = b\nc = d", findings=findings))
    assert " ".join(" ".join(lines).split()).count(f"line 3: {long}") == 1
    many = tuple(Finding(f"{n} {long}", "error", line=n) for n in range(9))
    lines = shown(Answer(kind="config", title="9 faults", text="a = b\nc = d", findings=many))
    assert sum("…" in each for each in lines) == 9


def test_a_step_is_shown_though_it_is_wider_than_the_screen() -> None:
    step = (
        f"echo '{'x' * 70}' | tee -a /etc/postfix/transport && postmap hash:/etc/postfix/transport"
    )
    look = f"grep -F -- {'y' * 90} /var/log/mail.log"
    commands = (Command(step, changes=True), Command(look), Command("postfix reload", changes=True))
    told = "\n".join(shown(Answer(kind="log", title="T", recognised="entry", commands=commands)))
    assert "xxx" in told
    assert "yyy" not in told
