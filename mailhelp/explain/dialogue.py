"""An SMTP dialogue → its answer: each turn and what it means; the one that failed is the answer.

Read are the transcripts of swaks, telnet, nc and openssl, Postfix's own ("Out: 220 …"), the lines of its
verbose daemons, and C:/S: forms. ``corpus/dialogues.toml`` knows the signs, the commands and the extensions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from mailhelp import regexes as re
from mailhelp import shell
from mailhelp.answer import Answer, Finding, Prose, Verdict
from mailhelp.explain import common, dsn, reply
from mailhelp.knowledge.library import Library
from mailhelp.light import Any, NamedTuple, regex
from mailhelp.session import Session

SERVER, CLIENT, TOOL, EITHER = "server", "client", "tool", "either"

_REPLY = regex(r"([2-5]\d\d)(?:([ -])(.*))?$", re.DOTALL)
_VERB = regex(r"([A-Za-z0-9]{4,10})(?=\s|:|$)")
_AUTH = regex(r"AUTH\s+(\S+)(?:\s+(\S+))?", re.IGNORECASE)
_MOST_TURNS = 300
_LONGEST = 1000


class _Asked(NamedTuple):
    """A turn of the client that waits for its answer: the row that describes it."""

    row: Mapping[str, Any]
    verb: str


class _Failed(NamedTuple):
    """A refusal: the turn, the reply, and where its finding is."""

    turn: str
    verb: str
    said: reply.Reply
    finding: int


class _Dialogue:
    """What has been read so far."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.table = library.table("dialogues")
        self.findings: list[Finding] = []
        self.failed: list[_Failed] = []
        self.accepted = ""
        self.broken = ""
        self.broken_by: Mapping[str, Any] = {}
        self.between: Mapping[str, Any] = {}
        self.turns = 0
        self._asked: deque[_Asked] = deque(maxlen=_MOST_TURNS)
        self._offered: dict[str, str] | None = None
        self._lines: list[tuple[int, str]] = []
        self._content = 0
        self._in_content = False
        self._credential = False
        self._signs = [
            (who, re.compile(regex)) for who in (SERVER, CLIENT, TOOL, EITHER)
            for regex in self.table["signs"][who]
        ]  # fmt: skip
        self._tools = [
            (row, reply.Shapes(library, row["patterns"])) for row in self.table["tools"].values()
        ]
        self._known = [(row, reply.Shapes(library, row["patterns"])) for row in self.table["known"]]
        self._masked = reply.Shapes(library, self.table["turns"]["masked"]["patterns"])
        self._number = 0
        self._held = ""
        self._signed = False

    def feed(self, line: str) -> None:
        """Take a line; one that goes on with a turn before it, as mail programs break them, is joined."""
        who, _ = self._who(line)
        self._signed = self._signed or who in (SERVER, CLIENT)
        indented = bool(line.strip()) and line[:1].isspace() and not _REPLY.match(line.strip())
        goes_on = self._signed and not who and indented
        if goes_on and self._held and not self._in_content:
            self._held = f"{self._held} {line.strip()}"[:_LONGEST]
            return
        self._take_held()
        self._held = line[:_LONGEST]
        self._number += 1

    def _take_held(self) -> None:
        line, self._held = self._held, ""
        who, text = self._who(line)
        if self._in_content:
            if text == ".":
                self._end_content()
                return
            # only a sign tells a reply from a line of the content that looks like one
            if who != SERVER:
                self._content += 1
                return
            self._end_content()
        if not text:
            return
        answer = _REPLY.match(text) if who not in (CLIENT, TOOL) else None
        if answer:
            self._server(text, answer)
        elif who == TOOL:
            self._tool(text)
        elif who == SERVER:
            return
        elif self._credential and who in (CLIENT, EITHER, "") and " " not in text:
            self._credential = False
            self._say_client(
                self.table["turns"]["credential"], "AUTH", self.table["words"]["covered"]
            )
        else:
            self._client(text, who)

    def end(self) -> None:
        self._take_held()
        if self._in_content:
            self._end_content()
        self._end_reply()

    def unanswered(self) -> str:
        """The name of the turn that got no answer, empty if there is none."""
        return next((str(asked.row["name"]) for asked in self._asked if asked.verb != "QUIT"), "")

    # --- who speaks ---

    def _who(self, line: str) -> tuple[str, str]:
        stripped = line.strip()
        for who, sign in self._signs:
            found = sign.match(stripped + " " if stripped.endswith((":", ">")) else stripped)
            if found:
                return who, stripped[found.end() :].strip()
        return "", stripped

    # --- the client ---

    def _client(self, text: str, who: str) -> None:
        verb = _VERB.match(text)
        row = self.table["verbs"].get(verb[1].upper()) if verb else None
        if row is None:
            if who == CLIENT:
                self._say_client(self.table["turns"]["unknown"], "", text)
            else:
                self._tool(text)
            return
        assert verb is not None  # it has a row
        name = verb[1].upper()
        if not self.turns:
            self._asked.clear()
        self._say_client(row, name, text)
        self._check(name, row, text)

    def _say_client(self, row: Mapping[str, Any], verb: str, text: str) -> None:
        self._end_reply()
        self.turns += 1
        self._add(Finding(str(row["name"]), "info", text, str(row["meaning"]), line=self._number))
        self._asked.append(_Asked(row, verb))

    def _check(self, verb: str, row: Mapping[str, Any], text: str) -> None:
        """Say what the client asks for though the server does not offer it."""
        if self._offered is None or "needs" not in row:
            return
        words = self.table["words"]
        offered = self._offered.get(row["needs"])
        mechanism = _AUTH.match(text) if verb == "AUTH" else None
        meaning = ""
        if offered is None:
            meaning = row["unoffered"]
        elif mechanism and mechanism[1].upper() not in offered.upper().split():
            values = {"mechanism": mechanism[1].upper(), "offered": offered}
            meaning = shell.say(words["mechanism"], values)
        if meaning:
            self._add(
                Finding(
                    meaning.partition(". ")[0].rstrip("."),
                    "warning",
                    text,
                    meaning,
                    line=self._number,
                )
            )

    # --- the server ---

    def _server(self, text: str, found: re.Match[str]) -> None:
        if self._lines and self._lines[0][1][:3] != found[1]:
            self._end_reply()
        if len(self._lines) < _MOST_TURNS:
            self._lines.append((self._number, text))
        if found[2] != "-":
            self._end_reply()

    def _end_reply(self) -> None:
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        number, first = lines[0]
        digit = first[0]
        if self._asked:
            asked = self._asked.popleft()
        else:
            greets = first.startswith("220") or (not self.turns and digit in "45")
            row = self.table["turns"]["greeting"] if greets else {"name": "", "answers": {}}
            asked = _Asked(row, "")
            if first.startswith("250") and len(lines) > 1:
                asked = _Asked(
                    self.table["verbs"]["EHLO"], "EHLO"
                )  # the copy begins with its answer
        self.turns += 1
        if digit == "3" and asked.verb in ("DATA", "AUTH"):
            self._in_content = asked.verb == "DATA"
            self._credential = asked.verb == "AUTH"
        if digit in "45":
            self._refused(asked, number, " ".join(text for _, text in lines))
            return
        if not asked.verb and self._masked.read(first) is not None:
            self.between = row = self.table["turns"]["masked"]
            self._add(Finding(row["title"], "warning", first, row["meaning"], line=number))
            return
        answers = asked.row.get("answers", {})
        meaning = str(answers.get(first[:3], answers.get(digit, "")))
        title = f"{asked.row['name']}: {first[:3]}".lstrip(": ")
        self._add(Finding(title, "info", first, meaning, line=number))
        if asked.verb in ("EHLO", "LHLO", "HELO") and digit == "2":
            self._extensions(lines[1:])
        if asked.verb == "STARTTLS":
            self._offered = None
        if asked.row is self.table["turns"]["content"]:
            self.accepted = first

    def _extensions(self, lines: list[tuple[int, str]]) -> None:
        table = self.table["extensions"]
        self._offered = {}
        for number, line in lines:
            name, _, values = line[4:].strip().partition(" ")
            self._offered.setdefault(name.upper(), values)
            if name.upper().startswith("AUTH="):
                self._offered.setdefault("AUTH", f"{name[5:]} {values}".strip())
            meaning = table.get(name.upper(), self.table["words"]["unknown_extension"])
            title = shell.say(self.table["words"]["extension"], {"name": name})
            self._add(Finding(title, "info", line, meaning, line=number))

    def _refused(self, asked: _Asked, number: int, text: str) -> None:
        if len(self.failed) >= _MOST_TURNS:
            return
        said = reply.of(text, command=str(asked.row["name"]))
        assert said is not None  # it begins with a code
        title, meaning, entry = self.explained(said)
        severity = "warning" if said.code.startswith("5") else "notice"
        self.failed.append(_Failed(str(asked.row["name"]), asked.verb, said, len(self.findings)))
        self._add(Finding(title, severity, said.text, meaning, entry=entry, line=number))

    def known(self, said: reply.Reply) -> Mapping[str, Any] | None:
        """The row of a reply that leaves no record in a log."""
        return next((row for row, shapes in self._known if shapes.read(said.text)), None)

    def explained(self, said: reply.Reply) -> tuple[str, str, str | None]:
        """Title, meaning and entry of a refusal."""
        row = self.known(said)
        if row is not None:
            return str(row["title"]), str(row["meaning"]), None
        explained = reply.find(self.library, said)
        if explained is not None:
            return explained.document.title, "", explained.document.id
        codes = reply.status_of(self.library, said)
        return (codes[0].title, "", codes[0].id) if codes else (said.text, "", None)

    # --- the rest ---

    def _end_content(self) -> None:
        self._in_content = False
        row = self.table["turns"]["content"]
        text = shell.say(self.table["words"]["content"], {"count": str(self._content)})
        self._content = 0
        self._say_client(row, "content", text)

    def _tool(self, text: str) -> None:
        for row, shapes in self._tools:
            if shapes.read(text) is not None:
                self._end_reply()
                ends = bool(row.get("ends"))
                severity = "warning" if ends else "info"
                meaning = str(row.get("meaning", ""))
                self._add(Finding(row["title"], severity, text, meaning, line=self._number))
                if ends and not self.broken:
                    self.broken = str(row["title"])
                    self.broken_by = row
                return

    def _add(self, finding: Finding) -> None:
        if len(self.findings) < _MOST_TURNS:
            self.findings.append(finding)


