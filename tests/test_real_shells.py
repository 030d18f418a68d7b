"""Values in commands, read by the shells themselves: each stays one word, whatever it holds."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from mailhelp.patterns.holes import holes, parse
from mailhelp.session import Session
from mailhelp.shell import commands, fill, quoted_hole

SEED, MANY = 9, 3000
PIECES = (
    *"abz09 =~!#$&*()[]{}<>|;:'\"\\`?^%@,./+-_é日",
    "$(touch owned)", "`touch owned`", "${HOME}", "$$", "!!", "!$", "!x", "~root", "~/", "=ls", "=sh",
    "{a,b}", "{1..9}", "[a-z]", "**", "<(id)", ">owned", "2>&1", "&&", "||", "; touch owned;", "'\"'",
    "-rf", "--", "\\n", "%n", "%s", "$'\\n'", "#x", "^a^b", "a=b", "?", "*",
)  # fmt: skip
SHELLS = {
    "bash": (["bash", "--norc"], "set -o history; set -o histexpand\n"),
    "dash": (["dash"], ""),
    "zsh": (["zsh", "-f"], "setopt extendedglob banghist nomatch\n"),
    "busybox": (["busybox", "sh"], ""),
    "mksh": (["mksh"], ""),
}
TEMPLATES = (
    "printf '%s\\0' x{value}",
    "printf '%s\\0' x -- {value}",
    "printf '%s\\0' x name={value}",
    "printf '%s\\0' x \"$(printf %s {value})\"",
)


def values() -> list[str]:
    choose = random.Random(SEED)
    found = ["".join(choose.choices(PIECES, k=choose.randint(1, 6))) for _ in range(MANY)]
    return [*PIECES, *found]


def expected(template: str, value: str) -> list[str]:
    if "--" in template:
        return ["x", "--", value]
    if "name=" in template:
        return ["x", f"name={value}"]
    return ["x", value] if "$(" in template else [f"x{value}"]


@pytest.mark.parametrize("name", SHELLS)
def test_a_value_is_one_word(name: str, tmp_path: Path) -> None:
    words, setting = SHELLS[name]
    if shutil.which(words[0]) is None:
        pytest.skip(f"no {name} here")
    for file in ("a", "b", "x", "xa", "name=a", "-rf"):
        (tmp_path / file).touch()
    script, wanted = setting, []
    for number, value in enumerate(values()):
        template = TEMPLATES[number % len(TEMPLATES)]
        command = fill(template, {"value": value})
        if command is None:  # it would be taken for an option
            assert value[0] in "-+"
            continue
        script += command + "\n"
        wanted += expected(template, value)
    done = subprocess.run(
        words, input=script.encode(), capture_output=True, cwd=tmp_path, timeout=120, check=False
    )
    said = done.stdout.decode().split("\0")[:-1]
    wrong = [(one, other) for one, other in zip(said, wanted, strict=False) if one != other]
    assert wrong[:3] == []
    assert len(said) == len(wanted), done.stderr.decode()[-300:]
    assert len(wanted) > MANY
    assert not (tmp_path / "owned").exists()


def templates(session: Session) -> list[str]:
    """The commands of all documents of the bundled corpus."""
    store = session.library.bundled
    ids = {name.id for name in store.names()}
    ids |= {row.id for program in store.programs() for row in store.patterns(program)}
    documents = filter(None, map(store.document, sorted(ids)))
    return sorted({row["run"] for each in documents for row in each.data.get("commands") or ()})


def test_no_value_changes_what_a_command_of_the_corpus_is_made_of(session: Session) -> None:
    choose = random.Random(SEED)
    pieces = [value for value in values() if value[0] not in "-+"]
    tried = 0
    for template in templates(session):
        parts = parse(template)
        names = holes(parts)
        if not names:
            continue
        assert quoted_hole(parts) is None
        plain = fill(template, dict.fromkeys(names, "x"))
        assert plain is not None
        shape = [(len(each.words), len(each.redirections), each.before) for each in commands(plain)]
        for value in choose.sample(pieces, 20):
            filled = fill(template, dict.fromkeys(names, value))
            assert filled is not None
            made = [
                (len(each.words), len(each.redirections), each.before) for each in commands(filled)
            ]
            assert made == shape, (template, value)
            tried += 1
    assert tried > 1000
