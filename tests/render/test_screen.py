"""The first screen: the answer in line 1, at most 20 lines, the way to the rest in the last."""

from __future__ import annotations

from itertools import repeat

import pytest

from mailhelp import last
from mailhelp.answer import (
    Answer,
    Command,
    Finding,
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
from mailhelp.render import plain, screen
from mailhelp.render.lines import cells


def prose(text: str) -> Prose:
    return Prose(text, (["p", [["", text]]],))


def shown(*answers: Answer, width: int = 80) -> list[str]:
    return list(plain.paint(screen.screen(answers, width), width))


LONG = " ".join(f"Sentence number {number} says a little about it." for number in range(40))
DENIED = Answer(
    kind="log",
    recognised="entry",
    entry="postfix/smtpd/relay-access-denied",
    title="Relay access denied",
    severity="notice",
    event="rejected",
    verdict=Verdict("this-server", "permanent"),
    gist="unknown[192.0.2.7]: ann@example.org → bob@example.net   554 5.7.1",
    text="NOQUEUE: reject: RCPT from unknown[192.0.2.7]",
    explanation=prose(LONG),
    causes=tuple(prose(f"Cause {number} of it.") for number in range(9)),
    actions=tuple(prose(f"Action {number} to take.") for number in range(9)),
    commands=tuple(Command(f"postconf name{number}", f"Read {number}.") for number in range(9)),
    related=("topic/relay-and-submission", "recipe/relay-test"),
)
CONNECT = Answer(
    kind="log", recognised="entry", entry="postfix/smtpd/connect", title="A client connected",
    severity="info", verdict=Verdict("client", "none", True), explanation=prose("It came."),
)  # fmt: skip


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


def test_each_part_keeps_its_share() -> None:
    lines = shown(DENIED)
    assert lines[3].startswith("Sentence number 0")
    assert 2 <= lines[3:].index("") <= 4
    assert lines[lines.index("What to do") + 1] == "  • Action 0 to take."
    assert sum(line.startswith("  postconf") for line in lines) == 4
    assert "  postconf name0  # read 0" in lines


def test_sentences_are_whole() -> None:
    text = " ".join(line for line in shown(DENIED) if "number" in line or "about it" in line)
    assert text.endswith("about it.")


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


def test_this_hosts_value_stands_behind_the_setting_that_decides() -> None:
    text = Prose("x", (["p", [["", "The client is not in "], ["code", "mynetworks"], ["", "."]]],))
    here = Parameter("mynetworks", "", "127.0.0.0/8", True)
    answer = DENIED._replace(explanation=text, parameters=(here,))
    assert "The client is not in mynetworks (here 127.0.0.0/8)." in shown(answer)


def test_a_brief_text_goes_before_the_long_one() -> None:
    assert "In short." in shown(DENIED._replace(brief=prose("In short.")))


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


def test_several_records_have_a_line_each_and_the_worst_is_told() -> None:
    lines = shown(CONNECT, DENIED, CONNECT._replace(title="The session ended"))
    assert lines[0] == "  1  A client connected"
    assert lines[1].startswith("  2  Relay access denied  unknown[192.0.2.7]: ann@example.org")
    assert lines[2] == "  3  The session ended"
    assert lines[4].startswith("Relay access denied ")
    assert len(lines) <= screen.HEIGHT
    assert last.numbered((CONNECT, DENIED)) == (
        "log/postfix/smtpd/connect",
        "log/postfix/smtpd/relay-access-denied",
    )


def test_many_records_are_counted_worst_first_in_constant_memory() -> None:
    def many():  # type: ignore[no-untyped-def]
        yield from repeat(CONNECT, 50_000)
        yield DENIED
        yield from (CONNECT._replace(title=f"Kind {number}") for number in range(30))

    lines = list(plain.paint(screen.screen(many(), 80), 80))
    assert lines[0] == "50,031 records, worst first"
    assert "Relay access denied" in lines[1]
    assert any("50,000×  A client connected" in line for line in lines)
    assert any("25 more harmless ones, 25 records" in line for line in lines)
    assert len(lines) <= screen.HEIGHT


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


def test_nothing_more_is_promised_where_there_is_nothing() -> None:
    assert shown(Answer(kind="index", title="Ready.", recognised="entry")) == ["Ready."]


def test_what_is_for_reference_is_left_out() -> None:
    sections = (Section("Pages", prose("x(5)"), aside=True), Section("Limits", prose("At most 3.")))
    lines = shown(Answer(kind="topic", title="T", sections=sections))
    assert "Limits" in lines
    assert "Pages" not in lines


def test_records_without_an_entry_are_told_apart() -> None:
    unknown = Answer(
        kind="log",
        text="mx a[1]: wombat 7",
        spans=(
            Span(0, 2, "logging_host", "mx"),
            Span(3, 4, "program", "a"),
            Span(5, 6, "process_id", "1"),
        ),
    )
    lines = shown(unknown, unknown._replace(text="mx a[1]: wombat 8"))
    assert lines[0].endswith("wombat 7")
    assert lines[1].endswith("wombat 8")


def test_stories_are_mails_and_numbers_follow_the_rows() -> None:
    stories = [Answer(kind="story", title=f"Mail {n % 3}", story=Story("sent")) for n in range(30)]
    lines = shown(*stories)
    assert lines[0] == "30 mails, worst first"
    entries = [CONNECT, *[DENIED] * 2, *[CONNECT] * 10]
    assert screen.gather(entries).answers == (DENIED, CONNECT)


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


def test_other_entries_stand_below_an_answer() -> None:
    results = tuple(Result(f"topic/t{n}", "topic", f"Topic {n}") for n in range(9))
    lines = shown(DENIED._replace(kind="topic", results=results))
    assert [line for line in lines if "Topic" in line] == [
        "  1  Topic 0",
        "  2  Topic 1",
        "  3  Topic 2",
    ]
    assert last.numbered((DENIED._replace(results=results),))[1] == "topic/t1"


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
        "client mx.example.org[192.0.2.7]", "bob@example.net  bounced", "after 1.5 s: no",
        "amavis passed clean", "4F2A", "The connect record.",
    ):  # fmt: skip
        assert piece in text


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


def test_the_worst_of_many_records_is_told_wherever_it_comes() -> None:
    panic = DENIED._replace(entry="x", title="The disk is full", severity="panic", causes=())
    lines = shown(*[CONNECT] * 30, panic, *[CONNECT] * 30)
    assert lines[0] == "61 records, worst first"
    assert "The disk is full" in lines[1]
    assert any(line.startswith("The disk is full ") for line in lines[2:])


def test_the_number_offered_opens_something() -> None:
    results = tuple(Result(f"topic/t{n}", "topic", f"Topic {n}") for n in range(3))
    assert "· mailhelp 2" in shown(DENIED._replace(results=results))[-1]
    assert "· mailhelp 1" in shown(DENIED._replace(results=results[:1]))[-1]
    assert "mailhelp 1" not in shown(DENIED)[-1]


def test_what_a_setting_here_opens_is_said_though_nobody_asked_for_it() -> None:
    open_relay = Parameter("mynetworks", "127.0.0.1", "0.0.0.0/0", True, danger="Open relay.")
    for answer in (DENIED, CONNECT):
        assert "Danger here: Open relay." in shown(answer._replace(parameters=(open_relay,)))
