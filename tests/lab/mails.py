"""Mails of many kinds, sent all at once through the lab."""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import smtplib
import socket
import ssl
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from .exchange import Log, Milter, Policy, Remote, Server
from .kinds import HOME, VIRUS, Sent, mails
from .lab import PASSWORD, USER, Lab, free_block

AT_ONCE = 30
FIRST = "first@remote.example"
"""Who sends a mail before all others."""

MAIN = """\
virtual_alias_maps = inline:{{ {{ three@local.example = test@local.example, other@local.example, far@sink.example }}
    {{ nick@local.example = test@local.example }} }}
relay_domains = sink.example nowhere.example pipe.example lmtp.example hop.example closed.example tls.example
mydestination = here.example
alias_maps = inline:{{ {{ fwd = far@sink.example }} {{ both = test@local.example, far@sink.example }}
    {{ null = /dev/null }} {{ command = "|exit 69" }} }}
transport_maps = inline:{{ {{ sink.example = smtp:[127.0.0.1]:{sink} }} {{ nowhere.example = discard:thrown away }}
    {{ pipe.example = ourpipe: }} {{ lmtp.example = lmtp:inet:127.0.0.1:{sink} }} {{ hop.example = smtptls:[127.0.0.1]:{hop} }}
    {{ closed.example = smtp:[127.0.0.1]:{closed} }} {{ tls.example = smtptls:[127.0.0.1]:{sink} }} }}
message_size_limit = 200000
virtual_mailbox_maps = inline:{{ {{ test@local.example = test/ }} {{ other@local.example = other/ }}
    {{ bcc@local.example = bcc/ }} }}
recipient_bcc_maps = inline:{{ {{ bcc@local.example = other@local.example }} }}
header_checks = regexp:{folder}/header_checks
notify_classes = 2bounce
2bounce_notice_recipient = test@local.example
enable_long_queue_ids = {long_ids}
recipient_delimiter = +
postscreen_greet_wait = 1s
postscreen_access_list =
smtpd_client_connection_count_limit = 0
"""
HEADER_CHECKS = """\
/^Subject: check-reject/ REJECT not wanted here
/^Subject: check-discard/ DISCARD not wanted here
/^Subject: check-hold/ HOLD somebody must look at it
/^Subject: check-redirect/ REDIRECT other@local.example
/^Subject: check-warn/ WARN we saw it
"""
ACCESS = """\
/^access-drop/ DISCARD not wanted here
/^access-hold/ HOLD somebody must look at it
/^access-no/ REJECT not wanted here
"""
PIPE = "#!/bin/sh\ncase $1 in no*) echo no room; exit 69 ;; esac\ncat >/dev/null\n"
MASTER = """\
127.0.0.1:{plain} inet n - n - - smtpd {relay}
127.0.0.1:{content} inet n - n - - smtpd {relay} -o content_filter=smtp:[127.0.0.1]:{amavis}
127.0.0.1:{milter} inet n - n - - smtpd {relay} -o smtpd_milters=inet:127.0.0.1:{milterd}
127.0.0.1:{policy} inet n - n - - smtpd {relay}
  -o smtpd_recipient_restrictions=check_policy_service,inet:127.0.0.1:{policyd}
  -o smtpd_end_of_data_restrictions=check_policy_service,inet:127.0.0.1:{policyd}
127.0.0.1:{access} inet n - n - - smtpd {relay}
  -o smtpd_recipient_restrictions=check_sender_access,regexp:{folder}/access
127.0.0.1:{warn} inet n - n - - smtpd {relay} -o cleanup_service_name=cleanup-warn
cleanup-warn unix n - n - 0 cleanup -o delay_warning_time=1s
127.0.0.1:{screen} inet n - n - 1 postscreen
smtpd pass - - n - - smtpd {relay}
127.0.0.1:{hop} inet n - n - - smtpd {relay} -o cleanup_service_name=cleanup-hop
cleanup-hop unix n - n - 0 cleanup
  -o {{ virtual_alias_maps = inline:{{ {{ hop@hop.example = test@local.example }} }} }}
smtptls unix - - n - - smtp -o smtp_tls_security_level=encrypt -o smtp_tls_loglevel=1
lmtp unix - - n - - lmtp
ourpipe unix - n n - - pipe flags=R user=nobody argv=/bin/sh {folder}/pipe.sh ${{user}}
scache unix - - n - 1 scache
local unix - n n - - local
discard unix - - n - - discard
"""
SERVICES = (
    "sink", "content", "milter", "milterd", "policy", "policyd", "plain", "access", "screen", "warn", "hop",
)  # fmt: skip