def explain(session: Session, lines: Iterable[str]) -> tuple[Answer, ...]:
    """The answer for the ``lines`` of an SMTP dialogue, in bounded memory."""
    dialogue = _Dialogue(session.library)
    covered = (line or "" for line in session.redactor.cover_lines(lines))
    for line in dsn.unquoted(covered):
        dialogue.feed(line)
    dialogue.end()
    return (_answer(session.library, dialogue),)


def _answer(library: Library, dialogue: _Dialogue) -> Answer:
    words = dialogue.table["words"]
    base: dict[str, Any] = {"kind": "dialogue", "findings": tuple(dialogue.findings)}
    failed = _decisive(dialogue)
    if failed is not None and failed.verb in dialogue.between.get("alters", ()):
        return _altered(dialogue, failed, base)
    if failed is not None:
        return _failure(library, dialogue, failed, base)
    warned = next((each for each in dialogue.findings if each.severity == "warning"), None)
    if dialogue.broken:
        title = str(dialogue.between.get("title", dialogue.broken))
    elif dialogue.accepted:
        title = shell.say(words["accepted"], {"reply": dialogue.accepted})
    elif dialogue.unanswered() and dialogue.turns:
        title = shell.say(words["open"], {"turn": dialogue.unanswered()})
    elif not dialogue.turns:
        return Answer(kind="dialogue", recognised="no", title=words["nothing"])
    else:
        title = words["good"]
    meaning = warned.meaning if warned is not None else ""
    if title.startswith(words["open"].partition("{")[0]):
        meaning = meaning or words["open_why"]
    severity = "warning" if dialogue.broken or warned else "info"
    return Answer(
        **base,
        recognised="entry",
        title=title,
        severity=severity,
        explanation=common.plain(meaning) if meaning else Prose(),
        commands=common.filled(library, dialogue.broken_by.get("commands", []), {}),
    )


