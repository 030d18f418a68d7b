"""Sentences that begin with the name of a command are questions; calls stay calls."""

from pathlib import Path

import pytest

from tests.conftest import Mailhelp


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("trace a message from sender to recipient in the log", "follow one mail"),
        ("trace a single message trough mail.log from arrival to delivery", "follow one mail"),
        ("trace a mail by SMTP", "trace"),
        ("trace mail", "follow one mail"),
        ("log shows NOQUEUE what is it", "NOQUEUE in the log"),
        ("log rotation for mail.log", "rotation and retention"),
        ("recipe to flush queue", "try waiting mail now"),
        ("config of dkim for two domains", "DKIM"),
        ("config for smarthost", "smarthost"),
        ("check dkim", "DKIM"),
        ("index corrupted", "index"),
        ("explain smtpd_tls_security_level = may", "smtpd_tls_security_level = may"),
        ("explain smtpd_tls_security_level", "smtpd_tls_security_level"),
        ("explain greylisting", "Greylisting"),
        ("-o smtpd_sasl_auth_enable=yes what for", "smtpd_sasl_auth_enable"),
        ("export contacts from roundcube", "Roundcube"),
        ("template for vacation message", "vacation"),
    ],
)
def test_a_sentence_that_begins_with_a_command_is_a_question(
    mailhelp: Mailhelp, words: str, told: str
) -> None:
    done = mailhelp(*words.split())
    assert (done.code, done.err) == (0, "")
    assert told in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("trace 4A1B2C3D4E mail.log", "mail.log cannot be read"),
        ("trace ann@example.com /nowhere/mail.log", "/nowhere/mail.log cannot be read"),
        ("log maillog", "maillog cannot be read"),
        ("log mail.log.1 mail.log", "mail.log cannot be read"),
        ("check nowhere/corpus", "nowhere"),
        ("explain mail.log.1", "mail.log.1 cannot be read"),
        ("trace -o smtpd_sasl_auth_enable=yes", "No such option"),
        ("recipe starttls-check mail.example.com", "is not KEY=VALUE"),
        ("config /mnt/a /mnt/b", "unexpected"),
        ("doctor /etc/postfix", "unexpected"),
    ],
)
def test_a_call_whose_file_is_missing_is_told_so(mailhelp: Mailhelp, words: str, said: str) -> None:
    done = mailhelp(*words.split())
    assert done.code != 0
    assert said in done.err


def test_a_file_called_like_a_word_is_read(mailhelp: Mailhelp, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("postfix/qmgr[1]: 4A1B2C3D4E: removed\n")
    done = mailhelp("log", str(tmp_path / "mail"), "in", "it")
    assert "record" in done.out + done.err