class Exchange:
    """A lab with more services: see ``exchange``; a context manager around a running ``Lab``."""

    def __init__(self, lab: Lab, *, long_ids: bool = False) -> None:
        self.lab = lab
        self._long_ids = long_ids
        base = free_block()
        self.ports = {name: base + number for number, name in enumerate(SERVICES)} | lab.ports
        self.extra = Log(lab.directory / "log" / "other.log", "mail")
        self.remote = Remote()

    @contextlib.contextmanager
    def running(self) -> Iterator[Exchange]:
        """The servers, and Postfix with the services that use them."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(Server(self.ports["sink"], self.remote.talk))
            stack.enter_context(Server(self.ports["milterd"], Milter(self.extra).talk))
            stack.enter_context(Server(self.ports["policyd"], Policy(self.extra).talk))
            self._configure()
            yield self

    def _configure(self) -> None:
        folder = self.lab.configuration
        names = {**self.ports, "folder": folder, "long_ids": "yes" if self._long_ids else "no"}
        relay = "-o smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination"
        (folder / "header_checks").write_text(HEADER_CHECKS, encoding="utf-8")
        (folder / "access").write_text(ACCESS, encoding="utf-8")
        (folder / "pipe.sh").write_text(PIPE, encoding="utf-8")
        text = MAIN.format(**names)
        replaced = {line.partition(" ")[0] for line in text.splitlines()}
        main = folder / "main.cf"
        kept = main.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in kept if line.partition(" ")[0] not in replaced]
        main.write_text("".join(kept) + text, encoding="utf-8")
        with (folder / "master.cf").open("a", encoding="utf-8") as master:
            master.write(MASTER.format(**names, relay=relay))
        amavis = self.lab.directory / "amavis.conf"
        text = amavis.read_text(encoding="utf-8")
        scanner = (
            f"@av_scanners=(['Grep','/bin/grep','-rho {VIRUS} {{}}',[1],[0],qr/(OUR-TEST-VIRUS)/]);"
        )
        amavis.write_text(text.replace("@bypass_virus_checks_maps=(1);", scanner), encoding="utf-8")
        self.lab.set_amavis(final_virus_destiny="D_DISCARD", virus_admin="undef",
                            virus_quarantine_to="undef")  # fmt: skip
        self.postfix("reload")
        for port in (*SERVICES, "smtp"):
            self.lab.wait_for_port(self.ports[port])

    def postfix(self, action: str) -> None:
        """A command to the lab's Postfix."""
        self.lab.run(f"postfix -c {self.lab.configuration} {action} >/dev/null 2>&1")

    def setting(self, *settings: str) -> None:
        """Change settings of the lab's Postfix, ``NAME=VALUE``."""
        self.lab.run(f"postconf {' '.join(settings)}")
        self.postfix("reload")

    def queue(self, command: str, ids: list[str]) -> None:
        """A Postfix command for each of some mails."""
        self.lab.run("; ".join(f"{command} {id}" for id in ids) or ":")

    def client(self, way: str) -> smtplib.SMTP:
        """A session with one of our services; logged in where that is what the service is for."""
        place = ("127.0.0.1", self.ports[way], "client.example")
        if way not in ("submission", "smtps"):
            return smtplib.SMTP(*place, timeout=120)
        trust = ssl.create_default_context(cafile=str(self.lab.ca_file))
        trust.check_hostname = False  # we come by address
        client: smtplib.SMTP
        if way == "smtps":
            client = smtplib.SMTP_SSL(*place, timeout=120, context=trust)
        else:
            client = smtplib.SMTP(*place, timeout=120)
            client.starttls(context=trust)
        client.login(USER, PASSWORD)
        return client

    def send(self, together: list[Sent]) -> None:
        """Send the mails of one session."""
        (sent, *more) = together
        if sent.kind.way == "probe":
            self._sendmail("-bv", "-f", sent.sender, *sent.to)
        elif sent.kind.way == "sendmail":
            self._sendmail("-f", sent.sender, *sent.to, text=_text(sent))
        elif sent.kind.way == "lost":
            self._lost(sent)
        else:
            way = "reinject" if sent.kind.way == "several" else sent.kind.way
            client = self.client(way)
            try:
                client.ehlo()
                for each in (sent, *more):
                    _transaction(client, each)
            finally:
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    client.quit()

    def _sendmail(self, *words: str, text: str = "") -> None:
        subprocess.run(["sendmail", *words], env=self.lab.environment, check=False, input=text,
                       capture_output=True, text=True, timeout=60)  # fmt: skip

    def _lost(self, sent: Sent) -> None:
        """Go away in the middle of DATA."""
        client = self.client("plain")
        client.ehlo()
        client.mail(sent.sender)
        client.rcpt(*sent.to)
        client.putcmd("data")
        client.getreply()
        client.send(_text(sent).partition("Good")[0].encode())
        time.sleep(0.2)
        assert client.sock is not None
        client.sock.shutdown(socket.SHUT_RDWR)
        client.close()

    def rotate(self) -> None:
        """Rotate Postfix's log, as ``postfix logrotate`` does it but for the compression."""
        log = self.lab.mail_log_file
        log.rename(log.with_name(f"{log.name}.1"))
        self.postfix("reload")
        self.lab.wait_for(log.exists, "a new log")

    def settle(self, mails: list[Sent]) -> None:
        """What the administrator does afterwards: release, delete, requeue, expire."""
        ids: dict[str, list[str]] = defaultdict(list)
        for sent in mails:
            if sent.kind.then:
                ids[sent.kind.then].append(self.queue_id(sent))
                if (
                    sent.kind.then != "release" and sent.kind.way != "milter"
                ):  # else the mail is held
                    self._logged(ids[sent.kind.then][-1:], "to=")
        self.queue("postsuper -H", ids["release"])
        self.queue("postsuper -d", ids["delete"])
        self.queue("postsuper -h", ids["hold"])
        self.queue("postsuper -r", ids["requeue"])
        self.queue("postsuper -e", ids["expire"])
        again = ids["flush"] + ids["expire"] + ids["release"]
        self.queue("postqueue -i", again + ids["warn"] + ids["flush-busy"])
        self._logged(again, "removed")
        self._logged(ids["warn"], "sender delay notification")
        self.setting("maximal_queue_lifetime=1s")
        self.queue("postqueue -i", ids["wait"])
        self._logged(ids["wait"], "removed")
        self.setting("maximal_queue_lifetime=5d")

    def _logged(self, ids: list[str], what: str) -> None:
        for id in ids:
            self.lab.wait_for_log(f"{id}: {what}")

    def queue_id(self, sent: Sent) -> str:
        """The first queue ID of a mail."""
        pattern = rf": (\w+): message-id=<{re.escape(sent.mark)}>"
        self.lab.wait_for(lambda: re.search(pattern, self.lab.mail_log()), f"mail of {sent.mark}")
        return re.findall(pattern, self.lab.mail_log())[0]

    def at_rest(self) -> bool:
        """Whether nothing is under way any more, and all of it is logged."""
        spool = self.lab.directory / "spool"
        if any(_files(spool / queue) for queue in ("maildrop", "incoming", "active")):
            return False
        waiting = {id for queue in ("deferred", "hold") for id in _files(spool / queue)}
        log = self.lab.mail_log()
        queued = set(re.findall(r": (\w+): from=<[^>]*>, size=", log))
        return queued <= waiting | set(re.findall(r": (\w+): (?:removed|requeued)\n", log))

    def logs(self) -> list[Path]:
        """The logs of all the servers, Postfix's first."""
        amavis = self.lab.directory / "amavis" / "amavis.log"
        return [*self.lab.mail_log_files, amavis, self.extra.file]


