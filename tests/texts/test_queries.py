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


def test_who_finds_nothing_is_led_to_the_warning_signs(asked: Page) -> None:
    """Under an empty answer stands the way to the warning signs, and nowhere else."""
    worried = asked.get_by_role("link", name="the warning signs", exact=True)
    assert ask(asked, "zzxyq") == []
    expect(worried).to_be_visible()
    assert ask(asked, "sleep")
    expect(worried).to_be_hidden()


def test_a_word_that_stands_everywhere_finds_nothing_beside_another(
    asked: Page,
) -> None:
    """Alone it finds what holds it; beside a word that stands nowhere it finds nothing."""
    assert ask(asked, "massage")
    assert ask(asked, "massage quokka") == []
