"""The output folder: exactly the files meant, whole at every moment."""

from __future__ import annotations

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
