"""Damaged indexes, bombs, pipes and a machine without memory: a sentence or an answer, never a traceback."""

from __future__ import annotations

import gzip
import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailhelp.knowledge.store import CATALOGUE, Store
from tests.conftest import LINE, Mailhelp, Process

SEED = 9
QUESTIONS = (
    (("queue_lifetime",), ""),
    ((), LINE),
    (("why is mail deferred",), ""),
    (("5.7.1",), ""),
)


# Whoosh leaves a file open that it cannot read
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("flips", [1, 300, 30_000, 300_000])
@pytest.mark.parametrize("cut", [False, True])
def test_a_damaged_index_is_a_sentence_or_does_no_harm(
    mailhelp: Mailhelp, bundled: Path, tmp_path: Path, flips: int, cut: bool
) -> None:
    choose = random.Random(SEED * flips + cut)
    names = [path.relative_to(bundled) for path in bundled.rglob("*") if path.is_file()]
    for name in names:
        folder = tmp_path / "damaged"
        shutil.copytree(bundled, folder)
        data = bytearray((folder / name).read_bytes())
        for _ in range(min(flips, 8 * len(data))):
            data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
        (folder / name).write_bytes(data[: choose.randrange(len(data) + 1)] if cut else data)
        for words, text in QUESTIONS:
            done = mailhelp(*words, stdin=text, MAILHELP_INDEX=str(folder))
            assert done.code in (0, 1, 3), (name, words, done.err)
            assert done.out or done.err
        shutil.rmtree(folder)


def test_what_nobody_can_explain_is_laid_to_a_damaged_index(
    mailhelp: Mailhelp, bundled: Path, tmp_path: Path
) -> None:
    shutil.copytree(bundled, tmp_path / "damaged")
    path = tmp_path / "damaged" / CATALOGUE
    data = path.read_bytes()
    assert b'{"tags":' in data or b'"tags":' in data
    path.write_bytes(data.replace(b'"tags":', b'"tagt":'))
    store = Store(path)
    assert not store.is_whole()
    store.close()
    done = mailhelp(stdin=LINE, MAILHELP_INDEX=str(path.parent))
    assert done.code == 3
    assert "is damaged" in done.err
    assert "Install mailhelp again" in done.err


def test_a_fault_of_ours_is_not_laid_to_the_index(
    mailhelp: Mailhelp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("ours")

    monkeypatch.setattr("mailhelp.api.ask", broken)
    with pytest.raises(TypeError, match="ours"):
        mailhelp("queue_lifetime")


def test_a_whole_index_says_so(bundled: Path) -> None:
    store = Store(bundled / CATALOGUE)
    assert store.is_whole()
    store.close()


def test_a_pipe_that_nobody_writes_into(mailhelp: Mailhelp, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    done = mailhelp("explain", str(tmp_path / "log"))
    assert done.code == 3
    assert "is a pipe that nothing writes into" in done.err


def test_a_pipe_with_a_writer_is_read(mailhelp: Mailhelp, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    script = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    writer = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "log"), LINE])
    try:
        assert mailhelp("explain", str(tmp_path / "log")).out.startswith("Relay access denied")
    finally:
        writer.wait(30)


def test_a_compression_bomb_is_read_in_little_memory(process: Process, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "bomb.gz", "wb", 9) as file:
        for _ in range(200):
            file.write(bytes(1_000_000))
        file.write(b"\n" + LINE.encode())
    done = subprocess.run(
        [*process.words, "explain", str(tmp_path / "bomb.gz")],
        capture_output=True,
        env=process.environment,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (400_000_000,) * 2),
    )
    assert b"Relay access denied" in done.stdout
    assert done.stderr == b""
