"""Faults: their texts filled in, secrets covered, worst first."""

from __future__ import annotations

from mailhelp.answer import Finding
from mailhelp.explain import config
from mailhelp.host.postfixfiles import Logical
from mailhelp.review.fault import Fault, in_order, made
from mailhelp.session import Session

ROW = {
    "title": "{name} is {value}",
    "meaning": "It is {nothing}so.",
    "severity": "error",
    "fix": [{"run": "postconf -X {name}", "why": "Out."}, {"run": "x {nothing}", "why": "No."}],
    "related": ["topic/tls-levels"],
}


def test_texts_and_commands_are_filled(session: Session) -> None:
    line = Logical(((3, 0, "relayhost = a"),))
    values = {"name": "relayhost", "value": "a"}
    found = made(config.known(session.library), "tls/x", ROW, "main.cf", line, values).finding
    assert (found.title, found.meaning) == ("relayhost is a", "It is so.")
    assert [each.command for each in found.fix] == ["postconf -X relayhost"]
    assert found.related == ("topic/tls-levels", "parameter/relayhost")
    assert (found.file, found.line, found.text) == ("main.cf", 3, "relayhost = a")


def test_secrets_are_covered(session: Session) -> None:
    line = Logical(((1, 0, "smtp_sasl_password_maps = static:ann:geheim123"),))
    values = {"name": "smtp_sasl_password_maps", "value": "static:ann:geheim123"}
    found = made(config.known(session.library), "tls/x", ROW, "main.cf", line, values)
    assert "geheim" not in str(found.finding)


def test_worst_first_then_by_subject_then_by_line() -> None:
    def fault(severity: str, subject: int, line: int) -> Fault:
        return Fault(Finding(f"{subject}{line}", severity, line=line), subject=subject)

    mixed = [
        fault("notice", 0, 1),
        fault("error", 2, 1),
        fault("error", 1, 9),
        fault("error", 1, 3),
    ]
    told = [(each.finding.severity, each.finding.title) for each in in_order([*mixed, mixed[1]])]
    assert told == [("error", "13"), ("error", "19"), ("error", "21"), ("notice", "01")]
