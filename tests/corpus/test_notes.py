"""A user's notes are compiled once, kept, and serve even with faults among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelp.corpus.notes import open_notes
from mailhelp.knowledge.store import CATALOGUE, FieldRow, Store
from tests.corpus.conftest import FRONT, entry
from tests.fakes import FakeHost


@pytest.fixture
def store(bundled: Path) -> Iterator[Store]:
    opened = Store(bundled / CATALOGUE)
    yield opened
    opened.close()


@pytest.fixture
def notes(host: FakeHost) -> Path:
    folder = host.config_dir / "notes/log/postfix/smtpd"
    folder.mkdir(parents=True)
    return folder


def test_without_notes_nothing_is_compiled(host: FakeHost, store: Store) -> None:
    assert open_notes(host, store) == (None, ())


def test_a_field_of_a_note_serves_it(host: FakeHost, store: Store, notes: Path) -> None:
    front = FRONT.replace("{client}", "{zorker}") + "\n[fields.zorker]\nregex = '\\S+'\n"
    (notes / "a.md").write_text(entry(front), encoding="utf-8")
    opened, faults = open_notes(host, store)
    assert opened is not None
    assert faults == ()
    row = opened.field("zorker")
    assert row is not None
    assert (row.owner, row.table["regex"]) == ("log/postfix/smtpd/a", r"\S+")
    assert [row.name for row in opened.fields()] == ["zorker"]  # the bundled ones are not copied
    assert opened.path
    assert opened.searched_count() == 1
    opened.close()


def test_a_note_with_a_fault_is_left_out_and_the_others_serve(
    host: FakeHost, store: Store, notes: Path
) -> None:
    (notes / "a.md").write_text(entry(), encoding="utf-8")
    (notes / "b.md").write_text(entry(FRONT + "tilte = 1\n"), encoding="utf-8")
    (notes / "c.md").write_text(entry(samples="\n## Samples\n"), encoding="utf-8")
    for _ in range(2):  # compiled, then from the cache
        opened, faults = open_notes(host, store)
        assert opened is not None
        assert [fault.rpartition("/")[2].partition(": ")[0] for fault in faults] == [
            "b.md:7",
            "c.md:11",
        ]
        assert opened.document("log/postfix/smtpd/a") is not None
        assert opened.document("log/postfix/smtpd/b") is None
        opened.close()


def test_what_changes_is_compiled_again(host: FakeHost, store: Store, notes: Path) -> None:
    path = notes / "a.md"
    for title in ("A client", "Another client"):
        path.write_text(entry(FRONT.replace("A client", title)), encoding="utf-8")
        opened, _ = open_notes(host, store)
        assert opened is not None
        found = opened.document("log/postfix/smtpd/a")
        assert found is not None
        assert found.title == title
        opened.close()


def test_notes_are_compiled_again_for_the_corpus_of_another_release(
    host: FakeHost, notes: Path
) -> None:
    (notes / "a.md").write_text(entry(), encoding="utf-8")
    before, after = Store(), Store()
    before.add(fields=[FieldRow("client", "", {"regex": r"\S+"})], fingerprint="1")
    after.add(fingerprint="2")  # which has no such field any more
    for bundled, faults in ((before, 0), (after, 1), (before, 0)):
        opened, found = open_notes(host, bundled)
        assert opened is not None
        assert len(found) == faults
        opened.close()
