"""What pages count and draw: the numbers are those of the sources, and the pictures say in words what they show."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from helpers import document, words

from sitebuild.derive.outline import Section, minutes, split_lead, tally
from sitebuild.derive.views import TopicLink
from sitebuild.model import VERDICTS, Finding, Heading, Prose, SourceLine
from sitebuild.render.figures import day, outline_picture, strands, tally_picture

PLACE = SourceLine("a.md", 1)


def finding(name: str, verdict: str) -> Finding:
    """A finding of which only name and verdict matter."""
    return Finding(name, "", "?", verdict, "", (), date(2026, 1, 1), PLACE)


def topic(slug: str, name: str) -> TopicLink:
    """A topic of which only slug and name matter."""
    return TopicLink(slug, f"/topics/{slug}/", name)


def section(title: str, **topics: int) -> Section:
    """A section with so many passages on each topic."""
    return Section(title, "/a/", topics)


def test_day_is_english_whatever_the_machine_speaks() -> None:
    """A day is written with its month in words, and for machines as ISO 8601."""
    assert day(date(2026, 3, 9)) == '<time datetime="2026-03-09">9 March 2026</time>'


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 1), (100, 1), (440, 2), (2200, 10)]
)
def test_reading_time(count: int, expected: int) -> None:
    """220 words are a minute; tags are no words; nothing is read in less than one."""
    assert (
        minutes([Prose(f"<p>{'word ' * count}<br class='x y z'></p>", PLACE)])
        == expected
    )


def test_tally_counts_each_finding_once() -> None:
    """A finding that stands beside two passages counts once; every verdict of the scale has a row, the surest first."""
    counts = tally(
        [finding("a", "limited"), finding("a", "limited"), finding("b", "contradicted")]
    )
    assert counts == tuple(
        (verdict, {"limited": 1, "contradicted": 1}.get(verdict, 0))
        for verdict in VERDICTS
    )


def test_tally_picture_has_a_dot_a_finding() -> None:
    """A row a verdict, a dot a finding, and the same in words; none at all is no fault."""
    picture = tally_picture((("supported", 2), ("limited", 0), ("mixed", 1)))
    assert 'role="img" aria-label="2 supported, 0 limited, 1 mixed"' in picture
    assert re.findall(r"M(\d)\.5 (\d)\.5h0", picture) == [
        ("0", "0"),
        ("1", "0"),
        ("0", "2"),
    ]
    assert 'd=""' in tally_picture((("supported", 0),))


def test_outline_picture_puts_dots_where_topics_are_spoken_of() -> None:
    """Rows are sections, columns are topics; the label names the sections of each topic by number."""
    topics = [topic("one", "One"), topic("two", "Two & a half")]
    picture = outline_picture(
        [section("First", two=3), section("Second", one=1, two=1)], topics
    )
    assert 'aria-label="One: 2; Two &amp; a half: 1, 2"' in picture
    assert re.findall(r"M(\d)\.5 (\d)\.5h0", picture) == [
        ("1", "0"),
        ("0", "1"),
        ("1", "1"),
    ]


def test_strands_are_as_thick_as_the_tie() -> None:
    """A strand runs from the middle of its row to the middle of its topic's; more passages make it thicker."""
    picture = strands(
        [section("First"), section("Second", two=3)],
        [topic("one", "One"), topic("two", "Two")],
    )
    assert re.findall(r'stroke-width="(\d)" d="(.*?)"', picture) == [
        ("3", "M0 75C50 75 50 75 100 75")
    ]


def test_lead_ends_before_the_contents() -> None:
    """The contents follow what stands before the first heading, else the first passage."""
    heading, prose = Heading(2, "Title", "title", PLACE), Prose("<p>Text</p>", PLACE)
    assert split_lead([prose, prose, heading, prose]) == (
        [prose, prose],
        [heading, prose],
    )
    assert split_lead([prose]) == ([prose], [])
    assert split_lead([heading, prose]) == ([heading, prose], [])
    assert split_lead([]) == ([], [])


def test_article_outline_is_drawn_from_its_passages(built: Path) -> None:
    """The dots of an article's outline are the topics of the passages under each heading."""
    for path in sorted((built / "articles").glob("*/index.html")):
        root = document(path)
        label = root.xpath("//details//svg/@aria-label")[0]
        drawn = {
            name: numbers.split(", ")
            for name, numbers in re.findall(r"([^:;]+): ([\d, ]*)", label)
        }
        number, spoken = 0, {}
        contents = root.xpath("//details[@class='contents']//ol//a/@href")
        for element in root.iter("h2", "p"):
            number += element.tag == "h2" and f"#{element.get('id')}" in contents
            if (
                number
                and element.get("class") == "tags"
                and not element.xpath("ancestor::*[@class='caution']")
            ):
                for link in element.iter("a"):
                    spoken.setdefault(link.text, []).append(str(number))
        assert {
            name.strip(): numbers for name, numbers in drawn.items() if numbers != [""]
        } == {name: list(dict.fromkeys(numbers)) for name, numbers in spoken.items()}


def test_map_leads_to_both_ends(built: Path) -> None:
    """Rows of the map are links to sections of articles, its other side links to topics; a list says the same."""
    figure = document(built / "topics" / "index.html").xpath(
        '//figure[contains(@class, "map")]'
    )[0]
    left, right = figure.xpath("ul")
    assert all(href.startswith("/articles/") for href in left.xpath(".//a/@href"))
    assert all(
        re.fullmatch(r"/topics/[\w-]+/", href) for href in right.xpath(".//a/@href")
    )
    assert figure.xpath("svg/@role") == ["img"]
    said = figure.getnext()
    assert [words(item).split(":")[0] for item in said.iter("li")] == [
        words(item) for item in right.iter("li")
    ]


def test_tally_stands_on_topic_pages_and_the_research_page(built: Path) -> None:
    """Each shows how its findings divide: as many as stand on the page."""
    for path in [
        *sorted((built / "topics").glob("*/index.html")),
        built / "evidence" / "index.html",
    ]:
        rows = document(path).xpath('//figure[contains(@class, "tally")]//li')
        assert [words(row).split()[0].lower() for row in rows] == list(VERDICTS)
        assert sum(int(words(row).split()[1]) for row in rows) > 0
