"""What is exported: every pattern of an entry, in the pieces that it is made of."""

from __future__ import annotations

import re

import pytest

from mailhelp.errors import UsageError
from mailhelp.export.regex import atoms, literal
from mailhelp.export.rules import LOG, Gap, Rules, class_end, pieces, rules
from mailhelp.knowledge.library import Library
from mailhelp.knowledge.store import PatternRow
from tests.conftest import Mailhelp


def row(regex: str, *holes: str) -> PatternRow:
    return PatternRow("a", 1, "", regex, holes, "log/a/b", False, "")


def test_a_pattern_comes_apart() -> None:
    found = pieces(
        row(r"user\ \[(?>([^]()\\]+(?:\(x\))?)\]\ says\ )(SPAM)(?>(.*)\Z)", "user", "kind", "user"),
    )
    assert list(found) == [
        "user [",
        Gap("user", r"[^]()\\]+(?:\(x\))?"),
        "] says ",
        Gap("kind", "SPAM", True),
        Gap("user_2", ".*"),
    ]


def test_a_secret_value_gets_no_name() -> None:
    assert list(pieces(row(r"(?>(\d+)\Z)", "pin"), {"pin"})) == [Gap("", r"\d+")]


def test_a_set_of_characters_ends() -> None:
    for text in ("[a]", "[]a]", "[^]a]", r"[\]a]", "[[a]"):
        assert class_end(f"{text})", 0) == len(text) - 1


def test_every_pattern_is_exported_and_made_of_the_same(library: Library, exported: Rules) -> None:
    def shown(gap: Gap) -> str:
        return f"({literal(gap.regex) if gap.fixed else gap.regex})"

    for program in exported.programs:
        own = library.engine.catalogue.table((program.name,)).every()
        rows = [each for each in own if not each.generic]
        assert [LOG + rule.entry for rule in program.rules] == [each.id for each in rows]
        for rule, each in zip(program.rules, rows, strict=True):
            assert "".join(atoms(rule, shown, r"\Z")) == re.sub(r"\\([ \-#&~])", r"\1", each.regex)


def test_programs_and_families_can_be_chosen(library: Library) -> None:
    names = {program.name for program in rules(library, ["postfix/smtpd", "amavis"]).programs}
    assert names == {"amavis", "postfix/any", "postfix/smtpd"}
    assert len(rules(library, ["postfix"]).programs) > 20
    with pytest.raises(UsageError, match="No program “postfx” is known") as error:
        rules(library, ["postfx"])
    assert "postfix" in str(error.value.hint)


def test_the_tag_of_another_program_is_not_taken(exported: Rules) -> None:
    programs = {program.name: program for program in exported.programs}
    assert "imap" in programs["dovecot"].tags
    assert "cyrus" in programs["dovecot"].not_under
    assert programs["cyrus"].whole


def test_what_is_known_of_an_entry_goes_along(exported: Rules) -> None:
    entry = exported.entries["postfix/smtpd/connect"]
    assert (entry.severity, entry.event, entry.harmless) == ("info", "session-open", True)


def test_the_command(mailhelp: Mailhelp) -> None:
    done = mailhelp("export", "grok", "postgrey")
    assert done.code == 0
    assert "MAILHELP_POSTGREY ^(?:" in done.out
    for words in ((), ("csv",)):
        done = mailhelp("export", *words)
        assert (done.code, done.out) == (2, "")
        assert "grok or lnav" in done.err
