"""Feeds: passages as they stand in their article, with absolute links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sitebuild.derive.contents import Content, Placed, changed, contents, place
from sitebuild.derive.metadata import description
from sitebuild.derive.parts import PartViews
from sitebuild.derive.site import Site
from sitebuild.model import Document, Passage
from sitebuild.read.markdown import Typesetter
from sitebuild.render.templates import plain


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
    """One feed; `home` is the address of the page that it follows."""

    title: str
    home: str
    summary: str
    entries: tuple[Entry, ...]

    @property
    def path(self) -> str:
        """Its own address."""
        return f"{self.home}feed.xml"

    @property
    def updated(self) -> date:
        """The newest day of an entry."""
        return max((entry.updated for entry in self.entries), default=date.min)


def feeds(
    site: Site, setter: Typesetter, settings: Mapping[str, Any]
) -> Iterator[Feed]:
    """Yield the feed of the site, with its articles, and that of each topic.

    FEED_MAX_ITEMS is the most entries that each has.
    """
    most, name = settings["FEED_MAX_ITEMS"], settings["SITENAME"]
    home = next((page for page in site.pages if page.url == "/"), None)
    if home and site.articles:
        entries = [_entry(it, site, setter) for it in site.articles[:most]]
        yield Feed(name, home.url, description(home), tuple(entries))
    for topic in site.topics:
        entries = [_entry(it, site, setter) for it in site.tagged(topic)[:most]]
        title = f"{name}: {topic.label}"
        yield Feed(title, topic.url, description(topic), tuple(entries))


def _entry(it: Document | Passage, site: Site, setter: Typesetter) -> Entry:
    parts: Sequence[Content]
    if isinstance(it, Passage):
        article, title, summary = it.article, it.label, ""
        parts, topics = place([Placed(it)], site.passages), site.topics_of(it)
    else:
        article, title, summary = it, it.fields.title, description(it)
        parts, topics = contents(it, site).parts, site.topics_within(it)
    published = article.fields.date
    return Entry(
        it.url,
        title,
        summary,
        published,
        changed(article, parts, site) or published,
        plain(setter).parts(PartViews(article, site).views(parts)),
        tuple(topic.label for topic in topics),
    )
