"""The search: people's own words find the right entry, typos and all."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from mailhelp.errors import SourceError
from mailhelp.knowledge import search
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.store import Store
from mailhelp.knowledge.weights import weigh
from mailhelp.session import Session
from tests.conftest import CORPUS

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
MORE = (
    Document(
        "page/qmgr.8",
        "page",
        "qmgr(8)",
        ("qmgr",),
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


def stored(
    documents: Iterable[Document], links: Mapping[str, Collection[str]] = MappingProxyType({})
) -> Store:
    """A catalogue that is searched."""
    store = Store()
    store.add_searched(*weigh(documents, links))
    return store


@pytest.fixture(scope="module")
def stores() -> list[Store]:
    """Two catalogues that are searched as one."""
    return [stored(OURS), stored(MORE)]


def first(stores: list[Store], words: str) -> str:
    hits = search.search(stores, words)
    return hits[0].id if hits else ""


def best(stores: list[Store], words: str) -> str:
    """The first hit where only the likeness of whole phrases counts beside the words."""
    (hit, *_) = search.search(stores, words, weights={"score": 1.0, "asked": 1.0})
    return hit.id


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
def test_questions(stores: list[Store], words: str, wanted: str) -> None:
    assert first(stores, words) == wanted


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
def test_a_slip_of_a_letter(stores: list[Store], words: str, wanted: str) -> None:
    assert first(stores, words) == wanted


def test_all_the_words_before_some_of_them(stores: list[Store]) -> None:
    hits = search.search(stores, "queue lifetime")
    assert hits[0].id.endswith("maximal_queue_lifetime")
    assert "topic/queue" in [hit.id for hit in hits]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_limit(stores: list[Store]) -> None:
    assert len(search.search(stores, "queue", limit=2)) == 2


@pytest.mark.parametrize("words", ["", "the of why", "?!", "xyzzyplugh", "\x00\x1b[31m", "12345"])
def test_nothing_to_find(stores: list[Store], words: str) -> None:
    assert search.search(stores, words) == []


def test_a_question_of_any_length(stores: list[Store]) -> None:
    assert first(stores, "relay access denied " * 5000) == "log/postfix/smtpd/relay-access-denied"


def test_excerpt_shows_the_words(stores: list[Store]) -> None:
    hit = search.search(stores, "temporary error")[0]
    assert "temporary error" in hit.excerpt
    assert len(hit.excerpt) <= 165
    (log,) = search.search(stores, "relay denied", limit=1)
    assert log.title == "Relay access denied"


def test_a_document_without_text_is_found_by_its_title(stores: list[Store]) -> None:
    assert first(stores, "silent") == "page/silent.1"


def test_the_first_of_two_stores_replaces_an_entry(stores: list[Store]) -> None:
    note = stored([OURS[0]._replace(title="Our queue of mail")])
    hits = search.search([note, *stores], "mail stuck in the queue")
    assert [hit.title for hit in hits if hit.id == "topic/queue"] == ["Our queue of mail"]


def test_an_entry_is_found_by_the_words_of_one_that_names_it() -> None:
    named = Document("parameter/relayhost", "parameter", "The next hop", text="Where mail goes.")
    naming = Document("topic/smarthost", "topic", "Sending through a smarthost", text="x")
    other = Document("topic/other", "topic", "Other", text="x")
    without = stored([named, naming, other])
    linked = stored([named, naming, other], {naming.id: [named.id, "gone"]})
    assert [hit.id for hit in search.search([without], "smarthost")] == [naming.id]
    assert [hit.id for hit in search.search([linked], "smarthost")] == [naming.id, named.id]


def test_the_best_hits_lend_to_what_they_link_to() -> None:
    hub = Document("topic/hub", "topic", "Hub", text="Only here stands the word wombat.")
    linked = Document("topic/linked", "topic", "Linked", text="Nothing of it.")
    other = Document("topic/other", "topic", "Other", text="Nothing of it.")
    hits = search.search([stored([other, linked, hub], {hub.id: [linked.id]})], "wombat")
    assert [hit.id for hit in hits if hit.score > 0] == [hub.id, linked.id]


def test_a_phrase_like_the_whole_question_comes_first() -> None:
    like = Document("topic/like", "topic", "A", asked_as=("retry mail now", "send it all at once"))
    words = Document(
        "topic/words", "topic", "A", asked_as=("retry it all at once", "send mail now")
    )
    stores = [stored([words, like])]
    assert best(stores, "retry mail now") == like.id
    assert best(stores, "send mail now") == words.id


def test_how_much_of_the_question_was_found(stores: list[Store]) -> None:
    (whole, *_) = search.search(stores, "relay access denied")
    (half, *_) = search.search(stores, "relay frobnicator xyzzyplugh")
    assert whole.share == 1.0
    assert half.share < 0.5


def test_words_that_mean_the_same_help_where_nothing_has_the_word(stores: list[Store]) -> None:
    equals = {"cert": ("certificate", "wombat"), "queue": ("certificate",)}
    hits = search.search(stores, "cert", equals=equals)
    assert [hit.id for hit in hits] == ["recipe/starttls-check"]
    assert search.search(stores, "queue", equals=equals)[0].id == "topic/queue"


def test_a_message_that_is_quoted_counts() -> None:
    one = Document("log/x/a", "log", "A", text="one two", data={"says": ["no such user here"]})
    two = Document("log/x/b", "log", "B", text="one two such user no here such user")
    weights = {"score": 1.0, "quoted": 50.0}
    (best, *_) = search.search([stored([two, one])], "no such user one", weights=weights)
    assert best.id == one.id


def test_an_entry_about_a_program_that_is_not_named_counts_less() -> None:
    usual = [Document(f"log/a/{n}", "log", "disk full", text="disk full") for n in (1, 2)]
    other = Document("log/b/x", "log", "disk full", text="disk full now")
    weights = {"score": 1.0, "elsewhere": -30.0}
    stores = [stored([other, *usual])]
    assert search.search(stores, "disk full now")[0].id == other.id
    assert search.search(stores, "disk full now", weights=weights)[0].id == "log/a/1"
    assert search.search(stores, "b disk full now", weights=weights)[0].id == other.id


def test_an_entry_about_a_provider_that_is_not_named_counts_less() -> None:
    theirs = Document("log/postfix/smtp/remote-acme-expired", "log", "Certificate expired")
    store = Store()
    store.add_searched(*weigh([theirs], {}, {"acme": ["acme", "acmemail"]}))
    for question, unnamed in (("certificate expired", 1.0), ("acmemail certificate expired", 0.0)):
        (found,) = search.candidates([store], question)
        assert found.features["provider"] == unnamed


def test_features_are_between_bounds(stores: list[Store]) -> None:
    for each in search.candidates(stores, "how long does Postfix try the queue"):
        assert each.features["score"] <= 0
        for name in ("pairs", "elsewhere", "quoted", "asked", "worded", "title"):
            assert 0 <= each.features[name] <= 1, name


def test_every_feature_has_a_weight(stores: list[Store]) -> None:
    text = (CORPUS / "ranking.toml").read_text(encoding="utf-8")
    known = tomllib.loads(text)["weights"]
    assert set(known) == set(search.candidates(stores, "queue")[0].features)


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    store = Store.create(path)
    store.add_searched(*weigh(OURS, {}))
    store.close()
    path.write_bytes(path.read_bytes().replace(b"Relay", b"\xff\xfelay"))
    damaged = Store(path)
    with pytest.raises(SourceError, match="damaged"):
        search.search([damaged], "queue relay access")
    damaged.close()


@pytest.mark.parametrize("name", ["jane", "president"])
def test_a_slip_has_the_first_letter_right_but_for_a_lost_one(session: Session, name: str) -> None:
    slips: dict[str, str] = {}
    search.search(session.library.searched, f"why was {name} locked out", slips=slips)
    assert slips.get(name) not in ("dane", "resident")


@pytest.mark.parametrize("word", ["plenty", "keyboard", "spews", "oneliner"])
def test_everyday_words_are_no_slips(session: Session, word: str) -> None:
    from mailhelp.explain import question

    answer = question.explain(session, f"my {word} and the mail queue")
    assert not any(note.startswith("Read as") for note in answer.notes)
