"""A shell command → its answer: what it does as a whole, what is dangerous, every word of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailhelp import usage
from mailhelp.answer import Answer, Command, Finding, Prose, Result, Span
from mailhelp.conditions import SEVERE
from mailhelp.explain import common, examples
from mailhelp.explain.page import reference
from mailhelp.knowledge.library import Library
from mailhelp.light import Any, regex
from mailhelp.names import words as words_of
from mailhelp.shell import commands as split

_PROMPT = regex(r"\s*(?:\[?[\w.-]+@[\w.-]+[^\n$#%>]{0,60}[$#%>]\s+|[$#%]\s+|>\s+(?![^\s/]*/))")
_SENTENCE = regex(r"(?s)(.{20,300}?[.:])(?:\s|$)")
_MOST_COMMANDS = 4


class LibraryTools(usage.TableTools):
    """The tools of ``corpus/options/``; of other programs what recipes say."""

    def __init__(self, library: Library) -> None:
        super().__init__(library.table)
        self._library = library

    def tool(self, name: str) -> usage.Tool | None:
        """The tool of this name; without a row, one from the recipes that use the program."""
        if name not in self._known and super().tool(name) is None:
            self._known[name] = self._from_recipes(name)
        return self._known[name]

    def _from_recipes(self, name: str) -> usage.Tool | None:
        options: dict[str, str] = {}
        for recipe in self._library.running("recipe", name):
            for command in recipe.data["commands"]:
                if split(command["run"]) and _program(command["run"]) == name:
                    for option, meaning in recipe.data["options"].items():
                        if option.startswith("-"):
                            words = option.split()
                            key = words[0] + (" VALUE" if len(words) > 1 else "")
                            options.setdefault(key, meaning)
        return usage.tool(name, {"options": options}) if options else None


def _program(text: str) -> str:
    found = split(text)
    words = found[0].words if found else ()
    return words[0].value.rpartition("/")[2] if words else ""


def _start(text: str) -> int:
    """Where a command begins: a prompt that was pasted along is no part of it."""
    prompt = _PROMPT.match(text)
    return prompt.end() if prompt else 0


def known(library: Library, text: str) -> bool:
    """Whether ``text`` is a command of a program that is known here, and no sentence about one."""
    if len(text) > _LONGEST or (text.count("'") % 2 and _SHORTENED.search(text)):
        return False
    tools = LibraryTools(library)
    found = usage.read_all(text, tools, _start(text))
    if not found:
        return False
    first = _innermost(found[0])
    if not first.program:
        files = [piece.value or "" for piece in first.pieces if piece.kind == "redirection"]
        return any(files) and not any(file.startswith("=") for file in files)  # >=TLSv1.2
    tool = first.tool
    if tool is None and not library.named(first.program, "page"):
        return False
    if tool is None and library.named(first.program, "parameter"):
        return False  # smtp_bind_address6 -o: the setting, and where it may stand
    rest = [piece for piece in first.pieces[1:] if piece.value]
    if rest and all(piece.meaning is None and library.named(piece.value or "") for piece in rest):
        return False  # dovecot ssl_dh: the program whose setting is meant
    if rest and _VERSION.fullmatch(rest[0].value or ""):
        return False  # dovecot 2.4 variables: which one of the program's versions is meant
    has_option = any(True for _ in first.options())
    # dovecot ssl_min_protocol tls1: its setting is meant; postgrey action=greylist: what it said
    is_about = any(_is_named(library, piece) or _is_message(piece) for piece in rest)
    if not has_option and (is_about or (tool is not None and _takes_none(library, tool, rest))):
        return False
    if tool is not None and any(_lacks_its_dashes(tool, piece) for piece in rest):
        return False
    if tool is None:
        return has_option and not _is_sentence(first, 1)
    if len(first.pieces) == 1:
        return not tool.english and bool(tool.does)
    if len(found) > 1 or first is not found[0] or _redirected(found):
        allowed = 4  # no sentence has pipes in it
    elif first.subcommand and not tool.english:
        allowed = 2
    elif has_option or not tool.english:
        allowed = 1
    else:
        allowed = 0
    said = library.table("words").get("sentence", {}).get("words", ())
    operands = [piece.value or "" for piece in first.pieces if piece.kind == "operand"]
    return not _is_sentence(first, allowed) and not any(
        word.rstrip(":,") in said and not _is_literal(tool, word) for word in operands
    )


def _is_named(library: Library, piece: usage.Piece) -> bool:
    """Whether a word is the name of a setting, and no operand that the program takes; a file may have the name of one of Postfix's."""
    said = piece.value or ""
    if "_" not in said or piece.kind != "operand":
        return False
    names = library.named(said)
    is_known = piece.meaning is not None
    return bool(names) and not (is_known and any(name.kind == "parameter" for name in names))


