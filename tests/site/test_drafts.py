"""Drafts: shown in the preview, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from bread import bake
from helpers import tree
from PIL import Image
from projects import Project

ARTICLE = """title: Rye bread at home
slug: rye
date: 2026-01-03
status: draft
summary: A dark loaf, and what it needs.

## Flour

/// passage | dark-flour
    topics: rising, grain
    evidence: starter-rises
    requires: sour/hot-oven

Rye flour is zymurgic.
It goes with [sour dough](/articles/sour/#wild-yeast) and [grain](/topics/grain/).

![A loaf](/images/loaf.png)
///
"""
TOPIC = """title: Grain and its flour
name: Grain
slug: grain
order: 2
status: draft
summary: What is in a bag of flour.

/// note | In short

Grain is milled.
///
"""
PAGES = ("/articles/rye/", "/topics/grain/", "/notes/")


@pytest.fixture
def bread(tmp_path: Path) -> Project:
    """The site on bread with a draft of each kind, one with a picture of its own."""
    project = bake(tmp_path / "project")
    project.write("content/articles/rye.md", ARTICLE)
    project.write("content/topics/grain.md", TOPIC)
    project.write(
        "content/pages/notes.md",
        "title: Notes of mine\nslug: notes\nstatus: draft\n"
        "summary: On notes.\n\nWords on notes, by hand.\n",
    )
    (project.root / "content/images").mkdir()
    Image.new("RGB", (64, 40), "white").save(project.root / "content/images/loaf.png")
    return project


def done(project: Project, **settings: object) -> dict[str, bytes]:
    """The files that a build makes of a project."""
    return tree(project.build(**settings))


def paths(files: dict[str, bytes]) -> set[str]:
    """The paths of the pages of drafts among some files."""
    wanted = {f"{page.lstrip('/')}index.html" for page in PAGES}
    return wanted & files.keys()


def test_a_preview_shows_drafts(bread: Project) -> None:
    """Each draft has its page, with its passages, cautions, findings and pictures."""
    built = done(bread, SHOW_DRAFTS=True)
    assert len(paths(built)) == len(PAGES)
    article = built["articles/rye/index.html"].decode()
    for text in (
        "Rye flour",
        "An oven burns",
        "It does, and slowly",
        "/images/loaf.png",
    ):
        assert text in article
    assert "images/loaf.png" in built
    topic = built["topics/grain/index.html"].decode()
    assert "Rye flour" in topic
    assert "Grain is milled" in topic


def test_a_build_shows_none(bread: Project) -> None:
    """Without the preview's setting no file holds a word of a draft, and no address is promised."""
    built = done(bread)
    assert not paths(built)
    assert "images/loaf.png" not in built
    for name, data in built.items():
        for word in (b"rye", b"Rye", b"Grain", b"Notes of mine"):
            assert word not in data, (name, word)
    bread.publish()
    promised = bread.read("content/addresses.txt").splitlines()
    assert "/articles/sour/" in promised
    assert not [address for address in promised if address.startswith(PAGES)]


def test_drafts_change_nothing_that_is_published(bread: Project) -> None:
    """Lists, feeds and the search index are the same bytes.

    Only a topic with passages of a draft shows them, with the day of its last change.
    """
    public = done(bread)
    shown = done(bread, SHOW_DRAFTS=True)
    more = {f"{page.lstrip('/')}index.html" for page in PAGES}
    assert shown.keys() - public.keys() == more | {"images/loaf.png"}
    differing = {name for name in public if shown[name] != public[name]}
    assert differing == {"topics/rising/index.html", "sitemap.xml"}


@pytest.mark.parametrize("to", ["/articles/rye/", "{filename}/articles/rye.md"])
def test_a_published_page_leads_to_no_draft(bread: Project, to: str) -> None:
    """A link that works in the preview alone is a fault there too, with its cause."""
    bread.edit("content/pages/about.md", ("Words", f"[Words]({to})"))
    for settings in ({}, {"SHOW_DRAFTS": True}):
        (fault,) = bread.faults(**settings)
        assert fault.startswith('content/pages/about.md:6: "/articles/rye/": nothing')
        assert "content/articles/rye.md is a draft: publish it too" in fault


def test_a_broken_link_of_a_draft_is_a_fault_of_the_preview(bread: Project) -> None:
    """It is reported at the line of the draft, once the draft is shown."""
    bread.edit("content/articles/rye.md", ("#wild-yeast", "#wild-beast"))
    assert bread.faults() == []
    (fault,) = bread.faults(SHOW_DRAFTS=True)
    assert fault.startswith("content/articles/rye.md:15: ")


def test_publishing_a_draft_makes_the_same_page(bread: Project) -> None:
    """What the preview shows of a lone draft is what readers will see."""
    bread.edit("content/articles/rye.md", ("status: draft", "status: published"))
    bread.edit("content/articles/rye.md", ("rising, grain", "rising"))
    bread.edit("content/articles/rye.md", ("[grain](/topics/grain/)", "grain"))
    page = "notes/index.html"
    before = done(bread, SHOW_DRAFTS=True, SITEURL="")[page]
    bread.edit("content/pages/notes.md", ("status: draft", "status: published"))
    assert done(bread, SITEURL="")[page] == before
