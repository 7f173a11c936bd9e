"""What a site says to machines: heads, linked data, feeds, sitemap; equal to its pages."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from runpy import run_path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import lxml.etree
import lxml.html
import pytest
from bread import add_far
from helpers import document, select, words
from projects import ROOT, SITEURL, Project
from shown import passages
from slips import changed

NAME = run_path(str(ROOT / "pelicanconf.py"))["SITENAME"]
MAP, ATOM = (
    "{http://www.sitemaps.org/schemas/sitemap/0.9}",
    "{http://www.w3.org/2005/Atom}",
)
SOUR = "content/articles/sour.md"
FEEDS = "//link[@rel='alternate'][@type='application/atom+xml'][@title]/@href"
# What nobody checked is not claimed of a page.
NEVER = {"lastReviewed", "reviewedBy", "evidenceLevel", "publisher", "author"}
# RFC 3339 as RFC 4287 3.3 wants it: capital T, a zone.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TOPICS = ("baking", "rising")
NEWEST_SOURCE = date(2026, 11, 20)


def pages(built: Path) -> list[Path]:
    """Return every page with an address of its own."""
    return sorted(built.rglob("index.html"))


def feeds(built: Path) -> list[Path]:
    """Return every feed."""
    return sorted(built.rglob("feed.xml"))


def address(path: Path, built: Path) -> str:
    """Return the absolute address of a built page."""
    return f"{SITEURL}/{path.relative_to(built).as_posix().removesuffix('index.html')}"


def head(path: Path) -> dict[str, str]:
    """Return the meta tags of a page by name or property."""
    tags = {}
    for tag in document(path).xpath("//meta[@content]"):
        tags[tag.get("name") or tag.get("property")] = tag.get("content")
    return tags


def linked(path: Path) -> dict[str, Any]:
    """Return the linked data of a page, which has one block of it."""
    (block,) = document(path).xpath("//script[@type='application/ld+json']")
    return dict(json.loads(block.text))


def exists(url: str, built: Path) -> bool:
    """Return whether an absolute address leads to a file, and its fragment to an id."""
    parts = urlsplit(url)
    file = built / parts.path.lstrip("/")
    file = file / "index.html" if parts.path.endswith("/") else file
    if not url.startswith(f"{SITEURL}/") or not file.is_file():
        return False
    return not parts.fragment or f'id="{parts.fragment}"' in file.read_text("utf-8")


def newest(built: Path) -> dict[str, str]:
    """Return the last change of every page that the sitemap lists, by its path."""
    root = lxml.etree.fromstring((built / "sitemap.xml").read_bytes())
    found = [(it.findtext(f"{MAP}loc"), it.findtext(f"{MAP}lastmod")) for it in root]
    return {url.removeprefix(SITEURL): day for url, day in found}


def test_a_head_says_what_its_page_says(sink: Path) -> None:
    """Address, title, description and kind are those of the page, its picture is there.

    It leads to the feed of the site, and a topic's to that of the topic as well.
    """
    for page in pages(sink):
        tags, url = head(page), address(page, sink)
        root = document(page)
        assert root.xpath("//link[@rel='canonical']/@href") == [url]
        assert tags["og:url"] == url
        (title,) = root.xpath("//h1")
        assert re.sub(r"\W", "", tags["og:title"]) == re.sub(r"\W", "", words(title))
        assert tags["og:description"] == tags["description"]
        is_article = "/articles/" in url
        assert tags["og:type"] == ("article" if is_article else "website")
        assert exists(tags["og:image"], sink)
        assert tags["twitter:card"] == "summary_large_image"
        assert "robots" not in tags
        wanted = ["/feed.xml"]
        if page.parent.parent.name == "topics":
            wanted.append(f"/topics/{page.parent.name}/feed.xml")
        assert root.xpath(FEEDS) == wanted


def test_linked_data_says_what_the_page_says(sink: Path) -> None:
    """Headline, address, language and picture are the page's; no claim beyond.

    Where more than home stands above a page it has the whole way, by addresses.
    """
    trails = []
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
        if "breadcrumb" in data:
            trails.append(page.parent.name)
            trail = data["breadcrumb"]["itemListElement"]
            assert [it["position"] for it in trail] == [*range(1, len(trail) + 1)]
            addresses = [it["item"] for it in trail]
            assert all(exists(it, sink) for it in addresses)
            assert all(longer.startswith(it) for it, longer in pairwise(addresses))
            assert (addresses[0], addresses[-1]) == (f"{SITEURL}/", url)
    assert {*TOPICS} <= {*trails}


def test_the_404_page_stands_for_no_address(sink: Path) -> None:
    """It is served for others: no canonical link, no card, not indexed or listed."""
    page = sink / "404.html"
    assert head(page)["robots"] == "noindex"
    stands = "//link[@rel='canonical'] | //meta[@property] | //script"
    assert not document(page).xpath(stands)
    assert "404" not in (sink / "sitemap.xml").read_text("utf-8")


def test_what_is_for_machines_can_be_read(sink: Path) -> None:
    """Every page names the mark as its icon; XML, SVG and JSON are well formed."""
    for page in sink.rglob("*.html"):
        assert document(page).xpath("//link[@rel='icon']/@href") == ["/mark.svg"]
    found = [*sink.rglob("*.xml"), *sink.rglob("*.svg")]
    for path in found:
        lxml.etree.fromstring(path.read_bytes())
    for path in sink.rglob("*.json"):
        json.loads(path.read_bytes())
    assert len(found) > 3
    text = f"User-agent: *\nDisallow:\nSitemap: {SITEURL}/sitemap.xml\n"
    assert (sink / "robots.txt").read_text("utf-8") == text


def test_what_the_settings_say_is_said(bread: Project) -> None:
    """Type, subject, publisher, licence and language; a page about the site has no subject."""
    subject = {"@type": "Thing", "name": "Bread"}
    name = """A </script><b>name</b> <!-- of its own"""
    title = """Heat & cold: "5 < 6", it's so"""
    bread.edit("content/pages/about.md", ("title: The about page", f"title: {title}"))
    output = bread.build(
        SCHEMA_TYPE="Recipe",
        SCHEMA_ABOUT=subject,
        SITENAME=name,
        OWNER=name,
        LICENCE_URL="https://example.com/l",
        DEFAULT_LANG="en-GB",  # which Pelican lowers (RFC 5646, 2.1.1)
    )
    article = linked(output / "articles/sour/index.html")
    assert article["@type"] == ["Recipe", "Article"]
    assert article["about"] == subject
    assert linked(output / "topics/rising/index.html")["@type"] == "Recipe"
    page = output / "about/index.html"
    about = linked(page)
    assert about["@type"] == "WebPage"
    assert "about" not in about
    assert about["publisher"] == {"@type": "Organization", "name": name}
    assert about["license"] == "https://example.com/l"
    assert about["inLanguage"] == document(page).get("lang") == "en-GB"
    assert about["headline"] == head(page)["og:title"] == title
    assert linked(output / "index.html")["name"] == name
    assert not document(page).xpath("//head//b")
    feed = lxml.etree.fromstring((output / "feed.xml").read_bytes())
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == name


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


