"""Each check is looked at where it belongs, and told where what it is about is written."""

from __future__ import annotations

from mailhelp.conditions import Fact
from mailhelp.explain import config
from mailhelp.host.postfixfiles import main_cf, master_cf
from mailhelp.review import checks
from mailhelp.review.configuration import Configuration
from mailhelp.review.fault import Fault
from mailhelp.session import Session

SMTP = "smtp inet n - y - - smtpd"
LEVEL = "compatibility_level = 3.6\n"


def faults(session: Session, main: str, master: str | None = None, **known: object) -> list[Fault]:
    services = None if master is None else master_cf(master.split("\n"))[0]
    read = Configuration(main_cf(f"{LEVEL}{main}".split("\n")), services)
    return checks.faults(config.known(session.library), read._replace(**known))  # type: ignore[arg-type]


def places(found: list[Fault]) -> list[tuple[str | None, int | None]]:
    return [(each.finding.file, each.finding.line) for each in found]


def test_a_service_has_its_own_values(session: Session) -> None:
    main = "smtpd_tls_security_level = encrypt\nsmtpd_tls_chain_files = /etc/ssl/a.pem"
    assert places(faults(session, main, SMTP)) == [("main.cf", 2)]
    # what is meant for port 587 alone is right
    assert faults(session, main, f"{SMTP}\n  -o smtpd_tls_security_level=may") == []
    there = f"{SMTP}\n  -o smtpd_tls_security_level=encrypt"
    assert places(faults(session, main.replace("encrypt", "may"), there)) == [("master.cf", 2)]


def test_a_port_of_this_machine_alone_is_no_open_relay(session: Session) -> None:
    back = "127.0.0.1:10025 inet n - n - - smtpd\n  -o smtpd_relay_restrictions=check_client_access,static:ok,reject"
    assert not [each for each in faults(session, "", back) if each.finding.severity == "fatal"]
    found = faults(session, "", back.replace("127.0.0.1:", ""))
    assert found[0].finding.severity == "fatal"


def test_one_line_is_told_once(session: Session) -> None:
    users = "\n".join(
        f"{name} inet n - y - - smtpd\n  -o smtpd_sasl_auth_enable=yes\n"
        "  -o smtpd_tls_security_level=encrypt\n"
        "  -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
        for name in ("submission", "192.0.2.1:submission")
    )
    main = "smtpd_sasl_type = dovecot\nsmtpd_sasl_path = /run/dovecot/auth"
    main += "\nsmtpd_tls_chain_files = /etc/ssl/a.pem"
    assert places(faults(session, main, users)) == [("main.cf", 3)]


def test_a_default_beside_a_setting_is_told_at_the_setting(session: Session) -> None:
    (found,) = faults(session, "message_size_limit = 100000000")
    assert found.finding.title == "message_size_limit is larger than mailbox_size_limit"
    assert found.finding.line == 2


def test_a_file_has_no_line(session: Session) -> None:
    def fact(path: str) -> Fact | None:
        return Fact(mode=0o666) if path.endswith("main.cf") else None

    (found,) = faults(session, "", None, fact=fact)
    assert found.finding.file == "/etc/postfix/main.cf"
    assert found.finding.line is None


def test_of_a_piece_nothing_is_known_that_is_not_there(session: Session) -> None:
    read = Configuration(main_cf(["myhostname = mail.example.com"]), whole=False)
    assert checks.faults(config.known(session.library), read) == []
