"""Cautions beside what requires them, and twins: passages that stand for another."""

from __future__ import annotations

import pytest
from bread import add_far, article_of, asked, rewrite_topic
from helpers import document, words
from projects import Project
from shown import outline, parts_of

CAUTION = "sour/hot-oven"


def test_cautions_stand_as_they_are_required(bread: Project) -> None:
    """Before its passages a page has their cautions, then what these require, each once.

    A caution that is one of the page's own passages stands there alone.
    """
    own = article_of("own", ("one", "mind"), ("mind", ""), ("two", "mind"))
    bread.write("content/articles/own.md", own)
    far = article_of("far", ("c", ""), ("b", "c"), ("a", ""))
    near = article_of("near", ("claim", "far/b, far/a"), ("again", "far/a"))
    bread.write("content/articles/far.md", far)
    bread.write("content/articles/near.md", near)
    bread.build()
    page = bread.page("/articles/near/")
    assert outline(page) == ["!far-b", "!far-a", "!far-c", "claim", "again"]
    assert outline(bread.page("/articles/own/")) == ["one", "mind", "two"]


def test_a_topic_has_a_caution_before_its_questions(bread: Project) -> None:
    """A caution stands once, before the questions and passages that it belongs to."""
    add_far(bread, "requires: sour/hot-oven", "requires: sour/hot-oven")
    rewrite_topic(bread, asked(how_long="far/fire"), "lead: far/oven\n")
    bread.build()
    shown = outline(bread.page("/topics/rising/"))
    assert shown[:3] == ["!sour-hot-oven", "far-fire", "far-oven"]


@pytest.fixture
def twins(bread: Project) -> Project:
    """Two passages of an article, of which a topic shows one for both."""
    add_far(bread, oven="requires: sour/hot-oven", fire="same: oven")
    rewrite_topic(bread, asked(how_long="far/oven"))
    bread.build()
    return bread


def test_a_twin_is_named_beside_what_stands_for_it(twins: Project) -> None:
    """A topic shows one of two that say the same, and a line for the other; an article both."""
    page = twins.page("/topics/rising/")
    root = document(page)
    assert parts_of(page)[:2] == ["how-long", "far-fire"]
    (twin,) = root.xpath("//*[@id='far-fire']//p[@id='far-oven']")
    assert words(twin) == "Also in Far article: Hot “ovens”"
    assert twin.xpath("a/@href") == ["/articles/far/#oven"]
    assert "Words on ovens" not in words(root)
    text = words(document(twins.page("/articles/far/")))
    assert all(it in text for it in ("Words on ovens", "Words on fire"))
    assert "Also in" not in text


def test_a_passage_brings_the_cautions_of_its_twin(twins: Project) -> None:
    """What the hidden one of two passages requires stands on the page of the other."""
    twins.edit("content/articles/sour.md", ("    topics: rising\n", ""))
    twins.build()
    root = document(twins.page("/topics/rising/"))
    assert root.xpath("//aside[@class='caution']/@id") == ["sour-hot-oven"]


@pytest.mark.parametrize(
    ("fire", "twin"), [("same: far/ice", "far/ice"), ("same: fire", "far/fire")]
)
def test_a_twin_exists_and_is_another(fire: str, twin: str, bread: Project) -> None:
    """A twin that is unknown, or the passage itself, is a fault."""
    add_far(bread, fire=fire)
    (fault,) = bread.faults()
    assert fault.startswith("content/articles/far.md:")
    assert f'"fire" names the passage "{twin}"' in fault


def test_of_twins_that_name_each_other_the_first_stands(bread: Project) -> None:
    """Two passages that say the same may both say so: one of them is shown."""
    add_far(bread, "same: fire", "same: oven")
    bread.build()
    page = bread.page("/topics/rising/")
    assert "far-oven" in outline(page)
    assert "far-fire" not in outline(page)
    assert document(page).xpath("//*[@id='far-oven']//p[@id='far-fire']")


def test_a_benefit_without_the_caution_is_a_fault(bread: Project) -> None:
    """A passage that shows a benefit requires the caution of the site."""
    bread.edit("content/articles/sour.md", ("    requires: hot-oven\n", ""))
    (fault,) = bread.faults(CAUTION=CAUTION)
    assert fault.startswith("content/articles/sour.md:11: passage ")
    assert fault.endswith("add `requires: sour/hot-oven`")
    assert bread.faults() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("verdict: supported", "verdict: contradicted"),
        ("verdict: supported", "verdict: supported\n  kind: fact"),
    ],
    ids=["denied", "no effect"],
)
def test_what_is_no_benefit_needs_no_caution(
    old: str, new: str, bread: Project
) -> None:
    """An effect that is denied, a fact or good practice may stand without it."""
    bread.edit("content/articles/sour.md", ("    requires: hot-oven\n", ""))
    bread.edit("content/evidence.yaml", (old, new))
    bread.edit("content/pages/evidence.md", lambda text: f"{text}\n**fact**{{#fact}}\n")
    assert bread.faults(CAUTION=CAUTION) == []


@pytest.mark.parametrize("address", ["/", "/evidence/", "/topics/rising/"])
def test_a_page_with_a_benefit_shows_the_caution(address: str, bread: Project) -> None:
    """A benefit that stands beside no passage brings the caution to its page, too."""
    add_far(bread)
    bread.edit("content/articles/sour.md", ("    topics: rising\n", ""))
    bread.edit("content/pages/home.md", ("summary:", "glance: starter-rises\nsummary:"))
    bread.build(CAUTION=CAUTION)
    (caution,) = document(bread.page(address)).cssselect("aside.caution")
    assert words(caution) == "An oven burns: mind your hands."
    assert not document(bread.page("/about/")).cssselect("aside.caution")
