"""Recipes: a task's commands with placeholders, filled in, checked and explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mailhelp import shell
from mailhelp.answer import Answer, Option, Placeholder
from mailhelp.errors import UsageError
from mailhelp.explain import common
from mailhelp.host.machine import Host
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import Any


def explain(library: Library, host: Host, document: Document, given: Mapping[str, str]) -> Answer:
    """The recipe with the values ``given`` (placeholder → value) in its commands.

    A placeholder without a value or a default is shown as its name in capitals, and a note says
    so. Raises ``UsageError`` for a placeholder that the recipe does not have and for a value that
    fails its check.
    """
    data = document.data
    values = _values(library, document, given)
    options = data["options"]
    commands = []
    for stored in data["commands"]:
        _, filling = common.placed(library, stored["run"], values)
        if wrong := shell.unfit(stored["run"], filling):
            name, why = next(iter(wrong.items()))
            raise UsageError(f"{name}={filling[name]!r} will not do: {why}.")
        text = shell.fill(stored["run"], filling, missing="show")
        assert text is not None  # what is missing is shown by its name
        explained = _options(stored["run"], options, filling)
        commands.append(common.made(stored, text, filling, explained))
    parts = common.parts(library, document, {})
    parts["commands"] = tuple(commands)
    return Answer(
        kind="recipe",
        query=document.id.partition("/")[2],
        recognised="entry",
        entry=document.id,
        notes=tuple(_notes(host, data)),
        outcomes=common.outcomes(data["outputs"]),
        placeholders=tuple(
            Placeholder(name, row["meaning"], values.get(name), row["example"])
            for name, row in data.get("placeholders", {}).items()
        ),
        **parts,
    )


def _values(library: Library, document: Document, given: Mapping[str, str]) -> dict[str, str]:
    placeholders: Mapping[str, Mapping[str, Any]] = document.data.get("placeholders", {})
    name = document.id.partition("/")[2]
    for key, value in given.items():
        if key not in placeholders:
            known = ", ".join(f"{known}=…" for known in placeholders) or "none"
            raise UsageError(f"The recipe {name} has no placeholder '{key}'.", f"It takes: {known}")
        field = library.fields[placeholders[key]["check"]]
        checks = {"v": field.argument or field.regex}
        if not value or shell.unfit("x {v}", {"v": value}, checks):
            raise UsageError(
                f"{key}={value!r} will not do. {placeholders[key]['meaning']}",
                f"For example: {key}={placeholders[key]['example']}",
            )
    defaults = {
        key: shell.say(*common.placed(library, row["default"], {}))
        for key, row in placeholders.items()
        if "default" in row
    }
    return {**defaults, **given}


def _options(run: str, options: Mapping[str, str], values: Mapping[str, str]) -> tuple[Option, ...]:
    """The documented options that stand in the command ``run``, in its order.

    An option is found by all its words, or (where its operand differs here) by its first one.
    """
    words = run.split()
    places: dict[int, str] = {}
    for whole in (True, False):
        for option in options:
            wanted = option.split() if whole else option.split()[:1]
            for place in range(len(words)):
                if place not in places and words[place : place + len(wanted)] == wanted:
                    if option not in places.values():
                        places[place] = option
                    break
    return tuple(
        Option(shell.fill(option, values, missing="show") or option, options[option])
        for _, option in sorted(places.items())
    )


def _notes(host: Host, data: Mapping[str, Any]) -> Iterator[str]:
    missing = [program for program in data["requires"] if host.which(program) is None]
    if missing:
        yield f"Not found on this host: {', '.join(missing)}."
