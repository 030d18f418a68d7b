"""Records that were split, folded or wrapped are put together again; memory stays bounded."""

import io
import json
from collections.abc import Iterator

import pytest

from mailhelp.answer import Answer
from mailhelp.api import explain_stream
from mailhelp.log.join import LONGEST, lines
from mailhelp.session import Session

REJECT = (
    "Nov 22 06:25:16 mx postfix/smtpd[123]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: "
    "554 5.7.1 <bob@example.net>: Relay access denied; from=<ann@example.org> "
    "to=<bob@example.net> proto=ESMTP helo=<mx>"
)


def explained(session: Session, text: str) -> list[Answer]:
    return list(explain_stream(session, io.BytesIO(text.encode())))


def test_lines_end_at_newline_alone() -> None:
    assert list(lines(io.BytesIO(b"a\x0bb\x85c\r\nd"))) == ["a\x0bb\ufffdc", "d"]


def test_bad_utf8_and_nul_are_kept_as_signs() -> None:
    assert list(lines(io.BytesIO(b"a\xff\x00b\n"))) == ["a\ufffd\x00b"]


def test_an_endless_line_is_cut_and_the_next_one_is_whole() -> None:
    stream = io.BytesIO(b"x" * (5 * LONGEST) + b"\nnext\n")
    cut, following = lines(stream)
    assert (len(cut), following) == (LONGEST, "next")


@pytest.mark.parametrize("column", [75, 80, 100, 132])
def test_a_line_wrapped_by_a_terminal(session: Session, column: int) -> None:
    pieces = [REJECT[start : start + column] for start in range(0, len(REJECT), column)]
    answers = explained(session, "\n".join(pieces) + "\n")
    assert len(answers) == len(pieces)
    assert answers[0].entry == "postfix/smtpd/relay-access-denied"
    assert [answer.continues for answer in answers[1:]] == [1] * (len(pieces) - 1)
    values = {span.name: span.value for span in answers[0].spans}
    assert values["helo"] == "mx"
    assert values["address"] == "bob@example.net"


def test_a_line_folded_by_a_mail_program(session: Session) -> None:
    folded = REJECT.replace(" 554 5.7.1", "\n    554 5.7.1").replace(" from=", "\n    from=")
    answers = explained(session, folded)
    assert answers[0].entry == "postfix/smtpd/relay-access-denied"
    assert [answer.continues for answer in answers] == [None, 1, 1]


@pytest.mark.parametrize("width", [40, 60, 72])
def test_a_line_wrapped_at_words_as_a_ticket_does(session: Session, width: int) -> None:
    import textwrap

    answers = explained(session, textwrap.fill(REJECT, width) + f"\n\n{REJECT}\n")
    first, *rest = answers
    assert first.entry == "postfix/smtpd/relay-access-denied"
    assert {span.name: span.value for span in first.spans}["helo"] == "mx"
    assert {answer.continues for answer in rest[:-2]} == {1}
    assert rest[-1].entry == first.entry


@pytest.mark.parametrize("mark", ["> ", ">> ", "> > "])
@pytest.mark.parametrize("width", [50, 72])
def test_a_record_quoted_and_wrapped_at_spaces(session: Session, mark: str, width: int) -> None:
    import textwrap

    text = textwrap.indent(textwrap.fill(REJECT, width), mark)
    first, *rest = explained(session, f"{text}\n{mark}\n{mark}{REJECT}\n")
    assert first.entry == "postfix/smtpd/relay-access-denied"
    assert {span.name: span.value for span in first.spans}["helo"] == "mx"
    assert {answer.continues for answer in rest[:-2]} == {1}
    assert (rest[-1].entry, rest[-1].continues) == (first.entry, None)


def test_a_fenced_record(session: Session) -> None:
    before, record, after = explained(session, f"```log\n{REJECT}\n```\n")
    assert record.entry == "postfix/smtpd/relay-access-denied"
    assert (before.entry, after.entry, after.continues) == (None, None, None)


def test_spans_of_a_folded_record_point_into_its_text(session: Session) -> None:
    answer = explained(session, REJECT.replace(" from=", "\n    from="))[0]
    for span in answer.spans:
        if "\n" not in answer.text[span.start : span.end]:
            assert answer.text[span.start : span.end] == span.value
    assert any(span.name == "sender" and span.value == "ann@example.org" for span in answer.spans)


def test_pieces_of_a_long_amavis_record(session: Session) -> None:
    head = "Nov 22 06:25:16 mx amavis[22]: (00022-01) "
    text = (
        f"{head}Passed CLEAN {{RelayedInbound}}, [192.0.2.7]:4711 [192.0.2.7] <a@example.org> ->...\n"
        f"{head}... <b@example.com>, Message-ID: <x@example.org>, mail_id: vJWxdMp5DNHC, "
        "Hits: -0.2, size: 1234, queued_as: 5419B66, 705 ms\n"
    )
    first, second = explained(session, text)
    assert first.entry == "amavis/passed-clean"
    assert second.continues == 1
    assert {span.name: span.value for span in first.spans}["queued_as"] == "5419B66"


def test_separate_records_stay_separate(session: Session) -> None:
    answers = explained(session, f"{REJECT}\n{REJECT}\nsome prose of a web page\n\n{REJECT}\n")
    assert [answer.continues for answer in answers] == [None] * 5
    assert [answer.recognised for answer in answers] == ["entry", "entry", "no", "no", "entry"]


def test_an_answer_comes_before_the_stream_ends(session: Session) -> None:
    def feed() -> Iterator[bytes]:
        yield f"{REJECT}\n".encode()
        yield f"{REJECT}\n".encode()
        raise AssertionError("read further than one line ahead")

    class Stream(io.RawIOBase):
        source = feed()

        def readline(self, limit: int | None = -1, /) -> bytes:
            return next(self.source)

    answers = explain_stream(session, Stream())  # type: ignore[arg-type]
    assert next(answers).entry == "postfix/smtpd/relay-access-denied"


def test_a_record_that_stands_for_repeated_ones_is_no_unknown_record(session: Session) -> None:
    answer = explained(session, "Nov 22 06:25:16 mx last message repeated 4 times\n")[0]
    assert (answer.recognised, answer.draft) == ("generic", "")
    assert "4 more records" in answer.notes[0]


def test_every_line_gets_one_json_object_in_order(session: Session) -> None:
    from mailhelp.render import json_

    text = f"{REJECT}\nno such thing\n{REJECT[:90]}\n{REJECT[90:]}\n"
    objects = [json.loads(json_.render(answer)) for answer in explained(session, text)]
    assert [table["recognised"] for table in objects] == ["entry", "no", "entry", "entry"]
    assert objects[3]["continues"] == 3
