"""The catalogue: asked from any thread, sent to other processes, damaged files named."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.store import CATALOGUE, PatternRow, Store

DOCUMENTS = (
    Document("parameter/maximal_queue_lifetime", "parameter", "How long", ("maximal_queue_lifetime",)),
    Document("topic/queue", "topic", "The queue", ("queue", "Queue-Life"), data={"n": 1}),
)  # fmt: skip
ROW = PatternRow(
    "postfix/smtpd", 8, "connect", "connect from (.*)", ("client",), "log/x", False, number=1
)


def filled(store: Store) -> Store:
    store.add(
        DOCUMENTS,
        [ROW],
        mentions=[("queue", "page/qmgr.8")],
        tables={"programs": {"a": {}}},
        made="today",
    )
    return store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    filled(Store.create(tmp_path / CATALOGUE)).close()
    return tmp_path / CATALOGUE


def test_what_was_added_is_found(path: Path) -> None:
    with closing(Store(path)) as store:
        document = store.document("topic/queue")
        assert document is not None
        assert (document.title, document.data) == ("The queue", {"n": 1})
        assert [name.id for name in store.named("QUEUE life")] == ["topic/queue"]
        assert [name.id for name in store.named_like("queue_lifetime")] == [DOCUMENTS[0].id]
        assert list(store.patterns(["postfix/smtpd"], ["connect", "other"])) == [ROW]
        assert list(store.patterns(["postfix/smtpd"], ["from"])) == []
        assert store.filing(["postfix/smtpd", "postfix/any"]) == {"connect"}
        assert store.table("programs") == {"a": {}}
        assert store.pages_that_mention("queue") == ["page/qmgr.8"]
        assert store.document("topic/other") is None
        assert store.named("other") == []


def test_any_thread_may_ask(path: Path) -> None:
    """A second thread was told that the index is damaged."""
    with closing(Store(path)) as store, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: store.document("topic/queue"), range(400)))
        assert {document and document.title for document in found} == {"The queue"}


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_pickled_store_answers_the_same(path: Path, in_memory: bool) -> None:
    with (
        closing(filled(Store()) if in_memory else Store(path)) as store,
        closing(pickle.loads(pickle.dumps(store))) as copy,
    ):
        assert copy.path == store.path
        assert copy.document("topic/queue") == store.document("topic/queue")
        assert list(copy.patterns(["postfix/smtpd"], copy.filing(["postfix/smtpd"]))) == [ROW]


def test_a_pickled_store_whose_file_is_gone(path: Path) -> None:
    with closing(Store(path)) as store:
        pickled = pickle.dumps(store)
    path.unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        pickle.loads(pickled)


def test_damaged_and_foreign_files_are_named(tmp_path: Path, path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(SourceError, match=r"no\.db"):
        Store(tmp_path / "no.db")
    store = Store.create(tmp_path / "old.db")
    store.add()
    store.add(format=-1)
    store.close()
    with pytest.raises(SourceError, match="another release"):
        Store(tmp_path / "old.db")


@pytest.mark.parametrize("name", ["", "\ud800", "%", "_", "\\", "'; drop table names", "x" * 9999])
def test_names_that_nothing_has(path: Path, name: str) -> None:
    with closing(Store(path)) as store:
        assert store.named(name) == []
        assert store.named_like(name) == [] or name == ""
        assert store.document(name) is None


def test_a_slip_of_a_letter_is_mended(path: Path) -> None:
    with closing(Store(path)) as store:
        assert store.corrected("queue_lifetme") == ["queue lifetime"]
        assert store.corrected("frobnicate_wombat") == []


def test_pages_that_mention_a_name_or_else_a_part_of_one() -> None:
    pages = ("page/a.1", "page/b.5")
    with closing(Store()) as store:
        store.add(mentions=[("queue_lifetime", pages[0]), ("maximal_queue_lifetime", pages[1])])
        assert store.pages_that_mention("Queue_Lifetime") == [pages[0]]
        assert store.pages_that_mention("lifetime") == list(pages)
        assert store.pages_that_mention("queue%life") == []  # its signs are no wildcards
