"""What commands print, explained by the outcomes of the recipes; most inputs are real output of OpenSSL 3.0."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailhelp import api, query
from mailhelp.answer import Answer
from mailhelp.explain import output
from mailhelp.session import Session
from tests.fakes import FakeHost

OUTPUTS = Path(__file__).parent.parent / "outputs"


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    """A host on the day on which the certificates were made."""
    return FakeHost(folder=tmp_path, day=date(2026, 11, 26))


def told(session: Session, text: str) -> Answer:
    """The one answer about an output, which is recognised as one."""
    lines = text.split("\n")
    assert query.held(session.library, lines) == "output"
    (answer,) = api.explain_held(session, "output", lines)
    return answer


def kept(name: str) -> str:
    return (OUTPUTS / name).read_text(encoding="utf-8")


EXPIRED = "The certificate has expired (openssl)"
OTHER_NAME = "The certificate is for another name (openssl)"
SELF_SIGNED = "The certificate is self-signed (openssl)"
ISSUER = "The certificate's issuer is not known (openssl)"
COMPLETE = "The handshake is complete (openssl)"
PLAIN_TEXT = "The server answered in plain text where TLS should begin (openssl)"
NO_STARTTLS = "The server offers no STARTTLS (openssl)"
NOTHING_COMMON = "The server and the client have no parameters in common (openssl)"
BROKEN_OFF = "The server broke the connection off before TLS was up (openssl)"
NO_VERSION = "The server accepts none of the TLS versions that were offered (openssl)"
TITLES = {
    "s-good-brief.txt": "The certificate is trusted, and holds this name (openssl)",
    "s-good-full.txt": COMPLETE,
    "s-chain-full.txt": COMPLETE,
    "s-alpn-full.txt": COMPLETE,
    "s-noalpn-full.txt": COMPLETE,
    "s-tls12-full.txt": COMPLETE,
    "s-expired-brief.txt": EXPIRED,
    "s-expired-full.txt": EXPIRED,
    "s-expired-nobreak-brief.txt": EXPIRED,
    "s-self-brief.txt": SELF_SIGNED,
    "s-self-full.txt": SELF_SIGNED,
    "s-name-brief.txt": OTHER_NAME,
    "s-name-full.txt": OTHER_NAME,
    "s-missing-intermediate-full.txt": ISSUER,
    "s-noca-full.txt": ISSUER,
    "s-weak-full.txt": "The key of the certificate is too short for today's clients (openssl)",
    "s-version-brief.txt": NO_VERSION,
    "s-version-full.txt": NO_VERSION,
    "s-cipher-full.txt": NOTHING_COMMON,
    "s-clientcert12-full.txt": NOTHING_COMMON,
    "s-clientcert-full.txt": "The server demands a certificate of the client (openssl)",
    "s-alpn-wrong-full.txt": "The server knows none of the protocols that -alpn named (openssl)",
    "s-anon-full.txt": "The server sent no certificate (openssl)",
    "s-plain-brief.txt": PLAIN_TEXT,
    "s-plain-full.txt": PLAIN_TEXT,
    "s-nostarttls-brief.txt": NO_STARTTLS,
    "s-nostarttls-full.txt": NO_STARTTLS,
    "s-greeting-refused.txt": NO_STARTTLS,
    "s-closed-at-once-brief.txt": BROKEN_OFF,
    "s-closed-at-once-full.txt": BROKEN_OFF,
    "s-silent-full.txt": "Connected, and then nothing came (openssl)",
    "s-refused.txt": "No connection (openssl)",
    "s-noname.txt": "The host name has no address (openssl)",
    "s-cafile-missing.txt": "A file that the command names does not exist, "
    "such as the CA file (openssl)",
    "s-usage.txt": "OpenSSL does not know this option: a slip, or another version "
    "(see openssl version) (openssl)",
    "x-dates.txt": "The certificate stays valid (openssl)",
    "x-dates-expired.txt": EXPIRED,
    "x-text.txt": "The certificate is valid up to this moment: it has not ended yet (openssl)",
    "x-text-expired.txt": EXPIRED,
    "x-checkend-soon.txt": "The certificate ends soon, or has ended (openssl)",
    "x-nofile.txt": "The certificate's file is missing, or this user may not read it (openssl)",
    "x-key-instead.txt": "No certificate was read (openssl)",
    "v-ok.txt": "The chain is complete and trusted (openssl)",
    "v-expired.txt": EXPIRED,
    "v-intermediate.txt": ISSUER,
    "v-name.txt": OTHER_NAME,
    "v-self.txt": SELF_SIGNED,
    "k-digests.txt": "Two equal fingerprints: key and certificate belong together (openssl)",
    "dig-none.txt": "Nothing is known: your own resolver does not answer (dig)",
    "doveadm-nosock.txt": "Dovecot's password check does not answer (doveadm)",
}


def test_every_kept_output_is_told() -> None:
    assert {path.name for path in OUTPUTS.iterdir()} == set(TITLES)


@pytest.mark.parametrize("name", TITLES)
def test_title_is_the_answer(session: Session, name: str) -> None:
    answer = told(session, kept(name))
    assert answer.title == TITLES[name]
    assert answer.severity in ("info", "error")


def test_what_is_bad_comes_first_with_its_line(session: Session) -> None:
    findings = told(session, kept("s-name-full.txt")).findings
    assert findings[0].severity == "error"
    assert findings[0].text == "verify error:num=62:hostname mismatch"
    assert findings[0].line == 3
    severities = [finding.severity for finding in findings]
    assert severities == sorted(severities)  # error before info


def test_numbers_are_read(session: Session) -> None:
    (finding,) = (f for f in told(session, kept("s-refused.txt")).findings if "errno" in f.text)
    assert "111: Connection refused (Linux)" in finding.meaning


def test_good_values_are_named(session: Session) -> None:
    gist = told(session, kept("s-good-brief.txt")).gist
    assert gist == "mail.example.com · TLS_AES_256_GCM_SHA384 · TLSv1.3"


def test_a_date_decides_by_the_hosts_clock(session: Session, host: FakeHost) -> None:
    assert told(session, kept("x-text.txt")).severity == "info"
    host.day = date(2027, 1, 1)
    assert told(session, kept("x-text.txt")).title == EXPIRED
    host.day = date(2026, 11, 1)
    assert told(session, kept("x-dates.txt")).title == "The certificate is not valid yet (openssl)"


def test_same_thing_said_twice_is_one_finding(session: Session) -> None:
    titles = [finding.title for finding in told(session, kept("s-expired-full.txt")).findings]
    assert len(titles) == len(set(titles))


def test_connected_counts_only_alone(session: Session) -> None:
    findings = told(session, kept("s-plain-full.txt")).findings
    assert not any(finding.text.startswith("CONNECTED") for finding in findings)


def test_keys_and_session_secrets_are_not_shown(session: Session) -> None:
    text = kept("s-tls12-full.txt") + (
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"
    )
    shown = repr(told(session, text))
    assert "Master-Key" in text
    for secret in ("Master-Key", "MIIEvQ", "MIID", "TLS session ticket"):
        assert secret not in shown


def test_recipe_of_the_output_is_the_entry(session: Session) -> None:
    assert told(session, kept("x-dates.txt")).entry == "recipe/cert-expiry"
    assert told(session, kept("v-name.txt")).entry == "recipe/cert-file-check"
    answer = told(session, kept("s-expired-brief.txt"))
    assert answer.entry == "recipe/starttls-check"
    assert answer.commands[0].command.startswith("openssl s_client -starttls smtp -brief")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "passdb: test auth failed\nextra fields:\n  user=test\n",
            "Wrong password or unknown user (doveadm)",
        ),
        (
            ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 34770\n"
            ";; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1\n",
            "This domain does not exist (dig)",
        ),
        (
            ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; ANSWER SECTION:\n"
            "7.2.0.192.dnsbl.example.net. 60\tIN\tA\t127.0.0.2\n",
            "Listed (dig)",
        ),
        (
            'LISTEN 0      100    127.0.0.1:24501 0.0.0.0:* users:(("smtpd",pid=19576,fd=6),'
            '("master",pid=18660,fd=16))\n',
            "Something listens: master is Postfix (ss)",
        ),
    ],
)
def test_other_programs(session: Session, text: str, title: str) -> None:
    assert told(session, text).title == title


@pytest.mark.parametrize(
    "text",
    [
        "/tmp/eicar.com: OK\n/tmp/mail.eml: OK\n",  # a virus scanner's
        "Nov 22 08:47:38 mail openssl[1]: connect:errno=111\n" * 3,
        "Subject: CONNECTED(00000003)\nFrom: ann@example.org\n",
    ],
)
def test_what_only_looks_like_it_is_something_else(session: Session, text: str) -> None:
    assert query.held(session.library, text.split("\n")) is None


def test_quotes_and_indents_do_not_matter(session: Session) -> None:
    quoted = "\n".join(f"> {line}" for line in kept("s-expired-brief.txt").split("\n"))
    assert told(session, quoted).title == EXPIRED


def test_unknown_output_says_so(session: Session) -> None:
    (answer,) = output.explain(session, ["all is well", "12", "fe80::1"])
    assert answer.recognised == "no"
    assert answer.title == "Nothing in this output is known to mailhelp."


def test_endless_output_is_cut(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "MOST_LINES", 500)

    def endless() -> object:
        yield "CONNECTED(00000003)"
        yield "x" * 1_000_000
        while True:
            yield "40979FE06F7F0000:error:0A00010B:SSL routines:a:" + ":" * 5000

    (answer,) = output.explain(session, endless())  # type: ignore[arg-type]
    assert answer.kind == "output"


def test_what_to_do_is_told_of_bad_output_alone(session: Session) -> None:
    (bad,) = api.explain_held(session, "output", kept("x-dates-expired.txt").split("\n"))
    (good,) = api.explain_held(session, "output", kept("x-dates.txt").split("\n"))
    assert bad.severity == "error"
    assert bad.related[0] == good.related[0]
    document = session.library.document(bad.related[0])
    assert document is not None
    assert len(bad.actions) == len(document.data["actions"]) > 0
    assert (good.severity, good.actions) == ("info", ())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "posttls-finger: Connected to mx.example.com[192.0.2.25]:25\n"
            "posttls-finger: < 220 mx.example.com ESMTP\n"
            "posttls-finger: Untrusted TLS connection established to mx.example.com[192.0.2.25]:25: "
            "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n",
            "Encrypted, but the certificate is not trusted or not for this name (posttls-finger)",
        ),
        (
            "opendkim-testkey: checking key 'mail._domainkey.example.com'\n"
            "opendkim-testkey: keys do not match\n",
            "DNS has another key (opendkim-testkey)",
        ),
    ],
)
def test_lines_that_are_nothing_else_are_an_output(session: Session, text: str, title: str) -> None:
    shape = api.shape_of(session, text.split("\n"))
    assert shape is not None
    (answer,) = api.explain_held(session, shape.kind, text.split("\n"))
    assert answer.title == title


@pytest.mark.parametrize(
    "text",
    ["all is well\n12\nfe80::1\n", "bob 3\nann 7 (x\n"],
)
def test_lines_of_nothing_known_are_no_output(session: Session, text: str) -> None:
    assert api.shape_of(session, text.split("\n")) is None
