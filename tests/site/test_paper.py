"""What a browser prints: the safety lists on a sheet, articles in six, nothing that leads to what is not there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import lxml.html
import pytest
from helpers import document, words
from playwright.sync_api import Browser
from programs import need

SAFETY = "topics/contraindications/index.html"
ARTICLES = ("benefits-of-massage", "weekly-massages")
PRINTED = (
    SAFETY,
    "index.html",
    "topics/tension/index.html",
    *(f"articles/{name}/index.html" for name in ARTICLES),
)
MOST_SHEETS = 6
LEAST_LINES = 3  # on the last sheet, beside the foot of the site


class Line(NamedTuple):
    """A line of print: its words, and where it stands on its sheet."""

    text: str
    left: float
    bottom: float


class Sheet(NamedTuple):
    """A sheet: its lines as they stand, and its text in the order of the page."""

    lines: list[Line]
    text: str


def letters(text: str) -> str:
    """Return the letters and digits of a text: lines are broken and set anew in print."""
    return re.sub(r"\W+", "", text)


def told(pdf: Path, option: str) -> str:
    """Return what pdftotext tells of a file."""
    command = [need("pdftotext"), option, pdf, "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read(pdf: Path) -> list[Sheet]:
    """Return the sheets of a file."""
    texts = told(pdf, "-raw").split("\f")
    pages = lxml.html.document_fromstring(told(pdf, "-bbox-layout").encode())
    sheets = []
    for page, text in zip(pages.iter("page"), texts, strict=False):
        lines = []
        for line in page.iter("line"):
            said = " ".join(it.text_content() for it in line.iter("word"))
            left, bottom = float(line.get("xmin")), float(line.get("ymax"))
            lines.append(Line(said, left, bottom))
        sheets.append(Sheet(lines, text))
    return sheets


def on_paper(browser: Browser, html: str, folder: Path) -> list[Sheet]:
    """Return what a browser prints of a page."""
    need("pdftotext")
    page = browser.new_page()
    page.set_content(html)
    page.pdf(path=folder / "page.pdf", format="A4")
    page.close()
    return read(folder / "page.pdf")


@pytest.fixture(scope="module")
def printed(
    built: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Sheet]]:
    """The sheets of some pages by their files."""
    folder = tmp_path_factory.mktemp("paper")
    return {
        path: on_paper(chromium, (built / path).read_text("utf-8"), folder)
        for path in PRINTED
    }


def said(sheets: list[Sheet]) -> str:
    """Return the letters of some sheets."""
    return letters(" ".join(sheet.text for sheet in sheets))


def test_the_safety_lists_are_one_sheet(
    built: Path, printed: dict[str, list[Sheet]]
) -> None:
    """Title, every point of the four boxes and the four things to ask stand on the first sheet, and nothing else does."""
    root = document(built / SAFETY)
    first, rest = said(printed[SAFETY][:1]), said(printed[SAFETY][1:])
    boxes = root.xpath("//section[contains(@class, 'box')]")
    (asked,) = root.xpath("//section[@id='should-i-book']")
    assert len(boxes) == len(asked.xpath(".//ol/li")) == 4
    for part in (root.xpath("//h1")[0], *boxes, asked):
        for item in part.xpath(
            "descendant-or-self::h1 | .//h2 | .//li | .//p[not(@class)]"
        ):
            if not item.xpath("ancestor::aside"):
                assert letters(words(item)) in first, words(item)
    after = root.xpath("//section[contains(@class, 'note')]//h2 | //h3")
    assert after
    for heading in after[:3]:
        assert letters(words(heading)) in rest


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_has_six_sheets_at_most(
    name: str, printed: dict[str, list[Sheet]]
) -> None:
    """Notes and references included."""
    assert len(printed[f"articles/{name}/index.html"]) <= MOST_SHEETS


@pytest.mark.parametrize("path", PRINTED)
def test_no_sheet_is_wasted_and_no_heading_stands_alone(
    path: str, built: Path, printed: dict[str, list[Sheet]]
) -> None:
    """The last sheet has more than a line or two, and the last line of a column is no heading."""
    sheets = printed[path]
    foot = len(document(built / path).xpath("//footer//p"))
    assert len(sheets[-1].lines) >= LEAST_LINES + foot
    found = document(built / path).xpath("//main//h2 | //main//h3")
    headings = {letters(words(heading)) for heading in found}
    for sheet in sheets:
        middle = max(line.left for line in sheet.lines) / 2
        for column in (
            [line for line in sheet.lines if line.left < middle],
            [line for line in sheet.lines if line.left >= middle],
        ):
            ends = sorted(column, key=lambda line: line.bottom)[-2:]
            last = [letters(line.text) for line in ends]
            assert not headings & {"".join(last), *last[-1:]}, last


@pytest.mark.parametrize("path", PRINTED)
def test_what_is_folded_is_printed(
    path: str, built: Path, printed: dict[str, list[Sheet]]
) -> None:
    """Reasons of verdicts, passages and references that are closed on the screen are on paper, so each number leads to something."""
    root = document(built / path)
    paper = said(printed[path])
    for text in root.xpath("//details[not(@class='more')]//p | //details//ol/li"):
        if not text.xpath(
            "ancestor::details[@class='more'] | descendant::a[starts-with(@href, 'http')]"
        ):
            assert letters(words(text)) in paper, words(text)
    for link in root.xpath("//a[starts-with(@href, '#R')]"):
        assert root.get_element_by_id(link.get("href")[1:]) is not None


def test_an_engine_that_keeps_the_fold_prints_nothing_that_leads_there(
    built: Path, chromium: Browser, tmp_path: Path
) -> None:
    """Without ::details-content neither numbers of sources, nor references, nor headings of folded passages are printed."""
    for path in (SAFETY, "topics/tension/index.html"):
        html = (built / path).read_text("utf-8")
        older = html.replace("::details-content", "::no-such-part")
        assert older != html
        paper = said(on_paper(chromium, older, tmp_path))
        root = document(html)
        folded = root.xpath("//details[contains(@class, 'fold')]/summary")
        assert folded
        for summary in folded:
            assert letters(words(summary)) not in paper, words(summary)
        assert not re.search(r"Source\d", paper)
        for point in root.xpath("//section[contains(@class, 'box')]//li[sup]")[:5]:
            bare = letters("".join(point.xpath("text()|b/text()|strong/text()")))
            assert bare in paper