def _takes_none(library: Library, tool: usage.Tool, rest: Iterable[usage.Piece]) -> bool:
    """Whether the program takes no such words, but words of which entries tell: dovecot sql iterate_query."""
    unread = [piece.value or "" for piece in rest if piece.meaning is None]
    known = library.vocabulary
    return not tool.operands and any(
        all(part in known for part in words_of(word)) and words_of(word) for word in unread
    )


def _lacks_its_dashes(tool: usage.Tool, piece: usage.Piece) -> bool:
    """Whether a word is the name of an option without its dashes: openssl s_client starttls smtp."""
    word = piece.value or ""
    if piece.kind != "operand" or len(word) < _SHORTEST_OPTION or _is_literal(tool, word):
        return False
    return any(
        name in (f"-{word}", f"--{word}") for option in tool.options for name in option.names
    )


def _is_message(piece: usage.Piece) -> bool:
    """Whether a word of a command that nobody explains is rather one of a message: several words in quotes, a key with its value."""
    said = piece.value or ""
    return piece.meaning is None and (" " in said or _KEYED.fullmatch(said) is not None)


def _redirected(found: Iterable[usage.Command]) -> bool:
    return any(piece.kind == "redirection" for command in found for piece in command.pieces)


_SHORTEST_OPTION = 3
"""Letters of an option that is known without its dashes."""
_LONGEST = 20_000
_KEYED = regex(r"[a-z_]+=[\w<>.-]*")
_VERSION = regex(r"v?\d+\.\d+(?:\.\d+)?")
_SHORTENED = regex(r"\w'[a-z]{1,2}\b")
"""A word as in "won't": with no second quote it begins no quoted word."""


def _is_sentence(command: usage.Command, allowed: int) -> bool:
    """Whether there are more than ``allowed`` plain words: "postmap -q gives nothing".

    Of those that no operand of the program is for, at most one may be there.
    """
    words = [piece for piece in command.pieces if piece.kind in ("operand", "option")]
    plain = [
        piece
        for piece in words
        if (piece.value or "").isalpha()
        and (piece.value or "").islower()
        and not _is_literal(command.tool, piece.value or "")
    ]
    operands = [piece for piece in plain if piece.kind == "operand"]
    unread = [piece for piece in operands if piece.meaning is None]
    if not operands:
        plain = []  # values of options are no sentence by themselves
    asks = any((piece.value or "").endswith("?") for piece in words)
    tool = command.tool
    takes_none = tool is not None and not (tool.operands or tool.words or tool.subcommands)
    most = 0 if takes_none and len(operands) == len(words) else min(allowed, 1)
    return len(plain) > allowed or len(unread) > most or asks


def _is_literal(tool: usage.Tool | None, word: str) -> bool:
    return tool is not None and (
        word in tool.words
        or any(pattern == word for pattern, _ in tool.operands)
        or any(pattern == word for _, pattern, _ in tool.values)
    )


def _innermost(command: usage.Command) -> usage.Command:
    """The command that ``sudo``, ``ssh`` and the like run in the end."""
    while command.inner and command.tool is not None and command.tool.runs is not None:
        command = command.inner[0]
    return command


