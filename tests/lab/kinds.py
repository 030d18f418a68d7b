"""The kinds of mail that are sent through the lab, and how each must end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
VIRUS = "THIS-IS-OUR-TEST-VIRUS"
HOME, OTHER, FAR = "test@local.example", "other@local.example", "far@sink.example"


@dataclass
class Sent:
    """A mail (or a refused attempt), by its unique sender, and how its story must end.

    ``mark`` is its Message-ID, and its sender if it has one. ``recipients`` are envelope recipients with
    their status; ``queue_ids`` how many queue IDs it has; ``children`` the outcomes of the notices and
    forwarded mails that it makes.
    """

    kind: Kind
    mark: str
    outcome: str
    recipients: dict[str, str]
    queue_ids: int | None = 1
    children: list[str] = field(default_factory=list)

    @property
    def sender(self) -> str:
        """The envelope sender."""
        return "" if self.kind.null else self.mark

    @property
    def to(self) -> list[str]:
        """The recipients that the client names."""
        return [self.kind.to] if self.kind.to else list(self.recipients)


class Kind(NamedTuple):
    """A kind of mail. ``{n}`` in an address is the mail's number, so that no two share it.

    ``way`` is the service that gets it, or how it comes in if that is not plain SMTP. ``ends`` are the
    recipients that its story must tell, with their status; ``to`` is the one that the client names, if
    another. ``size`` is what the client claims. ``outcome`` is that of the first recipient if not given. ``then`` is what the administrator
    does with it, ``at`` the domain of its sender.
    """

    name: str
    way: str
    ends: Mapping[str, str]
    outcome: str = ""
    to: str = ""
    ids: int | None = 1
    children: tuple[str, ...] = ()
    then: str = ""
    body: str = "Good evening."
    subject: str = "test"
    notify: str = ""
    at: str = "remote.example"
    null: bool = False
    size: int = 0

    def sent(self, n: int) -> Sent:
        """The mail of this kind with the number ``n``."""
        ends = {address.format(n=n): status for address, status in self.ends.items()}
        first = next(iter(self.ends.values()), "")
        kind = self._replace(to=self.to.format(n=n))
        return Sent(
            kind,
            f"{self.name}-{n}@{self.at}",
            self.outcome or {"sent": "delivered"}.get(first, first),
            ends,
            self.ids,
            list(self.children),
        )


NO, BUSY, AWAY = "no{n}@sink.example", "busy{n}@sink.example", "x{n}@elsewhere.example"
AGAIN = "again-{n}@sink.example"
TWICE = "again-rq{n}@sink.example"
THREE = {HOME: "sent", OTHER: "sent", FAR: "sent"}
HALF = {HOME: "sent", AWAY: "rejected"}
BOUNCE = ("bounced",)
"""The sender is elsewhere and gets no mail from here, so the notice bounces too."""

KINDS = (
    # --- one server, one way ---
    Kind("plain", "plain", {HOME: "sent"}),
    Kind("null", "plain", {HOME: "sent"}, null=True),
    Kind("remote", "plain", {"ok{n}@sink.example": "sent"}),
    Kind("claim", "plain", {"claim{n}@sink.example": "sent"}),
    Kind("trio", "plain", {f"ok{{n}}{each}@sink.example": "sent" for each in "abc"}),
    Kind("submitted", "submission", {HOME: "sent"}),
    Kind("smtps", "smtps", {HOME: "sent"}),
    Kind("screened", "screen", {HOME: "sent"}),
    Kind("pickup", "sendmail", {HOME: "sent"}),
    Kind("piped", "plain", {"ok{n}@pipe.example": "sent"}),
    Kind("pipe-no", "plain", {"no{n}@pipe.example": "bounced"}, children=BOUNCE),
    Kind("thrown", "plain", {"x{n}@nowhere.example": "discarded"}),
    Kind("closed", "plain", {"x{n}@closed.example": "deferred"}),
    Kind("no-tls", "plain", {"ok{n}@tls.example": "deferred"}),
    Kind(
        "lmtp",
        "plain",
        {"ok{n}@lmtp.example": "sent", "full{n}@lmtp.example": "bounced"},
        "mixed",
        children=BOUNCE,
    ),
    Kind("hop", "plain", {HOME: "sent"}, to="hop@hop.example", ids=2),
    Kind("too-large", "plain", {}, "rejected", to=HOME, body=("x" * 70 + "\n") * 3000),
    Kind("size", "plain", {}, "rejected", to=HOME, ids=0, size=10_000_000),
    Kind("remotecut", "plain", {"cut{n}@sink.example": "deferred"}),
    # --- deferred, over a rotation of the log, and what an administrator does about it ---
    Kind("waiting", "plain", {BUSY: "deferred"}),
    Kind("again", "plain", {AGAIN: "sent"}, then="flush"),
    Kind("still", "plain", {BUSY: "deferred"}, then="flush-busy"),
    Kind("requeued", "plain", {TWICE: "sent"}, ids=2, then="requeue"),
    Kind("expired", "plain", {BUSY: "expired"}, children=BOUNCE, then="wait"),
    Kind("forced", "plain", {BUSY: "expired"}, children=BOUNCE, then="expire"),
    Kind("deleted", "plain", {BUSY: "removed"}, then="delete"),
    Kind("parked", "plain", {BUSY: "held"}, then="hold"),
    Kind("warned", "warn", {BUSY: "deferred"}, children=BOUNCE, then="warn"),
    # --- bounced ---
    Kind("bounced", "plain", {NO: "bounced"}, children=BOUNCE),
    Kind("nobounce", "plain", {NO: "bounced"}, children=BOUNCE, at="sink.example"),
    Kind("okbounce", "plain", {NO: "bounced"}, children=("delivered",), at="sink.example"),
    Kind("quiet", "plain", {NO: "bounced"}, notify="NEVER"),
    Kind("null-no", "plain", {NO: "bounced"}, children=("delivered",), null=True),
    Kind(
        "mixed", "plain", {HOME: "sent", NO: "bounced", BUSY: "deferred"}, "mixed", children=BOUNCE
    ),
    Kind("success", "plain", {HOME: "sent"}, children=BOUNCE, notify="SUCCESS"),
    # --- held, refused and discarded by a milter, by a policy service, by checks ---
    Kind("hold-rel", "milter", {HOME: "sent"}, then="release"),
    Kind("hold-del", "milter", {HOME: "removed"}, then="delete"),
    Kind("hold-stay", "milter", {HOME: "held"}),
    Kind("milterok", "milter", {HOME: "sent"}),
    Kind("refuse", "milter", {HOME: "rejected"}),
    Kind("drop", "milter", {HOME: "discarded"}),
    Kind("try", "milter", {HOME: "rejected"}),
    Kind("milterrcpt", "milter", {"milterno{n}@sink.example": "rejected"}, ids=0),
    Kind("policy", "policy", {HOME: "sent"}),
    Kind("late", "policy", {HOME: "rejected"}),
    Kind("grey", "policy", {"grey{n}@sink.example": "rejected"}, ids=0),
    Kind("check-no", "plain", {HOME: "rejected"}, subject="check-reject"),
    Kind("check-drop", "plain", {HOME: "discarded"}, subject="check-discard"),
    Kind("check-hold", "plain", {HOME: "held"}, subject="check-hold"),
    Kind("check-to", "plain", {OTHER: "sent"}, to=HOME, subject="check-redirect"),
    Kind("check-warn", "plain", {HOME: "sent"}, subject="check-warn"),
    Kind("access-drop", "access", {HOME: "discarded"}),
    Kind("access-hold", "access", {HOME: "held"}),
    Kind("access-no", "access", {HOME: "rejected"}, ids=0),
    Kind("unknown", "plain", {"nobody{n}@local.example": "rejected"}, ids=0),
    Kind("relay", "reinject", {AWAY: "rejected"}, ids=0),
    Kind("first-no", "reinject", dict(reversed(HALF.items())), "mixed"),
    Kind("then-no", "reinject", HALF, "mixed"),
    # --- the filter, before the queue (smtp) and behind it (content) ---
    Kind("filtered", "smtp", {HOME: "sent"}),
    Kind("spam", "smtp", {HOME: "rejected"}, ids=0, body=GTUBE),
    Kind("virus", "smtp", {HOME: "discarded"}, ids=0, body=VIRUS),
    Kind("pfirst-no", "smtp", dict(reversed(HALF.items())), "mixed"),
    Kind("pthen-no", "smtp", HALF, "mixed"),
    Kind("content", "content", {HOME: "sent"}, ids=2),
    Kind("cremote", "content", {"claim{n}@sink.example": "sent"}, ids=2),
    Kind("cmixed", "content", {HOME: "sent", NO: "bounced"}, "mixed", ids=None, children=BOUNCE),
    Kind("cwaiting", "content", {BUSY: "deferred"}, ids=2),
    Kind("chold", "content", {HOME: "held"}, ids=2, subject="check-hold", then="release"),
    Kind("pbounced", "smtp", {NO: "bounced"}, children=BOUNCE),
    Kind("palias3", "smtp", THREE, to="three@local.example"),
    Kind("cspam", "content", {HOME: "bounced"}, children=BOUNCE, body=GTUBE),
    Kind("cvirus", "content", {HOME: "discarded"}, body=VIRUS),
    # --- aliases and forwarding ---
    Kind("nick", "plain", {HOME: "sent"}, to="nick@local.example"),
    Kind("alias3", "plain", THREE, to="three@local.example"),
    Kind("calias3", "content", THREE, to="three@local.example", ids=None),
    Kind("copied", "plain", {"bcc@local.example": "sent", OTHER: "sent"}, to="bcc@local.example"),
    Kind("forwarded", "plain", {"fwd@here.example": "sent"}, children=("delivered",)),
    Kind("both", "plain", {"both@here.example": "sent"}, children=("delivered",)),
    Kind("to-file", "plain", {"null@here.example": "sent"}),
    Kind("command", "plain", {"command@here.example": "bounced"}, children=BOUNCE),
    # --- no mail, half a mail, several in one session ---
    Kind("probe", "probe", {"okprobe{n}@sink.example": "deliverable"}, children=BOUNCE),
    Kind("noprobe", "probe", {"noprobe{n}@sink.example": "undeliverable"}, children=BOUNCE),
    Kind("lost", "lost", {}, "lost", to=HOME),
    Kind("several-a", "several", {"ya@elsewhere.example": "rejected"}, ids=0),
    Kind("several-b", "several", {"yb@elsewhere.example": "rejected"}, ids=0),
    Kind("several-c", "several", {HOME: "sent"}),
    Kind("several-d", "several", {OTHER: "sent"}),
    Kind("several-e", "several", {"ye@elsewhere.example": "rejected"}, ids=0),
)


def mails(rounds: int) -> Iterator[list[Sent]]:
    """Each kind of mail ``rounds`` times; those that share a session are together."""
    for n in range(rounds):
        every = [kind.sent(n) for kind in KINDS]
        yield [sent for sent in every if sent.kind.way == "several"]
        yield from ([sent] for sent in every if sent.kind.way != "several")
