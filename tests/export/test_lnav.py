"""The lnav format file, in the real lnav."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mailhelp.export import lnav
from mailhelp.export.rules import Entry, Gap, Program, Rule, Rules
from tests.export.conftest import Sample, hold
from tests.lab.conftest import unavailable

Lnav = Callable[[Rules, list[str]], list[list[str]]]


def entry(id: str, severity: str = "notice") -> Entry:
    return Entry(id, f"About {id}", severity, "", "", False)


def rule(id: str, *pieces: str | Gap) -> Rule:
    return Rule(id, pieces, sum(len(piece) for piece in pieces if isinstance(piece, str)), False)


@pytest.fixture
def tagged(tmp_path: Path) -> Lnav:
    """The tags that lnav gives log lines with a format file."""
    if shutil.which("lnav") is None:
        unavailable(["lnav"])

    def run(rules: Rules, lines: list[str]) -> list[list[str]]:
        folder = tmp_path / "config/formats/mailhelp"
        folder.mkdir(parents=True)
        text = "\n".join(lnav.write(rules, "Made by a test."))
        (folder / "mailhelp.json").write_text(text, encoding="utf-8")
        log, out = tmp_path / "mail.log", tmp_path / "rows.json"
        log.write_text("\n".join(lines) + "\n", encoding="utf-8")
        environ = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
        commands = (";SELECT log_tags FROM syslog_log ORDER BY log_line", f":write-json-to {out}")
        done = subprocess.run(
            ["lnav", "-n", "-I", folder.parent.parent, "-c", commands[0], "-c", commands[1], log],
            env=environ,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert (done.returncode, done.stderr) == (0, "")
        rows = json.loads(out.read_text(encoding="utf-8"))
        return [json.loads(row["log_tags"] or "[]") for row in rows]

    return run


def names(tags: list[str]) -> list[str]:
    """The entries that ``tags`` name; an entry may have several."""
    return sorted({tag.split(":")[1].replace(".", "/") for tag in tags})


def test_samples_get_the_tag_of_their_entry(
    tagged: Lnav, exported: Rules, samples: list[Sample]
) -> None:
    lines = [f"Nov 22 06:25:16 mail {each.tag}[12]: {each.message}" for each in samples]
    hold(samples, [names(tags) for tags in tagged(exported, lines)])


def test_a_better_pattern_goes_before(tagged: Lnav) -> None:
    text = Gap("text", ".*")
    rules = Rules(
        (
            Program("a", ("a",), (), ("c",), (rule("a/one", "seen ", Gap("n", r"\d+")), rule("a/all", text))),
        ),
        {"a/one": entry("a/one"), "a/all": entry("a/all", "error")},
        {"a/all": frozenset({"a/one"})},
    )  # fmt: skip
    seen = tagged(
        rules,
        [
            "Nov 22 06:25:16 mail a[1]: seen 12",
            "Nov 22 06:25:16 mail x/a: seen it",
            "Nov 22 06:25:16 mail c/a[1]: seen it",
            "Nov 22 06:25:16 mail ba[1]: seen it",
        ],
    )
    assert seen == [["#notice:a.one"], ["#error:a.all"], [], []]


def test_a_long_entry_has_several_tags() -> None:
    many = [rule("a/many", f"{number} ", Gap("text", ".*?"), "x" * 900) for number in range(50)]
    rules = Rules((Program("a", ("a",), (), (), tuple(many)),), {"a/many": entry("a/many")}, {})
    table = json.loads("\n".join(lnav.write(rules, "")))
    tags = table[lnav.FORMAT]["tags"]
    assert len(tags) > 1
    assert {name.partition(":")[2].partition(":")[0] for name in tags} == {"a.many"}
    assert all(len(tag["pattern"]) <= 20_000 for tag in tags.values())
