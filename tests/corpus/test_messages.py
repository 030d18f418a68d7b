"""The message inventories: a message has an entry or a reason."""

from __future__ import annotations

from pathlib import Path

from mailhelp.corpus import messages
from tests.conftest import CORPUS
from tests.corpus.conftest import Write, shown


def test_a_message_without_entry_and_reason_is_a_fault(write: Write, tmp_path: Path) -> None:
    write(
        "messages/ours/daemon.toml",
        "# What it can write.\n\n[log]\n"
        '"starting %s" = "log/ours/daemon/start"\n'
        '"stopping" = "log/ours/daemon/nobody"\n'
        '"fatal: \\"x\\"" = "(not yet)"\n'
        '"debug %d" = "(written at a debug level only)"\n\n'
        '[reply]\n"450 wait" = ""\n',
    )
    write("messages/ours/broken.toml", "x =\n")
    faults = [
        shown(fault) for fault in messages.faults(tmp_path / "notes", {"log/ours/daemon/start"})
    ]
    assert [fault.partition(": give")[0] for fault in faults] == [
        "broken.toml:1: cannot be read: Invalid value (at line 1, column 4)",
        "daemon.toml:5: there is no entry 'log/ours/daemon/nobody'",
        "daemon.toml:10: there is no entry ''",
    ]
    assert messages.missing(tmp_path / "notes") == {"ours/daemon": 1}


def test_postfix_has_an_inventory_of_each_program() -> None:
    names = {path.stem for path in (CORPUS / "messages/postfix").glob("*.toml")}
    assert {"smtpd", "smtp", "cleanup", "qmgr", "local", "bounce", "any"} <= names
    read = [each for each in messages.read(CORPUS) if isinstance(each, messages.Message)]
    assert len(read) > 2500
    assert all(each.line > 1 for each in read)
