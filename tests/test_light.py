"""Named tuples behave as those of ``typing`` do."""

from __future__ import annotations

import copy
import pickle
import re
import typing

import pytest

from mailhelp.light import NamedTuple, late, regex
from tests.conftest import CORPUS


class Light(NamedTuple):
    """A light one."""

    left: int
    right: str = "r"

    @property
    def both(self) -> str:
        return f"{self.left}{self.right}"


class Usual(typing.NamedTuple):
    """A usual one."""

    left: int
    right: str = "r"


@pytest.mark.parametrize("kind", [Light, Usual])
def test_they_behave_alike(kind: type[Light]) -> None:
    one = kind(1)
    assert one == (1, "r") == kind(left=1, right="r") == kind._make((1, "r"))
    assert (one.left, one.right, one._fields) == (1, "r", ("left", "right"))
    assert one._replace(right="x") == (1, "x")
    assert one._asdict() == {"left": 1, "right": "r"}
    assert repr(one) == f"{kind.__name__}(left=1, right='r')"
    assert type(one._replace(left=2)) is type(copy.copy(one)) is kind
    assert type(pickle.loads(pickle.dumps(one))) is kind
    assert hash(one) == hash((1, "r"))
    match one:
        case kind(left, "r"):
            assert left == 1
        case _:
            pytest.fail("no match")
    for wrong in (lambda: kind(), lambda: kind(1, "r", 3), lambda: one._replace(none=1)):
        with pytest.raises((TypeError, ValueError)):
            wrong()


def test_methods_stay() -> None:
    assert Light(1, "x").both == "1x"
    assert Light.__doc__ == "A light one."


def test_who_uses_them_has_annotations_as_text() -> None:
    package = CORPUS.parent / "mailhelp"
    lacking = [
        path.name
        for path in package.rglob("*.py")
        if "from mailhelp.light import" in (text := path.read_text(encoding="utf-8"))
        and "from __future__ import annotations" not in text
    ]
    assert lacking == []


def test_a_regex_is_compiled_when_it_is_used() -> None:
    """A wrong one raises then, and not where the module is imported."""
    assert regex("[a-z]+", re.IGNORECASE).findall("A1b") == ["A", "b"]
    late = regex("(")
    with pytest.raises(re.error):
        late.match("")


def test_names_of_other_modules_are_imported_when_asked_for() -> None:
    found = late("math: pi tau")
    assert found("pi") == 3.141592653589793
    with pytest.raises(AttributeError):
        found("e")
