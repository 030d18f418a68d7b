"""The search: people's own words find the right entry, typos and all."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from pathlib import Path

import pytest

from mailhelp.errors import SourceError
from mailhelp.knowledge import search
from mailhelp.knowledge.document import Document

OURS = (
    Document(
        "topic/queue",
        "topic",
        "How mail moves through the queue",
        ("queue",),
        ("why is my mail stuck in the queue",),
        "Mail that cannot be delivered now is deferred and tried again later.",
    ),
    Document(
        "parameter/maximal_queue_lifetime",
        "parameter",
        "How long undeliverable mail is tried",
        ("maximal_queue_lifetime",),
        ("how long does postfix keep trying",),
        "After this time the mail goes back to its sender.",
    ),
    Document(
        "log/postfix/smtpd/relay-access-denied",
        "log",
        "Relay access denied",
        text="554 5.7.1 <bob@example.net>: Relay access denied. The server does not relay for this "
        "client: smtpd_relay_restrictions refused it.",
    ),
    Document("status/5.7.1", "status", "Not allowed", ("5.7.1",), text="Policy refused the mail."),
    Document(
        "recipe/starttls-check",
        "recipe",
        "Check STARTTLS",
        text="Receiving servers show their certificate to openssl s_client.",
    ),
)
MANUAL = (
    Document(
        "page/postconf.5/maximal_queue_lifetime",
        "page",
        "postconf(5): maximal_queue_lifetime",
        ("maximal_queue_lifetime",),
        text="Consider a message as undeliverable, when delivery fails with a temporary error, and "
        "the time in the queue has reached the maximal_queue_lifetime limit.",
    ),
    Document(
        "page/postconf.5/smtpd_tls_security_level",
        "page",
        "postconf(5): smtpd_tls_security_level",
        ("smtpd_tls_security_level",),
        text="The SMTP TLS security level for the Postfix SMTP server; when a non-empty value is "
        "specified, this overrides the obsolete parameters.",
    ),
    Document("page/long.5", "page", "long(5)", text="queue " * 50 + "word " * 5000),
    Document("page/silent.1", "page", "silent(1)"),
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A bundled index and a host's."""
    top = tmp_path_factory.mktemp("search")
    search.build(top / "bundled", OURS)
    search.build(top / "host", MANUAL)
    return [top / "bundled", top / "host"]


def first(folders: list[Path], words: str) -> str:
    hits = search.search(folders, words)
    return hits[0].id if hits else ""


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("why is my mail stuck in the queue", "topic/queue"),
        ("Why's my mail STUCK in the queue?!", "topic/queue"),
        ("relay access denied", "log/postfix/smtpd/relay-access-denied"),
        ("relaying denied", "log/postfix/smtpd/relay-access-denied"),
        ("smtpd_tls_security_level", "page/postconf.5/smtpd_tls_security_level"),
        ("security levels tls", "page/postconf.5/smtpd_tls_security_level"),
        ("smtpd_relay_restrictions", "log/postfix/smtpd/relay-access-denied"),
        ("tls_security", "page/postconf.5/smtpd_tls_security_level"),
        ("checking starttls", "recipe/starttls-check"),
        ("5.7.1", "status/5.7.1"),
        ("how long does Postfix try", "parameter/maximal_queue_lifetime"),
    ],
)
def test_questions(folders: list[Path], words: str, wanted: str) -> None:
    assert first(folders, words) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("maximal queue liftime", "parameter/maximal_queue_lifetime"),
        ("maximal_queue_lifetmie", "parameter/maximal_queue_lifetime"),
        ("reciever certificate", "recipe/starttls-check"),
        ("relay acces denied", "log/postfix/smtpd/relay-access-denied"),
        ("deffered mail", "topic/queue"),
        ("certficate", "recipe/starttls-check"),
    ],
)
def test_a_slip_of_a_letter(folders: list[Path], words: str, wanted: str) -> None:
    assert first(folders, words) == wanted


def test_our_own_words_come_before_the_manual(folders: list[Path]) -> None:
    ids = [hit.id for hit in search.search(folders, "maximal_queue_lifetime")]
    assert ids[:2] == [
        "parameter/maximal_queue_lifetime",
        "page/postconf.5/maximal_queue_lifetime",
    ]
    assert ids == [hit.id for hit in search.search(folders[::-1], "maximal_queue_lifetime")]


def test_all_the_words_before_some_of_them(folders: list[Path]) -> None:
    hits = search.search(folders, "queue lifetime")
    assert hits[0].id.endswith("maximal_queue_lifetime")
    assert "topic/queue" in [hit.id for hit in hits]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_kinds_and_limit(folders: list[Path]) -> None:
    assert {hit.kind for hit in search.search(folders, "queue", kinds={"page"})} == {"page"}
    assert len(search.search(folders, "queue", limit=2)) == 2


@pytest.mark.parametrize("words", ["", "the of why", "?!", "xyzzyplugh", "\x00\x1b[31m", "12345"])
def test_nothing_to_find(folders: list[Path], words: str) -> None:
    assert search.search(folders, words) == []


def test_a_question_of_any_length(folders: list[Path]) -> None:
    assert first(folders, "relay access denied " * 5000) == "log/postfix/smtpd/relay-access-denied"


