"""What a command printed → its answer, by the outcomes that the recipes describe.

The recipe whose outcome patterns fit most of the lines explains them: what is bad first, each with its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mailhelp import regexes as re
from mailhelp.answer import Answer, Finding, Prose
from mailhelp.explain import common, recipe
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.light import TYPE_CHECKING, Any, NamedTuple, regex
from mailhelp.patterns.holes import holes
from mailhelp.patterns.pattern import literal_length, parse

if TYPE_CHECKING:
    from datetime import date

    from mailhelp.session import Session

MOST_LINES = 5000
"""Lines that are looked at: no outcome that matters comes later."""
_LONGEST = 2000
_MOST_FINDINGS = 20
_MOST_VALUES = 4
_TELLING = 4
"""Characters of fixed text from which on an outcome tells which command wrote the line."""
_SURE = 8
"""Characters of fixed text in all from which on lines of no known shape are taken for an output."""
_PEM = "-----"
_BEGIN, _END = "-----BEGIN ", "-----END "
_DATE = regex(r"([A-Z][a-z]{2}) +(\d{1,2}) \d\d:\d\d:\d\d (\d{4})")


class _Outcome:
    """One outcome of a recipe, with the lines that showed it: the first of them, and how many."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        parts = parse(row["pattern"])
        self.row = row
        self.names = holes(parts)
        self.literal = literal_length(parts)
        self.rank = (self.literal, "when" in row)
        # the longest fixed text is looked for first, as that is cheap
        self.fixed = max((p if isinstance(p, str) else p.fixed for p in parts), key=len, default="")
        self.regex = re.compile(row["regex"])
        self.found: re.Match[str] | None = None
        self.line = self.count = 0

    @property
    def bad(self) -> bool:
        return bool(self.row["result"] == "bad")

    @property
    def place(self) -> int:
        """Bad ones are told first, then what proves success, then the rest."""
        return ("bad", "good", "info").index(self.row["result"])


class _Recipe(NamedTuple):
    document: Document
    outcomes: list[_Outcome]


def explain(session: Session, lines: Iterable[str]) -> tuple[Answer, ...]:
    """The answer about the output of a command; one of no known outcome says so."""
    found = _chosen(session, lines)
    if found is None:
        return (Answer(kind="output", title="Nothing in this output is known to mailhelp."),)
    return (_answer(session, *found),)


def is_known(session: Session, lines: Sequence[str]) -> bool:
    """Whether lines that are nothing else look like what a command printed."""
    found = _chosen(session, lines)
    return found is not None and sum(each.count * each.literal for each in found[1]) >= _SURE


def _chosen(session: Session, lines: Iterable[str]) -> tuple[Document, list[_Outcome]] | None:
    """The recipe that explains most of the lines, and its outcomes that they show."""
    library, today = session.library, session.host.today
    recipes = [
        _Recipe(document, [_Outcome(row) for row in document.data["outputs"]])
        for document in library.all_of("recipe")
    ]
    scores: dict[str, list[int]] = {each.document.id: [0, 0] for each in recipes}
    for number, text in _shown(session, lines):
        for each in recipes:
            best = _best(each.outcomes, text, today)
            if best is None:
                continue
            outcome, found = best
            outcome.count += 1
            if outcome.found is None:
                outcome.found, outcome.line = found, number
            score = scores[each.document.id]
            score[0] += outcome.literal >= _TELLING and not outcome.row.get("alone", False)
            score[1] += outcome.literal
    chosen = max(recipes, key=lambda each: (*scores[each.document.id], len(each.outcomes)))
    outcomes = [outcome for outcome in chosen.outcomes if outcome.found is not None]
    if not scores[chosen.document.id][0] and not any(o.row.get("alone") for o in outcomes):
        return None
    if len(outcomes) > 1:
        outcomes = [outcome for outcome in outcomes if not outcome.row.get("alone")] or outcomes
    return (chosen.document, outcomes) if outcomes else None


