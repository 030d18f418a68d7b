"""Man pages of this host: what they say, and that they never displace an own entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelp.api import ask, man
from mailhelp.explain import page
from mailhelp.knowledge import host_index
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.store import Store
from mailhelp.session import Session
from tests.fakes import recorded
from tests.host.pages import host_with, manual


@pytest.fixture
def indexed(tmp_path: Path, bundled: Path) -> Iterator[Session]:
    """A session on a host whose manual is indexed: qmgr.8postfix, postconf.5, postqueue.1."""
    host = host_with(manual(tmp_path / "man"), home=tmp_path)
    host.commands["postconf", "-t"] = recorded("postconf-t.txt")
    first = Session(host, bundled)
    host_index.build(host, first.library.table("manpages"), lambda *_: None)
    first.close()
    session = Session(host, bundled)
    yield session
    session.close()


def test_an_own_entry_comes_before_the_page_of_its_name(indexed: Session) -> None:
    """mailhelp smtpd printed 1,470 lines of a page."""
    (answer,) = ask(indexed, "qmgr")
    assert (answer.kind, answer.entry) == ("topic", "topic/qmgr")
    assert "page/qmgr.8postfix" in answer.related


def test_a_part_of_an_own_name_comes_before_a_piece_of_a_page(indexed: Session) -> None:
    """message size was answered with a JSON field of postqueue(1)."""
    field = Document("page/postqueue.1/message_size", "page", "message_size", ("message_size",))
    assert indexed.library.host is not None
    with_field = Store()
    with_field.add([field._replace(data={"text": "x", "page": "postqueue", "section": "1"})])
    indexed.library.layers = (*indexed.library.layers, with_field)
    assert indexed.library.named("message size", "page")
    assert ask(indexed, "message size")[0].entry == "parameter/message_size_limit"


def test_a_parameter_links_to_its_piece_of_the_manual(indexed: Session) -> None:
    (answer,) = ask(indexed, "maximal_queue_lifetime")
    assert answer.kind == "parameter"
    assert "page/postconf.5/maximal_queue_lifetime" in answer.related


def test_ids_of_this_host_print_their_entries(indexed: Session) -> None:
    assert indexed.library.host is not None
    for kind in ("page", "template"):
        documents = indexed.library.host.all_of(kind)
        assert documents
        for document in documents:
            (answer,) = ask(indexed, document.id)
            assert (answer.kind, answer.entry) == (kind, document.id)
            assert answer.explanation or answer.text


def test_a_page_without_an_entry_is_shown(indexed: Session) -> None:
    (answer,) = ask(indexed, "postqueue.1")
    assert (answer.kind, answer.sources) == ("page", ("postqueue(1)",))
    assert answer.gist == "Postfix queue control"


def test_the_listing_goes_by_section(indexed: Session) -> None:
    assert indexed.library.host is not None
    listing = page.listing(indexed.library.host)
    titles = [result.title for result in listing.results]
    assert titles == ["postqueue(1)", "postconf(5)", "qmgr(8postfix)"]


def test_references() -> None:
    assert page.reference_of("page/qmgr.8postfix") == "qmgr(8postfix)"
    assert page.reference_of("page/postconf.5/x.y") == "postconf(5)"


@pytest.mark.parametrize("asked", ["main.cf", "postconf(5)", "postconf.5", "5 postconf"])
def test_a_page_in_every_way_that_it_is_asked_for(indexed: Session, asked: str) -> None:
    assert man(indexed, asked)[0].entry == "page/postconf.5"
