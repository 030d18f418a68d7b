"""Compiles the corpus into ``index/`` before a wheel is made of it."""

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
