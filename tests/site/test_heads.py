"""What the head of a page says to machines: address, card, icon, feeds, linked data."""

from __future__ import annotations

import re
from pathlib import Path

import feedparser
import lxml.etree
from helpers import document, words
from machines import NAME, address, exists, head, linked, pages
from projects import SITEURL, Project

FEEDS = "//link[@rel='alternate'][@type='application/atom+xml'][@title]/@href"
# What nobody checked is not claimed of a page.
NEVER = {"lastReviewed", "reviewedBy", "evidenceLevel", "publisher", "author"}


def test_every_page_names_its_address(sink: Path) -> None:
    """The canonical link and the Open Graph address are those of the page."""
    for page in pages(sink):
        (canonical,) = document(page).xpath("//link[@rel='canonical']")
        url = address(page, sink)
        assert canonical.get("href") == url
        assert head(page)["og:url"] == url


def test_every_page_has_a_card(sink: Path) -> None:
    """The card has the title, description and kind of the page, and a picture."""
    for page in pages(sink):
        tags = head(page)
        (title,) = document(page).xpath("//h1")
        assert re.sub(r"\W", "", tags["og:title"]) == re.sub(r"\W", "", words(title))
        assert tags["og:description"] == tags["description"]
        is_article = "/articles/" in address(page, sink)
        assert tags["og:type"] == ("article" if is_article else "website")
        assert exists(tags["og:image"], sink)
        assert tags["twitter:card"] == "summary_large_image"
        assert "robots" not in tags


def test_the_404_page_stands_for_no_address(sink: Path) -> None:
    """It is served for others: no canonical link, no card, not indexed or listed."""
    page = sink / "404.html"
    assert head(page)["robots"] == "noindex"
    assert not document(page).xpath(
        "//link[@rel='canonical'] | //meta[@property] | //script"
    )
    assert "404" not in (sink / "sitemap.xml").read_text("utf-8")


def test_the_icon_is_there(sink: Path) -> None:
    """Every page, the 404 page too, names the mark as its icon, and the mark is SVG."""
    for page in sink.rglob("*.html"):
        assert document(page).xpath("//link[@rel='icon']/@href") == ["/mark.svg"]
    mark = lxml.etree.fromstring((sink / "mark.svg").read_bytes())
    assert mark.tag == "{http://www.w3.org/2000/svg}svg"


def test_feeds_are_discovered(sink: Path) -> None:
    """Each page links to the feed of the site, each topic page to its own as well."""
    for page in pages(sink):
        wanted = ["/feed.xml"]
        if page.parent.parent.name == "topics":
            wanted.append(f"/topics/{page.parent.name}/feed.xml")
        assert document(page).xpath(FEEDS) == wanted


def test_linked_data_says_what_the_page_says(sink: Path) -> None:
    """Headline, address, language and picture are the page's; no claim beyond."""
    for page in pages(sink):
        data, url, tags = linked(page), address(page, sink), head(page)
        assert data["@context"] == "https://schema.org"
        assert data["url"] == url
        assert data["description"] == tags["description"]
        assert data["inLanguage"] == document(page).get("lang")
        assert data["image"] == tags["og:image"]
        assert not NEVER & data.keys()
        if url == f"{SITEURL}/":
            assert (data["@type"], data["name"]) == ("WebSite", NAME)
        else:
            assert data["headline"] == tags["og:title"]


def test_breadcrumbs_lead_from_home_to_the_page(sink: Path) -> None:
    """Where more than home stands above a page, linked data has the whole way."""
    with_trail = []
    for page in pages(sink):
        data = linked(page)
        if "breadcrumb" not in data:
            continue
        with_trail.append(page)
        trail = data["breadcrumb"]["itemListElement"]
        assert [item["position"] for item in trail] == list(range(1, len(trail) + 1))
        assert all(exists(item["item"], sink) for item in trail)
        assert trail[0]["item"] == f"{SITEURL}/"
        assert trail[-1]["item"] == address(page, sink)
    assert with_trail


def test_the_trail_follows_the_address(sink: Path) -> None:
    """A topic page stands under the topics index, under home."""
    data = linked(sink / "topics/rising/index.html")
    trail = data["breadcrumb"]["itemListElement"]
    addresses = [item["item"].removeprefix(SITEURL) for item in trail]
    assert addresses == ["/", "/topics/", "/topics/rising/"]
    assert trail[-1]["name"] == "Rising"


def test_types_and_subject(bread: Project) -> None:
    """Articles and topics have the site's type and subject; a page about it has not."""
    subject = {"@type": "Thing", "name": "Bread"}
    output = bread.build(SCHEMA_TYPE="Recipe", SCHEMA_ABOUT=subject)
    article = linked(output / "articles/sour/index.html")
    assert article["@type"] == ["Recipe", "Article"]
    assert article["about"] == subject
    assert linked(output / "topics/rising/index.html")["@type"] == "Recipe"
    about = linked(output / "about/index.html")
    assert about["@type"] == "WebPage"
    assert "about" not in about


def test_linked_data_cannot_break_out(bread: Project) -> None:
    """A closing tag, an ampersand or quotes in a text change neither page nor data."""
    title = """Heat & cold: "5 < 6", it's so"""
    name = """A </script><b>name</b> <!-- of its own"""
    bread.edit("content/pages/about.md", ("title: The about page", f"title: {title}"))
    output = bread.build(SITENAME=name, OWNER=name)
    page = output / "about/index.html"
    assert linked(page)["headline"] == title
    assert linked(page)["publisher"]["name"] == name
    assert linked(output / "index.html")["name"] == name
    assert head(page)["og:title"] == title
    assert not document(page).xpath("//head//b")


def test_the_language_is_written_as_usual(bread: Project) -> None:
    """A tag has its region in capitals (RFC 5646, 2.1.1), though Pelican lowers it."""
    page = bread.build(DEFAULT_LANG="en-GB") / "about/index.html"
    assert document(page).get("lang") == "en-GB"
    assert linked(page)["inLanguage"] == "en-GB"


def test_what_the_owner_sets_is_shown(bread: Project) -> None:
    """Publisher and licence are those that the owner sets, and the feed's author."""
    output = bread.build(OWNER="A & B", LICENCE_URL="https://example.com/l")
    data = linked(output / "about/index.html")
    assert data["publisher"] == {"@type": "Organization", "name": "A & B"}
    assert data["license"] == "https://example.com/l"
    assert feedparser.parse((output / "feed.xml").read_bytes()).feed.author == "A & B"


def test_without_an_address_none_is_invented(bread: Project) -> None:
    """Without SITEURL a build says nothing that would need one, and is whole else."""
    output = bread.build(SITEURL="")
    for name in ("feed.xml", "sitemap.xml", "robots.txt", "social*"):
        assert not list(output.rglob(name))
    for page in output.rglob("*.html"):
        assert not document(page).xpath(
            "//link[@rel='canonical' or @rel='alternate'] | //meta[@property]"
        )
    assert "robots" not in head(output / "index.html")
