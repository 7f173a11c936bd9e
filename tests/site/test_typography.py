"""Typogrify is on: it curls what a reader reads and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bread import bake
from helpers import document
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import ROOT, Project
from typogrify.filters import typogrify

from sitebuild.read.markdown import Typesetter, Typesetting

# The filters that the project leaves out.
OFF = ("amp", "caps", "initial_quotes", "widont")

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
def bread(tmp_path: Path) -> Project:
    """The site on bread with a page of quotes."""
    project = bake(tmp_path / "project")
    project.write("content/pages/type.md", SOURCE)
    return project


def test_text_is_curled_and_the_rest_is_not(bread: Project) -> None:
    """Quotes in running text are curled; attributes, code and ids stay as written."""
    bread.build()
    root = document(bread.page("/type/"))
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


def test_typogrify_can_be_switched_off(bread: Project) -> None:
    """Pelican's TYPOGRIFY setting is the switch for all of it."""
    bread.build(TYPOGRIFY=False)
    assert 'A "quoted" word, it\'s' in document(bread.page("/type/")).text_content()


FAST = st.text(st.sampled_from("ab .-'\"`\\<>!/&;#pre code=\n"), max_size=60)


@given(FAST)
@settings(max_examples=300, deadline=None)
def test_what_is_left_alone_would_not_change(html: str) -> None:
    """HTML that does not go through Typogrify is HTML that it would give back."""
    setter = Typesetter(Typesetting({}, is_curled=True, filters_off=list(OFF)))
    assert setter._curled(html) == typogrify(html, None, **dict.fromkeys(OFF, False))


TAGS = "<p> </p> <em> </em> <code> </code> <CODE> </kbd> <track> <!-- --> < > &quot;"
MARKS = "' \" '' '\" \" ' -- --- ... ` `` \\ \\' \\\" word it's '80s (' 1'"
TOKENS = st.sampled_from([*TAGS.split(" "), *MARKS.split(" "), " ", "\n", " a "])


@given(st.lists(TOKENS, max_size=14).map("".join))
@settings(max_examples=1000, deadline=None)
def test_texts_between_tags_are_set_as_the_whole(html: str) -> None:
    """Tags, code and what stands before a text make no other mark of it."""
    setter = Typesetter(Typesetting({}, is_curled=True, filters_off=list(OFF)))
    assert setter._curled(html) == typogrify(html, None, **dict.fromkeys(OFF, False))


def test_real_texts_are_set_the_same() -> None:
    """Every paragraph of the real site has the bytes that Typogrify gives it."""
    setter = Typesetter(Typesetting({}, is_curled=True, filters_off=list(OFF)))
    off = dict.fromkeys(OFF, False)
    for path in (ROOT / "content").rglob("*.md"):
        for text in path.read_text("utf-8").split("\n\n"):
            html = setter._markdown.reset().convert(text)
            assert setter._curled(html) == typogrify(html, None, **off)
