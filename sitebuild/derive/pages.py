"""What each page shows, with nothing left to compute: one function a type of page.

Pelican's object of a page gets these values as attributes: `{{ page.description }}` in
a template shows what `show` returns under that name, and `{{ page.minutes }}` what the
function of the type of page does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

from sitebuild.derive import Site, metadata
from sitebuild.derive.contents import (
    Contents,
    Placed,
    changed,
    contents,
)
from sitebuild.derive.metadata import description
from sitebuild.derive.parts import (
    Link,
    PartViews,
    name_link,
    title_link,
)
from sitebuild.model import Block, Document, Heading, Prose

_MAIN_LEVEL = 2  # of headings that the contents of an article name
_MOST_ARTICLES = 10  # that the first page lists, the newest


# The settings that `show` asks for.
SETTINGS = (
    *("SITEURL", "SITENAME", "DEFAULT_LANG", "REVIEW_MONTHS", "OWNER", "LICENCE_URL"),
    *("SCHEMA_ABOUT", "SCHEMA_TYPE"),
)


class _Made(NamedTuple):
    """What the page of one document is made of."""

    document: Document
    site: Site
    stands: Contents
    views: PartViews


def show(document: Document, site: Site, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page of a document shows, by the names that templates use.

    `standfirst` is empty where an answer opens the text. `questions` lead to those that
    the page answers, `above` to the pages above it by address, home first; `glance` has
    the findings that it names to be seen first. `opening`, `text`, `answers` and `rest`
    are those of its Contents, `parts` all of them. `canonical` (absolute), `card` and
    `linked_data` (JSON) are empty where the page has no address of its own.
    """
    stands = contents(document, site)
    views = PartViews(document, site)
    shown: dict[str, Any] = {
        "address": document.url,
        "kind": document.kind,
        "description": description(document),
        "standfirst": document.fields.summary,
        "questions": _links_to(document.blocks("question")),
        "checked": document.fields.checked,
        "review": metadata.review(document, stands.parts, settings),
        "above": tuple(map(name_link, site.above(document))),
        "glance": views.lines(document.fields.glance),
    }
    if metadata.answer_of(document):
        shown["standfirst"] = ""
    for name, parts in stands._asdict().items():
        shown[name] = views.views(parts)
    shown["parts"] = tuple(chain.from_iterable(shown[it] for it in stands._fields))
    make = _OF_TEMPLATE.get(document.template)
    if make:
        shown |= make(_Made(document, site, stands, views))
    shown["references"] = views.references
    shown["changed"] = changed(document, stands.parts, site)
    return shown | metadata.of_machines(document, shown, settings)


def _links_to(blocks: Iterable[Block], page: str = "") -> tuple[Link, ...]:
    return tuple(Link(f"{page}#{it.id}", it.name) for it in blocks)


def _article(it: _Made) -> dict[str, Any]:
    """Return how long it takes to read, its main headings, the articles beside it."""
    beside = it.site.beside(it.document)
    sections = []
    for part in it.document.parts:
        if isinstance(part, Heading) and part.level == _MAIN_LEVEL:
            sections.append(Link(f"#{part.id}", part.title))
    return {
        "minutes": metadata.minutes(_texts(it.stands)),
        "sections": tuple(sections),
        "neighbours": tuple(map(title_link, filter(None, beside))),
    }


def _texts(stands: Contents) -> list[str]:
    """Return what is read of a page: no notes in the margin, no foreign cautions."""
    texts = []
    for part in stands.parts:
        if isinstance(part, Placed) and not part.is_caution:
            texts.append(part.passage.html)
        elif isinstance(part, Prose | Block):
            texts.append(part.html)
    return texts


def _topic(it: _Made) -> dict[str, Any]:
    """Return its short name, the topics beside it in the menu, its feed."""
    before, after = it.site.beside(it.document)
    return {
        "name": it.document.label,
        "before": title_link(before) if before else None,
        "after": title_link(after) if after else None,
        "feed": f"{it.document.url}feed.xml",
    }


def _listed(documents: Iterable[Document]) -> tuple[Link, ...]:
    return tuple(title_link(it)._replace(summary=description(it)) for it in documents)


def _home(it: _Made) -> dict[str, Any]:
    """Return questions, the newest articles, the topics.

    `earlier` is how many articles it does not list, `lasting` are the findings that it
    draws.
    """
    fields = it.document.fields
    questions = {}
    for document in (*it.site.topics, *it.site.pages):
        for link in _links_to(document.blocks("question"), document.url):
            questions[link.url.replace(document.url, document.slug, 1)] = link
    return {
        "asked": tuple(questions[name] for name in fields.asked),
        "articles": _listed(it.site.articles[:_MOST_ARTICLES]),
        "earlier": len(it.site.articles[_MOST_ARTICLES:]),
        "topics": _listed(it.site.topics),
        "lasting": tuple(it.site.findings[name] for name in fields.lasting),
    }


def _topics(it: _Made) -> dict[str, Any]:
    """Return all topics, and the newest articles."""
    return {
        "articles": _listed(it.site.articles[:_MOST_ARTICLES]),
        "topics": _listed(it.site.topics),
    }


def _evidence(it: _Made) -> dict[str, Any]:
    """Return all findings by verdict, then facts and good practice."""
    groups = [
        (judgement, tuple(map(it.views.in_full, findings)))
        for judgement, findings in it.site.by_judgement
    ]
    return {"groups": tuple(groups)}


def _search(it: _Made) -> dict[str, Any]:
    """Return page by page the addresses and names of questions, then of terms."""
    entries = []
    pages = (*it.site.pages, *it.site.topics)
    for document in sorted(pages, key=lambda page: bool(page.blocks("term"))):
        blocks = document.blocks("question") + document.blocks("term")
        links = _links_to(blocks, document.url)
        if links:
            entries.append((document.label, links))
    return {"entries": tuple(entries)}


# By the name of the template; any other shows a plain page.
_OF_TEMPLATE: Mapping[str, Callable[[_Made], dict[str, Any]]] = {
    "article": _article,
    "topic": _topic,
    "home": _home,
    "topics": _topics,
    "evidence": _evidence,
    "search": _search,
}
