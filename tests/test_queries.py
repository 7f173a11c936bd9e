"""The list of queries that search must answer: what it leads to exists on the site."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from helpers import document

QUERIES = ROOT / "tests" / "data" / "search_queries.txt"
QUERIES_AT_LEAST = 60


def wanted() -> dict[str, str]:
    """The address that each query must find first; "" where nothing may be found."""
    addresses = {}
    for line in QUERIES.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            query, _, address = line.partition("->")
            addresses[query.strip()] = address.strip()
    return addresses


def test_there_are_enough_queries() -> None:
    """At least sixty queries are kept, the eight of readers and some that find nothing among them."""
    queries = wanted()
    assert len(queries) >= QUERIES_AT_LEAST
    assert {"is it safe", "osteoporosis", "warfarin", "toxins"} <= set(queries)
    assert "" in queries.values()


@pytest.mark.parametrize(
    "address", sorted({address for address in wanted().values() if address})
)
def test_a_query_leads_to_what_exists(address: str, built: Path) -> None:
    """Each address of the list is a page of the site, and its fragment an id on it."""
    page, _, fragment = address.partition("#")
    root = document(built / page.strip("/") / "index.html")
    assert fragment in root.xpath("//@id")
