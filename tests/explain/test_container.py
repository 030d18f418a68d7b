"""Records from containers: commands are given for the container, hidden clients are named."""

from __future__ import annotations

import pytest

from mailhelp import api
from mailhelp.answer import Answer, Command
from mailhelp.explain.container import Container, Logs, given
from mailhelp.session import Session

CONNECT = "Nov 22 08:47:38 mail postfix/smtpd[18]: connect from unknown[172.18.0.1]"
REMOVED = "Nov 22 08:47:38 mail postfix/qmgr[18]: 78A3A2124D3: removed"
LOGS = Logs(("/var/log/mail.log",), ("journalctl SYSLOG_FACILITY=2",))


def told(session: Session, line: str) -> Answer:
    (answer,) = api.ask(session, line)
    assert answer.kind == "log"
    return answer


def commands(answer: Answer) -> list[str]:
    return [command.command for command in answer.commands]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (
            f"[pod/mail-0/postfix] {REMOVED}",
            "kubectl logs mail-0 -c postfix 2>&1 | grep -F 78A3A2124D3",
        ),
        (
            f"postfix-1  | {REMOVED}",
            "docker compose logs --no-log-prefix postfix 2>&1 | grep -F 78A3A2124D3",
        ),
        (
            f"my-mail-server_12 | {REMOVED}",
            "docker compose logs --no-log-prefix my-mail-server 2>&1 | grep -F 78A3A2124D3",
        ),
        (f"mailserver  | {REMOVED}", "docker logs mailserver 2>&1 | grep -F 78A3A2124D3"),
        (
            f"2026-11-22T08:47:38.123456789Z {REMOVED}",
            "docker logs NAME 2>&1 | grep -F 78A3A2124D3",
        ),
        (
            f"2026-11-22T08:47:38.123456789Z stdout F {REMOVED}",
            "kubectl logs POD -c CONTAINER 2>&1 | grep -F 78A3A2124D3",
        ),
        (
            '{"log":"' + REMOVED + '\\n","stream":"stdout","time":"2026-11-22T08:47:38.1Z"}',
            "docker logs NAME 2>&1 | grep -F 78A3A2124D3",
        ),
        (
            REMOVED.replace(" mail ", " 3f2a1b4c5d6e "),
            "docker logs 3f2a1b4c5d6e 2>&1 | grep -F 78A3A2124D3",
        ),
        (
            REMOVED.replace(" mail ", " mail-7d9f8b6c5d-x2x9z "),
            "kubectl logs mail-7d9f8b6c5d-x2x9z -c CONTAINER 2>&1 | grep -F 78A3A2124D3",
        ),
    ],
)
def test_the_log_is_read_where_the_container_writes_it(
    session: Session, line: str, command: str
) -> None:
    answer = told(session, line)
    assert command in commands(answer)
    assert sum(note.startswith("From a container") for note in answer.notes) == 1


@pytest.mark.parametrize(
    "line",
    [
        REMOVED,
        REMOVED.replace(" mail ", " abcdefabcdef "),  # a word of twelve letters is no id
        REMOVED.replace(" mail ", " mail-backend-north "),
        f"mail.log:{REMOVED}",
        f"> {REMOVED}",
    ],
)
def test_other_logs_are_left_alone(session: Session, line: str) -> None:
    answer = told(session, line)
    assert "grep -F 78A3A2124D3 /var/log/mail.log" in commands(answer)
    assert not answer.notes


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("172.18.0.1", True),
        ("172.31.255.254", True),
        ("10.244.3.1", True),
        ("192.168.65.1", True),
        ("fd00::1", True),
        ("172.32.0.1", False),
        ("192.0.2.7", False),
        ("2001:db8::1", False),
        ("unknown", False),
    ],
)
def test_a_private_client_may_hide_the_real_one(
    session: Session, address: str, hidden: bool
) -> None:
    answer = told(session, "mailserver  | " + CONNECT.replace("172.18.0.1", address))
    said = [note for note in answer.notes if note.startswith("The real client may be hidden")]
    assert bool(said) == hidden
    assert all(address in note for note in said)


def test_outside_containers_a_private_client_is_just_private(session: Session) -> None:
    assert not told(session, CONNECT).notes


def in_docker(session: Session, command: str, **more: object) -> str | None:
    table = session.library.table("containers")
    container = Container("docker", {"docker_container": "mail"})
    found = given(
        Command(command, **more),  # type: ignore[arg-type]
        container,
        table["docker"],
        table["commands"],
        LOGS,
    )
    return found.command if found else None


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("postqueue -p", "docker exec mail postqueue -p"),
        ("postqueue -p | tail -n 1", "docker exec mail postqueue -p | tail -n 1"),
        # what is more than a pipe of readers needs a shell inside
        (
            "postfix stop && postfix start",
            "docker exec mail sh -c 'postfix stop && postfix start'",
        ),
        (
            "postconf -n >/dev/null",
            "docker exec mail sh -c 'postconf -n >/dev/null'",
        ),
        (
            "df -h $(dirname -- /var/x)",
            "docker exec mail sh -c 'df -h $(dirname -- /var/x)'",
        ),
        (
            "postqueue -j | postsuper -d -",
            "docker exec mail sh -c 'postqueue -j | postsuper -d -'",
        ),
        (
            """postmap -q "$(postconf -hx relayhost)" hash:/x""",
            """docker exec mail sh -c 'postmap -q "$(postconf -hx relayhost)" hash:/x'""",
        ),
        # signs inside quotes are the program's own
        (
            "postconf -e 'x = a;b | c'",
            "docker exec mail postconf -e 'x = a;b | c'",
        ),
        (
            "grep -E 'fatal:|panic:' /var/log/mail.log | tail",
            "docker logs mail 2>&1 | grep -E 'fatal:|panic:' | tail",
        ),
        ("tail -n 0 -F /var/log/mail.log", "docker logs -f -n 50 mail"),
        (
            "tail -n 0 -F /var/log/mail.log | grep -E x",
            "docker logs -f -n 50 mail | grep -E x",
        ),
        (
            "mailhelp explain --only-problems /var/log/mail.log",
            "docker logs mail 2>&1 | mailhelp explain --only-problems",
        ),
        ("mailhelp trace -- 192.0.2.1", "docker logs mail 2>&1 | mailhelp trace -- 192.0.2.1"),
        ("mailhelp recipe queue-inspect", "mailhelp recipe queue-inspect"),
        ("systemctl reload postfix", None),
        ("journalctl -u postfix", None),
        (
            "journalctl SYSLOG_FACILITY=2 | grep -F x | tail",
            "docker logs mail 2>&1 | grep -F x | tail",
        ),
    ],
)
def test_commands_are_given_for_the_container(
    session: Session, command: str, expected: str | None
) -> None:
    assert in_docker(session, command) == expected


def test_what_runs_anywhere_stays(session: Session) -> None:
    assert in_docker(session, "dig -x 192.0.2.1", runs_on="anywhere") == "dig -x 192.0.2.1"


def test_a_command_keeps_its_marks(session: Session) -> None:
    answer = told(
        session,
        "postfix-1  | Nov 22 08:47:38 mail postfix/smtp[18]: 78A3A2124D3: to=<bob@example.com>, "
        "relay=none, delay=1.3, delays=0.05/0.01/0.62/0.6, dsn=4.4.1, status=deferred "
        "(connect to mx1.example.com[198.51.100.25]:25: Connection timed out)",
    )
    (again,) = (command for command in answer.commands if "postqueue -i" in command.command)
    assert again.command == "docker compose exec -T postfix postqueue -i 78A3A2124D3"
    assert again.changes
