"""A broken feed, sitemap, style sheet or script of the theme fails the build."""

from __future__ import annotations

import re

import pytest
from bread import bake
from conftest import Project

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
    "rules that are no JSON": (f"{TEMPLATES}/speculation.json", "{", "{,", "not JSON"),
    "style sheet": ("theme/css/base.css", "}", "", "is not closed"),
    "comment in a style sheet": ("theme/css/base.css", "{", "{/* x", "does not end"),
    "string in a style sheet": ("theme/css/base.css", "{", "{content:'x;", "does not"),
    "script": ("theme/search.js", "}", "", "is not closed|closes what is not open"),
}


@pytest.fixture(scope="module")
def bread(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The site on bread, which the tests of this module share."""
    return bake(tmp_path_factory.mktemp("machines") / "bread", SEARCH_INDEX=False)


@pytest.mark.parametrize("what", BROKEN)
def test_what_no_machine_can_read_is_a_fault(what: str, bread: Project) -> None:
    """The fault names the file of the theme that has to be corrected."""
    file, old, new, says = BROKEN[what]
    before = bread.read(file)
    bread.edit(file, (old, new))
    try:
        faults = bread.faults()
    finally:
        bread.write(file, before)
    assert faults
    for fault in faults:
        assert re.match(rf"{file}:\d+: .*(?:{says}).*; .+; .+", fault), fault


def test_the_theme_is_sound(bread: Project) -> None:
    """Its strings, comments and regular expressions are read as they are meant."""
    odd = "/* it's { */ const a = () => /[/'\"]{/g, b = `{'`; // don't (\n"
    before = bread.read("theme/search.js")
    bread.write("theme/search.js", odd + before)
    try:
        assert bread.faults() == []
    finally:
        bread.write("theme/search.js", before)
