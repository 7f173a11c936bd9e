"""Typogrify is on: it curls what a reader reads and nothing else."""

from __future__ import annotations

import json

import pytest
from helpers import document
from projects import Project

SOURCE = """title: "Quoted" titles
slug: type
status: published
summary: It's a summary.

A "quoted" word, it's here.

Code `"stays" it's` and [a link](/about/ "a "title" here"){: data-x="it's" aria-label="Heat & cold's" }.

    "indented" it's

<kbd>"key"</kbd>

## "Heading" it's {#it-is}
"""


@pytest.fixture
def quoted(bread: Project) -> Project:
    """The site on bread with a page of quotes."""
    bread.write("content/pages/type.md", SOURCE)
    return bread


def test_text_is_curled_and_the_rest_is_not(quoted: Project) -> None:
    """Quotes in running text are curled; attributes, code and ids stay as written."""
    quoted.build()
    root = document(quoted.page("/type/"))
    assert "A \u201cquoted\u201d word, it\u2019s" in root.text_content()
    assert "\u201cQuoted\u201d" in root.xpath("//h1")[0].text_content()
    assert root.xpath("//code")[0].text == '"stays" it\'s'
    assert '"indented" it\'s' in root.xpath("//pre")[0].text_content()
    assert root.xpath("//kbd")[0].text == '"key"'
    link = root.xpath('//main//a[@href="/about/"][@data-x]')[0]
    assert link.get("data-x") == "it's"
    assert link.get("aria-label") == "Heat & cold's"
    assert root.xpath('//h2[@id="it-is"]')
    for script in root.xpath('//script[@type="application/ld+json"]'):
        json.loads(script.text)


def test_typogrify_can_be_switched_off(quoted: Project) -> None:
    """Pelican's TYPOGRIFY setting is the switch for all of it."""
    quoted.build(TYPOGRIFY=False)
    assert 'A "quoted" word, it\'s' in document(quoted.page("/type/")).text_content()
