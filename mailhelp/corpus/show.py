"""An entry's patterns as they are matched: frames filled in, and the regex of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mailhelp.corpus.base import Base
from mailhelp.corpus.compile import compile_corpus
from mailhelp.corpus.read import KINDS, read_files
from mailhelp.errors import NothingFound


def patterns(folder: Path, id: str, base: Base) -> Iterator[str]:
    """Lines that show the patterns of the entry ``id`` of the corpus in ``folder``: text, then regex.

    ``base`` gives the fields and parts. Raises ``NothingFound`` if the corpus has no such entry.
    """
    kind, _, name = id.partition("/")
    places = {kind_: place for place, kind_ in KINDS.items()}
    path = folder / places.get(kind, kind) / f"{name}.md"
    if not path.is_file():
        raise NothingFound(f"{folder} has no entry {id}.", "An id is log/postfix/smtpd/connect.")
    compiled = compile_corpus(read_files(folder, [path]), base)
    yield from (str(fault) for fault in compiled.faults)
    shown = ""
    for form in compiled.forms.get(id, ()):
        if form.own != shown:
            yield form.own
        shown = form.own
        yield f"  {form.program}: {form.text}"
        yield f"    {form.regex}"
