"""A program of this host at the other end is no other server: its name, its log and its port are told."""

from __future__ import annotations

import pytest

from mailhelp import api
from mailhelp.answer import Answer
from mailhelp.session import Session

LINE = (
    "Nov 27 02:11:09 mx postfix/{program}[812]: 4XyZ1k2Bq3z9: to=<bob@example.com>, relay={relay}, delay=1, "
    "delays=0.1/0/0.1/0.8, dsn={code}, status={status} ({said})"
)
UNKNOWN = "host {relay} said: 550 5.1.1 <bob@example.com> User doesn't exist (in reply to RCPT TO command)"


def told(session: Session, relay: str, said: str = UNKNOWN, status: str = "bounced") -> Answer:
    code = {"bounced": "5.1.1", "deferred": "4.4.1", "sent": "2.0.0"}[status]
    host = relay.rpartition("]")[0] + "]"
    line = LINE.format(
        program="smtp", relay=relay, code=code, status=status, said=said.format(relay=host)
    )
    (answer,) = api.ask(session, line)
    return answer


def commands(answer: Answer) -> list[str]:
    return [each.command for each in answer.commands]


def test_dovecot_behind_a_socket(session: Session) -> None:
    for relay in ("mx.example.com[private/dovecot-lmtp]", "mx[/var/run/dovecot/lmtp]"):
        answer = told(session, relay)
        assert answer.title == "Your Dovecot does not know the recipient"
        assert answer.verdict is not None
        assert (answer.verdict.who, answer.verdict.permanence) == ("this-server", "permanent")
        assert commands(answer)[0] == "doveadm user -- bob@example.com"
        assert "Dovecot of this host" in answer.notes[0]
        assert "it decided" in answer.actions[0].markdown


def test_a_filter_on_a_port(session: Session) -> None:
    said = "conversation with 127.0.0.1[127.0.0.1] timed out while sending end of data -- message may be sent more than once"
    answer = told(session, "127.0.0.1[127.0.0.1]:10024", said, "deferred")
    assert answer.title == "Your content filter stopped answering"
    assert "your content filter said nothing" in answer.explanation.markdown
    assert commands(answer)[0] == "ss -ltnp 'sport = :10024'"
    # what tests another server's mail port is of no use
    assert not any("posttls-finger" in each for each in commands(answer))


@pytest.mark.parametrize(
    ("relay", "name", "first"),
    [
        ("localhost[::1]:10026", "Your content filter", "ss -ltnp 'sport = :10026'"),
        ("127.0.0.1[127.0.0.1]:2003", "The program on this host", "ss -ltnp 'sport = :2003'"),
        ("mx[/var/run/cyrus/socket/lmtp]", "Your Cyrus", "journalctl -u cyrus-imapd -e"),
        ("mx[private/other]", "The program on this host", "ss -lxp"),
    ],
)
def test_other_programs_of_this_host(session: Session, relay: str, name: str, first: str) -> None:
    answer = told(session, relay)
    assert answer.title == f"{name} does not know the recipient"
    assert commands(answer)[0] == first


def test_the_port_of_a_connection_that_was_not_made(session: Session) -> None:
    said = "connect to 127.0.0.1[127.0.0.1]:10024: Connection refused"
    answer = told(session, "none", said, "deferred")
    assert answer.title == "Your content filter does not listen there"


def test_what_went_well_keeps_its_commands(session: Session) -> None:
    answer = told(session, "127.0.0.1[127.0.0.1]:10024", "250 2.0.0 Ok", "sent")
    assert answer.title == "Delivered to your content filter"
    assert answer.verdict is not None
    assert answer.verdict.harmless
    assert not any(each.startswith("ss ") for each in commands(answer))


def test_another_server_stays_one(session: Session) -> None:
    answer = told(session, "mx.example.net[192.0.2.5]:25")
    assert answer.title == "The other server does not know the recipient"
    assert answer.verdict is not None
    assert answer.verdict.who == "remote-server"