def test_excerpt_shows_the_words(folders: list[Path]) -> None:
    (hit,) = search.search(folders, "temporary error", kinds={"page"})
    assert "temporary error" in hit.excerpt
    assert len(hit.excerpt) <= 165
    (log,) = search.search(folders, "relay denied", limit=1)
    assert log.title == "Relay access denied"


def test_a_page_without_text_is_found_by_its_title(folders: list[Path]) -> None:
    assert first(folders, "silent") == "page/silent.1"


def test_an_entry_is_found_by_the_words_of_one_that_names_it(tmp_path: Path) -> None:
    named = Document("parameter/relayhost", "parameter", "The next hop", text="Where mail goes.")
    naming = Document("topic/smarthost", "topic", "Sending through a smarthost", text="x")
    other = Document("topic/other", "topic", "Other", text="x")
    search.build(tmp_path / "without", [named, naming, other])
    search.build(tmp_path / "with", [named, naming, other], {naming.id: [named.id, "gone"]})
    assert [hit.id for hit in search.search([tmp_path / "without"], "smarthost")] == [naming.id]
    hits = search.search([tmp_path / "with"], "smarthost")
    assert [hit.id for hit in hits] == [naming.id, named.id]
    hits = search.search([tmp_path / "with"], "smarthost", kinds={"parameter"})
    assert [hit.id for hit in hits if hit.score > 0] == [named.id]


def test_the_best_hits_lend_to_what_they_link_to(tmp_path: Path) -> None:
    hub = Document("topic/hub", "topic", "Hub", text="Only here stands the word wombat.")
    linked = Document("topic/linked", "topic", "Linked", text="Nothing of it.")
    other = Document("topic/other", "topic", "Other", text="Nothing of it.")
    search.build(tmp_path / "search", [other, linked, hub], {hub.id: [linked.id]})
    hits = search.search([tmp_path / "search"], "wombat")
    assert [hit.id for hit in hits if hit.score > 0] == [hub.id, linked.id]


def test_a_phrase_like_the_whole_question_comes_first(tmp_path: Path) -> None:
    like = Document("topic/like", "topic", "A", asked_as=("retry mail now", "send it all at once"))
    words = Document(
        "topic/words", "topic", "A", asked_as=("retry it all at once", "send mail now")
    )
    search.build(tmp_path / "search", [words, like])
    assert first([tmp_path / "search"], "retry mail now") == like.id
    assert first([tmp_path / "search"], "send mail now") == words.id


def test_how_much_of_the_question_was_found(folders: list[Path]) -> None:
    (whole, *_) = search.search(folders, "relay access denied")
    (half, *_) = search.search(folders, "relay frobnicator xyzzyplugh")
    assert whole.share == 1.0
    assert half.share < 0.5


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("delivery", "deliver"),
        ("expiry", "expire"),
        ("verify", "verification"),
        ("retry", "retries"),
    ],
)
def test_nouns_are_read_as_their_verbs(left: str, right: str) -> None:
    assert list(search.terms(left)) == list(search.terms(right))


def test_words_that_mean_the_same_help_where_nothing_has_the_word(folders: list[Path]) -> None:
    equals = {"cert": ("certificate", "wombat"), "queue": ("certificate",)}
    hits = search.search(folders, "cert", equals=equals)
    assert [hit.id for hit in hits] == ["recipe/starttls-check"]
    assert search.search(folders, "queue", equals=equals)[0].id == "topic/queue"


def test_terms_keep_names_and_codes() -> None:
    assert list(search.terms("The smtpd_tls_cert_file 5.7.1 of Queues, TLSv1.3")) == [
        "smtpd_tls_cert_file",
        *search.terms("smtpd tls cert file"),
        "5.7.1",
        "queue",
        *search.terms("TLSv1"),
        "3",
    ]


def test_a_missing_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=str(tmp_path)) as caught:
        search.search([tmp_path], "queue")
    assert "mailhelp index" in caught.value.hint


# Whoosh forgets to close what it had opened before it met the damage
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_damaged_index_is_no_crash(folders: list[Path], tmp_path: Path) -> None:
    """Whatever half is left of a file: an answer or a sentence."""
    refused = []
    for number, keep in enumerate((0, 10, 200, 1500, 4000)):
        for pattern in ("*.toc", "*.seg"):
            folder = tmp_path / f"{number}{pattern[2:]}"
            shutil.copytree(folders[0], folder)
            (file,) = folder.glob(pattern)
            file.write_bytes(file.read_bytes()[:keep])
            try:
                search.search([folder], "queue")
            except SourceError as error:
                refused.append(str(folder) in str(error))
    gc.collect()
    assert len(refused) >= 6
    assert all(refused)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_index_can_be_asked(folders: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "ro"
    shutil.copytree(folders[0], folder)
    folder.chmod(0o555)
    assert first([folder], "queue") == "topic/queue"


def test_only_this_module_knows_whoosh() -> None:
    package = Path(sys.modules["mailhelp"].__file__ or "").parent
    knowing = [path.name for path in package.rglob("*.py") if "import whoosh" in path.read_text()]
    knowing += [path.name for path in package.rglob("*.py") if "from whoosh" in path.read_text()]
    assert set(knowing) == {"search.py"}
