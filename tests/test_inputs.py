"""Streams of lines are remembered, looked at, and parted at a pause."""

from __future__ import annotations

from mailhelp.inputs import HEAD_LINES, Pause, collected, head


def test_the_head_of_a_pipe_that_pauses_is_not_waited_for() -> None:
    source = iter(["a", "b", None, "c"])
    assert head(source) == (["a", "b", None], False)
    assert list(source) == ["c"]


def test_a_single_line_waits_for_a_second_one() -> None:
    assert head(iter(["a", None, None, "b", None])) == (["a", "b", None], False)
    assert head(iter(["a", None, "b"]), alone=lambda line: False) == (["a", None], False)


def test_what_ended_with_its_head_is_told_apart() -> None:
    assert head(iter(["a"])) == (["a"], True)
    assert head(iter([])) == ([], True)
    source = iter(["x"] * (HEAD_LINES + 5))
    first, ended = head(source)
    assert (len(first), ended) == (HEAD_LINES, False)
    assert list(source) == ["x"] * 5


def test_a_pause_parts_a_stream() -> None:
    source, pause = iter(["a", "b", None, "c"]), Pause()
    assert list(pause.before(source)) == ["a", "b", None]
    assert (pause.met, list(source)) == (True, ["c"])
    pause = Pause()
    assert list(pause.before(iter(["a"]))) == ["a"]
    assert not pause.met


def test_nothing_is_lost_of_many_lines() -> None:
    lines = [str(number) for number in range(HEAD_LINES * 2)]
    assert list(collected(iter(lines))) == lines
