"""Quoted words are found as they are, in their order, and not inside other words."""

from __future__ import annotations

import pytest

from mailhelp.patterns.quoted import holds

TEXT = "unlink(/srv/mail/a) failed: verified; no lock"


@pytest.mark.parametrize(
    "label",
    [["no lock"], ["unlink(", ") failed"], ["unlink", "lock"], ["", "failed"], ["unlink(", ""]],
)
def test_held(label: list[str]) -> None:
    assert holds(TEXT, label)


@pytest.mark.parametrize(
    "label",
    [
        ["verif"],
        ["erified"],
        [") failed", "unlink("],
        ["no locks"],
        ["lock", "lock"],
        ["No lock"],
        ["srv_mail"],
    ],
)
def test_not_held(label: list[str]) -> None:
    assert not holds(TEXT, label)


def test_a_word_after_the_same_letters_inside_another() -> None:
    assert holds("relocked, locked", ["locked"])


def test_a_name_is_one_word() -> None:
    assert not holds("save_report failed", ["report failed"])
    assert holds("save report failed", ["report failed"])
