"""The search in man pages: words, phrases, wildcards, and whatever else is typed."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.knowledge import manuals
from mailhelp.knowledge.document import Document

LIFETIME = Document(
    "page/postconf.5/maximal_queue_lifetime",
    "page",
    "postconf(5): maximal_queue_lifetime",
    ("maximal_queue_lifetime",),
    text="Consider a message as undeliverable, when delivery fails with a temporary error, and "
    "the time in the queue has reached the maximal_queue_lifetime limit.",
)
LEVEL = Document(
    "page/postconf.5/smtpd_tls_security_level",
    "page",
    "postconf(5): smtpd_tls_security_level",
    ("smtpd_tls_security_level",),
    text="The SMTP TLS security level for the Postfix SMTP server; the error is temporary.",
)
SILENT = Document("page/silent.1", "page", "silent(1)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manuals") / "search"
    assert "undeliverable" in manuals.build(folder, (LIFETIME, LEVEL, SILENT))
    return folder


def ids(folder: Path, text: str) -> list[str]:
    return [hit.id for hit in manuals.search(folder, text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("maximal_queue_lifetime", [LIFETIME]),
        ("security levels", [LEVEL]),
        ("the level of security", [LEVEL]),
        ("queue_lifetime", [LIFETIME]),
        ('"temporary error"', [LIFETIME]),
        ('"fails with a temporary"', [LIFETIME]),
        ('"error temporary"', []),
        ('"the error is temporary" smtp', [LEVEL]),
        ("smtpd_tls_*", [LEVEL]),
        ("undeliver?ble", []),
        ("maxim* temporary", [LIFETIME]),
        ("silent", [SILENT]),
        ("level wombat", [LEVEL]),
        ("wombat", []),
    ],
)
def test_what_is_found(folder: Path, text: str, wanted: list[Document]) -> None:
    assert ids(folder, text) == [each.id for each in wanted]


@pytest.mark.parametrize(
    "text",
    ["", "the of", '"', '""', "*", "a*", '*:()"~', "\x00", "AND OR NOT", "title:x", "x" * 9999],
)
def test_what_says_nothing_finds_nothing(folder: Path, text: str) -> None:
    assert ids(folder, text) == []


def test_ten_thousand_words(folder: Path) -> None:
    assert ids(folder, "security level " * 5000) == [LEVEL.id]


def test_all_words_are_better_than_some(folder: Path) -> None:
    (whole,) = manuals.search(folder, "temporary undeliverable")
    (some, *_) = manuals.search(folder, "wombat undeliverable")
    assert (whole.share, some.share) == (1.0, 0.5)
    assert "temporary error" in whole.excerpt


def test_a_missing_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=str(tmp_path)) as caught:
        manuals.search(tmp_path, "queue")
    assert "mailhelp index" in caught.value.hint


# Whoosh forgets to close what it had opened before it met the damage
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_damaged_index_is_no_crash(folder: Path, tmp_path: Path) -> None:
    """Whatever half is left of a file: an answer or a sentence."""
    refused = []
    for number, keep in enumerate((0, 10, 200, 1500, 4000)):
        for pattern in ("*.toc", "*.seg"):
            copy = tmp_path / f"{number}{pattern[2:]}"
            shutil.copytree(folder, copy)
            (file,) = copy.glob(pattern)
            file.write_bytes(file.read_bytes()[:keep])
            try:
                manuals.search(copy, "queue")
            except SourceError as error:
                refused.append(str(copy) in str(error))
    gc.collect()
    assert len(refused) >= 5
    assert all(refused)
