"""Mails of many kinds, sent all at once through the lab, and how each must end."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .exchange import Log, Milter, Policy, Remote, Server
from .lab import Lab, free_block

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
VIRUS = "THIS-IS-OUR-TEST-VIRUS"
AT_ONCE = 12


@dataclass
class Sent:
    """A mail (or a refused attempt), by its unique sender, and how its story must end.

    ``recipients`` are envelope recipients with their status; ``queue_ids`` how many queue IDs it has;
    ``children`` the outcomes of the notifications and forwarded mails that it makes.
    """

    kind: str
    sender: str
    outcome: str
    recipients: dict[str, str | None] = field(default_factory=dict)
    queue_ids: int | None = 1
    children: list[str] = field(default_factory=list)
    told: str = ""


class Exchange:
    """A lab with more services: see ``exchange``; a context manager around a running ``Lab``."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        base = free_block()
        names = ("sink", "content", "milter", "milterd", "policy", "policyd", "plain", "rfc")
        self.ports = {name: base + number for number, name in enumerate(names)}
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
        ports = self.ports
        main = self.lab.configuration / "main.cf"
        text = main.read_text(encoding="utf-8")
        text = text.replace(
            "transport_maps = inline:{",
            f"transport_maps = inline:{{ {{ sink.example = smtp:[127.0.0.1]:{ports['sink']} }} "
            f"{{ nowhere.example = discard:thrown away }}",
        )
        text = text.replace("mydestination =", "mydestination = here.example")
        text = text.replace(
            "alias_maps =\n", "alias_maps = inline:{ { fwd = far@sink.example } }\n"
        )
        text += (
            "virtual_alias_maps = inline:{ { three@local.example = test@local.example, other@local.example, "
            "far@sink.example } { nick@local.example = test@local.example } }\n"
            "relay_domains = sink.example nowhere.example\n"
            "notify_classes = 2bounce\n2bounce_notice_recipient = test@local.example\n"
            "enable_long_queue_ids = no\n"
            "double_bounce_sender = double-bounce@local.example\n"
            "recipient_delimiter = +\n"
        )
        main.write_text(text, encoding="utf-8")
        relay = "-o smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination"
        filter = f"-o content_filter=smtp:[127.0.0.1]:{self.lab.ports['amavis']}"
        milter = f"-o smtpd_milters=inet:127.0.0.1:{ports['milterd']}"
        ask = f"check_policy_service,inet:127.0.0.1:{ports['policyd']}"
        with (self.lab.configuration / "master.cf").open("a", encoding="utf-8") as master:
            for name, options in (
                ("plain", relay),
                ("content", f"{relay} {filter}"),
                ("milter", f"{relay} {milter}"),
                (
                    "policy",
                    f"{relay} -o smtpd_recipient_restrictions={ask} -o smtpd_end_of_data_restrictions={ask}",
                ),
            ):
                master.write(f"127.0.0.1:{ports[name]} inet n - n - - smtpd {options}\n")
            master.write(
                "scache unix - - n - 1 scache\nlocal unix - n n - - local\ndiscard unix - - n - - discard\n"
            )
        amavis = self.lab.directory / "amavis.conf"
        text = amavis.read_text(encoding="utf-8")
        scanner = (
            f"@av_scanners=(['Grep','/bin/grep','-rho {VIRUS} {{}}',[1],[0],qr/(OUR-TEST-VIRUS)/]);"
        )
        amavis.write_text(text.replace("@bypass_virus_checks_maps=(1);", scanner), encoding="utf-8")
        self.lab.set_amavis(final_virus_destiny="D_DISCARD", virus_admin="undef",
                            virus_quarantine_to="undef")  # fmt: skip
        self.postfix("reload")
        time.sleep(1.0)

    def postfix(self, action: str) -> None:
        """A command to the lab's Postfix."""
        self.lab.run(f"postfix -c {self.lab.configuration} {action} >/dev/null 2>&1")

    def queue(self, command: str) -> str:
        """A Postfix command's output."""
        return self.lab.run(command).stdout

    def queue_id(self, sender: str) -> str:
        """The last queue ID of a sender's mail."""
        pattern = rf": (\w+): from=<{re.escape(sender)}>, size"
        self.lab.wait_for(lambda: re.search(pattern, self.lab.mail_log()), f"mail of {sender}")
        return re.findall(pattern, self.lab.mail_log())[-1]

    def client(self, port: int) -> smtplib.SMTP:
        """A session with one of our services."""
        return smtplib.SMTP("127.0.0.1", port, local_hostname="client.example", timeout=60)

    def mail(
        self,
        port: int,
        sender: str,
        to: list[str],
        body: str = "Good evening.",
        rcpt: tuple[str, ...] = (),
    ) -> str:
        """Send a mail; what the server said last."""
        client = self.client(port)
        try:
            client.ehlo()
            client.mail(sender)
            code, said = 250, b""
            for address in to:
                code, said = client.rcpt(address, list(rcpt))
            if code == 250 or len(to) > 1:
                head = f"From: <{sender}>\r\nTo: {to[0]}\r\nMessage-ID: <{sender}>\r\nSubject: test\r\n"
                code, said = client.data(f"{head}\r\n{body}\r\n")
            return f"{code} {said.decode()}"
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                client.quit()

    def submissions(self, rounds: int) -> list[tuple[Sent, Callable[[], object]]]:
        """Each kind of mail, ``rounds`` times: what it must become, and what sends it."""
        found: list[tuple[Sent, Callable[[], object]]] = []

        def kind(name: str, number: int, **expected: object) -> Sent:
            return Sent(name, f"{name}-{number}@remote.example", **expected)  # type: ignore[arg-type]

        def add(sent: Sent, port: str, *to: str, **options: object) -> None:
            number = self.lab.ports[port] if port in self.lab.ports else self.ports[port]
            found.append((sent, lambda: self.mail(number, sent.sender, list(to), **options)))  # type: ignore[arg-type]

        home, other = "test@local.example", "other@local.example"
        for n in range(rounds):
            add(kind("plain", n, outcome="delivered", recipients={home: "sent"}), "plain", home)
            far = f"ok{n}@sink.example"
            add(kind("remote", n, outcome="delivered", recipients={far: "sent"}), "plain", far)
            far = f"claim{n}@sink.example"
            add(kind("claim", n, outcome="delivered", recipients={far: "sent"}), "plain", far)
            no = f"no{n}@sink.example"
            add(kind("bounced", n, outcome="bounced", recipients={no: "bounced"}, children=["bounced"]),
                "plain", no)  # fmt: skip
            busy = f"busy{n}@sink.example"
            for name, end, children in (
                ("expired", "expired", ["bounced"]), ("forced", "expired", ["bounced"]),
                ("deleted", "removed", []), ("waiting", "deferred", []),
            ):  # fmt: skip
                add(
                    kind(name, n, outcome=end, recipients={busy: end}, children=children),
                    "plain",
                    busy,
                )
            again = f"again{n}@sink.example"
            add(kind("again", n, outcome="delivered", recipients={again: "sent"}), "plain", again)
            again = f"again-rq{n}@sink.example"
            add(
                kind("requeued", n, outcome="delivered", recipients={again: "sent"}, queue_ids=2),
                "plain",
                again,
            )
            for name, end in (
                ("hold-rel", "delivered"),
                ("hold-del", "removed"),
                ("hold-stay", "held"),
            ):
                status = {"delivered": "sent"}.get(end, end)
                add(kind(name, n, outcome=end, recipients={home: status}), "milter", home)
            add(kind("milterok", n, outcome="delivered", recipients={home: "sent"}), "milter", home)
            add(
                kind("refuse", n, outcome="rejected", recipients={home: "rejected"}), "milter", home
            )
            add(
                kind("drop", n, outcome="discarded", recipients={home: "discarded"}), "milter", home
            )
            no = f"milterno{n}@sink.example"
            add(
                kind("milterrcpt", n, outcome="rejected", recipients={no: "rejected"}, queue_ids=0),
                "milter",
                no,
            )
            add(kind("policy", n, outcome="delivered", recipients={home: "sent"}), "policy", home)
            grey = f"grey{n}@sink.example"
            add(
                kind("grey", n, outcome="rejected", recipients={grey: "rejected"}, queue_ids=0),
                "policy",
                grey,
            )
            add(
                kind("virus", n, outcome="discarded", recipients={home: "discarded"}, queue_ids=0),
                "smtp",
                home,
                body=VIRUS,
            )
            add(
                kind("cvirus", n, outcome="discarded", recipients={home: "discarded"}),
                "content",
                home,
                body=VIRUS,
            )
            add(
                kind("spam", n, outcome="rejected", recipients={home: "rejected"}, queue_ids=0),
                "smtp",
                home,
                body=GTUBE,
            )
            add(
                kind(
                    "cspam",
                    n,
                    outcome="bounced",
                    recipients={home: "bounced"},
                    children=["bounced"],
                ),
                "content",
                home,
                body=GTUBE,
            )
            add(kind("filtered", n, outcome="delivered", recipients={home: "sent"}), "smtp", home)
            add(
                kind("content", n, outcome="delivered", recipients={home: "sent"}, queue_ids=2),
                "content",
                home,
            )
            add(
                kind("cremote", n, outcome="delivered", recipients={far: "sent"}, queue_ids=2),
                "content",
                far,
            )
            three = {home: "sent", other: "sent", "far@sink.example": "sent"}
            add(
                kind("alias3", n, outcome="delivered", recipients=three),
                "plain",
                "three@local.example",
            )
            add(
                kind("calias3", n, outcome="delivered", recipients=three, queue_ids=None),
                "content",
                "three@local.example",
            )
            add(
                kind("nick", n, outcome="delivered", recipients={home: "sent"}),
                "plain",
                "nick@local.example",
            )
            ends = {
                home: "sent",
                f"no{n}@sink.example": "bounced",
                f"busy{n}@sink.example": "deferred",
            }
            add(
                kind("mixed", n, outcome="mixed", recipients=ends, children=["bounced"]),
                "plain",
                *ends,
            )
            ends = {home: "sent", f"x{n}@elsewhere.example": "rejected"}
            add(
                kind(
                    "relay",
                    n,
                    outcome="rejected",
                    recipients={f"x{n}@elsewhere.example": "rejected"},
                    queue_ids=0,
                ),
                "reinject",
                f"x{n}@elsewhere.example",
            )
            add(
                kind("first-no", n, outcome="mixed", recipients=ends),
                "reinject",
                f"x{n}@elsewhere.example",
                home,
            )
            add(
                kind("then-no", n, outcome="mixed", recipients=ends),
                "reinject",
                home,
                f"x{n}@elsewhere.example",
            )
            add(
                kind("pfirst-no", n, outcome="mixed", recipients=ends),
                "smtp",
                f"x{n}@elsewhere.example",
                home,
            )
            add(
                kind("pthen-no", n, outcome="mixed", recipients=ends),
                "smtp",
                home,
                f"x{n}@elsewhere.example",
            )
            fwd = "fwd@here.example"
            add(
                kind(
                    "forwarded",
                    n,
                    outcome="delivered",
                    recipients={fwd: "sent"},
                    children=["delivered"],
                ),
                "plain",
                fwd,
            )
            add(
                kind(
                    "success",
                    n,
                    outcome="delivered",
                    recipients={home: "sent"},
                    children=["bounced"],
                ),
                "plain",
                home,
                rcpt=("NOTIFY=SUCCESS",),
            )
            away = f"x{n}@nowhere.example"
            add(
                kind("thrown", n, outcome="discarded", recipients={away: "discarded"}),
                "plain",
                away,
            )
            cut = f"cut{n}@sink.example"
            add(
                kind("remotecut", n, outcome="deferred", recipients={cut: "deferred"}), "plain", cut
            )
            sent = kind("lost", n, outcome="lost", recipients={})
            sent.sender = f"lost-{n}"
            found.append((sent, lambda sent=sent: self.lost(sent.sender)))
            several = [
                kind(
                    f"several{k}",
                    n,
                    outcome="rejected",
                    recipients={f"y{k}@elsewhere.example": "rejected"},
                    queue_ids=0,
                )
                for k in range(3)
            ]
            mix = kind("severalok", n, outcome="delivered", recipients={home: "sent"})
            found += [(each, lambda: None) for each in several[1:]]
            found.append((several[0], lambda several=several, mix=mix: self.several(several, mix)))
            found.append((mix, lambda: None))
            probe = f"okprobe{n}@sink.example"
            sent = kind(
                "probe",
                n,
                outcome="deliverable",
                recipients={probe: "deliverable"},
                children=["bounced"],
            )
            found.append((sent, lambda sent=sent, probe=probe: self.probe(sent.sender, probe)))
            no = f"noprobe{n}@sink.example"
            sent = kind(
                "noprobe",
                n,
                outcome="undeliverable",
                recipients={no: "undeliverable"},
                children=["bounced"],
            )
            found.append((sent, lambda sent=sent, no=no: self.probe(sent.sender, no)))
            sent = kind(
                "nobounce",
                n,
                outcome="bounced",
                recipients={f"no{n}@sink.example": "bounced"},
                children=["bounced"],
            )
            sent.sender = f"nobounce-{n}@sink.example"
            add(sent, "plain", f"no{n}@sink.example")
            sent = kind(
                "okbounce",
                n,
                outcome="bounced",
                recipients={f"no{n}@sink.example": "bounced"},
                children=["delivered"],
            )
            sent.sender = f"okbounce-{n}@sink.example"
            add(sent, "plain", f"no{n}@sink.example")
        return found

    def probe(self, sender: str, to: str) -> None:
        """Ask whether an address would be taken, without a mail."""
        subprocess.run(["sendmail", "-bv", "-f", sender, to], env=self.lab.environment, check=False,
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=60)  # fmt: skip

    def lost(self, name: str) -> None:
        """Go away in the middle of DATA."""
        client = self.client(self.ports["plain"])
        client.ehlo(f"{name}.client.example")
        client.mail(f"{name}@remote.example")
        client.rcpt("test@local.example")
        client.putcmd("data")
        client.getreply()
        client.send(f"Subject: cut\r\nMessage-ID: <{name}@remote.example>\r\n\r\nhalf of".encode())
        time.sleep(0.2)
        assert client.sock is not None
        client.sock.shutdown(socket.SHUT_RDWR)
        client.close()

    def several(self, refused: list[Sent], taken: Sent) -> None:
        """Three refused transactions and one that is taken, in one session."""
        client = self.client(self.lab.ports["reinject"])
        client.ehlo()
        for sent in refused[:2]:
            client.mail(sent.sender)
            for address in sent.recipients:
                client.rcpt(address)
            client.rset()
        client.mail(taken.sender)
        client.rcpt("test@local.example")
        client.data(f"Message-ID: <{taken.sender}>\r\nSubject: test\r\n\r\nGood evening.\r\n")
        client.mail(refused[2].sender)
        for address in refused[2].recipients:
            client.rcpt(address)
        client.quit()

    def settle(self, mails: list[Sent]) -> None:
        """What the administrator does afterwards: release, delete, requeue, expire."""
        by_kind: dict[str, list[str]] = {}
        for sent in mails:
            if sent.kind in (
                "expired",
                "forced",
                "deleted",
                "again",
                "requeued",
                "hold-rel",
                "hold-del",
                "hold-stay",
            ):
                by_kind.setdefault(sent.kind, []).append(self.queue_id_any(sent))
        log = self.lab.mail_log
        for kind in ("expired", "forced", "deleted", "again", "requeued"):
            for id in by_kind.get(kind, ()):
                self.lab.wait_for(lambda id=id: f"{id}: to=" in log(), f"a delivery of {id}")
        for id in by_kind.get("hold-rel", ()):
            self.queue(f"postsuper -H {id}")
        for id in (*by_kind.get("hold-del", ()), *by_kind.get("deleted", ())):
            self.queue(f"postsuper -d {id}")
        for id in by_kind.get("requeued", ()):
            self.queue(f"postsuper -r {id}")
        for id in by_kind.get("forced", ()):
            self.queue(f"postsuper -e {id}")
        for id in (*by_kind.get("again", ()), *by_kind.get("forced", ())):
            self.queue(f"postqueue -i {id}")
        for id in (*by_kind.get("again", ()), *by_kind.get("forced", ())):
            self.lab.wait_for(lambda id=id: f"{id}: removed" in log(), f"the end of {id}")
        self.lab.run("postconf maximal_queue_lifetime=1s bounce_queue_lifetime=1s")
        self.postfix("reload")
        time.sleep(0.5)
        for id in by_kind.get("expired", ()):
            self.queue(f"postqueue -i {id}")
        for id in by_kind.get("expired", ()):
            self.lab.wait_for(lambda id=id: f"{id}: removed" in log(), f"the end of {id}")
        for id in by_kind.get("hold-rel", ()):
            self.lab.wait_for(lambda id=id: f"{id}: removed" in log(), f"the end of {id}")

    def queue_id_any(self, sent: Sent) -> str:
        """The queue ID of a mail that may be held before the queue manager saw it."""
        pattern = rf": (\w+): message-id=<{re.escape(sent.sender)}>"
        self.lab.wait_for(lambda: re.search(pattern, self.lab.mail_log()), f"mail of {sent.sender}")
        return re.findall(pattern, self.lab.mail_log())[-1]


def send_all(exchange: Exchange, rounds: int) -> list[Sent]:
    """Send each kind of mail ``rounds`` times, many at once, and let all of it come to its end."""
    first = exchange.mail(exchange.ports["plain"], "first@remote.example", ["test@local.example"])
    named = re.search(r"queued as (\w+)", first)
    exchange.remote.claims = [named[1]] if named else []
    submissions = exchange.submissions(rounds)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(send) for _, send in submissions]:
            done.result()
    mails = [sent for sent, _ in submissions]
    exchange.settle(mails)
    time.sleep(3)
    return mails
