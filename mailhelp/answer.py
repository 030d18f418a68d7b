"""The answer, as data: what every command builds and every renderer draws.

Offsets are in characters into ``Answer.text``. All classes are named tuples (frozen, and cheaper to
import than dataclasses: every command imports them), and so are their sequences tuples.
The keys that leave the program as JSON are documented in ``schema.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailhelp import regexes as re
from mailhelp.light import Any, NamedTuple, regex

SCHEMA = 1
SEVERITIES = ("panic", "fatal", "error", "warning", "notice", "info")
"""Worst first."""
_READ = regex(
    r"([\\`*_{}\[\]<>#|~!]|&(?=#?\w{1,40};)|^[-+=](?=[-=\s]|\Z)|(?:(?<=^\d)|(?<=^\d\d))[.)](?=\s|\Z))",
    re.MULTILINE,
)
"""What Markdown reads as more than itself."""


def escape_markdown(text: str) -> str:
    """``text`` from outside as Markdown that shows it literally."""
    return _READ.sub(lambda found: f"\\{found[0]}", text)


class Prose(NamedTuple):
    """Text in Markdown, with the blocks it was parsed into when the corpus was compiled.

    ``blocks`` has the shape that ``mailhelp.prose.parse`` describes.
    """

    markdown: str = ""
    blocks: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.markdown)


class Span(NamedTuple):
    """A value inside ``Answer.text``: where it stands, its field's name and what it means."""

    start: int
    end: int
    name: str
    value: str
    meaning: str = ""


class Verdict(NamedTuple):
    """Who decided, whether that is final, and whether it can be ignored."""

    who: str = ""
    permanence: str = "none"
    harmless: bool = False


class Option(NamedTuple):
    """One option (or operand) of a command, and what it does."""

    option: str
    meaning: str


class Command(NamedTuple):
    """A command ready to paste; every value from the input in it is quoted for the shell.

    ``danger`` says, in one sentence, what it deletes, opens or exposes; empty if nothing.
    """

    command: str
    why: str = ""
    runs_on: str = "server"
    changes: bool = False
    options: tuple[Option, ...] = ()
    danger: str = ""


class Parameter(NamedTuple):
    """A main.cf parameter; ``value`` is this host's, ``None`` where it is not known.

    ``asked`` marks those that the question is about; the others matter beside them. ``danger`` says,
    in one sentence, what this host's value opens or loses.
    """

    name: str
    default: str | None = None
    value: str | None = None
    set: bool | None = None
    meaning: str = ""
    unit: str = ""
    asked: bool = False
    danger: str = ""


class Result(NamedTuple):
    """One hit of a search, or a name that is near to what was asked; ``excerpt`` says why it fits.

    ``group`` is the subject under which a long list shows it. One that fits nearly as well as the answer brings
    what it says in short: its ``explanation`` and its first ``commands``.
    """

    id: str
    kind: str
    title: str
    score: float = 0.0
    excerpt: str = ""
    group: str = ""
    explanation: Prose = Prose()
    commands: tuple[Command, ...] = ()


class Section(NamedTuple):
    """A titled piece of an answer beyond the common ones (pitfalls, what happens at the limit, …).

    ``aside`` marks one for reference, that a first screen leaves out.
    """

    title: str
    text: Prose
    aside: bool = False


class Outcome(NamedTuple):
    """What a command's output looks like when it is ``good`` or ``bad``, and what that means.

    ``line`` is the line of the ``sample`` that tells, or the words of it that do.
    """

    result: str
    sample: str
    meaning: str
    line: str = ""


class Placeholder(NamedTuple):
    """A hole of a recipe's command; ``value`` is what stands in it, ``None`` if nothing does yet."""

    name: str
    meaning: str
    value: str | None = None
    example: str = ""


class Finding(NamedTuple):
    """One of several things that an answer tells of: a fault, a reason, a turn, a recipient.

    ``text`` is the piece of the input that it is about; ``count`` how often it was there; ``entry``
    the id of the document that explains it; ``line`` its first line in the input, from 1, or in ``file``
    where there are several. ``fix`` mends it; ``related`` are entries about what it names.
    """

    title: str
    severity: str = "info"
    text: str = ""
    meaning: str = ""
    count: int = 1  # type: ignore[assignment]  # the key of the contract; no tuple is counted
    entry: str | None = None
    line: int | None = None
    file: str | None = None
    fix: tuple[Command, ...] = ()
    related: tuple[str, ...] = ()


class Hop(NamedTuple):
    """A process that had the mail; ``role`` is what it does there.

    ``seconds`` is how long the mail was there, as far as the log's times tell.
    """

    program: str
    pid: int | None = None
    role: str = ""
    seconds: float | None = None


class Before(NamedTuple):
    """How it stood for a recipient before: how many ``tries``, the first and the last time, and the words of the last."""

    status: str
    tries: int
    first: str | None = None
    last: str | None = None
    reply: str | None = None


class Recipient(NamedTuple):
    """How the mail ended for one envelope recipient; ``delay_s`` is in seconds.

    ``original`` is the address that the client gave, where an alias was expanded. ``delays`` are the four parts of the delay:
    before the queue manager, in it, connecting, sending. ``before`` tells of tries before the one that counts.
    """

    address: str
    status: str | None = None
    enhanced_status_code: str | None = None
    relay: str | None = None
    delay_s: float | None = None
    reply: str | None = None
    original: str = ""
    delays: tuple[float, ...] = ()
    delay_names: tuple[str, ...] = ()
    before: Before | None = None


class Offspring(NamedTuple):
    """A mail that was made because of another: its queue ID, what it is, and how it ended if the log tells."""

    queue_id: str
    title: str = ""
    outcome: str | None = None
    recipients: tuple[str, ...] = ()


