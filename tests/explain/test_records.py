"""Streams of lines: an answer for each record, and for the lines that continue it."""

from mailhelp.api import ask
from mailhelp.explain.records import Passed, explain_lines
from mailhelp.session import Session


def test_received_chain_with_its_hops(session: Session) -> None:
    header = (
        "Received: from localhost (localhost [])\n"
        "\tby mail.local.example (Postfix) with ESMTP id 5419B66\n"
        "\tfor <test@local.example>; Sun, 28 Feb 2016 12:24:18 +0100 (CET)\n"
        "Received: from mail.local.example ([])\n"
        "\tby localhost (mailserver []) (amavisd-new, port 10024)\n"
        "\twith ESMTP id vJWxdMp5DNHC for <test@local.example>;\n"
        "\tSun, 28 Feb 2016 12:24:18 +0100 (CET)\n"
        "Message-ID: <5de199bf16c44d40@remote.example>\n"
    )
    answers = ask(session, header)[1:]  # after what sums them up
    own = [answer for answer in answers if answer.continues is None]
    assert [answer.kind for answer in own] == ["header"] * 3
    assert len(answers) == 8
    ids = [{span.name: span.value for span in answer.spans} for answer in own]
    assert ids[0]["queue_id"] == "5419B66"
    assert ids[1]["mail_id"] == "vJWxdMp5DNHC"
    assert ids[2]["message_id"] == "5de199bf16c44d40@remote.example"
    assert [bool(answer.notes) for answer in own] == [True, True, False]


def test_what_passed_is_counted(session: Session) -> None:
    passed = Passed()
    lines = ["Nov 22 06:25:16 mx postfix/smtpd[1]: connect from unknown[192.0.2.7]", "wombat", ""]
    told = list(explain_lines(session, lines, only_problems=True, passed=passed))
    assert passed.lines == 3
    assert passed.shown == len(told)
    assert 1 <= passed.known < 3


def test_an_entry_is_explained_once_where_it_is_read_by_people(session: Session) -> None:
    line = "Nov 22 06:25:16 mx postfix/smtpd[1]: connect from unknown[192.0.2.7]"
    first, second = explain_lines(session, [line, line], brief=True)
    assert first.explanation
    assert not second.explanation
    assert second.entry == first.entry
