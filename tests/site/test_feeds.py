"""Feeds: valid Atom with whole content, absolute links, no claim without cautions."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import lxml.etree
import lxml.html
import pytest
from bread import add_far
from helpers import document, select, words
from machines import NAME, exists, feed_files
from projects import SITEURL, Project
from shown import passages

ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 3339 as RFC 4287 3.3 wants it: capital T, a zone.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TOPICS = ("baking", "rising")


def read(file: Path) -> lxml.etree._Element:
    """Return the root of a feed."""
    return lxml.etree.fromstring(file.read_bytes())


def test_the_site_and_each_topic_have_a_feed(sink: Path) -> None:
    """No feed is missing, and there is no other."""
    wanted = {f"topics/{topic}/feed.xml" for topic in TOPICS} | {"feed.xml"}
    assert {it.relative_to(sink).as_posix() for it in feed_files(sink)} == wanted


def test_a_feed_has_what_it_needs(sink: Path) -> None:
    """A feed has links to itself and its page, an icon and an author (RFC 4287 4.1)."""
    for file in feed_files(sink):
        feed = read(file)
        assert feed.tag == f"{ATOM}feed"
        links = {it.get("rel"): it.get("href") for it in feed.findall(f"{ATOM}link")}
        assert links == {
            "self": f"{SITEURL}/{file.relative_to(sink).as_posix()}",
            "alternate": feed.findtext(f"{ATOM}id"),
        }
        assert exists(links["alternate"], sink)
        assert exists(feed.findtext(f"{ATOM}icon"), sink)
        assert feed.findtext(f"{ATOM}author/{ATOM}name") == NAME


def test_feed_and_entries_have_what_they_need(sink: Path) -> None:
    """Each has one id, title and moment of change, and moments have a zone."""
    for file in feed_files(sink):
        feed = read(file)
        for node in (feed, *feed.findall(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                (found,) = node.findall(f"{ATOM}{name}")
                assert found.text.strip()
            moments = node.findall(f"{ATOM}updated") + node.findall(f"{ATOM}published")
            for moment in moments:
                assert MOMENT.fullmatch(moment.text)
                datetime.fromisoformat(moment.text)


def test_a_feed_is_as_new_as_its_newest_entry(sink: Path) -> None:
    """Its moment is the latest of its entries, of which each has another id."""
    for file in feed_files(sink):
        feed = read(file)
        entries = feed.findall(f"{ATOM}entry")
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len(set(ids)) == len(ids) > 0
        latest = max(entry.findtext(f"{ATOM}updated") for entry in entries)
        assert feed.findtext(f"{ATOM}updated") == latest


def test_feed_readers_understand_them(sink: Path) -> None:
    """A feed parser finds no fault; each entry has content and leads to the site."""
    for file in feed_files(sink):
        parsed = feedparser.parse(file.read_bytes())
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == "atom10"
        for entry in parsed.entries:
            assert exists(entry.link, sink)
            assert entry.content[0].type == "text/html"
            assert words(lxml.html.fromstring(entry.content[0].value))


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


def test_links_in_feeds_are_absolute(sink: Path) -> None:
    """Content is read elsewhere: its links have the whole address and a target."""
    seen = 0
    for file in feed_files(sink):
        for entry in feedparser.parse(file.read_bytes(), sanitize_html=False).entries:
            root = lxml.html.fromstring(entry.content[0].value)
            for url in root.xpath("//@href | //@src"):
                seen += 1
                assert urlsplit(url).scheme in ("https", "http", "mailto"), url
                assert not url.startswith(SITEURL) or exists(url, sink), url
    assert seen


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