def _shown(session: Session, lines: Iterable[str]) -> Iterable[tuple[int, str]]:
    """The lines that can tell something, numbered from 1; keys and certificates are skipped."""
    inside = False
    for number, raw in enumerate(lines, 1):
        if number > MOST_LINES:
            return
        text = common.unquoted(raw.rstrip()[:_LONGEST]).strip()
        if text.startswith(_PEM):
            inside = text.startswith(_BEGIN)
        elif inside and " " not in text:
            continue
        elif text:
            inside = False
            yield number, text


def _best(
    outcomes: Iterable[_Outcome], text: str, today: date
) -> tuple[_Outcome, re.Match[str]] | None:
    """The outcome with the most fixed text that a line shows."""
    best: tuple[_Outcome, re.Match[str]] | None = None
    for outcome in outcomes:
        if outcome.fixed.strip() not in text or (best and outcome.rank <= best[0].rank):
            continue
        found = outcome.regex.match(text)
        if found and _in_time(outcome.row.get("when", ""), text, today):
            best = outcome, found
    return best


def _in_time(when: str, text: str, today: date) -> bool:
    """Whether the last date of a line is in the ``past`` or the ``future``, as an outcome asks for."""
    if not when:
        return True
    from datetime import date as day

    dates = _DATE.findall(text)
    if not dates:
        return False
    month, number, year = dates[-1]
    try:
        found = day(int(year), common.MONTHS.index(month) + 1, int(number))
    except ValueError:
        return False
    return (found < today) if when == "past" else (found > today)


def _answer(session: Session, document: Document, outcomes: list[_Outcome]) -> Answer:
    library = session.library
    # the order of the recipe is the order of importance
    ordered = sorted(outcomes, key=lambda outcome: outcome.place)
    first = ordered[0]
    sentence, rest = _first_sentence(first.row["meaning"])
    program = next(iter(document.data["requires"]), "")
    told = recipe.explain(library, session.host, document, {})
    return told._replace(
        kind="output",
        query="",
        title=f"{sentence} ({program})" if program else sentence,
        severity="error" if first.bad else "info",
        gist=_gist(library, ordered),
        brief=Prose(),
        explanation=common.plain(rest) if rest else Prose(),
        findings=tuple(_findings(library, ordered))[:_MOST_FINDINGS],
        causes=told.causes if first.bad else (),
        actions=told.actions if first.bad else (),
        # what else the recipe tells is in the recipe, which `related` names
        sections=(),
        outcomes=(),
        notes=(),
        related=tuple(dict.fromkeys((document.id, *told.related))),
    )


def _findings(library: Library, outcomes: Iterable[_Outcome]) -> Iterable[Finding]:
    """A finding for each thing that the outcomes say; openssl says some of them in several ways."""
    findings: dict[str, Finding] = {}
    for outcome in outcomes:
        found = _finding(library, outcome)
        same = findings.get(found.title)
        findings[found.title] = same._replace(count=same.count + found.count) if same else found
    return findings.values()


def _finding(library: Library, outcome: _Outcome) -> Finding:
    assert outcome.found is not None  # only outcomes that were seen are told
    sentence, rest = _first_sentence(outcome.row["meaning"])
    readings = [rest] if rest else []
    for name, value in zip(outcome.names, outcome.found.groups(), strict=True):
        special = library.fields[name].special
        if value and special and value in special:
            readings.append(f"{value}: {special[value]}")
    return Finding(
        sentence,
        "error" if outcome.bad else "info",
        library.redactor.cover(outcome.found.string[:_LONGEST]),
        " ".join(readings),
        outcome.count,
        line=outcome.line,
    )


def _gist(library: Library, outcomes: Iterable[_Outcome]) -> str:
    """What the good lines name: protocol, cipher, names, dates."""
    values: dict[str, None] = {}
    for outcome in outcomes:
        if outcome.bad or outcome.found is None:
            continue
        for name, value in zip(outcome.names, outcome.found.groups(), strict=True):
            said = (value or "").strip()
            if said and not library.fields[name].free and not said.isdecimal():
                values.setdefault(said)
    return library.redactor.cover(" · ".join(list(values)[:_MOST_VALUES]))


def _first_sentence(text: str) -> tuple[str, str]:
    """The first sentence without its full stop, and the rest."""
    found = re.match(r"(.+?)\.(?:\s+|$)(.*)", text, re.DOTALL)
    return (found[1], found[2]) if found else (text, "")
