"""Builds the bundled index: ``corpus/`` → ``index/``. Run by the package build and by developers.

``python -m mailhelp.corpus.build`` does it in a checkout.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

from mailhelp.errors import CorpusError
from mailhelp.knowledge.store import CATALOGUE, Store


def build(corpus: Path, folder: Path) -> None:
    """Compile ``corpus`` into ``folder``, beside what is there, then in its place.

    Raises ``CorpusError`` with all faults if the corpus has any: a package is never built from half.
    """
    from mailhelp.corpus import regex_file, write
    from mailhelp.corpus.check import check
    from mailhelp.knowledge import names_file

    compiled, faults = check(corpus)
    if faults:
        raise CorpusError(
            f"The corpus has {len(faults)} faults.", tuple(str(fault) for fault in faults)
        )
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = folder / f"{CATALOGUE}.new"
    catalogue.unlink(missing_ok=True)
    store = Store.create(catalogue)
    write.fill(store, compiled, fingerprint=_fingerprint(corpus))
    store.close()
    names_file.write(folder, (row for each in compiled.documents for row in names_file.rows(each)))
    catalogue.replace(folder / CATALOGUE)
    regex_file.write(folder, compiled)


def _fingerprint(corpus: Path) -> str:
    """A short name for what stands in the corpus: what was compiled against another one is stale."""
    total = 0
    for path in sorted(corpus.rglob("*.*")):
        if path.is_file():
            total = zlib.crc32(path.read_bytes(), zlib.crc32(path.name.encode(), total))
    return f"{total:08x}"


if __name__ == "__main__":
    top = Path(__file__).parent.parent.parent
    try:
        build(top / "corpus", top / "index")
    except CorpusError as error:
        sys.exit("\n".join((*error.faults, str(error))))
