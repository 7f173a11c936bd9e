"""The work of a build grows as the site does, and not faster."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from bread import bake
from corpus import grow
from projects import Project

from sitebuild import plugin
from sitebuild.memory import Memory


def calls_of(run: Callable[[], object]) -> int:
    """Return how many functions, Python's and C's, are called while `run` runs."""
    count = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event.endswith("call")

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


class Growing:
    """One site of several sizes, built in one warm process each."""

    def __init__(self, root: Path, size: int) -> None:
        self.project: Project = bake(root, SEARCH_INDEX=False)
        self.files = grow(self.project.root / "content", size)
        self.memory = Memory()

    def build(self) -> None:
        """Build, without cards: their cost is Pillow's."""
        plugin.build(self.project.root / "pelicanconf.py", self.memory)

    def edit(self) -> None:
        """Put a word into an article and build."""
        file = self.files[len(self.files) // 2]
        text = file.read_text("utf-8")
        file.write_text(text.replace(". ", ". Again it rose. ", 1), "utf-8")
        self.build()


@pytest.fixture
def growth(tmp_path: Path) -> Callable[..., dict[str, list[int]]]:
    """Return the calls of a cold build and of an edit, size by size, in one process."""
    return partial(_growth, tmp_path)


def _growth(tmp_path: Path, *sizes: int) -> dict[str, list[int]]:
    Growing(tmp_path / "first", 3).build()  # imports what builds import
    calls: dict[str, list[int]] = {"cold": [], "edit": []}
    for size in sizes:
        one = Growing(tmp_path / str(size), size)
        calls["cold"].append(calls_of(one.build))
        one.edit()
        calls["edit"].append(calls_of(one.edit))
    return calls


def check_growth(calls: dict[str, list[int]]) -> None:
    """Each doubling of the site adds at most twice what the one before added."""
    for what, (first, second, third) in calls.items():
        assert third - second <= 2.1 * (second - first), (what, calls)


def test_no_work_is_quadratic(growth: Callable[..., dict[str, list[int]]]) -> None:
    """Calls grow with the number of articles at most in proportion.

    From the first size on, the page of the topics has a line for each article.
    """
    check_growth(growth(25, 50, 100))


@pytest.mark.long
def test_no_work_is_quadratic_at_length(
    growth: Callable[..., dict[str, list[int]]],
) -> None:
    """The same where a small square would be seen."""
    check_growth(growth(200, 400, 800))
