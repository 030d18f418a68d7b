"""What a shell can complete, in a file that is read without a database."""

from pathlib import Path

from mailhelp.completion import names
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.names_file import NAMES, rows, write


def test_names_and_what_they_are() -> None:
    assert list(rows(Document("parameter/x", "parameter", "Sizes", ("a_size", "b_size")))) == [
        ("parameter", "a_size", "Sizes"),
        ("parameter", "b_size", "Sizes"),
    ]
    assert list(rows(Document("parameter/x", "parameter", "x", ("x",)))) == [("parameter", "x", "")]
    assert ("topic", "tls", "TLS") in rows(Document("topic/tls", "topic", "TLS", ("tls",)))


def test_what_can_be_filled_into_a_recipe() -> None:
    placeholders = {
        "host": {"meaning": "The server."},
        "port": {"meaning": "The port.", "default": "25"},
    }
    recipe = Document("recipe/r", "recipe", "R", ("r",), data={"placeholders": placeholders})
    assert list(rows(recipe))[-2:] == [
        ("recipe r", "host=", ": The server."),
        ("recipe r", "port=", "25: The port."),
    ]


def test_names_that_nobody_types_are_left_out() -> None:
    page = Document("page/qmgr.8", "page", "qmgr(8): x", ("qmgr", "qmgr.8", "qmgr(8)"))
    assert {name for _, name, _ in rows(page)} == {"qmgr"}
    for document in (
        Document("page/qmgr.8/-v", "page", "-v", ("qmgr -v",)),
        Document("log/postfix/smtpd/x", "log", "x", ("x",)),
        Document("part/x", "part", "x", ("x",)),
        Document("parameter/x", "parameter", "y", ("a b", "$(x)")),
    ):
        assert list(rows(document)) == []


def test_what_was_written_is_what_the_shell_reads(tmp_path: Path) -> None:
    write(
        tmp_path,
        [("topic", "b", "two\nlines"), ("topic", "a", "x" * 100), ("topic", "b", "two\nlines")],
    )
    assert (tmp_path / NAMES).exists()
    found = list(names([str(tmp_path)]))
    assert [name for _, name, _ in found] == ["a", "b"]
    assert found[0][2] == "x" * 71 + "…"
    assert found[1][2] == "two lines"
