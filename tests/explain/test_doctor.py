"""What is here and what is missing, with the command that installs it."""

from __future__ import annotations

from mailhelp.explain import doctor
from mailhelp.host.machine import Output
from mailhelp.session import Session
from tests.fakes import FakeHost


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
    assert answer.title == "What is here, and what is missing"


def test_a_complete_host_is_told_so(session: Session, host: FakeHost) -> None:
    for name in session.library.table("tools"):
        host.commands[(name,)] = Output("")
    host.commands["postconf", "-n", "mail_version"] = Output("")
    host.commands["postconf", "-d", "mail_version"] = Output("mail_version = 3.7.11\n")
    answer = doctor.explain(session.library, host, indexed=True)
    assert answer.title == "All is here"
    assert answer.commands == answer.notes == ()
    paths = {result.title: result.excerpt for result in answer.results}
    assert paths["openssl"] == "/usr/bin/openssl"
    assert paths["this host's index"] == "up to date"


def test_settings_that_cannot_be_read_are_not_all_here(session: Session, host: FakeHost) -> None:
    for name in session.library.table("tools"):
        host.commands[(name,)] = Output("")
    host.commands["postconf",] = Output(
        "", "postconf: fatal: open /etc/postfix/main.cf: Permission denied\n", 1, "postconf failed"
    )
    answer = doctor.explain(session.library, host, indexed=True)
    assert answer.title == "What is here, and what is missing"
    assert answer.commands == ()
    assert len(answer.notes) == 1
    assert "Permission denied" in answer.notes[0]