def mends(row: Mapping[str, Any], text: str = "") -> tuple[Command, ...]:
    """The commands of a danger's row that do it better than ``text``, the one command that was typed, if it is one."""
    return tuple(
        common.made(each, _swapped(text, each.get("swap", {})) or each["run"])
        for each in row.get("instead", ())
    )


def _swapped(text: str, swap: Mapping[str, str]) -> str:
    """``text`` with other words in place of those of ``swap``; empty without all of them."""
    words = text.split(" ")
    if not swap or "\n" in text or not all(word in words for word in swap):
        return ""
    return " ".join(swap.get(word, word) for word in words)


def explain(library: Library, text: str) -> Answer:
    """The answer for a command, or for several in a pipeline or one after the other."""
    tools = LibraryTools(library)
    found = usage.read_all(text, tools, _start(text))
    every = [each for each in usage.everything(found) if each.pieces]
    risks = usage.dangers(library.table("dangers"), found, tools, library.checks_of)
    worst = next((risk["danger"] for risk in risks if risk["severity"] in SEVERE), "")
    spans = tuple(
        sorted(
            (span for command in every for span in _spans(library, command, text)),
            key=lambda span: (span.start, -span.end),
        )
    )
    asked = [(command.program, command.subcommand) for command in every]
    like = examples.find(library, asked, text)
    own = [hit.id for hit in library.named(text) if hit.kind != "page"]
    unknown = [span for span in spans if span.name == _UNEXPLAINED]
    main = _main(found)
    name = _innermost(main).program
    alone = text[_start(text) :].strip() if len(every) == 1 else ""
    title = _title(main, text, tools)
    return Answer(
        kind="command",
        query=text,
        text=text,
        recognised="entry" if any(command.tool for command in every) else "generic",
        title=title,
        severity=risks[0]["severity"] if risks else None,
        danger=worst,
        spans=tuple(span for span in spans if span.name != _UNEXPLAINED),
        explanation=_told(library, every, text, tools),
        findings=(
            *(
                Finding(risk["danger"], risk["severity"])
                for risk in risks
                if risk["danger"] != worst
            ),
            *_unexplained(unknown, name),
        ),
        commands=tuple(dict.fromkeys(each for risk in risks for each in mends(risk, alone)))[
            :_MOST_COMMANDS
        ],
        outcomes=examples.outcomes(like) if not risks else (),
        related=(*own, *(each.document.id for each in like)),
        results=_results(library, like, own) if not risks else (),
        notes=("This changes something.",) if not worst and usage.changes(every) else (),
        sources=_sources(library, every),
    )


def _main(found: list[usage.Command]) -> usage.Command:
    """The command that the answer is named after: the last that changes anything, else the first that does the work."""
    changing = [command for command in found if usage.changes([_innermost(command)])]
    if changing:
        return changing[-1]
    tools = ((command, _innermost(command).tool) for command in found)
    return next((command for command, tool in tools if tool and not tool.aside), found[0])


def does(command: usage.Command, tools: usage.Tools) -> str:
    """What a command does as a whole, without a full stop; empty if nobody says it."""
    tool = command.tool
    if tool is None:
        return ""
    bare = command._replace(subcommand="")
    for pattern, sentence in tool.titles:
        whole = f"{command.subcommand} {pattern}".strip()
        if usage.matches(whole, command if command.subcommand else bare, tools):
            return sentence
    return tool.does


def _title(command: usage.Command, text: str, tools: usage.Tools) -> str:
    inner = _innermost(command)
    shown = " ".join(text[inner.start : inner.end].split())
    if len(shown) > _SHOWN:
        shown = f"{shown[: _SHOWN - 2].rpartition(' ')[0] or shown[: _SHOWN - 2]} …"
    told = does(inner, tools)
    if not told and inner.program:
        return f"{shown}: a command that mailhelp does not know"
    if not told:
        target = next((p for p in inner.pieces if p.kind == "redirection"), None)
        told = _redirection(target.name) if target else ""
    return f"{shown}: {told[:1].lower()}{told[1:]}"


_SHOWN = 44
"""Characters of a command in its answer's title."""


