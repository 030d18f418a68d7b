"""The recipes that ask DNS, against a name server on loopback that knows example domains only."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from .lab import LabError, free_block
from .recipe import Recipe

_ZONE = """
no-resolv
no-hosts
bind-interfaces
listen-address=127.0.0.1
local=/example.com/
local=/example.net/
local=/in-addr.arpa/
mx-host=example.com,mail.example.com,10
host-record=mail.example.com,192.0.2.25
ptr-record=25.2.0.192.in-addr.arpa,mail.example.com
mx-host=null.example.net,.,0
txt-record=example.com,"v=spf1 mx ip4:192.0.2.0/24 -all"
txt-record=mail._domainkey.example.com,"v=DKIM1; k=rsa; p=MIIBIjANBg","kqhkiG9w0B"
txt-record=old._domainkey.example.com,"v=DKIM1; k=rsa; p="
txt-record=_dmarc.example.com,"v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
host-record=7.2.0.192.dnsbl.example.net,127.0.0.2
"""

Ask = Callable[[str], str]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Run a command in a shell whose dig asks the name server of this test."""
    for program in ("dnsmasq", "dig"):
        if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
            pytest.skip(f"{program} is not installed")
    home = tmp_path_factory.mktemp("dns")
    port = free_block()
    (home / "zone").write_text(f"port={port}\npid-file={home}/pid\n{_ZONE}", encoding="utf-8")
    (home / ".digrc").write_text(f"@127.0.0.1 -p {port} +tries=1 +time=5", encoding="ascii")
    environment = {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin",
    }

    def run(command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            timeout=60,
        )
        return done.stdout

    with subprocess.Popen(
        ["dnsmasq", "--keep-in-foreground", "-C", str(home / "zone")],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait(run)
            yield run
        finally:
            server.terminate()


def _wait(run: Ask) -> None:
    end = time.monotonic() + 30
    while run("dig -t a -q mail.example.com +short") != "192.0.2.25\n":
        if time.monotonic() > end:
            raise LabError("the name server did not answer")
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("mx-lookup", {"domain": "example.com"}, ("good", "MX")),
        ("mx-lookup", {"domain": "null.example.net"}, ("bad", "MX	0 .")),
        ("mx-lookup", {"domain": "nosuch.example.com"}, ("bad", "NXDOMAIN")),
        ("mx-lookup", {"domain": "mail.example.com"}, ("bad", "ANSWER: 0")),
        ("ptr-check", {"address": "192.0.2.25"}, ("good", "PTR")),
        ("ptr-check", {"address": "192.0.2.77"}, ("bad", "NXDOMAIN")),
        ("spf-dns", {"domain": "example.com"}, ("good", "v=spf1")),
        ("dkim-dns", {"domain": "example.com", "selector": "mail"}, ("good", "v=DKIM1")),
        ("dkim-dns", {"domain": "example.com", "selector": "old"}, ("bad", 'p="')),
        ("dmarc-dns", {"domain": "example.com"}, ("good", "v=DMARC1")),
        (
            "blocklist-check",
            {"reversed": "7.2.0.192", "list": "dnsbl.example.net"},
            ("bad", "127.0.0."),
        ),
        (
            "blocklist-check",
            {"reversed": "8.2.0.192", "list": "dnsbl.example.net"},
            ("good", "NXDOMAIN"),
        ),
    ],
)
def test_the_answer_of_dns_is_read(
    ask: Ask,
    recipes: dict[str, Recipe],
    name: str,
    values: dict[str, str],
    expected: tuple[str, str],
) -> None:
    recipe = recipes[name]
    output = ask(recipe.command("dig", **values))
    result, text = expected
    findings = recipe.findings(output)
    assert any(found.result == result and text in found.pattern for found in findings), output
