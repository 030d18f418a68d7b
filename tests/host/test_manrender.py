"""Man pages become plain text, whichever formatter there is and whatever a page does to it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from mailhelp.host import manrender
from mailhelp.host.machine import Host, Output
from tests.fakes import RECORDED, FakeHost, recorded
from tests.host.pages import GROFF

SOURCES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((RECORDED / "man").glob("man*/*"))
}
PATHS = {name: Path("/man") / name for name in SOURCES}
MANDOC = ("mandoc", "-T", "ascii", "-O", "width=78")
QUEUE = ("man", "-P", "cat", "/man/postqueue.1")


def render(host: Host, keys: Iterable[str] = tuple(SOURCES)) -> dict[str, str]:
    return dict(manrender.render(host, {key: SOURCES[key] for key in keys}, PATHS))


def test_groff_formats_many_pages_at_once() -> None:
    host = FakeHost({GROFF: recorded("groff.txt")})
    texts = render(host)
    assert host.asked == [GROFF]
    assert set(texts) == set(SOURCES)
    assert "Postfix queue control" in texts["postqueue.1"]
    assert "maximal_queue_lifetime (default: 5d)" in texts["postconf.5"]
    assert "@@" not in "".join(texts.values())


def test_a_page_that_stops_groff_is_left_to_man() -> None:
    """What groff wrote before is used; the page that stopped it and those behind it are not."""
    whole = recorded("groff.txt").stdout
    stopped = Output(whole[: whole.index("RESOURCE CONTROLS")], "troff: fatal", 1, "groff failed")
    man = recorded("man-postqueue.txt")
    host = FakeHost({GROFF: stopped, ("man", "-P", "cat", "/man/qmgr.8postfix"): man})
    texts = render(host)
    assert set(texts) == {"postqueue.1", "qmgr.8postfix"}
    assert texts["qmgr.8postfix"] == man.stdout


def test_mandoc_where_there_is_no_groff() -> None:
    host = FakeHost({MANDOC: recorded("mandoc-postqueue.txt")})
    text = render(host, ["postqueue.1"])["postqueue.1"]
    assert "\nSYNOPSIS\n   To flush the mail queue:\n" in text
    assert "\b" not in text


def test_man_where_there_is_neither() -> None:
    """Without man-db's options if it does not know them."""
    host = FakeHost({QUEUE: recorded("man-postqueue.txt")})
    assert "Flush the queue." in render(host, ["postqueue.1"])["postqueue.1"]
    assert len(host.asked) == 2


def test_no_formatter_at_all() -> None:
    assert render(FakeHost()) == {}


def test_formatting_is_removed() -> None:
    assert manrender.strip_formatting("_\bb\x1b[1mo\x1b[22;24mld\x1b[m B\bBB\bB") == "bold BB"


@pytest.fixture
def groff() -> Host:
    if Host().which("groff") is None:
        pytest.skip("groff is not installed")
    return Host()


def test_real_groff_gives_what_was_recorded(groff: Host) -> None:
    texts = render(groff)
    assert set(texts) == set(SOURCES)
    for key, text in render(FakeHost({GROFF: recorded("groff.txt")})).items():
        assert texts[key].split() == text.split()


@pytest.mark.parametrize(
    "spoiler",
    [
        ".ig\nnever ended\n",
        ".ex\n",
        ".ab give up\n",
        ".de SH\nredefined and never ended\n",
        ".so /etc/passwd\n",
        ".in 500n\n.ll 3n\nwide\n",
        ".ft B\n.nf\n.ce 99\nno end to it\n",
    ],
)
def test_no_page_spoils_another(groff: Host, spoiler: str, tmp_path: Path) -> None:
    """A spoilt page may get lost; every other page is there, and reads as it does alone."""
    sources = {"a": SOURCES["postqueue.1"], "b": SOURCES["qmgr.8postfix"]}
    sources["spoilt"] = f".TH SPOILT 8\n.SH NAME\nspoilt\n{spoiler}" + '.\\" long\n' * 100
    paths = {}
    for key, text in sources.items():
        paths[key] = tmp_path / f"{key}.8"
        paths[key].write_text(text, encoding="utf-8")
    texts = dict(manrender.render(groff, sources, paths))
    if groff.which("man"):
        assert {"a", "b"} <= set(texts)
    for key in {"a", "b"} & set(texts):
        alone = dict(manrender.render(groff, {key: sources[key]}, paths))[key]
        assert sorted(set(alone.split()) - set(texts[key].split())) in ([], [key.upper()])
    assert "root:" not in "".join(texts.values())
