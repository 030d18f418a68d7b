"""An answer about a record: how bad, who decided, what it means, and nothing of a neighbour's."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.answer import Answer
from mailhelp.api import Passed, explain_lines
from mailhelp.corpus.base import Base
from mailhelp.corpus.check import check
from mailhelp.session import Session
from tests.fakes import FakeHost

HEAD = "Nov 22 06:25:16 mx"
REJECT = (
    f"{HEAD} postfix/smtpd[123]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 <bob@example.net>: "
    "Relay access denied; from=<ann@example.org> to=<bob@example.net> proto=ESMTP helo=<mx>"
)
CONNECT = f"{HEAD} postfix/smtpd[123]: connect from unknown[192.0.2.7]"
UNKNOWN = f"{HEAD} postfix/smtpd[123]: frobbed the wombat"
REFUSED = (
    f"{HEAD} postfix/smtp[9]: 5419B66: to=<b@example.com>, relay=none, delay=30, delays=0.1/0/30/0, dsn=4.4.1, "
    "status=deferred (connect to mx.example.com[198.51.100.9]:25: Connection refused)"
)


def explained(
    session: Session, *lines: str, only_problems: bool = False, brief: bool = False
) -> list[Answer]:
    return list(explain_lines(session, lines, only_problems=only_problems, brief=brief))


def test_a_refusal(session: Session) -> None:
    (answer,) = explained(session, REJECT)
    assert answer.verdict is not None
    assert (answer.verdict.who, answer.verdict.permanence) == ("this-server", "permanent")
    assert not answer.verdict.harmless
    assert (answer.event, answer.severity) == ("rejected", "notice")
    assert answer.gist == "unknown[192.0.2.7]: ann@example.org → bob@example.net   554 5.7.1"
    assert answer.explanation
    assert any("192.0.2.7" in command.command for command in answer.commands)


def test_a_harmless_record(session: Session) -> None:
    (answer,) = explained(session, CONNECT)
    assert answer.verdict is not None
    assert answer.verdict.harmless
    assert answer.gist == "unknown[192.0.2.7]"


@pytest.mark.parametrize(
    ("code", "permanence"),
    [("554 5.7.1", "permanent"), ("454 4.7.1", "temporary"), ("554 4.7.1", "permanent")],
)
def test_how_final_goes_by_the_first_code(session: Session, code: str, permanence: str) -> None:
    (answer,) = explained(session, REJECT.replace("554 5.7.1", code))
    assert answer.verdict is not None
    assert answer.verdict.permanence == permanence


def test_verdicts_of_one_stream_do_not_mix(session: Session) -> None:
    answers = explained(session, REJECT, REJECT.replace("554 5.7.1", "454 4.7.1"), REJECT)
    assert [answer.verdict and answer.verdict.permanence for answer in answers] == [
        "permanent", "temporary", "permanent"
    ]  # fmt: skip
    other = explained(session, REJECT, REJECT.replace("192.0.2.7", "192.0.2.8"))[1]
    assert "192.0.2.8" in other.gist
    assert not any("192.0.2.7" in command.command for command in other.commands)


def test_an_unknown_record_has_similar_entries_and_a_draft(session: Session) -> None:
    (answer,) = explained(
        session, f"{HEAD} postfix/smtpd[9]: warning: no rules for Relay access denied today"
    )
    assert (answer.recognised, answer.entry) != ("entry", None)
    assert any("relay" in result.id for result in answer.results)
    assert answer.draft
    (plain,) = explained(session, UNKNOWN)
    assert (plain.recognised, plain.entry, plain.verdict, plain.event) == ("no", None, None, None)
    assert plain.program == "postfix/smtpd"


def test_repeated_records(session: Session) -> None:
    first, last = explained(
        session,
        f"{HEAD} postfix/smtpd[9]: message repeated 3 times: [ connect from unknown[192.0.2.7]]",
        f"{HEAD} last message repeated 4 times",
    )
    assert (first.entry, first.notes) == (
        "postfix/smtpd/connect", ("The syslog daemon wrote this once for 3 records.",)
    )  # fmt: skip
    assert (last.recognised, last.entry, last.draft) == ("generic", None, "")
    assert "4 more records" in last.notes[0]


def test_a_secret_is_covered_in_spans_commands_and_gist(session: Session) -> None:
    token = "AHRlc3QAc2VjcmV0"
    line = f"{HEAD} postfix/smtpd[1]: warning: unknown[192.0.2.7]: request longer than 2048: AUTH PLAIN {token}"
    (answer,) = explained(session, line)
    assert answer.recognised == "entry"
    assert token not in repr(answer)


def test_what_is_a_problem(session: Session) -> None:
    lines = [
        CONNECT,
        REJECT,
        UNKNOWN,
        "",
        REFUSED,
        f"{HEAD} last message repeated 4 times",
        "Subject: hello",
    ]
    shown = explained(session, *lines, only_problems=True)
    assert [answer.text for answer in shown] == [REJECT, UNKNOWN, REFUSED]


def test_a_rule_that_is_only_tried_is_told_by_its_code(session: Session) -> None:
    (answer,) = explained(session, REJECT.replace("reject:", "reject_warning:"))
    assert answer.event is None


def test_what_went_by_is_counted(session: Session) -> None:
    passed = Passed()
    lines = [CONNECT, REJECT[:90], REJECT[90:], UNKNOWN]
    list(explain_lines(session, lines, only_problems=True, passed=passed))
    assert (passed.lines, passed.known, passed.shown) == (4, 3, 2)


def test_no_answer_is_made_that_nobody_sees(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailhelp.explain.log import Explainer

    made: list[str] = []
    plain = Explainer.explain

    def counting(self: Explainer, read, *, brief: bool = False):  # type: ignore[no-untyped-def]
        made.append(read.record.text)
        return plain(self, read, brief=brief)

    monkeypatch.setattr(Explainer, "explain", counting)
    assert len(explained(session, CONNECT, CONNECT, REJECT, only_problems=True)) == 1
    assert made == [REJECT]


def test_an_entry_is_explained_once_for_a_reader(session: Session) -> None:
    first, second = explained(session, REJECT, REJECT.replace("554 5.7.1", "454 4.7.1"), brief=True)
    assert first.explanation
    assert not second.explanation
    assert (second.title, second.entry) == (first.title, first.entry)
    assert second.verdict is not None
    assert second.verdict.permanence == "temporary"
    assert [span.value for span in second.spans if span.name == "reply_code"] == ["454"]
    pieces = explained(session, REJECT[:90], REJECT[90:], brief=True)
    assert [answer.continues for answer in pieces] == [None]


def saved(host: FakeHost, answer: Answer) -> Path:
    """The draft in the folder that it names, as a user saves it."""
    place = answer.draft.partition("notes/")[2].partition("\n")[0]
    folder = host.config_dir / "notes" / place
    folder.mkdir(parents=True)
    path = folder / "own.md"
    path.write_text(answer.draft, encoding="utf-8")
    return host.config_dir / "notes"


DRAFTS = [
    (
        "postfix/smtpd[123]: 5419B66: frobbed mail from=<ann@real.test> client mx.real.test[10.1.2.3], "
        "17 times in /var/spool/frob: 550 5.7.1 refused",
        "postfix/smtpd[4]: 6A1B22C0: frobbed mail from=<> client a.example[2001:db8::1], 3 times in /tmp/x: 421 4.7.0 refused",
    ),
    (
        "frobd[7]: user <bob@real.test> did 0.25 {of} 'it' at 10.9.8.7 with hash:/etc/frob/map",
        "frobd[8]: user <x@example.org> did 1.5 {of} 'it' at 192.0.2.200 with lmdb:/etc/other",
    ),
    ("frobd@x[7]: wombat\x01 \x7f \"quoted\" ''' back\\slash 5", "frobd@x[9]: wombat\x01 \x7f \"quoted\" ''' back\\slash 66"),
    ("frobd[7]: " + "long 1 " * 200, "frobd[7]: " + "long 2 " * 200),
    ("frobd[7]: 5 10.1.2.3 x10.1.2.4y carl@real.test/z", "frobd[7]: 6 10.1.2.5 x10.1.2.6y carl@example.org/z"),
    ("frobd[7]: 12{34}56 1.2.3.4.5 <a@b> <<c@d.test>>", "frobd[7]: 13{34}57 1.2.3.4.5 <a@b> <<e@f.test>>"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "other"), DRAFTS)
def test_a_draft_passes_check_and_then_fits_the_line_and_its_like(
    session: Session, host: FakeHost, bundled: Path, line: str, other: str
) -> None:
    (answer,) = explained(session, f"{HEAD} {line}")
    notes = saved(host, answer)
    _, faults = check(notes, Base(session.library.bundled))
    assert [str(fault) for fault in faults] == []
    assert "real.test" not in answer.draft.partition("## Samples")[2]
    again = Session(host, bundled)
    try:
        found = explained(again, f"{HEAD} {line}", f"{HEAD} {other}")
        assert again.notices == []
        assert [each.entry and each.entry.rpartition("/")[2] for each in found] == ["own", "own"]
    finally:
        again.close()


def test_the_holes_of_a_draft_are_typed(session: Session) -> None:
    (answer,) = explained(session, f"{HEAD} {DRAFTS[0][0]}")
    for hole in (
        "queue_id",
        "sender",
        "client",
        "number",
        "path",
        "reply_code",
        "enhanced_status_code",
    ):
        assert f"{{{hole}}}" in answer.draft


@pytest.mark.parametrize("put", ["XXXXXXXXXX", "4Rz2Aq0Wm1z7k", "ABC123DEF4GH"])
def test_what_somebody_put_in_the_place_of_a_queue_id_hides_nothing(
    session: Session, put: str
) -> None:
    shown, whole = explained(session, REFUSED.replace("5419B66", put), REFUSED)
    assert (shown.entry, shown.title) == (whole.entry, whole.title)


@pytest.mark.parametrize(
    "word", ["warning", "statistics", "reject", "Connection", "IPv6", "sha256"]
)
def test_a_word_is_no_queue_id(session: Session, word: str) -> None:
    (answer,) = explained(session, REFUSED.replace("5419B66", word))
    assert not any(span.name == "queue_id" for span in answer.spans)


def test_what_a_command_printed_is_told_first(session: Session) -> None:
    said = "lda(bob): Error: auth-master: userdb lookup(bob): connect(/run/dovecot/auth-userdb) failed: Permission denied "
    line = (
        f"{HEAD} postfix/pipe[9]: 5419B66: to=<bob@example.com>, relay=dovecot, delay=0.5, delays=0.1/0/0/0.4, "
        f"dsn=4.3.0, status=deferred (temporary failure. Command output: {said})"
    )
    (alone,) = explained(session, f"{HEAD} dovecot: {said}")
    (answer,) = explained(session, line)
    assert answer.entry == "postfix/local/command-status"
    assert answer.explanation.markdown.startswith(f"{alone.title}.")
    assert {each.command for each in alone.commands} <= {each.command for each in answer.commands}
    assert f"log/{alone.entry}" in answer.related
    (other,) = explained(session, line.replace(said, "nothing that anybody knows"))
    assert other.explanation.markdown in answer.explanation.markdown


def test_what_a_command_printed_is_no_matter_where_it_did_its_work(session: Session) -> None:
    said = (
        "delivered via dovecot service (lda(bob): Error: auth-master: userdb lookup(bob): failed)"
    )
    line = (
        f"{HEAD} postfix/pipe[9]: 5419B66: to=<bob@example.com>, relay=dovecot, delay=0.5, delays=0.1/0/0/0.4, "
        f"dsn=2.0.0, status=sent ({said})"
    )
    (answer,) = explained(session, line)
    (bare,) = explained(session, line.replace(said, "delivered via dovecot service"))
    assert answer.explanation == bare.explanation
