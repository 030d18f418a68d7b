"""Values in commands, read by the shells themselves: each stays one word, whatever it holds."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mailhelp.knowledge.document import Document
from mailhelp.patterns.holes import holes, parse
from mailhelp.session import Session
from mailhelp.shell import fill, quoted_hole, split_hole, unfit

SEED, MANY = 9, 3000
PIECES = (
    *"abz09 =~!#$&*()[]{}<>|;:'\"\\`?^%@,./+-_é日",
    "$(touch owned)", "`touch owned`", "${HOME}", "$$", "!!", "!$", "!x", "~root", "~/", "=ls", "=sh",
    "{a,b}", "{1..9}", "[a-z]", "**", "<(id)", ">owned", "2>&1", "&&", "||", "; touch owned;", "'\"'",
    "-rf", "--", "\\n", "\\'", "\\';touch owned;'", "\\\\'", "%n", "%s", "$'\\n'", "#x", "^a^b", "a=b", "?", "*",
)  # fmt: skip
SHELLS = {
    "bash": (["bash", "--norc"], "set -o history; set -o histexpand\n"),
    "dash": (["dash"], ""),
    "zsh": (["zsh", "-f"], "setopt extendedglob banghist nomatch\n"),
    "busybox": (["busybox", "sh"], ""),
    "mksh": (["mksh"], ""),
}
ALL_SHELLS = {**SHELLS, "ksh": (["ksh"], ""), "fish": (["fish", "--no-config"], "")}
"""What is copied may be pasted where the commands of the corpus do not run, and harms nothing there."""
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


@pytest.mark.parametrize("name", ALL_SHELLS)
def test_a_value_is_one_word(name: str, tmp_path: Path) -> None:
    words, setting = shell_of(name)
    script, wanted = setting, []
    for number, value in enumerate(values()):
        template = TEMPLATES[number % len(TEMPLATES)]
        if unfit(template, {"value": value}):
            assert value[0] in "-+"  # it would be taken for an option
            continue
        script += f"{fill(template, {'value': value})}\n"
        wanted += expected(template, value)
    said, error = run(words, script, tmp_path)
    wrong = [(one, other) for one, other in zip(said, wanted, strict=False) if one != other]
    assert wrong[:3] == []
    assert len(said) == len(wanted), error
    assert len(wanted) > MANY
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("name", SHELLS)
def test_a_value_is_one_argument_in_every_command(
    name: str, session: Session, tmp_path: Path
) -> None:
    """Every program is a stub that tells its arguments: they are the same but for the value."""
    words, setting = shell_of(name)
    choose = random.Random(SEED)
    pieces = values()
    cases = []
    for template in templates(session):
        names = holes(parse(template))
        for hole in dict.fromkeys(names):
            for value in choose.sample(pieces, 2):
                given = {**dict.fromkeys(names, "other"), hole: value}
                if not unfit(template, given):
                    cases.append((template, hole, value, given))
    assert len(cases) > 500
    if name == "zsh":  # a command may hold a pattern of its own that fits nothing
        setting += "setopt nonomatch\n"
    script = setting + stubs({template for template, *_ in cases}, tmp_path, name)
    for template, hole, _, given in cases:
        for filling in ({**given, hole: TOKEN}, given):
            command = fill(template, filling).removeprefix("time ")  # a word of some shells
            script += f"{command}\ntell {END}\n".replace("/path/to/", "")
    run(words, script, tmp_path)
    told = (tmp_path / "told").read_bytes().decode().split(f"{END}{GAP}")[:-1]
    assert len(told) == 2 * len(cases)
    for number, (template, _, value, _) in enumerate(cases):
        plain, with_value = (
            sorted(part.split(GAP) for part in each.split(f"{STOP}{GAP}"))
            for each in told[2 * number : 2 * number + 2]
        )
        # a command may take an address apart at its last @
        kept = value.rpartition("@")[2] if "##*@" in template else value
        kept = value.rpartition("@")[0] if "%@*" in template and "@" in value else kept
        meant = sorted([word.replace(TOKEN, kept) for word in record] for record in plain)
        assert with_value == meant, (template, value)
        # what reads or writes a file that is not there is not run
        assert len(plain) > 1 or re.search(r"[<>] ?\{", template), template
    assert not (tmp_path / "owned").exists()


TOKEN, END, STOP, GAP = "wordwordword", "endendend", "stopstopstop", "\1"
_PROGRAM = re.compile(r"(?:^|[|;(]\s*|\bdo )([a-z][\w.-]*)(?=\s|$)", re.MULTILINE)
_BUILT_IN = frozenset(("for", "do", "done", "echo", "printf", "exit", "time"))
_TELL = """printf '%s\\001' "$@" >>"$TOLD";"""
_TELL_OF = {"mksh": """(IFS="$(print '\\001')"; print -rn -- "$*$IFS" >>"$TOLD");"""}
"""How a shell writes words into the file ``$TOLD`` at once; mksh's printf is a program."""


