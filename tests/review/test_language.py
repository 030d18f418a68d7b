"""What is wrong with lines of main.cf is found, and nothing in what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.answer import Finding
from mailhelp.explain import config
from mailhelp.host.postfixfiles import main_cf
from mailhelp.review import checks
from mailhelp.review.configuration import Configuration
from mailhelp.session import Session


def main(session: Session, text: str, *, whole: bool = False) -> list[Finding]:
    read = Configuration(main_cf(text.split("\n")), whole=whole)
    return [fault.finding for fault in checks.faults(config.known(session.library), read)]


@pytest.mark.parametrize(
    ("text", "severity", "says"),
    [
        ("smtpd_recipient_restrictons = x", "error", "smtpd_recipient_restrictions is meant"),
        ("zzz_unheard_of = x", "error", "no parameter “zzz_unheard_of”"),
        ("smtpd_use_tls = yes", "warning", "smtpd_tls_security_level"),
        ("smtp_tlsrpt_enable = yes", "notice", "3.10"),
        ("message_size_limit = 50MB", "error", "must be a number"),
        ("maximal_queue_lifetime = 5 days", "error", "must be a time"),
        ("maximal_queue_lifetime = 200d", "error", "at most 8640000s"),
        ("soft_bounce = true", "error", "must be yes or no"),
        ("a = 1\nmyhostname = a.example\nmyhostname = b.example", "warning", "set twice"),
        ("myhostname = mx.example.com # ours", "error", "no comment"),
        ("myorigin = a.example\n mydestination = b.example", "error", "goes on with the value"),
        (" myorigin = a.example", "error", "begins with a blank"),
        ("alias_maps hash:/etc/aliases", "fatal", "no = in this line"),
        ("myhostname = “mx.example.com”", "error", "Typographic quotes"),
        ('myhostname = "mx.example.com"', "warning", "Quotes around"),
        ("myhostname\u00a0= mx.example.com", "error", "A blank that is none"),
        ("relayhost = [mail.example.com:587", "error", "don't match"),
        ("mydestination = $myhostnam", "error", "$myhostname is meant"),
        ("myorigin = $mydomain\nmydomain = $myorigin", "error", "leads back to itself"),
        ("virtual_alias_maps = hsh:/etc/postfix/virtual", "error", "hash is meant"),
        ("virtual_alias_maps = /etc/postfix/virtual", "error", "without its type"),
        ("smtpd_recipient_restrictions = reject_unauth_destinaton", "error", "is meant"),
        ("smtpd_client_restrictions = check_client_access, reject", "error", "a word after it"),
        ("smtpd_client_restrictions = reject_unknown_client", "warning", "out of date"),
        ("smtpd_client_restrictions = reject, permit_mynetworks", "warning", "never counts"),
        ("mynetworks = 127.0.0.0/8, 0.0.0.0/0", "fatal", "Open relay"),
        ("mynetworks = 203.0.0.0/9", "fatal", "wide public network"),
        ("smtpd_relay_restrictions = permit", "fatal", "refuses to run"),
        ("maximal_queue_lifetime = 0", "error", "tried only once"),
        ("maximal_queue_lifetime = 4h", "warning", "after a few hours"),
        ("local_recipient_maps =", "warning", "backscatter"),
        ("message_size_limit = 9\nmailbox_size_limit = 8", "error", "mailbox_size_limit"),
        ("smtpd_tls_auth_only = no\nsmtpd_sasl_auth_enable = yes", "warning", "passwords"),
        ("smtpd_tls_protocols = SSLv3, TLSv1.2", "error", "broken"),
    ],
)
def test_a_fault_of_main_cf(session: Session, text: str, severity: str, says: str) -> None:
    found = main(session, text)
    told = [f"{each.severity} {each.title} {each.meaning}" for each in found]
    assert any(each.startswith(severity) and says.casefold() in each.casefold() for each in told), (
        told
    )


@pytest.mark.parametrize(
    "text",
    [
        "maximal_queue_lifetime = 5d",
        "maximal_queue_lifetime = 5days",  # Postfix reads the first letter alone
        "bounce_queue_lifetime = 5",
        "mynetworks = 127.0.0.0/8 [::1]/128 192.0.2.0/28 192.0.2.77",
        "smtpd_client_restrictions = reject_rbl_client, zen.example.org",  # , parts as a blank does
        "smtpd_recipient_restrictions = permit_mynetworks, warn_if_reject reject, permit",
        "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination",
        "smtpd_restriction_classes = ours\nours = permit_mynetworks, reject\n"
        "smtpd_recipient_restrictions = ours, check_policy_service { inet:127.0.0.1:10023 }",
        "virtual_alias_maps = proxy:mysql:/etc/postfix/v.cf, ldap:people, inline:{ {a = b} }",
        "people_server_host = ldap.example.com\nvirtual_alias_maps = ldap:people",
        "slow_destination_concurrency_limit = 2",
        "mine = example.com\nmydestination = $mine, ${stress?{a}:{b}}",
        "relayhost = [mail.example.com]:587",
        'mailbox_command = /usr/lib/dovecot/deliver -f "$SENDER" -a "$RECIPIENT"',
        "smtpd_milters = unix:/run/opendkim.sock, inet:localhost:8891",
        "local_transport = lmtp:unix:/run/dovecot/lmtp",
        "body_checks = pcre:/etc/postfix/body_checks",
        "smtpd_tls_security_level = may",
    ],
)
def test_what_is_right_has_no_fault(session: Session, text: str) -> None:
    assert [
        each for each in main(session, text) if each.severity in ("fatal", "error", "warning")
    ] == []


def test_what_two_settings_decide_is_known_only_of_a_whole_file(session: Session) -> None:
    assert main(session, "message_size_limit = 100000000") == []
    found = main(session, "compatibility_level = 3.6\nmessage_size_limit = 100000000", whole=True)
    assert {
        "mailbox_size_limit" in each.title or "virtual_mailbox" in each.title for each in found
    } == {True}


def test_neither_list_keeps_strangers_from_relaying(session: Session) -> None:
    text = (
        "compatibility_level = 3.6\nsmtpd_relay_restrictions =\n"
        "smtpd_recipient_restrictions = permit_mynetworks{}\n"
    )
    broken = main(session, text.format(""), whole=True)
    assert broken[0].severity == "fatal"
    assert "refuses to run" in f"{broken[0].title} {broken[0].meaning}"
    mended = main(session, text.format(", reject_unauth_destination"), whole=True)
    assert not [each for each in mended if each.severity == "fatal"]


def test_a_domain_in_two_lists(session: Session) -> None:
    text = "compatibility_level = 3.6\nmydestination = example.com\nvirtual_alias_domains = example.com"
    (found,) = [each for each in main(session, text, whole=True) if "is in" in each.title]
    assert found.title == "example.com is in virtual_alias_domains and in mydestination"


def test_the_worst_comes_first_with_its_line(session: Session) -> None:
    found = main(session, "# x\nluser_relay = ann\nsmtpd_use_tls = yes\nmynetworks = 0.0.0.0/0")
    assert [each.line for each in found] == [4, 3, 2]


@pytest.mark.parametrize(
    "name", ["/usr/share/postfix/main.cf.dist", "/usr/share/postfix/main.cf.tls"]
)
def test_the_main_cf_that_comes_with_postfix_is_right(session: Session, name: str) -> None:
    if not Path(name).exists():
        pytest.skip("Postfix is not installed")
    found = main(session, Path(name).read_text(encoding="utf-8"), whole=True)
    assert [each for each in found if each.severity in ("fatal", "error")] == []


def test_secrets_are_covered(session: Session) -> None:
    found = main(session, "smtp_sasl_password_maps = static:ann:geheim123 # x")
    assert found
    assert "geheim" not in "".join(f"{each.title}{each.text}{each.meaning}" for each in found)


def test_hostile_values_end_soon(session: Session) -> None:
    for value in ("${" * 5000, "{" * 5000, "$a" * 5000, "x" * 200_000, "reject " * 5000):
        main(session, f"a = {value}\nsmtpd_client_restrictions = {value}", whole=True)


def test_names_behind_names_are_followed_however_many(session: Session) -> None:
    """A chain is not followed by calls in calls, nor a net by every one of its ways."""
    chain = "".join(f"a{n} = $a{n + 1}\n" for n in range(5000))
    assert "$a5000 is no parameter" in {each.title for each in main(session, chain)}
    ring = main(session, "".join(f"a{n} = $a{(n + 1) % 50}\n" for n in range(50)))
    assert any("itself" in f"{each.title} {each.meaning}" for each in ring)
    net = "".join(f"a{n} = $b{n + 1} $c{n + 1}\nb{n} = $a{n}\nc{n} = $a{n}\n" for n in range(200))
    assert main(session, net)
