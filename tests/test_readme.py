"""What README shows is what the command says: its screens are made anew with ``UPDATE=1``."""

from __future__ import annotations

import os
import re
import shlex

import pytest

from mailhelp.host.machine import Output
from tests.conftest import CORPUS, Mailhelp

README = CORPUS.parent / "README.md"
SCREEN = re.compile(r"```\n\$ (?P<call>[^\n]+)\n(?P<shown>.*?)```\n", re.DOTALL)
SETTINGS = {
    "bounce_queue_lifetime": "1d",
    "maximal_queue_lifetime": "5d",
    "mynetworks": "127.0.0.0/8 [::1]/128",
}


def screens() -> list[re.Match[str]]:
    text = README.read_text(encoding="utf-8")
    return [each for each in SCREEN.finditer(text) if "mailhelp" in each["call"]]


@pytest.mark.parametrize("number", range(len(screens())))
def test_a_screen(mailhelp: Mailhelp, number: int) -> None:
    each = screens()[number]
    host = mailhelp.host
    host.settings = {
        "-d": {**SETTINGS, "bounce_queue_lifetime": "5d"},
        "-n": {"bounce_queue_lifetime": "1d"},
    }
    host.files["/etc/postfix/main.cf"] = "bounce_queue_lifetime = 1d\n"
    host.files["/etc/postfix/master.cf"] = ""
    host.commands[("openssl",)] = Output()
    words = shlex.split(each["call"])
    stdin = ""
    if words[0] == "echo":
        stdin, words = f"{words[1]}\n", words[3:]
    shown = mailhelp(*words[1:], stdin=stdin).out
    if os.environ.get("UPDATE"):
        text = README.read_text(encoding="utf-8")
        README.write_text(
            text.replace(each[0], f"```\n$ {each['call']}\n{shown}```\n"), encoding="utf-8"
        )
    assert shown == each["shown"]
    assert len(shown.splitlines()) <= 20
