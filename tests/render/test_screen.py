"""The first screen: the answer in line 1, at most 20 lines, the way to the rest in the last."""

from __future__ import annotations

import pytest

from mailhelp import last
from mailhelp.answer import (
    Answer,
    Command,
    Parameter,
    Prose,
    Result,
    Section,
    Verdict,
)
from mailhelp.render import plain, screen
from mailhelp.render.lines import cells
from tests.render.screens import CONNECT, DENIED, prose, shown


def test_line_1_is_the_answer_and_the_last_leads_to_the_rest() -> None:
    lines = shown(DENIED)
    assert lines[0].startswith("Relay access denied")
    assert lines[0].endswith("refused for good, by this server")
    assert cells(lines[0]) == 80
    assert lines[1] == f"  {DENIED.gist}"
    assert lines[-1].startswith("more: mailhelp -v · mailhelp recipe relay-test")
    assert len(lines) <= screen.HEIGHT


def test_what_was_pasted_is_not_printed_again() -> None:
    assert "NOQUEUE" not in "\n".join(shown(DENIED))


@pytest.mark.parametrize("width", [20, 40, 80, 100, 300])
def test_every_width(width: int) -> None:
    lines = shown(DENIED, width=width)
    assert len(lines) <= screen.HEIGHT
    assert all(cells(line) <= width or len(line.split()) <= 2 for line in lines)


def test_verdicts_in_words() -> None:
    temporary = DENIED._replace(verdict=Verdict("policy", "temporary"))
    assert shown(temporary)[0].endswith("refused for now, by a policy or filter")
    bounced = DENIED._replace(event="delivery", verdict=Verdict("remote-server", "permanent"))
    assert shown(bounced)[0].endswith("given up, the other server")
    assert shown(CONNECT)[0].endswith("harmless")
    error = DENIED._replace(severity="error", event=None, verdict=Verdict("network"))
    assert shown(error)[0].endswith("error, the network")


def test_a_danger_goes_before_all_else() -> None:
    answer = DENIED._replace(kind="command", danger="It deletes every mail in the queue.")
    assert shown(answer)[0] == "Danger: It deletes every mail in the queue."
    assert next(iter(plain.paint(screen.line((answer,), 80), 80))).startswith("Danger: ")


def test_commands_say_what_they_change_and_what_is_dangerous() -> None:
    commands = (
        Command("postfix reload", "Apply it.", changes=True),
        Command("postsuper -d ALL", "Empty the queue.", changes=True, danger="Deletes all mail."),
    )
    lines = shown(DENIED._replace(commands=commands))
    assert "  postfix reload    # changes things: apply it" in lines
    assert "  postsuper -d ALL  # danger: deletes all mail" in lines


def test_what_changes_is_said_where_no_comment_fits() -> None:
    long = "postconf -e " + "x" * 60
    lines = shown(DENIED._replace(commands=(Command(long, "Set it.", changes=True),)))
    place = lines.index(f"  {long}")
    assert lines[place - 1] == "  # changes things: set it"


def test_a_command_that_does_not_fit_a_line_gives_way() -> None:
    long = Command("postconf " + "x" * 90)
    assert all(
        "xxx" not in line for line in shown(DENIED._replace(commands=(long, Command("mailq"))))
    )
    assert f"  {long.command}" in shown(DENIED._replace(commands=(long,)))


def test_a_parameter_begins_with_its_value() -> None:
    answer = Answer(
        kind="parameter",
        recognised="entry",
        title="How long undelivered mail is kept",
        explanation=prose("A lower value bounces waiting mail too."),
        parameters=(
            Parameter("maximal_queue_lifetime", "5d", "1d", True, unit="days", asked=True),
            Parameter("delay_warning_time", "0h", "0h", False),
        ),
        sections=(Section("What goes wrong", prose("A short one bounces mail.")),),
    )
    lines = shown(answer)
    assert lines[0].split("  ")[0] == "maximal_queue_lifetime = 1d"
    assert lines[0].endswith("set in main.cf")
    assert lines[1] == "  How long undelivered mail is kept"
    assert "Unit: days" in lines
    assert "  • A short one bounces mail." in lines
    assert not any("delay_warning_time" in line for line in lines)
    (one,) = answer.parameters[:1]
    for value, is_set, said in (("", False, "(empty)"), (None, None, "5d")):
        changed = one._replace(value=value, set=is_set)
        assert shown(answer._replace(parameters=(changed,)))[0].startswith(f"{one.name} = {said}")


def test_two_parameters_each_have_a_line_and_one_is_told() -> None:
    def parameter(name: str, text: str) -> Answer:
        asked = Parameter(name, "5d", "5d", False, asked=True)
        return Answer(
            kind="parameter", title=f"About {name}", explanation=prose(text), parameters=(asked,)
        )

    lines = shown(parameter("bounce_x", "Short."), parameter("maximal_x", "This is longer."))
    assert lines[0].startswith("bounce_x = 5d")
    assert lines[2].startswith("maximal_x = 5d")
    assert "This is longer." in lines
    assert "Short." not in lines


def test_nothing_more_is_promised_where_there_is_nothing() -> None:
    assert shown(Answer(kind="index", title="Ready.", recognised="entry")) == ["Ready."]


def test_other_entries_stand_below_an_answer() -> None:
    results = tuple(Result(f"topic/t{n}", "topic", f"Topic {n}") for n in range(9))
    lines = shown(DENIED._replace(kind="topic", results=results))
    assert [line for line in lines if "Topic" in line] == [
        "  1  Topic 0",
        "  2  Topic 1",
        "  3  Topic 2",
    ]
    assert last.numbered((DENIED._replace(results=results),))[1] == "topic/t1"


