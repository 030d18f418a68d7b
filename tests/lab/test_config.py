"""A configuration with the real postconf beside it: what Postfix refuses, mailhelp finds, and reads all the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mailhelp import api
from mailhelp.answer import Answer
from mailhelp.explain import config
from mailhelp.host.machine import Host
from mailhelp.host.postfixfiles import main_cf
from mailhelp.review import checks
from mailhelp.review.configuration import Configuration
from mailhelp.session import Session

from .conftest import POSTFIXES, unavailable
from .lab import missing, programs

MASTER = """\
smtp inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
smtp unix - - n - - smtp
relay unix - - n - - smtp
local unix - n n - - local
"""


INTERNET_SITE = {
    "smtpd_relay_restrictions": "permit_mynetworks permit_sasl_authenticated defer_unauth_destination",
    "myhostname": "mx.example.com",
    "alias_maps": "hash:/etc/aliases",
    "alias_database": "hash:/etc/aliases",
    "mydestination": "$myhostname, example.com, localhost",
    "relayhost": "",
    "mynetworks": "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128",
    "mailbox_size_limit": "0",
    "recipient_delimiter": "+",
    "inet_interfaces": "all",
    "inet_protocols": "all",
}
"""What Debian's package sets for an “Internet Site”."""


@pytest.fixture(params=POSTFIXES)
def postfix(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of each Postfix; its postconf is this host's."""
    root: Path | None = POSTFIXES[request.param]
    lacks = missing(root)
    if lacks:
        unavailable(lacks)
    monkeypatch.setenv("PATH", programs(root)["PATH"])
    return root or Path("/")


@pytest.fixture
def folder(postfix: Path, tmp_path: Path) -> Path:
    (tmp_path / "master.cf").write_text(MASTER)
    return tmp_path


def review(folder: Path, bundled: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """The answer for this host, whose configuration is in ``folder``."""
    main = f"compatibility_level = 3.6\nmyhostname = mail.example.com\n{text}\n"
    (folder / "main.cf").write_text(main)
    return of_host(folder, bundled, monkeypatch)


def of_host(folder: Path, bundled: Path, monkeypatch: pytest.MonkeyPatch) -> Answer:
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


@pytest.mark.parametrize("settings", [INTERNET_SITE, {}], ids=["internet-site", "as-packed"])
def test_nothing_is_wrong_with_the_default_configuration_of_debian(
    postfix: Path,
    tmp_path: Path,
    bundled: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
) -> None:
    packed = postfix / "usr/share/postfix"
    main = (packed / "main.cf.debian").read_text() + (packed / "main.cf.tls").read_text()
    (tmp_path / "main.cf").write_text(main)
    (tmp_path / "master.cf").write_text((packed / "master.cf.dist").read_text())
    for name, value in settings.items():
        subprocess.run(
            ["postconf", "-c", tmp_path, "-e", f"{name}={value}"], check=True, timeout=30
        )
    here = of_host(tmp_path, bundled, monkeypatch)
    # On this machine that Postfix was never started, so files that it makes are rightly missed.
    missed = ("is missing", "runs in a chroot without", "newaliases was not run")
    assert [
        each.title
        for each in here.findings
        if each.file in ("main.cf", "master.cf") and not any(word in each.title for word in missed)
    ] == []
    monkeypatch.delenv("MAIL_CONFIG")
    session = Session(Host(), bundled)
    (copied,) = api.config(session, str(tmp_path))
    session.close()
    assert len(copied.parameters) > 5
    assert copied.findings == ()


def test_every_parameter_of_postfix_is_known_and_its_default_is_right(
    folder: Path, bundled: Path
) -> None:
    (folder / "main.cf").write_text("compatibility_level = 3.6\n")
    done = subprocess.run(
        ["postconf", "-c", folder, "-d"], capture_output=True, text=True, timeout=30, check=True
    )
    lines = done.stdout.splitlines()
    assert len(lines) > 800
    session = Session(Host(), bundled)
    read = Configuration(main_cf([*lines, "compatibility_level = 3.6"]), whole=False)
    found = [fault.finding for fault in checks.faults(config.known(session.library), read)]
    session.close()
    assert [each.text for each in found if each.severity in ("fatal", "error")] == []
