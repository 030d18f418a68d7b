"""doveconf -n and opendkim.conf are read with their places."""

from __future__ import annotations

from mailhelp.host.othersettings import dovecot, opendkim


def told(found: object) -> dict[str, tuple[str, int]]:
    return {name: (value, place.number) for name, (value, place) in found.items()}  # type: ignore[attr-defined]


def test_sections_of_dovecot() -> None:
    text = "# 2.3\nprotocols = imap lmtp\nservice auth {\n  unix_listener /a/B {\n    mode = 0660\n  }\n"
    text += "  unix_listener c {\n  }\n}\nssl = no\n}\nx"
    assert told(dovecot(text.split("\n"))) == {
        "protocols": ("imap lmtp", 2),
        "service": ("auth", 3),
        "service auth/unix_listener": ("/a/B c", 7),
        "service auth/unix_listener /a/b/mode": ("0660", 5),
        "ssl": ("no", 10),
    }


def test_opendkim() -> None:
    text = "# comment\nMode\tsv\nSocket  inet:8891@localhost # ours\nSyslog\n"
    assert told(opendkim(text.split("\n"))) == {
        "mode": ("sv", 2),
        "socket": ("inet:8891@localhost", 3),
    }


def test_hostile_text_ends_soon() -> None:
    dovecot(["a {"] * 100_000)
    opendkim(["x" * 100_000] * 10)
