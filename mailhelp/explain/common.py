"""What all explainers share: a document's stored parts → the parts of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from mailhelp import shell
from mailhelp.answer import (
    Command,
    Option,
    Outcome,
    Parameter,
    Prose,
    Section,
    Verdict,
    escape_markdown,
)
from mailhelp.explain import told
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import Any, regex
from mailhelp.patterns import holes

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As programs write them in the C locale."""
BY_CODE = "by-code"
"""The permanence of a verdict that is the code's."""
_SENTENCE_END = regex(r"[.;:](?=\s)")
_LONGEST_MEANING = 120
_QUOTED = regex(r"[ \t]*(?:>[ \t]?)+")


def unquoted(line: str) -> str:
    """``line`` without the ``>`` that a mail or a ticket put in front."""
    quoted = _QUOTED.match(line) if line.lstrip()[:1] == ">" else None
    return line[quoted.end() :] if quoted else line


def prose(stored: Mapping[str, Any]) -> Prose:
    """Prose as a catalogue stores it."""
    return Prose(stored["markdown"], tuple(stored["blocks"]))


def outcomes(rows: Iterable[Mapping[str, str]]) -> tuple[Outcome, ...]:
    """What a recipe's command can print, good and bad, by the stored ``rows``."""
    return tuple(
        Outcome(row["result"], row["sample"].strip("\n"), row["meaning"], row.get("line", ""))
        for row in rows
        if row["result"] != "info"
    )


def plain(text: str) -> Prose:
    """One paragraph of plain text, shown as it is: for sentences that hold data from outside."""
    return Prose(escape_markdown(text), (["p", [["", text]]],))


def paragraphs(texts: Iterable[str]) -> Prose:
    """A paragraph of plain text for each of ``texts``."""
    each = [plain(text) for text in texts]
    return Prose("\n\n".join(one.markdown for one in each), tuple(one.blocks[0] for one in each))


def filled(
    library: Library,
    commands: list[dict[str, Any]],
    values: Mapping[str, str],
    missing: str = "drop",
) -> tuple[Command, ...]:
    """The stored ``commands`` with ``values`` and this host's places; one that lacks a value, or is of no use with
    one (``unless``), is left out.

    With ``missing="show"`` a missing value is shown as its name in capitals, as one always is that cannot stand
    in a command.
    """
    found = []
    for command in commands:
        unless = command.get("unless", {})
        if any(values.get(name) in useless for name, useless in unless.items()):
            continue
        run, filling = placed(library, command["run"], values)
        text, unfit = shell.filled(run, filling, missing, command.get("checks", {}))
        if text is not None:
            found.append(_made(command, text, filling, unfit))
    return tuple(found)


def made(
    stored: Mapping[str, Any],
    text: str,
    values: Mapping[str, str] = MappingProxyType({}),
    options: tuple[Option, ...] = (),
) -> Command:
    """The ``stored`` command, filled in with ``values`` as ``text``; what was not filled in is said first."""
    unfit = shell.unfit(stored["run"], values, stored.get("checks", {}))
    return _made(stored, text, values, unfit, options)


def _made(
    stored: Mapping[str, Any],
    text: str,
    values: Mapping[str, str],
    unfit: Mapping[str, str],
    options: tuple[Option, ...] = (),
) -> Command:
    left = [f"{name.upper()} is left to you: {why}." for name, why in unfit.items()]
    return Command(
        text,
        " ".join((*left, shell.say(stored["why"], values))),
        stored.get("runs_on", "server"),
        stored.get("changes", False),
        options,
        stored.get("danger", ""),
    )


def placed(library: Library, run: str, values: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """The command ``run`` and its ``values`` with the places of this host that it names."""
    missing = _named(run).difference(values)
    if not missing or missing.isdisjoint(library.table("places")):
        return run, values
    from mailhelp.host.places import streamed

    places = library.places
    return streamed(run, places.streams), {**places.values, **values}


@lru_cache(maxsize=1000)
def _named(run: str) -> frozenset[str]:
    """The names of the holes of a command."""
    return frozenset(holes.holes(holes.parse(run)))


def parts(
    library: Library,
    document: Document,
    values: Mapping[str, str],
    missing: str = "drop",
    said: str = "",
) -> dict[str, Any]:
    """The fields of ``Answer`` that any kind of document fills; ``values`` go into its commands.

    ``missing`` says what becomes of a command without its values, as for ``filled``. ``said`` is the message that the
    document explains: of several, what is about this one goes first (``told``).
    """
    commands = filled(library, document.data.get("commands", []), values, missing)
    found = fixed(library, document)
    rows = document.data.get("labelled")
    if said and rows:
        found = told.apart(rows, told.fitting(told.labels_of(rows), said, typed=True), found)
    return {**found, "commands": commands}


def fixed(library: Library, document: Document) -> dict[str, Any]:
    """Those of the ``parts`` of a document that are the same whatever the values."""
    data = document.data
    stored = data.get("verdict")
    return {
        "title": document.title,
        "severity": data.get("severity"),
        "verdict": Verdict(**stored) if stored else None,
        "brief": prose(data["brief"]) if data.get("brief") else Prose(),
        "explanation": prose(data["explanation"]) if "explanation" in data else Prose(),
        "causes": tuple(prose(item) for item in data.get("causes", ())),
        "actions": tuple(prose(item) for item in data.get("actions", ())),
        "sections": tuple(Section(item["title"], prose(item)) for item in data.get("sections", ())),
        "parameters": tuple(parameter(library, name) for name in data.get("parameters", ())),
        "related": tuple(dict.fromkeys(data.get("related", ()))),
        "sources": tuple(dict.fromkeys(data.get("sources", ()))),
    }


def _member(stored: Mapping[str, Any]) -> str:
    """What the list of a family's text says of one of its names, in its first sentence."""
    said, _, _ = stored["markdown"].partition("\n\n")
    first = _SENTENCE_END.split(said.replace("`", ""), maxsplit=1)[0]
    return " ".join(first.split()).rstrip(".") if len(first) <= _LONGEST_MEANING else ""


def parameter(library: Library, name: str) -> Parameter:
    """What is known of a parameter without asking this host: its default and its title."""
    for hit in library.named(name, "parameter"):
        document = library.document(hit.id)
        if document is not None:
            title = "" if document.title in document.data["names"] else document.title
            if member := document.data.get("members", {}).get(name):
                title = _member(member) or title
            return Parameter(name, document.data["defaults"].get(name), meaning=title)
    return Parameter(name)
