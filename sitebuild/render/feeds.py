"""The feeds: what the entries of each are, and links that work outside the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import lxml.html
from markupsafe import Markup

from sitebuild.derive.metadata import PageData, dates_shown, label, topics_within
from sitebuild.derive.site import Site
from sitebuild.derive.views import show
from sitebuild.model import Document, Shown


@cache
def absolute(html: str, url: str) -> Markup:
    """Some HTML with its links made absolute, as seen from the address `url`."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    root.make_links_absolute(url, handle_failures="ignore")
    inner = (lxml.html.tostring(child, encoding="unicode") for child in root)
    return Markup((root.text or "") + "".join(inner))


@dataclass(frozen=True)
class Entry:
    """One entry of a feed: an article, or a passage with the findings and cautions that it owes."""

    url: str
    title: str
    home: Document
    updated: date
    parts: tuple[Any, ...]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """One feed: `path` is its own address, `home` the page that it follows."""

    path: str
    title: str
    home: Document
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> date:
        """The day of its newest entry."""
        return max(entry.updated for entry in self.entries)


def feeds(
    pages: Mapping[str, PageData], site: Site, settings: Mapping[str, Any]
) -> Iterator[Feed]:
    """The feed of the site, its articles in full, and of each topic, its passages; FEED_MAX_ITEMS in each at most."""
    most = settings["FEED_MAX_ITEMS"]
    articles = tuple(
        _article_entry(pages[article.url], site) for article in site.articles[:most]
    )
    if articles and "/" in pages:
        yield Feed("/feed.xml", settings["SITENAME"], pages["/"].document, articles)
    for topic in site.topics:
        shown = (
            show([passage], site, passage.article)[0]
            for passage in site.tagged(topic)[:most]
        )
        entries = tuple(_passage_entry(part, site) for part in shown)
        yield Feed(
            f"{topic.url}feed.xml",
            f"{settings['SITENAME']}: {label(topic)}",
            topic,
            entries,
        )


def _article_entry(page: PageData, site: Site) -> Entry:
    article = page.document
    day = page.changed or article.fields["date"]
    names = tuple(label(topic) for topic in topics_within(article, site))
    return Entry(
        article.url, article.fields["title"], article, day, page.view.parts, names
    )


def _passage_entry(shown: Shown, site: Site) -> Entry:
    passage = shown.passage
    names = tuple(label(topic) for topic in site.topics_of(passage))
    return Entry(
        passage.url,
        passage.label,
        passage.article,
        max(dates_shown(shown)),
        (shown,),
        names,
    )
