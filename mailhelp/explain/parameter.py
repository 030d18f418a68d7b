"""main.cf parameters: meaning, default, this host's value, who mentions them, the commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailhelp.answer import Answer, Command, Parameter, Prose, Section
from mailhelp.explain import common
from mailhelp.explain.page import reference_of
from mailhelp.host import postconf
from mailhelp.host.machine import Host
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import TYPE_CHECKING, Any, NamedTuple, regex
from mailhelp.redact import COVER

if TYPE_CHECKING:
    from mailhelp.host.postfixfiles import ByLevel

_VALUE = "VALUE"
_OTHER = {"yes": "no", "no": "yes"}
_LONGEST_SETTING = 60
_SET = regex(r"[/ '](\w+) ?=(?!\{value\})")
"""Characters of a name and its value in a command that is to fit a line."""


class Asked(NamedTuple):
    """A parameter document, and those of its parameters that the question is about.

    ``value`` is the one that the question gives the first of them.
    """

    document: Document
    names: tuple[str, ...]
    value: str = ""


def explain(library: Library, host: Host, query: str, asked: Iterable[Asked]) -> tuple[Answer, ...]:
    """One answer for each document; this host's values are read now, of all in one go."""
    asked = tuple(asked)
    names = [name for each in asked for name in each.names]
    # those that matter beside them too: one look at postconf is enough
    beside = [name for each in asked for name in each.document.data.get("parameters", ())]
    values = postconf.values(host, [*names, *beside])
    drafts = [_draft(library, query, each) for each in asked]
    here = values()
    return tuple(
        _with_values(library, draft, each, here) for draft, each in zip(drafts, asked, strict=True)
    )


def _draft(library: Library, query: str, asked: Asked) -> Answer:
    """All of the answer that does not depend on this host's values."""
    document, names, _ = asked
    parts = common.parts(library, document, {})
    described = bool(parts["explanation"])
    notes = []
    if len(names) == 1 and (own := document.data.get("members", {}).get(names[0])):
        parts["brief"] = common.prose(own)
    sections = list(parts["sections"])
    if document.data.get("dangerous"):
        sections.insert(0, Section("Danger", common.plain(document.data["dangerous"])))
    if not described:
        parts["explanation"] = _manual(library, names[0])
        if not parts["explanation"]:
            notes.append("mailhelp has no text of its own for this parameter; see postconf(5).")
    pages = library.pages_that_mention(query if len(names) > 1 else names[0])
    if pages:
        shown = ", ".join(reference_of(id) for id in pages)
        sections.append(Section("Man pages here that mention it", common.plain(shown), aside=True))
    parts.update(
        title=document.title if described else "",
        sections=tuple(sections),
    )
    return Answer(
        kind="parameter",
        query=query,
        recognised="entry" if described else "generic",
        entry=document.id,
        notes=tuple(notes),
        **parts,
    )


def _with_values(library: Library, draft: Answer, asked: Asked, values: postconf.Values) -> Answer:
    """The answer with this host's values, and with commands that start from them."""
    document, names, given = asked
    own = tuple(_parameter(library, document.data, name, values) for name in names)
    starts = (_written(library, each, values) or each.default or each.value for each in own)
    start = given or next((text for text in starts if text), _VALUE)
    if start in _OTHER and not given:  # who would set it wants the other one
        start = _OTHER[start]
    # neither a long value nor one with a covered secret is a start to edit
    usable = len(names[0] + start) <= _LONGEST_SETTING and COVER * 3 not in start
    usable = usable and start[:1] != "("  # a default that only words can tell
    filling = {"name": names[0], "now": "", "value": start if usable else _VALUE}
    if usable and _is_in_force(own[0], start):
        if any(sign in start for sign in " ,"):  # one of its items is left out easily
            filling["now"] = " once it is edited"
        else:
            filling |= {"value": _VALUE, "now": f", now {start}"}
    reason = values.reason
    built_in = document.data.get("defaults", {})
    strange = [n for n in names if not reason and n in built_in and n not in values.parameters]
    rows = document.data.get("commands", [])
    if not given:
        rows = list(_without_general(rows, names[0]))
    return draft._replace(
        commands=tuple(meant(common.filled(library, rows, filling))),
        parameters=(
            *own,
            *(_beside(library, p, values) for p in draft.parameters if p.name not in names),
        ),
        sections=(
            *draft.sections,
            *([Section("Its value on this host", _unknown(reason), aside=True)] if reason else []),
        ),
        notes=(
            *([f"The Postfix of this host does not know {', '.join(strange)}."] if strange else []),
            *(
                f"master.cf sets {name} = {library.redactor.cover_value(name, value)} for {service}."
                for service, name, value in values.overrides
                if name in names
            ),
            *_levels(document.data, own),
            *draft.notes,
        ),
    )


