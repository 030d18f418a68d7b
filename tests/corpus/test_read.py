"""How files become entries: samples, fields, places of faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.corpus.read import Sample, folder_of, read, read_files, split_sections
from tests.corpus.conftest import Write, entry

PLACE = "log/postfix/smtpd/a.md"


def only(tmp_path: Path):
    (found,) = read(tmp_path / "notes").entries
    return found


def test_the_place_of_a_file_is_its_id(write: Write, tmp_path: Path) -> None:
    write(PLACE, entry())
    found = only(tmp_path)
    assert (found.id, found.kind, found.text) == (
        "log/postfix/smtpd/a",
        "log",
        "What it means.",
    )


def test_samples_are_read_as_the_program_wrote_them(write: Write, tmp_path: Path) -> None:
    samples = """
## Samples

From a test:

```
a 'line' with "quotes" = and \\ signs
  one = x = y
  made = true

... only the inner text
```

And from another one:

```
ends in a blank␠
  two = ␠z
```
"""
    write(PLACE, entry(samples=samples))
    assert only(tmp_path).samples == (
        Sample("a 'line' with \"quotes\" = and \\ signs", {"one": "x = y"}, 15, False, True),
        Sample("only the inner text", {}, 19, True),
        Sample("ends in a blank ", {"two": " z"}, 25),
    )


@pytest.mark.parametrize(
    ("samples", "fault"),
    [
        ("## Samples\n\n```\n  x = y\n```\n", "a.md:12: a sample is not indented"),
        ("## Samples\n\n```\na line\n  x\n```\n", "a.md:13: below a sample are its values"),
        ("## Samples\n\n```\na\n  x = 1\n  x = 2\n```\n", "a.md:14: the sample has 'x' twice"),
        ("## Samples\n\n```\na line\n", "a.md:10: '## Samples' has a fence"),
        ("## Samples\n\na line\n", "a.md:10: '## Samples' holds no line"),
        (
            "## Samples\n\n```\na\n```\n\n## More\n\nText.\n",
            "a.md:9: '## Samples' must be the last",
        ),
        ("## Causes\n\n## Samples\n\n```\na\n```\n", "a.md:9: '## Causes' is empty"),
    ],
)
def test_a_fault_below_the_front_matter_has_its_line(
    write: Write, tmp_path: Path, samples: str, fault: str
) -> None:
    write(PLACE, entry(samples=samples))
    (found,) = only(tmp_path).faults
    assert f"{found.path.name}:{found.line}: {found.text}".startswith(fault)


def test_a_heading_in_a_fence_is_none() -> None:
    text, sections = split_sections("a\n\n```\n## no\n```\n\n## yes\nb\n")
    assert text == "a\n\n```\n## no\n```"
    assert sections == {"yes": "b"}


def test_fields_come_from_all_families_and_from_entries(write: Write, tmp_path: Path) -> None:
    write("fields/a.toml", "# families\n\n[x]\nregex = 'x'\n")
    write("fields/b.toml", "[y]\nregex = 'y'\n")
    write("topics/t.md", "+++\ntitle = \"T\"\n\n[fields.z]\nregex = 'z'\n+++\nText.\n")
    found = {field.name: (field.owner, field.line) for field in read(tmp_path / "notes").fields}
    assert found == {"x": ("", 3), "y": ("", 1), "z": ("topic/t", 4)}


def test_files_that_nobody_reads_are_faults(write: Write, tmp_path: Path) -> None:
    write("fields.toml", "[x]\nregex = 'x'\n")
    write("topics/t.md", "no front matter\n")
    write("topics/_draft.md", "left alone\n")
    write("topics/u.md", "+++\ntitle = x\n+++\nText.\n")
    corpus = read(tmp_path / "notes")
    assert corpus.entries == ()
    assert [(fault.path.name, fault.line) for fault in corpus.faults] == [
        ("fields.toml", 1),
        ("t.md", 1),
        ("u.md", 2),
    ]


def test_one_file_of_a_corpus(write: Write, tmp_path: Path) -> None:
    path = write(PLACE, entry())
    write("log/postfix/smtpd/b.md", "no front matter\n")
    folder = folder_of(path)
    assert folder == tmp_path / "notes"
    assert [each.id for each in read_files(folder, [path]).entries] == ["log/postfix/smtpd/a"]
    assert folder_of(tmp_path / "notes/README.md") is None
