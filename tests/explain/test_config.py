"""Settings that are typed, pasted, copied or this host's own: faults first, then what is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp import api
from mailhelp.answer import Answer
from mailhelp.errors import SourceError
from mailhelp.explain import config
from mailhelp.host.machine import Output
from mailhelp.session import Session
from tests.fakes import FakeHost

MAIN = """\
compatibility_level = 3.6
myhostname = mx.example.com
biff = yes
mydestination = $myhostname, localhost
mynetworks = 0.0.0.0/0
smtp_sasl_password_maps = static:ann:geheim123
"""
MASTER = """\
smtp      inet  n       -       y       -       -       smtpd
submission inet n       -       y       -       -       smtpd
  -o smtpd_tls_security_level=encrypt
"""


def told(session: Session, text: str) -> Answer:
    (answer,) = api.ask(session, text)
    assert answer.kind == "config", text
    return answer


def test_options_are_reviewed_without_the_line_of_their_service(session: Session) -> None:
    line = "  -o smtpd_client_restrictions=permit_mynetworks, reject"
    one = told(session, line)
    assert one.gist == "A blank cuts the value of smtpd_client_restrictions"
    assert one.explanation
    # main.cf is not where it is
    assert not any(each.changes for each in one.commands)
    both = told(session, f"{line}\n  -o smtpd_tls_wrappermode=yes")
    assert both.title == "A blank cuts the value of smtpd_client_restrictions"
    assert any("smtpd_tls_wrappermode = yes" in note for note in both.notes)


def test_one_line_is_explained_word_by_word(session: Session) -> None:
    answer = told(session, "smtpd_recipient_restrictions = permit_mynetworks, reject")
    assert answer.danger == ""
    assert answer.findings == ()
    assert answer.parameters[0].name == "smtpd_recipient_restrictions"
    assert answer.explanation
    meanings = {span.value: span.meaning for span in answer.spans}
    assert set(meanings) == {"smtpd_recipient_restrictions", "permit_mynetworks", "reject"}
    assert all(meanings.values())
    assert all(answer.text[span.start : span.end] == span.value for span in answer.spans)


def test_a_misspelt_name_is_named_with_its_near_one(session: Session) -> None:
    answer = told(session, "smtpd_recipient_restrictons = permit_mynetworks, reject")
    assert answer.title.endswith("smtpd_recipient_restrictions is meant")
    assert answer.findings[0].severity == "error"
    commands = [each.command for each in answer.commands]
    assert commands[0] == "postconf -X smtpd_recipient_restrictons"
    assert commands[1] == "postconf -e 'smtpd_recipient_restrictions=permit_mynetworks, reject'"


def test_a_dangerous_line_says_so_first(session: Session) -> None:
    answer = told(session, "mynetworks = 0.0.0.0/0")
    assert answer.danger.startswith("Open relay")
    assert answer.commands[0].command.startswith("postconf -e 'mynetworks = 127.0.0.0/8")
    assert answer.commands[0].changes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("submission inet n - n - - smtpd", "submission/inet: Takes mail by SMTP"),
        ("smtp ient n - y - - smtpd", "There is no service type “ient”"),
        ("alias_maps hash:/etc/aliases", "There is no = in this line"),
    ],
)
def test_other_single_lines(session: Session, text: str, says: str) -> None:
    assert told(session, text).title == says


def test_a_service_is_told_by_its_columns_and_options(session: Session) -> None:
    answer = told(session, "smtps inet n - y - - smtpd -o smtpd_tls_wrappermode=yes")
    assert answer.gist == "No fault found in 1 service."
    meanings = {(span.name, span.value): span.meaning for span in answer.spans}
    assert "locked into the queue directory" in meanings["chroot", "y"]
    assert "default_process_limit" in meanings["maxproc", "-"]
    assert meanings["parameter", "smtpd_tls_wrappermode=yes"]
    assert answer.notes == ()


def test_a_socket_after_a_restriction_is_no_table(session: Session) -> None:
    answer = told(
        session, "smtpd_sender_restrictions = check_policy_service unix:private/p, reject"
    )
    assert [span.value for span in answer.spans[1:]] == ["check_policy_service", "reject"]


def test_pasted_settings_and_services_in_one(session: Session) -> None:
    answer = told(session, MAIN + MASTER)
    assert answer.title == "1 fault and 1 hint in 6 settings and 2 services"
    assert answer.danger.startswith("Open relay")
    assert answer.findings[0].line == 5
    assert {each.name: each.value for each in answer.parameters}["biff"] == "yes"
    assert answer.notes == (
        "master.cf sets smtpd_tls_security_level = encrypt for submission/inet.",
    )
    assert "geheim" not in str(answer)
    for span in answer.spans:
        assert answer.text[span.start : span.end] == span.value


def test_pasted_overrides_of_postconf(session: Session) -> None:
    answer = told(
        session,
        "submission/inet/smtpd_tls_security_level = encrypt\n"
        "submission/inet/smtpd_sasl_auth_enabl = yes",
    )
    assert [each.severity for each in answer.findings] == ["error"]
    assert "smtpd_sasl_auth_enable is meant" in answer.findings[0].title


def test_quoted_settings_of_a_ticket(session: Session) -> None:
    quoted = "".join(f"> {line}\n" for line in MAIN.splitlines())
    answer = told(session, quoted)
    assert answer.danger.startswith("Open relay")


def test_text_that_only_looks_like_settings_is_none(session: Session) -> None:
    answers = api.ask(
        session, "[mysqld]\nbind-address = 127.0.0.1\nmax_connections = 50\n\nslow mail"
    )
    assert all(answer.kind != "config" for answer in answers)


def folder(tmp_path: Path, main: str | None = MAIN, master: str | None = MASTER) -> str:
    for name, text in (("main.cf", main), ("master.cf", master)):
        if text is not None:
            (tmp_path / name).write_text(text)
    return str(tmp_path)


def test_a_copied_folder_needs_no_postfix(session: Session, host: FakeHost, tmp_path: Path) -> None:
    answer = api.config(session, folder(tmp_path))[0]
    assert host.asked == []
    assert answer.danger.startswith("Open relay")
    assert answer.title.startswith(f"{tmp_path}: 4 faults and 1 hint, ")
    assert [(each.file, each.line) for each in answer.findings] == [
        ("main.cf", 5),
        ("master.cf", 2),
        ("main.cf", 6),
        ("master.cf", 2),
        ("main.cf", 3),
    ]
    assert all(each.fix or each.related for each in answer.findings)
    shown = {each.name: each for each in answer.parameters}
    assert shown["mydestination"].value == "mx.example.com, localhost"
    assert shown["mynetworks"].danger.startswith(answer.danger)
    assert "geheim" not in str(answer)


def test_only_what_differs_from_the_default_is_listed(session: Session, tmp_path: Path) -> None:
    text = f"{MAIN}append_dot_mydomain = yes\nmaximal_queue_lifetime = 5d\nbounce_queue_lifetime = 1d\n"
    answer = api.config(session, folder(tmp_path, text))[0]
    shown = {each.name: each for each in answer.parameters}
    assert "bounce_queue_lifetime" in shown
    assert shown["bounce_queue_lifetime"].default == "5d"
    assert shown["bounce_queue_lifetime"].meaning
    assert "maximal_queue_lifetime" not in shown
    # the default is no with this compatibility_level
    assert "append_dot_mydomain" in shown


def test_one_file_is_enough(session: Session, tmp_path: Path) -> None:
    place = Path(folder(tmp_path))
    assert api.config(session, str(place / "main.cf"))[0].danger
    master = api.config(session, str(place / "master.cf"))[0]
    assert master.danger == ""
    assert master.title.endswith("master.cf: no fault found")
    assert master.findings == ()


def test_a_name_that_only_master_cf_uses_is_known(session: Session, tmp_path: Path) -> None:
    main = "compatibility_level = 3.6\nmua_client_restrictions = permit_mynetworks, reject\n"
    master = f"{MASTER}  -o smtpd_client_restrictions=$mua_client_restrictions\n"
    master += "  -o smtpd_sasl_auth_enable=yes\n"
    answer = api.config(session, folder(tmp_path, main, master))[0]
    assert not [each for each in answer.findings if each.severity == "error"]


@pytest.mark.parametrize("name", ["", "nothing-here"])
def test_nothing_to_read(session: Session, tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError):
        api.config(session, str(tmp_path / name))[0]


def test_this_hosts_own_files(session: Session, host: FakeHost) -> None:
    host.files = {"/etc/postfix/main.cf": MAIN, "/etc/postfix/master.cf": MASTER}
    warning = "postconf: warning: /etc/postfix/main.cf: unused parameter: x=y\n"
    host.commands = {("postconf", "-n"): Output("", warning), ("postconf", "-M"): Output("")}
    answer = api.config(session)[0]
    assert answer.danger.startswith("Open relay")
    assert answer.notes[0] == "/etc/postfix/main.cf: unused parameter: x=y"


def test_no_postfix_here_tells_of_copies(session: Session) -> None:
    with pytest.raises(SourceError) as error:
        api.config(session)[0]
    assert "postconf was not found" in str(error.value)
    assert "-c" in error.value.hint


def test_hostile_files_are_read(session: Session, tmp_path: Path) -> None:
    (tmp_path / "main.cf").write_bytes(
        b"smtpd_banner = M\xfcller\x00\nsoft_bounce = y\x00es\n\x00\nmynetworks = 0.0.0.0/0\n\xff = x\n"
    )
    answer = api.config(session, str(tmp_path))[0]
    assert answer.danger.startswith("Open relay")
    assert any("soft_bounce must be yes or no" in each.title for each in answer.findings)


def test_names_that_lead_to_names_without_end(session: Session, tmp_path: Path) -> None:
    lines = [f"n{each} = $n{each + 1}$n{each + 1}$n{each + 1}" for each in range(100)]
    loop = "a = $b\nb = $a\nmydestination = $n0\nmynetworks = $mynetworks\n"
    (tmp_path / "main.cf").write_text("\n".join(lines) + "\n" + loop)
    answer = api.config(session, str(tmp_path))[0]
    titles = [each.title for each in answer.findings]
    assert "a leads back to itself" in titles
    assert "mynetworks leads back to itself" in titles


def test_many_faults_of_one_kind_are_one(session: Session, tmp_path: Path) -> None:
    (tmp_path / "main.cf").write_text("soft_bounce = no\n" * 60_000)
    answer = api.config(session, str(tmp_path))[0]
    (found,) = [each for each in answer.findings if "set twice" in each.title]
    assert found.count == 49_999
    assert any("only the first 50,000 lines" in note for note in answer.notes)


def test_what_postconf_refuses_is_read_all_the_same(session: Session, host: FakeHost) -> None:
    host.commands["postconf",] = Output(
        "",
        "postconf: fatal: bad boolean configuration: soft_bounce = maybe\n",
        1,
        "postconf failed",
    )
    host.files["/etc/postfix/main.cf"] = f"{MAIN}soft_bounce = maybe\n"
    answer = api.config(session, None)[0]
    assert answer.notes[0].startswith("postconf says: bad boolean configuration")
    assert any(each.title == "soft_bounce must be yes or no" for each in answer.findings)


def test_a_copy_says_what_was_not_looked_at(session: Session, tmp_path: Path) -> None:
    answer = api.config(session, folder(tmp_path))[0]
    assert answer.notes == ("A copy: files that it does not hold were not looked at.",)


def test_a_setting_without_a_name_has_no_span_of_it(session: Session) -> None:
    text = "= a\nmyhostname = mx.example.net\na\n b = c\n"
    (answer,) = api.explain_held(session, "main-cf", text.split("\n"))
    assert [span.value for span in answer.spans if span.name == "parameter"] == ["myhostname"]


DOVECOT = """# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
passdb {
  driver = pam
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0600
    user = root
  }
}
userdb {
  driver = passwd
}
"""


def test_pasted_settings_of_dovecot_are_read_for_faults(session: Session) -> None:
    (answer,) = api.ask(session, DOVECOT)
    assert answer.kind == "config"
    assert "2 faults" in answer.title
    assert answer.danger.startswith("Dovecot takes passwords without TLS")
    assert [(each.line, each.title) for each in answer.findings] == [
        (2, "Dovecot takes passwords without TLS"),
        (10, "Postfix may not use Dovecot's login socket"),
    ]


def test_pasted_settings_of_dovecot_without_a_fault(session: Session) -> None:
    good = DOVECOT.replace("= no", "= yes").replace("0600", "0660").replace("root", "postfix")
    (answer,) = api.ask(session, good)
    assert answer.title.startswith("No fault found in")
    assert not answer.findings


def test_a_copy_of_opendkims_settings_is_read_for_faults(session: Session, tmp_path: Path) -> None:
    copied = tmp_path / "opendkim.conf"
    copied.write_text("Socket inet:8891@localhost\nSelector mail\nKeyFile /etc/k\nMode v\n")
    (answer,) = api.config(session, str(copied))
    assert answer.query == str(copied)
    assert [each.line for each in answer.findings] == [4]


@pytest.mark.parametrize(
    ("program", "line", "title"),
    [
        ("opendkim", "InternalHosts 0.0.0.0/0", "OpenDKIM signs for everybody who connects"),
        ("opendkim", "Domain *", "OpenDKIM signs mail of any domain"),
        ("dovecot", "ssl_key = /etc/ssl/a.key", "A < is missing before /etc/ssl/a.key"),
    ],
)
def test_faults_of_other_programs_and_how_much_was_looked_at(
    session: Session, program: str, line: str, title: str
) -> None:
    answer = config.explain_other(session.library, program, [line])
    assert answer.findings[0].title.startswith(title)
    assert answer.notes[0].startswith("Looked at is 1 of them: ")


def test_blanks_in_two_options_of_a_service_are_two_faults(session: Session) -> None:
    text = (
        "submission inet n - y - - smtpd\n"
        "  -o smtpd_tls_security_level = encrypt\n"
        "  -o smtpd_client_restrictions=permit_sasl_authenticated, reject"
    )
    assert [each.title for each in told(session, text).findings] == [
        "Blanks around the = after -o",
        "A blank cuts the value of smtpd_client_restrictions",
    ]
