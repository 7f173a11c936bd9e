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
from sitebuild.model import ArticleFields, Document, Passage
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
    if settings["SITEURL"]:
        yield TemplateFile("robots.txt", "robots.txt", {})
        yield TemplateFile(
            "sitemap.xml", "sitemap.xml", {"addresses": _dated(site, shown)}
        )
        for feed in _Feeds(site, writer, settings).feeds():
            path = feed.path.removeprefix("/")
            yield TemplateFile(path, "feed.xml", {"feed": feed})


def _dated(
    site: Site, shown: Mapping[str, Page]
) -> tuple[tuple[str, date | None], ...]:
    """Return the absolute address of each page that has one, and its last change.

    No search engine leads to the search page.
    """
    pages = []
    for document in site.documents:
        it = shown[document.url]
        if it.canonical and document.template != "search":
            pages.append((it.canonical, it.changed))
    return tuple(sorted(pages))


class _Feeds:
    """Makes the feed of the site, with its articles, and of each topic."""

    def __init__(
        self, site: Site, writer: ContentWriter, settings: Mapping[str, Any]
    ) -> None:
        self._site = site
        self._writer = writer
        self._settings = settings

    def feeds(self) -> Iterator[Feed]:
        """Yield all feeds; FEED_MAX_ITEMS is the most entries that each has."""
        site = self._site
        most = self._settings["FEED_MAX_ITEMS"]
        name = self._settings["SITENAME"]
        home = next((page for page in site.pages if page.url == "/"), None)
        if home and site.articles:
            entries = [self._article(article) for article in site.articles[:most]]
            yield _feed(home, "/feed.xml", name, entries)
        for topic in site.topics:
            entries = [self._passage(it) for it in site.tagged(topic)[:most]]
            path = f"{topic.url}feed.xml"
            yield _feed(topic, path, f"{name}: {topic.label}", entries)

    def _article(self, article: Document) -> Entry:
        topics = self._site.topics_within(article)
        entry = self._entry(article, contents(article, self._site).parts, topics)
        title = article.fields.title
        return entry._replace(title=title, summary=description(article))

    def _passage(self, passage: Passage) -> Entry:
        parts = place([Placed(passage)], self._site.passages)
        topics = self._site.topics_of(passage)
        entry = self._entry(passage.article, parts, topics)
        return entry._replace(url=passage.url, title=passage.label)

    def _entry(
        self, article: Document, parts: Sequence[Content], topics: Sequence[Document]
    ) -> Entry:
        published = _published(article)
        views = PartViews(article, self._site)
        return Entry(
            article.url,
            "",
            "",
            published,
            changed(article, parts, self._site) or published,
            self._writer.parts(views.views(parts)),
            tuple(topic.label for topic in topics),
        )


def _feed(home: Document, path: str, title: str, entries: Sequence[Entry]) -> Feed:
    updated = max((entry.updated for entry in entries), default=date.min)
    return Feed(path, title, home.url, description(home), tuple(entries), updated)


def _published(article: Document) -> date:
    fields = article.fields
    return fields.date if isinstance(fields, ArticleFields) else date.min
