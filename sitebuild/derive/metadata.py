"""What machines are told of each page: its address, the day it last changed, the pages above it, its linked data.

Pure. What needs an absolute address is empty without SITEURL, so that no wrong one is ever published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from sitebuild.derive.site import Site
from sitebuild.derive.views import View
from sitebuild.model import Document, Finding, Shown

# Templates of pages that show something of every other page, so that they are as new as the newest.
_LISTINGS = ("home", "search", "topics")


def _dates(document: Document) -> Iterator[date]:
    return (
        document.fields[name]
        for name in ("date", "modified", "checked")
        if document.fields.get(name)
    )


def dates_shown(part: Any) -> Iterator[date]:
    """The days on which the sources of one part of a page were published, modified or checked."""
    if isinstance(part, Shown):
        yield from _dates(part.passage.article)
        yield from (finding.checked for finding in part.passage.findings)
        for caution in part.cautions:
            yield from dates_shown(caution)
    elif isinstance(part, Finding):
        yield part.checked


def changed(document: Document, parts: Iterable[Any], site: Site) -> date | None:
    """The newest day on which something that a page shows was published, modified or checked; None if none is told."""
    days = [*_dates(document), *(day for part in parts for day in dates_shown(part))]
    if document.fields.get("template") in _LISTINGS:
        days += [
            day
            for other in (*site.articles, *site.topics, *site.pages)
            for day in _dates(other)
        ]
        days += [finding.checked for finding in site.findings.values()]
    return max(days, default=None)


def crumbs(document: Document, site: Site) -> tuple[Document, ...]:
    """The pages whose addresses a page's address continues, and the page itself: home first."""
    above = [
        other
        for other in (*site.pages, *site.topics)
        if document.url.startswith(other.url) and other != document
    ]
    return (*sorted(above, key=lambda other: len(other.url)), document)


def label(document: Document) -> str:
    """A page's name in a line of names: a topic's own, else its title."""
    return str(document.fields.get("name") or document.fields["title"])


def topics_within(article: Document, site: Site) -> tuple[Document, ...]:
    """The topics that the passages of an article carry, in menu order."""
    slugs = {
        slug
        for passage in article.blocks("passage")
        for slug in passage.options["topics"]
    }
    return tuple(topic for topic in site.topics if topic.slug in slugs)


@dataclass(frozen=True)
class PageData:
    """What machines are told of one page; `url` and `card` are empty where it has no address of its own to tell.

    `index` is for the search page alone: page by page the addresses and names of its questions and terms.
    """

    document: Document
    view: View
    changed: date | None
    crumbs: tuple[Document, ...]
    url: str
    card: str
    linked: Mapping[str, Any]
    index: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    @property
    def json(self) -> Markup:
        """The linked data as JSON that may stand in a script element (HTML Living Standard 4.12.1.3)."""
        text = json.dumps(self.linked, ensure_ascii=False, separators=(",", ":"))
        return Markup(text.replace("<", "\\u003c"))


def describe(
    document: Document, view: View, site: Site, settings: Mapping[str, Any]
) -> PageData:
    """Gather what machines are told of one page.

    A page whose address is a file, such as /404.html, is served in the place of others and gets no address.
    """
    has_url = settings["SITEURL"] and document.url.endswith("/")
    url = settings["SITEURL"] + document.url if has_url else ""
    card = f"{url}card.png" if url else ""
    day, path = changed(document, view.parts, site), crumbs(document, site)
    linked = _linked(document, view, day, path, settings) if url else {}
    index = tuple(_index(site)) if document.fields.get("template") == "search" else ()
    return PageData(document, view, day, path, url, card, linked, index)


def _index(site: Site) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for document in (*site.topics, *site.pages):
        if blocks := document.blocks("question") + document.blocks("term"):
            yield (
                label(document),
                tuple((f"{document.url}#{block.id}", block.name) for block in blocks),
            )


def _linked(
    document: Document,
    view: View,
    day: date | None,
    path: Sequence[Document],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Linked data in the terms of schema.org; a property without a value is left out."""
    origin, fields = settings["SITEURL"], document.fields
    website = {"@type": "WebSite", "name": settings["SITENAME"], "url": f"{origin}/"}
    common = {
        "@context": "https://schema.org",
        "description": fields["summary"],
        "image": f"{origin}{document.url}card.png",
        "inLanguage": settings["DEFAULT_LANG"],
        "license": settings.get("LICENCE_URL"),
        "publisher": settings.get("OWNER")
        and {"@type": "Organization", "name": settings["OWNER"]},
    }
    if document.url == "/":
        data = {**website, **common, "about": settings.get("SCHEMA_ABOUT")}
    else:
        published = fields.get("date")
        data = {
            "@type": _type(document, view, settings.get("SCHEMA_TYPE", "WebPage")),
            **common,
            "url": origin + document.url,
            "headline": fields["title"],
            "datePublished": published and str(published),
            "dateModified": day and str(day),
            "about": settings.get("SCHEMA_ABOUT")
            if document.kind != "page" or view.references
            else None,
            "isPartOf": website,
            "breadcrumb": {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {
                        "@type": "ListItem",
                        "position": number,
                        "name": label(page),
                        "item": origin + page.url,
                    }
                    for number, page in enumerate(path, 1)
                ],
            },
        }
    return {name: value for name, value in data.items() if value}


def _type(document: Document, view: View, subject: str) -> str | list[str]:
    """The types of a page: `subject` where it speaks of the site's subject; an article is one as well."""
    if document.kind == "article":
        return [subject, "Article"]
    return subject if document.kind == "topic" or view.references else "WebPage"
