"""The files for machines that templates make: feeds, sitemap, robots.txt.

A feed shows passages as they stand in their article, with absolute links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sitebuild.derive.contents import Content, changed, contents
from sitebuild.derive.metadata import description
from sitebuild.derive.pages import Page
from sitebuild.derive.parts import PartViews
from sitebuild.derive.passages import Placed, place
from sitebuild.derive.site import Site
from sitebuild.model import Document, Passage
from sitebuild.render.content import ContentWriter


class TemplateFile(NamedTuple):
    """A file that a template makes: its path in the output, and what it shows."""

    path: str
    template: str
    shown: Mapping[str, Any]


class Entry(NamedTuple):
    """One entry of a feed: an article, or a passage, which has no summary."""

    url: str
    title: str
    summary: str
    published: date
    updated: date
    content: str
    topics: tuple[str, ...]


class Feed(NamedTuple):
    """One feed: `path` is its own address, `home` that of the page that it follows."""

    path: str
    title: str
    home: str
    summary: str
    entries: tuple[Entry, ...]
    updated: date


def template_files(
    site: Site,
    shown: Mapping[str, Page],
    writer: ContentWriter,
    settings: Mapping[str, Any],
) -> Iterator[TemplateFile]:
    """Yield the files for machines that templates make.

    `shown` has what each page shows by its address. Files that need an absolute address
    are left out without SITEURL.
    """
    if not settings["SITEURL"]:
        return
    addresses = []
    for document in site.documents:
        page = shown[document.url]
        if page.canonical and document.template != "search":  # no engine leads there
            addresses.append((page.canonical, page.changed))
    seen = {"addresses": tuple(sorted(addresses))}
    yield TemplateFile("robots.txt", "robots.txt", {})
    yield TemplateFile("sitemap.xml", "sitemap.xml", seen)
    for feed in _feeds(site, writer, settings):
        yield TemplateFile(feed.path.removeprefix("/"), "feed.xml", {"feed": feed})


def _feeds(
    site: Site, writer: ContentWriter, settings: Mapping[str, Any]
) -> Iterator[Feed]:
    """Yield the feed of the site, with its articles, and that of each topic.

    FEED_MAX_ITEMS is the most entries that each has.
    """
    most, name = settings["FEED_MAX_ITEMS"], settings["SITENAME"]
    home = next((page for page in site.pages if page.url == "/"), None)
    if home and site.articles:
        entries = [_of_article(it, site, writer) for it in site.articles[:most]]
        yield _feed(home, name, entries)
    for topic in site.topics:
        entries = [_of_passage(it, site, writer) for it in site.tagged(topic)[:most]]
        yield _feed(topic, f"{name}: {topic.label}", entries)


def _feed(home: Document, title: str, entries: Sequence[Entry]) -> Feed:
    updated = max((entry.updated for entry in entries), default=date.min)
    path = f"{home.url}feed.xml"
    return Feed(path, title, home.url, description(home), tuple(entries), updated)


def _of_article(article: Document, site: Site, writer: ContentWriter) -> Entry:
    topics = site.topics_within(article)
    entry = _entry(article, contents(article, site).parts, topics, site, writer)
    return entry._replace(title=article.fields.title, summary=description(article))


def _of_passage(passage: Passage, site: Site, writer: ContentWriter) -> Entry:
    parts, topics = place([Placed(passage)], site.passages), site.topics_of(passage)
    entry = _entry(passage.article, parts, topics, site, writer)
    return entry._replace(url=passage.url, title=passage.label)


def _entry(
    article: Document,
    parts: Sequence[Content],
    topics: Sequence[Document],
    site: Site,
    writer: ContentWriter,
) -> Entry:
    fields = article.fields
    published = fields.date
    views = PartViews(article, site).views(parts)
    updated = changed(article, parts, site) or published
    return Entry(
        article.url,
        "",
        "",
        published,
        updated,
        writer.parts(views),
        tuple(topic.label for topic in topics),
    )
