"""Imports point one way, and what only one module may know stays there."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "mailhelp"

# Lower may never import higher; modules on one line may import each other's neighbours only downward.
FLOORS = [
    {"regexes"},
    {"light", "visible"},
    {"errors", "jsontext", "trust", "answer", "names", "commands", "conditions", "knowledge.english"},
    {"arguments", "sentences", "completion", "times", "patterns", "host.machine", "host.program", "knowledge.document", "corpus.beside"},
    {"shell", "redact", "knowledge.store", "knowledge.names_file", "knowledge.stemmer", "knowledge.terms", "knowledge.weights", "knowledge.search", "knowledge.manuals", "knowledge.pickles", "knowledge.links", "knowledge.words", "host", "corpus.prose", "corpus.labels", "corpus.read", "corpus.needs"},
    {"log", "usage", "last", "review"},
    {"knowledge.library", "corpus.schema", "corpus.fields", "corpus.base", "corpus.compile"},
    {"corpus", "knowledge.host_index", "export"},
    {"session", "cluster"},
    {"explain"},
    {"query"},
    {"asking"},
    {"api"},
    {"render"},
    {"output", "progress", "condense", "inputs", "said"},
    {"actions"},
    {"app"},
    {"cli"},
    {"start"},
    {"__main__"},
]  # fmt: skip
ONLY = {
    "whoosh": {"knowledge.manuals"},
    "markdown_it": {"corpus.prose"},
    "msgspec": {"corpus.schema"},
    "distributed": {"cluster.client"},
    "fsspec": {"cluster.places"},
    "typer": {"app"},
    "subprocess": {"host.machine", "output", "log.files"},
}
WITHOUT_TESTS = {
    "__main__": "two lines; tests/test_start.py runs it",
    "knowledge.document": "one named tuple",
    "render.blocks": "named tuples; what becomes of them is tested with layout and markdown",
}
"""Modules without a test module of their own, and why."""


def name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def floor(module: str) -> int:
    for whole in (module, module.partition(".")[0]):
        for number, modules in enumerate(FLOORS):
            if whole in modules:
                return number
    raise AssertionError(f"{module} stands on no floor: add it to FLOORS")


@cache
def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__init__.py"]


def test_imports_point_down() -> None:
    known = {name(path) for path in modules()}
    upward = []
    for path in modules():
        for target in imports(path):
            inner = target.removeprefix("mailhelp.")
            if target.startswith("mailhelp.") and inner in known:
                same = inner.partition(".")[0] == name(path).partition(".")[0]
                if floor(inner) > floor(name(path)) or (
                    floor(inner) == floor(name(path)) and not same
                ):
                    upward.append(f"{name(path)} imports {inner}")
    assert upward == []


def test_what_one_module_owns_no_other_imports() -> None:
    for package, owners in ONLY.items():
        users = {
            name(path)
            for path in modules()
            if any(i.partition(".")[0] == package for i in imports(path))
        }
        assert users <= owners, package


def test_each_module_has_a_test_module() -> None:
    tests = Path(__file__).parent
    lacking = {
        name(path)
        for path in modules()
        if not (
            tests / path.parent.relative_to(PACKAGE) / f"test_{path.stem.rstrip('_')}.py"
        ).exists()
    }
    assert lacking == set(WITHOUT_TESTS)
