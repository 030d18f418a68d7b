"""The first screen of each kind of answer, kept as files: what a reader sees at 80 and at 120 columns.

``UPDATE=1`` writes them anew; a change of them is read in review.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mailhelp.host.machine import Output
from mailhelp.render.lines import cells
from mailhelp.render.screen import HEIGHT
from tests.conftest import LINE, Mailhelp
from tests.fakes import FakeHost, recorded

HERE = Path(__file__).parent
KEPT = HERE / "screens"
SET = {
    "maximal_queue_lifetime": "2d",
    "mynetworks": "127.0.0.0/8 192.0.2.0/28",
    "mydestination": "mx.example.com, localhost",
}
DEFAULTS = {
    "maximal_queue_lifetime": "5d",
    "bounce_queue_lifetime": "5d",
    "mynetworks": "127.0.0.0/8",
    "mydestination": "$myhostname, localhost.$mydomain, localhost",
    "relay_domains": "",
    "smtpd_relay_restrictions": "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
    "message_size_limit": "10240000",
    "smtp_connect_timeout": "30s",
    "relayhost": "",
}
TIMEOUT = (
    "Nov 25 10:11:12 mx postfix/smtp[4711]: 4B12C21E0A: to=<bob@example.com>, relay=none, delay=4020, "
    "delays=4000/0.1/20/0, dsn=4.4.1, status=deferred (connect to mx.example.com[198.51.100.9]:25: "
    "Connection timed out)\n"
)
LOGIN = (
    "Nov 25 10:11:13 mx postfix/smtpd[99]: warning: unknown[203.0.113.7]: "
    "SASL LOGIN authentication failed: UGFzc3dvcmQ6\n"
)
CONNECT = "Nov 25 10:11:14 mx postfix/smtpd[99]: connect from unknown[203.0.113.7]\n"
CONTAINER = (
    "postfix-1  | 2026-11-22T10:00:02.123456+00:00 mail postfix/smtpd[321]: NOQUEUE: reject: RCPT from "
    "unknown[172.18.0.1]: 554 5.7.1 <bob@example.net>: Relay access denied; from=<ann@example.org> "
    "to=<bob@example.net> proto=ESMTP helo=<mx>\n"
)
UNKNOWN = "Nov 22 06:25:16 mx frobnicator[1]: wombat 7 denied; frobbed\n"
MAIN = """mynetworks = 0.0.0.0/0
smtpd_recipient_restrictons = permit_mynetworks, reject_unauth_destination
smtpd_use_tls = yes
maximal_queue_lifetime = 1h
"""
MASTER = """smtp      inet  n       -       y       -       -       smtpd
submission inet n       -       y       -       -       smtpd
  -o smtpd_tls_security_level=encrypt
127.0.0.1:10025 inet n  -       n       -       -       smtpd
  -o mynetworks=0.0.0.0/0
