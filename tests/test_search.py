"""The search page: what it finds, where it leads, and what it is without a script."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from bread import bake
from conftest import Make, Project
from playwright.sync_api import Browser, Page, expect

from sitebuild import output
from sitebuild.host.headers import headers_for
from sitebuild.plugin import build
from sitebuild.render.search import Record, records


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
        "words.json",
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


# A site on bread whose blocks differ in what they hold of a few words.
RISING = """title: What makes bread rise
name: Rising
slug: rising
order: 1
status: published
summary: Yeast, gas and patience.

/// answer | In short
    evidence: starter-rises

Time does it, and warmth.
///

/// box | Mind your hands
    urgency: ask

A hot oven burns, and so do steam, trays & &lt;tins&gt;.
///

/// question | How hot is an oven?
    evidence: starter-rises

Hot enough for steam, in other words: the hot stone of an oven glows.
///

/// question | Do I need a packet of yeast?
    evidence: starter-rises

No, a starter will do, if flour is fresh. Rye flour and steam help.
///

/// note | On flour
    evidence: starter-rises

Flour feeds it. Rye is flour too, and so is oat flour.
///
"""
GLOSSARY = """
/// term | rye
    also: rye grain

A grain that makes a dark loaf.
///

/// term | yeast

What makes gas of sugar.
///
"""


def _bake(folder: Path) -> None:
    project = bake(folder)
    project.write("content/topics/rising.md", RISING)
    project.edit("content/pages/glossary.md", lambda text: text + GLOSSARY)
    project.write(
        "content/synonyms.yaml",
        "mother: [starter]\npain au levain: [starter]\nspelt: [rye]\n",
    )
    project.build()


@pytest.fixture(scope="module")
def bakery(
    chromium: Browser, once: Callable[[str, Make], Path]
) -> Iterator[Callable[[str], list[str]]]:
    """A function that asks the site on bread, and returns where the results lead."""
    tree = once("bakery", _bake) / "output"
    with serving(tree) as origin, chromium.new_context(base_url=origin) as context:
        page = context.new_page()
        page.goto("/search/")

        def ask(query: str) -> list[str]:
            page.get_by_label("Look for").fill(query)
            page.get_by_role("button", name="Search").click()
            expect(page.get_by_role("status")).to_contain_text(f"“{query}”")
            links = page.locator("#results a").all()
            return [link.get_attribute("href") or "" for link in links]

        yield ask


Ask = Callable[[str], list[str]]
YEAST = "/topics/rising/#do-i-need-a-packet-of-yeast"
OVEN = "/topics/rising/#how-hot-is-an-oven"
HANDS = "/topics/rising/#mind-your-hands"
FLOUR = "/topics/rising/#on-flour"


def test_stop_words_are_left_out(bakery: Ask) -> None:
    """Words of grammar neither find anything nor keep anything from being found."""
    assert bakery("what is the") == []
    assert bakery("what's the flour for?") == bakery("flour")
    assert set(bakery("flour")) == {YEAST, FLOUR}


def test_any_word_is_enough(bakery: Ask) -> None:
    """A query finds blocks that hold some of its words, and says nothing of the others."""
    assert set(bakery("flour sugar toaster")) == {
        YEAST,
        FLOUR,
        "/glossary/#yeast",
    }


def test_more_words_come_first(bakery: Ask) -> None:
    """A block that holds two of the words stands before those that hold one of them."""
    assert bakery("yeast flour")[0] == YEAST
    assert bakery("oat flour feeds")[0] == FLOUR


def test_a_form_of_a_word_is_the_word(bakery: Ask) -> None:
    """Endings do not matter: one oven or many, to burn or burning."""
    assert bakery("ovens") == bakery("oven") != []
    assert HANDS in bakery("burning")


@pytest.mark.parametrize("query", ["mother", "Pain au Levain"])
def test_synonyms_are_looked_for(query: str, bakery: Ask) -> None:
    """A word or a name of several words finds what the site calls otherwise."""
    assert YEAST in bakery(query)
    assert "/evidence/#starter-rises" in bakery(query)


def test_a_box_comes_first(bakery: Ask) -> None:
    """A box of safety stands before a question that fits even better."""
    assert bakery("hot oven")[:2] == [HANDS, OVEN]


def test_a_box_that_fits_less_does_not_come_first(bakery: Ask) -> None:
    """A box that holds fewer of the words than the best block stands in its own place."""
    assert bakery("steam oven")[0] == HANDS
    found = bakery("steam oven words")
    assert found[0] == OVEN
    assert HANDS in found


def test_a_question_comes_before_a_note(bakery: Ask) -> None:
    """What answers stands before what explains, though that has the word more often."""
    assert bakery("flour") == [YEAST, FLOUR]


def test_a_term_comes_first_by_its_own_name(bakery: Ask) -> None:
    """Who asks for a term gets its meaning first, but not who asks in other words."""
    rye = "/glossary/#rye"
    assert bakery("rye")[0] == rye
    assert bakery("spelt")[0] == YEAST
    assert set(bakery("spelt")) == set(bakery("rye")) == {rye, YEAST, FLOUR}


@pytest.mark.parametrize("query", ["toaster", "howl", "starfish", "content", "topics"])
def test_words_that_stand_nowhere_find_nothing(query: str, bakery: Ask) -> None:
    """The beginning of a word, an address or the name of a field is not a word found."""
    assert bakery(query) == []


def test_an_unfinished_word_is_completed(bakery: Ask) -> None:
    """Three letters find what they begin, while the reader types."""
    assert set(bakery("flo")) == set(bakery("flour"))
    assert bakery("fl") == []


def test_an_answer_is_found_under_the_title_of_its_page(bakery: Ask) -> None:
    """The title of a page leads to its short answer."""
    assert bakery("what makes bread rise")[0] == "/topics/rising/#in-short"


def test_an_excerpt_marks_the_words_and_is_text(
    chromium: Browser, once: Callable[[str, Make], Path]
) -> None:
    """Each result shows the words that were found, marked, and no markup of the text."""
    tree = once("bakery", _bake) / "output"
    with serving(tree) as origin, chromium.new_context(base_url=origin) as context:
        page = context.new_page()
        page.goto("/search/?q=steam+burns")
        box = page.locator("#results > li").filter(
            has=page.locator(f'a[href="{HANDS}"]')
        )
        expect(box).to_have_attribute("data-kind", "box")
        expect(box.locator("[data-excerpt]")).to_have_text(
            "A hot oven burns, and so do steam, trays & <tins>. "
        )
        marked = box.locator("mark").all_text_contents()
        assert marked == ["burns,", "steam,"]
        assert page.locator("#results tins").count() == 0


def test_what_can_be_found(tmp_path: Path) -> None:
    """Each block is found by itself; a finding by its statement, verdict and question."""
    _bake(tmp_path)
    found = {it.url: it for it in records(build(tmp_path / "pelicanconf.py").site)}
    assert found["/evidence/#starter-rises"] == Record(
        "/evidence/#starter-rises",
        "finding",
        "The evidence page",
        "A starter raises bread",
        "Supported. It does, and slowly. Does a starter raise bread?",
    )
    assert found["/articles/sour/#wild-yeast"] == Record(
        "/articles/sour/#wild-yeast",
        "passage",
        "Sourdough for beginners",
        "Wild yeast",
        "A starter holds wild yeast.",
        "Rising",
    )
    assert found["/topics/rising/#in-short"].title == "What makes bread rise"
    assert found["/about/"].kind == "page"


def test_a_block_of_the_home_page_is_no_answer(tmp_path: Path) -> None:
    """What the home page repeats of the site comes after the original."""
    project = bake(tmp_path)
    box = "\n/// box | Mind your hands\n    urgency: ask\n\nAn oven burns.\n///\n"
    project.edit("content/pages/home.md", lambda text: text + box)
    found = {it.url: it for it in records(build(tmp_path / "pelicanconf.py").site)}
    assert found["/#mind-your-hands"].kind == "page"


def test_equal_content_makes_an_equal_index(tmp_path: Path) -> None:
    """Two builds of the same sources give the same files, byte for byte."""
    indexes = []
    for name in ("one", "two"):
        _bake(tmp_path / name)
        folder = tmp_path / name / "output" / "pagefind"
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        indexes.append({it.relative_to(folder): it.read_bytes() for it in files})
    assert indexes[0] == indexes[1]


def test_a_change_of_the_synonyms_is_published(project: Project) -> None:
    """The words beside the index are those of the content, stop words and synonyms."""
    words = (project.build() / "pagefind/words.json").read_text("utf-8")
    assert '"wee": ["urine"]' in words
    assert '"the"' in words
    project.edit("content/synonyms.yaml", ("wee: [urine]", "wee: [water]"))
    words = (project.build() / "pagefind/words.json").read_text("utf-8")
    assert '"wee": ["water"]' in words
