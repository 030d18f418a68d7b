"""The layers as one: names, near names, notes before the bundled, damage said and done without."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.library import Library
from mailhelp.knowledge.store import CATALOGUE, Store


def store(*documents: Document, **tables: dict[str, dict[str, str]]) -> Store:
    found = Store()
    found.add(documents, tables=tables)
    return found


def topic(name: str, title: str, **data: object) -> Document:
    stored = {"explanation": {"markdown": title, "blocks": []}, **data}
    return Document(f"topic/{name}", "topic", title, (name,), data=stored)


@pytest.fixture
def library() -> Library:
    bundled = store(topic("a", "bundled a"), topic("b", "bundled b"), programs={"x": {"m": "1"}})
    notes = store(
        topic("a", "my a"), topic("b", "more", patch=True, sources=["me"]), programs={"y": {}}
    )
    host = store(Document("page/a.1", "page", "a(1)", ("a", "a.1")))
    return Library(bundled, notes, host)


def test_a_note_replaces_and_a_patch_adds(library: Library) -> None:
    own, patched = library.document("topic/a"), library.document("topic/b")
    assert own is not None
    assert own.title == "my a"
    assert patched is not None
    assert patched.title == "bundled b"
    assert patched.data["explanation"]["markdown"] == "more\n\nbundled b"
    assert patched.data["sources"] == ["me"]
    assert library.document("topic/c") is None


def test_names_come_from_all_layers(library: Library) -> None:
    assert [name.id for name in library.named("A")] == ["topic/a", "page/a.1"]
    assert [name.id for name in library.named("a", "page")] == ["page/a.1"]
    assert [document.id for document in library.all_of("topic")] == ["topic/a", "topic/b"]


def test_tables_are_merged(library: Library) -> None:
    assert library.table("programs") == {"x": {"m": "1"}, "y": {}}


def test_beginnings_and_near_names() -> None:
    names = ("maximal_queue_lifetime", "message_size_limit", "myhostname", "995", "993")
    library = Library(store(*(topic(name, name) for name in names)))
    assert [name.shown for name in library.named_from("queue_life")] == [names[0]]
    assert (
        library.named_from("") == library.named_from("life%") == library.named_from("x" * 999) == []
    )
    assert library.near("999") == ("993", "995")
    assert library.near("myhost") == ("myhostname",)
    assert library.near("myhostnaem") == ("myhostname",)
    assert library.near("mesage_size_limits") == ("message_size_limit",)
    assert library.near("frobnicate") == library.near("") == library.near("\ud800") == ()


def test_a_damaged_layer_is_done_without_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / CATALOGUE
    made = Store.create(path)
    made.add([topic("a", "host a")])
    made.close()
    damaged = Store(path)
    damaged._db.close()
    said: list[str] = []
    library = Library(store(topic("b", "b")), host=damaged, notice=said.append)
    assert library.document("topic/a") is None
    assert library.document("topic/b") is not None
    assert len(said) == 1
    assert "damaged" in said[0]
    alone = Library(damaged)
    with pytest.raises(SourceError, match="damaged"):
        alone.document("topic/a")


def test_what_is_not_searched_has_no_vocabulary(library: Library) -> None:
    assert "mail" not in library.vocabulary


def test_a_patch_adds_to_every_list_of_its_entry() -> None:
    lists = ("causes", "actions", "sections", "commands", "parameters", "related", "sources")
    bundled = store(topic("b", "bundled b", **{key: [f"their {key}"] for key in lists}))
    patch = {key: [f"my {key}"] for key in lists}
    notes = store(topic("b", "", patch=True, **patch))
    found = Library(bundled, notes).document("topic/b")
    assert found is not None
    for key in lists:
        assert found.data[key] == [f"their {key}", f"my {key}"]
    # a patch without text leaves the text as it is
    assert found.data["explanation"]["markdown"] == "bundled b"
