"""The search page in a browser: what a reader sees, types and opens."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from helpers import axe, document
from playwright.sync_api import Browser, Page, expect
from projects import Project
from searching import (
    FLOUR,
    HANDS,
    OVEN,
    PASSAGE,
    YEAST,
    ask,
    publish_bakery,
    search_page,
    serving,
)
from shared import Make

GAS, ANSWER = "/glossary/#yeast", "/topics/rising/#in-short"
RYE, MEANING = "/glossary/#rye", "/evidence/#contradicted"
FLOURY = f"{YEAST} {FLOUR}"
SCRIPT = re.compile(r"<script\b(?![^>]*(?:ld\+json|speculationrules))[^>]*>")
# The sum of what moved on a page, half a second after it was loaded.
SHIFT = """() => new Promise((done) => {
    let sum = 0;
    const add = (list) => list.getEntries().forEach((entry) => (sum += entry.value));
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 500);
})"""


@pytest.fixture(scope="module")
def bakery(once: Callable[[str, Make], Path]) -> Path:
    """The site to search, published once."""
    return once("bakery", publish_bakery) / "public"


@pytest.fixture(scope="module")
def origin(bakery: Path) -> Iterator[str]:
    """The site to search, served."""
    with serving(bakery) as address:
        yield address


@pytest.fixture(scope="module")
def asked(chromium: Browser, bakery: Path) -> Iterator[Page]:
    """The search page, which is asked again and again."""
    with search_page(chromium, bakery) as page:
        yield page


@pytest.fixture
def page(chromium: Browser, origin: str) -> Iterator[Page]:
    """The search page, just opened."""
    with chromium.new_context(base_url=origin) as context:
        page = context.new_page()
        page.goto("/search/")
        yield page


def test_a_query_leads_to_the_passage(page: Page) -> None:
    """A result names the page and the topics of a passage, and opens it there.

    One with a contradicted finding is not listed without it, nor is what was judged
    without its verdict.
    """
    page.get_by_label("Look for").fill("gluten")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_contain_text("“gluten”")
    link = page.locator(f'a[href="{PASSAGE}"]')
    result = page.locator("#results > li").filter(has=link)
    expect(result).to_contain_text("From: Salt in a loaf")
    expect(result).to_contain_text("Topics: Rising, Crumb")
    expect(result).to_contain_text("Contradicted: “Salt harms gluten”")
    finding = page.locator('a[href="/evidence/#salt-harms"]')
    expect(finding).to_have_text("Contradicted: “Salt harms gluten”")
    link.click()
    expect(page).to_have_url(re.compile(f"{PASSAGE}$"))
    expect(page.locator("#gluten")).to_be_in_viewport()


# What a query finds, whatever the order.
FOUND = {
    "grammar finds nothing": ("what is the", ""),
    "grammar keeps nothing from being found": ("what's the flour for?", FLOURY),
    "some of the words are enough": ("flour sugar toaster", f"{FLOURY} {GAS}"),
    "three letters are completed": ("flo", FLOURY),
    "two letters find nothing": ("fl", ""),
    "a letter too many": ("flouer", FLOURY),
    "a letter for another": ("flwour", FLOURY),
    "two letters that changed places": ("fluor", FLOURY),
    "capitals": ("FLOURR", FLOURY),
    "a synonym as the word": ("spelt", f"{RYE} {FLOURY}"),
    "no part of a word": ("toaster", ""),
    "no beginning of another word": ("howl", ""),
    "no word that is like two": ("starfish", ""),
    "no name of a field": ("content", ""),
    "no part of an address": ("topics", ""),
}
# What a query finds first, in this order.
FIRST = {
    "more words come first": ("yeast flour", YEAST),
    "and so they do elsewhere": ("oat flour feeds", FLOUR),
    "a box comes before a question that fits better": ("hot oven", f"{HANDS} {OVEN}"),
    "a box that fits as well": ("steam oven", HANDS),
    "a box that fits less does not": ("steam oven words", OVEN),
    "a question comes before a note": ("flour", FLOURY),
    "a term comes first by its name": ("rye", RYE),
    "and not for a synonym": ("spelt", YEAST),
    "an answer has the title of its page": ("what makes bread rise", ANSWER),
    "a verdict leads to its meaning": ("what does contradicted mean", MEANING),
}
# What a query finds among others.
AMONG = {
    "a form of a word": ("burning", HANDS),
    "one or many": ("ovens", OVEN),
    "a box that fits less": ("steam oven words", HANDS),
    "a synonym": ("mother", f"{YEAST} /evidence/#starter-rises"),
    "a synonym of several words": ("Pain au Levain", YEAST),
    "what was judged so": ("contradicted", "/evidence/#salt-harms"),
    "a term": ("gas", GAS),
    "a finding": ("firmer", "/evidence/#salt-harms"),
    "a question": ("glows", OVEN),
    "a page": ("disclaimer", "/disclaimer/"),
}


@pytest.mark.parametrize(("query", "found"), FOUND.values(), ids=FOUND)
def test_a_query_finds_no_more_and_no_less(query: str, found: str, asked: Page) -> None:
    """Words of grammar, slips and unfinished words find what was meant, or nothing."""
    assert set(ask(asked, query)) == set(found.split())


@pytest.mark.parametrize(("query", "first"), FIRST.values(), ids=FIRST)
def test_what_helps_most_comes_first(query: str, first: str, asked: Page) -> None:
    """More of the words come first, then boxes, what answers, what explains."""
    wanted = first.split()
    assert ask(asked, query)[: len(wanted)] == wanted


@pytest.mark.parametrize(("query", "among"), AMONG.values(), ids=AMONG)
def test_everything_with_an_address_can_be_found(
    query: str, among: str, asked: Page
) -> None:
    """Boxes, terms, findings, questions and pages are found, not articles alone."""
    assert set(among.split()) <= set(ask(asked, query))


def test_search_by_keyboard_alone(page: Page) -> None:
    """Type, Enter, Tab, Enter: the reader stands at what was found."""
    page.get_by_label("Look for").focus()
    page.keyboard.type("flour")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Results for “flour”")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Search")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#results a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(YEAST)}$"))


def test_a_query_is_an_address(page: Page) -> None:
    """A search can be linked to, and Back returns to it."""
    page.goto("/search/?q=flour")
    expect(page.get_by_label("Look for")).to_have_value("flour")
    expect(page.locator("#results > li").first).to_be_visible()
    page.locator("#results a").first.click()
    page.go_back()
    expect(page.get_by_label("Look for")).to_have_value("flour")
    expect(page.locator("#results > li").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_are_accessible(page: Page, scheme: Literal["light", "dark"]) -> None:
    """With results axe finds no fault, best practices and AAA contrast included."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/search/?q=salt+gluten")
    expect(page.locator("#results > li").first).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_nothing_found_is_said(page: Page) -> None:
    """A query without results gets an answer, and the old results go."""
    page.get_by_label("Look for").fill("flour")
    expect(page.locator("#results > li").first).to_be_visible()
    page.get_by_label("Look for").fill("zzxyq")
    expect(page.get_by_role("status")).to_have_text("Nothing was found for “zzxyq”.")
    expect(page.locator("#results > li")).to_have_count(0)
    page.get_by_label("Look for").fill("<b>x")
    expect(page.get_by_role("status")).to_contain_text("<b>x")


