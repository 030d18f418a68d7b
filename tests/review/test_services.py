"""What is wrong with lines of master.cf is found, and nothing in what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.answer import Finding
from mailhelp.explain import config
from mailhelp.host.postfixfiles import master_cf
from mailhelp.review import checks
from mailhelp.review.configuration import Configuration
from mailhelp.session import Session

SMTP = "smtp inet n - y - - smtpd"


def master(session: Session, text: str) -> list[Finding]:
    services, strays = master_cf(text.split("\n"))
    read = Configuration(None, services, strays)
    return [fault.finding for fault in checks.faults(config.known(session.library), read)]


@pytest.mark.parametrize(
    ("text", "severity", "says"),
    [
        ("smtp inet n - y - smtpd", "fatal", "7 columns"),
        ("smtp ient n - y - - smtpd", "fatal", "service type “ient”"),
        ("smtp inet n - x - - smtpd", "fatal", "chroot"),
        ("smtp inet - - y - - smtpd", "fatal", "private"),
        ("smtp inet n - y - - smptd", "error", "smtpd is meant"),
        (f"{SMTP}\n  -o smtpd_tls_security_level = may", "fatal", "Blanks around the ="),
        (
            f"{SMTP}\n  -o smtpd_client_restrictions=a, reject",
            "fatal",
            "cuts the value of smtpd_cl",
        ),
        (f"{SMTP}\n  -o mynetworks=a,\n    b c", "fatal", "-o mynetworks=a,b,c without"),
        (f"{SMTP}\n  -osmtpd_tls_ciphers=high medium", "fatal", "“medium”"),
        (f"{SMTP}\n  smtpd_tls_auth_only=yes", "fatal", "takes no arguments"),
        (f"{SMTP}\n  -o smtpd_tls_security_leve=may", "error", "is meant"),
        (f"{SMTP}\n  -o smtpd_tls_auth_only=true", "error", "yes or no"),
        (f"{SMTP}\n-o smtpd_tls_security_level=may", "error", "beginning of a line"),
        (f"{SMTP}\n{SMTP}", "warning", "twice"),
        ("local unix - n y - - local", "error", "chroot"),
        ("local unix - - n - - local", "error", "root's rights"),
        (f"  -o a=b\n{SMTP}", "error", "begins with a blank"),
        (f"{SMTP}\n  -o mynetworks=0.0.0.0/0", "fatal", "Open relay"),
    ],
)
def test_a_fault_of_master_cf(session: Session, text: str, severity: str, says: str) -> None:
    told = [f"{each.severity} {each.title} {each.meaning}" for each in master(session, text)]
    assert any(each.startswith(severity) and says.casefold() in each.casefold() for each in told), (
        told
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{SMTP} -v\n  -o {{ smtpd_client_restrictions = permit_mynetworks, reject }}",
        f"{SMTP}\n  -o smtpd_client_restrictions=permit_mynetworks,reject",
        "dovecot unix - n n - - pipe\n  flags=DRhu user=vmail argv=/bin/deliver -d ${recipient}",
        "policy unix - n n - 0 spawn\n  user=nobody argv=/usr/bin/policyd",
        "mine unix - n n - - /usr/local/bin/mine some words",
    ],
)
def test_words_that_a_program_expects_are_no_fault(session: Session, text: str) -> None:
    told = [each.title for each in master(session, text)]
    assert not any("cuts" in each or "arguments" in each for each in told)


@pytest.mark.parametrize(
    "name", ["/usr/share/postfix/master.cf.dist", "/etc/postfix/master.cf.proto"]
)
def test_the_master_cf_that_comes_with_postfix_is_right(session: Session, name: str) -> None:
    if not Path(name).exists():
        pytest.skip("Postfix is not installed")
    found = master(session, Path(name).read_text(encoding="utf-8"))
    assert [each for each in found if each.severity in ("fatal", "error", "warning")] == []


def test_postscreen_takes_mail_too(session: Session) -> None:
    behind = "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd"
    nobody = "submission-x unix - - y - - smtp\nqmgr unix n - n 300 1 qmgr"
    titles = {
        text: [each.title for each in master(session, text)] for text in (behind, SMTP, nobody)
    }
    lacking = "No service takes mail by SMTP on port 25"
    assert lacking not in titles[behind] + titles[SMTP]
    assert lacking in titles[nobody]
