"""Parameters with this host's values, and this host's values in answers about other things."""

from __future__ import annotations

import pytest

from mailhelp import api
from mailhelp.answer import Parameter
from mailhelp.explain import parameter
from mailhelp.knowledge.document import Document
from mailhelp.session import Session
from tests.fakes import FakeHost

LINE = (
    "Nov 22 10:00:00 mx postfix/smtpd[12]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: "
    "554 5.7.1 <bob@example.net>: Relay access denied; from=<ann@example.org> "
    "to=<bob@example.net> proto=ESMTP helo=<mx>"
)


SETTINGS = {
    "-n": {"mynetworks": "127.0.0.0/8 0.0.0.0/0", "smtpd_relay_restrictions": "$mine"},
    "-d": {"mynetworks": "127.0.0.1", "smtpd_relay_restrictions": ""},
    "-x": {
        "mynetworks": "127.0.0.0/8 0.0.0.0/0",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
    },
    "-P": {"submission/inet/smtpd_relay_restrictions": "permit_sasl_authenticated, reject"},
}


@pytest.fixture
def postfix(host: FakeHost) -> FakeHost:
    """A host with some settings."""
    host.settings = SETTINGS
    return host


def shown(session: Session, text: str) -> dict[str, Parameter]:
    return {each.name: each for answer in api.ask(session, text) for each in answer.parameters}


def test_a_parameter_shows_the_effective_value_and_edits_the_written_one(
    session: Session, postfix: FakeHost
) -> None:
    (answer,) = api.ask(session, "smtpd_relay_restrictions")
    asked = answer.parameters[0]
    assert (asked.value, asked.set, asked.asked) == ("permit_mynetworks, reject", True, True)
    assert "postconf -e smtpd_relay_restrictions='$mine'" in [c.command for c in answer.commands]


def test_a_dangerous_value_of_this_host_is_told(session: Session, postfix: FakeHost) -> None:
    assert shown(session, "mynetworks")["mynetworks"].danger.startswith("Open relay")


def test_a_log_line_shows_this_hosts_values(session: Session, postfix: FakeHost) -> None:
    values = shown(session, LINE)
    assert values["mynetworks"].value == "127.0.0.0/8 0.0.0.0/0"
    assert values["mynetworks"].set
    assert values["mynetworks"].danger.startswith("Open relay")
    assert values["smtpd_relay_restrictions"].value == "permit_mynetworks, reject"


def test_what_master_cf_sets_is_said(session: Session, postfix: FakeHost) -> None:
    (answer,) = api.ask(session, LINE)
    assert any(
        note.startswith("master.cf sets smtpd_relay_restrictions = permit_sasl_authenticated")
        for note in answer.notes
    )


def test_codes_and_topics_show_them_too(session: Session, postfix: FakeHost) -> None:
    for question in ("5.7.1", "relay-and-submission"):
        values = [each.value for each in shown(session, question).values()]
        assert any(value is not None for value in values), question


def test_a_stream_asks_postconf_once(session: Session, postfix: FakeHost) -> None:
    answers = list(api.explain_lines(session, [LINE] * 50))
    assert len(answers) == 50
    assert all(
        each.value is not None
        for answer in answers
        for each in answer.parameters
        if each.name == "mynetworks"
    )
    assert len(postfix.asked) == 3


def test_without_postfix_nothing_is_run(session: Session, host: FakeHost) -> None:
    assert all(each.value is None for each in shown(session, LINE).values())
    assert list(api.explain_lines(session, [LINE]))
    assert host.asked == []


def test_one_name_of_a_family_is_told_its_own_meaning_and_unit(session: Session) -> None:
    (delay,) = api.ask(session, "smtpd_error_sleep_time")
    (limit,) = api.ask(session, "smtpd_soft_error_limit")
    assert delay.entry == limit.entry
    assert delay.brief.markdown.startswith("How long")
    assert limit.brief.markdown.startswith("From so many errors on")
    assert delay.parameters[0].unit.startswith("seconds")
    assert limit.parameters[0].unit == "errors"