def _text(sent: Sent) -> str:
    head = f"From: <{sent.mark}>\nTo: {sent.to[0]}\nMessage-ID: <{sent.mark}>"
    return f"{head}\nSubject: {sent.kind.subject}\n\n{sent.kind.body}\n"


def _transaction(client: smtplib.SMTP, sent: Sent) -> None:
    notify = [f"NOTIFY={sent.kind.notify}"] if sent.kind.notify else []
    if client.mail(sent.sender, [f"SIZE={sent.kind.size}"] if sent.kind.size else [])[0] != 250:
        return
    codes = [client.rcpt(address, notify)[0] for address in sent.to]
    if 250 in codes:
        client.data(_text(sent))
    else:
        client.rset()


def _files(queue: Path) -> list[str]:
    """The names of the files in a queue, which are queue IDs."""
    return [name for _, _, names in os.walk(queue) for name in names]


class Traffic(NamedTuple):
    """What was sent, and what the servers logged of it: ``files`` are all logs, ``postfix`` those of Postfix."""

    mails: list[Sent]
    files: list[Path]
    postfix: list[Path]


def traffic(exchange: Exchange, rounds: int, folder: Path) -> Traffic:
    """Send everything and keep the logs in ``folder``; the one that was rotated is compressed, as it lies about."""
    sent = send_all(exchange, rounds)
    files = []
    for log in exchange.logs():
        packed = log.suffix == ".1"
        file = folder / (f"{log.name}.gz" if packed else log.name)
        file.write_bytes(gzip.compress(log.read_bytes()) if packed else log.read_bytes())
        files.append(file)
    return Traffic(sent, files, [file for file in files if file.name.startswith("mail.log")])


def text(log: Path) -> str:
    """What is in a log, also if it is compressed."""
    data = log.read_bytes()
    return (gzip.decompress(data) if log.suffix == ".gz" else data).decode(errors="replace")


def send_all(exchange: Exchange, rounds: int) -> list[Sent]:
    """Send each kind of mail ``rounds`` times, many at once, and let all of it come to its end."""
    client = exchange.client("plain")
    first = client.docmd("EHLO", "client.example"), client.mail(FIRST), client.rcpt(HOME)
    assert all(code == 250 for code, _ in first)
    _, said = client.data("Subject: test\n\nGood evening.\n")
    client.quit()
    exchange.remote.claims = re.findall(r"queued as (\w+)", said.decode())
    sessions = list(mails(rounds))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(exchange.send, together) for together in sessions]:
            done.result()
    sent = [each for together in sessions for each in together]
    exchange.lab.wait_for(exchange.at_rest, "all mail delivered, deferred or held")
    exchange.rotate()
    exchange.settle(sent)
    before = -1
    while before != (now := sum(path.stat().st_size for path in exchange.logs())):
        before = now
        exchange.lab.wait_for(exchange.at_rest, "all mail at its end")
        time.sleep(1)
    return sent
