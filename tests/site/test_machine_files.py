"""A broken feed, sitemap, style sheet or script of the theme fails the build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from projects import Project
from slips import assert_sound, changed

TEMPLATES = "theme/templates"
BROKEN = {
    "feed that is not XML": (
        f"{TEMPLATES}/feed.xml",
        "</entry>",
        "</entri>",
        "not XML",
    ),
    "feed without titles": (
        f"{TEMPLATES}/feed.xml",
        "<title>{{ entry.title }}</title>",
        "",
        "lacks an <title>",
    ),
    "feed with a script": (
        f"{TEMPLATES}/feed.xml",
        '<content type="html">',
        '<content type="html">&lt;svg/onload=x&gt;',
        'holds "onload"',
    ),
    "feed that is none": (
        f"{TEMPLATES}/feed.xml",
        "2005/Atom",
        "2005/Atem",
        "is not a feed",
    ),
    "sitemap that is not XML": (
        f"{TEMPLATES}/sitemap.xml",
        "</urlset>",
        "",
        "not XML",
    ),
    "sitemap without addresses": (
        f"{TEMPLATES}/sitemap.xml",
        "sitemap/0.9",
        "sitemap/9.0",
        "lists no addresses",
    ),
    "style sheet": ("theme/css/base.css", "}", "", "is not closed"),
    "comment in a style sheet": (
        "theme/css/blocks/list.css",
        "{",
        "{/* x",
        "does not end",
    ),
    "string in a style sheet": ("theme/css/base.css", "{", "{content:'x;", "does not"),
    "script": ("theme/search.js", "}", "", "is not closed|closes what is not open"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_no_machine_can_read_is_a_fault(what: str, bread_site: Project) -> None:
    """The fault names the file of the theme that has to be corrected."""
    file, old, new, says = BROKEN[what]
    text = bread_site.read(file)
    assert old in text
    with changed(bread_site, {file: text.replace(old, new, 1)}):
        faults = bread_site.faults()
    assert faults
    for fault in faults:
        assert re.match(rf"{file}:\d+: .*(?:{says}).*; .+; .+", fault), fault


def test_the_theme_is_sound(bread_site: Project) -> None:
    """Its strings, comments and regular expressions are read as they are meant."""
    odd = "/* it's { */ const a = () => /[/'\"]{/g, b = `{'`; // don't (\n"
    script = bread_site.read("theme/search.js")
    assert_sound({"theme/search.js": odd + script}, bread_site)


@pytest.mark.parametrize(
    "name", ["mark.svg", "search.js", "templates/feed.xml", "css/tokens.css"]
)
def test_a_theme_without_a_file_is_a_fault(name: str, bread: Project) -> None:
    """What the build reads of the theme without a page asking for it is missed."""
    (bread.root / "theme" / name).unlink()
    (fault,) = bread.faults()
    assert Path(name).name in fault


@pytest.mark.parametrize(
    "mark", ["<svg", "<svg/>", '<svg viewBox="0 0 9 9"><path d="M 1 z 2 q"/></svg>']
)
def test_a_mark_that_cannot_be_drawn_is_a_fault(mark: str, bread_site: Project) -> None:
    """A mark that is no SVG with paths is named, with its file."""
    with changed(bread_site, {"theme/mark.svg": mark}):
        faults = bread_site.faults()
    assert any(fault.startswith("theme/mark.svg:1: ") for fault in faults)
