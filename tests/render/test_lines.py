"""Lines: as wide as asked for."""

from mailhelp.render.lines import breakable, cells, columns, wrap


def test_columns_of_a_terminal() -> None:
    assert cells("abc") == 3
    assert cells("日本") == 4
    assert cells("e\u0301") == 1


def text(lines: object) -> list[str]:
    return ["".join(part for _, part in line) for line in lines]  # type: ignore[attr-defined]


def test_a_line_is_broken_at_blanks_and_exactly_so_wide() -> None:
    assert text(wrap([("", "aaaa bbbb cccc")], 9)) == ["aaaa bbbb", "cccc"]
    assert text(wrap([("", "aaaa bbbb cccc")], 8)) == ["aaaa", "bbbb", "cccc"]
    assert text(wrap([("", "aaaa bbbb cccc")], 8, 2, 2)) == ["  aaaa", "    bbbb", "    cccc"]
    assert text(wrap([("", "a" * 20)], 8)) == ["a" * 20]
    assert text(wrap([("", "")], 8)) == []


def test_a_word_of_several_styles_stays_one() -> None:
    assert text(wrap([("", "see "), ("code", "main.cf"), ("", ", then")], 9)) == [
        "see",
        "main.cf,",
        "then",
    ]


def test_a_word_wider_than_the_line_can_be_parted() -> None:
    assert text(wrap(breakable([("", "a" * 10 + " b")], 4), 6)) == ["aaaa", "aaaa", "aa b"]


def test_two_columns() -> None:
    left, right = [("name", "key")], [("", "one two three")]
    assert text(columns(left, right, 6, 16)) == ["  key   one two", "        three"]
    # a left side that is too wide has a line of its own
    assert text(columns([("name", "a long key")], right, 6, 16)) == [
        "  a long key",
        "        one two",
        "        three",
    ]