def _altered(dialogue: _Dialogue, failed: _Failed, base: Mapping[str, Any]) -> Answer:
    """The answer where a firewall between is why a turn failed."""
    return Answer(
        **base,
        query=failed.said.text,
        text=failed.said.text,
        recognised="entry",
        title=str(dialogue.between["title"]),
        severity="warning",
        verdict=Verdict("network", reply.permanence(failed.said.code)),
        gist=f"{failed.turn}: {failed.said.text}",
        event="rejected",
        explanation=common.plain(str(dialogue.between["meaning"])),
    )


def _decisive(dialogue: _Dialogue) -> _Failed | None:
    """The refusal that counts: the first one that nothing made good later."""
    for failed in dialogue.failed:
        if dialogue.accepted and failed.verb not in ("RCPT", "content"):
            continue  # the mail went through all the same
        if failed.verb == "EHLO" and any(
            each.title.startswith("HELO: 2") for each in dialogue.findings
        ):
            continue
        return failed
    return None


def _failure(
    library: Library, dialogue: _Dialogue, failed: _Failed, base: Mapping[str, Any]
) -> Answer:
    said = failed.said
    row = dialogue.known(said)
    explained = reply.find(library, said) if row is None else None
    codes = reply.status_of(library, said)
    document = explained.document if explained else codes[0] if codes and row is None else None
    parts: dict[str, Any] = {}
    if document is not None:
        values = explained.values if explained else {}
        parts = common.parts(library, document, values, said=said.text)
    if row is not None:
        parts["explanation"] = common.plain(row["meaning"])
        parts["commands"] = common.filled(library, row.get("commands", []), {})
        verdict = Verdict("this-server", reply.permanence(said.code))
    elif explained is not None:
        verdict = reply.verdict(library, explained, said.enhanced or said.code)
    else:
        verdict = Verdict("remote-server", reply.permanence(said.code))
    unoffered = [
        each for each in dialogue.findings[: failed.finding]
        if each.severity == "warning" and each.entry is None and each.meaning and each.title in each.meaning
    ]  # fmt: skip
    if unoffered and failed.verb in unoffered[-1].text.upper():
        parts["explanation"] = common.plain(unoffered[-1].meaning)
    parts["verdict"] = verdict
    parts["severity"] = "warning" if verdict.permanence == "permanent" else "notice"
    form = dialogue.table["words"]["failed" if failed.turn else "failed_alone"]
    parts["title"] = shell.say(form, {"turn": failed.turn, "reply": said.text})
    parts["related"] = tuple(
        dict.fromkeys((*parts.get("related", ()), *(code.id for code in codes)))
    )
    entry = document.id.removeprefix("log/") if document is not None else None
    gist = document.title if document is not None else str(row["title"]) if row else ""
    gist = "" if gist.lower() in said.text.lower() else gist
    return Answer(
        **base,
        query=said.text,
        text=said.text,
        recognised="entry" if document is not None or row is not None else "generic",
        entry=entry,
        gist=gist,
        event="rejected",
        **parts,
    )
