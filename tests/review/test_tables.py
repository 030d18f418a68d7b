"""Faults in the rows of lookup tables are found at their lines; tables as they should be have none."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from mailhelp.answer import Answer
from mailhelp.explain import config
from mailhelp.host.machine import Host
from mailhelp.review import checks
from mailhelp.review.fault import Known
from mailhelp.session import Session
from tests.review import planted


@pytest.fixture
def known(session: Session) -> Known:
    return config.known(session.library)


def test_planted_faults_are_found(known: Known) -> None:
    missed = {}
    for fault in planted.faults("tables.toml"):
        found, told = planted.is_found_in_table(known, fault)
        if not found or sum(" /etc/" in each.partition(": ")[0] for each in told) > 1:
            missed[fault["name"]] = told
    assert missed == {}


@pytest.mark.parametrize("row", planted.faults("tables.toml", "good"), ids=lambda row: row["name"])
def test_nothing_is_found_in_good_tables(known: Known, row: dict[str, Any]) -> None:
    rows = [each for key, each in known.checks.items() if key.startswith("entries/")]
    told = checks.faults(known, planted.with_table(row))
    found = [each.finding for each in told if any(each.row is own for own in rows)]
    assert [f"{each.file}:{each.line}: {each.title} | {each.text}" for each in found] == []


MASTER = "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\n"


def told(tmp_path: Path, session: Session, **tables: bytes) -> Answer:
    """The answer for a folder with these tables, named by their parameters."""
    lines = ["compatibility_level = 3.6"]
    for name, held in tables.items():
        (tmp_path / name).write_bytes(held)
        lines.append(f"{name} = hash:{tmp_path}/{name}")
    (tmp_path / "main.cf").write_text("\n".join(lines))
    (tmp_path / "master.cf").write_text(MASTER)
    return config.explain_place(session.library, Host(), str(tmp_path))


def of_tables(answer: Answer) -> list[tuple[str, int | None, int]]:
    return [
        (each.title, each.line, each.count)
        for each in answer.findings
        if each.file and not each.file.endswith(".cf") and "{" not in each.title and each.line
    ]


@pytest.mark.parametrize(
    "held",
    [
        b"\0" * 5000,
        b"\0\n\0 \0\n",
        b"\xff\xfe" + "a b\n".encode("utf-16-le"),
        b"a " + b"b" * 3_000_000,
        b'"' * 200_000,
        b"\\" * 200_000,
        b"a@b " + b"c@" * 60_000,
        b"a@b " + b"c:[" * 60_000,
        b"a@b " + b"x #" * 30_000,
        b"a@b " + b"x= " * 30_000,
        b"/" * 90_000 + b" b",
        b"(" * 90_000 + b": b",
        b"a \n b" * 20_000,
        b"\r\r\r\n" * 1000,
    ],
    ids=range(14),
)
def test_hostile_tables_neither_hang_nor_fail(
    tmp_path: Path, session: Session, held: bytes
) -> None:
    began = time.monotonic()
    answer = told(
        tmp_path,
        session,
        virtual_alias_maps=held,
        transport_maps=held,
        alias_maps=held,
        smtp_tls_policy_maps=held,
        smtp_sasl_password_maps=held,
    )
    str(answer).encode()  # no lone surrogates
    assert time.monotonic() - began < 20


def test_a_huge_table_is_read_in_part(tmp_path: Path, session: Session) -> None:
    began = time.monotonic()
    row = b"user%d@example.com other@example.net, third@example.org\n"
    held = b"".join(row % number for number in range(900_000))
    answer = told(tmp_path, session, virtual_alias_maps=held)
    assert of_tables(answer) == []
    assert any("only the beginning" in note for note in answer.notes)
    assert time.monotonic() - began < 20


def test_many_faults_alike_are_counted(tmp_path: Path, session: Session) -> None:
    held = b"example.com smpt:\n" + b"".join(b"d%d.example smpt:\n" % n for n in range(3000))
    answer = told(tmp_path, session, transport_maps=held)
    assert of_tables(answer) == [("There is no transport “smpt” in master.cf", 1, 3001)]


def test_passwords_are_never_told(tmp_path: Path, session: Session) -> None:
    held = (
        b"[smtp.example.com]:587 ann geheim1\nann@example.com:geheim2\ngeheim3\n"
        b"smtp.example.com:geheim4\n[a:b]:587 'ann:geheim5'\nx y:1\n a.example z:geheim6\n"
        b'[smtp.example.com]:587 ann:geheim7\nbob:12345\n"geheim8 x\nsmtp:[a]:25 geheim9'
    )
    answer = told(tmp_path, session, smtp_sasl_password_maps=held)
    assert len(of_tables(answer)) > 4
    assert "geheim" not in str(answer)
    assert "12345" not in str(answer)


def test_a_table_of_another_meaning_is_covered_by_its_name(
    tmp_path: Path, session: Session
) -> None:
    (tmp_path / "sasl_passwd").write_text("[smtp.example.com]:587 ann:geheim\n")
    (tmp_path / "main.cf").write_text(f"transport_maps = hash:{tmp_path}/sasl_passwd\n")
    (tmp_path / "master.cf").write_text(MASTER)
    answer = config.explain_place(session.library, Host(), str(tmp_path))
    assert of_tables(answer)
    assert "geheim" not in str(answer)


def test_tables_behind_others_and_in_services(tmp_path: Path, session: Session) -> None:
    (tmp_path / "a").write_text("a@example.com: b\n")
    (tmp_path / "b").write_text("example.com REJCT\n")
    (tmp_path / "main.cf").write_text(
        f"dir = {tmp_path}\nvirtual_alias_maps = unionmap:{{proxy:hash:$dir/a, static:x}}\n"
        f"keep = {tmp_path}/\n"
    )
    (tmp_path / "master.cf").write_text(
        f"{MASTER}submission inet n - y - - smtpd\n"
        f"  -o smtpd_client_restrictions=check_sender_access,hash:{tmp_path}/b\n"
    )
    found = of_tables(config.explain_place(session.library, Host(), str(tmp_path)))
    assert {title.partition(":")[0] for title, _, _ in found} == {
        "A line as in /etc/aliases",
        "“REJCT” is no action of an access table",
    }


def test_entries_in_main_cf_itself(tmp_path: Path, session: Session) -> None:
    (tmp_path / "main.cf").write_text(
        "transport_maps = inline:{example.com=smpt:}\n"
        "smtp_sasl_password_maps = inline:{{[mx.example.com=ann geheim}}\n"
    )
    (tmp_path / "master.cf").write_text(MASTER)
    answer = config.explain_place(session.library, Host(), str(tmp_path))
    found = [(each.title, each.file, each.line, each.text) for each in answer.findings]
    assert (
        "There is no transport “smpt” in master.cf",
        "main.cf",
        1,
        "transport_maps = inline:{example.com=smpt:}",
    ) in found


@pytest.mark.parametrize("key", ["smtp.example.com", "[smtp.example.com]:587", "SMTP.example.com"])
def test_a_relayhost_with_a_password(tmp_path: Path, session: Session, key: str) -> None:
    (tmp_path / "sasl").write_text(f"{key} ann:geheim\n")
    (tmp_path / "main.cf").write_text(
        f"relayhost = [smtp.example.com]:587\nsmtp_sasl_auth_enable = yes\n"
        f"smtp_sasl_password_maps = hash:{tmp_path}/sasl\n"
    )
    (tmp_path / "master.cf").write_text(MASTER)
    answer = config.explain_place(session.library, Host(), str(tmp_path))
    assert not any("No password" in each.title for each in answer.findings)


@pytest.mark.parametrize("kind", ["regexp", "pcre", "cidr", "texthash"])
@pytest.mark.parametrize(
    "held",
    [
        "\0\n\0 \0\n",
        "/" * 90_000,
        "/(" + "(" * 90_000 + "/ x",
        "/[" + "[" * 90_000 + "/ x",
        "/a/ " + "$" * 90_001,
        "/a/ $" + "9" * 90_000,
        "!" * 90_000,
        "if " * 30_000,
        "if /a/\n" * 20_000,
        "endif\n" * 20_000,
        "1" * 90_000 + "/" + "1" * 9_000 + " x",
        "::/" + "9" * 9_000 + " x",
        "[" * 90_000 + " x",
        "fe80::1%eth0 x",
        "\\",
        "\ud7ff\u0660 x",
        "192.0.2.0/\u0662\u0664 x",
        "/a/ $\u0661",
    ],
    ids=range(18),
)
def test_other_hostile_tables(tmp_path: Path, session: Session, kind: str, held: str) -> None:
    began = time.monotonic()
    (tmp_path / "t").write_text(held)
    lines = (f"{name} = {kind}:{tmp_path}/t" for name in ("header_checks", "mynetworks"))
    client = f"smtpd_relay_restrictions = check_client_access {kind}:{tmp_path}/t"
    (tmp_path / "main.cf").write_text("\n".join([*lines, client]))
    (tmp_path / "master.cf").write_text(MASTER)
    str(config.explain_place(session.library, Host(), str(tmp_path))).encode()
    assert time.monotonic() - began < 20
