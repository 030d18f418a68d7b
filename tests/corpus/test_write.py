"""A compiled corpus in a catalogue: parts and patches are no answers by themselves."""

from __future__ import annotations

from pathlib import Path

from mailhelp.corpus import write as writer
from mailhelp.corpus.base import Base
from mailhelp.corpus.compile import compile_corpus
from mailhelp.corpus.read import read
from mailhelp.knowledge.search import search
from mailhelp.knowledge.store import Store
from tests.corpus.conftest import Write, entry

TOPIC = "title = 'Wombats'\nasked_as = ['wombats']\nsources = ['us']\n"


def test_what_is_stored_and_what_is_searched(write: Write, tmp_path: Path, base: Base) -> None:
    write("topics/wombat.md", entry(TOPIC, samples=""))
    write("topics/proxy-filter.patch.md", entry("", "Wombats here.\n", samples=""))
    write("parts/p.md", entry("title = 'P'\n", "Wombats too.\n", samples=""))
    write("places.toml", "[spool]\ndefault = '/x'\nmeaning = 'x'\n")
    compiled = compile_corpus(read(tmp_path / "notes"), base)
    assert compiled.faults == []
    store = Store()
    assert store.rivals() == {}
    compiled.rivals = {("log/a", "log/c"), ("log/a", "log/b")}
    writer.fill(store, compiled, fingerprint="7")
    assert store.rivals() == {"log/a": ["log/b", "log/c"]}
    assert store.meta("fingerprint") == '"7"'
    assert store.table("places") == {"spool": {"default": "/x", "meaning": "x"}}
    assert store.document("part/p") is not None
    patch = store.document("topic/proxy-filter")
    assert patch is not None
    assert patch.data["patch"]
    assert [hit.id for hit in search([store], "wombats")] == ["topic/wombat"]