def test_a_feed_is_atom(sink: Path) -> None:
    """The site and each topic have one, with what RFC 4287 (4.1) wants, and as new as its newest entry.

    Feed and entries have one id, title and moment, and moments have a zone.
    """
    wanted = {f"topics/{topic}/feed.xml" for topic in TOPICS} | {"feed.xml"}
    assert {it.relative_to(sink).as_posix() for it in feeds(sink)} == wanted
    for file in feeds(sink):
        feed = lxml.etree.fromstring(file.read_bytes())
        links = {it.get("rel"): it.get("href") for it in feed.findall(f"{ATOM}link")}
        assert links == {
            "self": f"{SITEURL}/{file.relative_to(sink).as_posix()}",
            "alternate": feed.findtext(f"{ATOM}id"),
        }
        assert exists(links["alternate"], sink)
        assert exists(feed.findtext(f"{ATOM}icon"), sink)
        assert feed.findtext(f"{ATOM}author/{ATOM}name") == NAME
        entries = feed.findall(f"{ATOM}entry")
        for node in (feed, *entries):
            for name in ("id", "title", "updated"):
                (found,) = node.findall(f"{ATOM}{name}")
                assert found.text.strip()
            for moment in node.iterchildren(f"{ATOM}updated", f"{ATOM}published"):
                assert MOMENT.fullmatch(moment.text)
                datetime.fromisoformat(moment.text)
        assert len({it.findtext(f"{ATOM}id") for it in entries}) == len(entries) > 0
        latest = max(entry.findtext(f"{ATOM}updated") for entry in entries)
        assert feed.findtext(f"{ATOM}updated") == latest


