"""Which entries name which."""

from mailhelp.knowledge.document import Document
from mailhelp.knowledge.links import links


def test_what_is_related_and_the_parameters_that_matter() -> None:
    documents = [
        Document(
            "topic/a", "topic", "a",
            data={"related": ["topic/b", "topic/nobody", "topic/a"], "parameters": ["my_size", "x"]},
        ),
        Document("topic/b", "topic", "b"),
        Document("parameter/sizes", "parameter", "sizes", ("my_size", "his_size")),
    ]  # fmt: skip
    assert links(documents) == {
        "topic/a": ("topic/b", "parameter/sizes"),
        "topic/b": (),
        "parameter/sizes": (),
    }
