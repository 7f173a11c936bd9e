"""What each type of page does, in one table; a page's template is its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PageType:
    """What a type of page does.

    Its text is found by the search page (`is_indexed`), it says when it last changed
    (`is_dated`), it shows something of every other page and is as new as the newest
    (`lists_others`), and it shows every finding in full (`lists_findings`).
    """

    is_indexed: bool = True
    is_dated: bool = True
    lists_others: bool = False
    lists_findings: bool = False


PAGE_TYPES: Mapping[str, PageType] = {
    "article": PageType(),
    "topic": PageType(),
    "page": PageType(),
    "home": PageType(is_indexed=False, lists_others=True),
    "topics": PageType(is_indexed=False, lists_others=True),
    "search": PageType(is_indexed=False, lists_others=True),
    "evidence": PageType(is_indexed=False, lists_findings=True),
    "glossary": PageType(is_indexed=False),
    "404": PageType(is_indexed=False, is_dated=False),
}
# A type that is not in the table may show anything, so it is as new as the newest page.
_UNKNOWN = PageType(lists_others=True)


def page_type(template: str) -> PageType:
    """Return what the pages of a template do; one of its own is indexed and dated."""
    return PAGE_TYPES.get(template, _UNKNOWN)
