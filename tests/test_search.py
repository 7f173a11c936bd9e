"""The search page: what it finds, where it leads, and what it is without a script."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Project
from playwright.sync_api import Browser, Page, expect

from sitebuild import output
from sitebuild.host.headers import headers_for


class Handler(SimpleHTTPRequestHandler):
    """Serves a built tree with the headers that a host would send, the policy of each page among them."""

    def end_headers(self) -> None:
        """Add the site's own headers to those of the server."""
        tree = Path(self.directory)
        path = self.path.partition("?")[0].lstrip("/")
        path = f"{path}index.html" if not path or path.endswith("/") else path
        if (tree / path).is_file():
            for name, value in headers_for(path, output.read(tree)).items():
                if name != "Content-Type":
                    self.send_header(name, value)
        super().end_headers()

    def guess_type(self, path: str | PathLike[str]) -> str:
        """Name the media type that the site asks for, else the server's own."""
        name = Path(path).relative_to(self.directory).as_posix()
        return headers_for(name, output.read(Path(self.directory))).get(
            "Content-Type"
        ) or super().guess_type(path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(tree: Path) -> Iterator[str]:
    """Serve a tree on loopback; gives the origin."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Handler, directory=str(tree))
    )
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def origin(built: Path) -> Iterator[str]:
    """The built site, served."""
    with serving(built) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, origin: str) -> Iterator[Page]:
    """The search page, just opened."""
    context = chromium.new_context(base_url=origin)
    page = context.new_page()
    page.goto("/search/")
    yield page
    context.close()


def test_a_query_leads_to_the_passage(page: Page) -> None:
    """Results lead to the passage in its article; each names its page, and its topics where it has some."""
    page.get_by_label("Look for").fill("lactic acid")
    expect(page.get_by_role("status")).to_contain_text("“lactic acid”")
    first = page.locator("#results > li").first
    expect(first).to_contain_text("From:")
    link = page.locator('a[href="/articles/benefits-of-massage/#lactic-acid"]')
    result = page.locator("#results > li").filter(has=link)
    expect(result).to_contain_text(
        "The Benefits of Massage Therapy for Lower Back Pain Relief"
    )
    expect(result).to_contain_text("Topics: Circulation, Overuse")
    link.click()
    expect(page).to_have_url(re.compile(r"/articles/benefits-of-massage/#lactic-acid$"))
    expect(page.locator("#lactic-acid")).to_be_in_viewport()


def test_a_claim_found_brings_its_verdict(page: Page) -> None:
    """A passage with a contradicted or unsupported finding is not listed without it."""
    page.get_by_label("Look for").fill("lactic acid")
    link = page.locator('a[href="/articles/benefits-of-massage/#lactic-acid"]')
    expect(page.locator("#results > li").filter(has=link)).to_contain_text(
        "Contradicted:"
    )


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("numbness", "/topics/contraindications/#get-help-now"),
        ("oxytocin", "/glossary/#oxytocin"),
        ("scar tissue", "/evidence/#scar-broken-up"),
        (
            "how hard pressure",
            "/topics/contraindications/#how-hard-should-the-pressure-be",
        ),
        ("review", "/about/"),
    ],
)
def test_everything_with_an_address_can_be_found(
    page: Page, words: str, first: str
) -> None:
    """Warning signs, terms, findings, questions and the text of plain pages are found, not the articles alone."""
    page.get_by_label("Look for").fill(words)
    expect(page.locator(f'#results a[href^="{first}"]').first).to_be_visible()


def test_search_by_keyboard_alone(page: Page) -> None:
    """Type, Enter, Tab, Enter: the reader stands at what was found."""
    page.get_by_label("Look for").focus()
    page.keyboard.type("cortisol")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("results for “cortisol”")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Search")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#results a").first).to_be_focused()
    target = page.locator("#results a").first.get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(target or '?')}$"))


def test_a_query_is_an_address(page: Page) -> None:
    """A search can be linked to, and Back returns to it."""
    page.goto("/search/?q=sleep")
    expect(page.get_by_label("Look for")).to_have_value("sleep")
    expect(page.locator("#results > li").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_are_accessible(page: Page, scheme: Literal["light", "dark"]) -> None:
    """With results on it the page has no fault that axe knows, best practices and AAA contrast included."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/search/?q=lactic+acid")
    expect(page.locator("#results > li").first).to_be_visible()
    rules = {
        "color-contrast-enhanced": {"enabled": True},
        "target-size": {"enabled": True},
    }
    found = Axe().run(page, options={"rules": rules}).response["violations"]
    assert [(it["id"], it["nodes"][0]["html"]) for it in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_nothing_found_is_said(page: Page) -> None:
    """A query without results gets an answer, and the old results go."""
    page.get_by_label("Look for").fill("sleep")
    expect(page.locator("#results > li").first).to_be_visible()
    page.get_by_label("Look for").fill("zzxyq")
    expect(page.get_by_role("status")).to_have_text("Nothing was found for “zzxyq”.")
    expect(page.locator("#results > li")).to_have_count(0)
    page.get_by_label("Look for").fill("<b>x")
    expect(page.get_by_role("status")).to_contain_text("<b>x")


def test_the_policy_holds(chromium: Browser, origin: str) -> None:
    """The search runs under the site's policy, asks no other host and stores nothing."""
    with chromium.new_context(base_url=origin) as context:
        page = context.new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/search/?q=stress")
        expect(page.locator("#results > li").first).to_be_visible()
        assert said == []
        assert all(url.startswith(origin) for url in asked)
        assert page.evaluate(
            "[localStorage.length, sessionStorage.length, document.cookie]"
        ) == [0, 0, ""]


def test_without_a_script_it_is_an_index(
    chromium: Browser, origin: str, built: Path
) -> None:
    """Without a script the form is not there, and every question and every term is a link."""
    with chromium.new_context(base_url=origin, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/search/")
        expect(page.locator("form")).to_be_hidden()
        links = page.locator("main section a")
        targets = {link.get_attribute("href") for link in links.all()}
        terms = re.findall(
            r'<dt [^>]*id="([^"]+)"', (built / "glossary/index.html").read_text("utf-8")
        )
        assert terms
        assert {f"/glossary/#{term}" for term in terms} <= targets
        assert "/topics/stress/#does-massage-lower-cortisol" in targets
        expect(links.first).to_be_visible()


def test_nothing_shifts(chromium: Browser, origin: str) -> None:
    """The script moves nothing on the page when it comes (Cumulative Layout Shift 0)."""
    with chromium.new_context(
        base_url=origin, viewport={"width": 390, "height": 844}
    ) as context:
        page = context.new_page()
        page.route(
            "**/search/search.*.js", lambda route: (time.sleep(0.5), route.continue_())
        )  # a slow connection
        page.goto("/search/")
        shift = page.evaluate(
            """() => new Promise((done) => {
                let sum = 0;
                const add = (list) => list.getEntries().forEach((entry) => (sum += entry.value));
                new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
                setTimeout(() => done(sum), 500);
            })"""
        )
        assert shift == 0


def test_no_other_page_has_a_script(built: Path) -> None:
    """Only the search page loads a script, by a name that carries the hash of its bytes."""
    for path in built.rglob("*.html"):
        scripts = re.findall(
            r"<script\b(?![^>]*ld\+json)[^>]*>", path.read_text("utf-8")
        )
        expected = 1 if path == built / "search" / "index.html" else 0
        assert len(scripts) == expected, path
    found = re.search(
        r'src="/(search/search\.[0-9a-f]{12}\.js)"',
        (built / "search/index.html").read_text("utf-8"),
    )
    assert found
    assert "immutable" in headers_for(found[1], output.read(built))["Cache-Control"]


def test_only_what_is_needed_is_published(built: Path) -> None:
    """Of Pagefind's output no user interface is published, and one WebAssembly file."""
    names = sorted(path.name for path in (built / "pagefind").iterdir())
    assert [re.sub(r"[0-9a-f]{10}", "#", name) for name in names] == [
        "fragment",
        "index",
        "pagefind-entry.json",
        "pagefind.en_#.pf_meta",
        "pagefind.js",
        "wasm.en.pagefind",
    ]


def test_a_draft_is_not_found(project: Project) -> None:
    """What is not published is not in the index."""
    before = {
        path.name for path in (project.build() / "pagefind" / "fragment").iterdir()
    }
    text = project.read("content/pages/disclaimer.md")
    project.write(
        "content/pages/secret.md",
        text.replace("slug: disclaimer", "slug: secret").replace("published", "draft"),
    )
    assert {
        path.name for path in (project.build() / "pagefind" / "fragment").iterdir()
    } == before


def test_the_index_can_be_left_out(project: Project) -> None:
    """SEARCH_INDEX = False makes none; the page keeps its list."""
    output = project.build(SEARCH_INDEX=False)
    assert not (output / "pagefind").exists()
    assert "/glossary/#" in (output / "search/index.html").read_text("utf-8")


def test_the_search_says_when_it_cannot_load(
    chromium: Browser, project: Project
) -> None:
    """Where the index is missing the reader is told, and has the list."""
    with (
        serving(project.build(SEARCH_INDEX=False)) as origin,
        chromium.new_context(base_url=origin) as context,
    ):
        page = context.new_page()
        page.goto("/search/")
        page.get_by_label("Look for").fill("sleep")
        expect(page.get_by_role("status")).to_contain_text("could not be loaded")


def test_no_pagefind_is_a_fault(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Pagefind does not run the build says so, and what to do."""
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", "/nowhere/pagefind")
    project.edit("content/pages/disclaimer.md", ("## ", "More. "))
    (fault,) = project.faults()
    assert "SEARCH_INDEX = False" in fault
