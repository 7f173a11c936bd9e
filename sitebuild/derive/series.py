"""The pages of a topic that has more passages than one page shows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from sitebuild.derive.cautions import Placed
from sitebuild.derive.contents import Content
from sitebuild.derive.parts import Link
from sitebuild.derive.site import Site
from sitebuild.derive.spread import FIRST, numbered_url
from sitebuild.derive.views import NumberedPage, NumberedPages, Series
from sitebuild.model import Document

_MOST_ARTICLES = 3  # that the first page names of each numbered one


def as_document(topic: Document, number: int) -> Document:
    """Return a topic as the document that a numbered page is made of."""
    fields = replace(
        topic.fields,
        title=f"{topic.fields.title}, part {number}",
        name=f"Part {number}",
        slug=f"{topic.slug}/{number}",
        summary=f"{topic.label}: older passages, part {number}.",
    )
    return replace(topic, fields=fields, parts=())


def series(
    topic: Document, site: Site, number: int, parts: Iterable[Content]
) -> Series | None:
    """Return what one page of a topic says of the others; None if it is the only one.

    `parts` is what the page shows.
    """
    highest = len(site.numbers(topic))
    if not highest:
        return None
    home = Link(topic.url, topic.fields.title)
    if number == FIRST:
        after = _link(topic, highest)
        return Series(number, home, None, after, _pages(topic, site, parts))
    return Series(
        number,
        home,
        before=_link(topic, number + 1 if number < highest else FIRST),
        after=_link(topic, number - 1) if number > 1 else None,
        numbered=None,
    )


def _link(topic: Document, number: int) -> Link:
    name = "The first page" if number == FIRST else f"Part {number}"
    return Link(numbered_url(topic, number), name)


def _pages(topic: Document, site: Site, parts: Iterable[Content]) -> NumberedPages:
    """Return what the first page says of the others, the newest passages first."""
    shown = frozenset(_keys(parts))
    pages = []
    for number in reversed(site.numbers(topic)):
        pages.append(_page(topic, site, number, shown))
    counts = [count for _, count in site.counts(topic)]
    return NumberedPages(sum(counts), len(counts), tuple(pages))


def _keys(parts: Iterable[Content]) -> Iterator[str]:
    """Yield the keys of all passages that a page shows, cautions too."""
    for part in parts:
        if isinstance(part, Placed):
            for passage in (part.passage, *part.twins, *part.cautions):
                yield passage.key


def _page(
    topic: Document, site: Site, number: int, shown: Container[str]
) -> NumberedPage:
    """Return one numbered page; `shown` has the passages that are on the first."""
    ids = []
    counts: Counter[str] = Counter()
    labels = {}
    for it in site.listed(topic, number):
        for passage in (it.passage, *it.twins):
            article = passage.article
            counts[article.slug] += 1
            labels[article.slug] = article.label
            if passage.key not in shown:
                ids.append(passage.copy_id)
    named = [(labels[slug], count) for slug, count in counts.items()]
    return NumberedPage(
        numbered_url(topic, number),
        tuple(named[:_MOST_ARTICLES]),
        len(named[_MOST_ARTICLES:]),
        tuple(ids),
    )
