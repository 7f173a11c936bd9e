"""What a reader meets, in a real browser: every page, the kitchen sink included, by eye, ear, keyboard and on paper."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bread import SINK
from helpers import AXE_OPTIONS, axe
from pelican.settings import DEFAULT_CONFIG
from pelican.utils import slugify
from playwright.sync_api import Browser, Page, Route
from programs import need
from projects import ROOT

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
# Widths and colour schemes of which axe looks at both; the long runs at all four pairs.
LOOKS = ((320, "light"), (1280, "dark"))
# A page with every block, one with a form, one whose boxes come first, and the home page.
WALKED = (
    SINK_ARTICLE,
    f"{REAL}/",
    f"{REAL}/search/",
    f"{REAL}/topics/contraindications/",
)
# What depends on colours. The size of targets, a slow rule, has a test of its own.
LOOKED_AT = ("color-contrast", "color-contrast-enhanced", "link-in-text-block")
STRUCTURE = {
    **AXE_OPTIONS,
    "rules": {rule: {"enabled": False} for rule in LOOKED_AT},
}
COLOURS = {"resultTypes": ["violations"], "runOnly": [*LOOKED_AT]}
# One element of each set of letters, of the text that is shown.
LETTERS = """(() => {
  const sorts = new Map();
  for (const e of document.body.querySelectorAll('*')) {
    const hasText = [...e.childNodes].some(it => it.nodeType === 3 && it.data.trim());
    if (!hasText || !e.checkVisibility()) continue;
    const {color, fontSize, fontWeight, textDecoration} = getComputedStyle(e);
    const behind = [];
    for (let it = e; it; it = it.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(it);
      behind.push(backgroundColor, backgroundImage, opacity);
    }
    const sort = [e.parentElement.tagName, e.tagName, e.className];
    sort.push(color, fontSize, fontWeight, textDecoration);
    sorts.set([...sort, ...new Set(behind)].join('|'), e);
  }
  return [...sorts.values()];
})()"""
SHOWN = """() => [...document.body.querySelectorAll('*')].map(e =>
  e.checkVisibility({visibilityProperty: true, opacityProperty: true}))"""
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


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The hosts that pages asked for something."""
    return []


@pytest.fixture(scope="module")
def page(chromium: Browser, sites: dict[str, Path], asked: list[str]) -> Iterator[Page]:
    """A page of a browser for which the two sites are all there is of the web."""
    with chromium.new_context() as context:

        def serve(route: Route) -> None:
            url = urlsplit(route.request.url)
            asked.append(url.netloc)
            file = file_of(sites, f"{url.netloc}{url.path}")
            if file.is_file():
                route.fulfill(path=file)
            else:
                route.fulfill(status=404)

        context.route("**/*", serve)
        yield context.new_page()


@pytest.fixture(scope="module", params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    """Host and address of every page; all tests look at one before the next."""
    return str(request.param)


@pytest.fixture
def opened(page: Page, sites: dict[str, Path], name: str) -> Page:
    """Every page in its turn. A test looks at it, and leaves it as it was.

    It is put into the window of the page before it, which knows axe already.
    """
    host, _, path = name.partition("/")
    if urlsplit(page.url).netloc != host:
        visit(page, name)
    elif page.url != f"http://{name}":
        page.evaluate("path => history.replaceState(null, '', path)", f"/{path}")
        page.set_content(file_of(sites, name).read_text("utf-8"))
    return page


def look(page: Page, width: int, scheme: str = "light", media: str = "screen") -> None:
    """Look at a page at a width, in a colour scheme and for a medium."""
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme, media=media)  # type: ignore[arg-type]


def visit(page: Page, name: str, width: int = 1280, *seen: str) -> None:
    """Open a page of the site, and look at it."""
    look(page, width, *seen)
    page.goto(f"http://{name}")


