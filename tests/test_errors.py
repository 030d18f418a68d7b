"""Each kind of error ends with the exit code that scripts rely on."""

import pytest

from mailhelp.errors import CorpusError, MailhelpError, NothingFound, SourceError, UsageError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NothingFound("x"), 1),
        (UsageError("x"), 2),
        (SourceError("x"), 3),
        (CorpusError("x"), 3),
        (MailhelpError("x"), 3),
    ],
)
def test_exit_codes(error: MailhelpError, code: int) -> None:
    assert error.exit_code == code


def test_an_error_says_what_to_do() -> None:
    assert (str(UsageError("what", "do")), UsageError("what", "do").hint) == ("what", "do")
    assert NothingFound("what", near=("a", "b")).near == ("a", "b")
    broken = CorpusError("what", ("a.md:1: x",))
    assert broken.faults == ("a.md:1: x",)
    assert "mailhelp check" in broken.hint
