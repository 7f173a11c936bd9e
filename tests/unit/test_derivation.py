"""A site is derived as a whole: of any type of page, at a cost that grows with it."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from bread import bake

from sitebuild.derive.pages import show
from sitebuild.derive.site import Site
from sitebuild.model import (
    ArticleFields,
    Block,
    Document,
    Passage,
    PassageOptions,
    SourceLine,
    TopicFields,
)
from sitebuild.plugin import build
from sitebuild.render.search import records


def test_a_new_page_type_is_indexed_and_dated(tmp_path: Path) -> None:
    """A page whose type is in no table is found by its text and has a day of change."""
    project = bake(tmp_path)
    project.write("theme/templates/recipes.html", '{% extends "page.html" %}')
    project.write(
        "content/pages/recipes.md",
        "title: Recipes\nslug: recipes\ntemplate: recipes\nstatus: published\n"
        "summary: Recipes.\n\nA spoonful of cardamom.\n",
    )
    settings = project.root / "pelicanconf.py"
    built = build(settings, SITEURL="https://example.org")
    assert "A spoonful of cardamom." in [record.text for record in records(built.site)]
    assert str(built.shown["/recipes/"].changed) == "2026-01-02"
    sitemap = (project.output / "sitemap.xml").read_text("utf-8")
    assert "/recipes/</loc><lastmod>2026-01-02<" in sitemap


def count_calls(articles: int) -> int:
    """Return how many calls of Python show every page of so many articles."""
    fields = TopicFields(slug="t", title="T", name="T")
    topics = (Document("t.md", "topic", fields, {}, ()),)
    documents, passages = [], {}
    for number in range(articles):
        slug = f"a{number}"
        place = SourceLine(f"{slug}.md", 1)
        options = PassageOptions(topics=("t",))
        block = Block("passage", "p", "p", "<p>Words</p>", options, place, {})
        fields = ArticleFields(slug=slug, title=slug, date=date(2026, 1, 1))
        article = Document(f"{slug}.md", "article", fields, {}, (block,))
        documents.append(article)
        passages[f"{slug}/p"] = Passage(
            article, "p", "<p>Words</p>", ("t",), (), (), (), "", block
        )
    site = Site(tuple(documents), topics, (), passages, {}, {})
    count = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        for page in site.documents:
            show(page, site, {"SITEURL": ""})
    finally:
        sys.setprofile(None)
    return count


def test_the_cost_of_showing_pages_grows_with_their_number() -> None:
    """Twice the articles take twice the calls: no page walks all others."""
    small, middle, large = map(count_calls, (200, 400, 800))
    assert middle / small < 2.1
    assert large / middle < 2.1
