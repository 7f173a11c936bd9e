"""What machines read of each page: its address, its card, its linked data.

What needs an absolute address is empty without SITEURL, so that no wrong one is ever
published.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sitebuild.derive.text import description
from sitebuild.derive.views import Link
from sitebuild.model import ArticleFields, Document, Reference

_CARDS = "/social"  # beside no page: pictures are served with other headers
_SHORT_TRAIL = 2  # the first page and the page itself


class Metadata(NamedTuple):
    """What machines read of one page.

    `canonical` (absolute), `card` and `linked_data` (JSON) are empty where the page has
    no address of its own.
    """

    changed: date | None
    canonical: str = ""
    card: str = ""
    linked_data: str = ""


class Facts(NamedTuple):
    """What linked data says of a page: `trail` is the pages above it and itself."""

    document: Document
    changed: date | None
    trail: tuple[Link, ...]
    references: tuple[Reference, ...]

    @property
    def is_about_subject(self) -> bool:
        """Whether the page speaks of the site's subject, and not of the site."""
        return self.document.kind != "page" or bool(self.references)


def has_card(document: Document) -> bool:
    """Return whether a page has a card of its own; the others show the first page's."""
    return document.kind != "page" or document.url == "/"


def describe(facts: Facts, settings: Mapping[str, Any]) -> Metadata:
    """Return the metadata of a page.

    A page whose address is a file, such as /404.html, is served in the place of others
    and has no address of its own.
    """
    site = settings["SITEURL"]
    address = facts.document.url
    if not (site and address.endswith("/")):
        return Metadata(facts.changed)
    pictured = address if has_card(facts.document) else "/"
    card = f"{site}{_CARDS}{pictured.rstrip('/')}.png"
    data = {**_head(facts, settings), **_common(facts, card, settings)}
    data |= _own(facts, settings)
    text = json.dumps(
        {name: value for name, value in data.items() if value},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    # so that it may stand in a script element (HTML Standard, 4.12.1.3)
    linked_data = text.replace("<", "\\u003c")
    return Metadata(facts.changed, site + address, card, linked_data)


def _head(facts: Facts, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the type of a page; the first one stands for the site."""
    if facts.document.url != "/":
        return {"@type": _type(facts, settings)}
    url = f"{settings['SITEURL']}/"
    return {"@type": "WebSite", "name": settings["SITENAME"], "url": url}


def _common(facts: Facts, card: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every page says in the terms of schema.org; empty values go."""
    publisher = None
    if settings.get("OWNER"):
        publisher = {"@type": "Organization", "name": settings["OWNER"]}
    return {
        "@context": "https://schema.org",
        "description": description(facts.document),
        "image": card,
        "inLanguage": settings["DEFAULT_LANG"],
        "license": settings.get("LICENCE_URL"),
        "publisher": publisher,
    }


def _own(facts: Facts, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page says of itself; the first one only what it is about."""
    about = settings.get("SCHEMA_ABOUT") if facts.is_about_subject else None
    if facts.document.url == "/":
        return {"about": settings.get("SCHEMA_ABOUT")}
    fields = facts.document.fields
    published = str(fields.date) if isinstance(fields, ArticleFields) else ""
    return {
        "url": settings["SITEURL"] + facts.document.url,
        "headline": fields.title,
        "datePublished": published,
        "dateModified": str(facts.changed or ""),
        "about": about,
        "breadcrumb": _breadcrumb(facts.trail, settings["SITEURL"]),
    }


def _breadcrumb(trail: tuple[Link, ...], site: str) -> dict[str, Any] | None:
    """Return the way to a page; None right below the first, where it says nothing."""
    if len(trail) <= _SHORT_TRAIL:
        return None
    items = []
    for position, page in enumerate(trail, 1):
        item = {"@type": "ListItem", "position": position, "name": page.title}
        items.append({**item, "item": site + page.url})
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _type(facts: Facts, settings: Mapping[str, Any]) -> str | list[str]:
    """Return the types of a page: by its subject, and Article for an article."""
    subject: str = settings.get("SCHEMA_TYPE", "WebPage")
    if facts.document.kind == "article":
        return [subject, "Article"]
    return subject if facts.is_about_subject else "WebPage"
