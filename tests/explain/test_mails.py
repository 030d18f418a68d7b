"""Mails by their names, in the log that is at hand."""

from pathlib import Path

import pytest

from mailhelp.api import ask
from mailhelp.errors import NothingFound
from mailhelp.explain.mails import trace
from mailhelp.session import Session


def test_a_queue_id_without_a_log_says_how_to_name_one(session: Session) -> None:
    with pytest.raises(NothingFound) as caught:
        ask(session, "5419B66")
    assert "mailhelp trace 5419B66 FILE" in caught.value.hint


def test_a_queue_id_with_a_log_at_hand(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Path(__file__).parent.parent / "seed" / "accepted.log"
    monkeypatch.setitem(
        session.library.table("places"), "mail_log", {"files": [str(log)], "default": "/log"}
    )
    (answer,) = ask(session, "5419B66")
    assert (answer.kind, answer.story and answer.story.amavis_ids) == ("story", ("13915-15",))


def test_a_mail_that_is_nowhere(session: Session) -> None:
    log = Path(__file__).parent.parent / "seed" / "accepted.log"
    with pytest.raises(NothingFound, match="No mail with 3kMXLC3YQ6z9sR1w in "):
        trace(session, ["3kMXLC3YQ6z9sR1w"], [str(log)])


def test_every_mail_or_those_of_an_address(session: Session) -> None:
    log = [str(Path(__file__).parent.parent / "seed" / "accepted.log")]
    everything = list(trace(session, [], log, every=True))
    (one,) = trace(session, ["5419B66"], log)
    assert one in everything
