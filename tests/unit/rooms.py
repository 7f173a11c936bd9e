"""The rooms of the package and the imports between them, read from the files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from projects import ROOT

PACKAGE = ROOT / "sitebuild"
FILES = sorted(PACKAGE.rglob("*.py"))


def rooms() -> list[str]:
    """The rooms in the order of the package's docstring: a line each, name first."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    paragraphs = (ast.get_docstring(tree) or "").split("\n\n")
    table = next(text for text in paragraphs if text.startswith("drawn "))
    return [line.split()[0] for line in table.splitlines()]


def room_of(path: Path) -> str:
    """The room that a file of the package belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(source: str, path: Path) -> Iterator[str]:
    """The rooms that a module imports, inside its functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield from _room_in(name.name)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, path)
            if module == "sitebuild":
                yield from (name.name for name in node.names)
            yield from _room_in(module)


def _absolute(node: ast.ImportFrom, path: Path) -> str:
    """The module that an import names, a relative one seen from its file."""
    if not node.level:
        return node.module or ""
    folder = path.relative_to(PACKAGE.parent).parent.parts
    base = folder[: len(folder) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _room_in(module: str) -> Iterator[str]:
    parts = module.split(".")
    if parts[0] == "sitebuild" and len(parts) > 1:
        yield parts[1]


def imports_by_string(source: str) -> list[str]:
    """The calls that import by a string what may be a module of the package."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = ast.unparse(node.func).rpartition(".")[2]
        if function in ("import_module", "__import__", "run_module"):
            argument = node.args[0] if node.args else None
            foreign = isinstance(argument, ast.Constant) and not str(
                argument.value
            ).startswith("sitebuild")
            if not foreign:
                found.append(ast.unparse(node))
    return found