def test_feed_readers_understand_a_feed(sink: Path) -> None:
    """A parser finds no fault; content leads somewhere by absolute links, and nothing in it runs."""
    for file in feeds(sink):
        parsed = feedparser.parse(file.read_bytes(), sanitize_html=False)
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == "atom10"
        for entry in parsed.entries:
            assert exists(entry.link, sink)
            (content,) = entry.content
            assert content.type == "text/html"
            assert not re.search(
                r"<(?:script|style)|\s(?:on\w+|style)\s*=", content.value
            )
            root = lxml.html.fromstring(content.value)
            assert words(root)
            for url in root.xpath("//@href | //@src"):
                assert urlsplit(url).scheme in ("https", "http", "mailto"), url
                assert not url.startswith(SITEURL) or exists(url, sink), url


def test_feed_content_is_whole(sink: Path) -> None:
    """The site's feed has each paragraph of each article's passages."""
    feed = feedparser.parse((sink / "feed.xml").read_bytes(), sanitize_html=False)
    assert len(feed.entries) == len(list((sink / "articles").iterdir()))
    for entry in feed.entries:
        page = document(sink / urlsplit(entry.link).path.strip("/") / "index.html")
        content = words(lxml.html.fromstring(entry.content[0].value))
        for paragraph in select(page, ".passage > .text > p:not([class])"):
            assert words(paragraph) in content


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_feed_has_each_passage(topic: str, sink: Path) -> None:
    """It has an entry for each passage that the page shows or names, cautions apart."""
    page = sink / "topics" / topic / "index.html"
    shown = list(passages(page))
    shown += document(page).xpath("//p[starts-with(., 'Also in')]/@id")
    feed = feedparser.parse(page.with_name("feed.xml").read_bytes())
    links = [entry.link.rpartition("/articles/")[2] for entry in feed.entries]
    assert sorted(link.replace("/#", "-") for link in links) == sorted(shown)


def test_a_feed_shows_no_claim_without_its_correction(sink: Path) -> None:
    """An entry has the findings of its passage and the cautions that it requires."""
    feed = feedparser.parse((sink / "topics/rising/feed.xml").read_bytes())
    entries = {it.link.rpartition("#")[2]: it.content[0].value for it in feed.entries}
    claim = entries["some-lists"]
    assert "Unsupported:" in claim
    assert "/evidence/#salt-slows" in claim
    (caution,) = lxml.html.fromstring(f"<div>{claim}</div>").xpath("blockquote")
    assert "mind your hands" in words(caution)
    assert "<blockquote>" not in entries["before-any-heading"]


def test_a_feed_is_as_long_as_the_setting_says(bread: Project) -> None:
    """FEED_MAX_ITEMS, Pelican's setting, bounds each feed; the newest article stays."""
    add_far(bread)
    output = bread.build(FEED_MAX_ITEMS=1)
    (entry,) = feedparser.parse((output / "feed.xml").read_bytes()).entries
    assert entry.link == f"{SITEURL}/articles/far/"
    topic = feedparser.parse((output / "topics/rising/feed.xml").read_bytes())
    assert len(topic.entries) == 1


