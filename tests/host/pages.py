"""A small manual in a temporary folder, and a host that has it."""

from __future__ import annotations

from pathlib import Path

from mailhelp.host.machine import Output
from tests.fakes import RECORDED, FakeHost, recorded

TABLE = {
    "postfix": {
        "whole_sections": ["1postfix", "5postfix", "8postfix"],
        "described_as": "Postfix",
        "says": "Postfix",
        "names": ["post*", "qmgr", "verify"],
    },
    "openssl": {
        "sections": ["1"],
        "says": "OpenSSL",
        "names": ["openssl-verify", "verify", "s_client"],
        "without": ["openssl-cmds"],
    },
}
GROFF = ("groff", "-t", "-mandoc", "-mtty-char", "-Tascii", "-P-cbou", "-rcR=1", "-rLL=78n")
ASK_SECTIONS = ("apropos", "-s", "1postfix,5postfix,8postfix", ".*")
ASK_POSTFIX = ("apropos", "-s", "1,5,8", "Postfix")


def manual(folder: Path) -> Path:
    """A man path folder with the recorded pages qmgr.8postfix, postconf.5 and postqueue.1."""
    for page in (RECORDED / "man").glob("man*/*"):
        write(folder, f"{page.parent.name}/{page.name}", page.read_text(encoding="utf-8"))
    return folder


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """Write a page, ``man8/qmgr.8``, below ``folder``."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def host_with(*folders: Path, apropos: bool = False, home: Path = Path("/nowhere")) -> FakeHost:
    """A host with this man path, whose groff formats the pages of ``manual``."""
    commands = {
        ("manpath", "-q"): Output(":".join(map(str, folders)) + "\n"),
        GROFF: recorded("groff.txt"),
    }
    if apropos:
        commands[ASK_SECTIONS] = Output("qmgr (8postfix) - Postfix queue manager\n")
        commands[ASK_POSTFIX] = Output(
            "makedefs (1)         - Postfix makefile configuration utility\n"
            "one, two(8) - Postfix things, as mandoc writes them\n"
        )
    return FakeHost(commands, home)
