"""The bundled index: whole or not at all, and the one before serves until it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelp.corpus import build as module
from mailhelp.corpus.build import build
from mailhelp.errors import CorpusError
from mailhelp.knowledge.names_file import NAMES
from mailhelp.knowledge.store import CATALOGUE, Store
from mailhelp.regexes import FILE

TOPIC = "+++\ntitle = 'T'\nasked_as = ['what is t']\nsources = ['us']\n+++\nA text.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "topics").mkdir(parents=True)
    (folder / "defaults.toml").touch()
    (folder / "topics/t.md").write_text(TOPIC, encoding="utf-8")
    return folder


def test_what_an_index_consists_of(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(corpus, index)
    assert sorted(path.name for path in index.iterdir()) == sorted((CATALOGUE, NAMES, FILE))
    store = Store(index / CATALOGUE)
    assert [document.id for document in store.all_of("topic")] == ["topic/t"]
    first = store.meta("fingerprint")
    store.close()
    (corpus / "topics/t.md").write_text(TOPIC.replace("A text", "Another"), encoding="utf-8")
    build(corpus, index)
    store = Store(index / CATALOGUE)
    assert store.meta("fingerprint") != first  # notes that were compiled against it are stale
    store.close()


def test_nothing_is_built_of_a_corpus_with_a_fault(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(corpus, index)
    before = (index / CATALOGUE).read_bytes()
    (corpus / "topics/u.md").write_text(TOPIC.replace("title", "tilte"), encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        build(corpus, index)
    assert any("u.md:2" in fault for fault in caught.value.faults)
    assert (index / CATALOGUE).read_bytes() == before


def test_the_fingerprint_tells_a_corpus_from_another(corpus: Path) -> None:
    before = module._fingerprint(corpus)
    assert module._fingerprint(corpus) == before
    (corpus / "topics/t.md").rename(corpus / "topics/u.md")
    assert module._fingerprint(corpus) != before