def _told(library: Library, every: list[usage.Command], text: str, tools: usage.Tools) -> Prose:
    """What each command of several does, one sentence each."""
    if len(every) < 2:
        return Prose()
    lines = []
    for command in every:
        told = does(command, tools) or "mailhelp does not know this command"
        lines.append(f"{command.program or 'the shell'}: {told[:1].lower()}{told[1:]}.")
    return common.plain(" ".join(dict.fromkeys(lines)))


_UNEXPLAINED = "unexplained"


def _spans(library: Library, command: usage.Command, text: str) -> Iterator[Span]:
    """The words of a command with their meanings; those that nobody explains have a name of their own."""
    for piece in command.pieces:
        shown = text[piece.start : piece.end]
        if piece.kind == "program":
            told = command.tool.does if command.tool else ""
            base = _base(library, command, piece.name)
            yield Span(
                piece.start, piece.end, "program", shown, f"{base or told}." if base or told else ""
            )
        elif piece.kind == "redirection":
            yield Span(piece.start, piece.end, "redirection", shown, _redirection(piece.name))
        elif piece.kind == "assignment":
            yield Span(
                piece.start, piece.end, "variable", shown, "Sets a variable for this command."
            )
        else:
            meaning = piece.meaning.does if piece.meaning else ""
            if piece.kind == "subcommand":
                meaning = f"{meaning}."
            elif not meaning and piece.kind == "option" and command.program:
                meaning = _manual(library, f"{command.program} {piece.name.partition('=')[0]}")
            kind = piece.kind if meaning else _UNEXPLAINED
            yield Span(piece.start, piece.end, kind, shown, meaning)


def _base(library: Library, command: usage.Command, program: str) -> str:
    """What the program does, whichever of its subcommands is used."""
    does_: str = library.table(f"options/{program}").get("does", "")
    return does_ if command.subcommand else ""


def _redirection(operator: str) -> str:
    sign = operator.lstrip("0123456789&")
    if operator.startswith("2"):
        what = "Errors"
    elif operator.startswith("&") or sign == ">&":
        what = "Output and errors"
    else:
        what = "The output"
    if sign in (">", ">|"):
        return f"{what} goes into this file, in place of what is in it."
    if sign == ">>":
        return f"{what} goes to the end of this file."
    if sign == ">&":
        return f"{what} goes to the same place as that."
    if sign in ("<<", "<<-"):
        return "The input is the lines that follow, up to this word."
    if sign == "<<<":
        return "The input is this word."
    return "The input is this file."


def _unexplained(unknown: Iterable[Span], name: str) -> Iterator[Finding]:
    for span in unknown:
        yield Finding(
            f"{span.value}: nobody explains it here",
            "notice",
            span.value,
            f"Neither mailhelp nor a manual of this host knows it for {name}: look for a slip, or see man {name}.",
        )


def _results(
    library: Library, like: Iterable[examples.Example], own: Iterable[str]
) -> tuple[Result, ...]:
    """Examples with their commands, then the titles of what is called as the command."""
    shown = [examples.result(library, each) for each in like]
    ids = {each.id for each in shown}
    named = [Result(id, id.partition("/")[0], library.title(id)) for id in own if id not in ids]
    return (*shown[: _MOST_RESULTS - len(named[:1])], *named)[:_MOST_RESULTS]


_MOST_RESULTS = 3


def _sources(library: Library, every: Iterable[usage.Command]) -> tuple[str, ...]:
    named = []
    for command in every:
        if command.tool is not None and command.tool.page:
            named.append(command.tool.page)
            continue
        for hit in library.named(command.program, "page"):
            page = library.document(hit.id)
            if page is not None:
                named.append(reference(page.data["page"], page.data["section"]))
                break
    return tuple(dict.fromkeys(named))


def _manual(library: Library, name: str) -> str:
    """The first sentence of what a man page of this host says about an option."""
    for hit in library.named(name, "page"):
        document = library.document(hit.id)
        if document is not None:
            text = " ".join(document.data["text"].split())
            sentence = _SENTENCE.match(text)
            return sentence[1] if sentence else text[:300]
    return ""