def wider(page: Page, style: str = "") -> list[str]:
    """What stands out of the window sideways, with some more style for a while."""
    added = page.add_style_tag(content=style or "/**/")
    found = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
          .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
          .filter(e => e.checkVisibility() && e.innerText && !e.matches('.skip'))
          .map(e => e.outerHTML.slice(0, 90))"""
    )
    added.evaluate("style => style.remove()")
    return list(found)


def test_every_page_is_tested(built: Path) -> None:
    """Every page of the real site is visited by these tests."""
    found = {path.relative_to(built).as_posix() for path in built.rglob("*.html")}
    assert {f"{REAL}/{path.removesuffix('index.html')}" for path in found} == {
        name for name in PAGES if name.startswith(REAL)
    }


def test_axe_finds_nothing(opened: Page) -> None:
    """No fault that axe knows, with best practices, target size and AAA contrast.

    The same elements are shown at each width, so its other rules are asked once, and
    the contrast at each look, once for letters that are set alike.
    """
    shown = []
    for number, (width, scheme) in enumerate(LOOKS):
        look(opened, width, scheme)
        shown.append(opened.evaluate(SHOWN))
        if not number:
            assert axe(opened, STRUCTURE) == []
        assert axe(opened, COLOURS, LETTERS) == []
    assert shown[0] == shown[1]


@pytest.mark.long
def test_axe_finds_nothing_anywhere(opened: Page) -> None:
    """Every rule, of every element, in both schemes at both widths."""
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            look(opened, width, scheme)
            assert axe(opened) == []


def test_small_large_and_spaced(opened: Page) -> None:
    """Nothing stands out sideways at 320 px, with text at 200 %, or with the spacing of WCAG 1.4.12."""
    look(opened, 320)
    assert not wider(opened)
    assert not wider(opened, SPACING)
    look(opened, 640)
    assert not wider(opened, "html {font-size: 225% !important}")


def test_every_stop_of_the_keyboard_can_be_seen(opened: Page) -> None:
    """The skip link comes first; links are met in reading order, not too many, each with a ring one can see."""
    look(opened, 390)
    opened.keyboard.press("Tab")  # from now on what has the focus shows it
    stops = opened.evaluate(
        """() => [...document.querySelectorAll('a[href], summary, input, button')]
          .filter(e => e.checkVisibility()).map(e => {
            e.focus();
            const {outlineStyle, outlineWidth} = getComputedStyle(e);
            const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
              && e.offsetHeight + e.getBoundingClientRect().height >= 1;
            return [document.activeElement === e && isSeen, e.matches('.skip')]})"""
    )
    assert len(stops) <= STOPS
    assert stops == [[True, True]] + [[True, False]] * (len(stops) - 1)
    assert not opened.evaluate("document.querySelectorAll('[tabindex]').length")


def test_targets_are_large_enough(opened: Page) -> None:
    """Links outside sentences are 44 px high, all others 24 px each way (WCAG 2.2, 2.5.8 and 2.5.5)."""
    look(opened, 390)
    small = opened.evaluate(
        """() => [...document.querySelectorAll('a[href], summary, input, button')].filter(e => e.checkVisibility() && !e.matches('.skip'))
          .filter(e => {const b = e.getClientRects()[0];
            const whole = e.getBoundingClientRect();
            return b.height < (e.matches('header a, footer a, main nav > ul a, summary') ? 43.5 : 24) || whole.width < 24})
          .filter(e => !e.closest('sup') || e.getBoundingClientRect().height < 20)
          .map(e => e.outerHTML.slice(0, 80) + e.getBoundingClientRect().height)"""
    )
    assert not small


def test_the_answer_stands_on_the_first_screen_of_a_phone(
    opened: Page, name: str
) -> None:
    """Title, standfirst and short answer of an article or a topic fit 390 by 844 px; safety boxes come before both."""
    look(opened, 390)
    ends = opened.evaluate(
        """() => [...document.querySelectorAll(document.querySelector('.emergency ~ .answer')
          ? '.emergency > h2' : '.answer > .text, .answer > p')]
          .map(e => e.getBoundingClientRect().bottom + scrollY)"""
    )
    if name.startswith(f"{REAL}/topics/") and not name.endswith("/topics/"):
        assert ends, "every topic has one"
    assert all(end <= 844 for end in ends)


def test_paper(opened: Page) -> None:
    """Printed: no navigation, dark text on white whatever the screen, boxes in one piece, the references there."""
    look(opened, 1280, "dark", "print")
    found = opened.evaluate(
        """() => {
          const all = css => [...document.querySelectorAll(css)];
          const style = getComputedStyle(document.documentElement);
          return {
            colours: [style.color, style.backgroundColor],
            shown: all('nav, .skip, .safety, form').filter(e => e.checkVisibility()).length,
            boxes: all('.box').map(e => getComputedStyle(e).breakInside),
            bands: all('.box > :first-child').map(e => getComputedStyle(e)).filter(it =>
              it.color !== 'rgb(0, 0, 0)' || !it.backgroundColor.endsWith(', 0)')).length,
          }}"""
    )
    assert found["colours"] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert not found["shown"]
    assert set(found["boxes"]) <= {"avoid"}
    assert not found["bands"], "printers leave bands out"


def test_nothing_moves_and_nothing_is_kept(opened: Page, asked: list[str]) -> None:
    """No animation, no transition, no cookie, no storage, and no request to elsewhere."""
    found = opened.evaluate(
        """() => [document.getAnimations().length, document.cookie.length, localStorage.length,
          [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').length]"""
    )
    assert found == [0, 0, 0, 0]
    assert asked
    assert set(asked) <= {REAL, KITCHEN}


@pytest.mark.parametrize("path", WALKED)
def test_keyboard_walks_the_page(page: Page, path: str) -> None:
    """The skip link works; Tab meets every link in reading order."""
    visit(page, path, 390)
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.matches('.skip') && document.activeElement.offsetHeight > 20"
    )
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.evaluate("document.querySelector('.skip').focus()")
    stops = page.evaluate(
        """() => {window.met = [];
          document.addEventListener('focusin', ({target}) => met.push(target));
          window.stops = [...document.querySelectorAll('a[href], summary, input, button')]
            .filter(e => e.checkVisibility()).slice(1);
          return stops.length}"""
    )
    for _ in range(stops):
        page.keyboard.press("Tab")
    assert page.evaluate("stops.every((e, n) => met[n] === e)")


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
