"""What a reader meets, in a real browser: every page, the kitchen sink included, by eye, ear, keyboard and on paper."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, copy_project
from playwright.sync_api import Browser, Page
from tools import need

SINK = ROOT / "tests" / "kitchen_sink"
ARTICLE = "articles/benefits-of-massage/"
PAGES = (
    "",
    "404.html",
    ARTICLE,
    "articles/weekly-massages/",
    "articles/kitchen-sink/",
    "about/",
    "disclaimer/",
    "evidence/",
    "glossary/",
    "search/",
    "topics/",
    "topics/circulation/",
    "topics/contraindications/",
    "topics/flexibility/",
    "topics/overuse/",
    "topics/stress/",
    "topics/tension/",
)
# WCAG 2.2 A and AA with best practices, and of AAA the contrast.
RULES = {
    "runOnly": [
        "wcag2a",
        "wcag2aa",
        "wcag21a",
        "wcag21aa",
        "wcag22a",
        "wcag22aa",
        "best-practice",
    ],
    "rules": {
        "color-contrast-enhanced": {"enabled": True},
        "target-size": {"enabled": True},
    },
}
# WCAG 2.2, 1.4.12.
SPACING = "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
SPACING += "p {margin-block-end: 2em !important}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site with the kitchen sink among its articles."""
    project = copy_project(tmp_path_factory.mktemp("sink") / "project")
    shutil.copytree(SINK, project.root / "content", dirs_exist_ok=True)
    return project.build()


@pytest.fixture
def page(chromium: Browser, site: Path) -> Iterator[Page]:
    """A page of a browser for which the site is all there is of the web."""
    context = chromium.new_context()

    def serve(route, request) -> None:  # type: ignore[no-untyped-def]
        path = site / request.url.split("/", 3)[3].partition("?")[0].partition("#")[0]
        path = path / "index.html" if path.is_dir() else path
        route.fulfill(path=path) if path.is_file() else route.fulfill(status=404)

    context.route("**/*", serve)
    yield context.new_page()
    context.close()


def visit(
    page: Page,
    name: str,
    width: int = 1280,
    scheme: str = "light",
    media: str = "screen",
) -> None:
    """Open a page of the site at a width, in a colour scheme and for a medium."""
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme, media=media)  # type: ignore[arg-type]
    page.goto(f"http://site.test/{name}")


def wider(page: Page) -> list[str]:
    """What stands out of the window sideways."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && e.innerText
            && !e.matches('.skip') && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 90))"""
    )


def test_every_page_is_tested(site: Path) -> None:
    """The list of pages here is the list of pages that are built."""
    built = {
        path.relative_to(site).as_posix().removesuffix("index.html")
        for path in site.rglob("*.html")
    }
    assert built == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Page, name: str) -> None:
    """No fault that axe knows, best practices, target size and AAA contrast included, in either scheme and width."""
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            visit(page, name, width, scheme)
            report = Axe().run(page, options=RULES)
            assert report.violations_count == 0, (
                f"{width} {scheme}: {report.generate_report()}"
            )


@pytest.mark.parametrize("name", PAGES)
def test_small_large_and_spaced(page: Page, name: str) -> None:
    """Nothing stands out sideways at 320 px, with text at 200 %, or with the spacing of WCAG 1.4.12."""
    visit(page, name, 320)
    assert not wider(page)
    page.add_style_tag(content=SPACING)
    assert not wider(page)
    visit(page, name, 640)
    page.add_style_tag(content="html {font-size: 225% !important}")
    assert not wider(page)


@pytest.mark.parametrize("name", PAGES)
def test_keyboard_walks_the_page(page: Page, name: str) -> None:
    """The skip link comes first and works; Tab meets every link in reading order, each with a ring one can see."""
    visit(page, name, 390)
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.matches('.skip') && document.activeElement.offsetHeight > 20"
    )
    stops = page.locator(
        "a[href]:visible, summary:visible, input:visible, button:visible"
    ).count()
    seen = []
    for _ in range(stops - 1):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                """() => {const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
                   window.last = window.now; window.now = e;
                   return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && b.height >= 1 && (!window.last ||
                     !!(window.last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING))}"""
            )
        )
    assert all(seen)
    visit(page, name, 390)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.closest('main') !== null || !document.querySelector('main a')"
    )


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


