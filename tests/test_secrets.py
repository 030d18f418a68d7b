"""Every form of a login is covered, in each renderer and file; what only looks like one stays."""

from __future__ import annotations

import json
import re

import pytest

from mailhelp.session import Session
from tests.conftest import Mailhelp

SECRETS = [
    (
        "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: Ym9iQGV4YW1wbGU=\nS: 334 UGFzc3dvcmQ6\nC: aHVudGVyMg==",
        "aHVudGVyMg==",
    ),
    (
        "AUTH LOGIN\n334 VXNlcm5hbWU6\nYm9i\n334 UGFzc3dvcmQ6\naHVudGVyMg==\n235 2.7.0 ok",
        "aHVudGVyMg==",
    ),
    (" ~> AUTH PLAIN AGJvYgBodW50ZXIy", "AGJvYgBodW50ZXIy"),
    ("AUTH PLAIN\n334\nAGJvYgBodW50ZXIy", "AGJvYgBodW50ZXIy"),
    ("AUTH PLAIN\nAGJvYgBodW50ZXIy\n235 2.7.0 ok", "AGJvYgBodW50ZXIy"),
    (
        "auth cram-md5\n334 PDE4OTYuNjk3MTcwOTUyQG14Pg==\nYm9iIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw",
        "Ym9iIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw",
    ),
    ("AUTH XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgeA==", "dXNlcj1ib2IBYXV0aD1CZWFyZXIgeA=="),
    ("C: a1 LOGIN bob@example.net hunter2", "hunter2"),
    ('a LOGIN "bob@example.net" "hunter2 x"', "hunter2 x"),
    ("A001 login bob hunter2", "hunter2"),
    ("1 AUTHENTICATE PLAIN AGJvYgBodW50ZXIy", "AGJvYgBodW50ZXIy"),
    ("C: USER bob\nS: +OK\nC: PASS hunter2", "hunter2"),
    ("USER bob\n+OK\nPASS hunter2\n+OK Logged in.", "hunter2"),
    ("pass hunter2", "hunter2"),
    ("pass=hunter2", "hunter2"),
    ("pass: hunter2", "hunter2"),
    ("pwd=hunter2", "hunter2"),
    ("pw = hunter2", "hunter2"),
    ("pw=hunter2", "hunter2"),
    ("the PASSWORD is hunter2, please help", "hunter2"),
    ("my password is hunter2", "hunter2"),
    ("Passwort: hunter2", "hunter2"),
    ("das Passwort ist hunter2", "hunter2"),
    ("Kennwort = hunter2", "hunter2"),
    ("mot de passe : hunter2", "hunter2"),
    ("mot de passe: hunter2", "hunter2"),
    ("contraseña: hunter2", "hunter2"),
    ("contraseña = hunter2", "hunter2"),
    ("SMTP_PASS=hunter2", "hunter2"),
    ("SMTP_PASSWORD=hunter2 ./send", "hunter2"),
    ("export RELAY_PW='hunter2 x'", "hunter2 x"),
    ("MYSQL_PWD=hunter2 mysql", "hunter2"),
    ("curl --user bob:hunter2 smtp://mx.example", "hunter2"),
    ("curl -u bob:hunter2 https://mx.example/", "hunter2"),
    ("curl -s --user 'bob@example.net:hunter2' smtps://mx.example", "hunter2"),
    ("swaks --auth-user bob --auth-password hunter2 -s mx", "hunter2"),
    ("swaks -ap hunter2 -s mx", "hunter2"),
    ("mysql://mail:hunter2@db.example/x", "hunter2"),
    ("ldap://cn=admin:hunter2@ldap.example", "hunter2"),
    ("postgresql://mail:hunt@er2@db.example/mail", "hunt@er2"),
    ("relay: smtps://bob:hunter2@relay.example:465", "hunter2"),
    ("proxy:mysql:/etc/x: connect mysql://a:hunter2@[2001:db8::1]/", "hunter2"),
    ("host=db.example user=mail password=hunter2 dbname=mail", "hunter2"),
    ("hosts = db.example\nuser = mail\npassword = hunter2\ndbname = mail", "hunter2"),
    ("ldapsearch -x -D cn=admin -w hunter2 -b dc=example", "hunter2"),
    ("doveadm auth test bob hunter2", "hunter2"),
    ("doveadm auth login bob@example.net hunter2", "hunter2"),
    ("doveadm pw -p hunter2 -s SHA512-CRYPT", "hunter2"),
    ("mysql -u mail -phunter2 mail", "hunter2"),
    ("postmap: dict_open: static:bob:hunter2", "bob:hunter2"),
    ("dict_open: static:{bob:hunter2}", "hunter2"),
    ("warning: dict_open: inline:{ {relay.example=bob:hunter2} }", "hunter2"),
    ("smtp_sasl_password_maps = inline:{[relay.example]:587=bob:hunter2}", "hunter2"),
    ("[relay.example]:587 bob:hunter2", "hunter2"),
    (
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----",
        "BKcwggSjAgEAAoIBAQC7",
    ),
    (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xf\n",
        "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xf",
    ),
    (
        "key: -----BEGIN EC PRIVATE KEY-----MHcCAQEEIAbc/+12-----END EC PRIVATE KEY-----",
        "MHcCAQEEIAbc/+12",
    ),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNzaC1rZXktdjEA\\n", "b3BlbnNzaC1rZXktdjEA"),
    ("XCLIENT NAME=mx.example ADDR=192.0.2.7 LOGIN=bob@example.net", "bob@example.net"),
    ("Authorization: Bearer abcdefghijkl.mnopqr", "abcdefghijkl.mnopqr"),
    ('C: AUTHENTICATE "PLAIN" "AGJvYgBodW50ZXIy"', "AGJvYgBodW50ZXIy"),
    ("sieve-connect: token=abcdef0123456789", "abcdef0123456789"),
    ("{PLAIN}hunter2", "hunter2"),
    (
        "bob:{SHA512-CRYPT}$6$abcdefgh$0123456789abcdefghij:5000:5000::/home/bob",
        "$6$abcdefgh$0123456789abcdefghij",
    ),
    ("passdb: user=bob pass=<hunter2>", "hunter2"),
    ('controller password "hunter2"', "hunter2"),
    ('password = "$2$abcdefgh$ijklmnop";', "$2$abcdefgh$ijklmnop"),
    ("openssl s_client -passin pass:hunter2 -connect mx:25", "hunter2"),
    ("api_key=abcdef0123456789", "abcdef0123456789"),
]
INNOCENT = [
    "rspamd_controller_check_password: allow unauthorized connection from a unix socket",
    "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
    "smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd",
    "warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
    "250-AUTH PLAIN LOGIN CRAM-MD5",
    "AUTH=PLAIN LOGIN",
    "imap-login: Login: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, TLS",
    "auth: passwd-file(bob,192.0.2.7): unknown user",
    "auth-worker(12): passwd(bob): unknown user",
    "dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<bob>, method=PLAIN",
    "dovecot: auth: pam(bob,192.0.2.7): pam_authenticate() failed: Authentication failure (password mismatch?)",
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7",
    "how do I change my password",
    "password is wrong",
    "the password is not accepted",
    "Passwort ist falsch",
    "mot de passe incorrect",
    "forgot password of a mailbox",
    "What is the password scheme in Dovecot?",
    "dict_open: hash:/etc/postfix/virtual: No such file",
    "open database /etc/postfix/sasl_passwd.db: No such file or directory",
    'fatal: open dictionary: expecting "type:name" form instead of "x"',
    "passdb { driver = pam }",
    "passdb {\n  driver = passwd-file\n  args = /etc/dovecot/users\n}",
    "smtpd_tls_key_file = /etc/ssl/private/mx.pem",
    "tls key /etc/dkim/mail.private: Permission denied",
    "pass",
    "spf=pass smtp.mailfrom=example.org",
    "dkim=pass header.d=example.org; dmarc=pass (p=NONE)",
    "spf: pass: 192.0.2.7 is allowed",
    "Received-SPF: pass (mx: domain of a@example.org)",
    "Authentication-Results: mx; auth=pass smtp.auth=bob",
    "postscreen PASS NEW [192.0.2.7]:1234",
    "PASS OLD [192.0.2.7]:1234",
    "passed away",
    "curl --user-agent x https://example.org/",
    "curl -s http://localhost:11334/stat",
    "https://example.org/a:b@c",
    "mailto:bob@example.net",
    "http://www.postfix.org/postconf.5.html#x",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQ\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB\n-----END PUBLIC KEY-----",
    "ps x | grep pw",
    "pwck: user mail: directory does not exist",
    "/etc/passwd: No such file",
    "user bob unknown; LOGIN disabled",
    "* CAPABILITY IMAP4rev1 LOGINDISABLED",
    "a1 LOGOUT",
    "* OK Dovecot ready.",
    "login: error",
    "please login again tomorrow",
    "saslauthd[12]: do_auth : auth failure: [user=bob] [service=smtp] [realm=] [mech=pam] [reason=PAM auth error]",
    "doveadm auth test bob",
    "doveadm user bob",
    "doveadm pw -s SHA512-CRYPT",
    "postmap -q [relay.example]:587 hash:/etc/postfix/sasl_passwd",
    "XCLIENT NAME=mx.example ADDR=192.0.2.7",
    "XCLIENT LOGIN",
    "lost connection after AUTH from unknown[192.0.2.7]",
    "[relay.example]:587",
    "relayhost = [relay.example]:587",
    "example.net smtp:[relay.example]:587",
    "bob@example.net: alice@example.net",
    "CONNECT from [192.0.2.7]:4711 to [192.0.2.1]:25",
    "token bucket limit",
    "secret santa",
    "milter: secret header removed",
    "mysql -u mail -p mail",
    "ldapsearch -x -W -D cn=admin",
    "postscreen_dnsbl_sites = secret.dnsbl.example=127.0.0.2",
    "postscreen_dnsbl_reply_map = texthash:/etc/postfix/dnsbl_reply",
    "smtpd_sasl_password = /etc/x/y",
    "NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 <bob@example.net>: Relay access denied",
    "static:smtp:[relay.example]:587",
    "transport_maps = inline:{example.net=smtp:[mx.example]}",
    "334 ",
    "535 5.7.8 Error: authentication failed: authentication failure",
    "opendkim[1]: mail._domainkey.example.org: key data is not secure: /etc/dkim/mail.private can be read or written by other users",
    "from=<pass@example.org> to=<pw@example.net>",
    "to=<user@example.net>, relay=mx.example[192.0.2.1]:25, delay=1, status=sent (250 ok)",
    "Let a known sender pass: `@score_sender_maps` or `welcomelist_auth`",
    'is only "Password:" in base64, the last prompt',
    "printf 'password: ' >&2; read -r p",
    "the ordinary password was used",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_covered_whole_and_line_by_line(session: Session, text: str, secret: str) -> None:
    by_line = "\n".join(line or "" for line in session.redactor.cover_lines(text.split("\n")))
    for covered in (session.redactor.cover(text), by_line):
        assert secret not in covered
        assert len(covered) == len(text)


@pytest.mark.parametrize("text", INNOCENT)
def test_what_is_no_secret_stays(session: Session, text: str) -> None:
    by_line = "\n".join(line or "" for line in session.redactor.cover_lines(text.split("\n")))
    assert session.redactor.cover(text) == text
    assert by_line == text


@pytest.mark.parametrize("how", [(), ("-v",), ("--json",), ("--markdown",)])
def test_no_answer_notice_or_file_holds_one(mailhelp: Mailhelp, how: tuple[str, ...]) -> None:
    for text, secret in SECRETS[::3]:
        for done in (mailhelp(*how, text), mailhelp(*how, stdin=text + "\n")):
            assert secret not in done.out + done.err, text
            assert json.dumps(secret)[1:-1] not in done.out, text
        for path in mailhelp.home.rglob("*"):
            if path.is_file():
                assert secret.encode() not in path.read_bytes(), (text, path)


def test_no_answer_to_a_question_is_a_log_record(session: Session) -> None:
    """A record is covered by itself: the one before it asks for nothing in it."""
    for row in session.library.table("secrets").values():
        for line in ("Nov 22 06:25:16 mx a[1]: secret", "2026-11-22T06:25:16Z mx a: secret"):
            assert "after" not in row or not re.match(row["regex"], line)
