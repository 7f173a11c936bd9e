"""What a type of page does beyond its template: the one place to add a page type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class PagePart(Enum):
    """Something that a page shows."""

    TEXT = "what its own source holds"
    PASSAGES = "the passages that carry its topic"
    FINDINGS = "every finding, grouped by topic"
    NAMES = "the questions and terms of all pages, with their addresses"


@dataclass(frozen=True)
class PageType:
    """A type of page; its name is that of its template.

    `is_indexed`: the text outside its blocks is in the search index under the page's
    title (blocks and findings are there in any case, each by itself).
    `is_dated`: sitemap and linked data give the day of its last change.
    `lists_others`: it shows something of every page, so it is as new as the newest.
    """

    name: str
    parts: tuple[PagePart, ...] = (PagePart.TEXT,)
    is_indexed: bool = True
    is_dated: bool = True
    lists_others: bool = False


_TYPES = (
    PageType("article"),
    PageType("topic", parts=(PagePart.TEXT, PagePart.PASSAGES)),
    PageType("page"),
    PageType("home", is_indexed=False, lists_others=True),
    PageType("topics", is_indexed=False, lists_others=True),
    PageType(
        "search",
        parts=(PagePart.TEXT, PagePart.NAMES),
        is_indexed=False,
        lists_others=True,
    ),
    PageType("evidence", parts=(PagePart.TEXT, PagePart.FINDINGS), is_indexed=False),
    PageType("glossary", is_indexed=False),
    PageType("404", is_indexed=False),
)
PAGE_TYPES: Mapping[str, PageType] = {it.name: it for it in _TYPES}


def page_type(template: str) -> PageType:
    """Return the type of the pages that a template makes.

    A template that the table lacks makes pages that are indexed and dated; they may
    show anything, so they are as new as the newest.
    """
    return PAGE_TYPES.get(template, PageType(template, lists_others=True))
