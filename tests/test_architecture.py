"""Imports point one way, and what only one module may know stays there."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "mailhelp"

# Lower may never import higher; modules on one line may import each other's neighbours only downward.
FLOORS = [
    {"errors", "answer", "names"},
    {"document", "template", "arguments"},
    {"store", "host", "prose"},
    {"log.fields", "log.syslog", "log.redact", "log.trace"},
    {"log.pattern", "log.catalogue"},
    {"log.spans", "log.stream"},
    {"sources.corpus", "sources.files", "sources.postconf", "sources.manfiles", "sources.manrender",
     "sources.mansplit"},
    {"sources.manpages", "compile", "library"},
    {"check", "index"},
    {"sources.notes", "build", "local"},
    {"session"},
    {"explain"},
    {"recipes", "query"},
    {"ask"},
    {"render"},
    {"output", "progress", "condense"},
    {"commands"},
    {"app"},
    {"cli"},
    {"__main__"},
]  # fmt: skip
ONLY = {
    "whoosh": {"index"},
    "markdown_it": {"prose"},
    "typer": {"app"},
    "subprocess": {"host", "output"},
}


def name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def floor(module: str) -> int:
    for number, modules in enumerate(FLOORS):
        if module in modules or module.partition(".")[0] in modules:
            return number
    raise AssertionError(f"{module} stands on no floor: add it to FLOORS")


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
