"""What a reader meets, in a real browser: every page, the kitchen sink included, by eye, ear, keyboard and on paper."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bread import SINK
from helpers import axe
from pelican.settings import DEFAULT_CONFIG
from pelican.utils import slugify
from playwright.sync_api import Browser, Page, Route
from projects import ROOT
from tools import need

# The hosts under which a browser meets the real site and the kitchen sink.
REAL, KITCHEN = "site.test", "sink.test"
SINK_ARTICLE = f"{KITCHEN}/articles/kitchen-sink/"
SLUGS = DEFAULT_CONFIG["SLUG_REGEX_SUBSTITUTIONS"]
FOLDERS = {"articles": "/articles/", "topics": "/topics/", "pages": "/"}


def addresses(host: str, content: Path) -> list[str]:
    """Return host and address of every published source below a folder."""
    found = []
    for source in sorted(content.rglob("*.md")):
        head = source.read_text("utf-8").partition("\n\n")[0]
        lines = re.findall(r"^(\w+): *(.+)", head, re.MULTILINE)
        fields = {name.lower(): value for name, value in lines}
        slug = fields.get("slug") or slugify(fields["title"], SLUGS)
        if fields.get("status", "published") == "published":
            home = f"{FOLDERS[source.parent.name]}{slug}/"
            found.append(f"{host}{fields.get('address', home)}")
    return found


PAGES = [*addresses(REAL, ROOT / "content"), *addresses(KITCHEN, SINK)]
PAGES += [f"{KITCHEN}/", f"{KITCHEN}/evidence/", f"{KITCHEN}/articles/sour/"]
ARTICLES = [name for name in PAGES if name.startswith(f"{REAL}/articles/")]
STOPS = 120  # of the Tab key on a page, at most
# Each width and each colour scheme; their other two pairs in the long runs.
LOOKS = [
    {320: "light", 1280: "dark"},
    pytest.param({320: "dark", 1280: "light"}, marks=pytest.mark.long),
]
# WCAG 2.2, 1.4.12.
SPACING = """
* {line-height: 1.5 !important; letter-spacing: .12em !important;
   word-spacing: .16em !important}
