"""Which man pages are found, what is read from them, and which words they hold."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
from pathlib import Path

import pytest

from mailhelp.host import manpages, manrender
from mailhelp.host.machine import Host, Output
from mailhelp.host.manpages import Page
from mailhelp.knowledge.document import Document
from tests.fakes import RECORDED, FakeHost
from tests.host.pages import TABLE, host_with, manual, write

POSTFIX = ".TH X 8\n.SH NAME\nx \\- Postfix thing\n"


def ids(host: Host) -> list[str]:
    return [page.id for page in manpages.find(host, TABLE)]


def test_pages_are_found_without_apropos(tmp_path: Path) -> None:
    host = host_with(manual(tmp_path))
    assert ids(host) == ["page/postconf.5", "page/postqueue.1", "page/qmgr.8postfix"]


def test_pages_that_only_apropos_knows(tmp_path: Path) -> None:
    """Where Postfix has no sections of its own, pages are chosen by their description."""
    write(tmp_path, "man1/makedefs.1", POSTFIX)
    write(tmp_path, "man8/two.8", POSTFIX)
    write(tmp_path, "man8/three.8", POSTFIX)
    assert ids(host_with(tmp_path, apropos=True)) == ["page/makedefs.1", "page/two.8"]
    assert ids(host_with(tmp_path)) == []


def test_a_page_of_that_name_from_another_program(tmp_path: Path) -> None:
    """verify is a Postfix daemon, an OpenSSL command and the name of other things."""
    write(tmp_path, "man8/verify.8", ".TH VERIFY 8\n.SH NAME\nverify \\- checks backup tapes\n")
    write(tmp_path, "man1/verify.1ssl", ".TH VERIFY 1ssl\n.SH NAME\nverify \\- OpenSSL\n")
    assert ids(host_with(tmp_path)) == ["page/verify.1ssl"]


def test_links_and_stubs_are_other_names_of_one_page(tmp_path: Path) -> None:
    write(tmp_path, "man8/qmgr.8postfix", POSTFIX)
    (tmp_path / "man8/postlink.8postfix").symlink_to("qmgr.8postfix")
    write(tmp_path, "man8/poststub.8postfix", '.\\" comment\n.so man8/qmgr.8postfix\n')
    (page,) = manpages.find(host_with(tmp_path), TABLE)
    assert (page.name, page.aliases) == ("qmgr", ("postlink", "poststub"))


def test_an_alias_of_a_page_that_is_not_wanted(tmp_path: Path) -> None:
    write(tmp_path, "man1/openssl-cmds.1ssl", ".SH NAME\ns_client \\- OpenSSL commands\n")
    (tmp_path / "man1/s_client.1ssl").symlink_to("openssl-cmds.1ssl")
    assert ids(host_with(tmp_path)) == []


def test_packed_pages(tmp_path: Path) -> None:
    text = POSTFIX.encode()
    write(tmp_path, "man8/a.8postfix.gz", gzip.compress(text))
    write(tmp_path, "man8/b.8postfix.bz2", bz2.compress(text))
    write(tmp_path, "man8/c.8postfix.xz", lzma.compress(text))
    packed = write(tmp_path, "man8/d.8postfix.zst", b"(\xb5/\xfd")
    write(tmp_path, "man8/e.8postfix", f"{POSTFIX}Zoë\n".encode("latin-1"))
    host = host_with(tmp_path)
    host.commands["zstd", "-dc", str(packed)] = Output(POSTFIX)
    assert [page.name for page in manpages.find(host, TABLE)] == ["a", "b", "c", "d", "e"]


def test_a_damaged_page_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "man8/a.8postfix.gz", b"no gzip at all")
    write(tmp_path, "man8/b.8postfix.gz", gzip.compress(POSTFIX.encode())[:-9])
    write(tmp_path, "man8/c.8postfix.xz", b"no xz")
    write(tmp_path, "man8/d.8postfix.zst", b"zstd is missing here")
    (tmp_path / "man8/e.8postfix").symlink_to("nowhere")
    write(tmp_path, "man8/f.8postfix", POSTFIX)
    assert ids(host_with(tmp_path)) == ["page/f.8postfix"]


def test_the_first_folder_of_the_man_path_wins(tmp_path: Path) -> None:
    for place in ("local", "system"):
        write(tmp_path, f"{place}/man8/qmgr.8", f"{POSTFIX}{place}\n")
    (page,) = manpages.find(host_with(tmp_path / "local", tmp_path / "system"), TABLE)
    assert page.source.endswith("local\n")


def test_no_manual_at_all(tmp_path: Path) -> None:
    assert manpages.find(host_with(tmp_path / "missing"), TABLE) == []


def test_man_path_of_mandoc(tmp_path: Path) -> None:
    host = FakeHost({("man", "-w"): Output(f"{manual(tmp_path)}\n")})
    assert len(ids(host)) == 3


@pytest.fixture
def rendered(tmp_path: Path) -> dict[str, list[Document]]:
    """The documents of the recorded pages by page id, as groff formatted them."""
    host = host_with(manual(tmp_path))
    pages = {page.id: page for page in manpages.find(host, TABLE)}
    known = manpages.known_settings(pages.values())
    texts = manrender.render(
        host,
        {id: page.source for id, page in pages.items()},
        {id: page.path for id, page in pages.items()},
    )
    return {id: manpages.documents(pages[id], text, known) for id, text in texts}


def test_a_page_has_its_names_and_its_text(
    rendered: dict[str, list[Document]],
) -> None:
    page, *pieces = rendered["page/qmgr.8postfix"]
    assert page.title == "qmgr(8): Postfix queue manager"
    assert {"qmgr", "qmgr.8", "qmgr(8)", "qmgr.8postfix", "qmgr(8postfix)"} <= set(page.names)
    assert page.data["summary"] == "Postfix queue manager"
    assert page.data["section"] == "8postfix"
    assert page.data["pieces"] == [piece.id for piece in pieces]
    assert "SEE ALSO" in page.data["text"]


def test_headings_are_pieces(rendered: dict[str, list[Document]]) -> None:
    pieces = {piece.id: piece for piece in rendered["page/qmgr.8postfix"]}
    controls = pieces["page/qmgr.8postfix/RESOURCE CONTROLS"]
    assert controls.title == "qmgr(8): RESOURCE CONTROLS"
    assert controls.data["heading"] == "RESOURCE CONTROLS"
    assert pieces["page/qmgr.8postfix/SEE ALSO"].text == ""


def test_a_setting_is_a_piece_only_where_it_is_explained(
    rendered: dict[str, list[Document]],
) -> None:
    """maximal_queue_lifetime belongs to postconf(5); qmgr(8) only lists it."""
    names = [name for piece in rendered["page/qmgr.8postfix"][1:] for name in piece.names]
    assert names == ["qmgr_local_setting"]
    controls = rendered["page/qmgr.8postfix"][2]
    assert "maximal_queue_lifetime (5d)" in controls.text


def test_parameters_of_postconf(rendered: dict[str, list[Document]]) -> None:
    pieces = {piece.id: piece for piece in rendered["page/postconf.5"]}
    lifetime = pieces["page/postconf.5/maximal_queue_lifetime"]
    assert lifetime.names == ("maximal_queue_lifetime",)
    assert lifetime.data["default"] == "5d"
    assert lifetime.text.startswith("How long mail is tried.")
    relay = pieces["page/postconf.5/smtpd_relay_restrictions"]
    assert relay.data["default"] == (
        "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination"
    )
    assert relay.text == "Who may relay."
    assert "page/postconf.5/process_id" in pieces


def test_options_are_pieces(rendered: dict[str, list[Document]]) -> None:
    pieces = {piece.id: piece for piece in rendered["page/postqueue.1"]}
    flush = pieces["page/postqueue.1/-f"]
    assert flush.names == ("postqueue -f",)
    assert flush.data["text"] == "-f     Flush the queue.\n\n       Do that rarely."
    assert flush.data["heading"] == "DESCRIPTION"
    assert pieces["page/postqueue.1/-4"].data["terms"] == ["-4", "-6"]
    assert "page/postqueue.1/MAIL_CONFIG" in pieces
    assert "page/postqueue.1/ENVIRONMENT/More about it" in pieces
    assert "Flush" not in pieces["page/postqueue.1/DESCRIPTION"].text


def source(text: str) -> Page:
    return Page("x", "8", Path("/x.8"), text)


def test_mentions_are_names_and_no_words() -> None:
    words = manpages.mentions(
        source(
            ".IP \\fB\\-starttls\\fR\nSets \\fImaximal_queue_lifetime\\fR in main.cf, see "
            "\\fBpostmap\\fR(1), RFC 5321, 5.7.1, CApath and Mail::SpamAssassin::Conf.\n"
        )
    )
    assert {
        "-starttls",
        "maximal_queue_lifetime",
        "main.cf",
        "postmap(1)",
        "5.7.1",
        "capath",
        "mail::spamassassin::conf",
    } <= words
    assert not words & {"sets", "in", "see", "and"}


@pytest.mark.skipif(
    not (Host().which("man") and Host().which("postconf")), reason="man or Postfix is missing"
)
@pytest.mark.parametrize("word", ["queue_lifetime", "inet_interfaces", "postmap"])
def test_mentions_are_what_man_finds(word: str) -> None:
    """As ``man -s 8postfix -wK queue_lifetime`` does, in the twinkling of an eye."""
    told = subprocess.run(
        ["man", "-s", "8postfix", "-wK", word], capture_output=True, text=True, check=False
    ).stdout
    table = {"postfix": {"whole_sections": ["8postfix"]}}
    pages = manpages.find(Host(), table)
    found = {page.path for page in pages if any(word in said for said in manpages.mentions(page))}
    if not told:
        pytest.skip("this man has no -K, or no section 8postfix")
    assert found == {Path(line).resolve() for line in told.splitlines()}


def test_recorded_pages_are_ours() -> None:
    assert len(list((RECORDED / "man").glob("man*/*"))) == 3
