"""The output folder: exactly the files meant, equal bytes from any build, whole at every moment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def test_deleted_source_takes_its_page(bread: Project) -> None:
    """A source that is gone takes its page along, once a redirect says where it went."""
    bread.build()
    (bread.root / "content/pages/search.md").unlink()
    bread.write("content/redirects.txt", "/search/ /\n")
    bread.faults()
    bread.edit("pelicanconf.py", lambda text: text.replace('"/search/"', '"/"'))
    assert bread.faults() == []
    assert not (bread.output / "search" / "index.html").exists()
