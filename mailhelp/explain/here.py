"""This host's values for the settings that answers name, and what those values open or lose.

The answers are made without it, so that a laptop without Postfix answers alike; one look at postconf then
fills in what is known. For a stream it is taken twice at most, and remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.answer import Answer, Parameter
from mailhelp.light import TYPE_CHECKING
from mailhelp.session import Session

if TYPE_CHECKING:
    from mailhelp.host.postconf import Values

_MOST_TOLD = 5000
"""Lists of settings whose values are remembered."""
_TIMES = 2
"""How often a stream asks postconf: the second time it is told everything."""


def completed(session: Session, answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """``answers`` with this host's values for the settings they list, and what master.cf says of those."""
    answers = tuple(answers)
    names = dict.fromkeys(name for answer in answers for name in _wanted(answer))
    values = None
    # who could not tell the value that was asked for cannot tell the others
    unread = any(each.asked and each.value is None for a in answers for each in a.parameters)
    if names and not unread and session.host.which("postconf") is not None:
        from mailhelp.host import postconf

        values = postconf.in_force(session.host, names)
    return tuple(
        _with_notes(session, _with_values(session, each, values), values) for each in answers
    )


def streamed(session: Session, answers: Iterable[Answer]) -> Iterator[Answer]:
    """The same for a stream: postconf is asked for what the first answer names, and then once for all."""
    values: Values | None = None
    known: set[str] = set()
    asked = 0
    # the answers of an entry share their parameters; kept with them, so that no others can get their id
    told: dict[int, tuple[tuple[Parameter, ...], tuple[Parameter, ...]]] = {}
    for answer in answers:
        given = answer.parameters
        if not given:
            yield answer
            continue
        if id(given) not in told:
            names = set(_wanted(answer))
            if names - known and asked < _TIMES and session.host.which("postconf") is not None:
                from mailhelp.host import postconf

                values = postconf.in_force(session.host, () if asked else names)
                known |= names
                asked += 1
                told.clear()
            if len(told) >= _MOST_TOLD:
                told.clear()
            completed = tuple(_completed(session, each, values) for each in given)
            told[id(given)] = given, completed if asked and completed != given else given
        completed = told[id(given)][1]
        yield answer if completed is given else answer._replace(parameters=completed)


def _wanted(answer: Answer) -> Iterator[str]:
    """The settings of an answer whose value is not known yet; those of a text are the text's own."""
    if answer.kind == "config" and not any(each.asked for each in answer.parameters):
        return iter(())
    return (each.name for each in answer.parameters if each.value is None)


def _with_values(session: Session, answer: Answer, values: Values | None) -> Answer:
    parameters = tuple(_completed(session, each, values) for each in answer.parameters)
    return answer if parameters == answer.parameters else answer._replace(parameters=parameters)


def _completed(session: Session, each: Parameter, values: Values | None) -> Parameter:
    """The parameter with its value here, and with what that opens or loses if main.cf sets it."""
    here = values.parameters.get(each.name) if values else None
    if each.value is None and here is not None:
        shown = session.redactor.cover_value(each.name, here.value)
        default = each.default
        if not here.set and default is not None and "$" in default:
            default = shown  # what the default comes to on this host
        each = each._replace(default=default, value=shown, set=here.set)
    if not each.set or each.value is None or each.danger:
        return each
    return each._replace(danger=_danger(session, each.name, each.value, values))


def _danger(session: Session, name: str, value: str, values: Values | None) -> str:
    from mailhelp.conditions import SEVERE, of_setting, sentence

    def other(name: str) -> str | None:
        found = values.parameters.get(name) if values else None
        return found.value if found else None

    for _, row, found in of_setting(session.library.checks_of(name), name, value, other):
        if row["severity"] in SEVERE:
            return sentence(row, found)
    return ""


def _with_notes(session: Session, answer: Answer, values: Values | None) -> Answer:
    """What master.cf sets for single services, in answers that are not about those settings themselves."""
    names = {each.name for each in answer.parameters if not each.asked}
    notes = (
        f"master.cf sets {name} = {session.redactor.cover_value(name, value)} for {service}."
        for service, name, value in (values.overrides if values else ())
        if name in names
    )
    new = tuple(note for note in notes if note not in answer.notes)
    return answer._replace(notes=(*answer.notes, *new)) if new else answer
