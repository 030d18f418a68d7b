"""A shell command is told as a whole, dangers first, and no word of it is skipped."""

from __future__ import annotations

import re

import pytest

from mailhelp import api, usage
from mailhelp.answer import Answer
from mailhelp.explain import command
from mailhelp.session import Session
from tests.fakes import FakeHost


def told(session: Session, text: str) -> Answer:
    (answer,) = api.ask(session, text)
    assert answer.kind == "command", text
    return answer


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("postsuper -d ALL", "deletes every mail in the queue"),
        ("postsuper -dALL", "deletes every mail in the queue"),
        ("sudo postsuper -d ALL", "deletes every mail in the queue"),
        ("# /usr/sbin/postsuper -d ALL", "deletes every mail in the queue"),
        ("root@mx1:~# postsuper -d ALL", "deletes every mail in the queue"),
        ("ssh root@mx1 'postsuper -d ALL'", "deletes every mail in the queue"),
        ("docker exec -it mail postsuper -d ALL", "deletes every mail in the queue"),
        ("kubectl exec -n mail mx-0 -- postsuper -d ALL", "deletes every mail in the queue"),
        ("bash -c 'sleep 1; postsuper -d ALL'", "deletes every mail in the queue"),
        ("postqueue -p && postsuper -d ALL", "deletes every mail in the queue"),
        ("echo $(postsuper -d ALL)", "deletes every mail in the queue"),
        ("postsuper -d ALL deferred", "every mail in that queue"),
        ("rm -rf /var/spool/postfix/deferred", "behind Postfix's back"),
        ("rm -r -f '/var/spool/postfix/active'", "behind Postfix's back"),
        ("find /var/spool/postfix/deferred -type f -exec rm {} \\;", "behind Postfix's back"),
        ("chmod -R 777 /var/spool/postfix", "everybody on this machine"),
        ("chmod 644 /etc/ssl/private/mx.key", "private key"),
        ("postconf -e mynetworks=0.0.0.0/0", "Open relay"),
        ("postconf -e 'mynetworks = 127.0.0.0/8 0.0.0.0/0'", "Open relay"),
        ("postconf 'smtpd_relay_restrictions = permit'", "refuses to run"),
        ("swaks -t bob@example.net -ap secret", "password is on the command line"),
        ("swaks -t bob@example.net --auth-password=secret", "password is on the command line"),
        (
            "swaks --to bob@example.net --auth-user ann -ap secret",
            "password is on the command line",
        ),
        ("> /var/log/mail.log", "empties or overwrites a log"),
        ("echo x > /etc/postfix/main.cf", "replaces the whole file"),
        ("postconf -# smtpd_tls_cert_file", "does not show anything"),
    ],
)
def test_a_danger_is_told_first(session: Session, text: str, danger: str) -> None:
    assert danger in told(session, text).danger


@pytest.mark.parametrize(
    "text",
    [
        "postqueue -p",
        "mailq -v",
        "newaliases -v",
        "postfix reload",
        "postmap /etc/postfix/virtual",
        "postconf -n",
        "postcat -q 4F2A1B3C5D",
        "echo x >> /etc/postfix/main.cf",
        "find /var/spool/postfix -type f -print",
        "openssl s_client -connect mx.example.com:25 -starttls smtp",
        "grep -i rm mail.log",
        "postconf mynetworks",
    ],
)
def test_what_harms_nobody_has_no_danger(session: Session, text: str) -> None:
    answer = told(session, text)
    assert answer.danger == ""
    assert not [each for each in answer.findings if "nobody explains" in each.title]


def test_the_title_says_what_the_whole_command_does(session: Session) -> None:
    assert told(session, "postsuper -d ALL").title == (
        "postsuper -d ALL: deletes every mail in the queue"
    )
    assert told(session, "postsuper -d 4F2A1B3C5D").title.endswith(
        "deletes one mail from the queue"
    )
    assert (
        "starts TLS with STARTTLS"
        in told(session, "openssl s_client -starttls smtp -connect a.example:25").title
    )
    # of a pipeline, the command that changes something
    assert told(session, "mailq | tr -d '*!' | postsuper -d -").title.startswith("postsuper -d -: ")


