"""The machinery knows nothing of the subject: it builds a site on bread as well, and its parts depend one way."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from bread import bake
from helpers import document, words
from projects import ROOT, Project
from rooms import (
    FILES,
    PACKAGE,
    imported_rooms,
    imports_by_string,
    room_of,
    rooms,
)

SUBJECT = r"massag|\bback pain|\blower back|lumbar|spine|muscle|\\btension|stress\b|overuse|circulation|flexibilit|contraindic|\bmedical|clinician"
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


def test_site_on_bread_is_built(baked: Project) -> None:
    """Another subject needs other content and settings, no other code: passages, findings and cautions are derived."""
    page = words(document(baked.page("/topics/rising/")))
    assert "A starter holds wild yeast." in page
    assert "It does, and slowly." in page
    assert "An oven burns" in page
    assert "Baker B" in page


def test_site_on_bread_says_nothing_of_other_subjects(baked: Project) -> None:
    """No page, feed or picture of the site on bread holds a word of this site's subject."""
    for path in baked.output.rglob("*"):
        if path.suffix in (".html", ".xml", ".txt", ".json", ".js"):
            text = re.sub(
                r"<style>.*?</style>", "", path.read_text("utf-8"), flags=re.S
            )
            assert not re.search(SUBJECT, text, re.I), path


def test_the_notice_at_the_foot_is_a_setting(bread: Project) -> None:
    """SITE_NOTICE stands in the foot of every page; without it nothing does."""
    bread.build()
    foot = document(bread.page("/about/")).xpath("//footer")[0]
    address = "https://example.org/about/"
    assert [words(it) for it in foot.xpath("p")] == [address]
    bread.build(SITE_NOTICE="Bread is hot & heavy.")
    foot = document(bread.page("/about/")).xpath("//footer")[0]
    assert words(foot.xpath("p")[0]) == "Bread is hot & heavy."


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


def test_every_file_has_a_room() -> None:
    """The docstring of the package names every room, and each room that it names exists."""
    found = {room_of(path) for path in FILES} - {"__init__"}
    assert found == set(rooms())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_imports_run_one_way(path: Path) -> None:
    """A file imports from its own room and from those above it, in functions too."""
    order = rooms()
    source = path.read_text("utf-8")
    used = set(imported_rooms(source, path))
    if used:
        own = order.index(room_of(path))
        assert used <= set(order[: own + 1])
    assert imports_by_string(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "from sitebuild.plugin import build",
        "from sitebuild import plugin",
        "import sitebuild.plugin",
        "def later():\n    from sitebuild.plugin import build",
        "from ..plugin import build",
        "from .. import plugin",
    ],
)
def test_an_import_is_seen_however_it_is_written(source: str) -> None:
    """The check of imports is not got round by another way to write one."""
    assert set(imported_rooms(source, PACKAGE / "derive" / "site.py")) == {"plugin"}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("importlib.import_module('sitebuild.plugin')", 1),
        ("import_module(name)", 1),
        ("__import__('sitebuild.plugin')", 1),
        ("import_module('lxml')", 0),
    ],
)
def test_an_import_by_string_is_seen(source: str, count: int) -> None:
    """A module of the package is imported by a statement, not by a string."""
    assert len(imports_by_string(source)) == count


def test_only_the_plugin_knows_pelican() -> None:
    """One room imports Pelican."""
    users = {
        room_of(path)
        for path in (ROOT / "sitebuild").rglob("*.py")
        if re.search(r"^\s*(from|import) pelican\b", path.read_text("utf-8"), re.M)
    }
    assert users == {"plugin"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_parts_are_small(path: Path) -> None:
    """No module passes 400 lines of 88 columns and no function 40: what grows is split."""
    text = path.read_text("utf-8")
    lines = text.splitlines()
    assert len(lines) <= 400
    assert [line for line in lines if len(line) > 88] == []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 40, node.name


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
