"""The packages: every one is pinned by hash, and the site needs none of its tests'."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from projects import ROOT

SITE, TESTS = ROOT / "requirements.txt", ROOT / "requirements-test.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN = re.compile(r"([a-z0-9-]+)==(\S+)")


def normal(name: str) -> str:
    """Return the name of a package in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def blocks(path: Path) -> dict[str, str]:
    """Return what a file says of each package and version, hashes included."""
    found = {}
    for text in re.split(r"\n(?=\w)", path.read_text("utf-8")):
        pin = PIN.match(text)
        assert pin, f"{path.name}: no pinned package in {text[:60]!r}"
        found[pin[0]] = text.strip()
    return found


def test_both_files_agree() -> None:
    """A package that stands in both files has the same version and hashes in both."""
    site, tests = blocks(SITE), blocks(TESTS)
    names = {pin.split("==")[0]: pin for pin in site}
    for pin, text in tests.items():
        name = pin.split("==")[0]
        if name in names:
            assert pin in site, f"{name}: {names[name]} and {pin}"
            hashes = re.findall(r"sha256:\w+", text)
            assert hashes == re.findall(r"sha256:\w+", site[pin]), name


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        (PROJECT["project"]["dependencies"], SITE),
        (PROJECT["dependency-groups"]["test"], TESTS),
    ],
    ids=["site", "tests"],
)
def test_what_the_project_asks_for_is_pinned(wanted: list[str], path: Path) -> None:
    """pyproject.toml and the hashed files name the same versions."""
    pins = blocks(path)
    for requirement in wanted:
        name, _, version = re.sub(r"\[.*\]", "", requirement).partition("==")
        found = [pin for pin in pins if pin.startswith(f"{normal(name)}==")]
        assert found, requirement
        assert not version or found == [f"{normal(name)}=={version}"]


def imported(path: Path) -> set[str]:
    """Return the top-level modules that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_site_needs_nothing_of_its_tests() -> None:
    """What builds, serves, publishes and deploys imports from requirements.txt alone."""
    allowed = {pin.split("==")[0] for pin in blocks(SITE)}
    owners = packages_distributions()
    for path in (ROOT / "sitebuild").rglob("*.py"):
        for name in imported(path) - sys.stdlib_module_names - {"sitebuild"}:
            packages = {normal(package) for package in owners.get(name, [name])}
            assert packages & allowed, f"{path.name} imports {name}"
