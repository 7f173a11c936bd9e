"""What pages count and draw: the numbers are those of the sources, and the pictures say in words what they show."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from helpers import document, words

from sitebuild.derive.pages import split_lead
from sitebuild.derive.text import minutes
from sitebuild.model import (
    VERDICTS,
    AnswerOptions,
    Block,
    Heading,
    Prose,
    SourceLine,
)
from sitebuild.render.filters import day, dots, spot

PLACE = SourceLine("a.md", 1)


def test_day_is_english_whatever_the_machine_speaks() -> None:
    """A day is written with its month in words, and for machines as ISO 8601."""
    assert day(date(2026, 3, 9)) == '<time datetime="2026-03-09">9 March 2026</time>'


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 1), (100, 1), (440, 2), (2200, 10)]
)
def test_reading_time(count: int, expected: int) -> None:
    """220 words are a minute; tags are no words; nothing is read in less than one."""
    assert minutes([f"<p>{'word ' * count}<br class='x y z'></p>"]) == expected


def test_a_row_of_dots_has_a_dot_a_thing() -> None:
    """As many dots as things; nothing is drawn for none; no line is without length, which WebKit draws as a block."""
    picture = dots(3)
    assert re.findall(r"M(\d)\.5\.5h(\S+?)(?=M|\")", picture) == [
        ("0", ".01"),
        ("1", ".01"),
        ("2", ".01"),
    ]
    assert 'width="30" height="10" viewBox="0 0 3 1"' in picture
    assert dots(0) == ""


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, ""), (1, "<i>1</i>"), (2, "<i>2</i>"), (3, '<i class="many">3</i>')],
)
def test_a_spot_is_filled_from_three_on(count: int, expected: str) -> None:
    """A count stands in a ring; the ring is filled where there are three or more; none is an empty cell."""
    assert spot(count) == expected


def test_lead_is_the_short_answer() -> None:
    """The contents follow the short answers that open an article, and nothing else."""
    heading, prose = Heading(2, "Title", "title", PLACE), Prose("<p>Text</p>", PLACE)
    answer = Block(
        "answer", "In short", "in-short", "<p>No.</p>", AnswerOptions(), PLACE, {}
    )
    assert split_lead([answer, prose, answer]) == ([answer], [prose, answer])
    assert split_lead([answer]) == ([answer], [])
    assert split_lead([heading, answer]) == ([], [heading, answer])
    assert split_lead([]) == ([], [])


def test_tables_of_topics_count_the_passages(built: Path) -> None:
    """A table an article: a row a topic, a column a part that is listed below it, cells that add up to what the topic page shows."""
    for figure in document(built / "topics" / "index.html").xpath(
        "//figure[@class='map']"
    ):
        article = figure.xpath("string(figcaption/a/@href)")
        columns = figure.xpath(".//thead/tr/th")
        parts = figure.xpath("ol/li/a/@href")
        assert len(columns) == len(parts) + 2
        assert all(href.startswith(f"{article}#") or href == article for href in parts)
        for row in figure.xpath("table/tr|table/tbody/tr"):
            cells = [int(words(cell) or 0) for cell in row.xpath("td")]
            topic = document(
                built / row.xpath("string(th/a/@href)").strip("/") / "index.html"
            )
            prefix = article.strip("/").rpartition("/")[2]
            shown = topic.xpath(
                f"//*[@class='passage' or starts-with(., 'Also in')][starts-with(@id, '{prefix}-')]"
            )
            assert sum(cells[:-1]) == cells[-1] == len(shown), words(row)


def test_tally_stands_on_the_research_page(built: Path) -> None:
    """It counts the statements there: a row a verdict, with its mark, its count, as many dots and the way to its meaning."""
    root = document(built / "evidence" / "index.html")
    rows = root.xpath("//table[caption]//tr")
    shown = [*VERDICTS, "fact", "practice"]
    for row, verdict in zip(rows, shown, strict=True):
        count = int(words(row[1]))
        assert len(re.findall("M", row.xpath("string(.//path/@d)"))) == count
        assert len(root.xpath(f"//section[h3/b[@class='{verdict}']]")) == count
        assert row.xpath("th/b/a/@href") == [f"/evidence/#{verdict}"]