def _sets(command: str, name: str) -> bool:
    """Whether ``command`` gives ``name`` a value of its own."""
    _, is_postconf, said = command.partition("postconf")
    return bool(is_postconf) and any(found[1] == name for found in _SET.finditer(said))


def _without_general(rows: Iterable[Mapping[str, Any]], name: str) -> Iterator[Mapping[str, Any]]:
    """The commands without the general one that sets ``name``, and the reload after it, where the entry has its own."""
    rows = tuple(rows)
    own = [row["run"] for row in rows if row.get("changes") and _sets(row["run"], name)]
    applied = any("postfix reload" in run or "postfix start" in run for run in own)
    for row in rows:
        is_general = row["run"] == "postconf -e {name}={value}"
        if not own or not (is_general or (applied and row["run"] == "postfix reload")):
            yield row


def meant(commands: Iterable[Command]) -> Iterator[Command]:
    """The commands, each once, without one that leaves the value open where another says one."""
    told: set[str] = set()
    for each in commands:
        setting, _, value = each.command.partition("=")
        if each.command in told or (value.strip("'") == _VALUE and setting in told):
            continue
        told |= {setting, each.command}
        yield each


def _is_in_force(own: Parameter, value: str) -> bool:
    """Whether there is nothing to set: ``own`` has the ``value`` already."""
    return value == (own.default if own.value is None else own.value)


def _of_new_hosts(default: str | None) -> str | None:
    """The default at the newest compatibility level, where it depends on that."""
    level = _by_level(default)
    return level.value if level else default


def _levels(data: Mapping[str, Any], own: Iterable[Parameter]) -> Iterator[str]:
    """On which setting, or version, the defaults depend, where this host's values are not known."""
    for each in own:
        newer = data.get("newer", {}).get(each.name) if each.value is None else None
        if newer:
            yield f"Since Postfix {newer['since']} the default is {newer['default'] or 'empty'}."
        level = _by_level(data["defaults"].get(each.name)) if each.value is None else None
        if level:
            below = level.below or "empty"
            yield f"With {level.name} below {level.level} the default is {below}."


def _by_level(default: str | None) -> ByLevel | None:
    if default is None or "<level" not in default:
        return None
    from mailhelp.host.postfixfiles import by_level

    return by_level(default)


def _unknown(reason: str) -> Prose:
    return common.plain(f"The value on this host is not known: {reason}")


def _written(library: Library, each: Parameter, values: postconf.Values) -> str | None:
    """The setting as main.cf has it: who changes it goes on from there, ``$name`` and all."""
    here = values.parameters.get(each.name)
    return library.redactor.cover_value(each.name, here.raw) if here else None


def _parameter(
    library: Library, data: Mapping[str, Any], name: str, values: postconf.Values
) -> Parameter:
    here = values.parameters.get(name)
    default = data["defaults"].get(name)
    unit = data.get("units", {}).get(name, data.get("unit", ""))
    if here is None or here.value is None:
        default = _of_new_hosts(default)
        return Parameter(name, default, set=here.set if here else None, unit=unit, asked=True)
    value = library.redactor.cover_value(name, here.value)
    if here.default is not None:
        default = here.default
    return Parameter(name, default, value, here.set, unit=unit, asked=True)


def _beside(library: Library, each: Parameter, values: postconf.Values) -> Parameter:
    """A parameter that matters beside those that were asked for, with its value here."""
    here = values.parameters.get(each.name)
    if here is None or here.value is None:
        return each
    value = library.redactor.cover_value(each.name, here.value)
    default = each.default if here.default is None else here.default
    return each._replace(default=default, value=value, set=here.set)


def _manual(library: Library, name: str) -> Prose:
    """This host's own manual text of a parameter, where mailhelp has none."""
    for hit in library.named(name, "page"):
        document = library.document(hit.id)
        if document is not None and document.data.get("text"):
            text = document.data["text"]
            return Prose(text, (["code", text],))
    return Prose()
