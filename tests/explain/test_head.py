"""The head of a mail as a whole: what speaks against the mail, and its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.api import ask, explain_held
from mailhelp.session import Session

HEAD = (Path(__file__).parent.parent / "seed/head.txt").read_text(encoding="utf-8").rstrip("\n")


def test_the_worst_is_the_title_and_the_rest_follows_worst_first(session: Session) -> None:
    whole, *fields = ask(session, HEAD)
    assert whole.whole
    assert whole.title == "Judged to be spam: score 7.9; spam begins at 6.3"
    assert whole.severity == "warning"
    found = [(each.severity, each.title) for each in whole.findings]
    assert [title for severity, title in found if severity == "warning"] == [
        "Judged to be spam",
        "DMARC fails",
    ]
    assert "DKIM fails" in [title for _, title in found]
    assert [each.entry for each in fields if each.continues is None][:2] == [
        "header/return-path",
        "header/x-spam-flag",
    ]


def test_who_wrote_to_whom_over_how_many_hops_in_what_time(session: Session) -> None:
    whole = ask(session, HEAD)[0]
    assert whole.gist == "bounce@news.example.net → bob@example.com   2 hops in 4 hours"
    titles = [each.title for each in whole.findings]
    assert "It waited 4 hours between mx.example.net and mx.example.com" in titles
    assert "mx.example.com took it from mx.example.net [192.0.2.7] as 4419B65" in titles
    assert any("4419B65" in each.command for each in whole.commands)


@pytest.mark.parametrize(
    "verdict", ["dkim=pass header.d=example.net; dmarc=pass header.from=example.net", "dkim=none"]
)
def test_nothing_is_held_against_a_mail_without_faults(session: Session, verdict: str) -> None:
    head = f"From: ann@example.net\nTo: bob@example.com\nAuthentication-Results: mx.example.com; {verdict}"
    whole = ask(session, head)[0]
    assert whole.title == "Nothing that mailhelp reads in this header speaks against the mail"
    assert whole.severity is None
    assert {each.severity for each in whole.findings} <= {"info"}


def test_the_body_is_not_read(session: Session) -> None:
    answers = explain_held(session, "head", [*HEAD.split("\n"), "", "X-Spam-Flag: YES", "Hello"])
    assert sum(each.entry == "header/x-spam-flag" for each in answers) == 1
    assert not any(each.text == "Hello" for each in answers)


@pytest.mark.parametrize("date", ["never", "Sun, 99 Nov 99999 99:99:99 +9999"])
def test_a_time_that_nobody_can_read_is_no_hop_time(session: Session, date: str) -> None:
    head = HEAD.replace("Sun, 22 Nov 2026 08:24:10 +0100 (CET)", date)
    assert "waited" not in str(ask(session, head)[0].findings)


def test_fewer_fields_are_told_one_by_one_and_a_log_stays_a_log(session: Session) -> None:
    answers = ask(session, "From: ann@example.net\nTo: bob@example.com")
    assert not any(each.whole for each in answers)
    line = "Nov 22 06:25:16 mx postfix/smtpd[1]: connect from unknown[192.0.2.7]"
    assert not any(each.whole for each in ask(session, "\n".join([line] * 4)))


MICROSOFT = """\
X-Forefront-Antispam-Report: CIP:198.51.100.4;CTRY:DE;SCL:5;SFV:SPM;CAT:SPM;DIR:INB;
X-MS-Exchange-Organization-SCL: 5
Authentication-Results-Original: mx.example.org; dkim=fail header.d=example.org; spf=pass
X-Microsoft-Antispam: BCL:7;ARA:13230040;
"""


def test_a_head_of_microsofts_fields_alone(session: Session) -> None:
    whole, *fields = ask(session, MICROSOFT)
    assert whole.title == "Microsoft judged it to be spam: CAT:SPM"
    assert {each.title for each in whole.findings} >= {
        "Microsoft takes it for bulk mail",
        "DKIM fails",
    }
    assert [each.recognised for each in fields] == ["entry"] * 4


def test_fields_that_only_exchange_reads_are_known(session: Session) -> None:
    text = "X-MS-Exchange-Organization-AuthAs: Anonymous\nX-MS-Has-Attach: yes\nThread-Index: AdX\n"
    whole, *fields = ask(session, text)
    assert whole.kind == "header"
    assert {each.title for each in fields} == {"A note that Exchange made for itself"}


def test_the_way_of_a_mail_is_on_the_screen(session: Session) -> None:
    from mailhelp.render import plain, screen

    hop = "Received: from {} ({} [192.0.2.{}]) by {} (Postfix) with ESMTP id 4XyZ1k2Bq3z{}; Fri, 27 Nov 2026 0{}:11:05 +0100"
    names = ["mx.example.com", "b.example.net", "c.example.org", "d.example.org"]
    text = "\n".join(
        hop.format(names[n + 1], names[n + 1], n, names[n], n + 1, 5 - n) for n in range(3)
    )
    lines = list(plain.paint(screen.screen(ask(session, text), 80), 80))
    assert any("c.example.org took it from d.example.org [192.0.2.2]" in line for line in lines)
