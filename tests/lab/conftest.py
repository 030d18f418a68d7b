"""The lab as a fixture: one for each Postfix, for the whole run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

from .lab import DEBIAN13, Lab, missing
from .mails import Exchange, Traffic, traffic
from .recipe import Recipe, read_recipes


def unavailable(lacks: list[str]) -> NoReturn:
    """Skip the test, or fail it if MAILHELP_REQUIRE_LAB=1: in CI a skip would go unnoticed."""
    reason = f"the lab lacks {', '.join(lacks)}; tests/lab/install.sh installs its packages"
    if os.environ.get("MAILHELP_REQUIRE_LAB") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


ROUNDS = 4
POSTFIXES = {"own": None, "debian13": DEBIAN13}
"""The Postfix of this machine, and Debian 13's: where each is, as ``Lab`` wants it."""


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A running mail server with this machine's Postfix; see ``unavailable`` for where it cannot run."""
    with chosen("own") as running:
        yield running


@pytest.fixture(scope="session")
def lab13() -> Iterator[Lab]:
    """A running mail server with Debian 13's Postfix."""
    with chosen("debian13") as running:
        yield running


@pytest.fixture(scope="session", params=POSTFIXES)
def sent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    """Three hundred mails of many kinds at once through each Postfix, and the logs; its servers are gone again."""
    other = request.param != "own"  # queue IDs of the other kind as well
    with chosen(request.param) as lab, Exchange(lab, long_ids=other).running() as exchange:
        return traffic(exchange, ROUNDS, tmp_path_factory.mktemp("logs"))


def chosen(name: str) -> Lab:
    """A lab with one of ``POSTFIXES``, not started yet; see ``unavailable`` for where it cannot run."""
    lacks = missing(POSTFIXES[name])
    if lacks:
        unavailable(lacks)
    return Lab(POSTFIXES[name])


@pytest.fixture(scope="session")
def recipes() -> dict[str, Recipe]:
    """The recipes of this checkout, by name."""
    return read_recipes()