def test_a_sure_answer_has_the_room_and_the_others_are_titles() -> None:
    results = tuple(
        Result(f"topic/t{n}", "topic", f"Topic {n} of a few words", 1.0) for n in range(9)
    )
    lines = shown(DENIED._replace(kind="topic", query="a question", results=results))
    place = next(n for n, line in enumerate(lines) if line.startswith("Or is it about"))
    assert lines[place] == "Or is it about  1 Topic 0 of a few words  2 Topic 1 of a few words"
    assert lines[place + 1].startswith("  3 Topic 2 of a few words  4 Topic 3 of a few words")
    assert lines[place + 2].startswith("more: ")


def test_those_that_fit_nearly_as_well_are_told_in_short() -> None:
    said = Prose("It does this. And that.", (("p", (("", "It does this. And that."),)),))
    typed = (Command("run this", "why"), Command("run that", "why"))
    near = (
        Result("topic/a", "topic", "A topic", 1.0, "", "", said, typed),
        Result("recipe/b", "recipe", "A recipe", 0.5, "", "", said, typed),
        Result("topic/c", "topic", "Another", 0.1),
    )
    asked = DENIED._replace(kind="topic", query="a question", commands=(), results=near)
    lines = shown(asked)
    place = lines.index("Or is it about")
    assert lines[place + 1 : place + 7] == [
        "  1  A topic",
        "     It does this. And that.",
        "  2  A recipe",
        "  run this  # why",
        "  3 Another",
        "",
    ]
    assert len(lines) <= screen.HEIGHT


def test_a_command_stays_beside_others_that_are_told_more_briefly_then() -> None:
    said = Prose("A sentence. " * 40, (["p", [["", "A sentence. " * 40]]],))
    others = tuple(
        Result(f"topic/{n}", "topic", f"Other {n}", score=9.0, explanation=said) for n in range(3)
    )
    steps = tuple(Command(f"step {n}", "do it") for n in range(4))
    answer = Answer(
        kind="log", title="T", explanation=said, actions=(said,), commands=steps, results=others
    )
    lines = shown(answer)
    assert sum("step " in line for line in lines) >= 3  # before the others' text
    assert any("Other 0" in line for line in lines)


def test_what_is_left_of_the_screen_goes_to_what_it_means() -> None:
    said = prose(" ".join(f"Sentence {number} says a thing or two." for number in range(30)))
    steps = tuple(Command(f"step {number}", "why") for number in range(2))
    few = shown(Answer(kind="topic", title="T", explanation=said, commands=steps))
    assert sum("says" in line for line in few) == 8
    assert any(line.startswith("  step 1") for line in few)
    doing = tuple(prose(f"Do this, number {number}.") for number in range(9))
    full = shown(Answer(kind="topic", title="T", explanation=said, commands=steps, actions=doing))
    assert sum("says" in line for line in full) == 4  # what to do goes before more of it
    assert len(full) <= screen.HEIGHT


def test_a_task_shows_its_steps_before_what_is_said_of_it() -> None:
    steps = tuple(Command(f"step {number}", "why") for number in range(6))
    long = prose(" ".join(f"Sentence {number} says a thing or two." for number in range(20)))
    task = Answer("topic", "q", "entry", "topic/t", "A task", explanation=long, commands=steps)
    lines = shown(task)
    assert [line for line in lines if line.startswith("  step")] == [
        f"  step {number}  # why" for number in range(6)
    ]
    assert any(line.startswith("Sentence 0") for line in lines)


def test_an_unknown_record_shows_what_is_similar() -> None:
    similar = (Result("log/a/b", "log", "Something like it"),)
    lines = shown(Answer(kind="log", text="x", results=similar))
    assert lines[0] == "mailhelp has no entry for this record"
    assert "Similar, not the same" in lines
    assert "  1  Something like it" in lines


def test_a_record_of_a_stream_has_no_way_to_the_rest() -> None:
    lines = list(plain.paint(screen.record(DENIED, 80), 80))
    assert lines[0].startswith("Relay access denied")
    assert not any(line.startswith("more:") for line in lines)
    assert len(lines) <= 12


def test_quiet_is_one_line_an_answer() -> None:
    asked = Parameter("myhostname", "", "mx.example.com", True, asked=True)
    setting = Answer(kind="parameter", title="This server's name", parameters=(asked,))
    lines = list(plain.paint(screen.line((CONNECT, DENIED, setting), 80), 80))
    assert [line.split("  ")[0] for line in lines] == [
        "A client connected",
        "Relay access denied",
        "myhostname = mx.example.com",
    ]


def test_hostile_text_stays_on_its_line() -> None:
    results = (Result("x", "topic", "a\nb\x1b[31m", excerpt="\u202e"),)
    lines = shown(Answer(kind="search", title="t\x1b", results=results))
    assert "  1  a b\\x1b[31m  \\u202e" in lines
    assert lines[0] == "t\\x1b"


def test_the_number_offered_opens_something() -> None:
    results = tuple(Result(f"topic/t{n}", "topic", f"Topic {n}") for n in range(3))
    assert "· mailhelp 2" in shown(DENIED._replace(results=results))[-1]
    assert "· mailhelp 1" in shown(DENIED._replace(results=results[:1]))[-1]
    assert "mailhelp 1" not in shown(DENIED)[-1]