def test_the_policy_holds(chromium: Browser, origin: str) -> None:
    """The search keeps the site's policy, asks no other host and stores nothing."""
    with chromium.new_context(base_url=origin) as context:
        page = context.new_page()
        messages: list[str] = []
        requests: list[str] = []
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto("/search/?q=flour")
        expect(page.locator("#results > li").first).to_be_visible()
        assert messages == []
        assert requests
        assert all(url.startswith(origin) for url in requests)
        stored = "[localStorage.length, sessionStorage.length, document.cookie]"
        assert page.evaluate(stored) == [0, 0, ""]


def test_without_a_script_it_is_an_index(
    chromium: Browser, origin: str, bakery: Path
) -> None:
    """Without a script there is no form, and every question and term is a link."""
    with chromium.new_context(base_url=origin, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/search/")
        expect(page.locator("form")).to_be_hidden()
        links = page.locator("main section a")
        targets = {link.get_attribute("href") for link in links.all()}
        terms = document(bakery / "glossary/index.html").xpath("//dt/@id")
        assert terms == ["rye", "yeast"]
        assert {f"/glossary/#{term}" for term in terms} <= targets
        assert {OVEN, YEAST} <= targets
        expect(links.first).to_be_visible()


def test_nothing_shifts(chromium: Browser, origin: str) -> None:
    """The script moves nothing when it comes late (Cumulative Layout Shift 0)."""
    with chromium.new_context(
        base_url=origin, viewport={"width": 390, "height": 844}
    ) as context:
        page = context.new_page()
        page.route(
            "**/assets/search.*.js", lambda route: (time.sleep(0.5), route.continue_())
        )
        page.goto("/search/")
        assert page.evaluate(SHIFT) == 0


def test_no_other_page_has_a_script(bakery: Path) -> None:
    """Only the search page runs a script, by a name that has the hash of its bytes."""
    search = bakery / "search" / "index.html"
    for path in bakery.rglob("*.html"):
        scripts = SCRIPT.findall(path.read_text("utf-8"))
        assert len(scripts) == (1 if path == search else 0), path
    found = re.search(
        r'src="/(assets/search\.[0-9a-f]{12}\.js)"', search.read_text("utf-8")
    )
    assert found


def test_the_search_says_when_it_cannot_load(chromium: Browser, bread: Project) -> None:
    """Where the index is missing the reader is told so."""
    with search_page(chromium, bread.build()) as page:
        page.get_by_label("Look for").fill("flour")
        expect(page.get_by_role("status")).to_contain_text("could not be loaded")


def test_an_excerpt_marks_the_words_and_is_text(page: Page) -> None:
    """A result shows the words that were found, marked, and no markup of the text."""
    page.goto("/search/?q=steam+burns")
    box = page.locator("#results > li").filter(has=page.locator(f'a[href="{HANDS}"]'))
    expect(box).to_have_attribute("data-kind", "box")
    expect(box.locator("[data-excerpt]")).to_have_text(
        "A hot oven burns, and so do steam, trays & <tins>. "
    )
    assert box.locator("mark").all_text_contents() == ["burns,", "steam,"]
    assert page.locator("#results tins").count() == 0
