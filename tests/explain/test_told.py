"""Of an entry of several messages, what is about the one at hand goes first and what is about others aside."""

from __future__ import annotations

from typing import Any

from mailhelp.answer import Prose
from mailhelp.api import explain_lines
from mailhelp.corpus.labels import labelled
from mailhelp.corpus.prose import parse
from mailhelp.explain import told
from mailhelp.session import Session

TEXT = "All of them failed.\n\n- `no lock`: The mail waits.\n- `no file`: The mail bounces."
CAUSES = ("`no lock`: A second server.", "`lost`: The network.", "A full disk.")
ACTIONS = ("`no file`: Make it.", "Look at the disk.")
ROWS = labelled(TEXT, CAUSES, ACTIONS, ("no lock of {text}", "no file", "other", "lost"))
LINE = (
    "Nov 22 06:25:16 mx postfix/smtp[9]: 5419B66: to=<b@example.com>, relay=none, delay=1, delays=0/0/1/0, dsn=4.7.0, "
    "status=deferred (SASL authentication failed; authentication protocol loop with server mx.example.com[198.51.100.9])"
)


def prose(text: str) -> Prose:
    return Prose(text, tuple(parse(text)))


PARTS: dict[str, Any] = {
    "title": "T",
    "explanation": prose(TEXT),
    "causes": tuple(map(prose, CAUSES)),
    "actions": tuple(map(prose, ACTIONS)),
    "sections": (),
}


def of(line: str) -> dict[str, Any]:
    return told.apart(ROWS, told.fitting(told.labels_of(ROWS), line, typed=True), PARTS)


def words(items: tuple[Prose, ...]) -> list[str]:
    return [item.markdown for item in items]


def test_its_own_first_and_others_aside() -> None:
    found = of("no lock of a")
    assert found["explanation"].markdown == "`no lock`: The mail waits.\n\nAll of them failed."
    assert words(found["causes"]) == ["`no lock`: A second server.", "A full disk."]
    assert words(found["actions"]) == ["Look at the disk."]
    (section,) = found["sections"]
    assert section.aside
    assert section.text == prose(
        "- `no file`: The mail bounces.\n- `lost`: The network.\n- `no file`: Make it."
    )
    assert found["title"] == "T"


def test_the_cause_that_the_line_names_is_its_meaning() -> None:
    assert of("lost")["explanation"].markdown == "`lost`: The network.\n\nAll of them failed."
    assert words(of("lost")["causes"]) == ["A full disk."]


def test_a_message_that_nothing_is_said_of_alone() -> None:
    found = of("other")
    assert found["explanation"].markdown == "All of them failed."
    assert words(found["causes"]) == ["A full disk."]


def test_words_typed_in_another_case() -> None:
    assert of("NO LOCK of a") == of("no lock of a")
    assert not any(told.fitting(told.labels_of(ROWS), "NO LOCK of a"))


def test_where_nothing_else_is_said_all_of_it_stays() -> None:
    causes = ("`no lock`: A second server.",)
    rows = labelled("`no lock`: It waits.", causes, (), ("no lock", "no file"))
    parts = {**PARTS, "explanation": prose("`no lock`: It waits."), "causes": (prose(causes[0]),)}
    found = told.apart(rows, told.fitting(told.labels_of(rows), "no file"), parts)
    assert found["explanation"] == parts["explanation"]
    assert not found["causes"]
    (section,) = found["sections"]  # what is put aside is not lost
    assert section.text == prose("- `no lock`: A second server.")


def test_records_of_one_entry_are_told_apart(session: Session) -> None:
    other = LINE.replace("authentication protocol loop with", "cannot authenticate to").replace(
        "9])", "9]: no mechanism available)"
    )
    first, second = explain_lines(session, (LINE, other))
    assert first.entry == second.entry
    assert "protocol loop" in first.explanation.markdown.partition(":")[0]
    assert "protocol loop" not in second.explanation.markdown.partition(":")[0]


def test_a_label_may_begin_with_a_colon() -> None:
    text = "`is clean`, `: clean`: It found nothing."
    rows = labelled(text, (), (), ("it is clean", "x: clean"))
    parts = {**PARTS, "explanation": prose(text), "causes": (), "actions": ()}
    found = told.apart(rows, told.fitting(told.labels_of(rows), "x: clean"), parts)["explanation"]
    assert found.markdown == "`: clean`: It found nothing."


def test_of_several_labels_those_of_the_message() -> None:
    text = "`no lock`, `no file` and `lost`: It waits.\n\nMore."
    rows = labelled(f"- {text}".replace("\n\n", "\n\n  "), (), (), ("no lock", "no file", "lost"))
    parts = {**PARTS, "explanation": prose(text), "causes": (), "actions": ()}
    found = told.apart(rows, told.fitting(told.labels_of(rows), "no file"), parts)["explanation"]
    assert found == prose("`no file`: It waits.\n\nMore.")
    both = told.apart(rows, told.fitting(told.labels_of(rows), "lost: no lock"), parts)[
        "explanation"
    ]
    assert both == prose("`no lock`, `lost`: It waits.\n\nMore.")


def test_labels_with_more_around_them_stay() -> None:
    text = "`no lock` (or `no file`): It waits."
    rows = labelled(text, (), (), ("no lock", "no file"))
    parts = {**PARTS, "explanation": prose(text), "causes": (), "actions": ()}
    assert told.apart(rows, told.fitting(told.labels_of(rows), "no file"), parts)[
        "explanation"
    ] == prose(text)
