"""What machines read of the site: addresses, dates, linked data for each page, feeds, and the files that carry them.

Pure. What needs an absolute address is left out of a build without SITEURL, so that no wrong one is ever published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import lxml.html
from markupsafe import Markup

from sitebuild.model import Document, Finding, Shown
from sitebuild.pages import View, show
from sitebuild.topics import Site

# Templates of pages that show something of every other page, so that they are as new as the newest.
_LISTINGS = ("home", "search", "topics")
# Templates of the files below, which no source names.
TEMPLATES = ("feed.xml", "robots.txt", "sitemap.xml", "speculation.json")


@cache
def absolute(html: str, url: str) -> Markup:
    """Some HTML with its links made absolute, as seen from the address `url`."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    root.make_links_absolute(url, handle_failures="ignore")
    inner = (lxml.html.tostring(child, encoding="unicode") for child in root)
    return Markup((root.text or "") + "".join(inner))


def _dates(document: Document) -> Iterator[date]:
    return (document.fields[name] for name in ("date", "modified", "checked") if document.fields.get(name))


def _dates_shown(part: Any) -> Iterator[date]:
    if isinstance(part, Shown):
        yield from _dates(part.passage.article)
        yield from (finding.checked for finding in part.passage.findings)
        for caution in part.cautions:
            yield from _dates_shown(caution)
    elif isinstance(part, Finding):
        yield part.checked


def changed(document: Document, parts: Iterable[Any], site: Site) -> date | None:
    """The newest day on which something that a page shows was published, modified or checked; None if none is told."""
    days = [*_dates(document), *(day for part in parts for day in _dates_shown(part))]
    if document.fields.get("template") in _LISTINGS:
        days += [day for other in (*site.articles, *site.topics, *site.pages) for day in _dates(other)]
        days += [finding.checked for finding in site.findings.values()]
    return max(days, default=None)


def crumbs(document: Document, site: Site) -> tuple[Document, ...]:
    """The pages whose addresses a page's address continues, and the page itself: home first."""
    above = [other for other in (*site.pages, *site.topics) if document.url.startswith(other.url) and other != document]
    return (*sorted(above, key=lambda other: len(other.url)), document)


def label(document: Document) -> str:
    """A page's name in a line of names: a topic's own, else its title."""
    return str(document.fields.get("name") or document.fields["title"])


@dataclass(frozen=True)
class PageData:
    """What machines are told of one page; `url` and `card` are empty where it has no address of its own to tell."""

    document: Document
    view: View
    changed: date | None
    crumbs: tuple[Document, ...]
    url: str
    card: str
    linked: Mapping[str, Any]

    @property
    def json(self) -> Markup:
        """The linked data as JSON that may stand in a script element (HTML Living Standard 4.12.1.3)."""
        text = json.dumps(self.linked, ensure_ascii=False, separators=(",", ":"))
        return Markup(text.replace("<", "\\u003c"))


def describe(document: Document, view: View, site: Site, settings: Mapping[str, Any]) -> PageData:
    """Gather what machines are told of one page.

    A page whose address is a file, such as /404.html, is served in the place of others and gets no address.
    """
    has_url = settings["SITEURL"] and document.url.endswith("/")
    url = settings["SITEURL"] + document.url if has_url else ""
    card = f"{url}card.png" if url else ""
    day, path = changed(document, view.parts, site), crumbs(document, site)
    linked = _linked(document, view, day, path, settings) if url else {}
    return PageData(document, view, day, path, url, card, linked)


def _linked(
    document: Document, view: View, day: date | None, path: Sequence[Document], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Linked data in the terms of schema.org; a property without a value is left out."""
    origin, fields = settings["SITEURL"], document.fields
    website = {"@type": "WebSite", "name": settings["SITENAME"], "url": f"{origin}/"}
    common = {
        "@context": "https://schema.org",
        "description": fields["summary"],
        "image": f"{origin}{document.url}card.png",
        "inLanguage": settings["DEFAULT_LANG"],
        "license": settings["LICENCE_URL"],
        "publisher": settings["OWNER"] and {"@type": "Organization", "name": settings["OWNER"]},
    }
    if document.url == "/":
        data = {**website, **common, "about": settings["SCHEMA_ABOUT"]}
    else:
        published = fields.get("date")
        data = {
            "@type": _type(document, view, settings["SCHEMA_TYPE"]), **common,
            "url": origin + document.url,
            "headline": fields["title"],
            "datePublished": published and str(published),
            "dateModified": day and str(day),
            "about": settings["SCHEMA_ABOUT"] if document.kind != "page" or view.references else None,
            "citation": [f"https://doi.org/{r.doi}" if r.doi else r.title for r in view.references],
            "isPartOf": website,
            "breadcrumb": {"@type": "BreadcrumbList", "itemListElement": [
                {"@type": "ListItem", "position": number, "name": label(page), "item": origin + page.url}
                for number, page in enumerate(path, 1)
            ]},
        }  # fmt: skip
    return {name: value for name, value in data.items() if value}


def _type(document: Document, view: View, subject: str) -> str | list[str]:
    """The types of a page: `subject` where it speaks of the site's subject; an article is one as well."""
    if document.kind == "article":
        return [subject, "Article"]
    return subject if document.kind == "topic" or view.references else "WebPage"


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


def feeds(pages: Mapping[str, PageData], site: Site, settings: Mapping[str, Any]) -> Iterator[Feed]:
    """The feed of the site, its articles in full, and of each topic, its passages; FEED_MAX_ITEMS at the most in each."""
    most = settings["FEED_MAX_ITEMS"]
    articles = tuple(_article_entry(pages[article.url], site) for article in site.articles[:most])
    if articles:
        yield Feed("/feed.xml", settings["SITENAME"], pages["/"].document, articles)
    for topic in site.topics:
        entries = tuple(_passage_entry(shown, site) for p in site.tagged(topic)[:most] for shown in show([p], site, p.article))
        yield Feed(f"{topic.url}feed.xml", f"{settings['SITENAME']}: {label(topic)}", topic, entries)


def _article_entry(page: PageData, site: Site) -> Entry:
    article = page.document
    day = page.changed or article.fields["date"]
    names = tuple(topic.fields["name"] for topic in site.topics if any(article == p.article for p in site.tagged(topic)))
    return Entry(article.url, article.fields["title"], article, day, page.view.parts, names)


def _passage_entry(shown: Shown, site: Site) -> Entry:
    passage = shown.passage
    names = tuple(topic.fields["name"] for topic in site.topics_of(passage))
    return Entry(passage.url, passage.label, passage.article, max(_dates_shown(shown)), (shown,), names)


def files(theme: Path) -> Iterator[tuple[str, bytes]]:
    """The files of the theme that are published as they are: path in the output, and bytes."""
    yield "mark.svg", (theme / "mark.svg").read_bytes()


def texts(
    pages: Mapping[str, PageData], site: Site, settings: Mapping[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The files to write: path in the output, template, and what the template shows."""
    yield "speculation.json", "speculation.json", {}
    if settings["SITEURL"]:
        listed = [(page.url, page.changed) for _, page in sorted(pages.items()) if page.url]
        yield "robots.txt", "robots.txt", {}
        yield "sitemap.xml", "sitemap.xml", {"addresses": listed}
        for feed in feeds(pages, site, settings):
            yield feed.path.removeprefix("/"), "feed.xml", {"feed": feed}
