"""Text from outside is shown as it is, whatever signs of Markdown are in it."""

import pytest

from mailhelp.answer import Prose, escape_markdown
from mailhelp.corpus.prose import parse


@pytest.mark.parametrize(
    "text",
    [
        "*all* _of_ `it`", "[a](http://b.example)", "<script>", "# no heading", "a|b~c!\\*",
        "1. one", "23) x", "- x", "+ x", "--", "==", "&lt;b&gt; &#60;", "&&",
    ],
)  # fmt: skip
def test_text_from_outside_is_no_markdown(text: str) -> None:
    (block,) = parse(escape_markdown(text))
    assert block[0] == "p"
    assert "".join(run[1] for run in block[1]) == text
    assert {run[0] for run in block[1]} == {""}


def test_prose_without_words_is_nothing_to_tell() -> None:
    assert not Prose()
    assert Prose("x", (["p", [["", "x"]]],))
