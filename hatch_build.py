"""Compiles the corpus into ``index/`` before a wheel is made of it, and writes the wheel's bill of materials."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        from mailhelp.corpus.build import build
        from mailhelp.errors import CorpusError

        try:
            build(Path(self.root, "corpus"), Path(self.root, "index"))
        except CorpusError as error:
            sys.exit("\n".join((*error.faults, str(error))))
        sys.path.insert(0, str(Path(self.root, "tools")))
        import sbom

        bill = Path(self.root, "index", "mailhelp.cdx.json")
        bill.write_text(sbom.write(Path(self.root)), encoding="utf-8")
