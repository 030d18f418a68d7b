"""The words in which facts of an answer are told: verdict, origin of a value, place of a record."""

from __future__ import annotations

from mailhelp.answer import SEVERITIES, Answer, Hop, Joined, Parameter, Verdict

_WHO = {
    "this-server": "this server",
    "remote-server": "the other server",
    "client": "the client",
    "policy": "a policy or filter",
    "network": "the network",
    "operator": "the operator",
}
_WHERE = {**_WHO, "policy": "a policy or filter", "operator": "a setting here"}
_LASTS = {"permanent": "for good", "temporary": "for now"}
_TRIED = {"permanent": "given up", "temporary": "tried again later"}
_FINAL = {"permanent": "final", "temporary": "temporary"}
_REFUSALS = ("rejected", "filter-refused")
_ACT = SEVERITIES[:3]
_LONGEST_DEFAULT = 30
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def verdict(answer: Answer) -> str:
    """How bad it is and who decided: ``refused for good, by this server``."""
    found = answer.verdict
    if found is None:
        return ""
    refused = answer.event in _REFUSALS or answer.kind == "status"
    if found.harmless and not refused:
        return "harmless"
    if refused and found.permanence in _LASTS:
        who = f", by {_WHO[found.who]}" if found.who in _WHO else ""
        return f"refused {_LASTS[found.permanence]}{who}{' (harmless)' if found.harmless else ''}"
    bad = answer.severity if answer.severity not in (None, "info", "notice") else ""
    lasts = (_TRIED if answer.event == "delivery" else _FINAL).get(found.permanence, "")
    who = _WHERE.get(found.who, "") if bad or lasts else ""
    return ", ".join(part for part in (bad, lasts, who) if part)


def decided(found: Verdict) -> str:
    """The whole verdict: who decided, how final it is, whether it is harmless."""
    said = [f"decided by {_WHO.get(found.who, found.who)}"] if found.who else []
    said += [found.permanence] if found.permanence != "none" else []
    said += ["harmless"] if found.harmless else []
    return ", ".join(said)


def urgency(severity: str | None) -> str:
    """The style for what is this bad."""
    return "act" if severity in _ACT else "care" if severity == "warning" else "title"


def rank(severity: str | None) -> int:
    """Where what is this bad comes in a list, worst first."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def origin(parameter: Parameter) -> str:
    """Where a parameter's value comes from."""
    if parameter.value is None:
        return "the default; not read here" if parameter.default is not None else ""
    return "set in main.cf" if parameter.set else "default"


def value(parameter: Parameter) -> str:
    """The value in force here, else the default; empty values are said."""
    shown = parameter.value if parameter.value is not None else parameter.default
    return "" if shown is None else shown or "(empty)"


def setting(parameter: Parameter) -> str:
    """All that is known of a parameter's value, in one line."""
    pieces = []
    if parameter.value is not None:
        pieces.append(f" = {parameter.value or '(empty)'}")
        if parameter.set:
            pieces.append(f" (set here; default: {parameter.default or '(empty)'})")
        else:
            pieces.append(" (the default)")
    elif parameter.default is not None and (
        parameter.asked or len(parameter.default) < _LONGEST_DEFAULT
    ):
        pieces.append(f" (default: {parameter.default or 'empty'})")
    if parameter.unit:
        pieces.append(f"; unit: {parameter.unit}")
    return "".join(pieces)


def process(row: Hop | Joined) -> str:
    """A process as the log names it, without its family: ``smtpd[123]``."""
    short = row.program.rpartition("/")[2]
    return f"{short}[{row.pid}]" if row.pid is not None else short


def title(answer: Answer) -> str:
    """What line 1 says: the title, or that there is no entry."""
    if answer.title:
        return answer.title
    return "mailhelp has no entry for this record" if answer.kind == "log" else "No entry"


def day(time: str) -> str:
    """The day of an ISO time: ``22 Nov``."""
    month = time[5:7]
    return f"{int(time[8:10])} {_MONTHS[int(month) - 1]}" if month.isdecimal() else time[:10]
