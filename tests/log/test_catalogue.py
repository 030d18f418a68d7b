"""Of the patterns that fit a message the one that says most about it is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from mailhelp.knowledge.store import Name, PatternRow
from mailhelp.log.catalogue import Catalogue


def row(
    id: str, regex: str, literal: int, *, word: str = "", program: str = "postfix/smtpd",
    generic: bool = False,
) -> PatternRow:  # fmt: skip
    return PatternRow(program, literal, word, regex, (), id, generic)


class Source:
    """Patterns as a store gives them."""

    def __init__(self, *rows: PatternRow) -> None:
        self.rows = [row._replace(number=number) for number, row in enumerate(rows)]

    def patterns(self, programs: Sequence[str], words: Collection[str]) -> Iterable[PatternRow]:
        return [row for row in self.rows if row.program in programs and row.word in words]

    def filing(self, programs: Sequence[str]) -> set[str]:
        return {row.word for row in self.rows if row.program in programs}

    def programs(self) -> set[str]:
        return {row.program for row in self.rows}

    def named(self, name: str) -> tuple[Name, ...]:
        return (Name("header/received", "header", "Received"),) if name == "Received" else ()


SMTPD = ("postfix/smtpd", "postfix/any")


def best(catalogue: Catalogue, message: str, programs: tuple[str, ...] = SMTPD) -> str:
    match = catalogue.match(programs, message)
    return match.id if match else ""


def test_an_entry_goes_before_a_shape_with_more_fixed_text() -> None:
    catalogue = Catalogue(
        [
            Source(
                row("shape", "reject: .*denied.*", 30, generic=True), row("entry", "reject: .*", 8)
            )
        ]
    )
    assert best(catalogue, "reject: access denied") == "entry"


def test_more_fixed_text_goes_before_less_and_own_before_shared() -> None:
    catalogue = Catalogue(
        [
            Source(
                row("short", "reject: .*", 8),
                row("long", "reject: .*denied", 14),
                row("shared", "reject: .*denied", 14, program="postfix/any"),
            )
        ]
    )
    assert best(catalogue, "reject: access denied") == "long"
    assert [match.id for match in catalogue.matches(SMTPD, "reject: access denied")] == [
        "long",
        "shared",
        "short",
    ]


def test_the_first_source_goes_before_the_others_where_both_fit() -> None:
    catalogue = Catalogue([Source(row("note", "x", 1)), Source(row("bundled", "x", 1))])
    assert best(catalogue, "x") == "note"


def test_a_pattern_is_only_tried_where_its_word_is() -> None:
    catalogue = Catalogue([Source(row("a", ".*", 5, word="denied"), row("b", ".*", 0))])
    assert best(catalogue, "access denied") == "a"
    assert best(catalogue, "access-denied") == "b"


def test_without_a_program_all_are_tried() -> None:
    catalogue = Catalogue([Source(row("a", "x", 1), row("b", "y", 1, program="amavis"))])
    assert best(catalogue, "y", ()) == "b"
    assert best(catalogue, "y") == ""
    assert catalogue.knows(SMTPD)
    assert not catalogue.knows(("dovecot",))


def test_similar_are_those_that_share_most_words() -> None:
    rows = (
        row("one word", "denied: .*", 5, word="denied"),
        row("two", "blacklisted and .*", 5, word="blacklisted"),
        row("three", "blacklisted and .* denied", 5, word="blacklisted"),
        row("shape", "blacklisted and .* denied", 5, word="blacklisted", generic=True),
        row("another", "nowhere and denied", 5, word="nowhere"),
    )
    message = "blacklisted and twice denied somewhere-else"
    assert Catalogue([Source(*rows)]).similar(SMTPD, message) == ["three", "two"]
