"""Planted faults are found where they are; a good configuration and Debian's own have none.

Most of ``seen.toml`` and all of ``held.toml`` were written before the first check; ``held.toml`` was not looked at
while the checks were made.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.explain import config
from mailhelp.host.postfixfiles import main_cf, master_cf
from mailhelp.review import checks
from mailhelp.review.configuration import Configuration
from mailhelp.review.fault import Known
from mailhelp.session import Session
from tests.review import planted

DEFAULTS = Path(__file__).parent.parent / "planted" / "defaults"
FLOOR = 0.95
"""The share of planted faults that must be found."""


@pytest.fixture
def known(session: Session) -> Known:
    return config.known(session.library)


@pytest.mark.parametrize("file", ["seen.toml", "held.toml"])
def test_planted_faults_are_found(known: Known, file: str) -> None:
    faults = planted.faults(file)
    missed = {}
    for fault in faults:
        found, told = planted.is_found(known, fault)
        if not found:
            missed[fault["name"]] = told
    assert len(missed) <= len(faults) * (1 - FLOOR), missed


def test_nothing_is_found_in_the_good_configuration(known: Known) -> None:
    found = checks.faults(known, planted.planted({}))
    assert [each.finding for each in found] == []


@pytest.mark.parametrize("name", sorted(each.name for each in DEFAULTS.iterdir()))
def test_nothing_is_found_in_what_debian_installs(known: Known, name: str) -> None:
    """As debconf leaves them, for each of its kinds of mail servers."""
    main = (DEFAULTS / name / "main.cf").read_text(encoding="utf-8").split("\n")
    master = (DEFAULTS / name / "master.cf").read_text(encoding="utf-8").split("\n")
    services, strays = master_cf(master)
    found = checks.faults(known, Configuration(main_cf(main), services, strays))
    assert [each.finding for each in found] == []
