"""No byte of what mailhelp reads reaches the terminal as it is: in any answer, in any form."""

from __future__ import annotations

import random

import pytest

from mailhelp.app import read
from mailhelp.arguments import Options
from mailhelp.errors import UsageError
from tests.conftest import LINE, Mailhelp
from tests.hostile import BAD, colours_removed, unfit

KINDS = (
    LINE.replace("helo=<mx>", "helo=<{}>"),
    LINE.replace("postfix/smtpd", "postfix/{}"),
    "Nov 22 06:25:16 mx postfix/smtp[1]: 4AbC: to=<a@example.net>, relay=none, delay=1, status=bounced ({})\n",
    "Subject: {}\n",
    "550 5.7.1 {}\n",
    "myhostname = {}\nmydestination = {}\nrelayhost = [{}]\nsmtpd_banner = {}\n",
    "smtp inet n - y - - smtpd\n  -o {}={}\n",
    "postqueue -p | grep {}\n",
    "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n4AbCdE  1234 Sun Nov 22 06:25:16  {}\n       ({})\n     bob@example.net\n",
    "220 mx {}\nEHLO {}\n250 {}\n",
    "This is the mail system at host {}.\n\n<{}@example.net>: host mx.example[192.0.2.1] said: 550 5.1.1 {}\n",
    "what is {}\n",
    "{}\n",
)
HOW = ((), ("-v",), ("--markdown",), ("--json",), ("--color", "always"))
SEED = 9


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_gets_through(mailhelp: Mailhelp, kind: str) -> None:
    choose = random.Random(SEED + KINDS.index(kind))
    for how in HOW:
        value = "".join(choose.sample(BAD, 3))
        text = kind.replace("{}", value)
        for done in (
            mailhelp(*how, stdin=text.encode("utf-8", "surrogatepass")),
            mailhelp(*how, text.replace("\x00", "") + "\udc9b\ud800"),
        ):
            assert unfit(colours_removed(done.out)) == [], (how, text)
            assert unfit(done.err) == [], (how, text)


@pytest.mark.parametrize(
    "words",
    [
        ("--{}",),
        ("trace", "--{}"),
        ("explain", "/{}", "{}"),
        ("trace", "{}", "{}", "{}"),
        ("recipe", "{}"),
        ("recipe", "queue-delete", "{}={}"),
        ("recipe", "mx-lookup", "domain={}"),
        ("man", "{}"),
        ("template", "{}"),
        ("doctor", "{}"),
        ("completion", "{}"),
        ("--color", "{}", "x"),
        ("check", "/{}"),
        ("{}", "{}"),
    ],
)
def test_errors_let_nothing_through(mailhelp: Mailhelp, words: tuple[str, ...]) -> None:
    for bad in BAD:
        value = bad.replace("\x00", "")
        done = mailhelp(*(word.replace("{}", value) for word in words))
        assert unfit(done.out) == unfit(done.err) == [], (words, bad)
        assert done.err or done.out


def test_typers_own_words_are_an_error_of_ours() -> None:
    with pytest.raises(UsageError, match="No such option"):
        read(["trace", "--\u202ex"], Options(), 80)
