"""The feeds: what the entries of each are, and links that work outside the site.

A feed shows passages as they stand in their article, with absolute links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import lxml.html
from markupsafe import Markup

from sitebuild.derive.answers import description
from sitebuild.derive.cautions import Placed, place
from sitebuild.derive.contents import Content, changed, contents
from sitebuild.derive.site import Site
from sitebuild.derive.twins import Folded
from sitebuild.model import (
    ArticleFields,
    Block,
    Document,
    Finding,
    Heading,
    Passage,
    Prose,
)


def absolute(html: str, url: str) -> Markup:
    """Return HTML with its links made absolute, as seen from the address `url`."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    root.make_links_absolute(url, handle_failures="ignore")
    inner = [lxml.html.tostring(child, encoding="unicode") for child in root]
    return Markup((root.text or "") + "".join(inner))


@dataclass(frozen=True)
class FeedPassage:
    """A passage in a feed, never without its findings and cautions."""

    kind: ClassVar[str] = "passage"
    html: str
    url: str
    article: str
    findings: tuple[Finding, ...]
    cautions: tuple[FeedPassage, ...] = ()


@dataclass(frozen=True)
class FeedHeading:
    """A heading between passages."""

    kind: ClassVar[str] = "heading"
    level: int
    title: str


@dataclass(frozen=True)
class FeedText:
    """Words of the editor: prose without a name, or a block under its name."""

    kind: ClassVar[str] = "text"
    name: str
    html: str


FeedPart = FeedPassage | FeedHeading | FeedText


@dataclass(frozen=True)
class Entry:
    """One entry of a feed: an article, or a passage, which has no summary."""

    url: str
    title: str
    summary: str
    published: date
    updated: date
    parts: tuple[FeedPart, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """One feed: `path` is its own address, `home` that of the page that it follows."""

    path: str
    title: str
    home: str
    summary: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> date:
        """The day of its newest entry."""
        return max(entry.updated for entry in self.entries)


def feeds(site: Site, settings: Mapping[str, Any]) -> Iterator[Feed]:
    """Yield the feed of the site, with its articles, and of each topic, with passages.

    FEED_MAX_ITEMS is the most entries that each has.
    """
    most = settings["FEED_MAX_ITEMS"]
    home = next((page for page in site.pages if page.url == "/"), None)
    if home and site.articles:
        entries = [_article_entry(article, site) for article in site.articles[:most]]
        yield _feed(home, "/feed.xml", settings["SITENAME"], entries)
    for topic in site.topics:
        passages = site.tagged(topic)[:most]
        entries = [_passage_entry(passage, site) for passage in passages]
        title = f"{settings['SITENAME']}: {topic.label}"
        yield _feed(topic, f"{topic.url}feed.xml", title, entries)


def _feed(home: Document, path: str, title: str, entries: Sequence[Entry]) -> Feed:
    return Feed(path, title, home.url, description(home), tuple(entries))


def _article_entry(article: Document, site: Site) -> Entry:
    parts = contents(article, site)
    published = _published(article)
    return Entry(
        article.url,
        article.fields.title,
        description(article),
        published,
        changed(article, parts, site) or published,
        tuple(map(_part, parts)),
        tuple(topic.label for topic in site.topics_within(article)),
    )


def _passage_entry(passage: Passage, site: Site) -> Entry:
    placed = place([Folded(passage)], site.passages)
    published = _published(passage.article)
    return Entry(
        passage.url,
        passage.label,
        "",
        published,
        changed(passage.article, placed, site) or published,
        tuple(map(_part, placed)),
        tuple(topic.label for topic in site.topics_of(passage)),
    )


def _published(article: Document) -> date:
    fields = article.fields
    return fields.date if isinstance(fields, ArticleFields) else date.min


def _part(part: Content) -> FeedPart:
    if isinstance(part, Placed):
        cautions = [_passage(caution) for caution in part.cautions]
        return _passage(part.passage, tuple(cautions))
    if isinstance(part, Heading):
        return FeedHeading(part.level, part.title)
    if isinstance(part, Block):
        return FeedText(part.name, part.html)
    if isinstance(part, Prose):
        return FeedText("", part.html)
    raise TypeError(f"no article holds a {type(part).__name__}")


def _passage(passage: Passage, cautions: tuple[FeedPassage, ...] = ()) -> FeedPassage:
    return FeedPassage(
        passage.html,
        passage.url,
        passage.article.fields.title,
        passage.findings,
        cautions,
    )
