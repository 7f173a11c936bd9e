"""What is said of a page beside its text: a sentence, days, linked data, feeds.

A feed has passages as they stand in their article, with absolute links.

What needs an absolute address is empty without SITEURL, so that no wrong one is ever
published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from textwrap import shorten
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from sitebuild.derive import Site
from sitebuild.derive.contents import (
    Content,
    Placed,
    changed,
    contents,
    findings_shown,
    place,
)
from sitebuild.derive.parts import Link, PartView, PartViews, name_link
from sitebuild.model import Block, Document, Heading, Passage
from sitebuild.read.markdown import in_sentences, text_of

_CARDS = "/social"  # beside no page: pictures are served with other headers
_SHORT_TRAIL = 2  # the first page and the page itself
# Words read in a minute: below the mean of 238 in Brysbaert's review of 2019, as health
# is slow to read.
_WORDS_A_MINUTE = 220
_TAG = re.compile(r"<[^>]*>")
_NOTES = re.compile(r'<sup id=.fnref.*?</sup>|<div class="footnote">.*', re.DOTALL)
_LONGEST = 300  # characters of a description
# The end of an element that ends a sentence, whether it has a full stop or not.
_BLOCK_END = re.compile(r"</(?:p|li|dd|dt|td|th)>|(?=<(?:ul|ol|dl|table)\b)")


def sentences(html: str) -> Iterator[str]:
    """Yield the sentences of some HTML as plain text, in order."""
    for block in _BLOCK_END.split(html):
        text = text_of(block)
        if text:
            yield from in_sentences(text)


@lru_cache(maxsize=2**12)
def _first_sentence(html: str) -> str:
    """Return the first sentence of some HTML, without its notes."""
    text = _NOTES.sub("", html)
    return shorten(next(sentences(text), ""), _LONGEST, placeholder=" …")


def answer_of(document: Document) -> Block | None:
    """Return the short answer that opens a document; None where it has none."""
    return next(iter(document.blocks("answer")), None)


def description(document: Document) -> str:
    """Return what a document says in one sentence, as plain text.

    That is the first sentence of its answer, else its summary, else its own first one.
    It stands for the document wherever one line says what it is about.
    """
    answer, fields = answer_of(document), document.fields
    if fields.summary and not answer:
        return fields.summary
    parts = [answer] if answer else document.parts
    texts = (it.html for it in parts if not isinstance(it, Heading))
    return next(
        filter(None, map(_first_sentence, texts)), fields.summary or fields.title
    )


def minutes(texts: Iterable[str]) -> int:
    """Return how long some HTML takes to read, in whole minutes, at least one."""
    words = len(_TAG.sub(" ", " ".join(texts)).split())
    return max(1, round(words / _WORDS_A_MINUTE))


class Review(NamedTuple):
    """The day of the last look at sources, and that by which the next is due."""

    last: date
    due: date | None


def review(
    document: Document, parts: Iterable[Content], settings: Mapping[str, Any]
) -> Review | None:
    """Return when what a page rests on was last looked up, and when it is due.

    The oldest day counts; None where no source says one. The setting REVIEW_MONTHS is
    how long it holds; for 0 no next look is due.
    """
    days = [finding.checked for finding in findings_shown(parts)]
    if document.fields.checked:
        days.append(document.fields.checked)
    if not days:
        return None
    months = settings.get("REVIEW_MONTHS", 0)
    return Review(min(days), due_day(min(days), months) if months else None)


def due_day(last: date, months: int) -> date:
    """Return the day some months after another, its month's last if it is shorter."""
    due: date = last + relativedelta(months=months)
    return due


def of_machines(
    document: Document, shown: Mapping[str, Any], settings: Mapping[str, Any]
) -> dict[str, str]:
    """Return the absolute address of a page, its card and its linked data.

    All are empty for a draft, and for a page whose address is a file, such as
    /404.html, which is served in the place of others.
    """
    site: str = settings["SITEURL"]
    if not (site and document.url.endswith("/") and document.is_published):
        return {"canonical": "", "card": "", "linked_data": ""}
    return {
        "canonical": site + document.url,
        "card": card(document, settings),
        "linked_data": _linked_data(document, shown, settings),
    }


def has_card(document: Document) -> bool:
    """Return whether a page has a card of its own; the others show the first page's."""
    return document.kind != "page" or document.url == "/"


def card(document: Document, settings: Mapping[str, Any]) -> str:
    """Return the absolute address of the picture that a link to a page shows."""
    pictured = document.url if has_card(document) else "/"
    return f"{settings['SITEURL']}{_CARDS}{pictured.rstrip('/')}.png"


