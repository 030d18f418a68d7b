"""A configuration with the real postconf beside it: what Postfix refuses, mailhelp finds, and reads all the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mailhelp import api
from mailhelp.answer import Answer
from mailhelp.host.machine import Host
from mailhelp.session import Session

from .conftest import unavailable
from .lab import missing

MASTER = """\
smtp inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
smtp unix - - n - - smtp
relay unix - - n - - smtp
local unix - n n - - local
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if shutil.which("postconf") is None:
        unavailable(missing() or ["postconf"])
    (tmp_path / "master.cf").write_text(MASTER)
    return tmp_path


def review(folder: Path, bundled: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """The answer for this host, whose configuration is in ``folder``."""
    main = f"compatibility_level = 3.6\nmyhostname = mail.example.com\n{text}\n"
    (folder / "main.cf").write_text(main)
    monkeypatch.setenv("MAIL_CONFIG", str(folder))
    session = Session(Host(), bundled)
    try:
        return api.config(session, None)[0]
    finally:
        session.close()


def titles(answer: Answer) -> str:
    return " | ".join(f"{each.severity} {each.title}" for each in answer.findings)


@pytest.mark.parametrize(
    ("text", "postconf", "title"),
    [
        ("alias_maps hash:/etc/aliases", "missing '='", "There is no = in this line"),
        ("myhostnam = x", "unused parameter", "Postfix has no parameter"),
        ("mydestination = $nosuchname", "undefined parameter", "$nosuchname is no parameter"),
        ("myorigin = a\nmyorigin = b", "overriding earlier entry", "myorigin is set twice"),
    ],
)
def test_postfix_s_words_and_ours(
    folder: Path,
    bundled: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    postconf: str,
    title: str,
) -> None:
    answer = review(folder, bundled, text, monkeypatch)
    assert any(postconf in note for note in answer.notes), answer.notes
    assert title in titles(answer)


def test_tables_and_keys_of_this_host(
    folder: Path, bundled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual, transport = folder / "virtual", folder / "transport"
    for path in (virtual, transport):
        path.write_text("a@example.com b@example.com\n")
    (folder / "main.cf").write_text("compatibility_level = 3.6\n")
    subprocess.run(["postmap", "-c", folder, f"hash:{transport}"], check=True, timeout=30)
    key = folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=x",
         "-keyout", key, "-out", folder / "cert.pem"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    key.chmod(0o644)
    text = f"virtual_alias_maps = hash:{virtual}\ntransport_maps = hash:{transport}\n"
    text += f"smtpd_tls_cert_file = {folder}/cert.pem\nsmtpd_tls_key_file = {key}\n"
    text += f"virtual_mailbox_maps = nosuchtype:{virtual}\nsmtpd_tls_security_level = may"
    found = titles(review(folder, bundled, text, monkeypatch))
    assert f"virtual_alias_maps: postmap was not run for {virtual}" in found
    assert "transport_maps: postmap" not in found
    assert "Everybody on this machine can read the private key" in found
    assert "The certificate ends in" in found
    assert "There is no table type" in found


def test_nothing_is_found_where_nothing_is_wrong(
    folder: Path, bundled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = review(folder, bundled, "mynetworks = 127.0.0.0/8 [::1]/128", monkeypatch)
    severe = [each for each in answer.findings if each.severity in ("fatal", "error", "warning")]
    assert [each.title for each in severe if each.file in ("main.cf", "master.cf")] == []
