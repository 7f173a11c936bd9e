"""Today's two articles and six topics: nothing that they said when checked is lost.

What fails here is no fault of the code: a text was changed that tests/texts/data/ lists as
checked. New articles, topics, findings and passages never fail these tests.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from helpers import document, school_grade, select, words
from projects import ROOT

from sitebuild.derive import Site

ARTICLES = {"benefits-of-massage": 25, "weekly-massages": 21}
TOPICS = (
    "contraindications",
    "tension",
    "stress",
    "flexibility",
    "circulation",
    "overuse",
)
PAGES = [f"articles/{slug}" for slug in ARTICLES] + [
    f"topics/{slug}" for slug in TOPICS
]


def ledger(name: str) -> dict[str, str]:
    """Return a `key: value` list of tests/texts/data/."""
    path = Path(__file__).parent / "data" / name
    entries = {}
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            key, _, value = line.partition(":")
            entries[key] = value.strip()
    return entries


def test_every_claim_is_carried(site: Site) -> None:
    """Every claim of the two source articles stands in exactly one passage or page."""
    carried: Counter[str] = Counter()
    for passage in site.passages.values():
        carried.update(passage.block.options.claims)
    for page in site.pages:
        carried.update(page.fields.claims)
    wrong = {claim: carried[claim] for claim in ledger("claims.txt")}
    wrong = {claim: count for claim, count in wrong.items() if count != 1}
    assert not wrong, f"a claim of today's texts is lost or doubled: {wrong}"


def test_findings_stand_beside_their_claims(site: Site) -> None:
    """A passage shows every finding that concerns one of its claims."""
    claims = ledger("claims.txt")
    for passage in site.passages.values():
        shown = {finding.id for finding in passage.findings}
        for claim in passage.block.options.claims:
            wanted = set(filter(None, claims.get(claim, "").split(", ")))
            lost = wanted - shown
            assert not lost, f"{passage.key} shows no longer: {lost}"


@pytest.mark.parametrize(("name", "checked"), ledger("findings.txt").items())
def test_verdict_and_references_are_as_checked(
    site: Site, name: str, checked: str
) -> None:
    """No finding's verdict or list of references departs from what was checked."""
    finding = site.findings[name]
    references = ", ".join(reference.key for reference in finding.references)
    assert f"{finding.verdict}; {references}".rstrip() == checked


@pytest.mark.parametrize("page", PAGES)
def test_reading_is_easy(page: str, built: Path) -> None:
    """Each of today's articles and topics reads at school grade 8 or below."""
    root = document(built / page / "index.html")
    texts = [words(element) for element in select(root, "main p, main li")]
    running = [text for text in texts if len(text) > 60]
    assert school_grade(" ".join(running)) <= 8


def test_unchecked_details_are_marked(built: Path) -> None:
    """The references whose details were only partly checked say so in the list."""
    text = words(document(built / "evidence" / "index.html"))
    assert text.count("partly checked") >= 4


def test_site_says_who_has_not_reviewed_it(built: Path) -> None:
    """The page about the site says that no clinician has reviewed it."""
    text = words(document(built / "about" / "index.html"))
    assert re.search(r"[Nn]o doctor, physiotherapist or other clinician", text)


@pytest.mark.parametrize("page", PAGES)
def test_addresses_are_recorded(page: str) -> None:
    """The record has each of today's articles and topics with its passages."""
    recorded = (ROOT / "content/addresses.txt").read_text("utf-8").split("\n")
    assert f"/{page}/" in recorded
    slug = page.removeprefix("articles/")
    known = [line for line in recorded if line.startswith(f"/{page}/#")]
    assert len(known) >= ARTICLES.get(slug, 1)
