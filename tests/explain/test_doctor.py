"""What is here, what is missing with the command that installs it, what needs a look: one screen."""

from __future__ import annotations

from mailhelp.answer import Answer
from mailhelp.explain import doctor
from mailhelp.host.machine import Output
from mailhelp.session import Session
from tests.fakes import FakeHost

MAIN = "compatibility_level = 3.6\nmyhostname = mail.example.com\n"


def rows(answer: Answer, group: str) -> list[tuple[str, str]]:
    return [(each.title, each.excerpt) for each in answer.results if each.group == group]


def complete(session: Session, host: FakeHost) -> None:
    """A host with everything, and a Postfix that runs."""
    for name in session.library.table("tools"):
        host.commands[(name,)] = Output("")
    host.commands["postconf", "-d", "mail_version"] = Output("mail_version = 3.7.11\n")
    host.programs = frozenset({"master", "bash"})
    host.files["/etc/postfix/main.cf"] = MAIN
    host.files["/var/log/mail.log"] = ""


def test_an_empty_host_is_told_what_to_install(session: Session) -> None:
    answer = doctor.explain(session.library, session.host, indexed=False)
    tools = session.library.table("tools")
    missing = {result.title for result in answer.results if result.excerpt == "missing"}
    assert missing == set(tools)
    commands = [command.command for command in answer.commands]
    assert {row["install"] for row in tools.values()} <= set(commands)
    assert commands[-1] == "mailhelp index"
    assert all(command.changes and command.why for command in answer.commands)
    assert any("postconf was not found" in note for note in answer.notes)
    assert answer.title == "What is here, and what needs a look"
    assert rows(answer, "Log")[0][1] == "not found, and no journal either"


def test_a_complete_host_is_told_so(session: Session, host: FakeHost) -> None:
    complete(session, host)
    answer = doctor.explain(session.library, host, indexed=True)
    assert answer.title == "All is here and well"
    assert answer.commands == answer.notes == ()
    assert rows(answer, "Programs") == [("Postfix", "3.7.11  runs")]
    assert rows(answer, "Log") == [("/var/log/mail.log", "can be read")]
    assert rows(answer, "Faults of the configuration") == [("none found", "mailhelp config")]
    said = ("nothing, asked by postconf", "(postfix check needs root)")
    assert rows(answer, "Postfix says") == [said]
    assert ("this host's index", "up to date") in rows(answer, "Tools of mailhelp")


def test_the_first_three_faults_are_told(session: Session, host: FakeHost) -> None:
    complete(session, host)
    host.files["/etc/postfix/main.cf"] = (
        f"{MAIN}soft_bounce = yes\nmynetworks = 0.0.0.0/0\nbiff = on\nmessage_size_limit = 5M\n"
    )
    answer = doctor.explain(session.library, host, indexed=True)
    assert answer.title != "All is here and well"
    found = rows(answer, "Faults of the configuration")
    assert found[0] == ("main.cf:4", "Open relay: everybody is in mynetworks")
    assert len(found) == 4
    assert found[-1] == ("and 1 more", "mailhelp config")


def test_postfix_s_own_words(session: Session, host: FakeHost) -> None:
    complete(session, host)
    host.root = True
    said = "postfix/postfix-script: warning: not owned by root: /etc/postfix/main.cf\n"
    host.commands["postfix", "check"] = Output("", said)
    answer = doctor.explain(session.library, host, indexed=True)
    told = rows(answer, "Postfix says")
    assert told == [("warning: not owned by root: /etc/postfix/main.cf", "")]


def test_a_stopped_postfix_needs_a_look(session: Session, host: FakeHost) -> None:
    complete(session, host)
    host.programs = frozenset({"bash"})
    host.commands["dovecot", "--version"] = Output("2.3.19.1 (9b53102964)\n")
    answer = doctor.explain(session.library, host, indexed=True)
    assert answer.title == "What is here, and what needs a look"
    programs = dict(rows(answer, "Programs"))
    assert programs == {"Postfix": "3.7.11  does not run", "Dovecot": "2.3.19.1  does not run"}


def test_settings_that_cannot_be_read_are_not_all_here(session: Session, host: FakeHost) -> None:
    complete(session, host)
    host.commands["postconf",] = Output(
        "", "postconf: fatal: open /etc/postfix/main.cf: Permission denied\n", 1, "postconf failed"
    )
    del host.files["/etc/postfix/main.cf"]
    answer = doctor.explain(session.library, host, indexed=True)
    assert answer.title == "What is here, and what needs a look"
    assert answer.commands == ()
    assert len(answer.notes) == 1
    assert "Permission denied" in answer.notes[0]
