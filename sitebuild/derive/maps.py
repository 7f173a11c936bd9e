"""Where each topic comes from, article by article. Pure."""

from __future__ import annotations

from sitebuild.derive import outline
from sitebuild.derive.parts import Link
from sitebuild.derive.site import Site
from sitebuild.derive.views import ArticleMap, MapRow, TopicLink
from sitebuild.model import Document

_MOST_MAPS = 20


def title_link(document: Document) -> Link:
    """Return a link to the page of a document, named by its title."""
    return Link(document.url, document.fields.title)


def menu(site: Site) -> tuple[TopicLink, ...]:
    """Return links to all topics, in menu order."""
    links = []
    for topic in site.topics:
        links.append(TopicLink(topic.slug, topic.url, topic.label))
    return tuple(links)


def maps(site: Site) -> tuple[ArticleMap, ...]:
    """Return what the page of the topics shows of the newest articles."""
    return tuple(_map(article, site) for article in site.articles[:_MOST_MAPS])


def _map(article: Document, site: Site) -> ArticleMap:
    """Return how many passages of each part of an article carry each topic."""
    sections = [it for it in outline.sections(article, site) if it.topics]
    rows = []
    for topic in menu(site):
        counts = tuple(it.topics.get(topic.slug, 0) for it in sections)
        rows.append(MapRow(topic, counts, sum(counts)))
    parts = tuple(Link(it.url, it.title) for it in sections)
    return ArticleMap(title_link(article), parts, tuple(rows))
