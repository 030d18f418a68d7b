"""What is known of files: modes, ages, certificates; of this host, of a copied folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mailhelp.host.filefacts import Files, copied, in_place
from mailhelp.host.machine import Host

ENDINGS = (".db", ".lmdb")


@pytest.fixture
def host() -> Host:
    return Host()


def test_modes_and_ages(tmp_path: Path, host: Host) -> None:
    file = tmp_path / "a"
    file.write_text("# x\nnameserver 192.0.2.1\n")
    file.chmod(0o640)
    os.utime(file, (0, 0))
    found = Files(host, in_place).fact(str(file))
    assert found is not None
    assert (found.mode, found.missing, found.folder) == (0o640, False, False)
    assert found.age is not None
    assert found.age > 10_000
    gone = Files(host, in_place).fact(str(tmp_path / "b"))
    assert gone is not None
    assert gone.missing


def test_a_copy_knows_only_what_it_holds(tmp_path: Path, host: Host) -> None:
    (tmp_path / "virtual").write_text("")
    files = Files(host, copied(str(tmp_path), "/etc/postfix", ENDINGS, ""))
    assert files.fact("/etc/postfix/virtual") is not None
    assert files.fact("/etc/postfix/transport") is None
    assert files.fact("/etc/ssl/a.pem") is None
    assert files.fact("/etc/postfix/virtual.db") is None  # copies often lack all of them
    (tmp_path / "access.db").write_text("")
    files = Files(host, copied(str(tmp_path), "/etc/postfix", ENDINGS, ""))
    built = files.fact("/etc/postfix/virtual.db")
    assert built is not None
    assert built.missing


def test_a_copied_tree_holds_other_folders_too(tmp_path: Path, host: Host) -> None:
    (tmp_path / "etc/postfix").mkdir(parents=True)
    (tmp_path / "etc/aliases").write_text("")
    files = Files(host, copied(str(tmp_path / "etc/postfix"), "/etc/postfix", ENDINGS, ""))
    assert files.fact("/etc/aliases") is not None
    assert files.fact("/etc/resolv.conf") is None


def test_a_main_cf_that_names_its_folder_is_no_copy(tmp_path: Path, host: Host) -> None:
    text = f"virtual_alias_maps = hash:{tmp_path}/virtual"
    files = Files(host, copied(str(tmp_path), "/etc/postfix", ENDINGS, text))
    gone = files.fact(f"{tmp_path}/virtual")
    assert gone is not None
    assert gone.missing


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_certificates_and_keys(tmp_path: Path) -> None:
    def made(name: str, days: str, *more: str) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-days", days, "-subj", "/CN=x",
             "-addext", "subjectAltName=DNS:mail.example.com", "-keyout", tmp_path / f"{name}.key",
             "-out", tmp_path / f"{name}.pem", *more],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip

    made("one", "30", "-nodes")
    made("two", "1", "-passout", "pass:geheim")
    files = Files(Host(), in_place)
    one, key = (files.certificate(str(tmp_path / f"one.{end}")) for end in ("pem", "key"))
    assert one is not None
    assert key is not None
    assert one.days in (29, 30)
    assert one.names == ("mail.example.com",)
    assert one.public == key.key != ""
    assert not key.encrypted
    shut = files.certificate(str(tmp_path / "two.key"))
    assert shut is not None
    assert shut.encrypted
    assert files.certificate(str(tmp_path / "none.pem")) is None


def test_tables_are_read_up_to_a_limit(tmp_path: Path, host: Host) -> None:
    files = Files(host, in_place)
    table = tmp_path / "virtual"
    table.write_bytes(b"a b\nc \xe9\n")
    held = files.table(str(table))
    assert held is not None
    assert (held.lines, held.cut) == (["a b", "c \udce9"], False)
    large = tmp_path / "large"
    with large.open("wb") as stream:
        stream.write(b"a b\n" * 1000)
        stream.truncate(50 << 20)
    held = files.table(str(large))
    assert held is not None
    assert held.cut
    assert files.cut == [str(large)]


def test_what_is_no_plain_file_is_no_table(tmp_path: Path, host: Host) -> None:
    files = Files(host, in_place)
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path), str(tmp_path / "pipe"), str(tmp_path / "none"), "/dev/zero"):
        assert files.table(path) is None
