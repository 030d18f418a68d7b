"""The lab itself: it says what it lacks, runs beside another one, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import socket

import pytest

from .conftest import chosen, unavailable
from .lab import DEBIAN13, Lab, missing


def test_missing_names_the_package_and_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program, path: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    lacks = missing()
    assert "amavisd (Debian package amavisd-new)" in lacks
    other = missing(DEBIAN13.parent / "absent")
    assert any("absent (Debian 13's Postfix)" in lack for lack in other)
    assert any(lack.startswith("root") for lack in lacks)


def test_without_the_packages_tests_skip_but_fail_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILHELP_REQUIRE_LAB", raising=False)
    with pytest.raises(pytest.skip.Exception, match="swaks"):
        unavailable(["swaks (Debian package swaks)"])
    monkeypatch.setenv("MAILHELP_REQUIRE_LAB", "1")
    with pytest.raises(pytest.fail.Exception, match="swaks"):
        unavailable(["swaks (Debian package swaks)"])


def test_a_second_lab_runs_beside_the_first_and_leaves_nothing(lab: Lab) -> None:
    with chosen("debian13") as second:
        version = second.run("postconf -d -h mail_version; postfix -c $PWD/etc status").stdout
        assert version.startswith("3.10.")
        assert "is running" in version
        assert not set(second.ports.values()) & set(lab.ports.values())
        assert second.send().returncode == 0
        directory, ports = second.directory, second.ports
        masters = second.masters()
        assert len(masters) == 3
    assert not directory.exists()
    for port in ports.values():
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    for pid in masters:
        with pytest.raises(ProcessLookupError):
            os.killpg(pid, 0)
    assert lab.send().returncode == 0
