"""Plain text of pages → pieces, in the shapes that formatters really give it."""

from __future__ import annotations

from mailhelp.host.manrender import strip_formatting
from mailhelp.host.mansplit import Piece, split, summary
from tests.fakes import RECORDED


def page(body: str) -> list[Piece]:
    return split(f"X(1)            General Commands Manual            X(1)\n\n{body}")


def test_names_and_summary() -> None:
    pieces = page(
        "NAME\n       openssl-ca, ca - a minimal\n       authority\n\nOPTIONS\n       x\n"
    )
    assert summary(pieces) == (("openssl-ca", "ca"), "a minimal authority")
    assert summary([]) == ((), "")
    assert summary(page("USAGE\n       x\n")) == ((), "")


def test_head_and_foot_of_every_formatter_are_no_text() -> None:
    """One line, two lines when the name is long, or right-aligned alone."""
    feet = (
        "Dovecot v2.3             2015-05-09             X(1)\n",
        "perl v5.36.0                      2025-02-07\n                      Mail::X(3pm)\n",
        "                                                             X(1)\n",
        "Debian                  July 5, 2020                  Debian\n",
        "",
    )
    for foot in feet:
        (piece,) = page(f"AUTHOR\n       Ann Example\n\n{foot}")
        assert piece == Piece("AUTHOR", "AUTHOR", "Ann Example")


def test_every_formatter_gives_the_same_pieces() -> None:
    groff = (RECORDED / "groff.txt").read_text(encoding="utf-8")
    start, end = groff.index("POSTQUEUE(1)"), groff.index("@@page 1@@")
    expected = split(groff[start:end])
    for name in ("mandoc-postqueue.txt", "man-postqueue.txt"):
        text = strip_formatting((RECORDED / name).read_text(encoding="utf-8"))
        assert split(text) == expected


def test_a_default_longer_than_a_line() -> None:
    (piece,) = page("a_b (default: ${x?{1}:{2}}, two,\n       three)\n       Text.\n")
    assert (piece.title, piece.default, piece.text) == ("a_b", "${x?{1}:{2}}, two, three", "Text.")


def test_a_default_that_never_ends_takes_no_other_heading() -> None:
    pieces = page("a_b (default: (:\n       Text.\n\nc_d (default: 1)\n       More.\n")
    assert [piece.title for piece in pieces][-1] == "c_d"


def test_options_that_share_a_text_and_those_that_do_not() -> None:
    pieces = page(
        "OPTIONS\n       Before.\n\n       -4\n\n       -6  Only this version.\n\n"
        "       -t, --to ADDRESS\n              The recipient.\n\n              More.\n\n"
        "       After - not an option.\n"
    )
    assert [(piece.title, piece.terms) for piece in pieces] == [
        ("OPTIONS", ()),
        ("-4", ("-4", "-6")),
        ("-t", ("-t", "--to")),
    ]
    assert pieces[0].text == "Before.\n\nAfter - not an option."
    assert pieces[2].text == "-t, --to ADDRESS\n       The recipient.\n\n       More."


def test_settings_with_defaults_and_without() -> None:
    pieces = page(
        "SETTINGS\n       required_score n.nn (default: 5)\n           The score.\n\n"
        "       use_bayes ( 0 | 1 )\n           Whether.\n\n"
        "       plain words\n           No setting.\n"
    )
    assert [(piece.title, piece.default) for piece in pieces] == [
        ("SETTINGS", ""),
        ("required_score", "5"),
        ("use_bayes", ""),
    ]
    assert split("X(1)  X(1)\n\nA\n       a_b (1)\n           T.\n", frozenset({"a_b"})) == [
        Piece("A", "A", "a_b (1)\n    T.")
    ]


def test_a_paragraph_that_wraps_before_a_dash_is_no_option() -> None:
    (piece,) = page("TEXT\n       Use the option\n       -f to flush,\n       or wait.\n")
    assert piece.terms == ()


def test_odd_texts() -> None:
    for text in ("", "\n\n", "X(1)", "no headings at all\n  here\n", " \n \n", "A\n\nB\n\nC\n"):
        assert [piece for piece in split(text) if not piece.text] == []
