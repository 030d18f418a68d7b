"""How a mail ended, by what its records say in their order."""

from __future__ import annotations

from typing import Any

import pytest

from mailhelp.explain.outcome import End, end
from mailhelp.log.facts import Fact, Ref, spaces
from mailhelp.log.trace import stories
from mailhelp.session import Session

ANN = ("sender", "ann@example.net")


def fact(event: str, *values: tuple[str, str], id: str = "AAAAA1", refs: tuple[Ref, ...] = ()) -> Fact:  # fmt: skip
    own = (Ref("queue", id, "own"),) if id else ()
    return Fact("mail.log", 1, "postfix/qmgr", 3, "mx", 10.0, "2026-11-20T10:00:00", event,
                (*own, *refs), values=values)  # fmt: skip


def delivery(to: str, status: str, event: str = "delivery", *refs: Ref, original: str = "", id: str = "AAAAA1", relay: str = "virtual") -> Fact:  # fmt: skip
    more = (("original_recipient", original),) if original else ()
    return fact(event, ("recipient", to), *more, ("relay", relay), ("delivery_status", status), id=id, refs=refs)  # fmt: skip


def queued(count: int, id: str = "AAAAA1") -> Fact:
    return fact("queued", ANN, ("recipient_count", str(count)), id=id)


RECEIVED, WRITTEN, REMOVED = fact("receive"), fact("written"), fact("removed")
HELD = fact("held", ("recipient", "b"))
REFUSED = fact("rejected", ("smtp_stage", "RCPT"), ("recipient", "x"))


def ended(session: Session, *facts: Fact) -> End:
    library = session.library
    (story,) = [
        story
        for story in stories(spaces(library.table("spaces")), facts)
        if any(strand.key == "AAAAA1" for strand in story.strands)
    ]
    return end(library.table("stories"), story)


def stands(found: End) -> dict[str, Any]:
    return {stand.address: stand.state for stand in found.recipients}


@pytest.mark.parametrize(
    ("facts", "outcome", "recipients"),
    [
        ((queued(1), delivery("b", "sent"), REMOVED), "delivered", {"b": "sent"}),
        ((queued(1), delivery("b", "deferred")), "deferred", {"b": "deferred"}),
        ((queued(1), delivery("b", "SOFTBOUNCE")), "deferred", {"b": "deferred"}),
        ((queued(1), delivery("b", "deferred"), queued(1), delivery("b", "sent"), REMOVED), "delivered", {"b": "sent"}),
        ((queued(1), delivery("b", "deferred"), fact("expired"), REMOVED), "expired", {"b": "expired"}),
        ((queued(2), delivery("a", "sent"), delivery("b", "deferred"), fact("expired"), REMOVED), "mixed", {"a": "sent", "b": "expired"}),
        ((queued(1), delivery("b", "deferred"), fact("deleted")), "removed", {"b": "removed"}),
        ((queued(1), delivery("b", "deferred"), REMOVED), "incomplete", {"b": ""}),
        ((queued(1), delivery("b", "deliverable"), REMOVED), "deliverable", {"b": "deliverable"}),
        ((queued(1), delivery("b", "undeliverable"), REMOVED), "undeliverable", {"b": "undeliverable"}),
        ((queued(1), delivery("b", "sent", "thrown-away"), REMOVED), "discarded", {"b": "discarded"}),
        ((RECEIVED, WRITTEN, HELD), "held", {"b": "held"}),
        ((RECEIVED, WRITTEN, HELD, fact("released"), queued(1)), "queued", {"b": "queued"}),
        ((RECEIVED, WRITTEN, HELD, fact("released"), queued(1), delivery("b", "sent"), REMOVED), "delivered", {"b": "sent"}),
        ((RECEIVED, WRITTEN, fact("discarded", ("recipient", "b"))), "discarded", {"b": "discarded"}),
        ((RECEIVED, REFUSED, WRITTEN, queued(1), delivery("b", "sent"), REMOVED), "mixed", {"x": "rejected", "b": "sent"}),
        ((RECEIVED, WRITTEN, fact("rejected", ("smtp_stage", "END-OF-MESSAGE"), ("recipient", "b"))), "rejected", {"b": "rejected"}),
        ((RECEIVED, WRITTEN, fact("lost")), "lost", {}),
        ((RECEIVED, WRITTEN, queued(1)), "queued", {}),
        ((RECEIVED,), "incomplete", {}),
        ((queued(2), delivery("b", "sent")), "mixed", {"b": "sent"}),
    ],
)  # fmt: skip
def test_outcome(session: Session, facts: tuple[Fact, ...], outcome: str, recipients: dict[str, str]) -> None:  # fmt: skip
    found = ended(session, *facts)
    assert (found.outcome, stands(found)) == (outcome, recipients)


def test_an_alias_is_told_by_those_that_it_stands_for(session: Session) -> None:
    found = ended(
        session,
        fact("held", ("recipient", "team")),
        queued(2),
        delivery("a", "sent", original="team"),
        delivery("b", "bounced", original="team"),
        REMOVED,
    )
    assert stands(found) == {"a": "sent", "b": "bounced"}
    assert {stand.original for stand in found.recipients} == {"team"}


def test_what_a_filter_took_has_not_arrived(session: Session) -> None:
    refs = (Ref("queue", "BBBBB2", "next"),)
    hop = delivery("b", "sent", "passed-on", *refs, relay="127.0.0.1[127.0.0.1]:10024")
    found = ended(session, queued(1), hop, REMOVED)
    assert (found.outcome, stands(found)) == ("incomplete", {"b": ""})
    assert any("as BBBBB2" in text for text in found.lacks)
    later = (fact("receive", id="BBBBB2"), queued(1, "BBBBB2"))
    assert ended(session, queued(1), hop, *later, REMOVED).outcome == "queued"
    bounced = delivery("b", "bounced", id="BBBBB2")
    found = ended(session, queued(1), hop, *later, bounced, fact("removed", id="BBBBB2"), REMOVED)
    assert (found.outcome, stands(found), found.lacks) == ("bounced", {"b": "bounced"}, ())


def test_recipients_that_no_record_tells_of_are_counted(session: Session) -> None:
    found = ended(session, queued(3), delivery("b", "sent"), REMOVED)
    assert found.outcome == "mixed"
    (lack,) = found.lacks
    assert lack.startswith("2 of 3 recipients of AAAAA1")


def test_a_filter_s_own_word_counts_only_where_no_other_is(session: Session) -> None:
    blocked = fact(
        "filter-blocked", ("amavis_action", "RejectedInbound"), ("recipient", "b"), id="",
        refs=(Ref("filter", "00022-01", "own"),),
    )  # fmt: skip
    refused = delivery("b", "bounced", "delivery", Ref("filter", "00022-01", "next"), relay="127.0.0.1[127.0.0.1]:10024")  # fmt: skip
    assert ended(session, queued(1), blocked, refused, REMOVED).outcome == "bounced"