class Joined(NamedTuple):
    """A record of a story: its place, and why it belongs to this mail; ``line`` counts from 1.

    ``matters`` marks the few that tell the story.
    """

    file: str
    line: int
    joined_by: str
    program: str = ""
    pid: int | None = None
    time: str | None = None
    entry: str = ""
    title: str = ""
    matters: bool = False


class Story(NamedTuple):
    """One mail, from the first record that tells of it to the last.

    ``sender`` is empty for the null sender and ``None`` if it is not known; ``size`` is in bytes;
    ``filter`` is what filters made of it; ``told`` what the client was answered; ``links`` say what
    ties its parts together, ``children`` are mails that were made because of it (bounces, forwarded
    ones), ``parents`` the queue IDs of those that it was made of. ``received`` are the Received headers
    that it carries, the last one first, as far as the log tells. ``missing`` is what the log does not tell.
    """

    outcome: str
    queue_ids: tuple[str, ...] = ()
    amavis_ids: tuple[str, ...] = ()
    mail_ids: tuple[str, ...] = ()
    message_id: str | None = None
    client: str | None = None
    sender: str | None = None
    size: int | None = None
    recipients: tuple[Recipient, ...] = ()
    filter: tuple[str, ...] = ()
    told: str | None = None
    flow: tuple[Hop, ...] = ()
    links: tuple[str, ...] = ()
    records: tuple[Joined, ...] = ()
    missing: tuple[str, ...] = ()
    children: tuple[Offspring, ...] = ()
    parents: tuple[str, ...] = ()
    received: tuple[str, ...] = ()


class Problem(NamedTuple):
    """What happened once or often in a log: the entry, its count, and whom it concerned.

    ``top`` has, for a field, its commonest values with their counts. ``by_hour`` counts its records hour
    by hour, as ``Report`` says. ``group`` is ``act``, ``look``, ``attack`` or ``harmless``; ``clients`` how many
    addresses an attack comes from. ``mails`` is only counted where something may be wrong. Where either is many it is ``estimated``.
    """

    entry: str
    title: str
    severity: str = "info"
    count: int = 1  # type: ignore[assignment]  # the key of the contract; no tuple is counted
    mails: int = 0
    first: str | None = None
    last: str | None = None
    harmless: bool = False
    sample: str = ""
    top: Mapping[str, tuple[tuple[str, int], ...]] = MappingProxyType({})
    by_hour: tuple[int, ...] = ()
    group: str = "look"
    clients: int = 0
    estimated: bool = False


class Unrecognised(NamedTuple):
    """Records that no entry knows, by their shape: the words that are no values."""

    shape: str
    count: int = 1  # type: ignore[assignment]  # the key of the contract; no tuple is counted
    sample: str = ""


class Report(NamedTuple):
    """What is in a whole log: its records by how well they are known, its problems worst first.

    ``mail`` are the grand totals, in pflogsumm's categories: ``received`` … ``discarded``, ``deferrals``,
    ``bytes_received``, ``bytes_delivered``; ``deferred`` are mails, the others records. ``by_hour`` of a problem
    begins with the hour of ``first`` and has at least 24 counts; of a log of more than 31 days it has 24, one for each hour of
    the day. ``shapes`` is how many shapes of unknown records there are, of which ``unrecognised`` has the commonest.
    ``traffic`` has the acts of the totals by hour of the day. Only if asked for in full: ``senders`` (domain, mails, bytes) and
    ``recipients`` (domain, deliveries, deferrals, mean and longest delay in seconds), the commonest first;
    ``hosts`` with their records; ``domains`` how many senders' and recipients' there are. ``estimated`` names the totals that are no exact counts.
    """

    records: int
    recognised: Mapping[str, int]
    first: str | None = None
    last: str | None = None
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    mail: Mapping[str, int] = MappingProxyType({})
    unrecognised: tuple[Unrecognised, ...] = ()
    shapes: int = 0
    traffic: Mapping[str, tuple[int, ...]] = MappingProxyType({})
    senders: tuple[tuple[str, int, int], ...] = ()
    recipients: tuple[tuple[str, int, int, float, float], ...] = ()
    hosts: Mapping[str, int] = MappingProxyType({})
    domains: tuple[int, ...] = ()
    estimated: tuple[str, ...] = ()


class Answer(NamedTuple):
    """The answer to one question, one log record or one mail.

    ``danger`` is one sentence that goes before all else: what a pasted command or setting deletes,
    opens or loses. ``gist`` is the one line that tells who, what and whom (``client: sender →
    recipient``), for readers who do not want to see again what they pasted. ``brief`` says in one or two sentences what the
    ``explanation`` says at length. ``whole`` marks one that sums up the answers that follow it.
    """

    kind: str
    query: str = ""
    recognised: str = "no"
    entry: str | None = None
    title: str = ""
    severity: str | None = None
    verdict: Verdict | None = None
    danger: str = ""
    gist: str = ""
    event: str | None = None
    program: str | None = None
    pid: int | None = None
    time: str | None = None
    host: str | None = None
    text: str = ""
    spans: tuple[Span, ...] = ()
    brief: Prose = Prose()
    explanation: Prose = Prose()
    causes: tuple[Prose, ...] = ()
    actions: tuple[Prose, ...] = ()
    sections: tuple[Section, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    findings: tuple[Finding, ...] = ()
    commands: tuple[Command, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    results: tuple[Result, ...] = ()
    related: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    draft: str = ""
    continues: int | None = None
    whole: bool = False
    story: Story | None = None
    report: Report | None = None
