"""What may be unpickled from a search index: the classes that Whoosh writes there, and nothing that acts.

Whoosh keeps its schema, segments and postings pickled, and a pickle may name any function of any module and
have it called. Nobody else can write an index that is read (``trust``); this is the second wall.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

_WRITTEN = frozenset(
    (
        ("__builtin__", "bytes"),
        ("_codecs", "encode"),  # how bytes are written in old pickles
        ("builtins", "bytes"),
        ("builtins", "int"),
        ("collections", "defaultdict"),
        ("mailhelp.knowledge.manuals", "_Analyzer"),
        ("whoosh.codec.whoosh3", "W3Codec"),
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("whoosh.fields", "STORED"),
        ("whoosh.fields", "Schema"),
        ("whoosh.fields", "TEXT"),
        ("whoosh.formats", "Positions"),
    )
)
_reading = local()


@contextmanager
def only_data() -> Iterator[None]:
    """Meanwhile a pickle that names anything else raises ``pickle.UnpicklingError`` in this thread."""
    before = getattr(_reading, "on", False)
    _reading.on = True
    try:
        yield
    finally:
        _reading.on = before


def _refuse(event: str, details: tuple[Any, ...]) -> None:
    # the interpreter asks before it looks a name up, whichever of Whoosh's modules unpickles
    if event == "pickle.find_class" and getattr(_reading, "on", False) and details not in _WRITTEN:
        raise pickle.UnpicklingError(f"it names {'.'.join(map(str, details))}, which no index does")


sys.addaudithook(_refuse)