def test_every_word_is_explained_or_named_as_unexplained(session: Session) -> None:
    text = "openssl s_client -showcerts -connect mx.example.com:25 -foo"
    answer = told(session, text)
    values = {span.value: span.meaning for span in answer.spans}
    assert "every certificate" in values["-showcerts"]
    assert values["-connect mx.example.com:25"] == "Where to connect."
    assert "TLS client" in values["s_client"]
    assert "-foo" not in values
    (finding,) = answer.findings
    assert (finding.text, finding.severity) == ("-foo", "notice")


def test_options_count_only_for_their_own_subcommand(session: Session) -> None:
    answer = told(session, "openssl req -showcerts -new")
    assert [each.text for each in answer.findings] == ["-showcerts"]
    assert "certificate request" in answer.title


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ss -tlnp", ["-t", "l", "n", "p"]),
        ("rm -rf x", ["-r", "f", "x"]),
        ("tail -20 mail.log", ["-20", "mail.log"]),
        ("grep --max-count=3 x mail.log", ["--max-count=3", "x", "mail.log"]),
        ("grep -m3 x mail.log", ["-m3", "x", "mail.log"]),
        ("sendmail -qI4F2A1B3C5D", ["-qI4F2A1B3C5D"]),
        ("sendmail -bv ann@example.com", ["-bv", "ann@example.com"]),
        ("postsuper -d ALL hold", ["-d ALL", "hold"]),
        ("dig +short mx example.com", ["+short", "mx", "example.com"]),
        ("postmap -q 'a b' hash:/etc/x", ["-q 'a b'", "hash:/etc/x"]),
    ],
)
def test_words_are_taken_apart_and_shown_as_typed(
    session: Session, text: str, pieces: list[str]
) -> None:
    answer = told(session, text)
    assert [span.value for span in answer.spans[1:]] == pieces
    assert all(answer.text[span.start : span.end] == span.value for span in answer.spans)
    assert all(span.meaning for span in answer.spans)


@pytest.mark.parametrize(
    "text",
    [
        "postfix reload does not help",
        "postmap -q gives nothing",
        "host not found",
        "find my mail",
        "mail is slow",
        "time limit",
        "kill the queue",
        "is postfix running?",
        "tail of the queue",
    ],
)
def test_a_sentence_is_no_command(session: Session, text: str) -> None:
    assert not command.known(session.library, text)


@pytest.mark.parametrize("text", ["mailq", "newaliases", "postfix stop", "host mx.example.com"])
def test_known_programs_need_no_option(session: Session, text: str) -> None:
    assert command.known(session.library, text)


def test_a_safer_way_is_offered(session: Session) -> None:
    shown = [each.command for each in told(session, "postsuper -d ALL").commands]
    assert shown[0] == "postqueue -p"
    assert "postsuper -h ALL" in shown


def test_commands_of_entries_that_delete_are_marked(session: Session) -> None:
    answers = api.ask(session, "hold-and-release")
    dangerous = {
        each.command.split()[1]: each.danger
        for answer in answers
        for each in answer.commands
        if each.command.startswith("postsuper -d")
    }
    assert all("nothing brings it back" in danger for danger in dangerous.values())
    for answer in answers:
        for each in answer.commands:
            assert each.changes or not each.danger


def test_hostile_text_ends_soon(session: Session) -> None:
    for text in ("postsuper -d " + "$(" * 3000, "rm " + "'" * 3001, "postqueue " + "-" * 9000):
        command.known(session.library, text)
        command.explain(session.library, text)


def test_every_danger_of_a_command_fits_its_own_pattern(session: Session) -> None:
    rows = session.library.table("dangers")
    tools = command.LibraryTools(session.library)
    for name, row in rows.items():
        for program in row.get("program", ()):
            if program != ">":
                assert tools.tool(program) is not None, program
        for pattern in row.get("patterns", ()):
            program = row["program"][0]
            text = f"> {pattern}" if program == ">" else f"{program} {pattern}"
            text = text if program == ">" else re.sub(r"(?<!\\)\*", "x", text)
            found = usage.read_all(text.replace("> *", "> x"), tools)
            assert any(usage.is_dangerous(row, each, tools) for each in found), (name, pattern)
        assert row["severity"] in ("fatal", "error", "warning", "notice"), name
        assert row["danger"].endswith("."), name


def test_without_a_host_nothing_is_asked(session: Session, host: FakeHost) -> None:
    told(session, "postsuper -d ALL")
    assert host.asked == []


def test_an_apostrophe_in_a_word_makes_a_sentence(session: Session) -> None:
    (answer,) = api.ask(session, "postfix won't start, address already in use")
    assert answer.kind != "command"


