"""The grok patterns, in a grok of Python and in Oniguruma, the regexes of Logstash and Elasticsearch."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from mailhelp.export import grok
from mailhelp.export.rules import Rules
from tests.export.conftest import Sample, hold
from tests.lab.conftest import unavailable

OF_EVERY_GROK = {"DATA": ".*?", "GREEDYDATA": ".*"}


@pytest.fixture(scope="session")
def text(exported: Rules) -> str:
    return "\n".join(grok.write(exported, "Made by a test.")) + "\n"


@pytest.fixture(scope="session")
def patterns(text: str) -> dict[str, str]:
    rows = (line.partition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: regex for name, _, regex in rows}


def name_of(program: str) -> str:
    return re.sub(r"\W", "_", f"MAILHELP_{program}").upper()


def answers(
    samples: list[Sample], fields: Callable[[str], Callable[[str], list[str]]], exported: Rules
) -> list[list[str]]:
    """The entries that an engine names for ``samples``; ``fields`` gives, for a program's pattern, what fills which fields."""
    ids = {re.sub(r"\W", "_", f"mailhelp_{id}").lower(): id for id in exported.entries}
    assert len(ids) == len(exported.entries)
    by_program = defaultdict(list)
    for number, sample in enumerate(samples):
        by_program[sample.program].append(number)
    found: list[list[str]] = [[] for _ in samples]
    for program, numbers in by_program.items():
        ask = fields(name_of(program))
        for number in numbers:
            filled = ask(samples[number].message)
            found[number] = [ids[name] for name in filled if name in ids]
    return found


def test_each_pattern_has_a_name_of_its_own(text: str, patterns: dict[str, str]) -> None:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) == len(patterns)
    used = {name for regex in patterns.values() for name in re.findall(r"%\{(\w+)", regex)}
    assert used <= {*patterns, *OF_EVERY_GROK}


def test_what_is_known_of_an_entry_stands_above_it(text: str) -> None:
    assert (
        "# postfix/smtpd/connect severity=info who=client event=session-open harmless\n"
        "MAILHELP_POSTFIX_SMTPD_CONNECT connect from "
    ) in text


def test_pygrok_names_the_entry_and_its_values(
    text: str, tmp_path: Path, exported: Rules, samples: list[Sample]
) -> None:
    try:
        from pygrok import Grok
    except ImportError:
        unavailable(["pygrok"])
    (tmp_path / "mailhelp").write_text(text, encoding="utf-8")

    def fields(pattern: str) -> Callable[[str], list[str]]:
        engine = Grok(f"%{{{pattern}}}", custom_patterns_dir=str(tmp_path))

        def filled(message: str) -> list[str]:
            found = engine.match(message) or {}
            return [name for name, value in found.items() if value is not None]

        return filled

    programs = ("amavis", "opendkim", "postfix/smtpd")  # it is slow
    some = [sample for sample in samples if sample.program in programs]
    hold(some, answers(some, fields, exported))
    engine = Grok("%{MAILHELP_POSTFIX_SMTPD}", custom_patterns_dir=str(tmp_path))
    assert engine.match("connect from mail.example.net[192.0.2.7]")["client"] == (
        "mail.example.net[192.0.2.7]"
    )


def test_oniguruma_names_the_entry(
    patterns: dict[str, str], exported: Rules, samples: list[Sample]
) -> None:
    try:
        import onigurumacffi
    except ImportError:
        unavailable(["onigurumacffi"])
    all_patterns = {**patterns, **OF_EVERY_GROK}

    def expanded(regex: str) -> str:
        """What Logstash makes of a pattern."""
        return re.sub(r"%\{(\w+)(?::(\w+))?\}", lambda call: _group(call[1], call[2]), regex)

    def _group(name: str, field: str | None) -> str:
        inner = expanded(all_patterns[name])
        return f"(?<{field}>{inner})" if field else f"(?:{inner})"

    def fields(pattern: str) -> Callable[[str], list[str]]:
        regex = expanded(f"%{{{pattern}}}")
        names = re.findall(r"\(\?<(\w+)>", regex)
        engine = onigurumacffi.compile(regex)

        def filled(message: str) -> list[str]:
            match = engine.match(message)
            if match is None:
                return []
            return [name for number, name in enumerate(names, 1) if match.group(number)]

        return filled

    hold(samples, answers(samples, fields, exported))
