"""Cautions beside what requires them, and twins: passages that stand for another."""

from __future__ import annotations

import pytest
from bread import add_far, article_of, asked, rewrite_topic
from helpers import document, words
from projects import Project
from shown import outline, parts_of


def test_cautions_stand_as_they_are_required(bread: Project) -> None:
    """Beside a passage stand its cautions as it names them, then what these require."""
    far = article_of("far", ("c", ""), ("b", "c"), ("a", ""))
    near = article_of("near", ("claim", "far/b, far/a"), ("again", "far/a"))
    bread.write("content/articles/far.md", far)
    bread.write("content/articles/near.md", near)
    bread.build()
    page = bread.page("/articles/near/")
    assert outline(page) == ["claim", "!far-b", "!far-a", "!far-c", "again", ">#far-a"]


def test_a_caution_on_the_page_is_linked_and_not_repeated(bread: Project) -> None:
    """A passage leads to a caution that stands before it on its page, or after it."""
    text = article_of("near", ("one", "mind"), ("mind", ""), ("two", "mind"))
    bread.write("content/articles/near.md", text)
    bread.build()
    page = bread.page("/articles/near/")
    assert outline(page) == ["one", ">#mind", "mind", "two", ">#mind"]
    links = document(page).xpath('//p[starts-with(., "Read with this")]/a')
    assert [words(link) for link in links] == ["Mind", "Mind"]


def test_a_caution_stands_beside_the_first_passage_shown(bread: Project) -> None:
    """A question's passage comes before the others, and so does its caution."""
    add_far(bread, "requires: sour/hot-oven", "requires: sour/hot-oven")
    rewrite_topic(bread, asked(how_long="far/fire"), "lead: far/oven\n")
    bread.build()
    shown = outline(bread.page("/topics/rising/"))
    assert shown[:4] == ["far-fire", "!sour-hot-oven", "far-oven", ">#sour-hot-oven"]


@pytest.fixture
def twins(bread: Project) -> Project:
    """Two passages of an article, of which a topic shows one for both."""
    add_far(bread, oven="requires: sour/hot-oven", fire="same: oven")
    rewrite_topic(bread, asked(how_long="far/oven"))
    bread.build()
    return bread


def test_a_twin_is_named_beside_what_stands_for_it(twins: Project) -> None:
    """A topic shows one of two passages that say the same, and a line for the other."""
    page = twins.page("/topics/rising/")
    root = document(page)
    assert parts_of(page)[:2] == ["how-long", "far-fire"]
    (twin,) = root.xpath("//*[@id='far-fire']//p[@id='far-oven']")
    assert words(twin) == "Also in Far article, Heat"
    assert twin.xpath("a/@href") == ["/articles/far/#oven"]
    assert "Words on ovens" not in words(root)


def test_a_passage_brings_the_cautions_of_its_twin(twins: Project) -> None:
    """What the hidden one of two passages requires stands beside the one shown."""
    root = document(twins.page("/topics/rising/"))
    (beside,) = root.xpath("//*[@id='far-fire']/following-sibling::*[1]")
    assert beside.get("class") == "caution"
    assert beside.xpath("div/@id") == ["sour-hot-oven"]


def test_an_article_shows_both_twins(twins: Project) -> None:
    """Where they were written both passages stand in full."""
    text = words(document(twins.page("/articles/far/")))
    assert "Words on ovens" in text
    assert "Words on fire" in text
    assert "Also in" not in text


@pytest.mark.parametrize(
    ("oven", "fire", "found"),
    [
        ("", "same: far/ice", '"fire" names the passage "far/ice"'),
        ("same: fire", "same: oven", '"fire" stands for itself'),
        ("same: oven", "", '"oven" stands for itself'),
    ],
    ids=["unknown", "each other", "itself"],
)
def test_a_twin_exists_and_is_another(
    oven: str, fire: str, found: str, bread: Project
) -> None:
    """An unknown twin is a fault, and so are two passages that stand for each other."""
    add_far(bread, oven, fire)
    faults = [fault for fault in bread.faults() if found in fault]
    assert len(faults) == 1
    assert faults[0].startswith("content/articles/far.md:")
