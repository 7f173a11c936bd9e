"""Sitemap and robots.txt: every page once, as new as what it shows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bread import add_far
from machines import address, linked, newest, pages
from projects import SITEURL, Project

SOUR = "content/articles/sour.md"
NEWEST_SOURCE = date(2026, 11, 20)


def changed_pages(project: Project, before: dict[str, str]) -> dict[str, str]:
    """Build; return the pages whose day has changed, with that day."""
    after = newest(project.build())
    return {url: day for url, day in after.items() if before[url] != day}


def test_the_sitemap_lists_every_page(sink: Path) -> None:
    """Every page to be found stands in it once, with the day of its linked data."""
    listed = newest(sink)
    found = [page for page in pages(sink) if page.parent.name != "search"]
    addresses = [address(page, sink) for page in found]
    assert sorted(f"{SITEURL}{url}" for url in listed) == sorted(addresses)
    days = [date.fromisoformat(day) for day in listed.values() if day]
    assert max(days) == NEWEST_SOURCE
    for page in found:
        day = listed[address(page, sink).removeprefix(SITEURL)]
        if page.parent != sink:
            assert linked(page).get("dateModified") == day


def test_a_changed_article_makes_its_pages_new(bread: Project) -> None:
    """An article that was modified is a change of each page that shows some of it."""
    before = newest(bread.build())
    bread.edit(SOUR, ("status:", "modified: 2027-01-05\nstatus:"))
    changed = changed_pages(bread, before)
    assert set(changed.values()) == {"2027-01-05"}
    assert {"/articles/sour/", "/topics/rising/"} <= set(changed)
    assert not {"/about/", "/glossary/", "/evidence/"} & set(changed)
    article = linked(bread.output / "articles/sour/index.html")
    assert article["datePublished"] == "2026-01-02"
    assert article["dateModified"] == "2027-01-05"


def test_a_checked_page_makes_its_pages_new(bread: Project) -> None:
    """A page that was looked through again is new, and with it what lists the site."""
    before = newest(bread.build())
    bread.edit("content/pages/about.md", ("status:", "checked: 2027-02-01\nstatus:"))
    lists = ("/", "/topics/")
    assert changed_pages(bread, before) == dict.fromkeys(
        ("/about/", *lists), "2027-02-01"
    )


def test_a_finding_makes_its_pages_new(bread: Project) -> None:
    """A finding that was looked up again is a change of every page that shows it."""
    add_far(bread)
    bread.edit("content/articles/far.md", ("    evidence: starter-rises\n", ""))
    bread.write(
        "content/topics/baking.md",
        "title: Baking\nname: Baking\nslug: baking\norder: 2\nstatus: published\n"
        "summary: Baking.\n\n",
    )
    bread.edit("content/articles/far.md", ("topics: rising", "topics: baking"))
    before = newest(bread.build())
    bread.edit("content/evidence.yaml", ("checked: 2026-01-01", "checked: 2027-03-01"))
    changed = changed_pages(bread, before)
    assert set(changed.values()) == {"2027-03-01"}
    assert {"/evidence/", "/articles/sour/", "/topics/rising/"} <= set(changed)
    assert not {"/about/", "/articles/far/", "/topics/baking/"} & set(changed)


def test_robots(sink: Path) -> None:
    """Everything may be read, the sitemap is named, and the last line ends."""
    text = f"User-agent: *\nDisallow:\nSitemap: {SITEURL}/sitemap.xml\n"
    assert (sink / "robots.txt").read_text("utf-8") == text
