"""The safety page: no sign, source or caution that was checked is lost, none comes back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from helpers import document, words
from lxml.html import HtmlElement
from playwright.sync_api import Browser
from projects import ROOT

BOXES = [
    ("get-help-now", "box emergency"),
    ("get-help-today", "box urgent"),
    ("see-someone-soon", "box soon"),
    ("ask-first-even-for-a-gentle-massage", "box ask"),
]
CAUTION = (
    "Before you book: check the warning signs, and ask a health professional first if "
    "you are on the ask-first list."
)
PLACES = [f"/topics/contraindications/#{BOXES[0][0]}"]
PLACES += [f"/topics/contraindications/#{BOXES[3][0]}"]
# What was unsafe or had no source, in the words that the site once had.
GONE = (
    "or have only gentle massage",
    "or only gentle massage",
    "or had one lately",
    "pain or weakness in one leg with numbness",
    "wise to ask a health professional before you start",
    "it is wise for everyone",
    "before you start any course",
    "mostly follows forceful",
    "mostly with forceful",
    "read only in a news report",
    "massage suits problems of the spine",
    "feel looser",
    "knew which treatment they had",
    "need less medical care\n",
    "most often leaves people sore",
)
PHONE = {"width": 390, "height": 844}
# Of the head of every page on a phone.
ONE_LINE = 56


def points() -> list[tuple[str, str, str, str]]:
    """Return the points that were checked: id, box, words, sources."""
    listed = Path(__file__).parent / "data" / "safety.txt"
    found = []
    for line in listed.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            ident, box, text, sources = line.split(" | ")
            found.append((ident, box, text, sources))
    return found


@pytest.fixture(scope="module")
def page(built: Path) -> HtmlElement:
    """The safety page."""
    return document(built / "topics" / "contraindications" / "index.html")


def letters(text: str) -> str:
    """Return a text without what typography changes."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def references(page: HtmlElement) -> dict[str, str]:
    """Return the letters of each reference of a page by its number."""
    items = page.xpath("//details[@id='references']//li")
    return {item.get("id"): letters(words(item)) for item in items}


@pytest.mark.parametrize(("ident", "box", "text", "sources"), points())
def test_each_point_stands_in_its_box_with_its_sources(
    page: HtmlElement, ident: str, box: str, text: str, sources: str
) -> None:
    """A sign or caution stands where it says how soon to act, and leads to its sources."""
    bib = (ROOT / "content" / "references.bib").read_text("utf-8")
    titles = re.findall(r"^@\w+\{(\w+),.*?title = \{\{(.*?)\}\}", bib, re.M | re.S)
    wanted = [letters(dict(titles)[key].split(": ")[0]) for key in sources.split(", ")]
    items = page.xpath(f"//section[@id='{box}']//li")
    (item,) = [it for it in items if letters(words_only(it)) == letters(text)]
    listed = references(page)
    numbers = re.findall(r"\d+", " ".join(map(words, item.xpath(".//sup/a"))))
    cited = [listed[f"R{number}"] for number in numbers]
    assert len(cited) == len(wanted), ident
    assert all(any(title in it for it in cited) for title in wanted), ident


def words_only(item: HtmlElement) -> str:
    """Return the words of a point without the numbers of its sources."""
    return " ".join(item.xpath(".//text()[not(ancestor::sup)]"))


def test_no_box_has_more_points(page: HtmlElement) -> None:
    """Each point of the boxes was checked: one that is not listed is none."""
    assert len(page.xpath("//section[starts-with(@class, 'box')]//li")) == len(points())


def test_boxes_come_first_and_the_most_urgent_before_all(page: HtmlElement) -> None:
    """Nothing but the title stands before the four boxes, and no verdict."""
    sections = page.xpath("//main//section")[: len(BOXES)]
    assert [(it.get("id"), it.get("class")) for it in sections] == BOXES
    assert not page.xpath("//section[starts-with(@class, 'box')]//b[@class]")


def test_the_first_three_signs_are_seen_on_a_phone(
    built: Path, chromium: Browser
) -> None:
    """Whoever opens the safety page in need reads the first signs without a move."""
    view = chromium.new_page(viewport=PHONE)
    view.goto((built / "topics/contraindications/index.html").as_uri())
    third = view.locator("#get-help-now li").nth(2).bounding_box()
    assert third
    assert third["y"] + third["height"] <= PHONE["height"]
    view.goto((built / "topics/stress/index.html").as_uri())
    line = view.locator(".safety").bounding_box()
    assert line
    assert line["height"] <= ONE_LINE
    view.close()


def test_a_page_with_a_benefit_has_the_caution_once(built: Path) -> None:
    """Articles, topics, the first page and the findings have its one line, once."""
    pages = [built / "index.html", built / "evidence" / "index.html"]
    pages += sorted(built.glob("articles/*/index.html"))
    pages += sorted(built.glob("topics/*/index.html"))
    for path in pages:
        lines = document(path).xpath("//p[starts-with(., 'Before you book: check')]")
        assert [letters(words(it)) for it in lines] == [letters(CAUTION)], path
        places = [it.rpartition("#")[2] for it in lines[0].xpath("a/@href")]
        assert places == [it.rpartition("#")[2] for it in PLACES], path
        assert not lines[0].xpath("following-sibling::aside//b"), path


def test_what_was_unsafe_never_comes_back() -> None:
    """No text has the words again that were found unsafe or without a source."""
    for path in sorted((ROOT / "content").rglob("*")):
        if path.suffix in (".md", ".yaml"):
            text = " ".join(path.read_text("utf-8").lower().split(" "))
            for gone in GONE:
                assert gone not in text, (path.name, gone)


def test_sources_that_may_not_be_cited_are_not_there() -> None:
    """What was read in lists of unknown origin is no reference of the site."""
    bib = (ROOT / "content" / "references.bib").read_text("utf-8")
    for key in ("usbackgrounder", "practlists", "tlfshear", "roffey2010"):
        assert f"{{{key}," not in bib


def test_nothing_tells_readers_to_see_a_doctor_about_all_new_pain() -> None:
    """Most new pain settles, so what needs a doctor is told by more than that it is new."""
    for path in sorted((ROOT / "content").rglob("*.md")):
        assert "pain that is new" not in path.read_text("utf-8"), path.name
