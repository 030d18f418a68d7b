"""What every source yields: one thing that can be looked up by name or found by search."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailhelp.light import Any, NamedTuple


class Document(NamedTuple):
    """One entry of the corpus, one parameter, one section of a man page, one template.

    ``id`` is ``kind/name`` and unique (``parameter/myhostname``); ``names`` are what a user
    types to get exactly this; ``asked_as`` are questions it answers; ``text`` is what the
    search index reads; ``data`` is JSON-able and holds what the kind's explainer needs.
    """

    id: str
    kind: str
    title: str
    names: tuple[str, ...] = ()
    asked_as: tuple[str, ...] = ()
    text: str = ""
    data: Mapping[str, Any] = MappingProxyType({})
