"""Secrets in pasted lines are covered before anything else sees them."""

import pytest

from mailhelp.session import Session

SECRETS = [
    ("request longer than 2048: AUTH PLAIN AHRlc3QAc2VjcmV0", "AHRlc3QAc2VjcmV0"),
    ("< client[192.0.2.7]: AUTH PLAIN AHRlc3QAc2VjcmV0", "AHRlc3QAc2VjcmV0"),
    ("connect to mysql://mail:hunter2@db.example/x failed", "hunter2"),
    ("dict_ldap: bind password=hunter2 rejected", "hunter2"),
    ("< client[192.0.2.7]: auth login AHRlc3QAc2VjcmV0", "AHRlc3QAc2VjcmV0"),
    ("< client[192.0.2.7]: c2VjcmV0", "c2VjcmV0"),
    ("> mx.example[192.0.2.7]:587: c2VjcmV0", "c2VjcmV0"),
    ('{"MESSAGE":"< client[192.0.2.7]: c2VjcmV0"}', "c2VjcmV0"),
    ("334 UGFzc3dvcmQ6\n~> c2VjcmV0", "c2VjcmV0"),
    ("sasl_method PLAIN, init_response AHRlc3QAc2VjcmV0", "AHRlc3QAc2VjcmV0"),
    ("host `mx.example' user `mail' pass `hunter 2'", "hunter 2"),
    ("password = hunter2", "hunter2"),
    ('{"password": "hunter2"}', "hunter2"),
    ("bind_pw = hunter2", "hunter2"),
    ("smtp_sasl_password_maps = static:mail:hunter2", "hunter2"),
    ("Authorization: Basic bWFpbDpodW50ZXIy", "bWFpbDpodW50ZXIy"),
    ("swaks --to a@example.org --auth-user ann --auth-password hunter2", "hunter2"),
    ("swaks -t a@example.org -ap hunter2", "hunter2"),
    ("openssl pkey -in key.pem -passin pass:hunter2", "hunter2"),
    ("curl -u ann:hunter2 smtp://mx.example.org", "hunter2"),
    ("mysql -u root -phunter2 vmail", "hunter2"),
    ("sshpass -p hunter2 ssh mx.example.org", "hunter2"),
    ("doveadm auth test -x service=imap ann hunter2", "hunter2"),
]


@pytest.mark.parametrize(("line", "secret"), SECRETS)
def test_covered(session: Session, line: str, secret: str) -> None:
    covered = session.redactor.cover(line)
    assert secret not in covered
    assert len(covered) == len(line)


DIALOGUES = [
    " -> AUTH LOGIN\n<-  334 VXNlcm5hbWU6\n -> c2VjcmV0\n<-  334 UGFzc3dvcmQ6\n -> c2VjcmV0",
    "C: AUTH PLAIN\nS: 334\nC: c2VjcmV0",
    "C: AUTH PLAIN\nS: 334 \n\nC: c2VjcmV0",
    " In:  AUTH PLAIN\n Out: 334 \n In:  c2VjcmV0",
    "AUTH PLAIN\n334 \nc2VjcmV0",
    "> AUTH PLAIN\n> 334 \n> c2VjcmV0",
    ">>> AUTH CRAM-MD5\n<<< 334 PDE4QG1haWw+\n>>> c2VjcmV0",
    "> mx.example[192.0.2.7]: 334 \n< mx.example[192.0.2.7]: c2VjcmV0",
    "<~  334 Password:\n ~> c2VjcmV0",
    " ~> AUTH PLAIN bob\\0bob\\0c2VjcmV0",
]


@pytest.mark.parametrize("text", DIALOGUES)
def test_logins_are_covered_whole_and_line_by_line(session: Session, text: str) -> None:
    for covered in (
        session.redactor.cover(text),
        "\n".join(line or "" for line in session.redactor.cover_lines(text.split("\n"))),
    ):
        assert "c2VjcmV0" not in covered
        assert len(covered) == len(text)


def test_what_follows_a_refused_login_stays(session: Session) -> None:
    text = "S: 334 x\nS: 535 5.7.8 Error: authentication failed\nC: QUIT\nS: 334\n221 bye"
    assert session.redactor.cover(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
        "250-AUTH PLAIN LOGIN CRAM-MD5",
        "why does AUTH LOGIN fail without TLS",
        "smtp auth login problems",
        "< client[192.0.2.7]: STARTTLS",
        "< client[192.0.2.7]: QUIT",
        "transport_maps = static:smtp:[relay.example]:587",
        "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
        "openssl pkey -passin file:/etc/ssl/pass -in key.pem",
        "swaks --auth-password --auth-user ann",
        "doveadm auth test ann",
    ],
)
def test_ordinary_lines_stay(session: Session, line: str) -> None:
    assert session.redactor.cover(line) == line


@pytest.mark.parametrize(
    "piece",
    [
        "< a[",
        "AUTH PLAIN ",
        "password_maps=",
        "user `",
        "static:",
        "http://",
        "h://a:",
        "swaks -ap",
        "doveadm auth test ",
        "mysql -",
        "curl -u ",
        "--a-pass ",
        "-pass",
    ],
)
def test_hostile_text_is_covered_in_linear_time(session: Session, piece: str) -> None:
    """Were it quadratic, a megabyte would take minutes."""
    session.redactor.cover(piece * (1_000_000 // len(piece)))


def test_a_secret_that_a_terminal_broke_is_covered_in_its_second_line(session: Session) -> None:
    lines = ["dict_ldap: bind password=hunt", "er2secret", "  ordinary words", "next"]
    for covered in (
        session.redactor.cover("\n".join(lines)).split("\n"),
        [line or "" for line in session.redactor.cover_lines(lines)],
    ):
        assert covered == ["dict_ldap: bind password=****", "*********", *lines[2:]]


def test_a_secret_is_only_broken_where_its_line_ends(session: Session) -> None:
    lines = ["dict_ldap: bind password=hunter2 rejected", "reload"]
    assert session.redactor.cover("\n".join(lines)).endswith("******* rejected\nreload")


def test_a_setting_is_a_secret_by_its_name(session: Session) -> None:
    assert session.redactor.cover_value("bind_pw", "hunter2") == "*******"
    assert session.redactor.cover_value("myhostname", "hunter2") == "hunter2"
    assert session.redactor.cover_value("bind_pw", "") == ""
    assert session.redactor.cover_value("bind_pw", None) is None
