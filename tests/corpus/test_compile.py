"""What entries become: joined parts, commands by reference, versions, fields of their own."""

from __future__ import annotations

from pathlib import Path

from mailhelp.corpus.base import Base
from mailhelp.corpus.compile import Compiled, compile_corpus
from mailhelp.corpus.read import read
from mailhelp.knowledge.document import Document
from tests.corpus.conftest import FRONT, Faults, Write, entry

PLACE = "log/postfix/smtpd/a.md"


def compiled(tmp_path: Path, base: Base) -> Compiled:
    result = compile_corpus(read(tmp_path / "notes"), base)
    assert result.faults == []
    return result


def document(tmp_path: Path, base: Base) -> Document:
    (found,) = compiled(tmp_path, base).documents
    return found


def test_a_command_by_name_has_its_own_reason(write: Write, tmp_path: Path, base: Base) -> None:
    write("commands.toml", "[ours]\nrun = 'x {client}'\nwhy = 'theirs'\nchanges = true\n")
    more = "\n[[commands]]\nuse = 'ours'\n\n[[commands]]\nuse = 'ours'\nwhy = 'mine'\n"
    write(PLACE, entry(FRONT + more))
    assert document(tmp_path, base).data["commands"] == [
        {"run": "x {client}", "why": "theirs", "changes": True},
        {"run": "x {client}", "why": "mine", "changes": True},
    ]


def test_what_an_entry_lacks_comes_from_its_parts(write: Write, tmp_path: Path, base: Base) -> None:
    write(
        "parts/p.md",
        "+++\ntitle = 'P'\nframes = ['[{number}] {...}']\ngist = '{client}'\nevent = 'receive'\n"
        "sources = ['them']\n+++\n\n## Samples\n\n```\n[1] {...}\n```\n",
    )
    samples = "\n## Samples\n\n```\n... zork from unknown[192.0.2.7]\n```\n"
    write(PLACE, entry(FRONT + "use = ['p']\n", samples=samples))
    result = compiled(tmp_path, base)
    data = next(each.data for each in result.documents if each.kind == "log")
    assert (data["gist"], data["event"], data["severity"]) == ("{client}", "receive", "info")
    assert data["sources"] == ["us", "them"]
    (form,) = result.forms["log/postfix/smtpd/a"]
    assert (form.own, form.text) == ("zork from {client}", "[{number}] zork from {client}")


def test_versions_are_told(write: Write, tmp_path: Path, base: Base) -> None:
    write(PLACE, entry(FRONT + "since = '3.8'\nuntil = 'amavis 2.13'\nretired = { x = '3.9' }\n"))
    (section,) = document(tmp_path, base).data["sections"]
    assert section["title"] == "Versions"
    assert section["markdown"].splitlines()[::2] == [
        "Postfix 3.8 and later.",
        "Up to amavis 2.13.",
        "`x`: deprecated since Postfix 3.9.",
    ]


def test_a_brief_answer_is_parsed(write: Write, tmp_path: Path, base: Base) -> None:
    write(PLACE, entry("brief = 'Say `no`.'\n" + FRONT))
    brief = document(tmp_path, base).data["brief"]
    assert brief["markdown"] == "Say `no`."
    assert brief["blocks"] == [["p", [["", "Say "], ["code", "no"], ["", "."]]]]


def test_a_lone_brace_in_a_reason_is_a_fault(write: Write, faults: Faults) -> None:
    write(PLACE, entry(FRONT + "\n[[commands]]\nrun = 'x'\nwhy = 'the block quota { … }'\n"))
    assert any("a single {" in text or "a single }" in text for text in faults())


def test_a_field_of_an_entry_is_its_own(write: Write, faults: Faults) -> None:
    front = FRONT.replace("{client}", "{zorker}")
    own = "\n[fields.zorker]\nregex = '\\S+'\n"
    write(PLACE, entry(front + own))
    write("log/postfix/smtpd/b.md", entry(front))
    assert faults() == [
        "b.md:3: {zorker} is a field of log/postfix/smtpd/a alone; move it to fields/"
    ]


def test_a_name_of_a_field_is_defined_once(write: Write, faults: Faults) -> None:
    write(PLACE, entry(FRONT + "\n[fields.client]\nregex = 'x'\n\n[fields.zorker]\nregex = 'x'\n"))
    write("topics/t.md", entry(
        "title = 'T'\nasked_as = ['t']\nsources = ['us']\n[fields.zorker]\nregex = 'x'\n", samples=""
    ))  # fmt: skip
    assert faults() == [
        "a.md:8: [fields.client] is also defined for all entries",
        "t.md:5: [fields.zorker] is also defined in log/postfix/smtpd/a",
    ]


def test_a_field_sees_no_field_of_another_entry(write: Write, faults: Faults) -> None:
    write(PLACE, entry(FRONT + "\n[fields.zorker]\nregex = 'x'\n"))
    write("fields/ours.toml", "[zork_list]\nregex = 'x'\nitems = ['{zorker}', '{nobody}']\n")
    assert [text for text in faults() if "zork_list" in text][:2] == [
        "ours.toml:1: [zork_list] 'zorker' is a field of log/postfix/smtpd/a alone; move it to"
        " fields/",
        "ours.toml:1: [zork_list] there is no field 'nobody'",
    ]


def test_the_lists_of_a_part_are_added_to_its_entries(
    write: Write, tmp_path: Path, base: Base
) -> None:
    write(
        "parts/p.md",
        "+++\ntitle = 'P'\nparameters = ['mynetworks']\nrelated = ['topic/proxy-filter']\n"
        "[[commands]]\nrun = 'x'\nwhy = 'y'\n+++\n\nShared.\n\n## Causes\n\n- Theirs.\n\n"
        "## What to do\n\n- Do it.\n\n## Limits\n\nNone.\n",
    )
    write(PLACE, entry(FRONT + "use = ['p']\n", "Own.\n\n## What to do\n\n- Do this first.\n"))
    result = compiled(tmp_path, base)
    data = next(each.data for each in result.documents if each.kind == "log")
    assert [each["markdown"] for each in data["actions"]] == ["Do this first.", "Do it."]
    assert [each["markdown"] for each in data["causes"]] == ["Theirs."]
    assert [each["title"] for each in data["sections"]] == ["Limits"]
    assert (data["parameters"], data["related"]) == (["mynetworks"], ["topic/proxy-filter"])
    assert [command["run"] for command in data["commands"]] == ["x"]


def test_a_command_that_an_entry_has_itself_is_not_taken_from_its_part(
    write: Write, tmp_path: Path, base: Base
) -> None:
    write(
        "parts/p.md",
        "+++\ntitle = 'P'\n[[commands]]\nrun = 'x'\nwhy = 'theirs'\n[[commands]]\nrun = 'z'\nwhy = 'y'\n+++\n\nShared.\n",
    )
    own = "use = ['p']\n[[commands]]\nrun = 'x'\nwhy = 'ours'\n"
    write(PLACE, entry(FRONT + own, "Own.\n"))
    result = compiled(tmp_path, base)
    data = next(each.data for each in result.documents if each.kind == "log")
    assert [command["why"] for command in data["commands"]] == ["ours", "y"]