def _linked_data(
    document: Document, shown: Mapping[str, Any], settings: Mapping[str, Any]
) -> str:
    """Return a page in the terms of schema.org, as JSON for a script element.

    The first page stands for the site. One that is not about the site's subject is
    about the site itself. Empty values go.
    """
    is_about_subject = document.kind != "page" or shown["references"]
    site, is_article = settings["SITEURL"], document.kind == "article"
    subject = settings.get("SCHEMA_ABOUT")
    common = _common(document, settings)
    if document.url == "/":
        first = {"@type": "WebSite", "name": settings["SITENAME"], "url": f"{site}/"}
        said = {**first, **common, "about": subject}
    else:
        trail = [*shown["above"], name_link(document)]
        kind = settings.get("SCHEMA_TYPE", "WebPage") if is_about_subject else "WebPage"
        said = {
            "@type": [kind, "Article"] if is_article else kind,
            **common,
            "url": site + document.url,
            "headline": document.fields.title,
            "datePublished": str(document.fields.date) if is_article else "",
            "dateModified": str(shown["changed"] or ""),
            "about": subject if is_about_subject else None,
            "breadcrumb": _breadcrumb(trail, site),
        }
    given = {name: value for name, value in said.items() if value}
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    # so that it may stand in a script element (HTML Standard, 4.12.1.3)
    return text.replace("<", "\\u003c")


def _common(document: Document, settings: Mapping[str, Any]) -> dict[str, Any]:
    owner = settings.get("OWNER")
    return {
        "@context": "https://schema.org",
        "description": description(document),
        "image": card(document, settings),
        "inLanguage": settings["DEFAULT_LANG"],
        "license": settings.get("LICENCE_URL"),
        "publisher": {"@type": "Organization", "name": owner} if owner else None,
    }


def _breadcrumb(trail: Sequence[Link], site: str) -> dict[str, Any] | None:
    """Return the way to a page; None right below the first, where it says nothing."""
    if len(trail) <= _SHORT_TRAIL:
        return None
    items = []
    for position, page in enumerate(trail, 1):
        item = {"@type": "ListItem", "position": position, "name": page.title}
        items.append({**item, "item": site + page.url})
    return {"@type": "BreadcrumbList", "itemListElement": items}


# Makes HTML that needs no theme of some parts.
Plain = Callable[[Iterable[PartView]], str]


class Entry(NamedTuple):
    """One entry of a feed: an article, or a passage, which has no summary."""

    url: str
    title: str
    summary: str
    published: date
    updated: date
    content: str
    topics: tuple[str, ...]


class Feed(NamedTuple):
    """One feed; `home` is the address of the page that it follows."""

    title: str
    home: str
    summary: str
    entries: tuple[Entry, ...]

    @property
    def path(self) -> str:
        """Its own address."""
        return f"{self.home}feed.xml"

    @property
    def updated(self) -> date:
        """The newest day of an entry."""
        return max((entry.updated for entry in self.entries), default=date.min)


def feeds(site: Site, plain: Plain, settings: Mapping[str, Any]) -> Iterator[Feed]:
    """Yield the feed of the site, with its articles, and that of each topic.

    `plain` makes HTML of parts. FEED_MAX_ITEMS is the most entries that each has.
    """
    most, name = settings["FEED_MAX_ITEMS"], settings["SITENAME"]
    home = next((page for page in site.pages if page.url == "/"), None)
    if home and site.articles:
        entries = [_entry(it, site, plain) for it in site.articles[:most]]
        yield Feed(name, home.url, description(home), tuple(entries))
    for topic in site.topics:
        entries = [_entry(it, site, plain) for it in site.tagged(topic)[:most]]
        title = f"{name}: {topic.label}"
        yield Feed(title, topic.url, description(topic), tuple(entries))


def _entry(it: Document | Passage, site: Site, plain: Plain) -> Entry:
    parts: Sequence[Content]
    if isinstance(it, Passage):
        article, title, summary = it.article, it.label, ""
        parts, topics = place([Placed(it)], site.passages), site.topics_of(it)
    else:
        article, title, summary = it, it.fields.title, description(it)
        parts, topics = contents(it, site).parts, site.topics_within(it)
    published = article.fields.date
    return Entry(
        it.url,
        title,
        summary,
        published,
        changed(article, parts, site) or published,
        plain(PartViews(article, site).views(parts)),
        tuple(topic.label for topic in topics),
    )
