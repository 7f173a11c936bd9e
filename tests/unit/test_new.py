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
NAMELESS = ("!?", "word " * 60, "Th\udce9 title")
TAKEN_OR_MARKED = ("", "Sour", "a" * 201, "A *star*", "[link](/x/)")


def test_what_is_new_builds(bread: Project) -> None:
    """An article, a topic, a finding and a term, with signs in their words."""
    content = bread.root / "content"
    rye = new("article", content, "Rye & spelt: why?", TODAY)
    assert rye.name == "rye-spelt-why.md"
    assert new("article", content, "Ржаной хлеб", TODAY).name == "rzhanoi-khleb.md"
    assert new("article", content, "a" * 200, TODAY).exists()
    new("topic", content, "Crumb", TODAY)
    new("finding", content, "Does a baker's oven: help #1?", TODAY)
    new("term", content, "oven spring", TODAY)
    assert bread.faults() == []
    evidence = bread.page("/evidence/").replace("&#8217;", "\u2019")
    assert "Does a baker\u2019s oven: help #1?" in evidence
    assert "oven spring" in bread.page("/glossary/")


@pytest.mark.parametrize(
    "title", ["A plain title", "  Ünïcode & {braces}: 100%? ", "x"]
)
def test_a_new_article_builds_as_a_draft_and_when_published(
    title: str, bread: Project
) -> None:
    """A draft leaves no trace, and is a page once its status says so."""
    path = new("article", bread.root / "content", title, TODAY)
    assert bread.faults() == []
    assert not (bread.output / "articles" / path.stem).exists()
    name = path.relative_to(bread.root).as_posix()
    bread.edit(name, ("status: draft", "status: published"))
    assert bread.faults() == []
    page = bread.page(f"/articles/{path.stem}/")
    assert " ".join(title.split()).split(" ")[0] in page
    assert f"date: {TODAY}\n" in path.read_text("utf-8")


def test_a_new_topic_builds_when_a_passage_names_it(bread: Project) -> None:
    """A topic's draft builds at once, and as a page as soon as it has a passage."""
    path = new("topic", bread.root / "content", "Warm Hands", TODAY)
    assert bread.faults() == []
    name = path.relative_to(bread.root).as_posix()
    bread.edit(name, ("status: draft", "status: published"))
    bread.edit(ARTICLE, ("topics: ", "topics: warm-hands, "))
    assert bread.faults() == []
    assert "Warm Hands" in bread.page("/topics/")


def test_a_new_topic_comes_last_in_the_menu(bread: Project) -> None:
    """Its order is one more than the highest; the first topic of a site is 1."""
    bread.edit(TOPIC, ("order: 1", "order: 41"))
    path = new("topic", bread.root / "content", "Crust", TODAY)
    assert "order: 42\n" in path.read_text("utf-8")
    first = new("topic", bread.root / "empty", "Crust", TODAY)
    assert "order: 1\n" in first.read_text("utf-8")


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        *(("article", title) for title in (*NAMELESS, *TAKEN_OR_MARKED)),
        *(("finding", title) for title in NAMELESS),
    ],
)
def test_a_new_file_needs_a_name_of_its_own(
    kind: str, title: str, bread: Project
) -> None:
    """A title that makes no address, or one that is taken, is one fault; nothing is left."""
    content = bread.root / "content"
    before = tree(content)
    with pytest.raises(SiteFaults, match=r"^content/\S+:\d+: ") as raised:
        new(kind, content, title, TODAY)
    assert len(raised.value.faults) == 1
    assert tree(content) == before


def test_what_is_there_is_not_made_again(bread: Project) -> None:
    """A second finding, term, article or topic of one name is a fault."""
    content = bread.root / "content"
    for kind in ("term", "finding", "article", "topic"):
        new(kind, content, "Crumb", TODAY)
        with pytest.raises(SiteFaults, match="already"):
            new(kind, content, "Crumb", TODAY)
