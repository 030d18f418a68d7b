"""Patterns that take longer than in proportion to the line are refused."""

from __future__ import annotations

import pytest

from mailhelp.corpus.linear import fault
from tests.corpus.conftest import FRONT, Faults, Write, entry

GROWS = [
    r"(a+)+$",
    r"(?>(\w*\d*\w*)x)",
    r"(?>([^<>]*[^<>\s]*)x)",
    r"(?:a|a)*$",
    r"(?:a|aa)+!",
    r"[a-z]+ ?+[A-Za-z]*+\)\Z",
    r'"(?:a|b)*"*\w*c',
    r"x.*?y.*?z.*?!",
]
LINEAR = [
    r"[^<>]*+x",
    r"(?>(.*?): )(?>(.*)\Z)",
    r'[^">]*+(?>(?:"(?>(?:[^"\\]++|\\.)*)"[^">]*+)*)',
    r"[a-z]++(?: [A-Za-z]++)?\)",
    r"\d+",
]


@pytest.mark.parametrize("regex", GROWS)
def test_one_that_grows_is_refused(regex: str) -> None:
    assert "is not linear" in fault(regex)


@pytest.mark.parametrize("regex", LINEAR)
def test_a_linear_one_is_taken(regex: str) -> None:
    assert fault(regex) == ""


def test_what_is_looked_for_everywhere_is_held_to_more() -> None:
    assert fault(r"\s*=") == ""
    assert "is not linear" in fault(r"\s*=", search=True)


def test_a_pattern_and_a_form_are_named(write: Write, faults: Faults) -> None:
    slow = "regex = '[a-z]+ ?+[A-Za-z]*+'\nmeaning = 'A name.'\n"
    front = FRONT.replace("zork from {client}", "zork from {zork_name}!")
    write("log/postfix/smtpd/a.md", entry(f"{front}[fields.zork_name]\n{slow}"))
    whole = "[fields.zork]\nregex = '.*'\nmeaning = 'All.'\nforms = ['<{zork_name}>']\n"
    write(
        "log/postfix/smtpd/b.md",
        entry(f"{FRONT}{whole}[fields.other_name]\n{slow}".replace("{zork_name}", "{other_name}")),
    )
    found = [text for text in faults() if "is not linear" in text]
    assert [text.partition(" is not")[0] for text in found] == [
        "a.md:3: this pattern",
        "b.md:7: [fields.zork] the form '<{other_name}>'",
    ]
