"""The keys of front matter: what is refused, in which words, at which line; templates and the README."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from mailhelp.corpus.base import Base
from mailhelp.corpus.check import check
from mailhelp.corpus.read import KINDS
from mailhelp.corpus.schema import ENTRIES, ROWS, json_schema
from tests.conftest import CORPUS
from tests.corpus.conftest import FRONT, Faults, Write, entry, shown

TOPIC = 'title = "T"\nasked_as = ["t"]\nsources = ["us"]\n'


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("tilte = 'x'\n", "a.md:7: unknown key 'tilte' in a log entry"),
        ("related = [1]\n", "a.md:7: related[0]: expected 'str', got 'int'"),
        ("role = 1\n", "a.md:7: role: expected 'str', got 'int'"),
        ("event = 'vanished'\n", "a.md:7: event must be one of session-open"),
        ("since = 'new'\n", "a.md:7: since: a version is written 3.8"),
        (f"brief = '{'x' * 301}'\n", "a.md:7: brief: expected 'str' of length <= 300"),
        ("gist = '{nobody}'\n", "a.md:7: gist: {nobody} is no field"),
        ("use = ['nobody']\n", "a.md:7: use: there is no parts/nobody.md"),
        ("\n[[commands]]\nrun = 'x'\n", "a.md:9: a command has 'run' and 'why', or 'use': no 'why'"),
        ("\n[[commands]]\nuse = 'nobody'\n", "a.md:9: commands: there is no 'nobody'"),
        ("\n[[commands]]\nrun = 'x'\nwhy = 'y'\nchanges = 'no'\n",
         "a.md:11: commands[0].changes: expected 'bool', got 'str'"),
        ("\n[[commands]]\nrun = 'x'\nwhy = 'y'\n\n[[commands]]\nrun = 'z'\nwhy = 'y'\nruns_on = 'mars'\n",
         "a.md:15: commands[1].runs_on: must be one of server, anywhere"),
        ("\n[[commands]]\nrun = 'x {nobody}'\nwhy = 'y'\n", "a.md:9: {nobody} is no field and no place"),
        ("\n[[commands]]\nrun = 'x \"{client}\"'\nwhy = 'y'\n", "a.md:9: 'x \"{client}\"': {client} stands inside"),
        ("\n[fields.x]\nregexp = 'x'\n", "a.md:8: [fields.x] has no key 'regexp'"),
        ("\n[fields.x]\nmeaning = 'x'\n", "a.md:8: [fields.x] has no 'regex'"),
        ("\n[fields.x]\nregex = '('\n", "a.md:8: [fields.x] regex: missing )"),
        ("\n[fields.x]\nregex = 'a*b*'\n", "a.md:8: [fields.x] regex: more than one endless repeat"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_key_is_said_at_its_line(
    write: Write, faults: Faults, more: str, fault: str
) -> None:
    write("log/postfix/smtpd/a.md", entry(FRONT + more))
    (found,) = faults()
    assert found.startswith(fault)


def test_choices_are_named(write: Write, faults: Faults) -> None:
    front = FRONT.replace('"info"', '"bad"').replace('"client"', '"me"')
    write("log/postfix/smtpd/a.md", entry(front))
    assert faults() == [
        "a.md:4: severity: must be one of info, notice, warning, error, fatal, panic",
        "a.md:5: verdict.who: must be one of this-server, remote-server, client, policy, network,"
        " operator",
    ]


def test_a_patch_needs_no_key(write: Write, faults: Faults) -> None:
    write("log/postfix/smtpd/connect.patch.md", "+++\n+++\nOurs.\n")
    assert faults() == []


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("log/postfix/smtpd",
         {"text", "title", "patterns", "severity", "verdict.who", "sources", "## Causes", "## What to do",
          "## Samples"}),
        ("parameters",
         {"text", "title", "asked_as", "sources", "## At the limit", "## What goes wrong"}),
        ("recipes",
         {"text", "title", "asked_as", "sources", "commands[0].run", "options", "outputs[0].result",
          "## Pitfalls"}),
        ("status", {"title", "codes", "sources", "## Causes"}),
        ("topics", {"text", "title", "asked_as", "sources"}),
        ("headers", {"text", "title", "sources"}),
        ("rules", {"text", "title", "sources"}),
    ],
)  # fmt: skip
def test_of_an_unfilled_template_only_what_must_be_filled_is_named(
    write: Write, faults: Faults, place: str, wanted: set[str]
) -> None:
    folder = place.partition("/")[0]
    template = (CORPUS / folder / "_template.md").read_text(encoding="utf-8")
    write(f"{place}/mine.md", template)
    named = set()
    for fault in faults():
        text = fault.split(": ", 1)[1]
        found = re.match(r"a \w+ entry must have '([^']+)'|'(##[^']+)'|([\w.\[\]]+): must", text)
        named.add(next(filter(None, found.groups())) if found else text.split()[1])
    assert named == wanted


def test_every_kind_has_a_template() -> None:
    assert {path.parent.name for path in CORPUS.glob("*/_template.md")} == set(KINDS) - {"parts"}


def test_the_entry_in_the_readme_passes_the_check(write: Write, faults: Faults) -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"(?ms)^```` markdown\n(.*?)^````$", readme)
    write("log/postfix/smtpd/no-name.md", example)
    assert faults() == []


def test_the_readme_tells_of_every_key() -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    types = {**ENTRIES, "fields": ROWS["fields"], "commands": ROWS["commands"]}
    untold = {
        f"{kind}: {key}"
        for kind, struct in types.items()
        for key in struct.__struct_fields__
        if not re.search(rf"`[^`]*\b{key}\b[^`]*`|\[{key}", readme)
    }
    assert untold == set()


@pytest.mark.parametrize("kind", [*ENTRIES, *ROWS])
def test_the_schema_takes_what_the_check_takes(kind: str) -> None:
    import tomllib

    schema = json.loads(json.dumps(json_schema(kind)))
    if kind in ROWS:
        for path in CORPUS.glob(f"{kind}*.toml"):
            jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), schema)
        return
    folder = next(name for name, each in KINDS.items() if each == kind)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sorted((CORPUS / folder).rglob("[a-z]*.md"))[:40]:
        head = path.read_text(encoding="utf-8")[3:].partition("\n+++\n")[0]
        validator.validate(tomllib.loads(head))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"tilte": "x"})


def test_rows_of_tables_are_checked_where_they_are(
    write: Write, tmp_path: Path, base: Base
) -> None:
    write("programs.toml", "\n[ours]\nmeaning = 'x'\n")
    write("places.toml", "[spool]\ndefault = '/x'\n")
    _, found = check(tmp_path / "notes", base)
    assert [shown(fault) for fault in found] == [
        "places.toml:1: [spool] must have 'meaning'",
        "programs.toml:2: [ours] must have 'tags'",
    ]
