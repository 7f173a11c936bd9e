"""A site is derived as a whole, of any type of page."""

from __future__ import annotations

from projects import Project

from sitebuild.plugin import build
from sitebuild.render.search import records


def test_a_new_page_type_is_indexed_and_dated(bread: Project) -> None:
    """A page whose type is in no table is found by its text and has a day of change."""
    bread.write("theme/templates/recipes.html", '{% extends "page.html" %}')
    bread.write(
        "content/pages/recipes.md",
        "title: Recipes\nslug: recipes\ntemplate: recipes\nstatus: published\n"
        "summary: Recipes.\n\nA spoonful of cardamom.\n",
    )
    built = build(bread.root / "pelicanconf.py", SITEURL="https://example.org")
    assert "A spoonful of cardamom." in [record.text for record in records(built.site)]
    assert str(built.shown["/recipes/"]["changed"]) == "2026-01-02"
    sitemap = (bread.output / "sitemap.xml").read_text("utf-8")
    assert "/recipes/</loc><lastmod>2026-01-02<" in sitemap
