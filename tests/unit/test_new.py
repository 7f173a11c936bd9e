"""What `invoke new` begins builds as it stands, and nothing else is left behind."""

from __future__ import annotations

from datetime import date

import pytest
from helpers import tree
from projects import Project

from sitebuild.faults import SiteFaults
from sitebuild.new import new

TODAY = date(2026, 1, 31)
ARTICLE = "content/articles/sour.md"
TOPIC = "content/topics/rising.md"
NO_TITLES = (
    *("!?", "word " * 60, "Th\udce9 title", "", "a" * 201),  # without an address
    *("Sour", "A *star*", "[link](/x/)"),  # taken, or with marks
)


def test_what_is_new_builds(bread: Project) -> None:
    """Whatever signs its title has, a draft leaves no trace, and is a page when it says so."""
    content = bread.root / "content"
    assert new("article", content, "Ржаной хлеб", TODAY).name == "rzhanoi-khleb.md"
    new("article", content, "a" * 200, TODAY)
    article = new("article", content, " Rye & {spelt}: 100%  why? ", TODAY)
    assert article.name == "rye-spelt-100-why.md"
    assert f"date: {TODAY}\n" in article.read_text("utf-8")
    topic = new("topic", content, "Warm Hands", TODAY)
    new("finding", content, "Does a baker's oven: help #1?", TODAY)
    new("term", content, "oven spring", TODAY)
    assert bread.faults() == []
    evidence = bread.page("/evidence/").replace("&#8217;", "\u2019")
    assert "Does a baker\u2019s oven: help #1?" in evidence
    assert "oven spring" in bread.page("/glossary/")
    assert not (bread.output / "articles/rye-spelt-100-why").exists()
    bread.edit(ARTICLE, ("topics: ", "topics: warm-hands, "))
    for path in (article, topic):
        name = path.relative_to(bread.root).as_posix()
        bread.edit(name, ("status: draft", "status: published"))
    assert bread.faults() == []
    assert "Rye &amp; {spelt}: 100% " in bread.page("/articles/rye-spelt-100-why/")
    assert "Warm Hands" in bread.page("/topics/")


def test_a_new_topic_comes_last_in_the_menu(bread: Project) -> None:
    """Its order is one more than the highest; the first topic of a site is 1."""
    bread.edit(TOPIC, ("order: 1", "order: 41"))
    path = new("topic", bread.root / "content", "Crust", TODAY)
    assert "order: 42\n" in path.read_text("utf-8")
    first = new("topic", bread.root / "empty", "Crust", TODAY)
    assert "order: 1\n" in first.read_text("utf-8")


def test_a_new_file_needs_a_name_of_its_own(bread: Project) -> None:
    """A title that makes no address, or one that is taken, is one fault; nothing is left."""
    content = bread.root / "content"
    for kind in ("term", "finding"):
        new(kind, content, "Crumb", TODAY)
    before = tree(content)
    for kind in ("term", "finding"):
        with pytest.raises(SiteFaults, match="already"):
            new(kind, content, "Crumb", TODAY)
    for title in NO_TITLES:
        with pytest.raises(SiteFaults, match=r"^content/articles/\S+:1: ") as raised:
            new("article", content, title, TODAY)
        assert len(raised.value.faults) == 1
    assert tree(content) == before