p {margin-block-end: 2em !important}
"""


@pytest.fixture(scope="session")
def sites(built: Path, sink: Path) -> dict[str, Path]:
    """The folder behind each host."""
    return {REAL: built, KITCHEN: sink}


def file_of(sites: dict[str, Path], name: str) -> Path:
    """Return the file behind a host and an address."""
    host, _, path = name.partition("/")
    file = sites[host] / path
    return file / "index.html" if file.is_dir() else file


def open_page(chromium: Browser, sites: dict[str, Path]) -> Page:
    """Open a page of a browser for which the two sites are all there is of the web."""
    context = chromium.new_context()

    def serve(route: Route) -> None:
        url = urlsplit(route.request.url)
        file = file_of(sites, f"{url.netloc}{url.path}")
        if file.is_file():
            route.fulfill(path=file)
        else:
            route.fulfill(status=404)

    context.route("**/*", serve)
    return context.new_page()


@pytest.fixture(scope="module")
def page(chromium: Browser, sites: dict[str, Path]) -> Iterator[Page]:
    """A page of a browser: one for all tests, each of which visits what it looks at."""
    page = open_page(chromium, sites)
    yield page
    page.context.close()


def look(page: Page, width: int, scheme: str = "light", media: str = "screen") -> None:
    """Look at a page at a width, in a colour scheme and for a medium."""
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme, media=media)  # type: ignore[arg-type]


def visit(page: Page, name: str, width: int = 1280, *seen: str) -> None:
    """Open a page of the site, and look at it."""
    look(page, width, *seen)
    page.goto(f"http://{name}")


def wider(page: Page) -> list[str]:
    """What stands out of the window sideways."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && e.innerText
            && !e.matches('.skip') && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 90))"""
    )


def test_every_page_is_tested(built: Path) -> None:
    """Every page of the real site is visited by these tests."""
    found = {path.relative_to(built).as_posix() for path in built.rglob("*.html")}
    assert {f"{REAL}/{path.removesuffix('index.html')}" for path in found} == {
        name for name in PAGES if name.startswith(REAL)
    }


@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Page, name: str, looks: dict[int, str]) -> None:
    """No fault that axe knows, with best practices, target size and AAA contrast."""
    visit(page, name)
    for width, scheme in looks.items():
        look(page, width, scheme)
        assert axe(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_small_large_and_spaced(page: Page, name: str) -> None:
    """Nothing stands out sideways at 320 px, with text at 200 %, or with the spacing of WCAG 1.4.12."""
    visit(page, name, 320)
    assert not wider(page)
    spaced = page.add_style_tag(content=SPACING)
    assert not wider(page)
    spaced.evaluate("style => style.remove()")
    look(page, 640)
    page.add_style_tag(content="html {font-size: 225% !important}")
    assert not wider(page)


@pytest.mark.parametrize("name", PAGES)
def test_keyboard_walks_the_page(page: Page, name: str) -> None:
    """The skip link comes first and works; Tab meets every link in reading order, not too many, each with a ring one can see."""
    visit(page, name, 390)
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.matches('.skip') && document.activeElement.offsetHeight > 20"
    )
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.closest('main') !== null || !document.querySelector('main a')"
    )
    page.evaluate("document.querySelector('.skip').focus()")
    stops = page.locator(
        "a[href]:visible, summary:visible, input:visible, button:visible"
    ).count()
    assert stops <= STOPS
    page.evaluate(
        """() => {window.seen = []; let last = document.activeElement;
            document.addEventListener('focusin', ({target: e}) => {
              const s = getComputedStyle(e), b = e.getBoundingClientRect();
              seen.push(s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && b.height >= 1 &&
                !!(last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)); last = e})}"""
    )
    for _ in range(stops - 1):
        page.keyboard.press("Tab")
    assert page.evaluate("seen") == [True] * (stops - 1)


@pytest.mark.parametrize("name", PAGES)
def test_targets_are_large_enough(page: Page, name: str) -> None:
    """Links outside sentences are 44 px high, all others 24 px each way (WCAG 2.2, 2.5.8 and 2.5.5)."""
    visit(page, name, 390)
    small = page.evaluate(
        """() => [...document.querySelectorAll('a[href], summary')].filter(e => e.checkVisibility() && !e.matches('.skip'))
          .filter(e => {const b = e.getClientRects()[0];
            const whole = e.getBoundingClientRect();
            return b.height < (e.matches('header a, footer a, main nav > ul a, summary') ? 43.5 : 24) || whole.width < 24})
          .filter(e => !e.closest('sup') || e.getBoundingClientRect().height < 20)
          .map(e => e.outerHTML.slice(0, 80) + e.getBoundingClientRect().height)"""
    )
    assert not small


@pytest.mark.parametrize("name", PAGES)
def test_paper(page: Page, name: str) -> None:
    """Printed: no navigation, dark text on white whatever the screen, boxes in one piece, the references there."""
    visit(page, name, 1280, "dark", "print")
    assert not page.locator(
        "nav:visible, .skip:visible, .safety:visible, form:visible"
    ).count()
    assert (
        page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert (
        page.evaluate("getComputedStyle(document.documentElement).color")
        == "rgb(0, 0, 0)"
    )
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.box') || document.body).breakInside"
    ) == ("avoid" if page.locator(".box").count() else "auto")
    bands = page.locator(".box > :first-child")
    for band in bands.all():
        assert band.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
        clear = "e => getComputedStyle(e).backgroundColor.endsWith(', 0)')"
        assert band.evaluate(clear), "printers leave bands out"


def test_pdf_shows_addresses_and_references(page: Page, tmp_path: Path) -> None:
    """A printed article holds what was judged, its references, its own address and those of links to elsewhere."""
    visit(page, SINK_ARTICLE, 1280, "light", "print")
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    text = subprocess.run(
        [need("pdftotext"), tmp_path / "page.pdf", "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    printed = " ".join(text.stdout.split())
    assert re.search(r"\d references", printed)
    assert "Nobody has shown that it does." in printed
    assert "Limited: A thick crust keeps bread" in printed
    assert "example.org/articles/kitchen-sink/" in printed
    assert "https://example.com/steam" in printed
    assert "On this page" not in printed


@pytest.mark.parametrize(
    "name", [name for name in PAGES if "/articles/" in name or "/topics/" in name]
)
def test_the_answer_stands_on_the_first_screen_of_a_phone(
    page: Page, name: str
) -> None:
    """Title, standfirst and short answer of an article or a topic fit 390 by 844 px; safety boxes come before both."""
    visit(page, name, 390)
    answer = page.locator(".answer > .text, .answer > p")
    if page.locator(".emergency ~ .answer").count():
        answer = page.locator(".emergency > h2")
    if name.startswith(f"{REAL}/topics/") and not name.endswith("/topics/"):
        assert answer.count(), "every topic has one"
    for box in [it.bounding_box() for it in answer.all()]:
        assert box
        assert box["y"] + box["height"] <= 844


def test_boxes_are_set_alike(page: Page) -> None:
    """What is most urgent is as easy to read as the rest."""
    visit(page, f"{REAL}/topics/contraindications/", 390)
    spaces = page.evaluate(
        """() => [...document.querySelectorAll('.box li + li')].map(sign =>
           [getComputedStyle(sign).lineHeight, getComputedStyle(sign).marginTop].join())"""
    )
    assert len(set(spaces)) == 1


def test_first_screen_of_the_home_page(page: Page) -> None:
    """At 1280 by 720 a visitor sees at once what the site is and what to do first; the site's head is one line at 390."""
    visit(page, f"{REAL}/", 1280)
    assert (
        page.evaluate("document.querySelector('.box').getBoundingClientRect().top")
        <= 640
    )
    visit(page, f"{REAL}/topics/", 390)
    brand, menu = (
        page.locator(".brand").bounding_box(),
        page.locator("header nav").bounding_box(),
    )
    assert brand
    assert menu
    assert brand["y"] < menu["y"] + menu["height"] / 2 < brand["y"] + brand["height"]
    assert brand["x"] + brand["width"] + 8 <= menu["x"]


