"""A pickle in a search index may hold what Whoosh writes there, and can have nothing called."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from whoosh import columns, index
from whoosh.filedb.filestore import FileStorage

from mailhelp.errors import SourceError
from mailhelp.knowledge import manuals
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.pickles import only_data

# Whoosh leaves a file open that it cannot read
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Planted:
    """What does something when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "executed"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    document = Document("topic/x", "topic", "Deferred mail", ("x",), (), "Mail waits.", {})
    manuals.build(tmp_path / "search", [document])
    return tmp_path / "search"


def test_a_plain_pickle_would_have_been_executed(mark: Path) -> None:
    pickle.loads(pickle.dumps(Planted(mark)))
    assert mark.is_dir()


def test_what_whoosh_wrote_is_read(folder: Path) -> None:
    assert manuals.search(folder, "deferred mail")[0].id == "topic/x"


def test_outside_of_a_search_pickles_are_free(mark: Path) -> None:
    with only_data(), pytest.raises(pickle.UnpicklingError, match=r"os|posix"):
        pickle.loads(pickle.dumps(Planted(mark)))
    assert not mark.exists()
    assert pickle.loads(pickle.dumps(Path("/x"))) == Path("/x")


def planted(folder: Path, data: bytes) -> list[tuple[Path, bytes]]:
    """Each file of the index with one of its pickles replaced by ``data``."""
    found = []
    for path in folder.iterdir():
        whole = path.read_bytes()
        place = whole.find(b"\x80\x02")
        while place >= 0:
            found.append((path, whole[:place] + data + whole[place + len(data) :]))
            place = whole.find(b"\x80\x02", place + 1)
        for protocol in (b"\x80\x03", b"\x80\x04", b"\x80\x05"):
            place = whole.find(protocol)
            while place >= 0:
                found.append((path, whole[:place] + data + whole[place + len(data) :]))
                place = whole.find(protocol, place + 1)
    return found


def test_a_pickle_planted_anywhere_is_not_executed(folder: Path, mark: Path) -> None:
    data = pickle.dumps(Planted(mark), 2)
    places = planted(folder, data)
    assert len(places) >= 4  # schema, segments, directory, postings
    refused = 0
    for path, content in places:
        before = path.read_bytes()
        path.write_bytes(content)
        try:
            manuals.search(folder, "deferred mail waits")
        except SourceError as error:
            refused += "which no index does" in str(error)
        path.write_bytes(before)
        assert not mark.exists(), path
    assert refused


def test_a_schema_or_segments_that_act_are_refused(folder: Path, mark: Path) -> None:
    opened = index.open_dir(str(folder))
    toc = index.TOC.read(FileStorage(str(folder)), "MAIN")
    toc.segments = [Planted(mark)]
    next(folder.glob("*.toc")).unlink()
    toc.write(FileStorage(str(folder)), "MAIN")
    opened.close()
    with pytest.raises(SourceError, match="which no index does"):
        manuals.search(folder, "mail")
    assert not mark.exists()


def test_an_index_of_whoosh_1_is_not_read(folder: Path, mark: Path) -> None:
    """It is unpickled by a way of its own, past what the interpreter tells of."""
    (path,) = folder.glob("*.toc")
    whole = path.read_bytes()
    old = (-110).to_bytes(4, "big", signed=True)
    at = whole.find((-111).to_bytes(4, "big", signed=True))
    assert at > 0
    data = pickle.dumps(Planted(mark), 2)
    path.write_bytes(whole[:at] + old + whole[at + 4 : at + 7] + bytes([len(data)]) + data)
    with pytest.raises(SourceError, match="Can't read format -110"):
        manuals.search(folder, "mail")
    assert not mark.exists()


def test_functions_of_allowed_classes_are_not_reached(mark: Path) -> None:
    """``whoosh.fields`` imports modules; a dotted name would lead into them."""
    text = f"cwhoosh.fields\nsys.modules\n(S'{mark}'\ntR.".encode()
    with only_data(), pytest.raises(pickle.UnpicklingError):
        pickle.loads(text)


def test_columns_of_pickles_are_none_of_ours(folder: Path) -> None:
    schema = index.open_dir(str(folder)).schema
    kinds = {type(field.column_type) for _, field in schema.items() if field.column_type}
    assert columns.PickleColumn not in kinds
