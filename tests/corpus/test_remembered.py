"""The words of replies as people remember them are the fixed text of their patterns, whoever says them."""

from __future__ import annotations

from mailhelp.corpus.compile import REPLY, Form
from mailhelp.corpus.remembered import remembered


def test_messages_are_words_in_pieces() -> None:
    forms = {
        "log/own": [
            Form("<{client}>: Client host rejected: {text}", "…", "", REPLY),
            Form("<{client}>: Client host rejected: {text}", "…", "", "postfix/smtpd"),
        ],
        "log/other": [
            Form(
                "{reply} Greylisted, {wait}", "host x said: {reply} Greylisted, {wait}", "", "smtp"
            ),
            Form(
                "{code:550} {reply} blocked", "host x said: {code:550} {reply} blocked", "", "smtp"
            ),
        ],
        "log/no-reply": [Form("connect to {host}", "connect to {host}", "", "smtp")],
    }
    assert remembered(forms, "said: ") == {
        "log/own": {"own": True, "messages": ["client host rejected"]},
        "log/other": {"own": False, "messages": ["greylisted", "550\nblocked"]},
    }


def test_without_what_stands_before_replies_only_our_own_are_known() -> None:
    forms = {"log/other": [Form("{reply} blocked", "said: {reply} blocked", "", "smtp")]}
    assert remembered(forms, "") == {}