def stubs(commands: set[str], folder: Path, shell: str) -> str:
    """A stub for each program of ``commands``: it tells how it was called, and says two words."""
    names = {name for each in commands for name in _PROGRAM.findall(each)} - _BUILT_IN
    (folder / "bin").mkdir()
    script = f"PATH={folder}/bin\nexport TOLD={folder}/told\n"
    script += f"tell() {{ {_TELL_OF.get(shell, _TELL)} }}\n"
    for name in sorted({*names, "touch", "id", "ls", "sh"}):
        if name.isidentifier():
            script += f'{name}() {{ tell {name} "$@" {STOP}; echo "a x*"; }}\n'
        else:
            path = folder / "bin" / name
            told = _TELL.replace('"$@"', f'{name} "$@" {STOP}')
            path.write_text(f"#!/bin/sh\n{told}\necho 'a x*'\n")
            path.chmod(0o755)
    return script


def shell_of(name: str) -> tuple[list[str], str]:
    words, setting = ALL_SHELLS[name]
    if shutil.which(words[0]) is None:
        pytest.skip(f"no {name} here")
    return words, setting


def run(words: list[str], script: str, folder: Path) -> tuple[list[str], str]:
    """What ``script`` writes, and its errors."""
    for file in ("a", "b", "x", "xa", "name=a", "-rf", "mail", "mail.txt", "mail.eml"):
        (folder / file).touch()
    words = [str(shutil.which(words[0])), *words[1:]]
    done = subprocess.run(
        words, input=script.encode(), capture_output=True, cwd=folder, timeout=200, check=False
    )
    return done.stdout.decode().split("\0")[:-1], done.stderr.decode()[-300:]


def stored_commands(session: Session) -> list[tuple[Document, dict[str, Any]]]:
    """The commands of all documents of the bundled corpus that have holes."""
    store = session.library.bundled
    ids = {name.id for name in store.names()}
    programs = sorted(store.programs())
    ids |= {row.id for row in store.patterns(programs, store.filing(programs))}
    documents = filter(None, map(store.document, sorted(ids)))
    return [
        (each, row)
        for each in documents
        for row in each.data.get("commands") or ()
        if holes(parse(row["run"]))
    ]


def templates(session: Session) -> list[str]:
    """Those commands, and those that are given for containers."""
    ways = session.library.table("containers").values()
    runs = {way[key] for way in ways for key in ("run", "log", "follow") if key in way}
    return sorted(runs.union(row["run"] for _, row in stored_commands(session)))


def test_no_command_has_a_hole_where_a_value_could_become_more_words(session: Session) -> None:
    for template in templates(session):
        parts = parse(template)
        assert quoted_hole(parts) is split_hole(parts) is None, template


READ_AS_MORE = {"postsuper": "ALL", "doveadm": "*", "dig": "@192.0.2.9", "find": "!"}
"""Words that a program does not take for a value: all mails, all users, another server, a negation."""


def test_no_value_is_what_its_program_reads_as_more_than_a_value(session: Session) -> None:
    tried = 0
    for document, row in stored_commands(session):
        evil = READ_AS_MORE.get(row["run"].split()[0])
        for name in holes(parse(row["run"])) if evil else ():
            placeholder = document.data.get("placeholders", {}).get(name)
            field = session.library.fields.get(placeholder["check"] if placeholder else name)
            if field is None or not re.fullmatch(field.regex, evil, re.DOTALL):
                continue  # a place, or a value that is none of the kind
            if not re.search(rf"(?<!-q )(?<!\S){{{name}}}(?!\S)", row["run"]):
                continue  # a part of a word, or the value of an option
            if evil == "*" and not re.search(rf"(?:-u|--|test) {{{name}}}", row["run"]):
                continue  # no user
            checks = row.get("checks", {})
            filled = fill(row["run"], {name: evil}, missing="show", checks=checks)
            assert filled == fill(row["run"], {}, missing="show")
            tried += 1
    assert tried > 20
