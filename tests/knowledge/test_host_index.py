"""This host's index: built once, whole or not at all, again when something changed."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.host.machine import Host, Output
from mailhelp.knowledge import host_index, manuals
from mailhelp.knowledge.store import CATALOGUE, SEARCH, Store
from tests.fakes import FakeHost, recorded
from tests.host.pages import TABLE, host_with, manual, write


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    """A host with the recorded pages and templates, and an empty cache."""
    host = host_with(manual(tmp_path / "man"), home=tmp_path)
    host.commands["postconf", "-t"] = recorded("postconf-t.txt")
    host.commands["postconf", "-b"] = recorded("postconf-b.txt")
    return host


Stores = Callable[[str], Store]


@pytest.fixture
def stores() -> Iterator[Stores]:
    """Opens the catalogue in a folder; all are closed at the end."""
    with ExitStack() as opened:
        yield lambda folder: opened.enter_context(closing(Store(f"{folder}/{CATALOGUE}")))


def quiet(done: int, total: int, what: str) -> None:
    """No progress shown."""


def builds(host: FakeHost) -> list[str]:
    top = host.cache_dir / "host"
    return sorted(path.name for path in top.iterdir() if path.is_dir())


def test_everything_is_indexed(host: FakeHost, stores: Stores) -> None:
    seen: list[tuple[int, int, str]] = []
    folder = host_index.ensure(host, TABLE, lambda *step: seen.append(step))
    assert folder is not None
    store = stores(folder)
    lifetime = store.document("page/postconf.5/maximal_queue_lifetime")
    assert lifetime is not None
    assert lifetime.data["default"] == "5d"
    assert [name.id for name in store.named("delay_template")] == ["template/delay_template"]
    template = store.document("template/delay_template")
    assert template is not None
    assert set(template.data) == {"text"}
    assert store.pages_that_mention("queue_lifetime") == ["page/postconf.5", "page/qmgr.8postfix"]
    hits = manuals.search(f"{folder}/{SEARCH}", "delayed mail still being retried")
    assert hits[0].id == "template/delay_template"
    assert manuals.search(f"{folder}/{SEARCH}", "how long is mail tried")[0].id == lifetime.id
    assert json.loads(store.meta("listing") or "") == [
        ["1", "postqueue", "Postfix queue control", "page/postqueue.1"],
        ["5", "postconf", "Postfix configuration parameters", "page/postconf.5"],
        ["8postfix", "qmgr", "Postfix queue manager", "page/qmgr.8postfix"],
    ]
    assert seen[-1][:2] == (4, 4)
    assert [done for done, _, _ in seen] == [1, 2, 3, 4]


def test_a_second_call_builds_nothing(host: FakeHost) -> None:
    first = host_index.ensure(host, TABLE, quiet)
    asked = len(host.asked)
    assert host_index.ensure(host, TABLE, quiet) == first
    assert len(host.asked) == asked


def test_nothing_yet(host: FakeHost) -> None:
    assert host_index.current(host, TABLE) is None


def test_a_change_of_the_manual_makes_it_stale(host: FakeHost, tmp_path: Path) -> None:
    first = host_index.ensure(host, TABLE, quiet)
    write(tmp_path / "man", "man8/postnew.8postfix", ".SH NAME\npostnew \\- Postfix new\n")
    os.utime(tmp_path / "man/man8", (time.time() + 9, time.time() + 9))
    current = host_index.current(host, TABLE)
    assert current == host_index.Local(first or "", stale=True)
    second = host_index.ensure(host, TABLE, quiet)
    assert second != first
    assert host_index.current(host, TABLE) == host_index.Local(second or "", stale=False)


def test_a_change_of_one_page_makes_it_stale(host: FakeHost, tmp_path: Path) -> None:
    host_index.ensure(host, TABLE, quiet)
    os.utime(tmp_path / "man/man8/qmgr.8postfix", (1, 1))
    current = host_index.current(host, TABLE)
    assert current is not None
    assert current.stale


def test_other_wanted_pages_make_it_stale(host: FakeHost) -> None:
    host_index.ensure(host, TABLE, quiet)
    current = host_index.current(host, {"postfix": TABLE["postfix"]})
    assert current is not None
    assert current.stale


def test_asking_for_the_current_one_runs_no_command(host: FakeHost) -> None:
    """It is asked before every answer, so it must cost next to nothing."""
    host_index.ensure(host, TABLE, quiet)
    host.asked.clear()
    host_index.current(host, TABLE)
    assert host.asked == []


def test_old_builds_go_and_the_last_stays_for_its_readers(host: FakeHost) -> None:
    made = [host_index.build(host, TABLE, quiet) for _ in range(4)]
    assert builds(host) == sorted(Path(folder).name for folder in made[-2:] if folder)


def test_what_a_killed_builder_left_is_removed(host: FakeHost) -> None:
    top = host.cache_dir / "host"
    (top / "0123abcd-left/search").mkdir(parents=True)
    (top / "lock").touch()
    folder = host_index.build(host, TABLE, quiet)
    assert folder is not None
    assert builds(host) == [Path(folder).name]


def test_one_builder_at_a_time(host: FakeHost) -> None:
    """Meanwhile the old one serves; a dead builder's lock is no lock."""
    first = host_index.ensure(host, TABLE, quiet)
    with (host.cache_dir / "host/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert host_index.build(host, TABLE, quiet) is None
        assert host_index.ensure(host, {}, quiet) == first
    assert host_index.build(host, TABLE, quiet) not in (None, first)


def test_a_build_that_breaks_off_leaves_the_old_one(host: FakeHost) -> None:
    first = host_index.ensure(host, TABLE, quiet)

    def interrupt(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        host_index.build(host, TABLE, interrupt)
    assert first is not None
    assert builds(host) == [Path(first).name]
    assert host_index.current(host, TABLE) == host_index.Local(first, stale=False)


def test_a_cache_that_cannot_be_written(host: FakeHost) -> None:
    host.cache_dir.write_text("a file where the folder should be")
    with pytest.raises(SourceError, match="cannot be written") as caught:
        host_index.ensure(host, TABLE, quiet)
    assert "MAILHELP_CACHE_DIR" in caught.value.hint


def test_a_full_disk(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manuals, "build", full)
    with pytest.raises(SourceError, match="No space left on device"):
        host_index.ensure(host, TABLE, quiet)
    assert builds(host) == []


def test_damaged_builds_are_named_and_built_anew(host: FakeHost) -> None:
    folder = host_index.ensure(host, TABLE, quiet)
    assert folder is not None
    pointer = host.cache_dir / "host/current"
    for name in ("", "../host/x", "missing", "\0"):
        pointer.write_text(name)
        with pytest.raises(SourceError):
            host_index.current(host, TABLE)
    pointer.write_text(Path(folder).name)
    Path(folder, CATALOGUE).write_bytes(b"no database")
    with pytest.raises(SourceError, match="damaged"):
        host_index.current(host, TABLE)
    assert host_index.ensure(host, TABLE, quiet) not in (None, folder)
    assert host_index.current(host, TABLE) is not None


def test_a_build_of_another_release_does_not_count(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host_index.ensure(host, TABLE, quiet)
    monkeypatch.setattr("mailhelp.knowledge.store.FORMAT", 999)
    assert host_index.current(host, TABLE) is None


def test_somebody_elses_index_is_not_read(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index holds pickled data, which could do anything to who reads it."""
    host_index.ensure(host, TABLE, quiet)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    if owner != 0:
        with pytest.raises(SourceError, match="somebody else"):
            host_index.current(host, TABLE)


def test_pages_that_cannot_be_rendered_are_named(host: FakeHost, stores: Stores) -> None:
    host.commands = {key: value for key, value in host.commands.items() if key[0] != "groff"}
    folder = host_index.ensure(host, TABLE, quiet)
    assert folder is not None
    skipped = json.loads(stores(folder).meta("skipped") or "")
    assert skipped == ["page/postconf.5", "page/postqueue.1", "page/qmgr.8postfix"]
    assert manuals.search(f"{folder}/{SEARCH}", "delayed mail")


def test_a_host_without_a_manual_or_postfix(tmp_path: Path) -> None:
    host = FakeHost({("manpath", "-q"): Output("")}, tmp_path)
    folder = host_index.ensure(host, TABLE, quiet)
    assert folder is not None
    assert manuals.search(f"{folder}/{SEARCH}", "queue") == []
    assert host_index.current(host, TABLE) == host_index.Local(folder, stale=False)


@pytest.mark.skipif(Host().which("groff") is None, reason="groff is not installed")
@pytest.mark.skipif(Host().which("postconf") is None, reason="Postfix is not installed")
def test_the_real_host(tmp_path: Path, stores: Stores) -> None:
    class Here(Host):
        @property
        def cache_dir(self) -> Path:
            return tmp_path

    import tomllib

    corpus = Path(__file__).parents[2] / "corpus/manpages.toml"
    table = tomllib.loads(corpus.read_text(encoding="utf-8"))
    folder = host_index.ensure(Here(), table, quiet)
    assert folder is not None
    store = stores(folder)
    assert json.loads(store.meta("skipped") or "") == []
    found = {name.id for name in store.named("maximal_queue_lifetime")}
    assert "page/postconf.5/maximal_queue_lifetime" in found
    assert "page/postqueue.1/-f" in {name.id for name in store.named("postqueue -f")}
    hits = manuals.search(f"{folder}/{SEARCH}", "rate delay between deliveries")
    assert any("rate_delay" in hit.id for hit in hits[:3])
