"""The index of the search: what can be found, what is published of it, and when not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bread import bake
from helpers import tree
from projects import Project
from searching import make_bakery, publish_bakery
from shared import Make

TERM = "\n/// term | crumb\n\nThe inside.\n///\n"


def test_only_what_is_needed_is_published(once: Callable[[str, Make], Path]) -> None:
    """Of Pagefind's output no user interface is published, and one WebAssembly file."""
    folder = once("bakery", publish_bakery) / "output/pagefind"
    names = sorted(path.name for path in folder.iterdir())
    assert [re.sub(r"[0-9a-f]{10}", "#", name) for name in names] == [
        "fragment",
        "index",
        "pagefind-entry.json",
        "pagefind.en_#.pf_meta",
        "pagefind.js",
        "wasm.en.pagefind",
        "words.json",
    ]


def test_a_draft_is_not_found(tmp_path: Path) -> None:
    """What is not published is not in the index."""
    project = bake(tmp_path)
    before = tree(project.build() / "pagefind/fragment")
    secret = project.read("content/pages/about.md").replace("about", "secret")
    project.write("content/pages/secret.md", secret.replace("published", "draft"))
    assert tree(project.build() / "pagefind/fragment") == before
    project.write("content/pages/secret.md", secret)
    assert tree(project.build() / "pagefind/fragment") != before


def test_the_index_can_be_left_out(bread: Project) -> None:
    """SEARCH_INDEX = False makes none; the page keeps its list."""
    bread.edit("content/pages/glossary.md", lambda text: text + TERM)
    output = bread.build(SEARCH_INDEX=False)
    assert not (output / "pagefind").exists()
    assert "/glossary/#crumb" in bread.page("/search/")


def test_no_pagefind_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Pagefind does not run the build says so, and what to do."""
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", "/nowhere/pagefind")
    (fault,) = bake(tmp_path).faults()
    assert "SEARCH_INDEX = False" in fault


def test_a_new_article_leaves_what_others_say(tmp_path: Path) -> None:
    """The files of all other records stay, so that a deploy sends only new ones."""
    project = bake(tmp_path)
    before = tree(project.build() / "pagefind/fragment")
    text = project.read("content/articles/sour.md")
    project.write("content/articles/a-first.md", text.replace("slug: sour", "slug: a"))
    after = tree(project.build() / "pagefind/fragment")
    assert before.items() < after.items()


def test_a_change_of_the_synonyms_is_published(tmp_path: Path) -> None:
    """The words beside the index are those of the content, stop words and synonyms."""
    make_bakery(tmp_path)
    project = Project(tmp_path)
    words = (project.output / "pagefind/words.json").read_text("utf-8")
    assert '"spelt": ["rye"]' in words
    assert '"the"' in words
    project.edit("content/synonyms.yaml", ("spelt: [rye]", "spelt: [flour]"))
    words = (project.build() / "pagefind/words.json").read_text("utf-8")
    assert '"spelt": ["flour"]' in words