def test_a_family_asked_as_a_whole_is_told_what_holds_for_all(session: Session) -> None:
    (answer,) = api.ask(session, "notice_recipient")
    assert len([each for each in answer.parameters if each.asked]) == 4
    assert not answer.brief


def test_a_parameter_without_a_text_still_has_its_default(session: Session) -> None:
    name = "brand_new_limit"
    bare = Document(
        f"parameter/{name}",
        "parameter",
        name,
        (name,),
        data={"names": [name], "defaults": {name: "7"}},
    )
    (answer,) = parameter.explain(
        session.library, session.host, name, [parameter.Asked(bare, (name,))]
    )
    assert (answer.recognised, answer.parameters[0].default) == ("generic", "7")


def test_a_dangerous_parameter_says_so_before_its_other_sections(session: Session) -> None:
    (answer,) = api.ask(session, "debug_peer_list")
    document = session.library.document("parameter/debug_peer_list")
    assert document is not None
    assert answer.explanation
    assert answer.sections[0].title == "Danger"
    assert answer.sections[0].text.blocks[0][1][0][1] == document.data["dangerous"]


def test_only_what_master_cf_sets_of_what_was_asked_is_said(
    session: Session, host: FakeHost
) -> None:
    host.settings = {
        **SETTINGS,
        "-P": {"submission/inet/mynetworks": "192.0.2.0/24", "smtp/inet/myhostname": "x"},
    }
    (answer,) = api.ask(session, "mynetworks")
    said = [note for note in answer.notes if "master.cf" in note]
    assert said == ["master.cf sets mynetworks = 192.0.2.0/24 for submission/inet."]


def test_no_command_starts_from_a_covered_or_a_long_value(session: Session, host: FakeHost) -> None:
    name = "lmtp_sasl_password_maps"
    for value in ("static:mail:hunter2", "hash:/etc/postfix/" + "x" * 60):
        host.settings = {"-n": {name: value}, "-d": {name: ""}}
        (answer,) = api.ask(session, name)
        commands = [command.command for command in answer.commands]
        assert f"postconf -e {name}=VALUE" in commands
        assert "hunter2" not in str(answer)


def test_without_postfix_it_is_said_and_the_default_is_told(session: Session) -> None:
    (answer,) = api.ask(session, "maximal_queue_lifetime")
    (told,) = (each.text.markdown for each in answer.sections if each.aside)
    assert told.startswith("The value on this host is not known: ")
    asked = answer.parameters[0]
    assert (asked.name, asked.default, asked.value) == ("maximal_queue_lifetime", "5d", None)
    assert any("maximal_queue_lifetime=" in command.command for command in answer.commands)


def test_a_default_that_depends_on_a_level_is_told_in_words(session: Session) -> None:
    (answer,) = api.ask(session, "mynetworks_style")
    (asked,) = (each for each in answer.parameters if each.asked)
    assert asked.default == "host"
    assert "With compatibility_level below 2 the default is subnet." in answer.notes


def test_a_newer_default_is_told_only_where_this_hosts_is_not_known(
    session: Session, host: FakeHost
) -> None:
    name = "milter_default_action"
    (answer,) = api.ask(session, name)
    assert any("the default is shutdown" in note for note in answer.notes)
    host.settings = {flag: {name: "tempfail"} for flag in ("-d", "-x")}
    (answer,) = api.ask(Session(host, session.folder), name)
    assert not any("the default is shutdown" in note for note in answer.notes)


def test_an_own_way_to_set_it_takes_the_place_of_the_general_one(session: Session) -> None:
    (answer,) = api.ask(session, "smtpd_forbid_bare_newline")
    sets = [each.command for each in answer.commands if "postconf -e" in each.command]
    assert sets == ["postconf -e smtpd_forbid_bare_newline=normalize && postfix reload"]
    assert "postfix reload" not in [each.command for each in answer.commands]
