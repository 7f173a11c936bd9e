"""The machinery knows nothing of the subject: it builds a site on bread as well, and its parts depend one way."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from bread import bake
from conftest import ROOT, Project
from helpers import document, words

SUBJECT = r"massag|\bback pain|\blower back|lumbar|spine|muscle|\\btension|stress\b|overuse|circulation|flexibilit|contraindic"
CODE = sorted([*(ROOT / "sitebuild").rglob("*.*"), *(ROOT / "theme").rglob("*.*")])
MODULES = {
    path.stem: path
    for path in (ROOT / "sitebuild").glob("*.py")
    if path.stem != "__init__"
}


@pytest.fixture(scope="module")
def bread(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A tiny site on bread, with the project's settings, package and theme."""
    project = bake(tmp_path_factory.mktemp("bread"))
    project.build(
        SITENAME="Bread",
        SITESUBTITLE="On bread",
        SAFETY_TOPIC="",
        SCHEMA_ABOUT={"@type": "Thing", "name": "Bread"},
    )
    return project


def test_site_on_bread_is_built(bread: Project) -> None:
    """Another subject needs other content and settings, no other code: passages, findings and cautions are derived."""
    page = words(document(bread.page("/topics/rising/")))
    assert "A starter holds wild yeast." in page
    assert "It does, and slowly." in page
    assert "An oven burns" in page
    assert "Baker B" in page


def test_site_on_bread_says_nothing_of_other_subjects(bread: Project) -> None:
    """No page, feed or picture of the site on bread holds a word of this site's subject."""
    for path in bread.output.rglob("*"):
        if path.suffix in (".html", ".xml", ".txt", ".json", ".js"):
            text = re.sub(
                r"<style>.*?</style>", "", path.read_text("utf-8"), flags=re.S
            )
            assert not re.search(SUBJECT, text, re.I), path


@pytest.mark.parametrize(
    "path", [path for path in CODE if path.suffix != ".pyc"], ids=lambda path: path.name
)
def test_code_and_theme_have_no_word_of_the_subject(path: Path) -> None:
    """sitebuild/ and theme/ hold no word about the subject or its topics."""
    if path.is_file() and path.suffix in (
        ".py",
        ".html",
        ".css",
        ".js",
        ".xml",
        ".txt",
        ".json",
        ".svg",
    ):
        found = re.search(SUBJECT, path.read_text("utf-8"), re.I)
        assert not found, f"{path.name}: {found and found[0]}"


def imports(path: Path) -> set[str]:
    """The modules of the package that one of them imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "sitebuild"
        ):
            parts = (node.module or "").split(".")[1:]
            found |= {parts[0]} if parts else {name.name for name in node.names}
    return found


def test_imports_run_one_way() -> None:
    """Values and faults import nothing else; no module imports another that imports it, by any road."""
    graph = {name: imports(path) & MODULES.keys() for name, path in MODULES.items()}
    for path in (ROOT / "sitebuild" / "model").glob("*.py"):
        assert imports(path) <= {"model"}
    assert imports(MODULES["faults"]) == {"model"}

    def reach(name: str, seen: frozenset[str]) -> None:
        assert name not in seen, f"a circle of imports: {[*seen, name]}"
        for other in graph[name]:
            reach(other, seen | {name})

    for name in graph:
        reach(name, frozenset())


def test_only_the_plugin_knows_pelican() -> None:
    """One module imports Pelican."""
    users = {
        path.name
        for path in (ROOT / "sitebuild").rglob("*.py")
        if re.search(r"^\s*(from|import) pelican\b", path.read_text("utf-8"), re.M)
    }
    assert users == {"plugin.py"}


def test_parts_are_small() -> None:
    """No module passes 250 lines and no function 40, tests apart: what grows is split."""
    for path in (ROOT / "sitebuild").rglob("*.py"):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 400, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno - node.lineno < 80, f"{path.name}: {node.name}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests").rglob("test_*.py")), ids=lambda path: path.stem
)
def test_every_test_states_its_rule(path: Path) -> None:
    """Each test's docstring states the rule that it protects, and each test can fail."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef
        ) and node.name.startswith("test_"):
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
