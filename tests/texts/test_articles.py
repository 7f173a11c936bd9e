"""How today's two articles are built and worded: answer, headings, cautions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from helpers import document

from sitebuild.derive.site import Site
from sitebuild.model import Block, Document
from sitebuild.read.markdown import text_of

BENEFITS = "benefits-of-massage"
WEEKLY = "weekly-massages"


@pytest.fixture(scope="module")
def articles(site: Site) -> list[Document]:
    """Today's two articles."""
    return [it for it in site.articles if it.slug in (BENEFITS, WEEKLY)]


def test_a_required_passage_is_a_caution(site: Site) -> None:
    """That massage helps some more than others protects nobody, so nothing requires it."""
    for key, passage in site.passages.items():
        assert f"{WEEKLY}/not-alike" not in passage.requires, key


def test_every_passage_has_a_heading_of_its_own(articles: list[Document]) -> None:
    """A passage has a short title, which no other passage has."""
    passages = [it for article in articles for it in article.blocks("passage")]
    titles = [passage.options.title for passage in passages]
    assert all(title and len(title) <= 50 for title in titles)
    assert len(set(titles)) == len(titles)


def test_articles_open_with_an_answer(articles: list[Document]) -> None:
    """An article begins with two to five sentences, 70 words at most, and findings."""
    for article in articles:
        answer = article.parts[0]
        assert isinstance(answer, Block)
        assert answer.kind == "answer"
        assert answer.options.evidence
        text = text_of(answer.html)
        assert len(text.split()) <= 70
        assert 2 <= len(re.split(r"(?<=[.])\s", text)) <= 5


def test_at_most_one_note_comes_before_the_first_passage(
    articles: list[Document],
) -> None:
    """The editor's notes do not keep a reader from the text."""
    for article in articles:
        kinds = [part.kind for part in article.parts if isinstance(part, Block)]
        before = kinds[: kinds.index("passage")]
        assert before.count("note") <= 1


def test_warning_signs_come_before_the_first_passage(built: Path) -> None:
    """An article leads to the signs of an emergency before it tells of massage."""
    for slug in (BENEFITS, WEEKLY):
        root = document(built / "articles" / slug / "index.html")
        signs = root.xpath("//main//a[contains(@href, '#get-help-now')]")
        texts = root.xpath("//main//*[@class='passage'][not(@id='before-you-book')]")
        order = list(root.iter())
        assert order.index(signs[0]) < order.index(texts[0]), slug


def test_what_says_the_same_is_named_once(site: Site) -> None:
    """One of two passages on blood flow stands for both, one of three on sitting for all."""
    same = {
        key: passage.block.options.same
        for key, passage in site.passages.items()
        if passage.block.options.same
    }
    assert same == {
        f"{WEEKLY}/blood-to-the-back": (f"{WEEKLY}/blood-and-healing",),
        f"{BENEFITS}/desk-hours": ("undoing-stiffness", "posture-and-repetition"),
    }
