"""What every answer takes from its entry, and how commands get their values."""

from __future__ import annotations

from typing import Any

from mailhelp.answer import Prose, Section, Verdict
from mailhelp.explain import common
from mailhelp.knowledge.document import Document
from mailhelp.session import Session
from tests.fakes import FakeHost


def stored(text: str) -> dict[str, Any]:
    return {"markdown": text, "blocks": [["p", [["", text]]]]}


def prose(text: str) -> Prose:
    return Prose(text, (["p", [["", text]]],))


def test_all_parts_of_an_entry(session: Session) -> None:
    document = Document(
        "log/x", "log", "A title",
        data={
            "severity": "warning",
            "verdict": {"who": "client", "permanence": "none", "harmless": True},
            "brief": stored("brief"),
            "explanation": stored("long"),
            "causes": [stored("why")],
            "actions": [stored("do"), stored("do that")],
            "sections": [{"title": "Limits", **stored("none")}],
            "parameters": ["mynetworks"],
            "related": ["topic/a", "topic/b", "topic/a"],
            "sources": ["RFC 5321", "RFC 5321"],
            "commands": [{"run": "postqueue -i {queue_id}", "why": "Tries {queue_id}."}],
        },
    )  # fmt: skip
    parts = common.parts(session.library, document, {"queue_id": "5419B66"})
    (parameter,) = parts.pop("parameters")
    (command,) = parts.pop("commands")
    assert parts == {
        "title": "A title",
        "severity": "warning",
        "verdict": Verdict("client", "none", True),
        "brief": prose("brief"),
        "explanation": prose("long"),
        "causes": (prose("why"),),
        "actions": (prose("do"), prose("do that")),
        "sections": (Section("Limits", prose("none")),),
        "related": ("topic/a", "topic/b"),
        "sources": ("RFC 5321",),
    }
    assert parameter.name == "mynetworks"
    assert parameter.meaning
    assert (command.command, command.why) == ("postqueue -i 5419B66", "Tries 5419B66.")


def test_a_command_without_its_value_is_left_out_or_shown(session: Session) -> None:
    rows = [
        {"run": "postqueue -i {queue_id}", "why": "One."},
        {"run": "postfix reload", "why": "Two.", "changes": True, "runs_on": "anywhere"},
    ]
    (only,) = common.filled(session.library, rows, {})
    assert (only.command, only.changes, only.runs_on) == ("postfix reload", True, "anywhere")
    shown = common.filled(session.library, rows, {}, missing="show")
    assert shown[0].command == "postqueue -i QUEUE_ID"


def test_a_command_that_is_of_no_use_for_a_record_is_left_out(session: Session) -> None:
    rows = [
        {"run": "postcat -q {queue_id}", "why": "Look.", "unless": {"delivery_status": ["bounced"]}}
    ]
    values = {"queue_id": "5419B66", "delivery_status": "deferred"}
    assert common.filled(session.library, rows, values)
    assert not common.filled(session.library, rows, {**values, "delivery_status": "bounced"})


def test_a_value_that_would_be_unsafe_is_left_to_the_reader(session: Session) -> None:
    rows = [{"run": "postqueue -i {queue_id}", "why": "One."}]
    for value in ("-d", "a\nb"):
        (command,) = common.filled(session.library, rows, {"queue_id": value})
        assert command.command == "postqueue -i QUEUE_ID"
        assert command.why.startswith("QUEUE_ID is left to you: its value ")
        assert command.why.endswith(" One.")
    (quoted,) = common.filled(session.library, rows, {"queue_id": "a; rm -rf /"})
    assert quoted.command == "postqueue -i 'a; rm -rf /'"


def test_commands_name_this_hosts_places(session: Session, host: FakeHost) -> None:
    host.files["/etc/postfix/main.cf"] = "queue_directory = /data/spool\n"
    rows = [{"run": "du -sh {queue_directory}", "why": "Looks into {queue_directory}."}]
    (command,) = common.filled(session.library, rows, {})
    assert (command.command, command.why) == ("du -sh /data/spool", "Looks into /data/spool.")


def test_a_parameter_that_nobody_knows_has_only_its_name(session: Session) -> None:
    assert common.parameter(session.library, "nobody_knows") == (
        "nobody_knows",
        *[None] * 3,
        "",
        "",
        False,
        "",
    )
    known = common.parameter(session.library, "maximal_queue_lifetime")
    assert known.default == "5d"


def test_plain_text_is_shown_as_it_is() -> None:
    assert common.plain("a *b*") == Prose("a \\*b\\*", (["p", [["", "a *b*"]]],))


def test_a_name_of_a_family_is_told_by_what_the_list_says_of_it(session: Session) -> None:
    meaning = common.parameter(session.library, "smtp_sasl_password_maps").meaning
    assert meaning != common.parameter(session.library, "smtp_sasl_auth_enable").meaning
    assert "`" not in meaning
