"""What machines read of each page: its address, its card, its linked data.

Pure. What needs an absolute address is empty without SITEURL, so that no wrong one is
ever published.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from sitebuild.derive.answers import description
from sitebuild.derive.parts import Link
from sitebuild.model import ArticleFields, Document, Reference

_CARDS = "/social"  # beside no page: pictures are served with other headers
_SHORT_TRAIL = 2  # the first page and the page itself


@dataclass(frozen=True)
class Metadata:
    """What machines read of one page.

    `url` (absolute), `card` and `linked_data` (JSON as markup) are empty where the page
    has no address of its own.
    """

    changed: date | None
    url: str = ""
    card: str = ""
    linked_data: str = ""


@dataclass(frozen=True)
class Facts:
    """What linked data says of a page: `trail` is the pages above it and itself."""

    document: Document
    changed: date | None
    trail: tuple[Link, ...]
    references: tuple[Reference, ...]


def describe(facts: Facts, settings: Mapping[str, Any]) -> Metadata:
    """Return the metadata of a page.

    A page whose address is a file, such as /404.html, is served in the place of others
    and has no address of its own.
    """
    address = facts.document.url
    if not (settings["SITEURL"] and address.endswith("/")):
        return Metadata(facts.changed)
    url = settings["SITEURL"] + address
    linked_data = _as_script(_linked_data(facts, settings))
    card = _card(address, settings)
    return Metadata(facts.changed, url, card, linked_data)


def _card(address: str, settings: Mapping[str, Any]) -> str:
    """Return the absolute address of the card of the page at an address."""
    return f"{settings['SITEURL']}{_CARDS}{address.rstrip('/')}.png"


def _as_script(data: Mapping[str, Any]) -> str:
    """Return JSON that may stand in a script element (HTML Standard, 4.12.1.3)."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _linked_data(facts: Facts, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return linked data in the terms of schema.org, empty properties left out."""
    common = _common(facts, settings)
    if facts.document.url == "/":
        about = {"about": settings.get("SCHEMA_ABOUT")}
        data = {**_website(settings), **common, **about}
    else:
        own = _own(facts, settings)
        data = {"@type": _type(facts, settings), **common, **own}
    return {name: value for name, value in data.items() if value}


def _website(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "WebSite",
        "name": settings["SITENAME"],
        "url": f"{settings['SITEURL']}/",
    }


def _common(facts: Facts, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every page says, the first page too."""
    publisher = None
    if settings.get("OWNER"):
        publisher = {"@type": "Organization", "name": settings["OWNER"]}
    return {
        "@context": "https://schema.org",
        "description": description(facts.document),
        "image": _card(facts.document.url, settings),
        "inLanguage": settings["DEFAULT_LANG"],
        "license": settings.get("LICENCE_URL"),
        "publisher": publisher,
    }


def _own(facts: Facts, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page below the first one says of itself."""
    fields = facts.document.fields
    published = ""
    if isinstance(fields, ArticleFields):
        published = str(fields.date)
    about = None
    if _is_about_subject(facts):
        about = settings.get("SCHEMA_ABOUT")
    return {
        "url": settings["SITEURL"] + facts.document.url,
        "headline": fields.title,
        "datePublished": published,
        "dateModified": str(facts.changed or ""),
        "about": about,
        "breadcrumb": _breadcrumb(facts.trail, settings),
    }


def _breadcrumb(
    trail: tuple[Link, ...], settings: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the way to a page; None right below the first, where it says nothing."""
    if len(trail) <= _SHORT_TRAIL:
        return None
    items = []
    for position, page in enumerate(trail, 1):
        items.append(
            {
                "@type": "ListItem",
                "position": position,
                "name": page.title,
                "item": settings["SITEURL"] + page.url,
            }
        )
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _is_about_subject(facts: Facts) -> bool:
    """Return whether a page speaks of the site's subject, and not of the site."""
    return facts.document.kind != "page" or bool(facts.references)


def _type(facts: Facts, settings: Mapping[str, Any]) -> str | list[str]:
    """Return the types of a page: by its subject, and Article for an article."""
    subject: str = settings.get("SCHEMA_TYPE", "WebPage")
    if facts.document.kind == "article":
        return [subject, "Article"]
    return subject if _is_about_subject(facts) else "WebPage"