@pytest.mark.parametrize("name", ARTICLES)
def test_type_is_set_for_reading(page: Page, name: str) -> None:
    """Text is 18 px or more, and its lines are 1.5 or more apart."""
    for width in (390, 1280):
        visit(page, name, width)
        size, line = page.evaluate(
            """() => {const s = getComputedStyle(document.querySelector('.passage .text > p:not([class]), .prose > p'));
               return [parseFloat(s.fontSize), parseFloat(s.lineHeight) / parseFloat(s.fontSize)]}"""
        )
        assert size >= 18
        assert line >= 1.5


def test_notes_stand_under_their_passage_on_a_phone(page: Page) -> None:
    """On a phone findings are folded under their passage, and open with the keyboard."""
    visit(page, SINK_ARTICLE, 390)
    under = """() => [...document.querySelectorAll('.passage > .notes')].map(e =>
        e.getBoundingClientRect().top >= e.parentElement.querySelector('.text').getBoundingClientRect().bottom)"""
    assert page.evaluate(under)
    assert all(page.evaluate(under))
    shown = page.locator("aside details > p:visible")
    assert shown.count() == 0
    first = page.locator("aside details").first
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert shown.count() == first.locator("> p").count() > 0


def test_nothing_moves_and_nothing_is_kept(
    chromium: Browser, sites: dict[str, Path]
) -> None:
    """No animation, no transition, no cookie, no storage, and no request to elsewhere."""
    page = open_page(chromium, sites)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in PAGES:
        visit(page, name)
        assert (
            page.evaluate(
                "document.getAnimations().length + document.cookie.length + localStorage.length"
            )
            == 0
        )
        moving = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').length"
        assert page.evaluate(moving) == 0
    page.context.close()
    assert {url.split("/")[2] for url in asked} == {REAL, KITCHEN}
