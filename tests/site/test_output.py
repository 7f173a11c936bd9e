"""The output folder: exactly the files meant, equal bytes from any build, whole at every moment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL

import pytest
import warm
from bread import bake
from helpers import tree
from projects import Project

# The pages and other files of the site with every construct.
TOPICS = ("rising", "baking")
PAGES = {
    "index.html",
    "404.html",
    "topics/index.html",
    "evidence/index.html",
    "about/index.html",
    "disclaimer/index.html",
    "glossary/index.html",
    "search/index.html",
    "articles/sour/index.html",
    "articles/kitchen-sink/index.html",
    *(f"topics/{slug}/index.html" for slug in TOPICS),
}
MACHINES = {
    "feed.xml",
    "sitemap.xml",
    "robots.txt",
    "images/kitchen-sink.png",
    *(f"topics/{slug}/feed.xml" for slug in TOPICS),
}


def build_elsewhere(project: Project, **environment: str) -> None:
    """Build in a process of its own, with an environment of its own."""
    subprocess.run(
        [sys.executable, "-m", "pelican"],
        cwd=project.root,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )


def test_pages_are_exactly_these(sink: Path) -> None:
    """The output has the pages of the site and no other, none of them Pelican's own."""
    assert {name for name in tree(sink) if name.endswith(".html")} == PAGES


def test_other_files_are_exactly_these(sink: Path) -> None:
    """Beside its pages the output has feeds, sitemap, robots, cards, the mark and the search index, and nothing else."""
    other = {name for name in tree(sink) if not name.endswith(".html")}
    assert other >= MACHINES
    cards = {
        f"social/{name}".replace("/index.html", ".png")
        for name in tree(sink)
        if name.endswith("index.html")
    }
    loose = {
        n
        for n in other - MACHINES - cards
        if not n.startswith(("pagefind/", "assets/search."))
    }
    icons = {"mark.svg", "favicon.ico", "apple-touch-icon.png"}
    assert loose <= icons


def test_bytes_are_equal_anywhere(tmp_path: Path, project: Project) -> None:
    """Two builds in different folders, time zones, locales, hash seeds and times give equal bytes."""
    other = Project(tmp_path / "some where" / "else")
    shutil.copytree(project.root, other.root, symlinks=True)
    for path in other.root.rglob("*.md"):
        os.utime(path, (10**9, 10**9))
    build_elsewhere(project, TZ="Pacific/Kiritimati", PYTHONHASHSEED="1", LC_ALL="C")
    build_elsewhere(other, TZ="America/Adak", PYTHONHASHSEED="77", LC_ALL="C.UTF-8")
    one, two = tree(project.output), tree(other.output)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_no_path_of_a_machine_in_the_output(built: Path) -> None:
    """No file of the output holds the folder that it was built in."""
    root = str(built.parent).encode()
    assert [name for name, data in tree(built).items() if root in data] == []


def test_unchanged_files_keep_their_time(bread: Project) -> None:
    """A file whose bytes did not change keeps its time; another gets a later one."""
    bread.build()
    earlier = 1_000_000_000
    for path in bread.output.rglob("*"):
        os.utime(path, (earlier, earlier))
    bread.edit("content/pages/disclaimer.md", ("Words on", "Plain words on"))
    bread.build()
    times = {}
    for path in bread.output.rglob("*.html"):
        name = path.relative_to(bread.output).as_posix()
        times[name] = path.stat().st_mtime
    assert times.pop("disclaimer/index.html") > earlier
    assert set(times.values()) == {earlier}


def test_deleted_source_takes_its_page(bread: Project) -> None:
    """A source that is gone takes its page along, once a redirect says where it went."""
    bread.build()
    (bread.root / "content/pages/search.md").unlink()
    bread.write("content/redirects.txt", "/search/ /\n")
    bread.faults()
    bread.edit("pelicanconf.py", lambda text: text.replace('"/search/"', '"/"'))
    assert bread.faults() == []
    assert not (bread.output / "search" / "index.html").exists()


# Where a build is killed, and which site is there then. Staging begins with a folder of
# its own; the old site is removed last.
POINTS = {
    "before staging": ("os.mkdir:1", "old"),
    "half staged": ("open:5", "old"),
    "before the exchange": ("ctypes.dlsym:1", "old"),
    "after the exchange": ("shutil.rmtree:1", "new"),
}


@pytest.mark.parametrize(("point", "expected"), POINTS.values(), ids=POINTS)
def test_killed_build_leaves_the_output(
    tmp_path: Path, point: str, expected: str
) -> None:
    """Killed at a named point, a build leaves the old output whole or the new one.

    What it left beside the output is removed by the next build.
    """
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    sites = {"old": tree(project.build(SITEURL=""))}
    project.edit("content/articles/sour.md", ("wild yeast", "tame yeast"))
    assert warm.run("pelican", cwd=project.root, last=point).returncode == -SIGKILL
    found = tree(project.output)
    sites["new"] = tree(project.build(SITEURL=""))
    assert sites["old"] != sites["new"]
    assert found == sites[expected]
    assert not list(project.root.glob(".output*"))
