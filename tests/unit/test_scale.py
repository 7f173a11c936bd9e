"""The work of a build grows as the site does, and not faster."""

from __future__ import annotations

from collections.abc import Callable
from cProfile import Profile
from functools import partial
from pathlib import Path
from pstats import Stats

import pytest
from bread import bake

from sitebuild import plugin
from sitebuild.memory import Memory

PASSAGE = """
/// passage | part-{part}
    topics: rising
    evidence: starter-rises
    requires: {caution}

Loaf {number} is the "best" -- or **not**, as [others say](/articles/{other}/).
///
"""


def grow(content: Path, count: int) -> list[Path]:
    """Write articles that name all that an article may; return their files in order."""
    sour = (content / "articles/sour.md").read_text("utf-8")
    files, other = [], "sour"
    for number in range(count):
        slug = f"grown-{number:03}"
        text = sour.partition("\n##")[0].replace("slug: sour", f"slug: {slug}")
        for part in range(6):
            caution = "sour/hot-oven" if part % 2 else f"part-{part + 1}"
            text += PASSAGE.format(
                part=part, caution=caution, number=number, other=other
            )
        files.append(content / "articles" / f"{slug}.md")
        files[-1].write_text(text, "utf-8")
        other = slug
    return files


def calls_of(run: Callable[[], object]) -> int:
    """Return how many functions, Python's and C's, are called while `run` runs."""
    profile = Profile()
    profile.runcall(run)
    return int(Stats(profile).total_calls)


def check_growth(root: Path, *sizes: int) -> None:
    """Each doubling of the site adds at most twice what the one before added.

    That is so of a cold build and of an edit, in one process for each size.
    """
    project = bake(root, SEARCH_INDEX=False)
    project.build()  # imports what builds import, and compiles templates
    cold, edited = [], []
    for size in sizes:
        files = grow(project.root / "content", size)
        build = partial(plugin.build, project.root / "pelicanconf.py", Memory())
        cold.append(calls_of(build))
        for _ in range(2):
            file = files[size // 2]
            text = file.read_text("utf-8")
            file.write_text(text.replace("Loaf", "Again, loaf", 1), "utf-8")
            calls = calls_of(build)
        edited.append(calls)  # by the second, a process remembers all
    for first, second, third in (cold, edited):
        assert third - second <= 2.1 * (second - first), (cold, edited)


def test_no_work_is_quadratic(tmp_path: Path) -> None:
    """Calls grow with the number of articles at most in proportion.

    From the first size on, the page of the topics has a line for each article.
    """
    check_growth(tmp_path / "project", 20, 40, 80)


@pytest.mark.long
def test_no_work_is_quadratic_at_length(tmp_path: Path) -> None:
    """The same where a small square would be seen."""
    check_growth(tmp_path / "project", 200, 400, 800)
