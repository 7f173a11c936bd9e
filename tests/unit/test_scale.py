"""The work of a build grows as the site does, and not faster."""

from __future__ import annotations

import sys
from collections.abc import Callable
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
    """One site of some size, built in one warm process."""

    def __init__(self, root: Path, size: int) -> None:
        self.project: Project = bake(root, SEARCH_INDEX=False)
        self.files = grow(self.project.root / "content", size)
        self.memory = Memory()

    def build(self) -> None:
        """Build with what the process remembers."""
        plugin.build(self.project.root / "pelicanconf.py", self.memory)

    def edit(self) -> None:
        """Put a word into an article and build."""
        file = self.files[len(self.files) // 2]
        text = file.read_text("utf-8")
        file.write_text(text.replace(". ", ". Again it rose. ", 1), "utf-8")
        self.build()


def check_growth(root: Path, *sizes: int) -> None:
    """Each doubling of the site adds at most twice what the one before added.

    That is so of a cold build and of an edit, in one process for each size.
    """
    Growing(root / "first", 3).build()  # imports what builds import
    calls: dict[str, list[int]] = {"cold": [], "edit": []}
    for size in sizes:
        one = Growing(root / str(size), size)
        calls["cold"].append(calls_of(one.build))
        one.edit()
        calls["edit"].append(calls_of(one.edit))
    for first, second, third in calls.values():
        assert third - second <= 2.1 * (second - first), calls


def test_no_work_is_quadratic(tmp_path: Path) -> None:
    """Calls grow with the number of articles at most in proportion.

    From the first size on, the page of the topics has a line for each article.
    """
    check_growth(tmp_path, 20, 40, 80)


@pytest.mark.long
def test_no_work_is_quadratic_at_length(tmp_path: Path) -> None:
    """The same where a small square would be seen."""
    check_growth(tmp_path, 200, 400, 800)
