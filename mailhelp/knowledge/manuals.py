"""Search in this host's manuals: words, phrases, wildcards. The only module that knows Whoosh's index.

Importing it takes longer than answering from a catalogue: import it where you search.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

from whoosh import analysis, fields, index, query
from whoosh.codec.whoosh3 import W3Codec
from whoosh.legacy import toc_loaders

from mailhelp.errors import SourceError
from mailhelp.knowledge.document import Document
from mailhelp.knowledge.pickles import only_data
from mailhelp.knowledge.search import Hit, excerpt
from mailhelp.knowledge.terms import terms, terms_of
from mailhelp.knowledge.weights import passages
from mailhelp.names import words

_TITLE = 3.0
"""What a word of a title or name counts beside one of the text."""
_BEGINNING = 4000
"""Characters of a piece that excerpts are taken from."""
_LONGEST, _MOST_PARTS = 2000, 60
"""Characters, words and phrases of a query that are looked at."""
_PART = re.compile(r'"([^"]*)"|(\S+)')
_WILD = re.compile(r"\w{3,}[*?][\w*?]*")
"""A word with a wildcard; with fewer letters before it, it would read the whole index."""


# indexes of Whoosh 1, which we never wrote, are unpickled in a way that ``only_data`` does not hear of
toc_loaders.clear()


class _Analyzer(analysis.Analyzer):  # type: ignore[misc]  # Whoosh is untyped
    """Cuts text into terms as the search in our own entries does, an identifier whole and in words."""

    def __call__(self, value: str, **kwargs: Any) -> Iterator[analysis.Token]:
        token = analysis.Token(positions=True, stopped=False, boost=1.0)
        for position, word in enumerate(words(value)):
            for term in terms_of(word):
                token.text, token.pos = term, position
                yield token


def build(folder: str | os.PathLike[str], documents: Iterable[Document]) -> frozenset[str]:
    """Write an index of ``documents`` into ``folder``, which is created; the words that stand in them.

    Raises ``OSError`` if the folder cannot be written.
    """
    os.makedirs(folder, exist_ok=True)
    schema = fields.Schema(
        id=fields.STORED,
        shown=fields.STORED,
        beginning=fields.STORED,
        title=fields.TEXT(_Analyzer(), field_boost=_TITLE),
        text=fields.TEXT(_Analyzer()),
    )
    found: set[str] = set()
    # all sorted in memory; not packed, since that takes an eighth of the time and saves a sixth of the space
    codec = W3Codec(compression=0)
    with index.create_in(str(folder), schema).writer(limitmb=1024, codec=codec) as writer:
        for document in documents:
            title = " ".join((document.title, *document.names))
            found.update(words(title), words(document.text))
            writer.add_document(
                id=document.id,
                shown=document.title,
                beginning=document.text[:_BEGINNING],
                title=title,
                text=document.text,
            )
    return frozenset(part for word in found for part in word.split("_") if part.isalpha())


def search(folder: str | os.PathLike[str], text: str, limit: int = 10) -> list[Hit]:
    """The pieces of man pages that fit ``text`` best: its words, ``"a phrase"``, ``smtpd_tls_*``.

    What has all of it comes first, with a ``share`` of 1; where nothing has all, some of it is enough.
    Raises ``SourceError`` if the index is damaged.
    """
    parts = [part for asked in _PART.findall(text[:_LONGEST]) if (part := _part(*asked))]
    try:
        with only_data(), index.open_dir(str(folder), readonly=True).searcher() as searcher:
            for whole, share in ((query.And, 1.0), (query.Or, 0.5)):
                found = searcher.search(whole(parts[:_MOST_PARTS]), limit=limit) if parts else ()
                if found:
                    wanted = set(terms(text))
                    return [
                        Hit(
                            hit["id"],
                            "page",
                            hit["shown"],
                            round(hit.score, 3),
                            excerpt(passages(hit["beginning"]), wanted),
                            share,
                        )
                        for hit in found
                    ]
        return []
    except Exception as error:  # in a damaged file any byte can be wrong
        raise SourceError(
            f"The search index {folder} cannot be read: {str(error) or type(error).__name__}.",
            "Run 'mailhelp index' to build this host's index again.",
        ) from error


def _part(phrase: str, word: str) -> query.Query | None:
    """A phrase or a word of a query, in titles and texts; ``None`` for small words and signs."""
    if _WILD.fullmatch(word):
        return _either(query.Wildcard, word.casefold())
    row = words(phrase)
    wanted = [terms_of(each)[0] for each in row if terms_of(each)]
    if len(wanted) > 1:  # small words have a place in the row, but no term
        return _either(query.Phrase, wanted, slop=1 + len(row) - len(wanted))
    each = [_word(one) for one in words(phrase or word) if terms_of(one)]
    return query.And(each) if each else None


def _word(word: str) -> query.Query:
    """A word; an identifier also by its words, which another one may have."""
    whole, *parts = terms_of(word)
    found = _either(query.Term, whole)
    return (
        query.Or([found, query.And([_either(query.Term, part) for part in parts])])
        if parts
        else found
    )


def _either(kind: type[query.Query], *asked: Any, **how: Any) -> query.Query:
    return query.Or([kind(field, *asked, **how) for field in ("title", "text")])
