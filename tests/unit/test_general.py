"""The machinery knows nothing of the subject: it builds a site on bread as well, and its parts depend one way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bread import bake
from projects import ROOT, Project

SUBJECT = r"massag|\bback pain|\blower back|lumbar|spine|muscle|\\btension|stress\b|overuse|circulation|flexibilit|contraindic|\bmedical|clinician"
PACKAGE = ROOT / "sitebuild"
FILES = sorted(PACKAGE.rglob("*.py"))
CODE = sorted([*(ROOT / "sitebuild").rglob("*.*"), *(ROOT / "theme").rglob("*.*")])


@pytest.fixture(scope="module")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A tiny site on bread, with the project's settings, package and theme."""
    project = bake(tmp_path_factory.mktemp("bread"))
    project.build(
        SITENAME="Bread",
        SITESUBTITLE="On bread",
        SAFETY_TOPIC="",
        CAUTION="",
        SCHEMA_TYPE="WebPage",
        SCHEMA_ABOUT={"@type": "Thing", "name": "Bread"},
    )
    return project


def test_site_on_bread_says_nothing_of_other_subjects(baked: Project) -> None:
    """No page, feed or picture of the site on bread holds a word of this site's subject."""
    for path in baked.output.rglob("*"):
        if path.suffix in (".html", ".xml", ".txt", ".json", ".js"):
            text = re.sub(
                r"<style>.*?</style>", "", path.read_text("utf-8"), flags=re.S
            )
            assert not re.search(SUBJECT, text, re.I), path


def test_code_and_theme_have_no_word_of_the_subject() -> None:
    """sitebuild/ and theme/ hold no word about the subject or its topics."""
    kinds = (".py", ".html", ".css", ".js", ".xml", ".txt", ".json", ".svg")
    for path in CODE:
        if path.is_file() and path.suffix in kinds:
            found = re.search(SUBJECT, path.read_text("utf-8"), re.I)
            assert not found, f"{path.name}: {found and found[0]}"


def rooms() -> list[str]:
    """The rooms in the order of the package's docstring: a line each, name first."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    paragraphs = (ast.get_docstring(tree) or "").split("\n\n")
    table = next(text for text in paragraphs if text.startswith("drawn "))
    return [line.split()[0] for line in table.splitlines()]


def room_of(path: Path) -> str:
    """The room that a file of the package belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """The rooms that a module imports, inside its functions too (ruff: none relative)."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [it.name for it in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{it.name}" for it in node.names]
        found |= {it.split(".")[1] for it in names if it.startswith("sitebuild.")}
    return found


def test_every_file_has_a_room() -> None:
    """The docstring of the package names every room, and each room that it names exists."""
    found = {room_of(path) for path in FILES} - {"__init__"}
    assert found == set(rooms())


def test_imports_run_one_way() -> None:
    """A file imports from its own room and from those above it, in functions too."""
    order = rooms()
    for path in FILES:
        used = imported_rooms(path)
        assert not used or used <= set(order[: order.index(room_of(path)) + 1]), path
        assert "import_module" not in path.read_text("utf-8"), path


def test_only_the_plugin_knows_pelican() -> None:
    """One room imports Pelican."""
    users = {
        room_of(path)
        for path in (ROOT / "sitebuild").rglob("*.py")
        if re.search(r"^\s*(from|import) pelican\b", path.read_text("utf-8"), re.M)
    }
    assert users == {"plugin"}


def test_tests_from_outside_know_no_engine() -> None:
    """Nothing in tests/site imports `sitebuild`, nor does code that a test starts."""
    for path in (ROOT / "tests" / "site").rglob("*.py"):
        assert not re.search("(import|from) sitebuild", path.read_text("utf-8")), path


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a file, those in others too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_parts_are_small() -> None:
    """No module passes 400 lines of 88 columns and no function 40: what grows is split."""
    for path in FILES:
        lines = path.read_text("utf-8").splitlines()
        assert len(lines) <= 400, path
        assert [line for line in lines if len(line) > 88] == [], path
        for node in functions(path):
            assert node.end_lineno - node.lineno < 40, (path, node.name)


def test_every_test_states_its_rule() -> None:
    """Each test's docstring states the rule that it protects, and each test can fail."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in functions(path):
            if node.name.startswith("test_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"


def test_nothing_names_a_registry_or_a_machine() -> None:
    """No file names the address of a package registry or a path of one machine."""
    files = [
        ROOT / "requirements.txt",
        ROOT / "requirements-test.txt",
        ROOT / "pyproject.toml",
        ROOT / "README.md",
        ROOT / "tasks.py",
        ROOT / ".ci/run",
    ]
    files += [
        p
        for folder in ("sitebuild", "tests", "theme", "content", ".github")
        for p in (ROOT / folder).rglob("*.*")
    ]
    pattern = re.compile(
        r"--(?:extra-)?index-url|files\.pythonhosted|registry\.npmjs|(?<![\w.:/])/(?:work|root)/"
    )
    for path in files:
        if (
            path.is_file()
            and path.suffix not in (".png", ".pyc")
            and path != Path(__file__)
        ):
            assert not pattern.search(path.read_text("utf-8")), path
