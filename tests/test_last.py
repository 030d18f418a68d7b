"""The last call in the cache: private, whole or not at all, and never an obstacle."""

from __future__ import annotations

import json
import stat

import pytest

from mailhelp import last
from mailhelp.answer import Answer, Result
from mailhelp.last import Heard, Last
from tests.conftest import Mailhelp
from tests.fakes import FakeHost

CALL = Last("recipe", ("starttls-check", "host=a"), {"every": True}, "text", False, ("a", "b"))


def keep(host: FakeHost, call: Last = CALL) -> None:
    last.keep(host, call, list)


def test_what_is_kept_comes_back(host: FakeHost) -> None:
    keep(host)
    assert last.recall(host) == CALL


def test_what_was_piped_is_covered_too(host: FakeHost) -> None:
    last.keep(
        host,
        CALL._replace(text="a secret"),
        lambda words: [word.replace("secret", "*") for word in words],
    )
    kept = last.recall(host)
    assert kept is not None
    assert kept.text == "a *"


def test_only_its_owner_may_read_it_and_nothing_is_left_beside_it(host: FakeHost) -> None:
    keep(host)
    keep(host)
    (path,) = host.cache_dir.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_are_covered(mailhelp: Mailhelp) -> None:
    mailhelp("smtp_sasl_password_maps = static:user:hunter2")
    text = (mailhelp.host.cache_dir / "last.json").read_text()
    assert "smtp_sasl_password_maps" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    "spoilt", ["", "{", "[]", '{"format": 0}', '{"format": 1, "command": "ask"}', "\x00" * 10]
)
def test_a_spoilt_file_is_none(host: FakeHost, spoilt: str) -> None:
    keep(host)
    (host.cache_dir / "last.json").write_text(spoilt)
    assert last.recall(host) is None


def test_a_command_that_is_none_is_not_run(mailhelp: Mailhelp) -> None:
    keep(mailhelp.host, Last("_keep"))
    assert mailhelp("-v").code == 1


def test_an_option_of_another_release_is_left_out(mailhelp: Mailhelp) -> None:
    keep(mailhelp.host, Last("recipe", ("starttls-check",), {"run": True}))
    assert mailhelp("-v").code == 0


def test_a_cache_that_cannot_be_written_is_told_beside_the_answer(mailhelp: Mailhelp) -> None:
    mailhelp.host.cache_dir.write_text("a file where the folder should be")
    done = mailhelp("--json", "5.7.1")
    assert json.loads(done.out)["kind"] == "status"
    assert done.code == 0
    assert done.err.count("\n") == 1
    assert (
        "cannot be written: A file is in its place. Move it away, or name another folder"
        in done.err
    )


def test_a_link_in_the_cache_is_not_followed(host: FakeHost) -> None:
    host.cache_dir.mkdir()
    target = host.folder / "precious"
    target.write_text("precious")
    (host.cache_dir / "last.json").symlink_to(target)
    keep(host)
    assert target.read_text() == "precious"
    assert last.recall(host) == CALL


def test_heard_text_up_to_a_limit() -> None:
    heard = Heard()
    assert heard.text is None
    assert list(heard.listen(["a", None, "b"])) == ["a", None, "b"]
    assert heard.text == "a\nb"
    assert len(list(heard.listen(["x" * 1000] * 100))) == 100
    assert (heard.text, heard.dropped) == (None, True)


def test_numbers_are_those_of_one_list_or_of_several_answers() -> None:
    listed = Answer("search", results=(Result("a", "topic", "A"), Result("t", "tool", "T")))
    assert last.numbered([listed]) == ("a",)
    assert last.numbered([Answer("topic", entry="x"), Answer("topic", entry="y")]) == ("x", "y")
