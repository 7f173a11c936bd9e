"""Findings and references on a page: in full once, numbered in order, with a day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bread import add_far, asked, rewrite_topic
from helpers import document, words
from projects import Project
from shown import passages, references_of

SHOWS_IT = "evidence: starter-rises"


def pages_with_references(folder: Path) -> list[Path]:
    """Return the pages of a site that have a list of references."""
    pages = sorted(folder.rglob("index.html"))
    return [page for page in pages if references_of(document(page))]


def test_references_are_numbered_per_page(sink: Path) -> None:
    """References are numbered from 1 in order of use, and every number is cited."""
    pages = pages_with_references(sink)
    assert len(pages) > 3
    for page in pages:
        root = document(page)
        listed = references_of(root)
        assert listed == [f"R{number}" for number in range(1, len(listed) + 1)], page
        cited = []
        for link in root.xpath('//a[starts-with(@href, "#R")]'):
            for number in re.findall(r"\d+", words(link)):
                if f"R{number}" not in cited:
                    cited.append(f"R{number}")
        assert cited == listed, page


def test_references_are_numbered_in_the_order_of_the_page(bread: Project) -> None:
    """On a topic page questions come before passages, and so do their references."""
    first = bread.read("content/references.bib")
    second = first.replace("baker1900", "miller1901").replace("Baker, Bea", "Mill, Mo")
    bread.write("content/references.bib", second + first)
    bread.edit(
        "content/topics/rising.md",
        (f"    {SHOWS_IT}\n", "    references: miller1901\n"),
    )
    bread.build()
    page = document(bread.page("/topics/rising/"))
    authors = [words(it)[:4] for it in page.xpath("//li[starts-with(@id, 'R')]")]
    assert authors == ["Mill", "Bake"]
    assert page.xpath("//section[@class='question']//a/@href") == ["#R1"]


def test_findings_stand_by_verdict_the_most_people_first(bread: Project) -> None:
    """The surest come first; of one verdict, what was studied on most people."""
    finding = bread.read("content/evidence.yaml")
    more = finding.replace("starter-rises", "ovens-burn")
    counted = "  studied: [40 people in baker1900, 9 people in baker1900]\n  checked:"
    fact = finding.replace("starter-rises", "bread-is-old")
    fact = fact.replace("  checked:", "  kind: fact\n  checked:")
    bread.write(
        "content/evidence.yaml",
        fact + finding + more.replace("  checked:", counted),
    )
    explained = "\n- **Fact**{#fact}: no effect.\n"
    bread.edit("content/pages/evidence.md", lambda text: text + explained)
    bread.build()
    (main,) = document(bread.page("/evidence/")).xpath("//main")
    found = main.xpath(".//h2/b | .//details[contains(@class, 'finding')]")
    assert [it.get("id") or words(it) for it in found] == [
        "Supported",
        "ovens-burn",
        "starter-rises",
        "Fact",
        "bread-is-old",
    ]


def test_a_finding_stands_in_full_once_a_page(bread: Project) -> None:
    """One passage has it in full; another has, among what is folded, a line that leads there."""
    add_far(bread, SHOWS_IT, SHOWS_IT)
    bread.build()
    root = document(bread.page("/articles/far/"))
    assert root.xpath("//*[@id='oven']//details/summary/b[@class='supported']")
    lines = root.xpath("//aside[@class='notes']//p[b]")
    assert [words(line) for line in lines] == ["Supported: A starter raises bread"] * 2
    assert [line.xpath("a/@href") for line in lines] == [
        ["/evidence/#starter-rises"],
        ["#oven"],
    ]
    assert lines[1].xpath("ancestor::*[@id='fire']//details")
    # The word leads to its meaning at its first place; every other line is one link.
    for address in ("/articles/far/", "/topics/rising/"):
        links = document(bread.page(address)).xpath("//main//b/a/@href")
        assert links == ["/evidence/#supported"], address


def test_at_most_two_findings_stand_beside_a_passage(bread: Project) -> None:
    """The others are folded into one line; those that speak against a claim never are."""
    finding = bread.read("content/evidence.yaml")
    names = ["rises-more", "rises-most", "never-rises"]
    for name in names:
        verdict = "unsupported" if name == "never-rises" else "limited"
        other = finding.replace("starter-rises", name)
        bread.edit(
            "content/evidence.yaml",
            lambda text, other=other, verdict=verdict: (
                text + other.replace("supported", verdict)
            ),
        )
    add_far(bread, f"evidence: starter-rises, {', '.join(names)}")
    bread.build()
    oven = passages(bread.page("/articles/far/"))["oven"]
    (correction,) = oven.xpath(".//aside[@class='correction']")
    assert correction.xpath(".//b/@class") == ["unsupported"]
    notes = "aside[@class='notes']/details"
    assert oven.xpath(f"{notes}/summary/b/@class") == ["supported"]
    assert oven.xpath(f"{notes}/p/b/@class") == ["limited", "limited"]


def test_no_other_finding_takes_the_place_of_one_shown_above(bread: Project) -> None:
    """What leads a passage and stands above is not shown again, and what comes third stays folded."""
    finding = bread.read("content/evidence.yaml")
    for name in ("rises-more", "ovens-burn"):
        other = finding.replace("starter-rises", name)
        bread.edit("content/evidence.yaml", lambda text, other=other: text + other)
    named = f"{SHOWS_IT}, rises-more"
    add_far(bread, named, f"{named}, ovens-burn")
    bread.build()
    found = passages(bread.page("/articles/far/"))
    assert len(found["oven"].xpath(".//details/summary/b")) == 2
    assert not found["fire"].xpath(".//details/summary/b")
    assert len(found["fire"].xpath(".//details/p/b")) == 3


def test_advice_does_not_repeat_the_findings_of_the_answer(bread: Project) -> None:
    """What stands beside the answer does not beside the advice; it does later on."""
    blocks = (
        f"/// answer | In short\n    {SHOWS_IT}\n\nYeast makes it rise.\n///\n\n"
        f"/// advice | What you can do\n    {SHOWS_IT}\n\nWait.\n///\n\n"
    )
    question = f"/// question | How long?\n    {SHOWS_IT}\n\nTwo weeks.\n///\n"
    rewrite_topic(bread, blocks + question)
    bread.build()
    root = document(bread.page("/topics/rising/"))
    beside = root.xpath("//aside[@class='notes'][p]/parent::*/@id")
    assert beside[:3] == ["in-short", "how-long"]


@pytest.mark.parametrize("verdict", ["contradicted", "unsupported"])
def test_a_negative_finding_is_never_folded(verdict: str, bread: Project) -> None:
    """What studies speak against is open at its first place, and in a line later; in a folded passage it is in full."""
    bread.edit("content/evidence.yaml", ("verdict: supported", f"verdict: {verdict}"))
    add_far(bread, SHOWS_IT, SHOWS_IT)
    bread.build()
    root = document(bread.page("/articles/far/"))
    assert not root.xpath("//aside//details//b")
    (correction,) = root.xpath("//aside[@class='correction']")
    assert correction.xpath("ancestor::div[@id='oven']")
    assert "It does, and slowly." in words(correction)
    (line,) = root.xpath("//*[@id='fire']/aside/p[not(@class)]")
    assert words(line) == f"{verdict.capitalize()}: “A starter raises bread”"
    rewrite_topic(bread, asked("sour/wild-yeast"))
    bread.edit("content/articles/sour.md", ("    evidence: starter-rises\n", ""))
    bread.build()
    root = document(bread.page("/topics/rising/"))
    corrections = root.xpath("//details/div/aside[@class='correction']")
    assert [words(it) for it in corrections] == [words(correction)] * 2


def test_a_page_says_when_its_sources_are_due(bread: Project) -> None:
    """The oldest look counts; the next is due REVIEW_MONTHS later, if there are any."""
    bread.edit("content/articles/sour.md", ("status:", "checked: 2026-02-28\nstatus:"))
    bread.build()
    due = "Sources checked on 1 January 2026; next check by 1 January 2027."
    assert due in words(document(bread.page("/articles/sour/")))
    bread.build(REVIEW_MONTHS=0)
    assert "on 1 January 2026." in words(document(bread.page("/articles/sour/")))
    assert "next check" not in bread.page("/articles/sour/")
    assert "hecked on" not in bread.page("/about/")


def test_a_caution_brings_what_speaks_against_it(bread: Project) -> None:
    """Shown for another passage it keeps these findings, and leaves others to its article."""
    finding = bread.read("content/evidence.yaml")
    other = finding.replace("starter-rises", "ovens-burn")
    other = other.replace("supported", "contradicted")
    bread.write("content/evidence.yaml", finding + other)
    marker = "/// passage | hot-oven\n"
    named = f"{marker}    evidence: starter-rises, ovens-burn\n"
    bread.edit("content/articles/sour.md", (marker, named))
    bread.build()
    (caution,) = document(bread.page("/topics/rising/")).cssselect("aside.caution")
    assert caution.xpath(".//b/@class") == ["contradicted"]


@pytest.mark.parametrize(("verified", "name"), [("yes", "1"), ("partly", "1*")])
def test_a_source_that_was_partly_checked_has_a_star(
    verified: str, name: str, bread: Project
) -> None:
    """The number that leads to it says so, to the ear too."""
    bread.edit("content/references.bib", ("{yes}", f"{{{verified}}}"))
    rewrite_topic(bread, "/// note | A note\n\nSo it is. [@baker1900]\n///\n")
    bread.build()
    (link,) = document(bread.page("/topics/rising/")).xpath(
        "//a[@aria-label][@href='#R1']"
    )
    assert (words(link), link.get("aria-label")) == (name, f"Source {name}")
