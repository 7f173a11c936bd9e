"""These tests hold any engine: they know a site by what comes out of it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(HERE.rglob("*.py"))
OWN = {path.stem for path in FILES}


def imported(source: str) -> set[str]:
    """Return the packages that a text imports, in functions too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def texts(source: str) -> list[str]:
    """Return the texts of a file that are Python and import something."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and "import " in str(node.value):
            found.append(str(node.value))
    return found


def test_nothing_of_the_engine_is_imported() -> None:
    """Neither a test nor a helper imports `sitebuild`, nor does code that one starts."""
    for path in FILES:
        source = path.read_text("utf-8")
        assert "sitebuild" not in imported(source), path
        for text in texts(source) if path != Path(__file__) else ():
            assert "import sitebuild" not in text, path
            assert "from sitebuild" not in text, path


def test_nothing_of_other_tests_is_imported() -> None:
    """The folder is whole: what its files import is here, or is installed."""
    tests = {file.stem for file in HERE.parent.rglob("*.py")} - OWN
    for path in FILES:
        foreign = imported(path.read_text("utf-8")) & tests
        assert foreign - set(sys.stdlib_module_names) == set(), path


@pytest.mark.parametrize(
    "source",
    [
        "import sitebuild.plugin",
        "def f():\n    from sitebuild import plugin",
        "from sitebuild.model import A",
    ],
)
def test_an_import_is_seen(source: str) -> None:
    """The tests above can fail."""
    assert "sitebuild" in imported(source)
