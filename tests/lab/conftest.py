"""The lab as a fixture: one for the whole run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

from .lab import Lab, missing
from .recipe import Recipe, read_recipes


def unavailable(lacks: list[str]) -> NoReturn:
    """Skip the test, or fail it if MAILHELP_REQUIRE_LAB=1: in CI a skip would go unnoticed."""
    reason = f"the lab lacks {', '.join(lacks)}; tests/lab/install.sh installs its packages"
    if os.environ.get("MAILHELP_REQUIRE_LAB") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A running mail server; see ``unavailable`` for machines where it cannot run."""
    lacks = missing()
    if lacks:
        unavailable(lacks)
    with Lab() as running:
        yield running


@pytest.fixture(scope="session")
def recipes() -> dict[str, Recipe]:
    """The recipes of this checkout, by name."""
    return read_recipes()