@pytest.mark.parametrize(
    ("text", "word", "meaning"),
    [
        ("doveadm search -u bob mailbox INBOX all", "mailbox INBOX", "In this mailbox."),
        ("doveadm expunge -A mailbox Trash savedbefore 30d", "savedbefore 30d", "30 days"),
        ("doveadm mailbox status -u bob -t messages '*'", "messages", "What to show"),
        ("amavisd-new showkeys example.com", "showkeys", "DNS records"),
        ("fail2ban-client set postfix-sasl unbanip 192.0.2.7", "unbanip 192.0.2.7", "in again"),
        ("tcpdump -ni eth0 port 25 and host 192.0.2.7", "port 25", "this port"),
        ("qshape -s deferred", "-s", "senders"),
        ("postqueue -j | jq -r .queue_id", "-r", "quotes"),
        ("postlog -p info test", "-p info", "ordinary"),
    ],
)
def test_words_mean_what_the_manual_says(
    session: Session, text: str, word: str, meaning: str
) -> None:
    meanings = {span.value: span.meaning for span in told(session, text).spans}
    assert meaning in meanings[word]


def test_what_is_deleted_can_be_looked_at_first(session: Session) -> None:
    answer = told(session, "# doveadm expunge -u bob mailbox Trash savedbefore 30d")
    assert "for good" in answer.danger
    assert answer.commands[0].command == "doveadm search -u bob mailbox Trash savedbefore 30d"
    everybody = told(session, "doveadm expunge -u '*' mailbox INBOX subject x")
    assert "of all users" in everybody.danger
    # of one command among others nothing is made
    several = told(session, "doveadm expunge -u bob mailbox Trash all; doveadm purge -u bob")
    assert several.commands[0].command == "doveadm search -u USER mailbox MAILBOX all"


def test_a_pipeline_is_named_after_what_does_the_work(session: Session) -> None:
    assert told(session, "echo test | sendmail -v bob@example.com").title.startswith("sendmail")
    assert told(session, "cat /var/log/mail.log | grep reject").title.startswith("cat ")


def test_an_operand_that_does_not_fit_is_unexplained(session: Session) -> None:
    answer = told(session, "doveadm expunge all users message-id")
    assert [each.title for each in answer.findings] == [
        "users: nobody explains it here",
        "message-id: nobody explains it here",
    ]
    answer = told(session, "doveadm search -A mailbox '*' header message-id abc@example.net 1:10")
    assert answer.findings == ()
    assert answer.spans[-2].value == "header message-id abc@example.net"


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("postmap hash:/etc/postfix/virtual", True),
        ("postmap -q bob hash:/etc/postfix/virtual", False),
        ("sa-learn --spam mail.eml", True),
        ("sa-learn --dump magic", False),
    ],
)
def test_an_option_that_only_reads_changes_nothing(
    session: Session, text: str, changes: bool
) -> None:
    assert ("This changes something." in told(session, text).notes) is changes


@pytest.mark.parametrize(
    "text",
    [
        'openssl s_client connect "wrong version number"',
        "postgrey action=greylist reason=new",
        "dovecot ssl_min_protocol tls1",
        "dovecot 2.4 %u %d variables",
        "dovecot service imap-login process_limit",
        "dovecot sql iterate_query",
        "dovecot last_login plugin",
        "dovecot passwd-file username_format",
        "postgrey auto-whitelist",
        "spamassassin trusted_networks",
        "sa-learn mbox",
        "openssl s_client starttls smtp",
        "mailq grep MAILER-DAEMON",
        "doveadm sync error: dsync remote",
        "dig NXDOMAIN",
        "postconf -d vs -n",
        "smtp_bind_address6 -o",
        ">=TLSv1.2",
    ],
)
def test_what_a_program_says_or_reads_is_no_command(session: Session, text: str) -> None:
    assert not command.known(session.library, text)


@pytest.mark.parametrize(
    "text",
    [
        "postconf mynetworks=192.0.2.0/24",
        "systemctl restart postfix",
        "postmap relay_domains",
        "postmap sender_access",
        "postconf smtpd_tls_security_level",
        "sa-learn --mbox",
        ">/var/log/mail.log",
    ],
)
def test_a_command_with_values_alone_is_one(session: Session, text: str) -> None:
    assert command.known(session.library, text)
