"""Where each topic comes from, article by article: in a table each, or a line. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sitebuild.derive import outline
from sitebuild.derive.parts import Link
from sitebuild.derive.site import Site
from sitebuild.derive.views import ArticleLine, ArticleMap, MapRow, TopicLink
from sitebuild.model import Document

# Up to so many articles each has a table of its own, part by part; from there on each
# has a line with its counts, and those after the newest few have one line together.
_MOST_MAPS = 20
_MOST_LINES = 50


def title_link(document: Document) -> Link:
    """Return a link to the page of a document, named by its title."""
    return Link(document.url, document.fields.title)


def menu(site: Site) -> tuple[TopicLink, ...]:
    """Return links to all topics, in menu order."""
    links = []
    for topic in site.topics:
        links.append(TopicLink(topic.slug, topic.url, topic.label))
    return tuple(links)


def maps(site: Site) -> dict[str, Any]:
    """Return what the page of the topics shows of articles, as keyword arguments."""
    if len(site.articles) <= _MOST_MAPS:
        tables = tuple(_map(article, site) for article in site.articles)
        return {"maps": tables, "lines": (), "earlier": None}
    counts = _counts(site)
    newest = site.articles[:_MOST_LINES]
    earlier = site.articles[_MOST_LINES:]
    lines = [_line([article], counts, site) for article in newest]
    rest = _line(earlier, counts, site) if earlier else None
    return {"maps": (), "lines": tuple(lines), "earlier": rest}


def _counts(site: Site) -> Mapping[str, Counter[str]]:
    """Return how many passages of each article carry each topic, by their slugs."""
    counts = {article.slug: Counter[str]() for article in site.articles}
    for topic in site.topics:
        for article, count in site.counts(topic):
            counts[article.slug][topic.slug] = count
    return counts


def _map(article: Document, site: Site) -> ArticleMap:
    """Return how many passages of each part of an article carry each topic."""
    sections = [it for it in outline.sections(article, site) if it.topics]
    rows = []
    for topic in menu(site):
        counts = tuple(it.topics.get(topic.slug, 0) for it in sections)
        rows.append(MapRow(topic, counts, sum(counts)))
    parts = tuple(Link(it.url, it.title) for it in sections)
    return ArticleMap(title_link(article), parts, tuple(rows))


def _line(
    articles: Sequence[Document], counts: Mapping[str, Counter[str]], site: Site
) -> ArticleLine:
    """Return how many passages of some articles together carry each topic."""
    count: Counter[str] = Counter()
    for article in articles:
        count.update(counts[article.slug])
    return ArticleLine(title_link(articles[0]), len(articles), _named(count, site))


def _named(count: Mapping[str, int], site: Site) -> tuple[tuple[str, int], ...]:
    """Return the counts by name of topic, in menu order, none that is 0."""
    named = []
    for topic in site.topics:
        if count.get(topic.slug):
            named.append((topic.label, count[topic.slug]))
    return tuple(named)
