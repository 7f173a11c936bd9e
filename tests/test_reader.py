"""What a reader meets, in a real browser: every page, the kitchen sink included, by eye, ear, keyboard and on paper."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from bread import SINK
from conftest import ROOT
from playwright.sync_api import Browser, Page, Route
from tools import need

# The hosts under which a browser meets the real site and the kitchen sink.
REAL, KITCHEN = "site.test", "sink.test"
SINK_ARTICLE = f"{KITCHEN}/articles/kitchen-sink/"
FOLDERS = {"articles": "/articles/", "topics": "/topics/", "pages": "/"}


def address(source: Path) -> str:
    """Return the address of a source file."""
    head = source.read_text("utf-8").partition("\n\n")[0]
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    if "address" in fields:
        return fields["address"]
    return f"{FOLDERS[source.parent.name]}{fields['slug']}/"


def addresses(host: str, content: Path) -> list[str]:
    """Return host and address of every published source below a folder."""
    sources = sorted(content.rglob("*.md"))
    texts = {source: source.read_text("utf-8") for source in sources}
    published = [s for s in sources if "\nstatus: published\n" in texts[s]]
    return [f"{host}{address(source)}" for source in published]


PAGES = [*addresses(REAL, ROOT / "content"), *addresses(KITCHEN, SINK)]
PAGES += [f"{KITCHEN}/", f"{KITCHEN}/evidence/", f"{KITCHEN}/articles/sour/"]
ARTICLES = [name for name in PAGES if name.startswith(f"{REAL}/articles/")]
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
# Each width and each colour scheme; their other two pairs in the long runs.
LOOKS = [
    (320, "light"),
    (1280, "dark"),
    pytest.param(320, "dark", marks=pytest.mark.long),
    pytest.param(1280, "light", marks=pytest.mark.long),
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


@pytest.fixture
def page(chromium: Browser, sites: dict[str, Path]) -> Iterator[Page]:
    """A page of a browser for which the two sites are all there is of the web."""
    context = chromium.new_context()

    def serve(route: Route) -> None:
        url = urlsplit(route.request.url)
        file = file_of(sites, f"{url.netloc}{url.path}")
        if file.is_file():
            route.fulfill(path=file)
        else:
            route.fulfill(status=404)

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


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Page, name: str, width: int, scheme: str) -> None:
    """No fault that axe knows, with best practices, target size and AAA contrast."""
    visit(page, name, width, scheme)
    report = Axe().run(page, options=RULES)
    assert report.violations_count == 0, report.generate_report()


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


@pytest.mark.parametrize(
    "name", [name for name in PAGES if not name.endswith("/search/")]
)
def test_scripts_change_nothing(
    page: Page, chromium: Browser, sites: dict[str, Path], name: str
) -> None:
    """With scripts off a page says what it says with them on."""
    visit(page, name)
    plain = chromium.new_context(java_script_enabled=False)
    other = plain.new_page()
    other.set_content(file_of(sites, name).read_text("utf-8"))
    other.set_viewport_size({"width": 1280, "height": 844})
    assert other.locator("body").inner_text() == page.locator("body").inner_text()
    plain.close()


@pytest.mark.parametrize("name", PAGES)
def test_paper(page: Page, name: str) -> None:
    """Printed: no navigation, dark text on white whatever the screen, every note open, the references there."""
    visit(page, name, scheme="dark", media="print")
    assert not page.locator(
        "nav:visible, .skip:visible, .safety:visible, .contents:visible"
    ).count()
    assert (
        page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert (
        page.evaluate("getComputedStyle(document.documentElement).color")
        == "rgb(0, 0, 0)"
    )
    folded = page.evaluate(
        "[...document.querySelectorAll('aside details > p')].filter(e => !e.checkVisibility({contentVisibilityAuto: true})).length"
    )
    assert folded == 0
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.box') || document.body).breakInside"
    ) == ("avoid" if page.locator(".box").count() else "auto")


def test_pdf_shows_addresses_and_references(page: Page, tmp_path: Path) -> None:
    """A printed article holds its notes, its references and the addresses of links to elsewhere."""
    visit(page, SINK_ARTICLE, media="print")
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    text = subprocess.run(
        [need("pdftotext"), tmp_path / "page.pdf", "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "References" in text.stdout
    assert "Nobody has shown that it does." in " ".join(text.stdout.split())
    assert "doi.org/10.1000/crust.1" in text.stdout
    assert "Contents and topics" not in text.stdout


@pytest.mark.parametrize("name", [*ARTICLES, SINK_ARTICLE])
def test_text_begins_high_on_a_phone(page: Page, name: str) -> None:
    """The first sentence of an article starts within 360 px at 390 px."""
    visit(page, name, 390)
    top = page.evaluate(
        "[...document.querySelectorAll('main p:not([class])')].find(e => e.checkVisibility() && e.innerText.length > 60)"
        ".getBoundingClientRect().top"
    )
    assert top <= 360


def test_first_screen_of_the_home_page(page: Page) -> None:
    """At 1280 by 720 a visitor sees at once what the site is and what to do first; the site's head is one line at 390."""
    visit(page, f"{REAL}/", 1280)
    assert (
        page.evaluate("document.querySelector('.box').getBoundingClientRect().bottom")
        <= 720
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
    """Text is 18 px or more, its lines 1.5 or more apart and 60 to 72 characters long on a wide screen."""
    for width in (390, 1280):
        visit(page, name, width)
        size, line, measure = page.evaluate(
            """() => {const ps = [...document.querySelectorAll('.passage > p:not([class])')], s = getComputedStyle(ps[0]);
               const cpl = ps.map(p => {const r = document.createRange(); r.selectNodeContents(p);
                 const lines = new Set([...r.getClientRects()].map(q => Math.round(q.bottom / 6))).size;
                 return lines > 2 && p.innerText.length > 150 && p.innerText.length / (lines - .5)}).filter(Boolean).sort((a, b) => a - b);
               return [parseFloat(s.fontSize), parseFloat(s.lineHeight) / parseFloat(s.fontSize), cpl[cpl.length >> 1]]}"""
        )
        assert size >= 18
        assert line >= 1.5
        # Without a paragraph of three lines there is nothing to measure.
        assert width < 1000 or measure is None or 60 <= measure <= 72


def test_notes_stand_beside_their_passage(page: Page) -> None:
    """On a wide screen findings are open in the margin, level with their passage; on a phone folded under it."""
    visit(page, SINK_ARTICLE)
    beside = """() => [...document.querySelectorAll('.passage > aside')].map(e => {
        const a = e.getBoundingClientRect(), p = e.parentElement.querySelector('p').getBoundingClientRect();
        return [a.left > p.right, Math.abs(a.top - p.top) < 12, a.top >= p.bottom]})"""
    assert all(right and level for right, level, _ in page.evaluate(beside))
    shown = "[...document.querySelectorAll('aside details > p')].filter(e => e.checkVisibility()).length"
    assert page.evaluate(shown) == page.locator("aside details").count()
    visit(page, SINK_ARTICLE, 390)
    assert all(under for _, _, under in page.evaluate(beside))
    assert page.evaluate(shown) == 0
    page.locator("aside summary").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(shown) == 1


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
    assert {url.split("/")[2] for url in asked} == {REAL, KITCHEN}


def test_marks_are_drawn_with_forced_colours(page: Page) -> None:
    """With colours forced, the marks keep the shapes that tell them apart: what is not filled stays clear."""
    page.emulate_media(forced_colors="active")
    page.goto(f"http://{KITCHEN}/evidence/")
    clear = page.evaluate(
        "[...document.querySelectorAll('figure b')].map(b => {const s = getComputedStyle(b, '::before');"
        "return ['Top', 'Right', 'Bottom', 'Left'].filter(side => s[`border${side}Color`] !== 'rgba(0, 0, 0, 0)').length})"
    )
    assert clear == [4, 3, 2, 1, 0]