@pytest.mark.parametrize("name", [name for name in PAGES if name != "search/"])
def test_scripts_change_nothing(
    page: Page, chromium: Browser, site: Path, name: str
) -> None:
    """With scripts off a page says what it says with them on."""
    visit(page, name)
    plain = chromium.new_context(java_script_enabled=False)
    other = plain.new_page()
    other.set_content(
        (
            site / name / "index.html" if not name.endswith("html") else site / name
        ).read_text("utf-8")
    )
    other.set_viewport_size({"width": 1280, "height": 844})
    assert other.locator("body").inner_text() == page.locator("body").inner_text()
    plain.close()


@pytest.mark.parametrize("name", PAGES)
def test_paper(page: Page, name: str) -> None:
    """Printed: no navigation, dark text on white whatever the screen, boxes in one piece, the references there."""
    visit(page, name, scheme="dark", media="print")
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


def test_pdf_shows_addresses_and_references(page: Page, tmp_path: Path) -> None:
    """A printed article holds what was judged, its references, its own address and those of links to elsewhere."""
    visit(page, ARTICLE, media="print")
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    text = subprocess.run(
        [need("pdftotext"), tmp_path / "page.pdf", "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "References" in text.stdout
    assert "Limited: Massage eases low back pain for some weeks" in " ".join(
        text.stdout.split()
    )
    assert f"example.org/{ARTICLE}" in text.stdout
    assert "doi.org/10.7326/M16-2367" in text.stdout
    assert "Contents, and" not in text.stdout


@pytest.mark.parametrize(
    "name", [ARTICLE, "articles/weekly-massages/", "articles/kitchen-sink/"]
)
def test_text_begins_high_on_a_phone(page: Page, name: str) -> None:
    """Title and standfirst of an article leave the lower two fifths of a phone's first screen to what follows."""
    visit(page, name, 390)
    bottom = "document.querySelector('.standfirst').getBoundingClientRect().bottom"
    assert page.evaluate(bottom) <= 500
    contents = "(document.querySelector('.contents') || document.querySelector('h2')).getBoundingClientRect().top"
    assert page.evaluate(contents) <= 560


def test_first_screen_of_the_home_page(page: Page) -> None:
    """At 1280 by 720 a visitor sees at once what the site is and what to do first; the site's head is one line at 390."""
    visit(page, "", 1280)
    assert (
        page.evaluate("document.querySelector('.box').getBoundingClientRect().top")
        <= 640
    )
    visit(page, "topics/", 390)
    brand, menu = (
        page.locator(".brand").bounding_box(),
        page.locator("header nav").bounding_box(),
    )
    assert brand
    assert menu
    assert brand["y"] < menu["y"] + menu["height"] / 2 < brand["y"] + brand["height"]
    assert brand["x"] + brand["width"] + 8 <= menu["x"]


def test_type_is_set_for_reading(page: Page) -> None:
    """Text is 18 px or more, and its lines are 1.5 or more apart."""
    for width in (390, 1280):
        visit(page, ARTICLE, width)
        size, line = page.evaluate(
            """() => {const s = getComputedStyle(document.querySelector('.text > p:not([class])'));
               return [parseFloat(s.fontSize), parseFloat(s.lineHeight) / parseFloat(s.fontSize)]}"""
        )
        assert size >= 18
        assert line >= 1.5


def test_notes_stand_under_their_passage_on_a_phone(page: Page) -> None:
    """On a phone findings are folded under their passage, and open with the keyboard."""
    visit(page, ARTICLE, 390)
    under = """() => [...document.querySelectorAll('.passage > .notes')].map(e =>
        e.getBoundingClientRect().top >= e.parentElement.querySelector('.text').getBoundingClientRect().bottom)"""
    assert page.evaluate(under)
    assert all(page.evaluate(under))
    shown = page.locator("aside details > p:visible")
    assert shown.count() == 0
    page.locator("aside summary").first.focus()
    page.keyboard.press("Enter")
    assert shown.count() == 1


def test_nothing_moves_and_nothing_is_kept(page: Page) -> None:
    """No animation, no transition, no cookie, no storage, and no request to elsewhere."""
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
    assert {url.split("/")[2] for url in asked} == {"site.test"}
