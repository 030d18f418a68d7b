"""Where things are on this host, and how commands name them."""

from __future__ import annotations

import pytest

from mailhelp.explain.common import filled
from mailhelp.host.places import places, streamed
from mailhelp.session import Session
from tests.fakes import FakeHost

ROWS = {
    "mail_log": {
        "setting": "maillog_file",
        "files": ["/var/log/mail.log", "/var/log/maillog"],
        "default": "/var/log/mail.log",
        "journals": ["/var/log/journal"],
        "journal": "journalctl X=2",
    },
    "config_directory": {"default": "/etc/postfix"},
    "queue_directory": {"setting": "queue_directory", "default": "/var/spool/postfix"},
}
MAIN = "/etc/postfix/main.cf"
JOURNAL = "/var/log/journal/1/system.journal"


@pytest.mark.parametrize(
    ("files", "log", "streams"),
    [
        ({}, "/var/log/mail.log", {}),
        ({"/var/log/maillog": ""}, "/var/log/maillog", {}),
        ({MAIN: "maillog_file = /srv/x.log\n", "/srv/x.log": "", "/var/log/maillog": ""}, "/srv/x.log", {}),
        ({MAIN: "maillog_file = /dev/stdout\n", "/var/log/maillog": ""}, "/var/log/maillog", {}),
        ({MAIN: "", JOURNAL: ""}, "/var/log/mail.log", {"mail_log": "journalctl X=2"}),
        ({MAIN: "", JOURNAL: "", "/var/log/mail.log": ""}, "/var/log/mail.log", {}),
        ({JOURNAL: ""}, "/var/log/mail.log", {}),  # a laptop without Postfix
    ],
)  # fmt: skip
def test_the_mail_log(files: dict[str, str], log: str, streams: dict[str, str]) -> None:
    found = places(FakeHost(files=files), ROWS)
    assert (found.values["mail_log"], found.streams) == (log, streams)


def test_main_cf_says_where_the_queue_is() -> None:
    text = "#queue_directory = /no\nqueue_directory = /one\nqueue_directory=/srv/spool\n"
    host = FakeHost(files={"/srv/cf/main.cf": text}, variables={"MAIL_CONFIG": "/srv/cf"})
    found = places(host, ROWS).values
    assert (found["queue_directory"], found["config_directory"]) == ("/srv/spool", "/srv/cf")
    other = FakeHost(files={MAIN: "queue_directory = $x/spool\n"})
    assert places(other, ROWS).values["queue_directory"] == "/var/spool/postfix"


def test_a_journal_is_piped_into_the_command() -> None:
    streams = {"mail_log": "journalctl X=2"}
    assert streamed("grep -F a {mail_log} | head", streams) == "journalctl X=2 | grep -F a | head"
    assert streamed("ls -l {mail_log} /tmp", streams) == "ls -l {mail_log} /tmp"


def test_commands_name_this_hosts_places(session: Session, host: FakeHost) -> None:
    host.files = {MAIN: "queue_directory = /srv/spool\n", "/var/log/maillog": ""}
    stored = [
        {"run": "grep -F {queue_id} {mail_log}", "why": "In {mail_log}."},
        {"run": "ls {queue_directory}", "why": "x"},
        {"run": "ls {nobody}", "why": "x"},
    ]
    found = filled(session.library, stored, {"queue_id": "5419B66"})
    assert [command.command for command in found] == [
        "grep -F 5419B66 /var/log/maillog",
        "ls /srv/spool",
    ]
    assert found[0].why == "In /var/log/maillog."
    # a value of the line itself goes before
    (own,) = filled(session.library, stored[1:2], {"queue_directory": "/other"})
    assert own.command == "ls /other"


def test_exact_answers_run_no_command_for_places(session: Session, host: FakeHost) -> None:
    assert session.library.places.values["mail_log"] == "/var/log/mail.log"
    assert host.asked == []
