"""The order of passages on a topic page, and of articles: questions, lead, reading."""

from __future__ import annotations

import pytest
from bread import add_far, article_of, asked, rewrite_topic
from helpers import document, words
from projects import Project
from shown import parts_of, passages

ANSWER = "/// answer | In short\n\nYeast makes it rise. You need only wait.\n///\n\n"


def test_the_lead_stands_first_then_reading_order(bread: Project) -> None:
    """Passages that a topic leads with come first, the others as articles have them."""
    text = article_of("near", ("one", ""), ("two", ""), ("three", ""))
    for name in ("one", "two", "three"):
        marker = f"| {name}\n"
        text = text.replace(marker, f"{marker}    topics: rising\n")
    bread.write("content/articles/near.md", text)
    rewrite_topic(bread, "", "lead: near/three, sour/wild-yeast\n")
    bread.build()
    ids = list(passages(bread.page("/topics/rising/")))
    assert [ident for ident in ids if ident != "sour-hot-oven"] == [
        *("near-three", "sour-wild-yeast", "near-one", "near-two")
    ]


def test_a_topic_answers_then_asks_then_shows_the_rest(bread: Project) -> None:
    """Passages stand once, under the question that names them, else after all."""
    add_far(bread)
    blocks = ANSWER + asked("sour/wild-yeast", "far/fire")
    rewrite_topic(bread, blocks, "lead: far/oven\n")
    bread.build()
    assert parts_of(bread.page("/topics/rising/")) == [
        *("in-short", "how-long", "sour-wild-yeast"),
        *("how-hot", "far-fire", "more", "far-oven"),
    ]


def test_headings_of_a_topic_follow_its_order(bread: Project) -> None:
    """A question is of the second level, its passages of the third."""
    add_far(bread)
    blocks = ANSWER + asked("sour/wild-yeast", "far/fire")
    rewrite_topic(bread, blocks, "lead: far/oven\n")
    bread.build()
    root = document(bread.page("/topics/rising/"))
    headings = root.xpath("//main//h2|//main//h3|//main//h4")
    levels = [f"{it.tag} {words(it)}" for it in headings]
    assert levels[1:5] == [*("h2 How long?", "h3 Wild yeast", "h2 How hot?", "h3 Fire")]
    assert "h3 Hot \u201covens\u201d" in levels


def test_a_passage_names_its_article(bread: Project) -> None:
    """After the text of a copy stands a link to its article, named by both titles."""
    add_far(bread)
    bread.build()
    oven = passages(bread.page("/topics/rising/"))["far-oven"]
    (source,) = oven.xpath(".//p[@class='label']/a")
    assert words(source) == "Far article"
    assert source.get("aria-label") == "Far article: Hot \u201covens\u201d"
    said = words(oven)
    assert said.index("Words on ovens.") < said.index("From: Far article")


def test_one_passage_is_open_under_a_question(bread: Project) -> None:
    """The first is open, and all others are folded, each with its id and its title in the line that is seen."""
    add_far(bread)
    rewrite_topic(bread, asked("far/fire, far/oven"))
    bread.build()
    found = passages(bread.page("/topics/rising/"))
    assert {ident: it.tag for ident, it in found.items()} == {
        "far-fire": "div",
        "far-oven": "details",
        "sour-wild-yeast": "details",
    }
    folded = found["far-oven"]
    assert "open" not in folded.attrib
    assert [words(it) for it in folded.xpath("summary/h3")] == ["Hot \u201covens\u201d"]
    assert not folded.xpath("div//h3")


def test_without_questions_nothing_is_folded(bread: Project) -> None:
    """A topic that nobody has written questions for shows its passages."""
    add_far(bread)
    rewrite_topic(bread, "")
    bread.build()
    found = passages(bread.page("/topics/rising/")).values()
    assert {it.tag for it in found} == {"div"}


def test_passages_stand_as_a_question_names_them(bread: Project) -> None:
    """The first question that names one decides, and not the article nor the lead."""
    add_far(bread)
    blocks = asked("far/fire", "far/oven, far/fire")
    rewrite_topic(bread, blocks, "lead: far/oven\n")
    bread.build()
    assert parts_of(bread.page("/topics/rising/"))[:4] == [
        *("how-long", "far-fire", "how-hot", "far-oven")
    ]


@pytest.mark.parametrize(
    ("how_long", "how_hot", "line", "found"),
    [
        ("sour/nothing", "", 9, 'names the passage "sour/nothing"'),
        ("sour/hot-oven", "", 9, 'names the passage "sour/hot-oven"'),
    ],
    ids=["unknown", "untagged"],
)
def test_a_question_names_tagged_passages(
    how_long: str, how_hot: str, line: int, found: str, bread: Project
) -> None:
    """Another passage is a fault of the line naming it."""
    add_far(bread)
    rewrite_topic(bread, asked(how_long, how_hot))
    (fault,) = bread.faults()
    assert fault.startswith(f"content/topics/rising.md:{line}: question ")
    assert found in fault


def test_an_article_leads_to_its_neighbours(bread: Project) -> None:
    """An article ends with links to the next newer and the next older one."""
    sour = bread.read("content/articles/sour.md")
    for number in range(3, 6):
        text = sour.replace("slug: sour", f"slug: bread-{number}")
        text = text.replace("2026-01-02", f"2026-01-0{number}")
        bread.write(f"content/articles/bread-{number}.md", text)
    bread.build()
    for slug, beside in {
        "bread-5": ["bread-4"],
        "bread-4": ["bread-5", "bread-3"],
        "bread-3": ["bread-4", "sour"],
        "sour": ["bread-3"],
    }.items():
        root = document(bread.page(f"/articles/{slug}/"))
        links = root.xpath('//nav[@aria-label="Read on"]//@href')
        assert links == [f"/articles/{other}/" for other in beside]


def test_a_page_may_answer_questions(bread: Project) -> None:
    """An ordinary page shows questions under its contents; the first page may name them."""
    bread.edit("content/pages/about.md", lambda text: f"{text}\n{asked()}")
    bread.edit("content/pages/home.md", ("status:", "asked: about#how-hot\nstatus:"))
    bread.build()
    root = document(bread.page("/about/"))
    assert root.xpath("//section[@class='question']/@id") == ["how-long", "how-hot"]
    links = root.xpath("//nav[@id='contents']//a/@href")
    assert links == ["#how-long", "#how-hot"]
    assert 'href="/about/#how-hot"' in bread.page("/")


def test_a_question_of_a_page_names_no_passages(bread: Project) -> None:
    """Passages stand on topics alone: elsewhere the option is a fault of its line."""
    bread.edit(
        "content/pages/about.md", lambda text: f"{text}\n{asked('sour/hot-oven')}"
    )
    (fault,) = bread.faults()
    line = bread.read("content/pages/about.md").split("\n").index
    place = line("    passages: sour/hot-oven") + 1
    assert fault.startswith(f"content/pages/about.md:{place}: question ")
    assert "names passages; passages stand under the questions of a topic" in fault