def test_the_sitemap_lists_every_page(sink: Path) -> None:
    """Every page to be found stands in it once, with the day of its linked data."""
    listed = newest(sink)
    found = [page for page in pages(sink) if page.parent.name != "search"]
    addresses = [address(page, sink) for page in found]
    assert sorted(f"{SITEURL}{url}" for url in listed) == sorted(addresses)
    assert max(filter(None, listed.values())) == str(NEWEST_SOURCE)
    for page in found:
        day = listed[address(page, sink).removeprefix(SITEURL)]
        if page.parent != sink:
            assert linked(page).get("dateModified") == day


def test_a_page_is_as_new_as_what_it_shows(bread: Project) -> None:
    """An article modified, a page or a finding checked again make each page new that shows some of it, and no other."""
    add_far(bread)
    far = "content/articles/far.md"
    bread.edit(far, ("    evidence: starter-rises\n", ""))
    bread.edit(far, ("topics: rising", "topics: baking"))
    bread.write(
        "content/topics/baking.md",
        "title: Baking\nname: Baking\nslug: baking\norder: 2\nstatus: published\n"
        "summary: Baking.\n\n",
    )
    before = newest(bread.build())
    lists = {"/", "/topics/"}
    sour = {"/articles/sour/", "/topics/rising/"}
    for path, old, day, shown in (
        (SOUR, "status:", "modified: 2027-01-05", sour),
        ("content/pages/about.md", "status:", "checked: 2027-02-01", {"/about/"}),
        ("content/evidence.yaml", "", "checked: 2027-03-01", {"/evidence/", *sour}),
    ):
        bread.edit(
            path, (old, f"{day}\n{old}") if old else ("checked: 2026-01-01", day)
        )
        after = newest(bread.build())
        new = {url: it for url, it in after.items() if it != before[url]}
        assert new == dict.fromkeys(lists | shown, day[-10:])
        before = after
    article = linked(bread.output / "articles/sour/index.html")
    assert article["datePublished"] == "2026-01-02"
    assert article["dateModified"] == "2027-03-01"


def test_a_new_page_type_is_found_and_dated(bread: Project) -> None:
    """A page whose type is in no table is found by its text and has a day of change."""
    bread.write("theme/templates/recipes.html", '{% extends "page.html" %}')
    bread.write(
        "content/pages/recipes.md",
        "title: Recipes\nslug: recipes\ntemplate: recipes\nstatus: published\n"
        "summary: Recipes.\n\nA spoonful of cardamom.\n",
    )
    output = bread.build(SEARCH_INDEX=True)
    assert "cardamom" in (output / "pagefind/words.json").read_text("utf-8")
    assert newest(output)["/recipes/"] == "2026-01-02"


@pytest.mark.parametrize(
    "name", ["mark.svg", "search.js", "templates/feed.xml", "css/tokens.css"]
)
def test_a_theme_without_a_file_is_a_fault(name: str, bread: Project) -> None:
    """What the build reads of the theme without a page asking for it is missed."""
    (bread.root / "theme" / name).unlink()
    (fault,) = bread.faults()
    assert Path(name).name in fault


@pytest.mark.parametrize(
    "mark", ["<svg", "<svg/>", '<svg viewBox="0 0 9 9"><path d="M 1 z 2 q"/></svg>']
)
def test_a_mark_that_cannot_be_drawn_is_a_fault(mark: str, bread_site: Project) -> None:
    """A mark that is no SVG with paths is named, with its file."""
    with changed(bread_site, {"theme/mark.svg": mark}):
        faults = bread_site.faults()
    assert any(fault.startswith("theme/mark.svg:1: ") for fault in faults)
