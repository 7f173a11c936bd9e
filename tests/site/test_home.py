"""The first page: the findings and questions that it names, and the topics."""

from __future__ import annotations

import pytest
from bread import article_of, asked, rewrite_topic
from helpers import document, words
from projects import Project

HOME = "content/pages/home.md"
ABOUT = "content/pages/about.md"
ANSWER = "/// answer | In short\n\nYeast *makes* it rise. You wait.\n///\n\n"


@pytest.fixture
def home(bread: Project) -> Project:
    """The site on bread, whose first page names a finding and two questions."""
    fields = "glance: starter-rises\nasked: rising#how-hot, rising#how-long\n"
    bread.edit(HOME, ("status:", f"{fields}status:"))
    rewrite_topic(bread, ANSWER + asked())
    bread.build()
    return bread


def test_home_shows_the_findings_that_it_names(home: Project) -> None:
    """Each has its verdict and a link to what is known."""
    (line,) = document(home.page("/")).xpath("//aside[h2='At a glance']/p")
    assert words(line) == "Supported: A starter raises bread"
    assert line.xpath("a/@href") == ["/evidence/#starter-rises"]


def test_home_lists_topics_questions_and_articles(home: Project) -> None:
    """Questions stand as they are named, before the topics and the articles."""
    links = document(home.page("/")).xpath("//ul[@class='list']//a")
    assert [link.get("href") for link in links] == [
        *("/topics/rising/#how-hot", "/topics/rising/#how-long"),
        *("/topics/rising/", "/articles/sour/"),
    ]


def test_home_lists_the_newest_articles_and_counts_the_others(
    bread: Project,
) -> None:
    """However many there are, the page stays short and leads on."""
    for number in range(10, 21):
        slug = f"loaf-{number}"
        text = article_of(slug, (f"{slug}-crust", ""))
        text = text.replace("2026-01-03", f"2026-02-{number - 9:02d}")
        bread.write(f"content/articles/{slug}.md", text)
    bread.build()
    (section,) = document(bread.page("/")).xpath("//section[h2='The articles']")
    listed = section.xpath("ul/li/a/@href")
    assert listed == [f"/articles/loaf-{number}/" for number in range(20, 10, -1)]
    (rest,) = section.xpath("p")
    assert words(rest) == "2 earlier articles: see the topics, or search."
    assert rest.xpath("a/@href") == ["/topics/", "/search/"]


def test_home_shows_the_first_sentence_of_a_topic(home: Project) -> None:
    """Beside a topic stands the first sentence of its answer, as plain text."""
    (link,) = document(home.page("/")).xpath("//div/ul[@class='list']//a")
    assert words(link.getnext()) == "Yeast makes it rise."


@pytest.mark.parametrize(
    ("file", "field", "found"),
    [
        (HOME, "glance: nothing", 'names the finding "nothing"'),
        (HOME, "asked: rising#why", 'names the question "rising#why"'),
        (ABOUT, "glance: starter-rises", 'has the field "glance"'),
    ],
    ids=["unknown finding", "unknown question", "another page"],
)
def test_what_home_names_exists(
    file: str, field: str, found: str, bread: Project
) -> None:
    """Unknown names are faults at their line, and so are these fields elsewhere."""
    bread.edit(file, ("status:", f"{field}\nstatus:"))
    lines = bread.read(file).split("\n")
    faults = [fault for fault in bread.faults() if found in fault]
    assert len(faults) == 1
    assert faults[0].startswith(f"{file}:{lines.index(field) + 1}: ")