"""
HEAD = (HERE / "seed/head.txt").read_text(encoding="utf-8")
BULLETS = f"- {LOGIN}- {CONNECT}"


def text(place: str) -> str:
    return (HERE / place).read_text(encoding="utf-8", errors="replace")


ASKED: dict[str, tuple[str, ...]] = {
    "parameter": ("maximal_queue_lifetime",),
    "parameters": ("queue_lifetime",),
    "names": ("smtpd_tls",),
    "setting": ("mydestination = example.org",),
    "setting-danger": ("mynetworks = 0.0.0.0/0",),
    "setting-misspelt": ("smtpd_recipient_restrictons = permit",),
    "log": (LINE,),
    "log-deferred": (TIMEOUT,),
    "log-several": (LINE + TIMEOUT + LOGIN,),
    "log-container": (CONTAINER,),
    "log-unknown": (UNKNOWN,),
    "log-bullets": (BULLETS,),
    "code": ("5.7.1",),
    "code-reply": ("450",),
    "code-subject": ("5.7",),
    "code-class": ("4.x.x",),
    "reply": ("550 5.1.1 User unknown",),
    "recipes": ("recipe",),
    "recipe": ("recipe", "starttls-check", "host=mail.example.org"),
    "recipe-danger": ("recipe", "queue-delete"),
    "question": ("how", "do", "I", "see", "what", "is", "in", "the", "queue"),
    "question-german": ("warum", "wird", "meine", "Mail", "abgelehnt"),
    "question-far": ("wombat", "in", "the", "mail", "garden"),
    "topic": ("greylisting",),
    "topics": ("topics",),
    "header": ("X-Spam-Status: Yes, score=7.3 required=5 tests=[BAYES_99=3.5] autolearn=no",),
    "line": (
        'example.com. 3600 IN TXT "v=spf1 mx include:_spf.example.net ip4:192.0.2.0/24 ~all"',
    ),
    "line-fault": ("/^Subject:.*lottery/ DISCARD",),
    "line-several": ("root: ann@example.com\nnoreply: /dev/null\nlist: |/usr/local/bin/take",),
    "rule": ("BAYES_99",),
    "command": ("postqueue", "-p"),
    "command-danger": ("postsuper", "-d", "ALL"),
    "command-unexplained": ("openssl s_client -connect mail.example.org:465 -foo",),
    "port": ("587",),
    "address": ("192.0.2.7",),
    "template": ("template", "failure"),
    "page": ("man", "5", "postconf"),
    "pages": ("man",),
    "story": ("trace", "13915-15", str(HERE / "seed/rejected.log")),
    "config": ("config",),
    "doctor": ("doctor",),
}
PIPED: dict[str, Callable[[], str]] = {
    "piped-log": lambda: (LINE + TIMEOUT + LOGIN) * 4 + CONNECT * 30 + UNKNOWN * 2,
    "piped-bounce": lambda: text("bounces/postfix-whole.txt"),
    "piped-head": lambda: HEAD,
    "piped-queue": lambda: text("queues/filter-down.txt"),
    "piped-main-cf": lambda: MAIN,
    "piped-master-cf": lambda: MASTER,
    "piped-dialogue": lambda: text("dialogues/real-swaks-notls.txt"),
    "piped-openssl": lambda: text("outputs/s-expired-full.txt"),
}


@pytest.fixture
def host(mailhelp: Mailhelp) -> FakeHost:
    """A mail server with a few settings of its own, a manual and a terminal."""
    from mailhelp.knowledge import manuals
    from mailhelp.knowledge.document import Document
    from mailhelp.knowledge.store import CATALOGUE, SEARCH, Store

    host = mailhelp.host
    host.terminal = True
    host.variables["NO_COLOR"] = "1"
    host.commands["postconf", "-t"] = recorded("postconf-t.txt")
    host.commands["postconf", "-b"] = recorded("postconf-b.txt")
    host.settings = {"-n": SET, "-d": DEFAULTS, "-x": {**DEFAULTS, **SET}}
    host.files["/etc/postfix/main.cf"] = "".join(f"{name} = {SET[name]}\n" for name in SET)
    host.files["/etc/postfix/master.cf"] = MASTER
    for name in ("dig", "openssl", "postsuper", "postqueue", "postcat", "qshape", "ss"):
        host.commands[name,] = Output("")
    build = host.cache_dir / "host/x-1"
    manuals.build(build / SEARCH, [])
    (build.parent / "current").write_text(build.name)
    (build.parent / "asked").touch()  # another one is being built already
    store = Store.create(build / CATALOGUE)
    page = "POSTCONF(5)\n\nNAME\n       postconf - Postfix configuration parameters\n"
    names = ("postconf", "postconf.5", "postconf(5)")
    data = {"page": "postconf", "section": "5", "text": page, "summary": "Parameters"}
    store.add([Document("page/postconf.5", "page", "postconf(5)", names, data=data)])
    store.add(listing=[("5", "postconf", "Postfix configuration parameters", "page/postconf.5")])
    store.close()
    return host


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("kind", [*ASKED, *PIPED])
def test_the_first_screen(
    mailhelp: Mailhelp, host: FakeHost, monkeypatch: pytest.MonkeyPatch, kind: str, width: int
) -> None:
    monkeypatch.setattr("mailhelp.explain.mails.logs_at_hand", lambda session: [])
    host.screen = (width, 24)
    if kind in ASKED:
        done = mailhelp(*ASKED[kind])
    else:
        host.terminal = True
        monkeypatch.setattr(
            FakeHost, "is_terminal", lambda self, stream: stream is not self.piped, raising=True
        )
        done = mailhelp(stdin=PIPED[kind]())
    shown = (done.out + done.err).replace(str(HERE), "tests").replace(str(mailhelp.home), "HOME")
    kept = KEPT / f"{kind}-{width}.txt"
    if os.environ.get("UPDATE"):
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.txt")), ids=lambda kept: kept.stem)
def test_a_screen_is_a_screen(kept: Path) -> None:
    """At most 20 lines; wider than the terminal are commands alone, which can be pasted whole."""
    lines = kept.read_text(encoding="utf-8").splitlines()
    assert kept.stem.rpartition("-")[0] in {**ASKED, **PIPED}, "nothing makes this screen any more"
    assert len(lines) <= HEIGHT
    wide = [line for line in lines if cells(line) > int(kept.stem.rpartition("-")[2])]
    assert all(line.startswith("  ") and line.lstrip()[0].islower() for line in wide), wide
