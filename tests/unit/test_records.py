"""The records of search: what is found under which title, words and kind."""

from __future__ import annotations

from pathlib import Path

from projects import Project
from searching import make_bakery

from sitebuild.plugin import build
from sitebuild.render.search import Record, records


def found_in(project: Project) -> dict[str, Record]:
    """Return what can be found on a site, by address."""
    site = build(project.root / "pelicanconf.py").site
    return {record.url: record for record in records(site)}


def test_what_can_be_found(tmp_path: Path) -> None:
    """Each block is found by itself; a finding by statement, verdict and question."""
    make_bakery(tmp_path)
    found = found_in(Project(tmp_path))
    assert found["/evidence/#starter-rises"] == Record(
        "/evidence/#starter-rises",
        "finding",
        "The evidence page",
        "A starter raises bread",
        "Supported. It does, and slowly. Does a starter raise bread?",
    )
    assert found["/articles/sour/#wild-yeast"] == Record(
        "/articles/sour/#wild-yeast",
        "passage",
        "Sourdough for beginners",
        "Wild yeast",
        "A starter holds wild yeast.",
        "Rising",
    )
    assert found["/topics/rising/#in-short"].title == "What makes bread rise"
    assert found["/about/"].kind == "page"


def test_a_block_of_the_home_page_is_no_answer(bread: Project) -> None:
    """What the home page repeats of the site comes after the original."""
    box = "\n/// box | Mind your hands\n    urgency: ask\n\nAn oven burns.\n///\n"
    bread.edit("content/pages/home.md", lambda text: text + box)
    found = found_in(bread)
    assert found["/#mind-your-hands"].kind == "page"
