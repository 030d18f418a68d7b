"""The draft of an entry for a record that nobody knows: it passes the check, with typed holes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mailhelp.corpus.base import Base
from mailhelp.corpus.check import check
from mailhelp.explain.draft import Drafts
from mailhelp.session import Session

HEAD = "Nov 22 06:25:16 mx postfix/smtpd[1]: "


def draft(session: Session, line: str) -> str:
    (read,) = session.library.engine.reads([line])
    return Drafts(session.library.engine, session.library.table("drafts")).draft(read)


def front(text: str) -> dict[str, object]:
    return tomllib.loads(text.split("+++")[1])


@pytest.mark.parametrize(
    "message",
    [
        "zork frobbed mx.victim.de[8.8.8.8] for <bob@victim.de>, 17 times",
        "zork: 5419B66C12: it's {odd} 'quoted' \"twice\" \\ and /etc/postfix/zork.cf",
        "... zork begins with dots",
        "zork\ttab",
        "zork " + "x" * 2000,
        "zork client=unknown[2001:db8::1]:4711 (ok)",
    ],
)
def test_a_draft_passes_the_check(session: Session, tmp_path: Path, message: str) -> None:
    path = tmp_path / "notes/log/postfix/smtpd/draft.md"
    path.parent.mkdir(parents=True)
    path.write_text(draft(session, HEAD + message), encoding="utf-8")
    _, faults = check(tmp_path / "notes", Base(session.library.bundled))
    assert faults == []


def test_values_become_holes_and_addresses_examples(session: Session) -> None:
    text = draft(session, f"{HEAD}zork frobbed 8.8.8.8 for <bob@victim.de>")
    (pattern,) = front(text)["patterns"]  # type: ignore[misc]
    assert pattern.startswith("zork frobbed {")
    assert "8.8.8.8" not in text
    assert "victim.de" not in text


def test_a_program_cannot_lead_out_of_the_notes(session: Session) -> None:
    text = draft(session, "Nov 22 06:25:16 mx zork/../etc[1]: frobbed the wombat")
    assert "notes/log/zork/etc/\n" in text
    assert front(text)["program"] == ["zork/../etc"]


def test_nothing_that_a_sample_could_show_has_no_draft(session: Session) -> None:
    assert draft(session, HEAD) == ""
    assert draft(session, f"{HEAD}``` x") == ""
