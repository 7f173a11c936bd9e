"""The list of queries that search must answer, asked in a browser on the real site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from searching import ask, search_page

QUERIES = Path(__file__).parent / "data" / "search_queries.txt"


def wanted() -> dict[str, str]:
    """The address that each query must find first; "" where nothing may be found."""
    addresses = {}
    for line in QUERIES.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            query, _, address = line.partition("->")
            addresses[query.strip()] = address.strip()
    return addresses


@pytest.fixture(scope="module")
def asked(chromium: Browser, built: Path) -> Iterator[Page]:
    """The search page of the real site, opened once for all queries."""
    with search_page(chromium, built) as page:
        yield page


@pytest.mark.parametrize(("query", "address"), sorted(wanted().items()))
def test_a_query_is_answered_first(query: str, address: str, asked: Page) -> None:
    """What answers a query is found first; words that stand nowhere find nothing."""
    assert (ask(asked, query) or [""])[0] == address


def test_the_page_says_which_word_it_took(asked: Page) -> None:
    """Where the nearest word was looked for, the reader is told, with the words beside it."""
    assert ask(asked, "sciatica masage")
    expect(asked.get_by_role("status")).to_contain_text("found for “sciatica massage”")


def test_the_most_urgent_list_comes_first(asked: Page) -> None:
    """Where several lists hold a word, they stand in the order in which to act."""
    lists = ["get-help-now", "get-help-today"]
    assert [it.partition("#")[2] for it in ask(asked, "fall")[:2]] == lists
    lists = ["get-help-today", "ask-first-even-for-a-gentle-massage"]
    assert [it.partition("#")[2] for it in ask(asked, "steroids")[:2]] == lists


def test_who_may_be_misunderstood_is_led_to_the_warning_signs(asked: Page) -> None:
    """Above what is not found by all words as typed stands the way to the signs."""
    worried = asked.get_by_role("link", name="the warning signs", exact=True)
    assert ask(asked, "zzxyq") == []
    expect(worried).to_be_visible()
    for query in ("quokka sleep", "scatica"):
        assert ask(asked, query)
        expect(worried).to_be_visible()
    assert ask(asked, "sleep")
    expect(worried).to_be_hidden()


def test_a_word_that_stands_everywhere_finds_nothing_beside_another(
    asked: Page,
) -> None:
    """Alone it finds what holds it; beside a word that stands nowhere it finds nothing."""
    assert ask(asked, "massage")
    assert ask(asked, "massage quokka") == []
