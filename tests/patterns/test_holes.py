"""Text with holes: braces that open nothing are a fault, doubled ones are braces."""

import pytest

from mailhelp.errors import CorpusError
from mailhelp.patterns.holes import Hole, holes, parse


def test_text_and_holes_in_their_order() -> None:
    parts = parse("postqueue -i {queue_id} {a:fixed text}.")
    assert parts == ("postqueue -i ", Hole("queue_id"), " ", Hole("a", "fixed text"), ".")
    assert holes(parts) == ("queue_id", "a")


def test_doubled_braces_are_braces() -> None:
    assert parse("awk '{{print $1}}'") == ("awk '{print $1}'",)
    assert parse("") == ()


@pytest.mark.parametrize("text", ["{", "a}b", "{Big}", "{a b}", "{}"])
def test_a_brace_alone_is_a_fault(text: str) -> None:
    with pytest.raises(CorpusError, match="a single"):
        parse(text)
